package sqlite

import (
	"context"
	"fmt"
	"runtime"
	"time"
)

// Pragma reads a pragma on the writer's connection, and on as many readers' as the pool can have, all at once.
func (e *Engine) Pragma(ctx context.Context, name string) (writer string, readers []string, err error) {
	writer, err = e.onWriter(ctx, "PRAGMA "+name)
	if err != nil {
		return "", nil, err
	}
	for range cap(e.readers.places) {
		conn, err := e.readers.acquire(ctx)
		if err != nil {
			return "", nil, err
		}
		defer e.readers.release(conn)
		value, err := conn.one("PRAGMA " + name)
		if err != nil {
			return "", nil, err
		}
		readers = append(readers, fmt.Sprint(value))
	}
	return writer, readers, nil
}

// SetPragma sets a pragma on the writer's connection alone, to make it fail.
func (e *Engine) SetPragma(ctx context.Context, pragma string) error {
	_, err := e.onWriter(ctx, "PRAGMA "+pragma)
	return err
}

func (e *Engine) onWriter(ctx context.Context, text string) (value string, err error) {
	err = e.writer.do(&call{ctx: ctx, alone: true, run: func(conn *conn) error {
		v, err := conn.one(text)
		value = fmt.Sprint(v)
		return err
	}})
	return value, err
}

// LetBatchesLast lets batches end only when nobody waits, however slow the machine is.
func (e *Engine) LetBatchesLast(ctx context.Context) error {
	return e.writer.do(&call{ctx: ctx, alone: true, run: func(*conn) error {
		e.writer.patience = time.Hour
		return nil
	}})
}

// AwaitQueue returns when n calls wait for the writer.
func (e *Engine) AwaitQueue(ctx context.Context, n int) error {
	return e.await(ctx, func(w *writer) bool { return len(w.queue) >= n })
}

// AwaitClosing returns when the writer takes no more calls.
func (e *Engine) AwaitClosing(ctx context.Context) error {
	return e.await(ctx, func(w *writer) bool { return w.closed })
}

func (e *Engine) await(ctx context.Context, met func(*writer) bool) error {
	for ctx.Err() == nil {
		e.writer.mu.Lock()
		is := met(e.writer)
		e.writer.mu.Unlock()
		if is {
			return nil
		}
		runtime.Gosched()
	}
	return ctx.Err()
}
