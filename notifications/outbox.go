package notifications

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync"
	"time"

	"kaikukortti/models"
)

// A Push is all that a provider is told: an opaque id, and words that are the same for everybody.
type Push struct {
	Token models.Secret
	// ID is the notice's. It is the collapse key, topic and tag as well: a push that is sent twice shows once.
	ID   models.NoticeID
	Text string
}

// A Sender hands a push to one provider.
type Sender interface {
	// Send answers nil when the provider has taken the push, and ErrAddressGone when it will never take one for that token. Any
	// other error may pass.
	Send(ctx context.Context, p Push) error
}

// ErrAddressGone says that the provider knows a token no more: the app was removed, or forgot its token.
var ErrAddressGone = errors.New("the provider knows this address no more")

// texts are the words of every push.
var texts = models.Text{"fi": "Uutta sinulle", "sv": "Nytt till dig", "en": "Something new for you"}

// OutboxStore is what a worker needs of the store; each method is one atomic step.
type OutboxStore interface {
	ClaimPushes(ctx context.Context, owner string, at time.Time, lease time.Duration, limit int) ([]models.PushJob, error)
	EndPush(ctx context.Context, job models.PushJob, outcome models.PushOutcome, at time.Time) error
	RetryPush(ctx context.Context, job models.PushJob, due time.Time) error
}

// How a worker goes about it. A try has ended long before its lease has, so a row is with one worker at a time.
const (
	claimed    = 20
	tryTime    = 20 * time.Second
	leaseTime  = 2 * time.Minute
	firstPause = 30 * time.Second // after the first try that failed; doubled with each further one
	tries      = 10               // over more than four hours
)

// Worker sends the pushes that are due, each at least once. Several workers, on as many servers, share one outbox.
type Worker struct {
	store   OutboxStore
	keys    *models.Keys
	senders map[models.PushKind]Sender
	now     func() time.Time
	owner   string
	log     *slog.Logger
}

// NewWorker takes what a worker needs. A kind of address without a sender is not an error: what is due to it ends as no_sender.
func NewWorker(store OutboxStore, keys *models.Keys, senders map[models.PushKind]Sender, now func() time.Time, random io.Reader, log *slog.Logger) *Worker {
	return &Worker{store: store, keys: keys, senders: senders, now: now, owner: models.NewID[string](random), log: log}
}

func (w *Worker) clock() time.Time { return w.now().UTC().Truncate(time.Second) }

// Send sends all that is due now, a handful of rows at a time.
func (w *Worker) Send(ctx context.Context) error {
	for ctx.Err() == nil {
		at := w.clock()
		jobs, err := w.store.ClaimPushes(ctx, w.owner, at, leaseTime, claimed)
		if err != nil || len(jobs) == 0 {
			return err
		}
		if err := w.sendAll(ctx, jobs); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// sendAll sends what was claimed at the same time, so that the last one is still within the lease.
func (w *Worker) sendAll(ctx context.Context, jobs []models.PushJob) error {
	failed := make([]error, len(jobs))
	var all sync.WaitGroup
	for i, job := range jobs {
		all.Go(func() { failed[i] = w.send(ctx, job) })
	}
	all.Wait()
	return errors.Join(failed...)
}

// send tries one push and keeps how it went. A stop or crash in between leaves the row to its lease: then it is sent again, under
// the same id.
func (w *Worker) send(ctx context.Context, job models.PushJob) error {
	if w.clock().Add(tryTime).After(job.Push.LeaseUntil) {
		return nil // this machine stood still meanwhile; the row is another's by the time that a provider answers
	}
	outcome, err := w.try(ctx, job)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case outcome != "":
		return w.store.EndPush(ctx, job, outcome, w.clock())
	}
	w.log.WarnContext(ctx, "a push was not sent", "notice", string(job.Push.ID), "try", job.Push.Tries+1, "error", err.Error())
	if job.Push.Tries+1 >= tries {
		return w.store.EndPush(ctx, job, models.PushGaveUp, w.clock())
	}
	return w.store.RetryPush(ctx, job, w.next(&job.Push))
}

// try answers how the push ended; if it did not, why.
func (w *Worker) try(ctx context.Context, job models.PushJob) (models.PushOutcome, error) {
	if job.Address == nil {
		return models.PushNoAddress, nil
	}
	sender, ok := w.senders[job.Address.Kind]
	if !ok {
		return models.PushNoSender, nil
	}
	token, err := w.keys.Open(sealedTokens, string(job.Address.ID), job.Address.Token)
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, tryTime)
	defer cancel()
	err = sender.Send(ctx, Push{Token: token, ID: job.Push.ID, Text: texts.In(job.Language)})
	switch {
	case err == nil:
		return models.PushSent, nil
	case errors.Is(err, ErrAddressGone):
		return models.PushGone, nil
	}
	return "", err
}

// next is when a push that failed is tried again: ever later, and not in quiet hours.
func (w *Worker) next(p *models.Push) time.Time {
	due := w.clock().Add(firstPause << p.Tries)
	if p.Urgent {
		return due
	}
	return models.Waking(due)
}
