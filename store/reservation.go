package store

import (
	"context"
	"errors"
	"slices"

	"kaikukortti/models"
)

// States of a claim: seated has seats for a holder who may still come; holding waits for one, with or without seats; placed takes
// part in the session.
var (
	seated  = []models.ClaimState{models.Offered, models.Reserved, models.Missed}
	holding = []models.ClaimState{models.Waiting, models.Offered, models.Reserved, models.Missed}
	placed  = []models.ClaimState{models.Offered, models.Reserved, models.Missed, models.Used}
)

// LookupReservation reads what a reservation of a pass goes by, and the claim that an earlier request with the same key made.
func (s *Store) LookupReservation(ctx context.Context, pass models.PassID, session models.SessionID, key *models.Idempotency) (models.ReservationPlace, error) {
	var p models.ReservationPlace
	err := s.view(ctx, func(r Reader) error {
		p.Earlier = nil
		made, err := earlier(r, claims, key, claimKey)
		if err == nil {
			p.Earlier = &made
		} else if !isNotFound(err) {
			return err
		}
		return lookupReservation(r, &p, pass, session)
	})
	return p, err
}

func lookupReservation(r Reader, p *models.ReservationPlace, pass models.PassID, session models.SessionID) error {
	var err error
	if p.Pass, err = passes.get(r, string(pass)); err != nil {
		return noSuchPass(err)
	}
	if p.Home, err = networks.get(r, string(p.Pass.Network)); err != nil {
		return noSuchNetwork(err)
	}
	if p.Offer, p.Session, err = offerAt(r, session); err != nil {
		return err
	}
	p.Organisation, p.Network, err = venueOf(r, p.Offer.Organisation)
	return err
}

func claimKey(c *models.Claim) *models.Idempotency { return c.Idempotency }

// ReserveSeats makes a reservation: one insert decides, for the unique indexes over claims hold the seats and the one claim a pass.
// The same request again has the same reservation, with a new code in the place of the old one, which nobody can read any more.
func (s *Store) ReserveSeats(ctx context.Context, r models.Reserving) (models.Claim, error) {
	var c models.Claim
	err := s.decide(ctx, r.Audit, func(w Writer) (made bool, err error) {
		c, made, err = reserveOnce(w, r)
		return made, codeTaken(err)
	})
	if err != nil {
		return models.Claim{}, err
	}
	return s.stands(ctx, c)
}

// decide runs change until nobody else is faster. It is a step; where rows of the audit log belong to what is written, it is a
// transaction, in which claims meet more seldom: it is not holders in their hundreds who are written down. change says whether there is
// something to write down.
func (s *Store) decide(ctx context.Context, rows []models.AuditEntry, change func(Writer) (bool, error)) error {
	run := func(once func(w Writer) error) error { return s.update(ctx, once) }
	if len(rows) == 0 {
		run = func(once func(w Writer) error) error { return s.step(ctx, once) }
	}
	for range enough {
		err := run(func(w Writer) error {
			tell, err := change(w)
			if err != nil || !tell {
				return err
			}
			return record(w, rows...)
		})
		if err == nil || !again(err) {
			return err
		}
	}
	return errCrowded
}

// codeTaken says that another reservation at this venue has this code; whoever asks draws another.
func codeTaken(err error) error {
	if claims.duplicate(err, "code") {
		return &models.Error{Kind: models.Conflict, Code: "code_taken", Detail: "Another reservation here has this code."}
	}
	return err
}

// reserveOnce reads the pass's live claim before it looks for an earlier request: so a claim that the same request made at the same
// moment is found as what it is.
func reserveOnce(w Writer, r models.Reserving) (_ models.Claim, made bool, _ error) {
	c := r.Claim
	live, err := claims.find(w, Query{Where: []Condition{Equal("session", c.Session), Equal("pass", c.Pass), IsTrue("live")}, Limit: 1})
	if err != nil {
		return c, false, err
	}
	before, err := earlier(w, claims, c.Idempotency, claimKey)
	switch {
	case err == nil:
		c, err = newCode(w, before, c.Code)
		return c, false, err
	case !isNotFound(err):
		return c, false, err
	case len(live) > 0:
		return c, false, &models.Error{Kind: models.Conflict, Code: "already_reserved", Detail: "The pass has a place at this session."}
	}
	c.State, c.Live, c.Reserved = models.Reserved, true, r.Seats
	if c.Slots, err = freeSeats(w, c.Session, r.Seats); err != nil {
		return c, false, err
	}
	return c, true, claims.insert(w, &c)
}

// newCode gives a reservation that was made before a code that can be shown. One that has ended has none.
func newCode(w Writer, c models.Claim, code string) (models.Claim, error) {
	if c.State != models.Reserved {
		return c, nil
	}
	c.Code = code
	return c, claims.replace(w, &c)
}

// freeSeats picks seats of a session, none where it has no limit.
func freeSeats(r Reader, id models.SessionID, seats int) ([]int, error) {
	session, err := sessions.get(r, string(id))
	if err != nil {
		return nil, noSuchSession(err)
	}
	if !session.CancelledAt.IsZero() {
		return nil, sessionCancelled()
	}
	if session.NoLimit {
		return nil, nil
	}
	free, err := freeSlots(r, id, session.Seats)
	if err != nil {
		return nil, err
	}
	if len(free) < seats {
		return nil, &models.Error{
			Kind: models.Conflict, Code: "no_seats", Detail: "There are not so many seats left.", Extra: map[string]any{"free": len(free)},
		}
	}
	return pick(free, seats), nil
}

func sessionCancelled() error {
	return &models.Error{Kind: models.Conflict, Code: "session_cancelled", Detail: "This session was cancelled."}
}

// stands looks at the session once more after a reservation was made. Whoever cancels a session, or limits its seats, writes that
// first and looks for claims afterwards; a reservation is made first and looks at the session afterwards: so one of the two always
// sees the other, and no reservation stays behind at a session that is off, or without a number where numbers are given out.
func (s *Store) stands(ctx context.Context, c models.Claim) (models.Claim, error) {
	if c.State != models.Reserved {
		return c, nil
	}
	session, err := s.Session(ctx, c.Session)
	switch {
	case err != nil:
		return models.Claim{}, err
	case !session.CancelledAt.IsZero():
		err = sessionCancelled()
	case !session.NoLimit && len(c.Slots) == 0:
		c, err = s.number(ctx, c.ID)
	}
	if why := new(models.Error); errors.As(err, &why) && why.Kind == models.Conflict {
		err = errors.Join(err, s.withdraw(ctx, c.ID))
	}
	return c, err
}

// number gives a reservation numbers that was made while its session had no limit yet.
func (s *Store) number(ctx context.Context, id models.ClaimID) (models.Claim, error) {
	return s.rewriteClaim(ctx, id, func(r Reader, c *models.Claim) (bool, error) {
		if c.State != models.Reserved || len(c.Slots) > 0 {
			return false, nil
		}
		var err error
		c.Slots, err = freeSeats(r, c.Session, c.Reserved)
		return len(c.Slots) > 0, err
	})
}

// withdraw ends a reservation that nobody was told of, and lets its request be made anew.
func (s *Store) withdraw(ctx context.Context, id models.ClaimID) error {
	_, err := s.changeClaim(ctx, id, func(c *models.Claim) (bool, error) {
		reserved := c.State == models.Reserved
		if reserved {
			c.Leave(models.Cancelled)
			c.Pass, c.UnlinkDay, c.Idempotency = "", "", nil
		}
		return reserved, nil
	})
	return err
}

// changeClaim is rewriteClaim for a change that needs nothing but the claim.
func (s *Store) changeClaim(
	ctx context.Context, id models.ClaimID, change func(*models.Claim) (bool, error), rows ...models.AuditEntry,
) (models.Claim, error) {
	return s.rewriteClaim(ctx, id, func(_ Reader, c *models.Claim) (bool, error) { return change(c) }, rows...)
}

// rewriteClaim reads a claim, lets change change it, and writes it if nobody else changed it meanwhile; otherwise it begins anew.
// change answers false when there is nothing to write.
func (s *Store) rewriteClaim(
	ctx context.Context, id models.ClaimID, change func(Reader, *models.Claim) (bool, error), rows ...models.AuditEntry,
) (models.Claim, error) {
	var c models.Claim
	err := s.decide(ctx, rows, func(w Writer) (write bool, err error) {
		if c, err = claims.get(w, string(id)); err != nil {
			return false, err
		}
		if write, err = change(w, &c); err != nil || !write {
			return false, err
		}
		return true, claims.replace(w, &c)
	})
	return c, err
}

func noSuchReservation(err error) error {
	return missing(err, "no_such_reservation", "There is no such reservation.")
}

// CancelReservation gives the seats of a reservation back. Cancelling it again changes nothing; one that was used, or whose session
// is over, has ended.
func (s *Store) CancelReservation(ctx context.Context, id models.ClaimID, rows ...models.AuditEntry) (models.Claim, error) {
	c, err := s.changeClaim(ctx, id, func(c *models.Claim) (bool, error) {
		switch c.State {
		case models.Waiting, models.Offered, models.Reserved:
			c.Leave(models.Cancelled)
			return true, nil
		case models.Cancelled:
			return false, nil
		case models.Missed, models.Used, models.OnCourse, models.Undone, models.Refused, models.Conflicted, models.Closed:
		}
		return false, &models.Error{Kind: models.Conflict, Code: "reservation_ended", Detail: "It was used, or its session is over."}
	}, rows...)
	return c, noSuchReservation(err)
}

// Reservation reads a reservation with its session, offer and venue, or says no_such_reservation.
func (s *Store) Reservation(ctx context.Context, id models.ClaimID) (models.Reservation, error) {
	var res models.Reservation
	err := s.view(ctx, func(r Reader) error {
		c, err := claims.get(r, string(id))
		if err != nil {
			return err
		}
		if !c.IsReservation() {
			return ErrNotFound
		}
		res, err = reservation(r, c)
		return err
	})
	return res, noSuchReservation(err)
}

// Reservations reads those of a pass that are still linked to it, the latest day first.
func (s *Store) Reservations(ctx context.Context, pass models.PassID) ([]models.Reservation, error) {
	var all []models.Reservation
	err := s.view(ctx, func(r Reader) error {
		all = nil
		found, err := claims.find(r, Query{Where: []Condition{Equal("pass", pass)}, Order: []string{"-day"}})
		if err != nil {
			return err
		}
		for _, c := range found {
			if !c.IsReservation() {
				continue
			}
			res, err := reservation(r, c)
			if err != nil {
				return err
			}
			all = append(all, res)
		}
		return nil
	})
	return all, err
}

func reservation(r Reader, c models.Claim) (models.Reservation, error) {
	res := models.Reservation{Claim: c}
	var err error
	if res.Session, err = sessions.get(r, string(c.Session)); err != nil {
		return res, err
	}
	if res.Offer, err = offers.get(r, string(c.Offer)); err != nil {
		return res, err
	}
	res.Organisation, err = organisations.get(r, string(c.Organisation))
	return res, err
}

// CancelSession marks a venue's session as cancelled. That is the intent: it stands before the first reservation is cancelled, so
// that the rest can be done, and done again, afterwards. Cancelling it again changes nothing.
func (s *Store) CancelSession(ctx context.Context, cancelled models.Session, audit models.AuditEntry) (models.Session, error) {
	session, err := edit(ctx, s, sessions, string(cancelled.ID), audit, func(kept *models.Session) (bool, error) {
		if kept.Organisation != cancelled.Organisation {
			return false, ErrNotFound
		}
		if !kept.CancelledAt.IsZero() {
			return false, nil
		}
		kept.CancelledAt = cancelled.CancelledAt
		return true, nil
	})
	return session, noSuchSession(err)
}

// CancelledSessions reads the cancelled sessions of all venues that last to a day or beyond it.
func (s *Store) CancelledSessions(ctx context.Context, from models.Day) ([]models.Session, error) {
	return list(ctx, s, sessions, Query{Where: []Condition{Exists("cancelled_at"), AtLeast("last_day", from)}, Order: []string{"last_day"}})
}

// ReservationsAt reads at most limit of the claims that wait for their holders at a session.
func (s *Store) ReservationsAt(ctx context.Context, session models.SessionID, limit int) ([]models.Claim, error) {
	return list(ctx, s, claims, Query{Where: []Condition{Equal("session", session), In("state", holding)}, Limit: limit})
}

// CancelWithSession cancels reservations of a session that is off and tells their holders, all or none. What has ended meanwhile
// is left as it is.
func (s *Store) CancelWithSession(ctx context.Context, batch []models.Cancelling) error {
	return s.update(ctx, func(w Writer) error {
		for i := range batch {
			if err := cancelAndTell(w, &batch[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

func cancelAndTell(w Writer, one *models.Cancelling) error {
	c, err := claims.get(w, string(one.Claim))
	if isNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	if !slices.Contains(holding, c.State) {
		return nil
	}
	pass := c.Pass
	c.Leave(models.Cancelled)
	if err := claims.replace(w, &c); err != nil || pass == "" {
		return err
	}
	return tell(w, one.Notice)
}

// MarkMissed makes reservations missed whose doors had closed when a day began: at most limit of them, each by one update of one
// document, so that it races with nothing. It says how many there were; asked until that is none, all is done.
func (s *Store) MarkMissed(ctx context.Context, day models.Day, limit int) (int, error) {
	due, err := s.overdue(ctx, day, limit)
	if err != nil {
		return 0, err
	}
	var missed int
	for _, id := range due {
		var marked bool
		_, err := s.changeClaim(ctx, id, func(c *models.Claim) (bool, error) {
			if marked = c.State == models.Reserved; marked {
				c.State, c.Code = models.Missed, ""
			}
			return marked, nil
		})
		if err != nil && !isNotFound(err) {
			return missed, err
		}
		if err == nil && marked {
			missed++
		}
	}
	return missed, nil
}

// overdue finds reservations to be marked. It looks further when all that it found belong to doors that are still open, as they are
// some hours into the night.
func (s *Store) overdue(ctx context.Context, day models.Day, limit int) ([]models.ClaimID, error) {
	var due []models.ClaimID
	err := s.view(ctx, func(r Reader) error {
		for look := limit; ; look *= 2 {
			found, err := claims.find(r, Query{
				Where: []Condition{Equal("state", models.Reserved), Below("ends_day", day)}, Order: []string{"ends_day"}, Limit: look,
			})
			if err != nil {
				return err
			}
			if due, err = closedAt(r, found, day); err != nil || len(due) > 0 || len(found) < look {
				return err
			}
		}
	})
	return due[:min(len(due), limit)], err
}

// closedAt are those of the claims whose door had closed when the day began.
func closedAt(r Reader, found []models.Claim, day models.Day) ([]models.ClaimID, error) {
	var closed []models.ClaimID
	over := map[models.SessionID]bool{}
	for i := range found {
		id := found[i].Session
		if _, known := over[id]; !known {
			var err error
			if over[id], err = wasOver(r, id, day); err != nil {
				return nil, err
			}
		}
		if over[id] {
			closed = append(closed, found[i].ID)
		}
	}
	return closed, nil
}

// wasOver leaves a cancelled session out: its reservations are cancelled, not missed.
func wasOver(r Reader, id models.SessionID, day models.Day) (bool, error) {
	session, err := sessions.get(r, string(id))
	if err != nil || !session.CancelledAt.IsZero() {
		return false, err
	}
	_, network, err := venueOf(r, session.Organisation)
	if err != nil {
		return false, err
	}
	_, _, over := session.Door(day.Start(), network.RulesOn(session.StartDay(session.LastDay.Start())))
	return over, nil
}
