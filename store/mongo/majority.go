package mongo

import (
	"context"
	"errors"
	"sync/atomic"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/primitive"
	"go.mongodb.org/mongo-driver/event"
	driver "go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/mongo/description"
	"go.mongodb.org/mongo-driver/mongo/readpref"
)

// An election is kept by the id that the replica set gave it.
type election struct {
	id atomic.Pointer[primitive.ObjectID]
}

func (e *election) store(id primitive.ObjectID) { e.id.Store(&id) }

func (e *election) load() primitive.ObjectID {
	if id := e.id.Load(); id != nil {
		return *id
	}
	return primitive.NilObjectID
}

// monitor hears of each new primary before it is asked anything.
func (e *Engine) monitor() *event.ServerMonitor {
	return &event.ServerMonitor{
		TopologyDescriptionChanged: func(change *event.TopologyDescriptionChangedEvent) {
			for _, server := range change.NewDescription.Servers {
				if server.Kind == description.RSPrimary {
					e.elected.store(server.ElectionID)
				}
			}
		},
	}
}

// settle waits, once for each primary, until a majority holds all that the primary does. Without it the first readers after an
// election could miss what the primary before it acknowledged.
func (e *Engine) settle(ctx context.Context) error {
	elected := e.elected.load()
	if elected == e.settled.load() {
		return nil
	}
	session, err := e.client.StartSession()
	if err != nil {
		return translate(ctx, "", err)
	}
	defer end(ctx, session)
	if err := e.client.Ping(within(ctx, session), readpref.Primary()); err != nil {
		return translate(ctx, "", err)
	}
	if err := e.awaitMajority(ctx, session); err != nil {
		return err
	}
	e.settled.store(elected)
	return nil
}

// awaitMajority waits until a majority holds all that the session has seen. The session is causally consistent: a read in it
// waits for the time of its last answer, even a read of a collection that does not exist.
func (e *Engine) awaitMajority(ctx context.Context, session driver.Session) error {
	err := e.db.Collection("nothing").FindOne(within(ctx, session), bson.D{}).Err()
	if errors.Is(err, driver.ErrNoDocuments) {
		return nil
	}
	return translate(ctx, "", err)
}
