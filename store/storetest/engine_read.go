package storetest

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"kaikukortti/store"
)

func (s engineSuite) documents(t *testing.T) {
	t.Parallel()
	t.Run("come back as they were", func(t *testing.T) {
		t.Parallel()
		want := hold{
			ID: "a", Session: "kesä & “yö” <b> \u2028 .$", Pass: "p", Live: true, Slots: []int{7, 0, 999},
			Scans: []holdScan{{By: "door", ID: "1", At: engineClock}, {By: "door", ID: "2"}},
			Use:   &holdUse{Key: "k", No: 2}, At: engineClock, Seats: 1<<60 + 1, Tags: []string{"x", "", "é"}, Note: "\x01\t\n\"\\",
		}
		want.Version = 41
		got, err := getHold(t, s.filled(t, want), "a")
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("got %+v, %v; want %+v", got, err, want)
		}
	})
	t.Run("times come back in UTC and to the second", func(t *testing.T) {
		t.Parallel()
		for name, at := range map[string]time.Time{
			"winter":      time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
			"before 1970": time.Date(1939, 9, 1, 4, 45, 0, 0, time.UTC),
			"far ahead":   time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC),
		} {
			got, err := getHold(t, s.filled(t, hold{ID: "a", At: at}), "a")
			if err != nil || !got.At.Equal(at) || got.At.Location() != time.UTC {
				t.Errorf("%s: got %v, %v; want %v", name, got.At, err, at)
			}
		}
	})
	t.Run("that are not there are not found", func(t *testing.T) {
		t.Parallel()
		if _, err := getHold(t, s.ready(t), "nobody"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("got %v, want ErrNotFound", err)
		}
	})
	t.Run("of a collection that was not declared are an error, and none is made", func(t *testing.T) {
		t.Parallel()
		err := s.ready(t).Step(t.Context(), func(w store.Writer) error { return w.Insert("strangers", "a", &hold{ID: "a"}) })
		if err == nil {
			t.Error("inserting into an undeclared collection succeeded")
		}
	})
}

// guests are what the table of queries asks for: two sessions, some fields left out.
func engineGuests() []hold {
	return []hold{
		{ID: "a", Session: "s1", Pass: "p1", Live: true, Slots: []int{3, 4}, At: engineAfter(10), Seats: 2, Tags: []string{"x", "y"}},
		{ID: "b", Session: "s1", Pass: "p2", Live: true, Slots: []int{5}, At: engineAfter(20), Seats: 1},
		{ID: "c", Session: "s1", Pass: "p1", At: engineAfter(30), Tags: []string{"y"}, Scans: []holdScan{{By: "d1", ID: "1"}, {By: "d2", ID: "2"}}},
		{ID: "d", Session: "s2", Pass: "p1", Live: true, Slots: []int{3}, At: engineAfter(20), Seats: 10, Scans: []holdScan{{By: "d1", ID: "2"}}},
		{ID: "e", Session: "s2", Use: &holdUse{Key: "k", No: 1}, Seats: 9},
		{ID: "f", Note: "alone"},
	}
}

// engineQuestion is a query and the ids that answer it, in its order; without an order in that of the ids.
type engineQuestion struct {
	where []store.Condition
	order []string
	limit int
	want  string
}

// engineQuestions are asked by sentence. Those of the second half ask for fields that no index holds.
var engineQuestions = map[string]engineQuestion{
	"no condition asks for all":             {nil, nil, 0, "a b c d e f"},
	"the id":                                {[]store.Condition{store.Equal("_id", "c")}, nil, 0, "c"},
	"some ids":                              {[]store.Condition{store.In("_id", []string{"d", "b", "z"})}, nil, 0, "b d"},
	"ids from one on":                       {[]store.Condition{store.AtLeast("_id", "c")}, []string{"_id"}, 2, "c d"},
	"an indexed field":                      {[]store.Condition{store.Equal("session", "s1")}, nil, 0, "a b c"},
	"a string of a named type":              {[]store.Condition{store.Equal("session", holder("s1"))}, nil, 0, "a b c"},
	"one of several":                        {[]store.Condition{store.In("session", []holder{"s2", "s3"})}, nil, 0, "d e"},
	"one of none":                           {[]store.Condition{store.In("session", []string{})}, nil, 0, ""},
	"the whole key of a partial index":      {[]store.Condition{store.Equal("session", "s1"), store.Equal("pass", "p1"), store.IsTrue("live")}, nil, 0, "a"},
	"below leaves out the bound":            {[]store.Condition{store.Equal("session", "s1"), store.Below("at", engineAfter(20))}, nil, 0, "a"},
	"at least has the bound":                {[]store.Condition{store.Equal("session", "s1"), store.AtLeast("at", engineAfter(20))}, nil, 0, "b c"},
	"times compare by the moment":           {[]store.Condition{store.AtLeast("at", engineAfter(20).In(time.FixedZone("EET", 7200)))}, nil, 0, "b c d"},
	"times compare below the second":        {[]store.Condition{store.AtLeast("at", engineAfter(20).Add(time.Millisecond))}, nil, 0, "c"},
	"a time that is":                        {[]store.Condition{store.Equal("at", engineAfter(20))}, nil, 0, "b d"},
	"below asks for those that have it":     {[]store.Condition{store.Below("at", engineAfter(99))}, nil, 0, "a b c d"},
	"an element of plain values":            {[]store.Condition{store.Equal("session", "s1"), store.Equal("slots", 4)}, nil, 0, "a"},
	"an element by itself":                  {[]store.Condition{store.Equal("tags", "y")}, nil, 0, "a c"},
	"one of several elements, each once":    {[]store.Condition{store.In("tags", []string{"x", "y", "z"})}, nil, 0, "a c"},
	"an array that is there":                {[]store.Condition{store.Equal("session", "s1"), store.Exists("slots")}, nil, 0, "a b"},
	"an array that is not there":            {[]store.Condition{store.Equal("session", "s1"), store.Absent("slots")}, nil, 0, "c"},
	"one element that meets all":            {[]store.Condition{store.Exists("scans.id"), store.Element("scans", store.Equal("by", "d1"), store.Equal("id", "2"))}, nil, 0, "d"},
	"elements that meet it apart are none":  {[]store.Condition{store.Element("scans", store.Equal("by", "d2"), store.Equal("id", "1"))}, nil, 0, ""},
	"a field of any element":                {[]store.Condition{store.Equal("scans.by", "d1")}, nil, 0, "c d"},
	"a field of a sub-document":             {[]store.Condition{store.Equal("use.key", "k"), store.Equal("use.no", 1)}, nil, 0, "e"},
	"a sub-document that is there":          {[]store.Condition{store.Exists("use")}, nil, 0, "e"},
	"what is absent":                        {[]store.Condition{store.Absent("session")}, nil, 0, "f"},
	"a time that was left out":              {[]store.Condition{store.Absent("at")}, nil, 0, "e f"},
	"a false was left out":                  {[]store.Condition{store.Equal("session", "s1"), store.Absent("live")}, nil, 0, "c"},
	"a zero was left out":                   {[]store.Condition{store.Absent("seats")}, nil, 0, "c f"},
	"is true":                               {[]store.Condition{store.IsTrue("live")}, nil, 0, "a b d"},
	"numbers compare as numbers":            {[]store.Condition{store.Below("seats", 10)}, nil, 0, "a b e"},
	"a number in an array with no index":    {[]store.Condition{store.Equal("slots", 3)}, nil, 0, "a d"},
	"a plain field with no index":           {[]store.Condition{store.Equal("note", "alone")}, nil, 0, "f"},
	"one of several with no index":          {[]store.Condition{store.In("seats", []int64{1, 9, 11})}, nil, 0, "b e"},
	"order":                                 {[]store.Condition{store.Equal("session", "s1")}, []string{"at"}, 0, "a b c"},
	"order from the greatest down":          {[]store.Condition{store.Equal("session", "s1")}, []string{"-at"}, 0, "c b a"},
	"order of numbers":                      {[]store.Condition{store.Exists("seats")}, []string{"-seats"}, 0, "d e a b"},
	"order by two fields":                   {[]store.Condition{store.Exists("at")}, []string{"-session", "at"}, 0, "d a b c"},
	"what lacks the field comes first":      {nil, []string{"session", "at"}, 0, "f a b c e d"},
	"ties by the id":                        {[]store.Condition{store.Exists("pass")}, []string{"pass"}, 0, "a c d b"},
	"ties by the id, upwards in both cases": {[]store.Condition{store.Exists("pass")}, []string{"-pass"}, 0, "b a c d"},
	"limit":                                 {[]store.Condition{store.Equal("session", "s1")}, []string{"at"}, 2, "a b"},
	"a limit beyond all":                    {[]store.Condition{store.Equal("session", "s1")}, []string{"at"}, 9, "a b c"},
}

func (s engineSuite) queries(t *testing.T) {
	t.Parallel()
	engine := s.filled(t, engineGuests()...)
	for name, q := range engineQuestions {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			asked := store.Query{Where: q.where, Order: q.order, Limit: q.limit}
			all, err := findHolds(t.Context(), engine, asked)
			if err != nil {
				t.Fatal(err)
			}
			if q.order == nil {
				slices.SortFunc(all, func(a, b hold) int { return strings.Compare(a.ID, b.ID) })
			}
			if got := idsOf(all); got != q.want {
				t.Errorf("found %q, want %q", got, q.want)
			}
			mustCount(t, engine, asked, len(strings.Fields(q.want)))
		})
	}
	t.Run("what each answers ends the search", func(t *testing.T) {
		t.Parallel()
		enough, calls := errors.New("enough"), 0
		err := engine.View(t.Context(), func(r store.Reader) error {
			return r.Find("holds", store.Query{}, func(func(any) error) error { calls++; return enough })
		})
		if !errors.Is(err, enough) || calls != 1 {
			t.Errorf("got %v after %d calls, want %v after one", err, calls, enough)
		}
	})
	t.Run("a context that has ended is an error", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := findHolds(ctx, engine, store.Query{}); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want %v", err, context.Canceled)
		}
	})
}

func mustCount(t *testing.T, engine store.Engine, q store.Query, want int) {
	t.Helper()
	err := engine.View(t.Context(), func(r store.Reader) error {
		got, err := r.Count("holds", q)
		if err == nil && got != want {
			t.Errorf("counted %d, want %d", got, want)
		}
		return err
	})
	if err != nil {
		t.Errorf("count: %v", err)
	}
}

func (s engineSuite) numbers(t *testing.T) {
	t.Parallel()
	full := make([]int, 1000)
	for i := range full {
		full[i] = 999 - i
	}
	engine := s.filled(t, append(engineGuests(), hold{ID: "g", Session: "full", Slots: full, At: engineClock})...)
	slices.Sort(full)
	for name, q := range map[string]struct {
		field string
		query store.Query
		want  []int
	}{
		"of an array through its index":      {"slots", store.Query{Where: []store.Condition{store.Equal("session", "s1"), store.Exists("slots")}}, []int{3, 4, 5}},
		"of another session":                 {"slots", store.Query{Where: []store.Condition{store.Equal("session", "s2"), store.Exists("slots")}}, []int{3}},
		"of nobody":                          {"slots", store.Query{Where: []store.Condition{store.Equal("session", "s9"), store.Exists("slots")}}, nil},
		"a thousand":                         {"slots", store.Query{Where: []store.Condition{store.Equal("session", "full"), store.Exists("slots")}}, full},
		"of an array, by other fields":       {"slots", store.Query{Where: []store.Condition{store.Equal("session", "s1"), store.Equal("pass", "p1"), store.IsTrue("live")}}, []int{3, 4}},
		"of an array, of some documents":     {"slots", store.Query{Where: []store.Condition{store.Equal("session", "s1"), store.Exists("slots")}, Order: []string{"-at"}, Limit: 1}, []int{5}},
		"of a plain field":                   {"seats", store.Query{Where: []store.Condition{store.Equal("session", "s1")}}, []int{1, 2}},
		"of a field of a sub-document":       {"use.no", store.Query{Where: []store.Condition{store.Equal("use.key", "k")}}, []int{1}},
		"all the values of what one is in":   {"slots", store.Query{Where: []store.Condition{store.Equal("session", "s1"), store.Equal("slots", 3)}}, []int{3, 4}},
		"the same of several, as many times": {"slots", store.Query{Where: []store.Condition{store.Equal("pass", "p1"), store.Exists("slots")}}, []int{3, 3, 4}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := engine.View(t.Context(), func(r store.Reader) error {
				got, err := r.Numbers("holds", q.field, q.query)
				slices.Sort(got)
				if err == nil && !slices.Equal(got, q.want) {
					t.Errorf("got %v, want %v", got, q.want)
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}

// watcher: each query is told of before it runs, whoever asks it.
func (s engineSuite) watcher(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var told []string
	engine := s.open(t, func(collection string, q store.Query) {
		mu.Lock()
		defer mu.Unlock()
		told = append(told, collection+"/"+q.Where[0].Field)
	})
	if err := engine.Prepare(t.Context(), []store.Collection{holds()}); err != nil {
		t.Fatal(err)
	}
	ask := func(field string) store.Query { return store.Query{Where: []store.Condition{store.Equal(field, "x")}} }
	err := engine.View(t.Context(), func(r store.Reader) error {
		if _, err := r.Count("holds", ask("session")); err != nil {
			return err
		}
		return r.Find("holds", ask("pass"), func(func(any) error) error { return nil })
	})
	if err != nil {
		t.Fatal(err)
	}
	err = engine.Step(t.Context(), func(w store.Writer) error {
		_, err := w.Numbers("holds", "slots", ask("note"))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	defer mu.Unlock()
	if got := strings.Join(told, " "); got != "holds/session holds/pass holds/note" {
		t.Errorf("told of %q", got)
	}
}

func (s engineSuite) view(t *testing.T) {
	t.Parallel()
	t.Run("sees one state", s.viewSeesOneState)
	t.Run("sees what was acknowledged before", s.viewSeesAcknowledged)
	t.Run("a panic is the caller's", func(t *testing.T) {
		t.Parallel()
		engine := s.filled(t, hold{ID: "a"})
		for range 20 { // more than any pool has connections
			got := enginePanic(func() {
				_ = engine.View(t.Context(), func(store.Reader) error { panic("oh") }) // does not return
			})
			if got != "oh" {
				t.Fatalf("got %v, want the panic", got)
			}
		}
		mustKeep(t, engine, "a")
	})
}

// viewSeesOneState moves a seat to and fro between two documents; no view may see it in both or in neither.
func (s engineSuite) viewSeesOneState(t *testing.T) {
	t.Parallel()
	engine := s.filled(t, hold{ID: "a", Seats: 1}, hold{ID: "b"})
	ctx, stop := context.WithCancel(t.Context())
	var moving sync.WaitGroup
	moving.Go(func() {
		for ctx.Err() == nil {
			if err := swapSeats(context.WithoutCancel(ctx), engine, "a", "b"); err != nil {
				t.Errorf("swap: %v", err)
				return
			}
		}
	})
	for range 100 {
		err := engine.View(t.Context(), func(r store.Reader) error {
			var a, b hold
			if err := errors.Join(r.Get("holds", "a", &a), r.Get("holds", "b", &b)); err != nil {
				return err
			}
			if a.Seats+b.Seats != 1 {
				t.Errorf("one view saw %d and %d seats", a.Seats, b.Seats)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	stop()
	moving.Wait()
}

func swapSeats(ctx context.Context, engine store.Engine, one, other string) error {
	return engine.Update(ctx, func(w store.Writer) error {
		var a, b hold
		if err := errors.Join(w.Get("holds", one, &a), w.Get("holds", other, &b)); err != nil {
			return err
		}
		a.Seats, b.Seats = b.Seats, a.Seats
		return errors.Join(replaceHold(w, a), replaceHold(w, b))
	})
}

// replaceHold writes h over the version that was read.
func replaceHold(w store.Writer, h hold) error {
	h.Version++
	return w.Replace("holds", h.ID, h.Version-1, &h)
}

func (s engineSuite) viewSeesAcknowledged(t *testing.T) {
	t.Parallel()
	engine := s.ready(t)
	var writers sync.WaitGroup
	for writer := range 8 {
		writers.Go(func() {
			for n := range 10 {
				id := holdID("w", writer*100+n)
				if err := insertHold(t.Context(), engine, hold{ID: id}); err != nil {
					t.Errorf("insert %s: %v", id, err)
				} else if _, err := getHold(t, engine, id); err != nil {
					t.Errorf("%s was acknowledged, but a view says: %v", id, err)
				}
			}
		})
	}
	writers.Wait()
}

func enginePanic(f func()) (value any) {
	defer func() { value = recover() }()
	f()
	return nil
}
