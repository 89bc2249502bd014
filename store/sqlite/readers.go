package sqlite

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// readers is a pool of connections that only read. They are opened when they are first needed.
type readers struct {
	dsn    string
	places chan struct{} // one for each connection that is in use
	mu     sync.Mutex
	idle   []*conn // the one used last is at the end: its cache is warm
	closed bool
}

func newReaders(dsn string, size int) *readers {
	return &readers{dsn: dsn, places: make(chan struct{}, size)}
}

func (r *readers) acquire(ctx context.Context) (*conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	select {
	case r.places <- struct{}{}:
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for a connection to read: %w", ctx.Err())
	}
	conn, err := r.take(ctx)
	if err != nil {
		<-r.places
	}
	return conn, err
}

func (r *readers) take(ctx context.Context) (*conn, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil, unavailable("it is closed")
	}
	if last := len(r.idle) - 1; last >= 0 {
		conn := r.idle[last]
		r.idle = r.idle[:last]
		return conn, nil
	}
	return connect(context.WithoutCancel(ctx), r.dsn)
}

// release ends the read transaction, so that what the reader saw does not hold back the log. A connection that cannot do so is
// given up.
func (r *readers) release(conn *conn) {
	err := conn.exec("ROLLBACK")
	r.mu.Lock()
	defer r.mu.Unlock()
	if err == nil && conn.broken == nil && !r.closed {
		r.idle = append(r.idle, conn)
	} else {
		_ = conn.close() // it is given up because it failed, or because all are closed
	}
	<-r.places
}

func (r *readers) close() (err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	for _, conn := range r.idle {
		err = errors.Join(err, conn.close())
	}
	r.idle = nil
	return err
}
