package storetest

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"kaikukortti/store"
)

func (s engineSuite) races(t *testing.T) {
	t.Parallel()
	t.Run("hundreds on the last seats take exactly those", s.lastSeats)
	t.Run("hundreds with one pass are one", s.onePass)
	t.Run("hundreds of retries of one scan are one", s.oneScan)
	t.Run("seats handed over in transactions are never in two hands", s.handOver)
}

const engineContenders = 300

// contend runs try in many goroutines at once, which start together.
func engineContend(n int, try func(n int)) {
	var all sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		all.Go(func() {
			<-start
			try(i)
		})
	}
	close(start)
	all.Wait()
}

// lastSeats is how claims take seats: read the taken numbers, insert free ones, and try again when somebody was quicker.
func (s engineSuite) lastSeats(t *testing.T) {
	t.Parallel()
	const seats = 100
	engine := s.ready(t)
	var admitted atomic.Int64
	engineContend(engineContenders, func(n int) {
		party := 1 + n%3
		took, err := takeSeats(t.Context(), engine, holdID("c", n), seats, party)
		if err != nil {
			t.Errorf("contender %d: %v", n, err)
		}
		if took {
			admitted.Add(int64(party))
		}
	})
	taken := seatsTaken(t, engine)
	if len(taken) != seats || int64(seats) != admitted.Load() {
		t.Errorf("%d seats were given and %d are taken, of %d", admitted.Load(), len(taken), seats)
	}
	for seat, by := range taken {
		if seat != by {
			t.Fatalf("seat %d is taken twice, or one that is none: %v", by, taken)
		}
	}
}

// seatsTaken reads the numbers from the documents themselves.
func seatsTaken(t *testing.T, engine store.Engine) []int {
	t.Helper()
	all, err := findHolds(t.Context(), engine, store.Query{})
	if err != nil {
		t.Fatal(err)
	}
	var taken []int
	for _, h := range all {
		taken = append(taken, h.Slots...)
	}
	slices.Sort(taken)
	return taken
}

var seatsOfS = store.Query{Where: []store.Condition{store.Equal("session", "s"), store.Exists("slots")}}

func takeSeats(ctx context.Context, engine store.Engine, id string, seats, party int) (took bool, err error) {
	err = engine.Step(ctx, func(w store.Writer) error {
		for {
			taken, err := w.Numbers("holds", "slots", seatsOfS)
			if err != nil {
				return err
			}
			free := freeSeats(taken, seats)
			if len(free) < party {
				return nil
			}
			rand.Shuffle(len(free), func(i, j int) { free[i], free[j] = free[j], free[i] }) //nolint:gosec // no secret, only spread
			err = w.Insert("holds", id, &hold{ID: id, Session: "s", Slots: free[:party]})
			if d := new(store.DuplicateError); !errors.As(err, &d) {
				took = err == nil
				return err
			}
		}
	})
	return took, err
}

func freeSeats(taken []int, seats int) []int {
	isTaken := make([]bool, seats)
	for _, n := range taken {
		isTaken[n] = true
	}
	var free []int
	for n, is := range isTaken {
		if !is {
			free = append(free, n)
		}
	}
	return free
}

func (s engineSuite) onePass(t *testing.T) {
	t.Parallel()
	s.onlyOne(t, "one_a_pass", func(n int) hold {
		return hold{ID: holdID("c", n), Session: "s", Pass: "p", Live: true, Slots: []int{n}}
	})
}

func (s engineSuite) oneScan(t *testing.T) {
	t.Parallel()
	s.onlyOne(t, "scan", func(n int) hold {
		return hold{ID: holdID("c", n), Session: "s", Slots: []int{n}, Scans: []holdScan{{By: "d", ID: "1"}}}
	})
}

// onlyOne: of hundreds of different documents that one index sees as the same, one is kept.
func (s engineSuite) onlyOne(t *testing.T, index string, claim func(n int) hold) {
	t.Helper()
	engine := s.ready(t)
	var kept atomic.Int64
	engineContend(engineContenders, func(n int) {
		if err := insertHold(t.Context(), engine, claim(n)); err == nil {
			kept.Add(1)
		} else {
			mustDuplicate(t, err, index)
		}
	})
	mustCount(t, engine, store.Query{}, 1)
	if kept.Load() != 1 {
		t.Errorf("%d were told that they are the one", kept.Load())
	}
}

// handOver moves one seat between random claims; each move is a transaction over two documents that both hold it for a moment.
func (s engineSuite) handOver(t *testing.T) {
	t.Parallel()
	const claims, movers, moves = 6, 12, 5
	engine := s.ready(t)
	for n := range claims {
		h := hold{ID: holdID("c", n), Session: "s", Slots: []int{n}}
		if err := insertHold(t.Context(), engine, h); err != nil {
			t.Fatal(err)
		}
	}
	engineContend(movers, func(n int) {
		for move := range moves {
			from, to := holdID("c", (n+move)%claims), holdID("c", (n*5+move*3+1)%claims)
			if err := untilUnchanged(func() error { return giveSeat(t.Context(), engine, from, to) }); err != nil {
				t.Errorf("hand over: %v", err)
			}
		}
	})
	taken := seatsTaken(t, engine)
	for n, seat := range taken {
		if n != seat || len(taken) != claims {
			t.Fatalf("the seats in the documents are %v", taken)
		}
	}
	mustCount(t, engine, store.Query{Where: []store.Condition{store.Equal("session", "s"), store.In("slots", taken)}}, holding(t, engine))
}

// holding counts the claims that have a seat.
func holding(t *testing.T, engine store.Engine) (n int) {
	t.Helper()
	all, err := findHolds(t.Context(), engine, seatsOfS)
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}

// giveSeat moves the last seat of one claim to another; a claim without a seat gives none.
func giveSeat(ctx context.Context, engine store.Engine, from, to string) error {
	if from == to {
		return nil
	}
	return engine.Update(ctx, func(w store.Writer) error {
		var giver, taker hold
		if err := errors.Join(w.Get("holds", from, &giver), w.Get("holds", to, &taker)); err != nil {
			return err
		}
		last := len(giver.Slots) - 1
		if last < 0 {
			return nil
		}
		taker.Slots = append(taker.Slots, giver.Slots[last])
		giver.Slots = giver.Slots[:last]
		if err := replaceHold(w, giver); err != nil {
			return err
		}
		return replaceHold(w, taker)
	})
}

// replaceRace: of all that read the same version, one writes.
func (s engineSuite) replaceRace(t *testing.T) {
	t.Parallel()
	engine := s.filled(t, versionedHold("a", 1))
	var won atomic.Int64
	engineContend(50, func(int) {
		err := engine.Step(t.Context(), func(w store.Writer) error { return w.Replace("holds", "a", 1, newVersionedHold("a", 2)) })
		if err == nil {
			won.Add(1)
		} else if !errors.Is(err, store.ErrChanged) {
			t.Errorf("got %v, want ErrChanged", err)
		}
	})
	if won.Load() != 1 {
		t.Errorf("%d of 50 were told that they replaced it", won.Load())
	}
}

func (s engineSuite) addRace(t *testing.T) {
	t.Parallel()
	const adders, times = 30, 5
	engine := s.ready(t)
	var mu sync.Mutex
	sums := map[int64]bool{}
	engineContend(adders, func(n int) {
		for range times {
			run := engine.Step
			if n%3 == 0 {
				run = engine.Update
			}
			var sum int64
			err := run(t.Context(), func(w store.Writer) (err error) {
				sum, err = w.Add("counters", "n", "total", 1)
				return err
			})
			if err != nil {
				t.Errorf("add: %v", err)
			}
			mu.Lock()
			sums[sum] = true
			mu.Unlock()
		}
	})
	if sum := mustAdd(t, engine, false, "total", 0); sum != adders*times || len(sums) != adders*times {
		t.Errorf("the engineCounter stands at %d and %d sums were told, want %d of both", sum, len(sums), adders*times)
	}
}

// untilUnchanged tries again when somebody else was quicker: an engine may leave that to the caller, who reads again.
func untilUnchanged(change func() error) error {
	for {
		if err := change(); !errors.Is(err, store.ErrChanged) {
			return err
		}
	}
}

// updateRace: transactions that read and then write the same document follow one another.
func (s engineSuite) updateRace(t *testing.T) {
	t.Parallel()
	const writers = 20
	engine := s.filled(t, hold{ID: "a"})
	count := func(w store.Writer) error {
		var h hold
		if err := w.Get("holds", "a", &h); err != nil {
			return err
		}
		h.Seats++
		return replaceHold(w, h)
	}
	engineContend(writers, func(int) {
		if err := untilUnchanged(func() error { return engine.Update(t.Context(), count) }); err != nil {
			t.Errorf("update: %v", err)
		}
	})
	if got, err := getHold(t, engine, "a"); err != nil || got.Seats != writers {
		t.Errorf("got %d seats, %v; want %d", got.Seats, err, writers)
	}
}
