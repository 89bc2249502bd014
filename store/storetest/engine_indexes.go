package storetest

import (
	"testing"

	"kaikukortti/store"
)

func (s engineSuite) prepare(t *testing.T) {
	t.Parallel()
	t.Run("again changes nothing", func(t *testing.T) {
		t.Parallel()
		engine := s.filled(t, hold{ID: "a", Session: "s", Slots: []int{1}})
		prepareHolds(t, engine, holds())
		mustKeep(t, engine, "a")
		mustDuplicate(t, insertHold(t.Context(), engine, hold{ID: "b", Session: "s", Slots: []int{1}}), "seats")
	})
	t.Run("with an index more puts what is there into it", func(t *testing.T) {
		t.Parallel()
		later, note, note2 := holds(), store.Exists("note"), store.Exists("tags")
		later.Indexes = append(later.Indexes,
			store.Index{Name: "note", Keys: []string{"note"}, Unique: true, Where: []store.Condition{note}},
			store.Index{Name: "note_tags", Keys: []string{"note", "tags"}, Array: "tags", Unique: true, Where: []store.Condition{note, note2}},
		)
		engine := s.filled(t, hold{ID: "a", Note: "x", Tags: []string{"p", "q"}}, hold{ID: "b"}, hold{ID: "c", Tags: []string{"p"}})
		prepareHolds(t, engine, later)
		mustDuplicate(t, insertHold(t.Context(), engine, hold{ID: "d", Note: "x"}), "note")
		byNote := store.Query{Where: []store.Condition{store.Equal("note", "x")}}
		mustCount(t, engine, byNote, 1)
		mustUseIndex(t, engine, byNote)
		both := store.Query{Where: []store.Condition{store.Equal("note", "x"), store.Equal("tags", "q")}}
		mustCount(t, engine, both, 1)
		mustUseIndex(t, engine, both)
	})
	t.Run("with an index less lets go of it", func(t *testing.T) {
		t.Parallel()
		fewer := holds()
		fewer.Indexes = fewer.Indexes[3:] // seats, one_a_pass and scan go
		twin := hold{ID: "a", Session: "s", Pass: "p", Live: true, Slots: []int{1}, Scans: []holdScan{{By: "d", ID: "1"}}}
		engine := s.filled(t, twin)
		prepareHolds(t, engine, fewer)
		twin.ID = "b"
		if err := insertHold(t.Context(), engine, twin); err != nil {
			t.Errorf("an index that is declared no more refused: %v", err)
		}
		mustKeep(t, engine, "a", "b")
		mustCount(t, engine, store.Query{Where: []store.Condition{store.Equal("slots", 1), store.Equal("scans.by", "d")}}, 2)
	})
	t.Run("with another index under an old name makes it anew", func(t *testing.T) {
		t.Parallel()
		other := holds()
		other.Indexes[0].Keys = []string{"pass", "slots"}
		other.Indexes[0].Where = []store.Condition{store.Exists("pass"), store.Exists("slots")}
		engine := s.filled(t, hold{ID: "a", Session: "s", Pass: "p", Slots: []int{1}})
		prepareHolds(t, engine, other)
		if err := insertHold(t.Context(), engine, hold{ID: "b", Session: "s", Pass: "q", Slots: []int{1}}); err != nil {
			t.Errorf("the old index refused: %v", err)
		}
		mustDuplicate(t, insertHold(t.Context(), engine, hold{ID: "c", Session: "t", Pass: "p", Slots: []int{1}}), "seats")
	})
	t.Run("with a unique index that documents break is an error and loses none", func(t *testing.T) {
		t.Parallel()
		later := holds()
		later.Indexes = append(later.Indexes, store.Index{
			Name: "note", Keys: []string{"note"}, Unique: true, Where: []store.Condition{store.Exists("note")},
		})
		engine := s.filled(t, hold{ID: "a", Note: "x"}, hold{ID: "b", Note: "x"})
		if err := engine.Prepare(t.Context(), []store.Collection{later, counters()}); err == nil {
			t.Error("a unique index was made over twins")
		}
		mustKeep(t, engine, "a", "b")
	})
}

func prepareHolds(t *testing.T, engine store.Engine, c store.Collection) {
	t.Helper()
	if err := engine.Prepare(t.Context(), []store.Collection{c, counters()}); err != nil {
		t.Fatalf("prepare: %v", err)
	}
}

// explain: what has an index uses it, what has none is told.
func (s engineSuite) explain(t *testing.T) {
	t.Parallel()
	engine := s.filled(t, engineGuests()...)
	for name, where := range map[string][]store.Condition{
		"by the id":                       {store.Equal("_id", "a")},
		"by ids":                          {store.In("_id", []string{"a", "b"})},
		"by a field":                      {store.Equal("session", "s1")},
		"by several values":               {store.In("session", []string{"s1", "s2"})},
		"by a field and a range":          {store.Equal("session", "s1"), store.Below("at", engineClock)},
		"by a field and one more":         {store.Equal("session", "s1"), store.Equal("note", "x")},
		"by a partial index":              {store.Equal("session", "s1"), store.Equal("pass", "p1"), store.IsTrue("live"), store.Exists("pass")},
		"by a number in an array":         {store.Equal("session", "s1"), store.Equal("slots", 1), store.Exists("slots")},
		"by the array that is there":      {store.Equal("session", "s1"), store.Exists("slots")},
		"by an element":                   {store.Exists("scans.id"), store.Element("scans", store.Equal("by", "d1"), store.Equal("id", "1"))},
		"by one field of an element":      {store.Exists("scans.id"), store.Equal("scans.by", "d1")},
		"by a tag":                        {store.Equal("tags", "x")},
		"by a field of a sub-document":    {store.Equal("use.key", "k"), store.Equal("use.no", 1)},
		"by numbers of a sub-document":    {store.Equal("use.key", "k"), store.In("use.no", []int{1, 2})},
		"by part of the key of an index":  {store.Equal("use.key", "k")},
		"by a field of a named type":      {store.Equal("session", holder("s1"))},
		"by a range of the id":            {store.AtLeast("_id", "a")},
		"by what makes an index partial":  {store.Exists("use.key"), store.AtLeast("use.key", "k")},
		"by a field and what is not true": {store.Equal("session", "s1"), store.Absent("live")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mustUseIndex(t, engine, store.Query{Where: where})
			mustUseIndex(t, engine, store.Query{Where: where, Order: []string{"at"}, Limit: 5})
		})
	}
	for name, where := range map[string][]store.Condition{
		"by a field without an index":           {store.Equal("note", "x")},
		"by the second key alone":               {store.Equal("at", engineClock)},
		"without what makes the index partial":  {store.Equal("pass", "p1")},
		"by an array without its session":       {store.Equal("slots", 1), store.Exists("slots")},
		"by the second field of an element":     {store.Exists("scans.id"), store.Element("scans", store.Equal("id", "1"))},
		"by what is absent from all other ones": {store.Absent("note")},
	} {
		t.Run(name+" is a full scan", func(t *testing.T) {
			t.Parallel()
			plan, err := engine.Explain(t.Context(), "holds", store.Query{Where: where})
			if err != nil || !plan.FullScan || plan.Text == "" {
				t.Errorf("got %+v, %v; want a full scan", plan, err)
			}
		})
	}
}

func mustUseIndex(t *testing.T, engine store.Engine, q store.Query) {
	t.Helper()
	plan, err := engine.Explain(t.Context(), "holds", q)
	if err != nil || plan.FullScan || plan.Text == "" {
		t.Errorf("%+v: got %+v, %v; want the use of an index", q, plan, err)
	}
}

// upkeep: what keeps an engine going does not touch what it keeps.
func (s engineSuite) upkeep(t *testing.T) {
	t.Parallel()
	engine := s.filled(t, hold{ID: "a"}, hold{ID: "b"})
	mustStep(t, engine, func(w store.Writer) error { return w.Delete("holds", "a") })
	if err := engine.Ping(t.Context()); err != nil {
		t.Errorf("ping: %v", err)
	}
	if err := engine.Scrub(t.Context()); err != nil {
		t.Errorf("scrub: %v", err)
	}
	mustKeep(t, engine, "b")
	if err := insertHold(t.Context(), engine, hold{ID: "c"}); err != nil {
		t.Errorf("insert after a scrub: %v", err)
	}
}
