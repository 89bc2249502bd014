package sqlite_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kaikukortti/store"
	"kaikukortti/store/sqlite"
)

// TestPlansReadNoMoreThanTheyMust: some queries have no key to look for, and are no full scans all the same.
func TestPlansReadNoMoreThanTheyMust(t *testing.T) {
	t.Parallel()
	engine := prepared(t)
	live := []store.Condition{store.IsTrue("live"), store.Exists("pass")}
	for name, c := range map[string]struct {
		query store.Query
		full  bool
	}{
		"all of a partial index":                  {store.Query{Where: live, Order: []string{"session"}}, false},
		"the first of an index":                   {store.Query{Order: []string{"day"}, Limit: 3}, false},
		"all in the order of an index":            {store.Query{Order: []string{"day"}}, true},
		"some of an index, by what it lacks":      {store.Query{Where: []store.Condition{store.Equal("padding", "x")}, Order: []string{"day"}, Limit: 3}, true},
		"all":                                     {store.Query{}, true},
		"an element that only documents know":     {store.Query{Where: []store.Condition{store.Element("scans", store.Equal("at", "x"))}}, true},
		"an array by the session alone":           {store.Query{Where: []store.Condition{store.Equal("session", "s"), store.Exists("slots")}}, false},
		"an element that is one of several":       {store.Query{Where: []store.Condition{store.In("scans.by", []string{"a", "b"}), store.Exists("scans.id")}}, false},
		"an array that is not there, by its pass": {store.Query{Where: append([]store.Condition{store.Equal("session", "s"), store.Absent("slots")}, live...)}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plan, err := engine.Explain(t.Context(), "tickets", c.query)
			if err != nil || plan.FullScan != c.full {
				t.Errorf("got %+v, %v", plan, err)
			}
		})
	}
}

func TestWhatCannotBeAskedIsAnError(t *testing.T) {
	t.Parallel()
	engine := prepared(t)
	for name, condition := range map[string]store.Condition{
		"nothing":                      store.Equal("day", nil),
		"a struct":                     store.Equal("day", struct{}{}),
		"a list that is none":          {Field: "day", Op: store.OpIn, Value: "x"},
		"a list of structs":            store.In("day", []struct{}{{}}),
		"an element within an element": store.Element("scans", store.Element("answers", store.Equal("x", 1))),
		"a comparison of its own":      {Field: "day", Op: 99, Value: "x"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := engine.View(t.Context(), func(r store.Reader) error {
				_, err := r.Count("tickets", store.Query{Where: []store.Condition{condition}})
				return err
			})
			if err == nil || errors.Is(err, store.ErrUnavailable) {
				t.Errorf("got %v, want an error of the question", err)
			}
		})
	}
}

func TestWhatCannotBeDeclaredIsAnError(t *testing.T) {
	t.Parallel()
	engine := open(t, filepath.Join(t.TempDir(), "kaikukortti.db"))
	type document struct {
		Doc  string   `json:"doc"`
		Tags []string `json:"tags"`
	}
	for name, c := range map[string]store.Collection{
		"no name":                           {},
		"a name with a mark in it":          {Name: "a#b"},
		"a field with the engine's name":    {Name: "a", Indexes: []store.Index{{Name: "doc", Keys: []string{"doc"}}}},
		"an array that is not said to be":   {Name: "a", Indexes: []store.Index{{Name: "tags", Keys: []string{"tags"}}}},
		"a field with a quotation mark":     {Name: "a", Indexes: []store.Index{{Name: "quote", Keys: []string{`a"b`}}}},
		"a condition with a quotation mark": {Name: "a", Indexes: []store.Index{{Name: "x", Keys: []string{"x"}, Where: []store.Condition{store.Exists(`a"b`)}}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.New = func() any { return new(document) }
			if err := engine.Prepare(t.Context(), []store.Collection{c}); err == nil {
				t.Error("it was declared")
			}
		})
	}
}

func TestTheStoreIsNotUsedOutOfTurn(t *testing.T) {
	t.Parallel()
	engine := prepared(t)
	if err := insert(t.Context(), engine, 1); err != nil {
		t.Fatal(err)
	}
	var reader store.Reader
	var writer store.Writer
	err := errors.Join(
		engine.View(t.Context(), func(r store.Reader) error { reader = r; return nil }),
		engine.Update(t.Context(), func(w store.Writer) error { writer = w; return nil }),
	)
	if err != nil {
		t.Fatal(err)
	}
	within := engine.View(t.Context(), func(r store.Reader) error {
		return r.Find("tickets", store.Query{}, func(func(any) error) error { return r.Get("tickets", spread(1), new(ticket)) })
	})
	for name, err := range map[string]error{
		"a reader after its view":     reader.Get("tickets", spread(1), new(ticket)),
		"a writer after its change":   writer.Insert("tickets", spread(2), newTicket(2)),
		"a reader while it reads":     within,
		"a document of another id":    insertAs(t, prepared(t), "other", newTicket(1)),
		"a document that is a number": insertAs(t, prepared(t), "other", 7),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	mustKeep(t, engine, 1)
}

func insertAs(t *testing.T, engine *sqlite.Engine, id string, doc any) error {
	t.Helper()
	return engine.Step(t.Context(), func(w store.Writer) error { return w.Insert("tickets", id, doc) })
}

// TestAddKeepsToNumbers: a field that holds something else is left as it is.
func TestAddKeepsToNumbers(t *testing.T) {
	t.Parallel()
	engine := prepared(t)
	if err := insert(t.Context(), engine, 1); err != nil {
		t.Fatal(err)
	}
	for _, field := range []string{"day", "scans", "day.deeper"} {
		err := engine.Step(t.Context(), func(w store.Writer) error {
			_, err := w.Add("tickets", spread(1), field, 1)
			return err
		})
		if err == nil || !strings.Contains(err.Error(), field) {
			t.Errorf("%s: got %v, want an error with the field", field, err)
		}
	}
}

// TestAnIdIsReadWhereverItIsAsked: a document whose struct does not hold its id has it all the same.
func TestAnIdIsReadWhereverItIsAsked(t *testing.T) {
	t.Parallel()
	engine := prepared(t)
	for id, doc := range map[string]any{"empty": struct{}{}, `quoted "é"`: struct {
		At time.Time `json:"at"`
	}{}} {
		if err := insertAs(t, engine, id, doc); err != nil {
			t.Fatal(err)
		}
		var got ticket
		err := engine.View(t.Context(), func(r store.Reader) error { return r.Get("tickets", id, &got) })
		if err != nil || got.ID != id {
			t.Errorf("got %q, %v; want %q", got.ID, err, id)
		}
	}
}
