package mongo_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kaikukortti/store"
	"kaikukortti/store/mongo"
	"kaikukortti/store/storetest"
)

// requestDeadline is how long each read and write may take, as in a request.
const requestDeadline = 2 * time.Second

// A ledger is what clients were told: their own list, kept outside the store.
type ledger struct {
	mu      sync.Mutex
	acked   []string
	at      time.Time     // of the last one
	silence time.Duration // the longest between two
}

func (l *ledger) add(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	if len(l.acked) > 0 {
		l.silence = max(l.silence, now.Sub(l.at))
	}
	l.acked, l.at = append(l.acked, id), now
}

func (l *ledger) read() (acked []string, silence time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.acked), l.silence
}

// await waits until so many more were acknowledged.
func (l *ledger) await(t *testing.T, more int) {
	t.Helper()
	before, _ := l.read()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); pollPause(t) {
		if now, _ := l.read(); len(now) >= len(before)+more {
			return
		}
	}
	t.Fatalf("no %d more writes were acknowledged within a minute", more)
}

// pollPause lets others run between two looks at a condition.
func pollPause(t *testing.T) {
	t.Helper()
	select {
	case <-time.After(5 * time.Millisecond):
	case <-t.Context().Done():
		t.Fatal(t.Context().Err())
	}
}

// The primary is killed in the middle of writes: what was acknowledged is there, at once and at another server too, and the
// engine goes on by itself. It is not parallel, because nobody else can use the servers meanwhile.
func TestThePrimaryIsKilledInTheMiddleOfWrites(t *testing.T) { //nolint:paralleltest // see above
	set := storetest.MongoMembers(t)
	engine, other := preparedAt(t, set.URI, set.Database), preparedAt(t, set.URI, set.Database)
	var told ledger
	var stop atomic.Bool
	var all sync.WaitGroup
	for n := range 8 {
		all.Go(func() { writeOn(t, engine, &told, n, &stop) })
	}
	for range 4 {
		all.Go(func() { readOn(t, other, &told, &stop) })
	}
	told.await(t, 100)

	primary := set.Primary()
	set.Kill(primary)
	told.await(t, 100)
	_, silence := told.read()
	t.Logf("for %.1f s no write was acknowledged", silence.Seconds()) // docs/performance.md has what it may be
	set.Start(primary)
	set.AwaitWhole()
	told.await(t, 20)
	stop.Store(true)
	all.Wait()
	mustHoldAll(t, engine, &told)
	mustHoldAll(t, other, &told)
}

// writeOn writes until it is told to stop, every third time two documents in one transaction.
func writeOn(t *testing.T, engine store.Engine, told *ledger, writer int, stop *atomic.Bool) {
	for n := 0; !stop.Load(); n++ {
		id := fmt.Sprintf("%d-%d", writer, n)
		err := writeOnce(t.Context(), engine, id, n%3 == 0)
		switch {
		case err == nil:
			told.add(id)
		case !outOfReach(err):
			t.Errorf("write %s: %v", id, err)
		}
	}
}

func writeOnce(ctx context.Context, engine store.Engine, id string, pair bool) error {
	ctx, cancel := context.WithTimeout(ctx, requestDeadline)
	defer cancel()
	if !pair {
		return insert(ctx, engine, seat{ID: id})
	}
	return engine.Update(ctx, func(w store.Writer) error {
		if err := w.Insert("seats", id, &seat{ID: id}); err != nil {
			return err
		}
		return w.Insert("seats", id+"+", &seat{ID: id + "+"})
	})
}

// readOn reads at another server, until it is told to stop, what was acknowledged last.
func readOn(t *testing.T, engine store.Engine, told *ledger, stop *atomic.Bool) {
	for !stop.Load() {
		acked, _ := told.read()
		if len(acked) == 0 {
			pollPause(t)
			continue
		}
		last := acked[len(acked)-1]
		if err := readOnce(t.Context(), engine, last); err != nil && !outOfReach(err) {
			t.Errorf("%s was acknowledged, but another server's view says: %v", last, err)
		}
	}
}

// readOnce gives up as a request does: the connection to a server that lost its power may stay silent.
func readOnce(ctx context.Context, engine store.Engine, id string) error {
	ctx, cancel := context.WithTimeout(ctx, requestDeadline)
	defer cancel()
	_, err := get(ctx, engine, id)
	return err
}

func outOfReach(err error) bool {
	return errors.Is(err, store.ErrUnavailable) || errors.Is(err, context.DeadlineExceeded)
}

// mustHoldAll fails the test if one that was acknowledged is not there, or one of a pair without the other, acknowledged or not.
func mustHoldAll(t *testing.T, engine store.Engine, told *ledger) {
	t.Helper()
	there := map[string]bool{}
	for _, id := range find(t, engine, store.Query{}) {
		there[id] = true
	}
	acked, _ := told.read()
	for _, id := range acked {
		if !there[id] {
			t.Errorf("%s was acknowledged and is lost", id)
		}
	}
	for id := range there {
		if first, ok := strings.CutSuffix(id, "+"); ok && !there[first] {
			t.Errorf("half of the transaction %s is there", id)
		}
	}
	t.Logf("%d writes were acknowledged, %d documents are there", len(acked), len(there))
}

// Without a majority nothing is acknowledged: requests fail as unavailable within their deadline, and go on when it is back.
func TestWithoutAMajorityTheStoreIsUnavailable(t *testing.T) { //nolint:paralleltest // nobody else can use the servers meanwhile
	set := storetest.MongoMembers(t)
	engine := preparedAt(t, set.URI, set.Database)
	primary := set.Primary()
	killed := []int{1 + primary%3, primary} // in this order: two that are left would choose between them
	for _, n := range killed {
		set.Kill(n)
	}
	var asked sync.WaitGroup
	for name, do := range map[string]func(context.Context) error{
		"step":   func(ctx context.Context) error { return insert(ctx, engine, seat{ID: "a"}) },
		"update": func(ctx context.Context) error { return insertInUpdate(ctx, engine, seat{ID: "a"}) },
		"view":   func(ctx context.Context) error { _, err := get(ctx, engine, "a"); return err },
		"ping":   engine.Ping,
	} {
		asked.Go(func() { mustSayUnavailable(t, name, do) })
	}
	asked.Wait()
	for _, n := range killed {
		set.Start(n)
	}
	end := time.Now().Add(time.Minute)
	for engine.Ping(t.Context()) != nil && time.Now().Before(end) {
		pollPause(t)
	}
	if err := insert(t.Context(), engine, seat{ID: "b"}); err != nil {
		t.Errorf("after the members are back: %v", err)
	}
}

func mustSayUnavailable(t *testing.T, name string, do func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if err := do(ctx); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("%s: got %v, want ErrUnavailable", name, err)
	}
}

// A meddler is a network that lets something happen while an answer is on its way.
type meddler struct {
	word  string // in the question
	do    func()
	armed atomic.Bool
}

// meet lets do happen with the next answer.
func (m *meddler) meet(do func()) {
	m.do = do
	m.armed.Store(true)
}

func (m *meddler) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, network, address)
	return &meddledConn{Conn: conn, meddler: m}, err
}

type meddledConn struct {
	net.Conn
	meddler *meddler
	meets   bool
}

func (c *meddledConn) Write(sent []byte) (int, error) {
	c.meets = strings.Contains(string(sent), c.meddler.word) && c.meddler.armed.CompareAndSwap(true, false)
	return c.Conn.Write(sent)
}

func (c *meddledConn) Read(into []byte) (int, error) {
	n, err := c.Conn.Read(into)
	if c.meets {
		c.meets = false
		c.meddler.do()
	}
	return n, err
}

// An election becomes known while a first answer is on its way: it may come from the new primary, which does not know yet what a
// majority has. It is asked for again, and what was acknowledged meanwhile is there.
func TestAnAnswerThatMeetsAnElectionIsAskedForAgain(t *testing.T) {
	t.Parallel()
	uri, name := storetest.Database(t)
	network := &meddler{word: "seats"}
	engine, other := preparedAt(t, uri, name, mongo.WithDialer(network)), preparedAt(t, uri, name)
	for what, there := range map[string]func(store.Reader, string) (bool, error){
		"one document": func(r store.Reader, id string) (bool, error) {
			err := r.Get("seats", id, new(seat))
			return err == nil, ignore(err, store.ErrNotFound)
		},
		"a search": func(r store.Reader, id string) (found bool, err error) {
			err = r.Find("seats", store.Query{Where: []store.Condition{store.Equal("session", id)}}, func(func(any) error) error {
				found = true
				return nil
			})
			return found, err
		},
		"a count": func(r store.Reader, id string) (bool, error) {
			n, err := r.Count("seats", store.Query{Where: []store.Condition{store.Equal("session", id)}})
			return n > 0, err
		},
	} {
		for how, begin := range map[string]func(context.Context, func(store.Reader) error) error{
			"a view": engine.View,
			"a step": func(ctx context.Context, read func(store.Reader) error) error {
				return engine.Step(ctx, func(w store.Writer) error { return read(w) })
			},
		} {
			id, found := what+" in "+how, false
			network.meet(func() {
				if err := insert(t.Context(), other, seat{ID: id, Session: id}); err != nil {
					t.Error(err)
				}
				engine.MeetElection()
			})
			err := begin(t.Context(), func(r store.Reader) (err error) { found, err = there(r, id); return err })
			if err != nil || !found {
				t.Errorf("%s: what was acknowledged before the answer was asked for again is not there (%v)", id, err)
			}
			if network.armed.Load() {
				t.Errorf("%s met no election, so this test shows nothing", id)
			}
		}
	}
}

func ignore(err, expected error) error {
	if errors.Is(err, expected) {
		return nil
	}
	return err
}

// A cutter is a network that loses the answer to some of what is sent.
type cutter struct {
	word string // in what is sent

	mu   sync.Mutex
	left int
}

func (c *cutter) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, network, address)
	return &cutConn{Conn: conn, cutter: c}, err
}

// lose says whether the answer to what is sent is to be lost.
func (c *cutter) lose(sent []byte) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.left == 0 || !strings.Contains(string(sent), c.word) {
		return false
	}
	c.left--
	return true
}

func (c *cutter) arm(times int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.left = times
}

type cutConn struct {
	net.Conn
	cutter *cutter
	lost   bool
}

func (c *cutConn) Write(sent []byte) (int, error) {
	c.lost = c.cutter.lose(sent)
	return c.Conn.Write(sent)
}

// Read waits for the answer, so that the server has done what was asked, and then ends the connection instead of handing it over.
func (c *cutConn) Read(into []byte) (int, error) {
	n, err := c.Conn.Read(into)
	if c.lost {
		return 0, errors.Join(net.ErrClosed, c.Close())
	}
	return n, err
}

// The answer to a write gets lost on the way: it is asked for again, and the write happened once.
func TestALostAnswerIsAskedForAgain(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		word  string
		times int
		do    func(context.Context, store.Engine) error
	}{
		"to a commit":         {"commitTransaction", 1, func(ctx context.Context, e store.Engine) error { return e.Update(ctx, countUp) }},
		"to a commit, thrice": {"commitTransaction", 3, func(ctx context.Context, e store.Engine) error { return e.Update(ctx, countUp) }},
		"to a write in an update": {"startTransaction", 1, func(ctx context.Context, e store.Engine) error {
			return e.Update(ctx, countUp)
		}},
		"to a step": {"\x02update\x00", 1, func(ctx context.Context, e store.Engine) error { return e.Step(ctx, countUp) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			network := &cutter{word: c.word}
			engine := prepared(t, mongo.WithDialer(network))
			if err := insert(t.Context(), engine, seat{ID: "a"}); err != nil {
				t.Fatal(err)
			}
			network.arm(c.times)
			if err := c.do(t.Context(), engine); err != nil {
				t.Fatal(err)
			}
			if network.left != 0 {
				t.Fatal("no answer was lost, so this test shows nothing")
			}
			if got, err := get(t.Context(), engine, "a"); err != nil || got.Number != 1 {
				t.Errorf("counted to %d, %v; want 1", got.Number, err)
			}
		})
	}
}
