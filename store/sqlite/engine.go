// Package sqlite is the embedded engine: one file, one writer that commits waiting changes together, and many readers beside it.
// It never answers a change before its commit is on the disk, and never decides what a document means.
package sqlite

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync/atomic"

	"kaikukortti/store"
)

// Engine is a store.Engine on one SQLite file.
type Engine struct {
	watch   store.Watcher
	writer  *writer
	readers *readers
	schema  atomic.Pointer[schema]
}

var _ store.Engine = (*Engine)(nil)

// An Option changes how an engine is opened.
type Option func(*Engine)

// WithWatcher tells watch of each query before it runs.
func WithWatcher(watch store.Watcher) Option { return func(e *Engine) { e.watch = watch } }

// Memory that the page caches may take, in KiB. The writer's is larger because random ids touch pages everywhere.
const (
	writerCache = 16 << 10
	readerCache = 4 << 10
)

// Open opens the database at path, or makes it, readable by its owner alone. It refuses a file that is not this program's.
func Open(ctx context.Context, path string, opts ...Option) (*Engine, error) {
	if err := claimFile(ctx, path); err != nil {
		return nil, err
	}
	conn, err := connect(ctx, dataSource(path, writerCache))
	if err != nil {
		return nil, err
	}
	e := &Engine{
		watch:   func(string, store.Query) {},
		writer:  newWriter(conn),
		readers: newReaders(dataSource(path, readerCache, "query_only(1)"), max(4, 2*runtime.GOMAXPROCS(0))),
	}
	for _, opt := range opts {
		opt(e)
	}
	e.schema.Store(new(schema))
	return e, nil
}

// Close finishes the changes that wait and closes the file. Later calls get ErrUnavailable.
func (e *Engine) Close() error {
	return errors.Join(e.readers.close(), e.writer.close())
}

// Stats is what the writer has done since it was opened.
type Stats struct {
	Batches uint64 // transactions that changed something: for each the disk was synced at least once
	Calls   uint64 // changes that were answered after a commit
}

// Stats tells how many changes shared how many commits.
func (e *Engine) Stats() Stats {
	return Stats{Batches: e.writer.batches.Load(), Calls: e.writer.calls.Load()}
}

// View runs read in one read transaction, beside the writer.
func (e *Engine) View(ctx context.Context, read func(store.Reader) error) error {
	conn, err := e.readers.acquire(ctx)
	if err != nil {
		return err
	}
	defer e.readers.release(conn)
	if err := conn.exec("BEGIN"); err != nil {
		return err
	}
	r := &reader{engine: e, schema: e.schema.Load(), ctx: ctx, conn: conn}
	defer r.end()
	return read(r)
}

// Update runs change in the writer's transaction, in a savepoint of its own.
func (e *Engine) Update(ctx context.Context, change func(store.Writer) error) error {
	return e.change(ctx, change, true)
}

// Step runs change in the writer's transaction; each of its writes is whole or undone by itself.
func (e *Engine) Step(ctx context.Context, change func(store.Writer) error) error {
	return e.change(ctx, change, false)
}

func (e *Engine) change(ctx context.Context, change func(store.Writer) error, transacts bool) error {
	return e.writer.do(&call{ctx: ctx, run: func(conn *conn) error {
		w := &changer{reader: reader{engine: e, schema: e.schema.Load(), ctx: ctx, conn: conn}, transacts: transacts}
		return w.run(change)
	}})
}

// Ping commits a real change to the file, together with whatever else waits.
func (e *Engine) Ping(ctx context.Context) error {
	return e.writer.do(&call{ctx: ctx, run: func(conn *conn) error {
		if err := conn.exec(`CREATE TABLE IF NOT EXISTS "#ping" (one INTEGER PRIMARY KEY, count INTEGER NOT NULL)`); err != nil {
			return err
		}
		return conn.exec(`INSERT INTO "#ping" VALUES (1, 1) ON CONFLICT DO UPDATE SET count = count + 1`)
	}})
}

// Explain says how SQLite would find what q asks for.
func (e *Engine) Explain(ctx context.Context, name string, q store.Query) (store.Plan, error) {
	var plan store.Plan
	err := e.View(ctx, func(r store.Reader) (err error) {
		plan, err = r.(*reader).explain(name, q)
		return err
	})
	return plan, err
}

func unavailable(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{store.ErrUnavailable}, args...)...)
}
