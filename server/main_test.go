package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"kaikukortti/accounts"
	"kaikukortti/models"
	"kaikukortti/passes"
	"kaikukortti/store"
)

// cheaply hashes passwords at little cost, since tests make many.
var cheaply = []accounts.Option{accounts.WithHashCost(accounts.HashCost{Memory: 8, Passes: 1})}

// ran is what a subcommand said, and its exit code.
type ran struct {
	code     int
	out, err string
}

// runs runs a subcommand with settings in pairs.
func runs(t *testing.T, env func(string) string, args ...string) ran {
	t.Helper()
	out, err := new(bytes.Buffer), new(bytes.Buffer)
	p := &program{env: env, out: out, err: err, now: time.Now, random: rand.Reader, people: cheaply}
	code := p.run(t.Context(), args)
	return ran{code, out.String(), err.String()}
}

func TestEverySubcommandHasHelp(t *testing.T) {
	t.Parallel()
	list := runs(t, environment(), "help")
	for _, c := range commands() {
		if !strings.Contains(list.out, c.name) {
			t.Errorf("the list does not have %s", c.name)
		}
		for _, args := range [][]string{{c.name, "-help"}, {"help", c.name}} {
			if got := runs(t, environment(), args...); got.code != 0 || !strings.Contains(got.out, c.about) || !strings.Contains(got.out, "Use: kaikukortti "+c.name) {
				t.Errorf("%v: %+v", args, got)
			}
		}
	}
	if list.code != 0 || runs(t, environment(), "--help").out != list.out {
		t.Errorf("%+v", list)
	}
}

func TestWhatIsNotUnderstoodIsSaid(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"dance"},
		{"version", "please"},
		{"backup", "--to", "x"},
		{"restore"},
		{"restore", "a", "b"},
		{"admin"},
		{"admin", "remove"},
		{"keys"},
		{"keys", "rotate", "--use", "nothing"},
		{"keys", "break"},
		{"serve", "now"},
		{"demo", "now"},
		{"seed", "now"},
	} {
		if got := runs(t, environment("KAIKU_DATA", t.TempDir()), args...); got.code != 2 || got.err == "" {
			t.Errorf("%v: %+v", args, got)
		}
	}
}

func TestWithoutSettingsNothingStarts(t *testing.T) {
	t.Parallel()
	none := func(string) string { return "" }
	for _, name := range []string{"serve", "seed", "backup"} {
		if got := runs(t, none, name); got.code != 1 || !strings.Contains(got.err, "KAIKU_MASTER_KEY: it is not set") {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if got := runs(t, none, "serve", "--print-config"); got.code != 1 || !strings.Contains(got.out, "KAIKU_ADDRESS") {
		t.Errorf("%+v", got)
	}
}

func TestVersionIsTold(t *testing.T) {
	t.Parallel()
	if got := runs(t, environment(), "version"); got.code != 0 || !strings.HasPrefix(got.out, "kaikukortti ") || !strings.Contains(got.out, "store schema 1") {
		t.Fatalf("%+v", got)
	}
}

func TestSeedAddsWhatIsMissing(t *testing.T) {
	t.Parallel()
	env := environment("KAIKU_DATA", t.TempDir())
	first, second := runs(t, env, "seed"), runs(t, env, "seed")
	if first.out != "added: 34\n" || second.out != "added: 0\n" {
		t.Fatalf("%+v, %+v", first, second)
	}
}

func TestTheFirstAdminGetsALink(t *testing.T) {
	t.Parallel()
	env := environment("KAIKU_DATA", t.TempDir(), "KAIKU_PUBLIC_URLS", "https://kaikukortti.example")
	got := runs(t, env, "admin", "create", "--email", "national@kaiku.example")
	if got.code != 0 || !strings.HasPrefix(got.out, "https://kaikukortti.example/invitation#") {
		t.Fatalf("%+v", got)
	}
	if got := runs(t, env, "admin", "create"); got.code != 1 || !strings.Contains(got.err, "e-mail") {
		t.Fatalf("%+v", got)
	}
}

func TestKeysAreListedAndRotated(t *testing.T) {
	t.Parallel()
	env := environment("KAIKU_DATA", t.TempDir())
	if got := runs(t, env, "keys", "rotate", "--use", "access"); got.code != 0 || !strings.Contains(got.out, "new: ") {
		t.Fatalf("%+v", got)
	}
	if got := runs(t, env, "keys", "rotate", "--compromised"); got.code != 0 || !strings.Contains(got.out, "withdrawn: ") {
		t.Fatalf("%+v", got)
	}
	list := runs(t, env, "keys", "list")
	for _, word := range []string{"issuer", "bundle", "access", "signs", "compromised"} {
		if !strings.Contains(list.out, word) {
			t.Errorf("no %s in\n%s", word, list.out)
		}
	}
}

// withPass is a store of the settings with one active pass, and the worker of it.
func withPass(t *testing.T, env func(string) string, work func(context.Context, *parts, models.Actor, models.PassID)) {
	t.Helper()
	p := &program{env: env, out: io.Discard, err: io.Discard, now: time.Now, random: rand.Reader, people: cheaply}
	err := p.withStore(t.Context(), func(c Config, s *store.Store) error {
		made, err := wire(s, c.MasterKey, p.now, p.random, p.people...)
		if err != nil {
			return err
		}
		if err := made.domain.Keyring.EnsureKeys(t.Context()); err != nil {
			return err
		}
		all, err := made.domain.Directory.Organisations(t.Context(), models.Actor{Role: models.National}, "espoo")
		if err != nil {
			return err
		}
		by := models.Actor{Role: models.WorkerRole, Person: "worker", Network: "espoo"}
		for _, o := range all {
			if o.Kind == models.Distributor {
				by.Organisation = o.ID
			}
		}
		var id models.PassID
		issued, _, err := made.domain.Desk.FindPasses(t.Context(), by, passes.PassQuery{})
		if err != nil {
			return err
		}
		if len(issued) > 0 {
			id = issued[0].ID
		}
		work(t.Context(), made, by, id)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// bundleKeys says of each key that signs bundles, or did, whether it is published.
func bundleKeys(ctx context.Context, t *testing.T, made *parts) map[string]bool {
	t.Helper()
	all, err := made.store.SigningKeys(ctx)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for i := range all {
		if k := &all[i]; k.Use == models.BundleKey && !k.Waits() {
			found[k.KID] = k.Published()
		}
	}
	return found
}

func TestWhatWasTakenAwayStaysSoAfterARestore(t *testing.T) {
	t.Parallel()
	old, backups := t.TempDir(), t.TempDir()
	env := func(data string) func(string) string {
		return environment("KAIKU_DATA", data, "KAIKU_BACKUPS", backups)
	}
	runs(t, env(old), "seed")
	ids := map[string]models.PassID{}
	var lost map[string]bool
	withPass(t, env(old), func(ctx context.Context, made *parts, by models.Actor, _ models.PassID) {
		for _, name := range []string{"revoked", "erased", "suspended", "kept"} {
			p, err := made.domain.Desk.Issue(ctx, by, passes.NewPass{
				BirthYear: 1980, PostalCode: "02100", Language: "fi", TermsVersion: "1", TermsDay: models.DayOf(time.Now()),
			})
			if err != nil {
				t.Fatal(err)
			}
			ids[name] = p.ID
		}
		lost = bundleKeys(ctx, t, made)
	})
	made := runs(t, env(old), "backup")
	path, _, found := strings.Cut(made.out, ": ")
	if made.code != 0 || !found {
		t.Fatalf("%+v", made)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v, %v", info, err)
	}
	withPass(t, env(old), func(ctx context.Context, made *parts, by models.Actor, _ models.PassID) {
		_, err := made.domain.Desk.Revoke(ctx, by, ids["revoked"], models.Misuse)
		if err == nil {
			_, err = made.domain.Desk.Suspend(ctx, by, ids["suspended"], models.Misuse)
		}
		if err == nil {
			err = made.domain.Desk.Erase(ctx, by, ids["erased"], models.AskedByHolder)
		}
		if err == nil {
			_, err = made.domain.Keyring.Rotate(ctx, models.BundleKey, true, models.Actor{})
		}
		log := newTakingsLog(backups, 35, time.Now)
		for range 2 { // what is written is not written again
			if err == nil {
				err = log.follow(ctx, made.store)
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	})
	lines, err := os.ReadFile(filepath.Join(backups, takingsFile))
	if err != nil || bytes.Count(lines, []byte("\n")) != 4 {
		t.Fatalf("%s, %v", lines, err)
	}
	if again := runs(t, env(old), "restore", path); again.code != 1 || !strings.Contains(again.err, "not empty") {
		t.Fatalf("into the old store: %+v", again)
	}
	fresh := t.TempDir()
	if err := os.WriteFile(filepath.Join(backups, takingsFile), []byte("half a line\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := runs(t, env(fresh), "restore", path); got.code != 1 || !strings.Contains(got.err, takingsFile) {
		t.Fatalf("with a log that cannot be read: %+v", got)
	}
	if err := os.WriteFile(filepath.Join(backups, takingsFile), lines, 0o600); err != nil {
		t.Fatal(err)
	}
	if restored := runs(t, env(fresh), "restore", path); restored.code != 0 || !strings.Contains(restored.out, "erased, ended or withdrawn again: 4") {
		t.Fatalf("%+v", restored)
	}
	withPass(t, env(fresh), func(ctx context.Context, made *parts, by models.Actor, _ models.PassID) {
		for name, want := range map[string]models.PassState{"revoked": models.Revoked, "suspended": models.Suspended, "kept": models.Issued, "erased": ""} {
			p, err := made.domain.Desk.ReadPass(ctx, by, ids[name])
			if p.State != want || (err != nil) != (want == "") {
				t.Errorf("the pass that was %s is %q, %v", name, p.State, err)
			}
		}
		now := bundleKeys(ctx, t, made)
		for kid, published := range now {
			if _, old := lost[kid]; published == old {
				t.Errorf("the key %s is published: %t", kid, published)
			}
		}
		if len(lost) == 0 || len(now) <= len(lost) {
			t.Errorf("%d keys of %d may be with somebody else", len(lost), len(now))
		}
	})

	// What a backup has is not taken again, however soon after it was made: the keys that took over sign on.
	made = runs(t, env(old), "backup")
	path, _, _ = strings.Cut(made.out, ": ")
	if restored := runs(t, env(t.TempDir()), "restore", path); restored.code != 0 || !strings.Contains(restored.out, "erased, ended or withdrawn again: 0") {
		t.Fatalf("%+v", restored)
	}
}

// full is a file on a disk with room for a few bytes more.
type full struct {
	*os.File

	room int
}

func (f *full) Write(b []byte) (int, error) {
	n, err := f.File.Write(b[:min(len(b), f.room)])
	return n, errors.Join(err, syscall.ENOSPC)
}

func TestAFullDiskLeavesNoHalfLineInTheLog(t *testing.T) {
	t.Parallel()
	f, err := os.Create(filepath.Join(t.TempDir(), takingsFile))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	before, after := []store.Taking{{ID: "before"}}, []store.Taking{{ID: "after"}}
	if err := appendWhole(f, before); err != nil {
		t.Fatal(err)
	}
	if err := appendWhole(&full{File: f, room: 10}, after); !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	if err := appendWhole(f, after); err != nil {
		t.Fatal(err)
	}
	if all, err := readTakings(f.Name()); err != nil || len(all) != 2 || all[1].ID != "after" {
		t.Fatalf("%+v, %v", all, err)
	}
}

func TestALogThatACrashCutOffIsReadToThere(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), takingsFile)
	whole := `{"id":"a","at":"2026-11-23T10:00:00Z","what":"pass_revoked","pass":"p"}` + "\n"
	if err := os.WriteFile(path, []byte(whole+whole[:20]), 0o600); err != nil {
		t.Fatal(err)
	}
	if all, err := readTakings(path); err != nil || len(all) != 1 {
		t.Fatalf("%v, %v", all, err)
	}
	if err := os.WriteFile(path, []byte(whole[:20]+"\n"+whole), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := readTakings(path); err == nil {
		t.Fatal("a line in the middle is no line, and nobody says so")
	}
}

func TestOldBackupsAndOldLinesAreDropped(t *testing.T) {
	t.Parallel()
	data, backups := t.TempDir(), t.TempDir()
	day := func(ago int) time.Time { return time.Now().UTC().AddDate(0, 0, -ago) }
	for _, ago := range []int{10, 34, 36} {
		name := backupPrefix + day(ago).Format(backupTime) + backupSuffix
		if err := os.WriteFile(filepath.Join(backups, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got := runs(t, environment("KAIKU_DATA", data, "KAIKU_BACKUPS", backups), "backup"); got.code != 0 || strings.Count(got.out, "too old") != 1 {
		t.Fatalf("%+v", got)
	}
	forgotten := filepath.Join(backups, backupPrefix+day(50).Format(backupTime)+backupSuffix)
	if err := os.WriteFile(forgotten, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	p := &program{env: environment("KAIKU_DATA", data, "KAIKU_BACKUPS", backups), out: io.Discard, err: io.Discard, now: time.Now, random: rand.Reader}
	err := p.withStore(t.Context(), func(c Config, s *store.Store) error {
		made, err := p.assemble(t.Context(), c, s, slog.New(slog.DiscardHandler))
		if err != nil {
			return err
		}
		return made.dropBackups(t.Context()) // whoever stops backing up keeps none for ever
	})
	if _, there := os.Stat(forgotten); err != nil || !errors.Is(there, fs.ErrNotExist) {
		t.Fatalf("%v, %v", err, there)
	}
	lines := new(bytes.Buffer)
	if err := writeTakings(lines, []store.Taking{{ID: "old", At: day(36)}, {ID: "new", At: day(1)}}); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(backups, takingsFile), lines.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	log := newTakingsLog(backups, 35, time.Now)
	if err := log.open(); err != nil {
		t.Fatal(err)
	}
	if left, err := readTakings(log.path); err != nil || len(left) != 1 || left[0].ID != "new" {
		t.Fatalf("%v, %v", left, err)
	}
}

// served is a server that runs in the test.
type served struct {
	at   string
	out  *said
	err  *bytes.Buffer
	stop func() int
}

func serves(t *testing.T, env func(string) string) served {
	t.Helper()
	return starts(t, env)
}

// starts runs a subcommand until it answers requests.
func starts(t *testing.T, env func(string) string, args ...string) served {
	t.Helper()
	out, printed := &said{ready: make(chan string, 1)}, new(bytes.Buffer)
	ctx, cancel := context.WithCancel(t.Context())
	p := &program{env: env, out: out, err: printed, now: time.Now, random: rand.Reader, people: cheaply}
	done := make(chan int, 1)
	go func() { done <- p.run(ctx, args) }()
	stop := sync.OnceValue(func() int { cancel(); return <-done })
	t.Cleanup(func() { stop() })
	select {
	case at := <-out.ready:
		return served{"http://" + at, out, printed, stop}
	case code := <-done:
		done <- code
		t.Fatalf("it ended with %d: %s", code, printed)
		return served{}
	}
}

func ask(t *testing.T, url string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if err := res.Body.Close(); err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(b)
}

// freePort is a port of loopback that nobody listened on a moment ago.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func TestServeAnswersAndStops(t *testing.T) {
	t.Parallel()
	metrics, pprof := freePort(t), freePort(t)
	s := serves(t, environment("KAIKU_DATA", t.TempDir(), "KAIKU_ADDRESS", "127.0.0.1:0", "KAIKU_METRICS_ADDRESS", metrics, "KAIKU_PPROF_ADDRESS", pprof))
	if status, body := ask(t, s.at+"/readyz"); status != 200 {
		t.Errorf("%d %s", status, body)
	}
	if status, body := ask(t, "http://"+metrics+"/metrics"); status != 200 || !strings.Contains(body, `kaikukortti_http_requests_total{method="GET",route="/readyz",status="200"} 1`) {
		t.Errorf("%d %s", status, body)
	}
	if status, _ := ask(t, "http://"+pprof+"/debug/pprof/goroutine?debug=1"); status != 200 {
		t.Errorf("profiles: %d", status)
	}
	for _, path := range []string{"/metrics", "/debug/pprof/", "/code/sosiaali@demo.example", "/stage", "/stage/", "/people"} {
		if status, _ := ask(t, s.at+path); status != 404 {
			t.Errorf("%s is served to everybody: %d", path, status)
		}
	}
	if code := s.stop(); code != 0 {
		t.Fatalf("%d: %s", code, s.err)
	}
	for line := range strings.Lines(s.err.String()) {
		if !json.Valid([]byte(line)) {
			t.Errorf("the log has a line that is no JSON: %s", line)
		}
	}
}

func TestAStoreThatIsHalfRestoredIsNotServed(t *testing.T) {
	t.Parallel()
	env := environment("KAIKU_DATA", t.TempDir(), "KAIKU_ADDRESS", "127.0.0.1:0", "KAIKU_METRICS_ADDRESS", "off")
	p := &program{env: env, out: io.Discard, err: io.Discard, now: time.Now, random: rand.Reader, people: cheaply}
	err := p.withStore(t.Context(), func(_ Config, s *store.Store) error {
		var archive bytes.Buffer
		if _, err := s.Back(t.Context(), &archive, time.Now()); err != nil {
			return err
		}
		_, err := s.Restore(t.Context(), &breaking{Reader: bytes.NewReader(archive.Bytes())}, func(context.Context, store.Archive) error { return nil })
		if err == nil {
			err = errors.New("a file that breaks off was restored")
		} else {
			err = nil
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := runs(t, env, "serve"); got.code != 1 || !strings.Contains(got.err, "run it again") {
		t.Fatalf("%+v", got)
	}
}

// breaking is a file that cannot be read a second time.
type breaking struct {
	*bytes.Reader
	again bool
}

func (b *breaking) Seek(offset int64, whence int) (int64, error) {
	b.again = true
	return b.Reader.Seek(offset, whence)
}

func (b *breaking) Read(p []byte) (int, error) {
	if b.again {
		return 0, io.ErrUnexpectedEOF
	}
	return b.Reader.Read(p)
}
