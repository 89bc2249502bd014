package sqlite_test

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"kaikukortti/store"
	"kaikukortti/store/sqlite"
)

// child names the database that this process writes to until it is killed, when a test has started it for that.
var child = flag.String("child", "", "write to this database until killed; used by the crash test itself")

// TestChildWrites inserts and replaces from many goroutines and says on its output what was acknowledged.
func TestChildWrites(t *testing.T) {
	if *child == "" {
		t.Skip("only as the child of the crash test")
	}
	engine := open(t, *child)
	prepare(t, engine)
	var next atomic.Int64
	next.Store(int64(os.Getpid()) << 24)
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			for writeOne(t, engine, next.Add(1)) {
			}
		})
	}
	all.Wait()
}

func writeOne(t *testing.T, engine *sqlite.Engine, n int64) bool {
	d := newTicket(n)
	d.Session = spread(n)
	err := engine.Step(t.Context(), func(w store.Writer) error { return w.Insert("tickets", d.ID, d) })
	if err == nil {
		_, err = fmt.Printf("acknowledged %d 1\n", n)
	}
	if err == nil && n%3 == 0 {
		d.Version, d.Slots = 2, append(d.Slots, 100)
		err = engine.Update(t.Context(), func(w store.Writer) error { return w.Replace("tickets", d.ID, 1, d) })
		if err == nil {
			_, err = fmt.Printf("acknowledged %d 2\n", n)
		}
	}
	if err != nil {
		t.Error(err)
	}
	return err == nil
}

// TestWhatWasAcknowledgedSurvivesAKill kills a process in the middle of its writing, again and again, and looks for all that it
// had said to be kept.
func TestWhatWasAcknowledgedSurvivesAKill(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "kaikukortti.db")
	acknowledged := map[int64]int64{}
	for range 3 {
		killInTheMiddle(t, path, acknowledged)
		engine := open(t, path)
		prepare(t, engine)
		for n, version := range acknowledged {
			mustHold(t, engine, n, version)
		}
		if err := engine.Close(); err != nil {
			t.Fatal(err)
		}
		mustBeSound(t, path)
	}
}

// killInTheMiddle notes each document's latest version that the child acknowledged.
func killInTheMiddle(t *testing.T, path string, acknowledged map[int64]int64) {
	t.Helper()
	writing := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestChildWrites$", "-child="+path)
	output, err := writing.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := writing.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(output)
	for read := 0; ; read++ {
		if read == 300 {
			if err := writing.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
		line, err := lines.ReadString('\n')
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		note(t, line, acknowledged)
	}
	_ = writing.Wait() // it was killed
}

func note(t *testing.T, line string, acknowledged map[int64]int64) {
	t.Helper()
	words := strings.Fields(line)
	if len(words) != 3 || words[0] != "acknowledged" {
		t.Fatalf("the child said %q", line)
	}
	n, err := strconv.ParseInt(words[1], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	version, err := strconv.ParseInt(words[2], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	acknowledged[n] = max(acknowledged[n], version)
}

func mustHold(t *testing.T, engine *sqlite.Engine, n, version int64) {
	t.Helper()
	var d ticket
	err := engine.View(t.Context(), func(r store.Reader) error { return r.Get("tickets", spread(n), &d) })
	if err != nil || d.Version < version {
		t.Errorf("version %d of the document %d was acknowledged; there is version %d, %v", version, n, d.Version, err)
	}
}
