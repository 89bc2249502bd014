package store

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"kaikukortti/models"
)

// A Taking is something that was taken away, as the audit log tells of it: a pass erased, revoked or suspended, or a phone or print
// that was ended. A log of them is kept beside the backups, so that what is restored from an older one does not live again.
type Taking struct {
	ID   models.AuditID `json:"id"`
	At   time.Time      `json:"at"`
	What string         `json:"what"` // the action of the audit row
	Pass models.PassID  `json:"pass"`
}

// What is taken away, by the actions of audit rows. pass_resumed gives back, so that the log read in order ends as things stood.
const (
	passErased    = "pass_erased"
	passForgotten = "pass_forgotten"
	passRevoked   = "pass_revoked"
	passSuspended = "pass_suspended"
	passResumed   = "pass_resumed"
	phoneStopped  = "phone_stopped"
	phoneReplaced = "phone_replaced"
	passRecovered = "pass_recovered"
	paperPrinted  = "paper_printed"
)

var takings = []string{
	passErased, passForgotten, passRevoked, passSuspended, passResumed, phoneStopped, phoneReplaced, passRecovered, paperPrinted,
}

// Takings lists what was taken away from an instant on, the earliest first.
func (s *Store) Takings(ctx context.Context, from time.Time) ([]Taking, error) {
	rows, err := list(ctx, s, audits, Query{Where: []Condition{In("action", takings), AtLeast("at", from)}}) // few of many: the index of the actions
	slices.SortFunc(rows, func(a, b models.AuditEntry) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) })
	taken := make([]Taking, 0, len(rows))
	for i := range rows {
		taken = append(taken, Taking{ID: rows[i].ID, At: rows[i].At, What: rows[i].Action, Pass: rows[i].Pass})
	}
	return taken, err
}

// Since says whether an archive made at an instant may have missed the taking. Rows are written a moment after the time that stands
// in them, so a little too much is taken again; but a phone or print only when it surely was later, because by now another may
// carry the pass.
func (t Taking) Since(made time.Time) bool {
	switch t.What {
	case phoneStopped, phoneReplaced, passRecovered, paperPrinted:
		return t.At.After(made)
	}
	return t.At.After(made.Add(-models.LongestRequest))
}

// TakeAgain does once more what was taken away after a backup was made, and says whether there was anything left to take. entry is
// its audit row; the pass of an erasure gets the tombstone.
func (s *Store) TakeAgain(ctx context.Context, t Taking, entry models.AuditEntry, tombstone string) (bool, error) {
	entry.Action, entry.Pass = t.What, t.Pass
	taken := false
	change := func(p *models.Pass) (models.Change, error) {
		entry.Organisation, entry.Network = p.Distributor, p.Network
		taken = takeFrom(p, t)
		return models.Change{Same: !taken, At: t.At, Audit: []models.AuditEntry{entry}}, nil
	}
	var err error
	if t.What == passErased || t.What == passForgotten {
		_, err = s.ErasePass(ctx, "", t.Pass, tombstone, change)
	} else {
		_, err = s.ChangePass(ctx, "", t.Pass, change)
	}
	if known := new(models.Error); errors.As(err, &known) && known.Kind == models.NotFound {
		return false, nil
	}
	return taken, err
}

// takeFrom is one taking, done to a pass as it was when the backup was made.
func takeFrom(p *models.Pass, t Taking) bool {
	was := p.State
	switch t.What {
	case passErased, passForgotten:
		return true
	case phoneStopped, phoneReplaced, passRecovered:
		return p.StopPhone(t.At)
	case paperPrinted:
		paper := p.LivePaper()
		if paper != nil {
			models.CloseSpans(paper.Spans, t.At)
		}
		return paper != nil
	case passRevoked:
		p.Revoke(t.At)
	case passSuspended:
		if p.State != models.Revoked {
			p.Enter(models.Suspended, t.At)
		}
	case passResumed:
		if p.State == models.Suspended {
			p.Enter(p.Resumed(), t.At)
		}
	}
	return p.State != was
}
