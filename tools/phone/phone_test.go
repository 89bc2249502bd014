package main

import (
	"bytes"
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"kaikukortti/models"

	"rsc.io/qr"
)

// run runs a command line in a folder, without a server.
func run(t *testing.T, folder string, line ...string) (code int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	p := &program{
		env: func(name string) string {
			return map[string]string{"PHONE_FOLDER": folder, "PHONE_SERVER": "http://127.0.0.1:1"}[name]
		},
		in: strings.NewReader(""), out: &o, err: &e, now: time.Now, over: http.DefaultClient,
	}
	code = p.run(t.Context(), line)
	return code, o.String(), e.String()
}

// A party is told to the server only when the steward said it: else who has a reservation comes as was booked.
func TestAPartyIsToldWhenItWasSaid(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]*models.Party{"": nil, "--children 2": {Children: 2}, "--children 0": {}, "--typed 1": nil} {
		flags := flag.NewFlagSet("scan", flag.ContinueOnError)
		party := partyFlags(flags)
		flags.String("typed", "", "")
		if err := flags.Parse(strings.Fields(line)); err != nil {
			t.Fatal(err)
		}
		if got := told(flags, party); (got == nil) != (want == nil) || got != nil && *got != *want {
			t.Errorf("%q: %+v, want %+v", line, got, want)
		}
	}
}

func TestExitCodesAndSentences(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		line []string
		code int
		says string
	}{
		"nothing is help":                 {nil, 0, "Use: phone COMMAND"},
		"help of a command":               {[]string{"help", "work", "issue"}, 0, "--birth-year"},
		"a command that is none":          {[]string{"dance"}, exitUsage, `no command "dance"`},
		"a flag that is none":             {[]string{"code", "--loud"}, exitUsage, "flag provided but not defined"},
		"one before the command":          {[]string{"--loud", "code"}, exitUsage, "not --loud"},
		"one dash before the command":     {[]string{"-server", "http://127.0.0.1:1", "request"}, exitNoAnswer, "does not answer"},
		"too many words":                  {[]string{"me", "too"}, exitUsage, "too little or too much"},
		"no pass":                         {[]string{"code"}, exitFailed, "no such pass on this phone"},
		"no scanner":                      {[]string{"today"}, exitFailed, "this phone is no scanner"},
		"nobody is signed in":             {[]string{"work", "doors"}, exitFailed, "nobody is signed in"},
		"a server that is not there":      {[]string{"activate", "208", "285", "0832"}, exitNoAnswer, "does not answer"},
		"an address that is none":         {[]string{"--server", "nowhere", "passes"}, exitFailed, "is not the address of a server"},
		"flags stand before the command":  {[]string{"--server", "http://127.0.0.1:1", "request"}, exitNoAnswer, "does not answer"},
		"flags stand among the words too": {[]string{"scan", "--children", "2", "s", "--typed", "1"}, exitFailed, "this phone is no scanner"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code, out, errs := run(t, t.TempDir(), c.line...)
			if said := out + errs; code != c.code || !strings.Contains(said, c.says) {
				t.Errorf("it ended with %d instead of %d and said %q", code, c.code, said)
			}
		})
	}
}

func TestEveryCommandHasHelp(t *testing.T) {
	t.Parallel()
	_, list, _ := run(t, t.TempDir())
	for _, c := range commands() {
		code, out, errs := run(t, t.TempDir(), append(strings.Fields(c.name), "--help")...)
		if code != 0 || !strings.Contains(out, "Use: phone "+c.name) || errs != "" {
			t.Errorf("%s: %d %s%s", c.name, code, out, errs)
		}
		if !strings.Contains(list, c.says) {
			t.Errorf("%s is not on the list", c.name)
		}
	}
}

// An activation whose answer was lost goes on with the key that it began with; and what the phone keeps is its owner's alone.
func TestKeyIsKeptBeforeItIsTold(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "phone")
	run(t, folder, "activate", "2082850832")
	first, err := os.ReadFile(filepath.Join(folder, passFile(1)))
	if err != nil {
		t.Fatal(err)
	}
	run(t, folder, "activate", "2082850832")
	again, err := os.ReadFile(filepath.Join(folder, passFile(1)))
	if err != nil || !bytes.Equal(first, again) {
		t.Errorf("the second try has another key: %v", err)
	}
	files, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if info, err := f.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s can be read by others: %v %v", f.Name(), info.Mode(), err)
		}
	}
}

func TestFlagsStandAnywhere(t *testing.T) {
	t.Parallel()
	flags := flag.NewFlagSet("", flag.ContinueOnError)
	n := flags.Int("n", 0, "")
	words, err := parse(flags, []string{"a", "--n", "3", "b"})
	if err != nil || *n != 3 || !slices.Equal(words, []string{"a", "b"}) {
		t.Errorf("%v %d %v", words, *n, err)
	}
}

// The drawing is read back, module by module.
func TestDrawnCodeIsTheCode(t *testing.T) {
	t.Parallel()
	code, err := qr.Encode("KP1:"+strings.Repeat("6BF", 116), qr.M)
	if err != nil {
		t.Fatal(err)
	}
	if code.Size > 61 {
		t.Errorf("a code as long as this takes %d modules", code.Size)
	}
	for row, line := range strings.Split(strings.TrimRight(drawn(code), "\n"), "\n") {
		line = strings.TrimSuffix(strings.TrimPrefix(line, "\x1b[30;107m"), "\x1b[0m")
		for column, block := range []rune(line) {
			x, y := column-quiet, 2*row-quiet
			if above, below := strings.ContainsRune("█▀", block), strings.ContainsRune("█▄", block); above != code.Black(x, y) || below != code.Black(x, y+1) {
				t.Fatalf("at %d, %d there is %q", x, y, block)
			}
		}
	}
}
