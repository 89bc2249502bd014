package e2e_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// The walkthrough runs as it stands: each command in its block, and its answer compared with what is printed there.
func TestWalkthroughRuns(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../docs/api/walkthrough.md")
	if err != nil {
		t.Fatal(err)
	}
	w := newWalk(t)
	steps := readSteps(t, string(raw))
	if len(steps) < 20 {
		t.Fatalf("the walkthrough has %d commands; its blocks were not found", len(steps))
	}
	for _, s := range steps {
		if !w.take(s) {
			return // what comes after leans on it
		}
	}
}

// A step is one command of the page, and the answer that stands below it.
type step struct {
	line   int
	who    string // the prompt: whose terminal it is
	says   string
	answer []string
}

var prompts = regexp.MustCompile(`^([a-z]+)\$ (.*)$`)

// readSteps finds the commands in the console blocks.
func readSteps(t *testing.T, page string) []step {
	t.Helper()
	var all []step
	inside := false
	for n, line := range strings.Split(page, "\n") {
		switch prompt := prompts.FindStringSubmatch(line); {
		case strings.HasPrefix(line, "```"):
			inside = line == "```console"
		case !inside:
		case prompt != nil:
			all = append(all, step{line: n + 1, who: prompt[1], says: prompt[2]})
		case len(all) == 0:
			t.Fatalf("line %d: an answer without a command", n+1)
		default:
			all[len(all)-1].answer = append(all[len(all)-1].answer, line)
		}
	}
	return all
}

// A walk is the terminals of the page, with what was said in them so far.
type walk struct {
	t        *testing.T
	folder   string
	demo     *server
	places   *strings.Replacer            // the page's addresses, and those of this run
	exported map[string]map[string]string // by terminal
	caught   map[string]string            // by name
}

func newWalk(t *testing.T) *walk {
	t.Helper()
	binary(t, phoneBinary)
	demo := newServer(t)
	_, main, _ := strings.Cut(demo.url, "://127.0.0.1:")
	_, page, _ := strings.Cut(freeAddress(t), ":")
	return &walk{
		t: t, folder: t.TempDir(), demo: demo, exported: map[string]map[string]string{}, caught: map[string]string{},
		places: strings.NewReplacer("localhost:8080", "localhost:"+main, "localhost:8081", "localhost:"+page, ":8080", ":"+main, ":8081", ":"+page),
	}
}

var exports = regexp.MustCompile(`^export ([A-Z_]+)='(.*)'$`)

// take does one step, and answers whether it went as the page says.
func (w *walk) take(s step) bool {
	w.t.Helper()
	var said string
	if export := exports.FindStringSubmatch(s.says); export != nil {
		if w.exported[s.who] == nil {
			w.exported[s.who] = map[string]string{}
		}
		w.exported[s.who][export[1]] = export[2]
	} else if s.who == "server" {
		said = w.serve(s)
	} else {
		said = w.do(s)
	}
	return w.compare(s, said)
}

// serve starts the demo, and answers what it says until it is ready.
func (w *walk) serve(s step) string {
	w.t.Helper()
	if s.says != "go run ./server demo" {
		w.t.Fatalf("line %d: the server's terminal starts the demo and nothing else", s.line)
	}
	args := []string{
		"demo", "--folder", filepath.Join(w.folder, "demo"),
		"--address", w.places.Replace("127.0.0.1:8080"), "--page", w.places.Replace("127.0.0.1:8081"),
	}
	w.demo.begin(args...)
	return w.demo.log.String()
}

// do runs a command in somebody's terminal.
func (w *walk) do(s step) string {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, "sh", "-c", w.places.Replace(s.says))
	c.Dir = w.folder
	c.Env = []string{"PATH=" + built + ":" + os.Getenv("PATH"), "PHONE_FOLDER=" + filepath.Join(w.folder, s.who), w.places.Replace("PHONE_SERVER=http://localhost:8080")}
	for _, known := range []map[string]string{w.exported[s.who], w.caught} {
		for name, value := range known {
			c.Env = append(c.Env, name+"="+value)
		}
	}
	out, err := c.CombinedOutput()
	said := string(out)
	if exit := new(exec.ExitError); errors.As(err, &exit) {
		said += fmt.Sprintf("[exit %d]\n", exit.ExitCode())
	} else if err != nil {
		w.t.Fatalf("line %d: %v", s.line, err)
	}
	return said
}

// compare holds what was said to what the page prints.
func (w *walk) compare(s step, said string) bool {
	w.t.Helper()
	found := w.pattern(s.answer).FindStringSubmatch(strings.TrimRight(said, "\n") + "\n")
	if found == nil {
		w.t.Errorf("docs/api/walkthrough.md:%d: %s\nsaid\n%s\ninstead of\n%s\nwhere %v", s.line, s.says, said, strings.Join(s.answer, "\n"), w.known())
		return false
	}
	for i, name := range w.pattern(s.answer).SubexpNames() {
		if name != "" {
			w.caught[name] = found[i]
		}
	}
	return true
}

func (w *walk) known() string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(w.caught)) {
		all = append(all, fmt.Sprintf("%s=%.40s", name, w.caught[name]))
	}
	return strings.Join(all, ", ")
}

// What stands in an answer for something else: a value that is kept under a name, one that was kept, and anything.
var marks = regexp.MustCompile(`([A-Z]+)=…|([A-Z]+)=(KP[1P]:)…|\$([A-Z]+)|…| +`)

// pattern is an answer of the page as a regular expression. A line that is only … stands for any number of lines.
func (w *walk) pattern(answer []string) *regexp.Regexp {
	w.t.Helper()
	var b strings.Builder
	b.WriteString(`\A`)
	for _, line := range answer {
		if line == "…" {
			b.WriteString(`(?:.*\n)*?`)
			continue
		}
		b.WriteString(w.linePattern(line) + ` *\n`)
	}
	if len(answer) == 0 {
		b.WriteString(`\n`)
	}
	b.WriteString(`\z`)
	p, err := regexp.Compile(b.String())
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

func (w *walk) linePattern(line string) string {
	var b strings.Builder
	at := 0
	for _, m := range marks.FindAllStringSubmatchIndex(line, -1) {
		b.WriteString(regexp.QuoteMeta(line[at:m[0]]))
		at = m[1]
		group := func(n int) string {
			if m[2*n] < 0 {
				return ""
			}
			return line[m[2*n]:m[2*n+1]]
		}
		switch {
		case group(1) != "":
			fmt.Fprintf(&b, `(?P<%s>\S.*?)`, group(1))
		case group(2) != "":
			fmt.Fprintf(&b, `(?P<%s>%s.*?)`, group(2), group(3))
		case group(4) != "":
			b.WriteString(regexp.QuoteMeta(w.caught[group(4)]))
		case line[m[0]:m[1]] == "…":
			b.WriteString(`.*?`)
		default:
			b.WriteString(` +`)
		}
	}
	b.WriteString(regexp.QuoteMeta(line[at:]))
	return b.String()
}
