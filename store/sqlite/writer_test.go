package sqlite_test

import (
	"context"
	"errors"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"kaikukortti/store"
	"kaikukortti/store/sqlite"
)

// prepared opens an engine that knows the tickets, in a folder of the test's own.
func prepared(t *testing.T) *sqlite.Engine {
	t.Helper()
	engine := open(t, filepath.Join(t.TempDir(), "kaikukortti.db"))
	prepare(t, engine)
	if err := engine.LetBatchesLast(t.Context()); err != nil {
		t.Fatal(err)
	}
	return engine
}

func prepare(t *testing.T, engine *sqlite.Engine) {
	t.Helper()
	if err := engine.Prepare(t.Context(), []store.Collection{tickets}); err != nil {
		t.Fatal(err)
	}
}

func insert(ctx context.Context, engine *sqlite.Engine, n int64) error {
	return engine.Step(ctx, func(w store.Writer) error { return w.Insert("tickets", spread(n), newTicket(n)) })
}

func mustKeep(t *testing.T, engine *sqlite.Engine, want int) {
	t.Helper()
	err := engine.View(t.Context(), func(r store.Reader) error {
		got, err := r.Count("tickets", store.Query{})
		if err == nil && got != want {
			t.Errorf("the store keeps %d documents, want %d", got, want)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestEveryConnectionIsSetSafe reads the settings back on every connection, since SQLite keeps them for each connection alone.
func TestEveryConnectionIsSetSafe(t *testing.T) {
	t.Parallel()
	engine := prepared(t)
	for pragma, want := range map[string]struct{ writer, readers string }{
		"synchronous":   {"2", "2"}, // FULL
		"journal_mode":  {"wal", "wal"},
		"foreign_keys":  {"1", "1"},
		"secure_delete": {"1", "1"},
		"busy_timeout":  {"5000", "5000"},
		"temp_store":    {"2", "2"}, // in memory
		"query_only":    {"0", "1"},
	} {
		writer, readers, err := engine.Pragma(t.Context(), pragma)
		if err != nil {
			t.Fatal(err)
		}
		if writer != want.writer {
			t.Errorf("%s is %s on the writer's connection, want %s", pragma, writer, want.writer)
		}
		if len(readers) < 4 {
			t.Errorf("the pool has %d connections, want 4 at least", len(readers))
		}
		for i, got := range readers {
			if got != want.readers {
				t.Errorf("%s is %s on the connection %d of the readers, want %s", pragma, got, i, want.readers)
			}
		}
	}
}

// hold keeps the writer busy until release is called, which answers how that call ended.
func hold(t *testing.T, engine *sqlite.Engine) (release func() error) {
	t.Helper()
	held, free, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		done <- engine.Step(t.Context(), func(store.Writer) error {
			close(held)
			<-free
			return nil
		})
	}()
	<-held
	return func() error {
		close(free)
		return <-done
	}
}

func TestCallsThatWaitShareOneCommit(t *testing.T) {
	t.Parallel()
	const callers = 100
	engine := prepared(t)
	before := engine.Stats()
	release := hold(t, engine)
	var all sync.WaitGroup
	for n := range int64(callers) {
		all.Go(func() {
			if err := insert(t.Context(), engine, n); err != nil {
				t.Error(err)
			}
		})
	}
	if err := engine.AwaitQueue(t.Context(), callers); err != nil {
		t.Fatal(err)
	}
	if err := release(); err != nil {
		t.Error(err)
	}
	all.Wait()
	after := engine.Stats()
	if batches, calls := after.Batches-before.Batches, after.Calls-before.Calls; batches != 1 || calls != callers+1 {
		t.Errorf("%d calls took %d commits, want %d in one", calls, batches, callers+1)
	}
	mustKeep(t, engine, callers)
}

func TestOnlyBatchesThatChangeSomethingCount(t *testing.T) {
	t.Parallel()
	engine := prepared(t)
	before := engine.Stats().Batches
	for range 3 {
		if err := engine.Step(t.Context(), func(w store.Writer) error { return w.Delete("tickets", "nobody") }); err != nil {
			t.Fatal(err)
		}
	}
	if err := insert(t.Context(), engine, 1); err != nil {
		t.Fatal(err)
	}
	if batches := engine.Stats().Batches - before; batches != 1 {
		t.Errorf("%d batches count, want the one that changed something", batches)
	}
}

// TestOneThatFailsLeavesTheOthersInItsBatch: a duplicate, an error, a panic and a good one wait together.
func TestOneThatFailsLeavesTheOthersInItsBatch(t *testing.T) {
	t.Parallel()
	engine := prepared(t)
	if err := insert(t.Context(), engine, 1); err != nil {
		t.Fatal(err)
	}
	oh := errors.New("oh")
	change := func(n int64, end func() error) func(store.Writer) error {
		return func(w store.Writer) error { return errors.Join(w.Insert("tickets", spread(n), newTicket(n)), end()) }
	}
	release := hold(t, engine)
	var all sync.WaitGroup
	all.Go(func() {
		if err := engine.Update(t.Context(), change(2, func() error { return oh })); !errors.Is(err, oh) {
			t.Errorf("got %v, want %v", err, oh)
		}
	})
	all.Go(func() {
		d := new(store.DuplicateError)
		if err := insert(t.Context(), engine, 1); !errors.As(err, &d) {
			t.Errorf("got %v, want a duplicate", err)
		}
	})
	all.Go(func() {
		defer func() {
			if got := recover(); got != any(oh) {
				t.Errorf("got %v, want the panic", got)
			}
		}()
		_ = engine.Update(t.Context(), change(3, func() error { panic(oh) })) // does not return
	})
	all.Go(func() {
		if err := engine.Update(t.Context(), change(4, func() error { return nil })); err != nil {
			t.Error(err)
		}
	})
	if err := engine.AwaitQueue(t.Context(), 4); err != nil {
		t.Fatal(err)
	}
	if err := release(); err != nil {
		t.Error(err)
	}
	all.Wait()
	mustKeep(t, engine, 2)
}

func TestACallerThatLeavesTheQueueIsSkipped(t *testing.T) {
	t.Parallel()
	engine := prepared(t)
	release := hold(t, engine)
	ctx, cancel := context.WithCancel(t.Context())
	var ran atomic.Bool
	left := make(chan error, 1)
	go func() {
		left <- engine.Update(ctx, func(store.Writer) error { ran.Store(true); return nil })
	}()
	if err := engine.AwaitQueue(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := <-left; !errors.Is(err, context.Canceled) { // while the writer is still busy
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
	if err := release(); err != nil {
		t.Error(err)
	}
	if err := insert(t.Context(), engine, 1); err != nil {
		t.Error(err)
	}
	if ran.Load() {
		t.Error("the change of a caller that had left ran")
	}
}

// TestAChangeThatEndsItsGoroutineHoldsUpNobody: t.FailNow does this.
func TestAChangeThatEndsItsGoroutineHoldsUpNobody(t *testing.T) {
	t.Parallel()
	engine := prepared(t)
	err := engine.Update(t.Context(), func(w store.Writer) error {
		if err := w.Insert("tickets", spread(1), newTicket(1)); err != nil {
			t.Error(err)
		}
		runtime.Goexit()
		return nil
	})
	if !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("got %v, want ErrUnavailable", err)
	}
	mustKeep(t, engine, 0)
	if err := insert(t.Context(), engine, 2); err != nil {
		t.Error(err)
	}
}

func TestAFullDiskIsToldAndPasses(t *testing.T) {
	t.Parallel()
	engine := prepared(t)
	if err := engine.SetPragma(t.Context(), "max_page_count = 40"); err != nil {
		t.Fatal(err)
	}
	kept, n := 0, int64(0)
	var err error
	for ; err == nil; n++ {
		if err = insert(t.Context(), engine, n); err == nil {
			kept++
		}
		if n > 1000 {
			t.Fatal("the file did not fill up")
		}
	}
	if !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("got %v, want ErrUnavailable", err)
	}
	mustKeep(t, engine, kept)
	if err := engine.SetPragma(t.Context(), "max_page_count = 100000"); err != nil {
		t.Fatal(err)
	}
	if err := insert(t.Context(), engine, n); err != nil {
		t.Errorf("with room again: %v", err)
	}
	mustKeep(t, engine, kept+1)
}

// TestAFullDiskIsEverybodysInTheBatch: after such an error SQLite may have undone the others' changes too.
func TestAFullDiskIsEverybodysInTheBatch(t *testing.T) {
	t.Parallel()
	engine := prepared(t)
	if err := engine.SetPragma(t.Context(), "max_page_count = 40"); err != nil {
		t.Fatal(err)
	}
	release := hold(t, engine)
	var all sync.WaitGroup
	for n := range 5 {
		all.Go(func() {
			d := newTicket(int64(n))
			if n == 4 {
				d.Padding = strings.Repeat("x", 1<<20)
			}
			err := engine.Step(t.Context(), func(w store.Writer) error { return w.Insert("tickets", d.ID, d) })
			if !errors.Is(err, store.ErrUnavailable) {
				t.Errorf("got %v, want ErrUnavailable", err)
			}
		})
		if err := engine.AwaitQueue(t.Context(), n+1); err != nil { // the large one is the last
			t.Fatal(err)
		}
	}
	if err := release(); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("got %v, want ErrUnavailable", err)
	}
	all.Wait()
	mustKeep(t, engine, 0)
}

func TestPingFailsWhenNothingCanBeWritten(t *testing.T) {
	t.Parallel()
	engine := prepared(t)
	for _, c := range []struct {
		pragma string
		want   error
	}{{"query_only = 1", store.ErrUnavailable}, {"query_only = 0", nil}} {
		if err := engine.SetPragma(t.Context(), c.pragma); err != nil && !errors.Is(err, store.ErrNotFound) {
			t.Fatal(err)
		}
		if err := engine.Ping(t.Context()); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", c.pragma, err, c.want)
		}
	}
}

func TestCloseFinishesWhatWaitsAndRefusesTheRest(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "kaikukortti.db")
	engine := open(t, path)
	prepare(t, engine)
	release := hold(t, engine)
	waits := make(chan error, 1)
	go func() { waits <- insert(t.Context(), engine, 1) }()
	if err := engine.AwaitQueue(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	closed := make(chan error, 1)
	go func() { closed <- engine.Close() }()
	if err := engine.AwaitClosing(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := release(); err != nil {
		t.Error(err)
	}
	if err := errors.Join(<-waits, <-closed); err != nil {
		t.Error(err)
	}
	for name, err := range map[string]error{
		"update": engine.Update(t.Context(), func(store.Writer) error { return nil }),
		"view":   engine.View(t.Context(), func(store.Reader) error { return nil }),
		"ping":   engine.Ping(t.Context()),
	} {
		if !errors.Is(err, store.ErrUnavailable) {
			t.Errorf("%s: got %v, want ErrUnavailable", name, err)
		}
	}
}
