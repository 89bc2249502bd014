package storetest

import (
	"context"
	"errors"
	"reflect"
	"testing"

	"kaikukortti/store"
)

// duplicates: each unique index refuses what stands against it and is named; where it does not apply it refuses nothing.
func (s engineSuite) duplicates(t *testing.T) {
	t.Parallel()
	first := hold{
		ID: "first", Session: "s", Pass: "p", Live: true, Slots: []int{1, 2, 3},
		Scans: []holdScan{{By: "d", ID: "1"}, {By: "d", ID: "2"}}, Use: &holdUse{Key: "k", No: 1}, Tags: []string{"x"},
	}
	for name, c := range map[string]struct {
		second hold
		index  string // "" when nothing stands against it
	}{
		"the same id":                          {hold{ID: "first"}, "_id"},
		"one pass twice":                       {hold{ID: "2", Session: "s", Pass: "p", Live: true}, "one_a_pass"},
		"one pass at another session":          {hold{ID: "2", Session: "other", Pass: "p", Live: true}, ""},
		"one pass, but not live":               {hold{ID: "2", Session: "s", Pass: "p"}, ""},
		"live, but without a pass":             {hold{ID: "2", Session: "s", Live: true}, ""},
		"one seat twice":                       {hold{ID: "2", Session: "s", Slots: []int{9, 3}}, "seats"},
		"the seat of another session":          {hold{ID: "2", Session: "other", Slots: []int{1, 2, 3}}, ""},
		"other seats":                          {hold{ID: "2", Session: "s", Slots: []int{0, 4}}, ""},
		"no seats":                             {hold{ID: "2", Session: "s"}, ""},
		"one scan twice":                       {hold{ID: "2", Scans: []holdScan{{By: "e", ID: "1"}, {By: "d", ID: "2"}}}, "scan"},
		"the scan of another door":             {hold{ID: "2", Scans: []holdScan{{By: "e", ID: "1"}}}, ""},
		"a field of one scan, one of another":  {hold{ID: "2", Scans: []holdScan{{By: "d", ID: "3"}}}, ""},
		"one use twice":                        {hold{ID: "2", Use: &holdUse{Key: "k", No: 1}}, "use"},
		"the next use":                         {hold{ID: "2", Use: &holdUse{Key: "k", No: 2}}, ""},
		"one tag twice, which is not unique":   {hold{ID: "2", Tags: []string{"x", "y"}}, ""},
		"one tag twice in the same document":   {hold{ID: "2", Tags: []string{"y", "y"}}, ""},
		"one scan twice in the same document":  {hold{ID: "2", Scans: []holdScan{{By: "e", ID: "1"}, {By: "e", ID: "1"}}}, ""},
		"a document that has none of the keys": {hold{ID: "2"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			engine := s.filled(t, first)
			err := insertHold(t.Context(), engine, c.second)
			if c.index == "" {
				if err != nil {
					t.Fatalf("refused: %v", err)
				}
				mustKeep(t, engine, "first", "2")
				return
			}
			mustDuplicate(t, err, c.index)
			mustKeep(t, engine, "first")
			mustBeUntouched(t, engine, first)
		})
	}
}

// mustBeUntouched looks at the document and at the entries that indexes hold of it.
func mustBeUntouched(t *testing.T, engine store.Engine, want hold) {
	t.Helper()
	if got, err := getHold(t, engine, want.ID); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v; want %+v", got, err, want)
	}
	mustCount(t, engine, store.Query{Where: []store.Condition{store.Exists("slots"), store.Equal("session", want.Session), store.In("slots", want.Slots)}}, 1)
	mustCount(t, engine, store.Query{Where: []store.Condition{store.Exists("slots"), store.Equal("session", want.Session), store.Equal("slots", 9)}}, 0)
}

func (s engineSuite) replace(t *testing.T) {
	t.Parallel()
	t.Run("puts the new in the place of the old", func(t *testing.T) {
		t.Parallel()
		engine := s.filled(t, hold{ID: "a", Session: "s", Slots: []int{1, 2}, Live: true, Pass: "p", Tags: []string{"x"}})
		now := hold{ID: "a", Session: "s", Slots: []int{2, 9}}
		now.Version = 1
		mustStep(t, engine, func(w store.Writer) error { return w.Replace("holds", "a", 0, &now) })
		if got, err := getHold(t, engine, "a"); err != nil || !reflect.DeepEqual(got, now) {
			t.Errorf("got %+v, %v; want %+v", got, err, now)
		}
		mustCount(t, engine, store.Query{Where: []store.Condition{store.Equal("tags", "x")}}, 0)
		if err := insertHold(t.Context(), engine, hold{ID: "b", Session: "s", Slots: []int{1}, Live: true, Pass: "p"}); err != nil {
			t.Errorf("what the old document held is not free: %v", err)
		}
		mustDuplicate(t, insertHold(t.Context(), engine, hold{ID: "c", Session: "s", Slots: []int{9}}), "seats")
	})
	t.Run("refuses another version", func(t *testing.T) {
		t.Parallel()
		engine := s.filled(t, versionedHold("a", 7))
		for _, stale := range []int64{6, 8} {
			err := engine.Step(t.Context(), func(w store.Writer) error { return w.Replace("holds", "a", stale, &hold{ID: "a"}) })
			if !errors.Is(err, store.ErrChanged) {
				t.Errorf("version %d: got %v, want ErrChanged", stale, err)
			}
		}
		if got, err := getHold(t, engine, "a"); err != nil || got.Version != 7 {
			t.Errorf("got %+v, %v", got, err)
		}
	})
	t.Run("refuses a document that is not there", func(t *testing.T) {
		t.Parallel()
		engine := s.ready(t)
		err := engine.Step(t.Context(), func(w store.Writer) error { return w.Replace("holds", "a", 1, newVersionedHold("a", 2)) })
		if !errors.Is(err, store.ErrChanged) {
			t.Errorf("got %v, want ErrChanged", err)
		}
		mustKeep(t, engine)
	})
	t.Run("refuses what a unique index holds, and leaves the old", func(t *testing.T) {
		t.Parallel()
		old := hold{ID: "a", Session: "s", Slots: []int{1, 2}}
		engine := s.filled(t, old, hold{ID: "b", Session: "s", Slots: []int{3}, Live: true, Pass: "p"})
		for index, next := range map[string]hold{
			"seats":      {ID: "a", Session: "s", Slots: []int{9, 3}},
			"one_a_pass": {ID: "a", Session: "s", Slots: []int{9}, Live: true, Pass: "p"},
		} {
			err := engine.Step(t.Context(), func(w store.Writer) error { return w.Replace("holds", "a", 0, &next) })
			mustDuplicate(t, err, index)
			mustBeUntouched(t, engine, old)
		}
	})
	t.Run("of two at once one holds", s.replaceRace)
}

func versionedHold(id string, version int64) hold {
	h := hold{ID: id}
	h.Version = version
	return h
}

func newVersionedHold(id string, version int64) *hold {
	h := versionedHold(id, version)
	return &h
}

func mustStep(t *testing.T, engine store.Engine, change func(store.Writer) error) {
	t.Helper()
	if err := engine.Step(t.Context(), change); err != nil {
		t.Fatalf("step: %v", err)
	}
}

func (s engineSuite) delete(t *testing.T) {
	t.Parallel()
	full := hold{
		ID: "a", Session: "s", Pass: "p", Live: true, Slots: []int{1, 2}, Scans: []holdScan{{By: "d", ID: "1"}},
		Use: &holdUse{Key: "k", No: 1},
	}
	engine := s.filled(t, full, hold{ID: "b"})
	remove := func(w store.Writer) error { return w.Delete("holds", "a") }
	mustStep(t, engine, remove)
	mustStep(t, engine, remove) // one that is not there is no error
	mustKeep(t, engine, "b")
	if err := insertHold(t.Context(), engine, full); err != nil {
		t.Errorf("what the deleted document held is not free: %v", err)
	}
}

// engineCounter is what Add makes of a document.
type engineCounter struct {
	ID     string `json:"_id"`
	Total  int64  `json:"total"`
	Nested struct {
		Deep int64 `json:"deep"`
	} `json:"nested"`
}

func (s engineSuite) add(t *testing.T) {
	t.Parallel()
	t.Run("makes the document, then counts on", func(t *testing.T) {
		t.Parallel()
		engine := s.ready(t)
		for _, c := range []struct {
			field     string
			by, want  int64
			transacts bool
		}{
			{"total", 5, 5, false}, {"total", -2, 3, true}, {"nested.deep", 1 << 60, 1 << 60, false}, {"nested.deep", 1, 1<<60 + 1, true},
		} {
			if got := mustAdd(t, engine, c.transacts, c.field, c.by); got != c.want {
				t.Errorf("%s: the sum is %d, want %d", c.field, got, c.want)
			}
		}
		var got engineCounter
		err := engine.View(t.Context(), func(r store.Reader) error { return r.Get("counters", "n", &got) })
		if err != nil || got.ID != "n" || got.Total != 3 || got.Nested.Deep != 1<<60+1 {
			t.Errorf("got %+v, %v", got, err)
		}
	})
	t.Run("to a document with other fields leaves them, and its indexes know", func(t *testing.T) {
		t.Parallel()
		engine := s.filled(t, hold{ID: "a", Session: "s", Use: &holdUse{Key: "k", No: 1}, Slots: []int{4}})
		mustStep(t, engine, func(w store.Writer) error {
			_, err := w.Add("holds", "a", "use.no", 2)
			return err
		})
		got, err := getHold(t, engine, "a")
		if err != nil || got.Session != "s" || got.Use == nil || *got.Use != (holdUse{"k", 3}) {
			t.Errorf("got %+v, %v", got, err)
		}
		mustCount(t, engine, store.Query{Where: []store.Condition{store.Equal("use.key", "k"), store.Equal("use.no", 3)}}, 1)
		mustCount(t, engine, store.Query{Where: []store.Condition{store.Equal("use.key", "k"), store.Equal("use.no", 1)}}, 0)
		mustDuplicate(t, insertHold(t.Context(), engine, hold{ID: "b", Session: "s", Slots: []int{4}}), "seats")
	})
	t.Run("from many at once loses nothing", s.addRace)
}

func mustAdd(t *testing.T, engine store.Engine, transacts bool, field string, by int64) int64 {
	t.Helper()
	run := engine.Step
	if transacts {
		run = engine.Update
	}
	var sum int64
	err := run(t.Context(), func(w store.Writer) (err error) {
		sum, err = w.Add("counters", "n", field, by)
		return err
	})
	if err != nil {
		t.Fatalf("add: %v", err)
	}
	return sum
}

func (s engineSuite) update(t *testing.T) {
	t.Parallel()
	t.Run("does all of it", func(t *testing.T) {
		t.Parallel()
		engine := s.filled(t, hold{ID: "a"}, hold{ID: "b"})
		if err := engine.Update(t.Context(), wholeChange); err != nil {
			t.Fatal(err)
		}
		mustKeep(t, engine, "b", "c")
	})
	t.Run("sees its own writes", func(t *testing.T) {
		t.Parallel()
		engine := s.ready(t)
		err := engine.Update(t.Context(), func(w store.Writer) error {
			if err := w.Insert("holds", "a", &hold{ID: "a", Session: "s", Slots: []int{1}}); err != nil {
				return err
			}
			taken, err := w.Numbers("holds", "slots", store.Query{Where: []store.Condition{store.Equal("session", "s"), store.Exists("slots")}})
			if err == nil && len(taken) != 1 {
				t.Errorf("saw the seats %v", taken)
			}
			return errors.Join(err, w.Get("holds", "a", new(hold)))
		})
		if err != nil {
			t.Error(err)
		}
	})
	t.Run("does nothing of it when it fails", s.updateFails)
	t.Run("does nothing of it when it panics, which is the caller's", func(t *testing.T) {
		t.Parallel()
		engine := s.filled(t, hold{ID: "a"}, hold{ID: "b"})
		got := enginePanic(func() {
			_ = engine.Update(t.Context(), func(w store.Writer) error { // does not return
				panic(errors.Join(wholeChange(w), errOh))
			})
		})
		if err, isErr := got.(error); !isErr || !errors.Is(err, errOh) {
			t.Errorf("got %v, want the panic", got)
		}
		mustKeep(t, engine, "a", "b")
		if err := engine.Update(t.Context(), wholeChange); err != nil {
			t.Errorf("the engine did not go on: %v", err)
		}
	})
	t.Run("does nothing of it when the context ends", func(t *testing.T) {
		t.Parallel()
		engine := s.filled(t, hold{ID: "a"}, hold{ID: "b"})
		ctx, cancel := context.WithCancel(t.Context())
		err := engine.Update(ctx, func(w store.Writer) error {
			if err := wholeChange(w); err != nil {
				return err
			}
			cancel()
			return w.Insert("holds", "d", &hold{ID: "d"})
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want %v", err, context.Canceled)
		}
		mustKeep(t, engine, "a", "b")
	})
	t.Run("is not begun when the context has ended", func(t *testing.T) {
		t.Parallel()
		engine := s.ready(t)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := engine.Update(ctx, func(store.Writer) error { return nil }); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want %v", err, context.Canceled)
		}
	})
	t.Run("of two that read the same, both count", s.updateRace)
}

var errOh = errors.New("oh")

// wholeChange makes one change of each kind.
func wholeChange(w store.Writer) error {
	if err := w.Delete("holds", "a"); err != nil {
		return err
	}
	if err := w.Insert("holds", "c", &hold{ID: "c", Session: "s", Slots: []int{1}}); err != nil {
		return err
	}
	if err := w.Replace("holds", "b", 0, newVersionedHold("b", 1)); err != nil {
		return err
	}
	_, err := w.Add("counters", "n", "total", 1)
	return err
}

func (s engineSuite) updateFails(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		last func(store.Writer) error
		want error
	}{
		"by its own error": {func(store.Writer) error { return errOh }, errOh},
		"by a change":      {func(w store.Writer) error { return w.Replace("holds", "b", 0, &hold{ID: "b"}) }, store.ErrChanged},
		"by a duplicate": {func(w store.Writer) error {
			return w.Insert("holds", "d", &hold{ID: "d", Session: "s", Slots: []int{7, 1}})
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			engine := s.filled(t, hold{ID: "a"}, hold{ID: "b"})
			err := engine.Update(t.Context(), func(w store.Writer) error {
				if err := wholeChange(w); err != nil {
					return err
				}
				return c.last(w)
			})
			if c.want == nil {
				mustDuplicate(t, err, "seats")
			} else if !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
			mustKeep(t, engine, "a", "b")
			if sum := mustAdd(t, engine, false, "total", 1); sum != 1 {
				t.Errorf("the engineCounter stands at %d, want 1", sum)
			}
			if err := insertHold(t.Context(), engine, hold{ID: "e", Session: "s", Slots: []int{1, 7}}); err != nil {
				t.Errorf("what was undone still holds its seats: %v", err)
			}
		})
	}
}

func (s engineSuite) step(t *testing.T) {
	t.Parallel()
	t.Run("goes on after a duplicate", func(t *testing.T) {
		t.Parallel()
		engine := s.filled(t, hold{ID: "a", Session: "s", Slots: []int{1}})
		mustStep(t, engine, func(w store.Writer) error {
			mustDuplicate(t, w.Insert("holds", "b", &hold{ID: "b", Session: "s", Slots: []int{5, 1}}), "seats")
			mustDuplicate(t, w.Insert("holds", "a", &hold{ID: "a"}), "_id")
			if err := w.Get("holds", "b", new(hold)); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("what was refused is there: %v", err)
			}
			return w.Insert("holds", "b", &hold{ID: "b", Session: "s", Slots: []int{5, 2}})
		})
		mustKeep(t, engine, "a", "b")
	})
	t.Run("goes on after a change", func(t *testing.T) {
		t.Parallel()
		engine := s.filled(t, versionedHold("a", 3))
		mustStep(t, engine, func(w store.Writer) error {
			if err := w.Replace("holds", "a", 2, &hold{ID: "a"}); !errors.Is(err, store.ErrChanged) {
				t.Errorf("got %v, want ErrChanged", err)
			}
			return w.Replace("holds", "a", 3, newVersionedHold("a", 4))
		})
		if got, err := getHold(t, engine, "a"); err != nil || got.Version != 4 {
			t.Errorf("got %+v, %v", got, err)
		}
	})
	t.Run("keeps what it wrote, whatever it answers then", func(t *testing.T) {
		t.Parallel()
		engine := s.ready(t)
		err := engine.Step(t.Context(), func(w store.Writer) error {
			return errors.Join(w.Insert("holds", "a", &hold{ID: "a"}), errOh)
		})
		if !errors.Is(err, errOh) {
			t.Errorf("got %v, want %v", err, errOh)
		}
		mustKeep(t, engine, "a")
	})
	t.Run("a panic is the caller's, and the engine goes on", func(t *testing.T) {
		t.Parallel()
		engine := s.ready(t)
		if got := enginePanic(func() {
			_ = engine.Step(t.Context(), func(store.Writer) error { panic(errOh) }) // does not return
		}); got != any(errOh) {
			t.Errorf("got %v, want the panic", got)
		}
		if err := insertHold(t.Context(), engine, hold{ID: "a"}); err != nil {
			t.Error(err)
		}
	})
}
