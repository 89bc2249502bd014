package mongo

import (
	"bytes"
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/primitive"
	"go.mongodb.org/mongo-driver/event"
	driver "go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/mongo/address"
	"go.mongodb.org/mongo-driver/mongo/description"
)

// An election made a member the primary. The replica set gives each an id, and later ones a greater id.
type election struct{ id primitive.ObjectID }

// elections are what the members have told of theirs.
type elections struct {
	last atomic.Pointer[election] // the one heard of last

	mu sync.Mutex
	of map[address.Address]primitive.ObjectID
}

// hear takes what a member says of itself. A primary that nobody follows any more repeats its old election, which is nothing new.
func (e *elections) hear(member description.Server) {
	if member.Kind != description.RSPrimary {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.of[member.Addr] == member.ElectionID {
		return
	}
	if e.of == nil {
		e.of = make(map[address.Address]primitive.ObjectID)
	}
	e.of[member.Addr] = member.ElectionID
	e.last.Store(&election{member.ElectionID})
}

// monitor hears of each new primary before the driver can ask it anything: the driver tells of a heartbeat first, and only then
// changes its picture of the set, from which it chooses whom to ask.
func (e *Engine) monitor() *event.ServerMonitor {
	return &event.ServerMonitor{
		ServerHeartbeatSucceeded: func(beat *event.ServerHeartbeatSucceededEvent) { e.elections.hear(beat.Reply) },
	}
}

// settle waits, once for each election, until a majority holds all that the primary does, and answers the election. A new primary
// does not know yet how much of what it holds a majority has; its first readers could miss what the one before it acknowledged.
func (e *Engine) settle(ctx context.Context) (*election, error) {
	for try := 0; ; try++ {
		heard := e.elections.last.Load()
		if heard == e.settled.Load() {
			return heard, nil
		}
		caughtUp, err := e.catchUp(ctx, heard)
		if err != nil {
			return nil, err
		}
		if caughtUp {
			e.settled.Store(heard)
			return heard, nil
		}
		if err := pause(ctx, try); err != nil {
			return nil, err
		}
	}
}

// catchUp is false if it was a primary of before that answered: the driver is about to change its picture of the set.
func (e *Engine) catchUp(ctx context.Context, heard *election) (bool, error) {
	session, err := e.client.StartSession()
	if err != nil {
		return false, err
	}
	defer end(ctx, session)
	h, err := ask(within(ctx, session), e.client)
	if err != nil {
		return false, err
	}
	if session.OperationTime() == nil {
		return false, errors.New("the server tells no time to wait for")
	}
	if !h.Writable || bytes.Compare(h.Election[:], heard.id[:]) < 0 {
		return false, nil
	}
	return true, e.awaitMajority(ctx, session)
}

// awaitMajority waits until a majority holds all that the session has seen. The session is causally consistent: a read in it
// waits for the time of its last answer, even a read of a collection that does not exist.
func (e *Engine) awaitMajority(ctx context.Context, session driver.Session) error {
	if session.OperationTime() == nil {
		return nil // it has seen nothing
	}
	err := e.db.Collection("nothing").FindOne(within(ctx, session), bson.D{}).Err()
	if errors.Is(err, driver.ErrNoDocuments) {
		return nil
	}
	return err
}

// sure asks a question until the answer is one of a primary that was waited for. An election can become known between the waiting
// and the question, or while the driver looks for a primary, and then the new primary's answer may lack what the one before it
// acknowledged. Nothing of such an answer has been handed on yet.
func (r *reader) sure(question func() error) error {
	if r.begin == nil {
		return question()
	}
	for {
		settled, err := r.begin()
		if err != nil {
			return err
		}
		err = question()
		if r.engine.elections.last.Load() != settled {
			continue
		}
		if r.once && (err == nil || errors.Is(err, driver.ErrNoDocuments)) {
			r.begin = nil
		}
		return err
	}
}
