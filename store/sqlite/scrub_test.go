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
)

// canary stands in everything that the test writes and later deletes or overwrites.
const canary = "canary-"

// TestScrubLeavesNothingOfWhatWasDeletedInTheFiles writes documents of all sizes in random order, so that pages of tables and of
// indexes are split and merged, deletes and overwrites them, and reads the raw files.
func TestScrubLeavesNothingOfWhatWasDeletedInTheFiles(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "kaikukortti.db")
	engine := open(t, path)
	if err := engine.Prepare(t.Context(), []store.Collection{tickets}); err != nil {
		t.Fatal(err)
	}
	const documents = 3000
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // no secret, only spread
	write := func(change func(w store.Writer, n int) error) {
		t.Helper()
		order := random.Perm(documents)
		for len(order) > 0 {
			some := order[:min(len(order), 50)]
			order = order[len(some):]
			err := engine.Update(t.Context(), func(w store.Writer) error {
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
	mark := func(n int) string { return map[bool]string{true: canary}[n%5 == 0] }
	write(func(w store.Writer, n int) error { d := marked(n, mark(n), 1); return w.Insert("tickets", d.ID, d) })
	if found := occurrences(t, path); found < documents/5 {
		t.Fatalf("the canary stands %d times in the files, but %d documents hold it: the search is wrong", found, documents/5)
	}
	for round := range 6 { // documents grow and shrink, so that pages are filled, split, merged and put in order
		write(func(w store.Writer, n int) error {
			d := marked(n, mark(n), int64(2+round))
			d.Day += fmt.Sprint(random.IntN(1000))
			d.Padding = strings.Repeat(mark(n)+"x", []int{1, 40, 400, 2000}[random.IntN(4)])
			return w.Replace("tickets", d.ID, int64(1+round), d)
		})
	}
	write(func(w store.Writer, n int) error {
		d := marked(n, mark(n), 1)
		switch {
		case mark(n) == "":
			return nil
		case n%3 > 0:
			return w.Delete("tickets", d.ID)
		}
		d = marked(n, "", 8)
		d.ID = canary + spread(int64(n))
		return w.Replace("tickets", d.ID, 7, d)
	})
	write(func(w store.Writer, n int) error { return w.Delete("tickets", canary+spread(int64(n))) })
	if err := engine.Scrub(t.Context()); err != nil {
		t.Fatal(err)
	}
	if found := occurrences(t, path); found > 0 {
		t.Errorf("the canary stands %d times in the files", found)
	}
}

// marked is a ticket with a mark in every text that the engine keeps a copy of.
func marked(n int, mark string, version int64) *ticket {
	d := newTicket(int64(n))
	d.Version = version
	d.Slots = []int{n}
	for _, text := range []*string{&d.ID, &d.Session, &d.Pass, &d.CTI, &d.Day, &d.Scans[0].By} {
		*text = mark + *text
	}
	d.Padding = strings.Repeat(mark+"x", []int{1, 40, 400, 2000}[n%4])
	return d
}

// occurrences counts the canary in the database, its log and its index of the log.
func occurrences(t *testing.T, path string) (found int) {
	t.Helper()
	files, err := filepath.Glob(path + "*")
	if err != nil || len(files) < 2 {
		t.Fatalf("the files are %v, %v", files, err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file) //nolint:gosec // a file of this test's
		if err != nil {
			t.Fatal(err)
		}
		n := bytes.Count(content, []byte(canary))
		found += n
		if n > 0 && testing.Verbose() {
			fmt.Println(file, n)
		}
	}
	return found
}
