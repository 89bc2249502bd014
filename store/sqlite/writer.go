package sqlite

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// A batch ends when nobody waits any more, or at one of these: the first caller in it waits for the last.
const (
	batchCalls = 512
	batchTime  = 20 * time.Millisecond
)

// writer owns the one connection that writes. Calls wait in a queue; all that wait share one transaction, and so one sync of the
// disk, and all are answered after its commit.
type writer struct {
	conn     *conn
	finished chan struct{}
	patience time.Duration // batchTime

	mu     sync.Mutex
	filled sync.Cond // the queue has something, or is closed
	queue  []*call
	closed bool

	batch          []*call // those whose changes are in the transaction that is open
	changes        any     // rows that the connection has changed before it
	batches, calls atomic.Uint64
}

// call is one change on its way through the writer.
type call struct {
	ctx   context.Context
	run   func(*conn) error
	alone bool   // run between batches, outside of a transaction
	then  func() // what to do after the commit, before anybody is answered

	state    atomic.Int32
	done     chan struct{}
	err      error
	panicked *any
}

// A call is waiting until either the writer takes it or its caller leaves.
const (
	waiting int32 = iota
	taken
	left
)

func newWriter(conn *conn) *writer {
	w := &writer{conn: conn, finished: make(chan struct{}), patience: batchTime, changes: int64(0)}
	w.filled.L = &w.mu
	go w.work()
	return w
}

// do brings a call through the writer. Once the writer has taken it its end is awaited, whatever becomes of the context: the
// caller has to know whether it happened. A panic of the change goes on in the caller.
func (w *writer) do(c *call) error {
	if err := c.ctx.Err(); err != nil {
		return err
	}
	c.done = make(chan struct{})
	if err := w.enqueue(c); err != nil {
		return err
	}
	select {
	case <-c.done:
	case <-c.ctx.Done():
		if c.state.CompareAndSwap(waiting, left) {
			return fmt.Errorf("wait for the writer: %w", c.ctx.Err())
		}
		<-c.done
	}
	if c.panicked != nil {
		panic(*c.panicked)
	}
	return c.err
}

func (w *writer) enqueue(c *call) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return unavailable("it is closed")
	}
	w.queue = append(w.queue, c)
	w.filled.Signal()
	return nil
}

// close lets the writer finish its queue and closes its connection.
func (w *writer) close() error {
	w.mu.Lock()
	again := w.closed
	w.closed = true
	w.filled.Signal()
	w.mu.Unlock()
	<-w.finished
	if again {
		return nil
	}
	return w.conn.close()
}

// work is the writer's goroutine.
func (w *writer) work() {
	defer w.survive()
	for {
		c := w.wait()
		if c == nil {
			close(w.finished)
			return
		}
		if c.alone {
			w.runAlone(c)
		} else {
			w.runBatch(c)
		}
	}
}

// survive goes on in a new goroutine when a change ended this one with runtime.Goexit, as t.FailNow does: all that are in its
// batch are told, and nobody waits forever.
func (w *writer) survive() {
	select {
	case <-w.finished:
	default:
		w.rollBack(unavailable("a change ended the writer's goroutine"))
		go w.work()
	}
}

// wait answers the next call, or nil when the writer is closed and all is done.
func (w *writer) wait() *call {
	w.mu.Lock()
	defer w.mu.Unlock()
	for {
		if c := w.pop(); c != nil {
			return c
		}
		if w.closed {
			return nil
		}
		w.filled.Wait()
	}
}

// next answers a call that waits now and can join the batch. Before it says that there is none it lets those run who have just
// been answered: most of them are about to ask for the next change.
func (w *writer) next(since time.Time) *call {
	if len(w.batch) >= batchCalls || time.Since(since) > w.patience {
		return nil
	}
	for range 2 {
		if c := w.join(); c != nil {
			return c
		}
		runtime.Gosched()
	}
	return nil
}

// join answers the first call in the queue if it can be in a transaction.
func (w *writer) join() *call {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.queue) > 0 && w.queue[0].alone {
		return nil
	}
	return w.pop()
}

func (w *writer) joinAll() {
	for c := w.join(); c != nil; c = w.join() {
		w.batch = append(w.batch, c)
	}
}

// pop takes the first call whose caller has not left. The caller holds mu.
func (w *writer) pop() *call {
	for len(w.queue) > 0 {
		c := w.queue[0]
		w.queue[0] = nil
		w.queue = w.queue[1:]
		if c.state.CompareAndSwap(waiting, taken) {
			return c
		}
	}
	return nil
}

// runBatch runs the first call and all that wait in one transaction.
func (w *writer) runBatch(first *call) {
	w.conn.broken = nil
	since := time.Now()
	w.batch = append(w.batch, first)
	if err := w.conn.exec("BEGIN IMMEDIATE"); err != nil {
		w.joinAll() // who waited all this time for the lock of another process shall not wait as long again
		w.rollBack(err)
		return
	}
	for c := first; c != nil; c = w.next(since) {
		if c != first {
			w.batch = append(w.batch, c)
		}
		w.attempt(c)
		if w.conn.broken != nil {
			w.rollBack(w.conn.broken)
			return
		}
	}
	if err := w.conn.exec("COMMIT"); err != nil {
		w.rollBack(unavailable("commit: %w", err))
		return
	}
	w.count()
	w.answer()
}

// count leaves out batches that changed nothing: for them the disk is not synced.
func (w *writer) count() {
	w.calls.Add(uint64(len(w.batch)))
	changes, err := w.conn.one("SELECT total_changes()")
	if err == nil && changes != w.changes {
		w.changes = changes
		w.batches.Add(1)
	}
}

// rollBack answers everybody in the batch that nothing of it happened. There may be no transaction any more: after some errors
// SQLite has rolled back by itself, which is why one such error is everybody's.
func (w *writer) rollBack(reason error) {
	_ = w.conn.exec("ROLLBACK")
	for i, c := range w.batch {
		c.err, c.panicked = reason, nil
		close(c.done)
		w.batch[i] = nil
	}
	w.batch = w.batch[:0]
}

// answer tells everybody in the batch after its commit.
func (w *writer) answer() {
	for i, c := range w.batch {
		if c.then != nil && c.err == nil && c.panicked == nil {
			c.then()
		}
		close(c.done)
		w.batch[i] = nil
	}
	w.batch = w.batch[:0]
}

// attempt runs one change. Its panic is kept for its caller.
func (w *writer) attempt(c *call) {
	if err := c.ctx.Err(); err != nil {
		c.err = err
		return
	}
	defer func() {
		if value := recover(); value != nil {
			c.panicked = &value
		}
	}()
	c.err = c.run(w.conn)
}

// runAlone runs what cannot be in a transaction.
func (w *writer) runAlone(c *call) {
	w.batch = append(w.batch, c)
	w.conn.broken = nil
	w.attempt(c)
	close(c.done)
	w.batch = w.batch[:0]
}
