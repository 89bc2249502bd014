// Package mongo is the engine on MongoDB: how the store grows past one machine. It never makes a collection by writing into it,
// and it never answers from data that a majority of the replica set does not hold.
package mongo

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/primitive"
	driver "go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/mongo/options"
	"go.mongodb.org/mongo-driver/mongo/readconcern"
	"go.mongodb.org/mongo-driver/mongo/readpref"
	"go.mongodb.org/mongo-driver/mongo/writeconcern"
	"go.mongodb.org/mongo-driver/x/mongo/driver/connstring"

	"kaikukortti/store"
)

const (
	// selectionTimeout is how long an operation waits for a primary before it says ErrUnavailable: an election is often shorter,
	// a request's deadline longer.
	selectionTimeout = 3 * time.Second
	connectTimeout   = 5 * time.Second
	// commitPatience is how long a commit is repeated whose answer was lost, when the context allows longer.
	commitPatience = 10 * time.Second
	// cleanupTimeout bounds what is done for a caller that has gone: ending its transaction, so that its locks do not stay until
	// the server's own limit of a minute.
	cleanupTimeout = 2 * time.Second
	// snapshotsWireVersion is MongoDB 5.0, the first that reads snapshots outside transactions.
	snapshotsWireVersion = 13
)

// ErrNoReplicaSet says that the server cannot do what the store promises.
var ErrNoReplicaSet = errors.New("this MongoDB server is not part of a replica set, and the store needs one; one member is enough: " +
	"start mongod with --replSet rs0, run rs.initiate() once in mongosh, and add ?replicaSet=rs0 to the address")

// An Engine keeps documents in one database of a replica set.
//
// Writes are acknowledged when a majority has them in its journal (w: majority, j: true). View reads a snapshot on the primary:
// the newest state that a majority holds, the same one for all that is read. Step reads what a majority holds, each read for
// itself. Update reads what the primary holds, and answers, also when change refuses, only after a majority holds that.
//
// A primary that was just elected does not know yet how much of what it holds a majority has; the engine waits until it does, and
// asks again what that primary answered before. There is one exception: a primary that is cut off from the others does not learn of
// it for some seconds (the set's electionTimeoutMillis), and until then answers reads, though no writes, without what the new one
// acknowledged. What is decided is decided by writes, so nothing is granted twice.
type Engine struct {
	settings    *options.ClientOptions
	client      *driver.Client
	db          *driver.Database
	transaction *options.TransactionOptions
	watch       store.Watcher

	declared atomic.Pointer[[]string] // the names of the collections

	elections elections
	settled   atomic.Pointer[election] // the last one whose primary was waited for
}

var _ store.Engine = (*Engine)(nil)

// An Option changes how an Engine is opened.
type Option func(*Engine)

// WithWatcher has w told of each query before it runs.
func WithWatcher(w store.Watcher) Option {
	return func(e *Engine) {
		if w != nil {
			e.watch = w
		}
	}
}

// Open connects to the replica set at uri. The database is the one named in the address if database is empty. A server that is
// not part of a replica set is refused with ErrNoReplicaSet.
func Open(ctx context.Context, uri, database string, opts ...Option) (*Engine, error) {
	settings, database, err := configure(uri, database)
	if err != nil {
		return nil, err
	}
	e := &Engine{settings: settings, watch: func(string, store.Query) {}}
	for _, opt := range opts {
		opt(e)
	}
	e.client, err = driver.Connect(ctx, settings.SetServerMonitor(e.monitor()))
	if err != nil {
		return nil, fmt.Errorf("connect to MongoDB: %w", err)
	}
	e.db = e.client.Database(database)
	e.transaction = options.Transaction().SetReadConcern(readconcern.Snapshot()).SetReadPreference(readpref.Primary()).
		SetWriteConcern(settings.WriteConcern)
	if err := e.inspect(ctx); err != nil {
		if errors.Is(err, store.ErrUnavailable) {
			err = e.explainSilence(ctx, err)
		}
		return nil, errors.Join(err, e.disconnect(ctx))
	}
	return e, nil
}

// configure adds to what the address says the promises that no address can take back.
func configure(uri, database string) (*options.ClientOptions, string, error) {
	address, err := connstring.Parse(uri)
	if err != nil {
		return nil, "", fmt.Errorf("the address of MongoDB: %w", err)
	}
	if database == "" {
		database = address.Database
	}
	if database == "" {
		return nil, "", errors.New("the address of MongoDB names no database, as mongodb://host/database does")
	}
	journaled := true
	settings := options.Client().SetServerSelectionTimeout(selectionTimeout).SetConnectTimeout(connectTimeout).
		SetAppName("kaikukortti").ApplyURI(uri).
		SetWriteConcern(&writeconcern.WriteConcern{W: "majority", Journal: &journaled}).SetRetryWrites(true).SetRetryReads(true).
		SetReadConcern(readconcern.Majority()).SetReadPreference(readpref.Primary()).
		SetRegistry(registry)
	if err := settings.Validate(); err != nil {
		return nil, "", fmt.Errorf("the address of MongoDB: %w", err)
	}
	return settings, database, nil
}

// hello is what a server says of itself.
type hello struct {
	SetName  string             `json:"setName"`
	Writable bool               `json:"isWritablePrimary"`
	Election primitive.ObjectID `json:"electionId"`
	Wire     int                `json:"maxWireVersion"`
}

func ask(ctx context.Context, client *driver.Client) (hello, error) {
	var h hello
	err := client.Database("admin").RunCommand(ctx, bson.D{{Key: "hello", Value: 1}}).Decode(&h)
	return h, err
}

// inspect refuses a server that cannot do what the store promises.
func (e *Engine) inspect(ctx context.Context) error {
	h, err := ask(ctx, e.client)
	switch {
	case err != nil:
		return translate(ctx, "", err)
	case h.SetName == "":
		return ErrNoReplicaSet
	case h.Wire < snapshotsWireVersion:
		return errors.New("this MongoDB server is older than 5.0, which the store needs for reading snapshots")
	}
	return nil
}

// explainSilence looks whether no primary was found because a server that was named is in no replica set: the driver passes over
// such a server in silence when the address asks for a set, or waits for ever for a set that was not initiated.
func (e *Engine) explainSilence(ctx context.Context, silence error) error {
	for _, host := range e.settings.Hosts {
		alone := *e.settings
		alone.ReplicaSet, alone.ServerMonitor = nil, nil
		client, err := driver.Connect(ctx, alone.SetHosts([]string{host}).SetDirect(true))
		if err != nil {
			continue
		}
		h, err := ask(ctx, client)
		_ = client.Disconnect(ctx)
		if err == nil && h.SetName == "" {
			return ErrNoReplicaSet
		}
	}
	return silence
}

// Ping answers nil when there is a primary that takes writes.
func (e *Engine) Ping(ctx context.Context) error {
	h, err := ask(ctx, e.client)
	if err != nil {
		return translate(ctx, "", err)
	}
	if !h.Writable {
		return fmt.Errorf("%w: the server is not the primary", store.ErrUnavailable)
	}
	return nil
}

// Scrub does nothing: MongoDB has no command for it. What was deleted or overwritten stays in the oplog until the oplog has
// rolled over it, in the journal until the next checkpoints, and in free blocks of the files until they are used again. Files on
// an encrypted disk, an oplog bounded in hours and a resynchronisation of the members one after the other are the operator's
// means.
func (e *Engine) Scrub(context.Context) error { return nil }

// Close ends the connections.
func (e *Engine) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), cleanupTimeout)
	defer cancel()
	return e.disconnect(ctx)
}

func (e *Engine) disconnect(ctx context.Context) error {
	if err := e.client.Disconnect(ctx); err != nil && !errors.Is(err, driver.ErrClientDisconnected) {
		return fmt.Errorf("close MongoDB: %w", err)
	}
	return nil
}

// afterwards is a context for what must be done although the caller may have gone.
func afterwards(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), cleanupTimeout)
}
