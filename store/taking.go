package store

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"kaikukortti/models"
)

// A Taking is something that was taken away, as the audit log tells of it: a pass erased, revoked or suspended, a phone or print ended, a
// scanner or somebody's role, keys that somebody else may have. A log of them is kept beside the backups, so that what is restored from
// an older one does not live again.
type Taking struct {
	ID           models.AuditID        `json:"id"`
	At           time.Time             `json:"at"`
	What         string                `json:"what"` // the action of the audit row
	Pass         models.PassID         `json:"pass,omitempty"`
	Subject      string                `json:"subject,omitempty"` // id of what was taken when it is no pass
	Organisation models.OrganisationID `json:"organisation,omitempty"`
	Network      models.NetworkID      `json:"network,omitempty"`
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
	moveUndone    = "replacement_undone"
	paperPrinted  = "paper_printed"
	roleEnded     = "role_ended"
	scannerEnded  = "scanner_removed"
	keysLost      = "keys_compromised"
)

var takings = []string{
	passErased, passForgotten, passRevoked, passSuspended, passResumed, phoneStopped, phoneReplaced, passRecovered, moveUndone, paperPrinted,
	roleEnded, scannerEnded, keysLost,
}

// Takings lists what was taken away from an instant on, the earliest first.
func (s *Store) Takings(ctx context.Context, from time.Time) ([]Taking, error) {
	rows, err := list(ctx, s, audits, Query{Where: []Condition{In("action", takings), AtLeast("at", from)}}) // few of many: the index of the actions
	slices.SortFunc(rows, func(a, b models.AuditEntry) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) })
	taken := make([]Taking, 0, len(rows))
	for i := range rows {
		r := &rows[i]
		taken = append(taken, Taking{
			ID: r.ID, At: r.At, What: r.Action, Pass: r.Pass, Subject: r.Subject, Organisation: r.Organisation, Network: r.Network,
		})
	}
	return taken, err
}

// Since says whether an archive made at an instant may have missed the taking. Rows are written a moment after the time that stands
// in them, so a little too much is taken again; but a phone or print only when it surely was later, because by now another may
// carry the pass.
func (t Taking) Since(made time.Time) bool {
	switch t.What {
	case phoneStopped, phoneReplaced, passRecovered, moveUndone, paperPrinted:
		return t.At.After(made)
	}
	return t.At.After(made.Add(-models.LongestRequest))
}

// MissedBy are the takings that an archive made at an instant may have missed, in their order. A phone that took another's place and was
// taken back is left out where the archive knows of neither: it has the phone that lives.
func MissedBy(made time.Time, all []Taking) []Taking {
	var missed []Taking
	for _, t := range all {
		if !t.Since(made) {
			continue
		}
		if t.What == moveUndone {
			if i := moveOf(missed, t.Pass); i >= 0 {
				missed = slices.Delete(missed, i, i+1)
				continue
			}
		}
		missed = append(missed, t)
	}
	return missed
}

// moveOf finds the last move of a pass to another phone.
func moveOf(all []Taking, pass models.PassID) int {
	for i, t := range slices.Backward(all) {
		if t.Pass == pass && (t.What == phoneReplaced || t.What == passRecovered) {
			return i
		}
	}
	return -1
}

// Keys says of which use keys were taken that somebody else may have. Those are the keyring's to withdraw.
func (t Taking) Keys() (models.KeyUse, bool) { return models.KeyUse(t.Subject), t.What == keysLost }

// TakeAgain does once more what was taken away after a backup was made, and says whether there was anything left to take. entry is
// its audit row; the pass of an erasure gets the tombstone.
func (s *Store) TakeAgain(ctx context.Context, t Taking, entry models.AuditEntry, tombstone string) (taken bool, err error) {
	entry.Action, entry.Pass, entry.Subject, entry.Organisation, entry.Network = t.What, t.Pass, t.Subject, t.Organisation, t.Network
	switch t.What {
	case scannerEnded:
		taken, err = s.removeAgain(ctx, t, entry)
	case roleEnded:
		taken, err = s.endRolesAgain(ctx, t, entry)
	default:
		taken, err = s.takePassAgain(ctx, t, entry, tombstone)
	}
	if known := new(models.Error); errors.As(err, &known) && known.Kind == models.NotFound {
		return false, nil
	}
	return taken, err
}

func (s *Store) removeAgain(ctx context.Context, t Taking, entry models.AuditEntry) (bool, error) {
	scanner, err := s.Scanner(ctx, models.ScannerID(t.Subject))
	if err != nil || !scanner.RemovedAt.IsZero() {
		return false, err
	}
	return true, s.RemoveScanner(ctx, t.Organisation, scanner.ID, t.At, entry)
}

// endRolesAgain ends what somebody may do at an organisation, or for a network; the audit log does not tell roles there apart. Whoever
// would be the last national stays.
func (s *Store) endRolesAgain(ctx context.Context, t Taking, entry models.AuditEntry) (bool, error) {
	p, err := s.Person(ctx, models.PersonID(t.Subject))
	if err != nil {
		return false, err
	}
	there := slices.DeleteFunc(slices.Clone(p.Roles), func(g models.Grant) bool { return g.Organisation != t.Organisation || g.Network != t.Network })
	entries := make([]models.AuditEntry, len(there))
	for i := range there {
		entries[i] = entry
		entries[i].ID += models.AuditID(strconv.Itoa(i))
	}
	err = s.TakeRoles(ctx, p.ID, there, t.At, entries)
	if known := new(models.Error); errors.As(err, &known) && known.Code == "last_national" {
		return false, nil
	}
	return len(there) > 0, err
}

func (s *Store) takePassAgain(ctx context.Context, t Taking, entry models.AuditEntry, tombstone string) (bool, error) {
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
	return taken, err
}

// takeFrom is one taking, done to a pass as it was when the backup was made.
func takeFrom(p *models.Pass, t Taking) bool {
	was := p.State
	switch t.What {
	case passErased, passForgotten:
		return true
	case phoneStopped, phoneReplaced, passRecovered, moveUndone:
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
