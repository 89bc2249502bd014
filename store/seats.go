package store

import (
	"context"
	"slices"

	"kaikukortti/models"
)

// ChangeSeats gives a venue's session another number of seats, or no limit. Where it is lowered, claims above the new end move down
// first; then one transaction lets the session's closed claim take the numbers from the new end to the old, and sets the number.
// While anyone holds one of those numbers the transaction fails, and it begins anew. So whoever still goes by the old number finds the
// closed seats taken.
func (s *Store) ChangeSeats(ctx context.Context, to models.Session, audit models.AuditEntry) (models.Session, error) {
	for range enough {
		session, err := s.setSeats(ctx, to, audit)
		switch {
		case claims.duplicate(err):
			err = s.moveDown(ctx, to.ID, to.Seats)
		case err == nil && session.Limiting:
			audit.ID, audit.Action = audit.ID+"-back", "seats_changed_back"
			return s.ConfirmLimit(ctx, session.ID, audit)
		default:
			return session, noSuchSession(err)
		}
		if err != nil {
			return session, err
		}
	}
	return models.Session{}, errCrowded
}

func (s *Store) setSeats(ctx context.Context, to models.Session, audit models.AuditEntry) (models.Session, error) {
	var session models.Session
	err := s.update(ctx, func(w Writer) error {
		var err error
		if session, err = sessions.get(w, string(to.ID)); err != nil {
			return err
		}
		switch {
		case session.Organisation != to.Organisation:
			return ErrNotFound
		case !session.CancelledAt.IsZero():
			return sessionCancelled()
		case session.NoLimit == to.NoLimit && session.Seats == to.Seats:
			return nil
		}
		if err := closeSeats(w, &session, to); err != nil {
			return err
		}
		session.Limiting = !to.NoLimit && (session.NoLimit || session.Limiting)
		session.NoLimit, session.Seats = to.NoLimit, to.Seats
		if err := sessions.replace(w, &session); err != nil {
			return err
		}
		return record(w, audit)
	})
	return session, err
}

// closeSeats gives the session's closed claim the numbers from the new end to the highest that ever was.
func closeSeats(w Writer, session *models.Session, to models.Session) error {
	if session.NoLimit {
		return noClaims(w, session.ID)
	}
	closed, err := claims.get(w, string(closedID(session.ID)))
	there := err == nil
	if err != nil && !isNotFound(err) {
		return err
	}
	if !there {
		closed = models.Claim{
			ID: closedID(session.ID), Session: session.ID, Offer: session.Offer, Organisation: session.Organisation,
			Day: session.FirstDay, EndsDay: session.LastDay, At: session.Start, State: models.Closed,
		}
	}
	closed.Slots = closedSlots(closed.Slots, session.Seats, to)
	switch {
	case len(closed.Slots) == 0:
		return claims.delete(w, string(closed.ID))
	case there:
		return claims.replace(w, &closed)
	default:
		return claims.insert(w, &closed)
	}
}

// closedID is made of the session's, so that a session never has two closed claims.
func closedID(id models.SessionID) models.ClaimID { return models.ClaimID("closed-" + id) }

func closedSlots(closed []int, seats int, to models.Session) []int {
	if to.NoLimit {
		return nil
	}
	kept := slices.DeleteFunc(slices.Clone(closed), func(n int) bool { return n < to.Seats })
	for n := to.Seats; n < seats; n++ {
		kept = append(kept, n)
	}
	slices.Sort(kept)
	return slices.Compact(kept)
}

// noClaims refuses a limit once somebody has a place without a number.
func noClaims(r Reader, session models.SessionID) error {
	n, err := r.Count(claims.Name, Query{Where: []Condition{Equal("session", session), In("state", placed)}, Limit: 1})
	if err == nil && n > 0 {
		err = hasClaims()
	}
	return err
}

func hasClaims() error {
	return &models.Error{Kind: models.Conflict, Code: "has_claims", Detail: "Somebody has a place here already: a limit comes too late."}
}

// ConfirmLimit looks once more for claims that were made while a limit was set where there was none, so that they have no numbers. If
// there are any, the limit is taken back, and has_claims says so. Reservations do the opposite: see stands.
func (s *Store) ConfirmLimit(ctx context.Context, id models.SessionID, audit models.AuditEntry) (models.Session, error) {
	unnumbered, err := list(ctx, s, claims, Query{Where: []Condition{Equal("session", id), In("state", placed), Absent("slots")}, Limit: 1})
	if err != nil {
		return models.Session{}, err
	}
	session, err := s.endLimiting(ctx, id, len(unnumbered) > 0, audit)
	if err == nil && len(unnumbered) > 0 {
		err = hasClaims()
	}
	return session, noSuchSession(err)
}

func (s *Store) endLimiting(ctx context.Context, id models.SessionID, back bool, audit models.AuditEntry) (models.Session, error) {
	var session models.Session
	err := s.update(ctx, func(w Writer) error {
		var err error
		if session, err = sessions.get(w, string(id)); err != nil || !session.Limiting {
			return err
		}
		session.Limiting = false
		if !back {
			return sessions.replace(w, &session)
		}
		session.NoLimit, session.Seats = true, 0
		if err := sessions.replace(w, &session); err != nil {
			return err
		}
		return record(w, audit)
	})
	return session, err
}

// LimitingSessions reads the sessions whose new limit nobody has confirmed yet.
func (s *Store) LimitingSessions(ctx context.Context) ([]models.Session, error) {
	return list(ctx, s, sessions, Query{Where: []Condition{IsTrue("limiting")}})
}

// moveDown gives claims that hold numbers from the new end on free ones below it, each by one update of one document. It says
// seats_taken when there are more claims than that.
func (s *Store) moveDown(ctx context.Context, session models.SessionID, seats int) error {
	held, err := list(ctx, s, claims, Query{Where: []Condition{Equal("session", session), Exists("slots")}})
	if err != nil {
		return err
	}
	var taken int
	for i := range held {
		if held[i].State != models.Closed {
			taken += len(held[i].Slots)
		}
	}
	if taken > seats {
		return seatsTaken(taken)
	}
	for i := range held {
		if held[i].State == models.Closed || !above(&held[i], seats) {
			continue
		}
		if err := s.moveClaim(ctx, held[i].ID, seats); err != nil && !isNotFound(err) {
			return err
		}
	}
	return nil
}

func seatsTaken(taken int) error {
	return &models.Error{
		Kind: models.Conflict, Code: "seats_taken", Detail: "More seats are taken than that.", Extra: map[string]any{"taken": taken},
	}
}

func above(c *models.Claim, seats int) bool {
	return slices.ContainsFunc(c.Slots, func(n int) bool { return n >= seats })
}

// moveClaim moves one claim, which keeps the numbers that it has below the end. Where there are not enough free ones it leaves
// the claim as it is: those who were faster are counted the next time around.
func (s *Store) moveClaim(ctx context.Context, id models.ClaimID, seats int) error {
	return s.step(ctx, func(w Writer) error {
		for range enough {
			c, err := claims.get(w, string(id))
			if err != nil || !above(&c, seats) {
				return err
			}
			free, err := freeSlots(w, c.Session, seats)
			if err != nil {
				return err
			}
			all := len(c.Slots)
			c.Slots = slices.DeleteFunc(c.Slots, func(n int) bool { return n >= seats })
			need := all - len(c.Slots)
			if need > len(free) {
				return nil
			}
			c.Slots = append(c.Slots, pick(free, need)...)
			if err := claims.replace(w, &c); err == nil || !again(err) {
				return err
			}
		}
		return errCrowded
	})
}

// CountSessions counts how full sessions are, through indexes over their claims.
func (s *Store) CountSessions(ctx context.Context, all []models.Session) (map[models.SessionID]models.Counts, error) {
	counts := make(map[models.SessionID]models.Counts, len(all))
	err := s.view(ctx, func(r Reader) error {
		for i := range all {
			c, err := countSession(r, &all[i])
			if err != nil {
				return err
			}
			counts[all[i].ID] = c
		}
		return nil
	})
	return counts, err
}

func countSession(r Reader, session *models.Session) (models.Counts, error) {
	var c models.Counts
	var err error
	here := Equal("session", session.ID)
	if c.Admitted, err = r.Count(claims.Name, Query{Where: []Condition{here, Equal("state", models.Used)}}); err != nil {
		return c, err
	}
	if c.Reserved, err = r.Count(claims.Name, Query{Where: []Condition{here, In("state", seated)}}); err != nil || session.NoLimit {
		return c, err
	}
	free, err := freeSlots(r, session.ID, session.Seats)
	c.Free = len(free)
	return c, err
}

// CountStanding counts the visits of a day to a venue's standing offers.
func (s *Store) CountStanding(ctx context.Context, venue models.OrganisationID, all []models.Offer, day models.Day) (map[models.OfferID]int, error) {
	counts := make(map[models.OfferID]int, len(all))
	err := s.view(ctx, func(r Reader) error {
		for i := range all {
			n, err := r.Count(claims.Name, Query{Where: []Condition{
				Equal("organisation", venue), Equal("day", day), Equal("session", all[i].ID), Equal("state", models.Used),
			}})
			if err != nil {
				return err
			}
			counts[all[i].ID] = n
		}
		return nil
	})
	return counts, err
}
