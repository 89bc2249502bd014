package sqlite_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kaikukortti/store"
	"kaikukortti/store/sqlite"
)

// canary stands in the documents that the scrub test later deletes or overwrites, and in no other.
const canary = "canary-"

// aviary is a store of documents of all sizes, every fifth of which has the canary in each text that the engine keeps a copy of.
type aviary struct {
	engine    *sqlite.Engine
	documents int
	random    *rand.Rand
}

// TestScrubLeavesNothingOfWhatWasDeletedInTheFiles writes in random order, lets documents grow and shrink, so that the pages of
// tables and indexes are filled, split, merged and put in order, removes the canaries in both ways and reads the raw files.
func TestScrubLeavesNothingOfWhatWasDeletedInTheFiles(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "kaikukortti.db")
	a := aviary{engine: open(t, path), documents: 300, random: rand.New(rand.NewPCG(1, 4))}
	prepare(t, a.engine)
	version := int64(1)
	a.each(t, func(w store.Writer, n int) error { d := a.bird(n, version); return w.Insert("tickets", d.ID, d) })
	if found := occurrences(t, path); found < a.documents/5 {
		t.Fatalf("the canary stands %d times in the files, but %d documents hold it: the search is wrong", found, a.documents/5)
	}
	for version < 5 {
		version++
		a.each(t, func(w store.Writer, n int) error {
			d := a.bird(n, version)
			return w.Replace("tickets", d.ID, version-1, d)
		})
	}
	a.each(t, func(w store.Writer, n int) error { return a.remove(w, n, version) })
	if err := a.engine.Scrub(t.Context()); err != nil {
		t.Fatal(err)
	}
	if found := occurrences(t, path); found > 0 {
		t.Errorf("the canary stands %d times in the files", found)
	}
	mustKeep(t, a.engine, a.documents*4/5+a.documents/10)
	mustBeSound(t, path)
}

// A backup reads one state for minutes. Scans go on beside a scrub that meets it, and the scrub gives up until the next time.
func TestAScrubKeepsNobodyFromWritingWhileSomebodyReads(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "kaikukortti.db")
	a := aviary{engine: open(t, path), documents: 20, random: rand.New(rand.NewPCG(1, 4))}
	prepare(t, a.engine)
	a.each(t, func(w store.Writer, n int) error { d := a.bird(n, 1); return w.Insert("tickets", d.ID, d) })
	err := a.engine.View(t.Context(), func(r store.Reader) error {
		if n, err := r.Count("tickets", store.Query{Where: []store.Condition{store.AtLeast("_id", "")}}); err != nil || n != a.documents {
			t.Errorf("%d, %v", n, err) // the state that is read is that of now
		}
		scrubbed := make(chan error, 1)
		go func() { scrubbed <- a.engine.Scrub(t.Context()) }()
		written := 0
		for version := int64(1); len(scrubbed) == 0; version++ {
			a.each(t, func(w store.Writer, n int) error {
				d := a.bird(n, version+1)
				return w.Replace("tickets", d.ID, version, d)
			})
			written++
		}
		if err := <-scrubbed; err == nil || written < 5 {
			t.Errorf("the scrub says %v after %d rounds of writing", err, written)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.engine.Scrub(t.Context()); err != nil {
		t.Fatal(err)
	}
	if log, err := os.Stat(path + "-wal"); err != nil || log.Size() > 0 {
		t.Errorf("the log has %v, %v", log, err)
	}
}

// each changes every document, in random order, 50 in a transaction.
func (a *aviary) each(t *testing.T, change func(w store.Writer, n int) error) {
	t.Helper()
	order := a.random.Perm(a.documents)
	for len(order) > 0 {
		some := order[:min(len(order), 50)]
		order = order[len(some):]
		err := a.engine.Update(t.Context(), func(w store.Writer) error {
			for _, n := range some {
				if err := change(w, n); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func isCanary(n int) bool { return n%5 == 0 }

// bird is a ticket; its id never has the mark, so that an overwritten document leaves nothing that may stay.
func (a *aviary) bird(n int, version int64) *ticket {
	d, mark := newTicket(int64(n)), ""
	if isCanary(n) {
		mark = canary
	}
	d.Version, d.Slots = version, []int{n}
	d.Session, d.Pass, d.CTI = mark+d.Session, mark+d.Pass, mark+d.CTI
	d.Day = fmt.Sprint(mark, a.random.IntN(1000))
	d.Scans[0].By = mark + d.Scans[0].By
	d.Padding = strings.Repeat(mark+"x", []int{1, 20, 80, 700}[a.random.IntN(4)])
	return d
}

// remove deletes one half of the canaries and overwrites the other.
func (a *aviary) remove(w store.Writer, n int, version int64) error {
	switch {
	case !isCanary(n):
		return nil
	case n%2 == 0:
		return w.Delete("tickets", spread(int64(n)))
	}
	d := newTicket(int64(n))
	d.Version, d.Slots = version+1, []int{n}
	return w.Replace("tickets", d.ID, version, d)
}

// occurrences counts the canary in the database, its log and its index of the log.
func occurrences(t *testing.T, path string) (found int) {
	t.Helper()
	for _, file := range []string{path, path + "-wal", path + "-shm"} {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		found += bytes.Count(content, []byte(canary))
	}
	return found
}
