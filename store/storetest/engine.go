package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"kaikukortti/models"
	"kaikukortti/store"
)

// OpenEngine gives an engine on an empty database of the test's own, which is closed and dropped when the test ends. The watcher
// may be nil.
type OpenEngine func(t *testing.T, watcher store.Watcher) store.Engine

// Engine holds an engine to what store.Engine promises. Every test of it runs on a database of its own.
func Engine(t *testing.T, open OpenEngine) {
	t.Helper()
	s := engineSuite{open}
	t.Run("documents", s.documents)
	t.Run("queries", s.queries)
	t.Run("numbers", s.numbers)
	t.Run("watcher", s.watcher)
	t.Run("duplicates", s.duplicates)
	t.Run("replace", s.replace)
	t.Run("delete", s.delete)
	t.Run("add", s.add)
	t.Run("update", s.update)
	t.Run("step", s.step)
	t.Run("view", s.view)
	t.Run("prepare", s.prepare)
	t.Run("explain", s.explain)
	t.Run("upkeep", s.upkeep)
	t.Run("races", s.races)
}

type engineSuite struct{ open OpenEngine }

// hold is the document that the suite keeps. It is shaped like a claim, because claims ask the most of an engine.
type hold struct {
	ID            string `json:"_id"`
	models.Record `json:",inline"`
	Session       string     `json:"session,omitempty"`
	Pass          holder     `json:"pass,omitempty"`
	Live          bool       `json:"live,omitempty"`
	Slots         []int      `json:"slots,omitempty"`
	Scans         []holdScan `json:"scans,omitempty"`
	Use           *holdUse   `json:"use,omitempty"`
	At            time.Time  `json:"at,omitempty,omitzero"`
	Seats         int64      `json:"seats,omitempty"`
	Tags          []string   `json:"tags,omitempty"`
	Note          string     `json:"note,omitempty"`
}

// holder is a string type of its own, as the ids of documents are.
type holder string

type holdScan struct {
	By string    `json:"by"`
	ID string    `json:"id"`
	At time.Time `json:"at,omitempty,omitzero"`
}

type holdUse struct {
	Key string `json:"key"`
	No  int    `json:"no"`
}

// holds is the collection that the suite works on, with an index of each kind.
func holds() store.Collection {
	return store.Collection{
		Name: "holds",
		New:  func() any { return new(hold) },
		Indexes: []store.Index{
			{Name: "seats", Keys: []string{"session", "slots"}, Array: "slots", Unique: true, Where: []store.Condition{
				store.Exists("slots"),
			}},
			{Name: "one_a_pass", Keys: []string{"session", "pass"}, Unique: true, Where: []store.Condition{
				store.IsTrue("live"), store.Exists("pass"),
			}},
			{Name: "scan", Keys: []string{"scans.by", "scans.id"}, Array: "scans", Unique: true, Where: []store.Condition{
				store.Exists("scans.id"),
			}},
			{Name: "use", Keys: []string{"use.key", "use.no"}, Unique: true, Where: []store.Condition{
				store.Exists("use.key"),
			}},
			{Name: "session_at", Keys: []string{"session", "at"}},
			{Name: "tags", Keys: []string{"tags"}, Array: "tags"},
		},
	}
}

// counters is a collection without indexes.
func counters() store.Collection {
	return store.Collection{Name: "counters", New: func() any { return new(struct{}) }}
}

// ready opens an engine that knows both collections.
func (s engineSuite) ready(t *testing.T) store.Engine {
	t.Helper()
	engine := s.open(t, nil)
	if err := engine.Prepare(t.Context(), []store.Collection{holds(), counters()}); err != nil {
		t.Fatalf("prepare: %v", err)
	}
	return engine
}

// filled opens an engine that keeps these documents.
func (s engineSuite) filled(t *testing.T, all ...hold) store.Engine {
	t.Helper()
	engine := s.ready(t)
	for _, h := range all {
		if err := insertHold(t.Context(), engine, h); err != nil {
			t.Fatalf("insert %s: %v", h.ID, err)
		}
	}
	return engine
}

func insertHold(ctx context.Context, engine store.Engine, h hold) error {
	return engine.Step(ctx, func(w store.Writer) error { return w.Insert("holds", h.ID, &h) })
}

func getHold(t *testing.T, engine store.Engine, id string) (hold, error) {
	t.Helper()
	var h hold
	err := engine.View(t.Context(), func(r store.Reader) error { return r.Get("holds", id, &h) })
	return h, err
}

func findHolds(ctx context.Context, engine store.Engine, q store.Query) ([]hold, error) {
	var all []hold
	err := engine.View(ctx, func(r store.Reader) error {
		all = nil
		return r.Find("holds", q, func(decode func(any) error) error {
			var h hold
			if err := decode(&h); err != nil {
				return err
			}
			all = append(all, h)
			return nil
		})
	})
	return all, err
}

// mustKeep fails the test unless the collection keeps exactly the documents with these ids.
func mustKeep(t *testing.T, engine store.Engine, ids ...string) {
	t.Helper()
	all, err := findHolds(t.Context(), engine, store.Query{Order: []string{"_id"}})
	if err != nil {
		t.Fatalf("find: %v", err)
	}
	slices.Sort(ids)
	if got := idsOf(all); got != strings.Join(ids, " ") {
		t.Errorf("the store keeps %q, want %q", got, ids)
	}
}

func idsOf(all []hold) string {
	ids := make([]string, len(all))
	for i := range all {
		ids[i] = all[i].ID
	}
	return strings.Join(ids, " ")
}

// mustDuplicate fails the test unless err names the index. It may be called by any goroutine.
func mustDuplicate(t *testing.T, err error, index string) {
	t.Helper()
	d := new(store.DuplicateError)
	if !errors.As(err, &d) || d.Collection != "holds" || d.Index != index {
		t.Errorf("got %v, want a duplicate in %s", err, index)
	}
}

// engineClock is the moment that the suite's documents count from.
var engineClock = time.Date(2026, time.March, 29, 1, 30, 0, 0, time.UTC)

func engineAfter(seconds int) time.Time { return engineClock.Add(time.Duration(seconds) * time.Second) }

func holdID(prefix string, n int) string { return fmt.Sprintf("%s%04d", prefix, n) }
