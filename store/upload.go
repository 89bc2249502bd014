package store

import (
	"cmp"
	"context"
	"slices"
	"time"

	"kaikukortti/models"
)

// RecordUpload keeps what an offline door showed beside what the server decides, in one atomic step. The same upload again has the
// same answer. What was already decided under the scan's id is not decided twice: only what was shown is added, and it counts only
// if that was a welcome.
func (s *Store) RecordUpload(ctx context.Context, scan models.Scan) (models.Uploaded, models.Decision, error) {
	var result models.Uploaded
	var d models.Decision
	err := s.step(ctx, func(w Writer) error {
		for range enough {
			c, record, err := scanned(w, scan.By, scan.ID)
			switch {
			case err == nil:
				result, d, err = addShown(w, &c, record, scan)
			case isNotFound(err):
				result, d, err = judgeUpload(w, scan)
			}
			if err == nil || !again(err) {
				return err
			}
		}
		return errCrowded
	})
	return result, d, err
}

// judgeUpload decides a scan that the server has not met before, as of the moment when it was shown.
func judgeUpload(w Writer, scan models.Scan) (models.Uploaded, models.Decision, error) {
	found, err := look(w, &scan)
	if err != nil {
		return "", models.Decision{}, err
	}
	d := models.Judge(scan.Facts)
	switch {
	case d.Reason == models.NotAPass:
		return noPass(scan.Shown), d, nil
	case scan.Shown == models.ShownRefused:
		d.Outcome, d.Reason, d.Marks = models.OutcomeRefused, scan.ShownReason, nil
		return models.UploadRefused, d, refuse(w, scan, d, models.Refused)
	case d.Outcome == models.OutcomeAdmitted:
		return models.UploadCounted, d, visit(w, scan, found, d)
	case d.Reason == models.NoSeats:
		d = beyondSeats(scan.Facts)
		scan.Claim.Over = true
		return models.UploadOver, d, visit(w, scan, found, d)
	default:
		return models.UploadConflict, d, refuse(w, scan, d, models.Conflicted)
	}
}

// noPass is what becomes of a scan that is no pass, of which nothing is kept.
func noPass(shown models.Shown) models.Uploaded {
	if shown == models.ShownWelcome {
		return models.UploadConflict
	}
	return models.UploadRefused
}

// beyondSeats judges as if there were no limit of seats: they came in, so it is recorded and marked.
func beyondSeats(f models.Facts) models.Decision {
	f.NoLimit, f.WalkIns = true, true
	d := models.Judge(f)
	if d.Outcome == models.OutcomeAdmitted {
		d.Marks = append(d.Marks, models.OverSeats)
	}
	return d
}

// addShown adds what a door showed to a scan that the server had already decided.
func addShown(w Writer, c *models.Claim, record *models.ScanRecord, scan models.Scan) (models.Uploaded, models.Decision, error) {
	if record.Shown != "" {
		return uploaded(c, record), record.Answer, nil
	}
	record.Shown = scan.Shown
	switch {
	case record.Answer.Outcome == models.OutcomeAdmitted && scan.Shown == models.ShownRefused:
		takeBack(c, record)
	case record.Answer.Outcome == models.OutcomeRefused && scan.Shown == models.ShownWelcome:
		if err := cameIn(w, c, record, scan); err != nil {
			return "", models.Decision{}, err
		}
	}
	if err := claims.replace(w, c); err != nil {
		return "", models.Decision{}, err
	}
	return uploaded(c, record), record.Answer, nil
}

// cameIn is for a refusal whose answer got lost while the door welcomed: only seats were lacking, and it counts beyond them;
// otherwise it is a conflict.
func cameIn(r Reader, c *models.Claim, record *models.ScanRecord, scan models.Scan) error {
	c.Pass, c.UnlinkDay = scan.Claim.Pass, scan.Claim.UnlinkDay
	c.State = models.Conflicted
	if record.Answer.Reason != models.NoSeats {
		return nil
	}
	found, err := look(r, &scan)
	if err != nil || found.mine != nil || scan.Facts.Spent != models.Unspent {
		return err // it came in another way meanwhile: a conflict
	}
	if record.Answer = beyondSeats(scan.Facts); record.Answer.Outcome != models.OutcomeAdmitted {
		return nil // something else is against it by now
	}
	c.State, c.Counts, c.Over, c.Live = models.Used, true, true, c.Kind != models.Standing
	c.CTI, c.SignedAt = scan.Claim.CTI, scan.Claim.SignedAt
	resize(c, record.Answer.Party.Seats(scan.Facts.ChildrenCounted), found.free)
	return nil
}

// uploaded reads what became of an upload from its claim.
func uploaded(c *models.Claim, record *models.ScanRecord) models.Uploaded {
	switch {
	case record.Answer.Outcome == models.OutcomeUndone:
		return models.UploadUndone
	case c.State == models.Conflicted:
		return models.UploadConflict
	case record.Answer.Outcome == models.OutcomeRefused:
		return models.UploadRefused
	case c.Over:
		return models.UploadOver
	default:
		return models.UploadCounted
	}
}

// mostConflicts is how many of a kind are read at the most: hundreds in a quarter would be a quarrel already.
const mostConflicts = 2000

// Conflicts reads what a venue's manager is to see of its offline doors from a day on, newest first: the scans that were shown as
// welcome and judged refused, and the visits beyond the seats.
func (s *Store) Conflicts(ctx context.Context, venue models.OrganisationID, from models.Day) ([]models.Claim, error) {
	var found []models.Claim
	err := s.view(ctx, func(r Reader) error {
		found = nil
		for _, kind := range []Condition{Equal("state", models.Conflicted), IsTrue("over")} {
			some, err := claims.find(r, Query{
				Where: []Condition{Equal("organisation", venue), kind, AtLeast("day", from)}, Order: []string{"-day"}, Limit: mostConflicts,
			})
			if err != nil {
				return err
			}
			found = append(found, some...)
		}
		return nil
	})
	slices.SortStableFunc(found, func(a, b models.Claim) int { return cmp.Compare(b.Day, a.Day) })
	return found, err
}

// SeeConflict marks a conflict as seen by a manager of its venue.
func (s *Store) SeeConflict(ctx context.Context, venue models.OrganisationID, id models.ClaimID, at time.Time, audit models.AuditEntry) error {
	err := s.update(ctx, func(w Writer) error {
		c, err := claims.get(w, string(id))
		if err != nil {
			return err
		}
		if c.Organisation != venue || c.State != models.Conflicted && !c.Over {
			return ErrNotFound
		}
		for i := range c.Scans {
			c.Scans[i].SeenAt = at
		}
		if err := claims.replace(w, &c); err != nil {
			return err
		}
		return record(w, audit)
	})
	if isNotFound(err) {
		return &models.Error{Kind: models.NotFound, Code: "no_such_conflict", Detail: "There is no such row on this venue's list."}
	}
	return err
}

// ReservationByCode reads the claim of a reservation code at a venue, or ErrNotFound as no_such_reservation.
func (s *Store) ReservationByCode(ctx context.Context, venue models.OrganisationID, hash string) (models.Claim, error) {
	var c models.Claim
	err := s.view(ctx, func(r Reader) error {
		var err error
		c, err = claims.first(r, Equal("organisation", venue), Equal("code", hash))
		return err
	})
	if isNotFound(err) {
		err = &models.Error{Kind: models.NotFound, Code: "no_such_reservation", Detail: "This code names no reservation here."}
	}
	return c, err
}

// ReservedAt reads the claims that hold places at some sessions, for a venue's offline list.
func (s *Store) ReservedAt(ctx context.Context, sessions []models.SessionID) ([]models.Claim, error) {
	var found []models.Claim
	err := s.view(ctx, func(r Reader) error {
		for _, id := range sessions {
			for _, state := range []models.ClaimState{models.Reserved, models.Offered} {
				some, err := claims.find(r, Query{Where: []Condition{Equal("session", id), Equal("state", state)}})
				if err != nil {
					return err
				}
				found = append(found, some...)
			}
		}
		return nil
	})
	return found, err
}
