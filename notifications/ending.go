package notifications

import (
	"context"
	"fmt"
	"io"
	"time"

	"kaikukortti/models"
)

// EndingStore is what the daily notices need of the store.
type EndingStore interface {
	Networks(ctx context.Context) ([]models.Network, error)
	// TellEnding tells a batch of holders, each once, and answers where the next batch begins; an empty place is the end.
	TellEnding(ctx context.Context, e models.Ending, from models.PassID, at time.Time, newID func() models.NoticeID) (models.PassID, int, error)
}

// Endings tell holders, 30 and 7 days before, that their passes end.
type Endings struct {
	store  EndingStore
	now    func() time.Time
	random io.Reader
}

// NewEndings takes what the daily notices need.
func NewEndings(store EndingStore, now func() time.Time, random io.Reader) *Endings {
	return &Endings{store: store, now: now, random: random}
}

// Tell tells all holders who are to have been told by today and have not been, and says how many that were. Running it again, or on
// two servers at once, tells nobody twice.
func (e *Endings) Tell(ctx context.Context) (int, error) {
	today := models.DayOf(e.now())
	networks, err := e.store.Networks(ctx)
	if err != nil {
		return 0, fmt.Errorf("tell of endings: %w", err)
	}
	due := models.Endings(today)
	for i := range networks {
		if ending, ok := models.EndingOf(&networks[i], today); ok {
			due = append(due, ending)
		}
	}
	told := 0
	for _, ending := range due {
		n, err := e.tell(ctx, ending)
		told += n
		if err != nil {
			return told, fmt.Errorf("tell of passes that end on %s: %w", ending.Last, err)
		}
	}
	return told, nil
}

func (e *Endings) tell(ctx context.Context, ending models.Ending) (told int, err error) {
	newID := func() models.NoticeID { return models.NewID[models.NoticeID](e.random) }
	var from models.PassID
	for {
		next, n, err := e.store.TellEnding(ctx, ending, from, e.now().UTC().Truncate(time.Second), newID)
		told += n
		if err != nil || next == "" {
			return told, err
		}
		from = next
	}
}
