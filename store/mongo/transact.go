package mongo

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	driver "go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/mongo/options"

	"kaikukortti/store"
)

// Labels that the server gives to errors.
const (
	labelTransient     = "TransientTransactionError"      // nothing of the transaction happened; it can run again
	labelUnknownCommit = "UnknownTransactionCommitResult" // it may have happened; committing again tells
)

// View reads in a snapshot session: its first read fixes the time that all of them see.
func (e *Engine) View(ctx context.Context, read func(store.Reader) error) error {
	var sessions []driver.Session // more than one if it met an election
	defer func() {
		for _, s := range sessions {
			end(ctx, s)
		}
	}()
	r := &reader{ctx: ctx, engine: e, once: true}
	r.begin = func() (*election, error) {
		settled, err := e.settle(ctx)
		if err != nil {
			return nil, err
		}
		session, err := e.client.StartSession(options.Session().SetSnapshot(true))
		if err != nil {
			return nil, err
		}
		sessions = append(sessions, session)
		r.ctx = within(ctx, session)
		return settled, nil
	}
	return read(r)
}

// Step reads what a majority holds. A write that meets a DuplicateError or ErrChanged is answered only when a majority holds what
// stands against it, so reading again finds that.
func (e *Engine) Step(ctx context.Context, change func(store.Writer) error) error {
	return change(&writer{reader{ctx: ctx, engine: e, begin: func() (*election, error) { return e.settle(ctx) }}})
}

// Update runs change again after a conflict with another transaction and after an election, for as long as the context allows.
// If the context ends, or no primary is found, while the commit is on its way, the error leaves open whether it happened; in
// every other case an error means that it did not.
func (e *Engine) Update(ctx context.Context, change func(store.Writer) error) error {
	session, err := e.client.StartSession()
	if err != nil {
		return translate(ctx, "", err)
	}
	defer end(ctx, session)
	for try := 0; ; try++ {
		if ended := endOf(ctx); ended != nil {
			return fmt.Errorf("mongodb: %w", ended)
		}
		err := e.try(ctx, session, change)
		if !errors.Is(err, errAgain) {
			return err
		}
		if err := pause(ctx, try); err != nil {
			return err
		}
	}
}

// errAgain says that nothing of a transaction happened and that it can run again.
var errAgain = errors.New("run the transaction again")

func (e *Engine) try(ctx context.Context, session driver.Session, change func(store.Writer) error) error {
	if err := session.StartTransaction(e.transaction); err != nil {
		return translate(ctx, "", err)
	}
	w := &writer{reader{ctx: within(ctx, session), engine: e}}
	err := change(w)
	if repeatable(w.broken) {
		abort(ctx, session)
		return errAgain
	}
	if err == nil && w.broken != nil {
		err = errors.New("mongodb: the change went on after an error, and is not committed")
	}
	if err != nil {
		return e.refuse(ctx, session, err)
	}
	return commit(ctx, session)
}

// repeatable says that a transaction failed for a reason that passes. Having found no primary for as long as that was waited for
// is none.
func repeatable(err error) bool {
	return err != nil && (hasLabel(err, labelTransient) || poolCleared(err)) && !selectionFailed(err)
}

// refuse ends a transaction that change did not want. What change read may be newer than what a majority holds; the answer
// waits, so that it rests on nothing that can still be lost, and so that the next View sees at least as much.
func (e *Engine) refuse(ctx context.Context, session driver.Session, why error) error {
	abort(ctx, session)
	if endOf(ctx) != nil || errors.Is(why, store.ErrUnavailable) {
		return why
	}
	if err := translate(ctx, "", e.awaitMajority(ctx, session)); err != nil {
		return fmt.Errorf("%w (refused: %v)", err, why) //nolint:errorlint // it cannot be answered for
	}
	return why
}

func abort(ctx context.Context, session driver.Session) {
	ctx, cancel := afterwards(ctx)
	defer cancel()
	_ = session.AbortTransaction(ctx)
}

func commit(ctx context.Context, session driver.Session) error {
	patience, cancel := context.WithTimeout(ctx, commitPatience)
	defer cancel()
	for try := 0; ; try++ {
		err := session.CommitTransaction(patience)
		switch {
		case err == nil:
			return nil
		case hasLabel(err, labelTransient) && endOf(ctx) == nil:
			return errAgain
		case !hasLabel(err, labelUnknownCommit) && !unavailable(err):
			return translate(ctx, "", err)
		}
		if pause(patience, try) != nil {
			return lostCommit(ctx, err)
		}
	}
}

func lostCommit(ctx context.Context, err error) error {
	if ended := endOf(ctx); ended != nil {
		return fmt.Errorf("mongodb: %w while the answer to a commit was awaited", ended)
	}
	return fmt.Errorf("%w: mongodb: no answer to a commit: %v", store.ErrUnavailable, err) //nolint:errorlint // a deadline inside err is the driver's
}

// within is the context of what is done in a session.
func within(ctx context.Context, session driver.Session) context.Context {
	return driver.NewSessionContext(ctx, session)
}

// end returns the session, and aborts a transaction that a panic left in it.
func end(ctx context.Context, session driver.Session) {
	ctx, cancel := afterwards(ctx)
	defer cancel()
	session.EndSession(ctx)
}

const (
	firstPause   = 5 * time.Millisecond
	longestPause = 250 * time.Millisecond
)

// pause waits a random time, on average longer with each try, so that those who met do not meet again.
func pause(ctx context.Context, try int) error {
	longest := min(firstPause<<min(try, 10), longestPause)
	timer := time.NewTimer(rand.N(longest)) //nolint:gosec // chance, not secrecy
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("mongodb: %w", ctx.Err())
	}
}
