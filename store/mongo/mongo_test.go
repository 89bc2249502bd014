package mongo_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kaikukortti/store"
	"kaikukortti/store/mongo"
	"kaikukortti/store/storetest"
)

func TestEngine(t *testing.T) {
	t.Parallel()
	storetest.Engine(t, func(t *testing.T, watcher store.Watcher) store.Engine {
		t.Helper()
		uri, name := storetest.Database(t)
		return open(t, uri, name, mongo.WithWatcher(watcher))
	})
}

func open(t testing.TB, uri, name string, opts ...mongo.Option) *mongo.Engine {
	t.Helper()
	engine, err := mongo.Open(t.Context(), uri, name, opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := engine.Close(); err != nil {
			t.Error(err)
		}
	})
	return engine
}

// seat is the document of these tests.
type seat struct {
	ID      string `json:"_id"`
	Version int64  `json:"version"`
	Session string `json:"session,omitempty"`
	Number  int    `json:"number,omitempty"`
	Row     int64  `json:"row,omitempty"`
}

func seats() []store.Collection {
	return []store.Collection{{
		Name: "seats",
		New:  func() any { return new(seat) },
		Indexes: []store.Index{
			{Name: "number", Keys: []string{"session", "number"}, Unique: true, Where: []store.Condition{store.Exists("number")}},
			{Name: "session_row", Keys: []string{"session", "row"}},
		},
	}}
}

// prepared is an engine on a database of the test's own.
func prepared(t testing.TB, opts ...mongo.Option) *mongo.Engine {
	t.Helper()
	uri, name := storetest.Database(t)
	return preparedAt(t, uri, name, opts...)
}

func preparedAt(t testing.TB, uri, name string, opts ...mongo.Option) *mongo.Engine {
	t.Helper()
	engine := open(t, uri, name, opts...)
	if err := engine.Prepare(t.Context(), seats()); err != nil {
		t.Fatal(err)
	}
	return engine
}

func insert(ctx context.Context, engine store.Engine, s seat) error {
	return engine.Step(ctx, func(w store.Writer) error { return w.Insert("seats", s.ID, &s) })
}

func get(ctx context.Context, engine store.Engine, id string) (s seat, err error) {
	err = engine.View(ctx, func(r store.Reader) error { return r.Get("seats", id, &s) })
	return s, err
}

func find(t *testing.T, engine store.Engine, q store.Query) (ids []string) {
	t.Helper()
	err := engine.View(t.Context(), func(r store.Reader) error {
		return r.Find("seats", q, func(decode func(any) error) error {
			var s seat
			err := decode(&s)
			ids = append(ids, s.ID)
			return err
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

func mustHave(t *testing.T, engine store.Engine, want ...string) {
	t.Helper()
	if got := find(t, engine, store.Query{Order: []string{"_id"}}); !slices.Equal(got, want) {
		t.Errorf("the store has %q, want %q", got, want)
	}
}

func TestAServerWithoutAReplicaSetIsRefused(t *testing.T) {
	t.Parallel()
	standalone := storetest.MongoStandalone(t)
	host, _, _ := strings.Cut(standalone, "/?")
	for name, uri := range map[string]string{
		"as given":                        standalone,
		"by its address alone":            host + "/",
		"by an address that names a set":  host + "/?replicaSet=rs0",
		"whatever the address asks it to": host + "/?w=1&journal=false&readPreference=nearest&directConnection=true",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := mongo.Open(t.Context(), uri, "test")
			if !errors.Is(err, mongo.ErrNoReplicaSet) {
				t.Fatalf("got %v, want %v", err, mongo.ErrNoReplicaSet)
			}
			for _, hint := range []string{"--replSet rs0", "rs.initiate()", "one member is enough"} {
				if !strings.Contains(err.Error(), hint) {
					t.Errorf("the sentence does not say %q: %v", hint, err)
				}
			}
		})
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		uri, database, says string
		is                  error
	}{
		"no address":              {"", "test", "the address of MongoDB", nil},
		"an address of another":   {"postgres://localhost/x", "test", "the address of MongoDB", nil},
		"no database":             {"mongodb://127.0.0.1:1/", "", "names no database", nil},
		"an option with no sense": {"mongodb://127.0.0.1:1/?retryWrites=perhaps", "test", "the address of MongoDB", nil},
		"a server that is gone":   {"mongodb://127.0.0.1:1/test?serverSelectionTimeoutMS=100", "", "unavailable", store.ErrUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := mongo.Open(t.Context(), c.uri, c.database)
			if err == nil || !strings.Contains(err.Error(), c.says) || (c.is != nil && !errors.Is(err, c.is)) {
				t.Errorf("got %v, want an error with %q", err, c.says)
			}
		})
	}
}

func TestTheAddressNamesTheDatabase(t *testing.T) {
	t.Parallel()
	uri, name := storetest.Database(t)
	byAddress := preparedAt(t, strings.Replace(uri, "/?", "/"+name+"?", 1), "")
	if err := insert(t.Context(), byAddress, seat{ID: "a"}); err != nil {
		t.Fatal(err)
	}
	mustHave(t, preparedAt(t, uri, name), "a")
}

// A request's deadline is the request's, also when the server is gone; what is not the caller's deadline is ErrUnavailable.
func TestDeadlines(t *testing.T) {
	t.Parallel()
	engine := prepared(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Nanosecond)
	defer cancel()
	for name, do := range map[string]func() error{
		"ping":   func() error { return engine.Ping(ctx) },
		"view":   func() error { _, err := get(ctx, engine, "a"); return err },
		"step":   func() error { return insert(ctx, engine, seat{ID: "a"}) },
		"update": func() error { return engine.Update(ctx, func(store.Writer) error { return nil }) },
	} {
		if err := do(); !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, store.ErrUnavailable) {
			t.Errorf("%s: got %v, want %v", name, err, context.DeadlineExceeded)
		}
	}
	mustHave(t, engine)
}

func TestAClosedEngineIsUnavailable(t *testing.T) {
	t.Parallel()
	engine := prepared(t)
	if err := engine.Close(); err != nil {
		t.Fatal(err)
	}
	if err := engine.Ping(t.Context()); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("ping: got %v, want ErrUnavailable", err)
	}
	if err := insert(t.Context(), engine, seat{ID: "a"}); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("step: got %v, want ErrUnavailable", err)
	}
	if err := engine.Close(); err != nil {
		t.Errorf("closing again: %v", err)
	}
}

// together runs do in so many goroutines that start at once.
func together(n int, do func(n int)) {
	var all sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		all.Go(func() {
			<-start
			do(i)
		})
	}
	close(start)
	all.Wait()
}

func TestManyServersPrepareAtOnce(t *testing.T) {
	t.Parallel()
	uri, name := storetest.Database(t)
	changed := seats()
	changed[0].Indexes[0].Keys = []string{"number"} // the same name, another index
	engines := make([]*mongo.Engine, 4)
	for i := range engines {
		engines[i] = open(t, uri, name)
	}
	for round, declared := range [][]store.Collection{seats(), changed, seats(), seats()} {
		together(len(engines), func(n int) {
			if err := engines[n].Prepare(t.Context(), declared); err != nil {
				t.Errorf("round %d: %v", round, err)
			}
		})
	}
	if err := insert(t.Context(), engines[0], seat{ID: "a", Session: "s", Number: 1}); err != nil {
		t.Fatal(err)
	}
	if err := insert(t.Context(), engines[1], seat{ID: "b", Session: "t", Number: 1}); err != nil {
		t.Errorf("an index of an earlier round is still there: %v", err)
	}
	d := new(store.DuplicateError)
	if err := insert(t.Context(), engines[2], seat{ID: "c", Session: "s", Number: 1}); !errors.As(err, &d) || d.Index != "number" {
		t.Errorf("got %v, want a duplicate in number", err)
	}
}

// While a server of the next version replaces an index, one of this version still serves: no moment may be without the index.
func TestAChangedIndexIsNeverMissing(t *testing.T) {
	t.Parallel()
	uri, name := storetest.Database(t)
	serving, next := preparedAt(t, uri, name), open(t, uri, name)
	if err := insert(t.Context(), serving, seat{ID: "a", Session: "s", Number: 1}); err != nil {
		t.Fatal(err)
	}
	var stop atomic.Bool
	var trying sync.WaitGroup
	trying.Go(func() {
		for n := 0; !stop.Load(); n++ {
			if err := insert(t.Context(), serving, seat{ID: fmt.Sprint("twin", n), Session: "s", Number: 1}); err == nil {
				t.Error("a twin came in while the index was replaced")
				return
			}
		}
	})
	stricter := seats()
	stricter[0].Indexes[0].Keys = []string{"number"}
	for _, declared := range [][]store.Collection{stricter, seats(), stricter, seats()} {
		if err := next.Prepare(t.Context(), declared); err != nil {
			t.Fatal(err)
		}
	}
	stop.Store(true)
	trying.Wait()
}

// Two servers share one database: the seats of one session, between hundreds of people at both.
func TestTwoServersGiveEachSeatOnce(t *testing.T) {
	t.Parallel()
	const people, places = 200, 40
	uri, name := storetest.Database(t)
	servers := []*mongo.Engine{preparedAt(t, uri, name), preparedAt(t, uri, name)}
	var given atomic.Int64
	together(people, func(n int) {
		for number := 1 + n%places; ; number = 1 + number%places {
			err := insert(t.Context(), servers[n%2], seat{ID: strconv.Itoa(n), Session: "s", Number: number})
			if err == nil {
				given.Add(1)
				return
			}
			if !isDuplicate(err) {
				t.Errorf("person %d: %v", n, err)
				return
			}
			if full(t, servers[n%2], places) {
				return
			}
		}
	})
	if given.Load() != places {
		t.Errorf("%d seats were given, of %d", given.Load(), places)
	}
}

func full(t *testing.T, engine store.Engine, places int) bool {
	var taken int
	err := engine.View(t.Context(), func(r store.Reader) (err error) {
		taken, err = r.Count("seats", store.Query{Where: []store.Condition{store.Equal("session", "s"), store.Exists("number")}})
		return err
	})
	if err != nil {
		t.Error(err)
	}
	return err != nil || taken >= places
}

func isDuplicate(err error) bool {
	d := new(store.DuplicateError)
	return errors.As(err, &d)
}

// What one server acknowledged, every other one sees from then on.
func TestAnotherServerSeesWhatWasAcknowledged(t *testing.T) {
	t.Parallel()
	uri, name := storetest.Database(t)
	writing, reading := preparedAt(t, uri, name), preparedAt(t, uri, name)
	together(8, func(n int) {
		for i := range 15 {
			id := fmt.Sprintf("%d-%d", n, i)
			write := insert
			if i%3 == 0 {
				write = insertInUpdate
			}
			if err := write(t.Context(), writing, seat{ID: id}); err != nil {
				t.Error(err)
			} else if _, err := get(t.Context(), reading, id); err != nil {
				t.Errorf("%s was acknowledged, but another server's view says: %v", id, err)
			}
		}
	})
}

func insertInUpdate(ctx context.Context, engine store.Engine, s seat) error {
	return engine.Update(ctx, func(w store.Writer) error { return w.Insert("seats", s.ID, &s) })
}

// Who is told that somebody was first, finds what stands there: at once in a Step, and in the View after an Update. A majority must
// hold it by then, or the loser would find nothing and try again in vain.
func TestWhoeverIsRefusedFindsWhatStandsThere(t *testing.T) {
	t.Parallel()
	engine := prepared(t)
	for round := range 12 {
		together(16, func(n int) {
			try := insertOrFind
			if n%2 == 1 {
				try = updateOrView
			}
			if err := try(t, engine, seat{ID: fmt.Sprintf("%d-%d", round, n), Session: "s", Number: 1 + round}); err != nil {
				t.Errorf("round %d: %v", round, err)
			}
		})
	}
}

func insertOrFind(t *testing.T, engine store.Engine, s seat) error {
	return engine.Step(t.Context(), func(w store.Writer) error {
		err := w.Insert("seats", s.ID, &s)
		if isDuplicate(err) {
			return mustStand(t, w, s)
		}
		return err
	})
}

func updateOrView(t *testing.T, engine store.Engine, s seat) error {
	err := insertInUpdate(t.Context(), engine, s)
	if isDuplicate(err) {
		return engine.View(t.Context(), func(r store.Reader) error { return mustStand(t, r, s) })
	}
	return err
}

func mustStand(t *testing.T, r store.Reader, s seat) error {
	n, err := r.Count("seats", store.Query{Where: []store.Condition{store.Equal("session", s.Session), store.Equal("number", s.Number)}})
	if err == nil && n != 1 {
		t.Errorf("seat %d is taken, but %d documents hold it", s.Number, n)
	}
	return err
}

// Transactions that meet run again until each has had its turn.
func TestTransactionsThatMeetRunAgain(t *testing.T) {
	t.Parallel()
	const people, turns = 16, 3
	engine := prepared(t)
	if err := insert(t.Context(), engine, seat{ID: "a"}); err != nil {
		t.Fatal(err)
	}
	var runs atomic.Int64
	together(people, func(int) {
		for range turns {
			err := engine.Update(t.Context(), func(w store.Writer) error {
				runs.Add(1)
				return countUp(w)
			})
			if err != nil {
				t.Error(err)
			}
		}
	})
	got, err := get(t.Context(), engine, "a")
	if err != nil || got.Number != people*turns {
		t.Errorf("counted to %d, %v; want %d", got.Number, err, people*turns)
	}
	if runs.Load() <= people*turns {
		t.Error("no two transactions met, so this test shows nothing")
	}
	t.Logf("%d transactions ran %d times", people*turns, runs.Load())
}

func countUp(w store.Writer) error {
	var s seat
	if err := w.Get("seats", "a", &s); err != nil {
		return err
	}
	s.Version++
	s.Number++
	return w.Replace("seats", "a", s.Version-1, &s)
}

// An error that change swallowed is not committed over.
func TestAnUpdateThatGoesOnAfterAnErrorIsNotCommitted(t *testing.T) {
	t.Parallel()
	engine := prepared(t)
	if err := insert(t.Context(), engine, seat{ID: "a", Session: "s", Number: 1}); err != nil {
		t.Fatal(err)
	}
	for name, fail := range map[string]func(store.Writer) error{
		"a duplicate": func(w store.Writer) error { return w.Insert("seats", "c", &seat{ID: "c", Session: "s", Number: 1}) },
		"a change":    func(w store.Writer) error { return w.Replace("seats", "a", 7, &seat{ID: "a"}) },
	} {
		err := engine.Update(t.Context(), func(w store.Writer) error {
			err := w.Insert("seats", "b", &seat{ID: "b"})
			if fail(w) == nil {
				t.Errorf("%s: nothing failed", name)
			}
			return err
		})
		if err == nil {
			t.Errorf("%s: the update was acknowledged", name)
		}
		mustHave(t, engine, "a")
	}
}

// A caller that goes away in the middle of a transaction leaves no lock behind that others would wait for.
func TestACancelledUpdateLeavesNoLock(t *testing.T) {
	t.Parallel()
	engine := prepared(t)
	if err := insert(t.Context(), engine, seat{ID: "a"}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	err := engine.Update(ctx, func(w store.Writer) error {
		err := countUp(w)
		cancel()
		return err
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
	soon, cancel := context.WithTimeout(t.Context(), 30*time.Second) // well before the server gives the first one up
	defer cancel()
	if err := engine.Update(soon, countUp); err != nil {
		t.Errorf("the next transaction: %v", err)
	}
	if got, err := get(t.Context(), engine, "a"); err != nil || got.Number != 1 {
		t.Errorf("counted to %d, %v; want 1", got.Number, err)
	}
}

// Both ways are read off the index, page by page, and ties are by the id upwards in both.
func TestOrderIsReadOffTheIndex(t *testing.T) {
	t.Parallel()
	engine := prepared(t)
	for n, row := range []int64{2, 1, 2, 0, 2, 1, 3, 0} { // 0 is left out
		if err := insert(t.Context(), engine, seat{ID: string(rune('a' + n)), Session: "s", Row: row}); err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		order []string
		limit int
		want  string
	}{
		"upwards":                    {[]string{"row"}, 0, "d h b f a c e g"},
		"upwards, a page":            {[]string{"row"}, 3, "d h b"},
		"downwards":                  {[]string{"-row"}, 0, "g a c e b f d h"},
		"downwards, to within a tie": {[]string{"-row"}, 3, "g a c"},
		"downwards, to a tie's end":  {[]string{"-row"}, 4, "g a c e"},
		"downwards, more than all":   {[]string{"-row"}, 9, "g a c e b f d h"},
		"downwards, ids upwards":     {[]string{"-row", "_id"}, 2, "g a"},
		"downwards, ids downwards":   {[]string{"-row", "-_id"}, 2, "g e"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q := store.Query{Where: []store.Condition{store.Equal("session", "s")}, Order: c.order, Limit: c.limit}
			if got := strings.Join(find(t, engine, q), " "); got != c.want {
				t.Errorf("found %q, want %q", got, c.want)
			}
			if plan, err := engine.Explain(t.Context(), "seats", q); err != nil || strings.Contains(plan.Text, "SORT") {
				t.Errorf("it is sorted in memory: %s, %v", plan.Text, err)
			}
		})
	}
}
