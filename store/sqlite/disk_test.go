//go:build unix

package sqlite_test

import (
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"kaikukortti/store"
)

// TestACommitThatTheDiskRefusesIsToldAndPasses runs a process that may not make its files larger: there it is the commit that
// fails, when it writes the log.
func TestACommitThatTheDiskRefusesIsToldAndPasses(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "kaikukortti.db")
	filling := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestChildFillsTheDisk$", "-test.v", "-child="+path)
	output, err := filling.CombinedOutput()
	if err != nil || !strings.Contains(string(output), "--- PASS: TestChildFillsTheDisk") {
		t.Fatalf("%v: %s", err, output)
	}
	mustBeSound(t, path)
}

func TestChildFillsTheDisk(t *testing.T) {
	if *child == "" {
		t.Skip("only as the child of the test above")
	}
	engine := open(t, *child)
	prepare(t, engine)
	signal.Ignore(syscall.SIGXFSZ)
	free := limitFiles(t, 1<<20)
	kept, n := 0, int64(0)
	var err error
	for ; err == nil; n++ {
		if err = insert(t.Context(), engine, n); err == nil {
			kept++
		}
		if n > 10_000 {
			t.Fatal("the disk did not fill up")
		}
	}
	if !errors.Is(err, store.ErrUnavailable) || !strings.Contains(err.Error(), "commit") {
		t.Errorf("got %v, want ErrUnavailable from the commit", err)
	}
	mustKeep(t, engine, kept)
	free()
	if err := insert(t.Context(), engine, n); err != nil {
		t.Errorf("with room again: %v", err)
	}
	mustKeep(t, engine, kept+1)
}

// limitFiles lets no file of this process grow beyond size until free is called.
func limitFiles(t *testing.T, size uint64) (free func()) {
	t.Helper()
	var was syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &was); err != nil {
		t.Fatal(err)
	}
	set := func(limit syscall.Rlimit) {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
			t.Fatal(err)
		}
	}
	set(syscall.Rlimit{Cur: size, Max: was.Max})
	return func() { set(was) }
}
