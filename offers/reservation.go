package offers

import (
	"context"
	"errors"

	"kaikukortti/models"
)

// A ReserveRequest asks for seats at a session.
type ReserveRequest struct {
	Session     models.SessionID
	Party       models.Party
	Idempotency *models.Idempotency
}

// Reserved is a reservation with its code, which is shown this once; empty where the reservation has ended since.
type Reserved struct {
	models.Reservation
	Code string
}

// Reserve takes seats for the holder who asks.
func (p *Programme) Reserve(ctx context.Context, by models.Actor, r ReserveRequest) (Reserved, error) {
	return p.reserve(ctx, by.Pass, r, nobodyElse)
}

// ReserveFor takes seats for a holder whose distributor's worker asks: for somebody without a smartphone.
func (p *Programme) ReserveFor(ctx context.Context, by models.Actor, pass models.PassID, r ReserveRequest) (Reserved, error) {
	if err := p.ownPass(ctx, by, pass); err != nil {
		return Reserved{}, err
	}
	return p.reserve(ctx, pass, r, func(models.ClaimID) []models.AuditEntry { return p.workerRow(by, "reservation_made", pass) })
}

// ownPass refuses another distributor's pass as one that is not there.
func (p *Programme) ownPass(ctx context.Context, by models.Actor, id models.PassID) error {
	pass, err := p.store.LookupPass(ctx, id)
	if err == nil && pass.Distributor != by.Organisation {
		err = noSuchPass()
	}
	return err
}

func noSuchPass() error {
	return &models.Error{Kind: models.NotFound, Code: "no_such_pass", Detail: "There is no such pass."}
}

// ReserveByPaper takes seats at the manager's own venue for a holder who says the number of the own paper. A number that names nothing
// and one of a paper that has ended answer alike, and only so many of them in an hour.
func (p *Programme) ReserveByPaper(ctx context.Context, by models.Actor, paper models.Digits, r ReserveRequest) (Reserved, error) {
	if _, err := p.ownSession(ctx, by, r.Session); err != nil {
		return Reserved{}, err
	}
	pass, err := p.paperTyped(ctx, by, paper)
	if err != nil {
		return Reserved{}, err
	}
	return p.reserve(ctx, pass.ID, r, func(id models.ClaimID) []models.AuditEntry { return p.venueRow(by, "reservation_made", id) })
}

// paperTyped finds the pass of a live paper by its number. The number is counted before it is known whether it is wrong, so that numbers
// that are tried at the same time count too.
func (p *Programme) paperTyped(ctx context.Context, by models.Actor, paper models.Digits) (models.Pass, error) {
	hour := p.clock().Truncate(models.WrongTypedSpan)
	tally := hour.Format("2006-01-02T15:04") + "/typed/" + string(by.Person)
	n, err := p.store.Count(ctx, tally, 1)
	if err == nil && n > models.WrongTypedMost {
		err = &models.Error{
			Kind: models.TooMany, Code: "too_many_tries", Detail: "Too many wrong numbers were typed. Wait until the hour is over.",
			RetryAfter: int(hour.Add(models.WrongTypedSpan).Sub(p.clock()).Seconds()),
		}
	}
	if err != nil {
		return models.Pass{}, err
	}
	hash := p.keys.Hash("paper", string(paper))
	pass, err := p.store.LookupPaper(ctx, hash)
	if err != nil {
		return pass, err
	}
	if live := pass.LivePaper(); live == nil || live.Number != hash {
		return models.Pass{}, noSuchPass()
	}
	_, err = p.store.Count(ctx, tally, -1) // it was not wrong
	return pass, err
}

// nobodyElse is for what holders do with their own reservations: no row of the audit log tells of it.
func nobodyElse(models.ClaimID) []models.AuditEntry { return nil }

// workerRow says that a worker did something with a reservation of a pass. It does not say which: the row stays long after the
// reservation has been unlinked from the pass.
func (p *Programme) workerRow(by models.Actor, action string, pass models.PassID) []models.AuditEntry {
	row := p.audit(by, action, "")
	row.Pass = pass
	return []models.AuditEntry{row}
}

// venueRow says that a venue did something with a reservation. It does not say whose it is.
func (p *Programme) venueRow(by models.Actor, action string, id models.ClaimID) []models.AuditEntry {
	return []models.AuditEntry{p.audit(by, action, string(id))}
}

// codeTries is how often a code is drawn anew that another reservation at the venue has: of a thousand million codes, seldom once.
const codeTries = 8

func (p *Programme) reserve(
	ctx context.Context, pass models.PassID, r ReserveRequest, rows func(models.ClaimID) []models.AuditEntry,
) (Reserved, error) {
	place, err := p.store.LookupReservation(ctx, pass, r.Session, r.Idempotency)
	if err != nil {
		return Reserved{}, err
	}
	if place.Session == nil {
		return Reserved{}, unprocessable("not_reservable", "This is not reserved: come as you are.")
	}
	if place.Earlier == nil {
		if err := p.refuse(&place, r.Party); err != nil {
			return Reserved{}, err
		}
	}
	reserving := p.reserving(&place, r)
	reserving.Audit = rows(reserving.Claim.ID)
	for range codeTries {
		code := models.NewReservationCode(p.random)
		reserving.Claim.Code = p.keys.Hash("reservation", code)
		c, err := p.store.ReserveSeats(ctx, reserving)
		if errors.Is(err, errCodeTaken) {
			continue
		}
		if err != nil || c.Code != reserving.Claim.Code {
			code = ""
		}
		return Reserved{reservationOf(c, &place), code}, err
	}
	return Reserved{}, errCodeTaken
}

var errCodeTaken = &models.Error{Kind: models.Conflict, Code: "code_taken"}

func reservationOf(c models.Claim, place *models.ReservationPlace) models.Reservation {
	return models.Reservation{Claim: c, Session: *place.Session, Offer: place.Offer, Organisation: place.Organisation}
}

// reserving makes the claim that a reservation becomes: when, what for, what statistics need, and the removable link to the pass.
func (p *Programme) reserving(place *models.ReservationPlace, r ReserveRequest) models.Reserving {
	s, o, pass := place.Session, &place.Offer, &place.Pass
	return models.Reserving{
		Seats: r.Party.Seats(o.ChildrenCounted),
		Claim: models.Claim{
			ID: models.NewID[models.ClaimID](p.random), Session: s.ID, Offer: o.ID, Organisation: o.Organisation,
			Day: s.FirstDay, EndsDay: s.LastDay, At: p.clock(), Party: r.Party, Idempotency: r.Idempotency,
			HomeMunicipality: pass.Municipality, HomeNetwork: pass.Network, Network: place.Organisation.Network,
			Municipality: o.Municipality, Sector: o.Sector, Kind: o.Kind,
			Pass: pass.ID, UnlinkDay: s.LastDay.Add(pass.UnlinkDays),
		},
	}
}

// refuse says why a pass cannot have a place for a party, if it cannot: what the session has against it, what the pass has, and what
// the party has, in the order in which a door judges.
func (p *Programme) refuse(place *models.ReservationPlace, party models.Party) error {
	if err := p.refuseSession(place); err != nil {
		return err
	}
	if err := refusePass(place); err != nil {
		return err
	}
	return refuseParty(place, party)
}

func (p *Programme) refuseSession(place *models.ReservationPlace) error {
	switch {
	case !place.Offer.ClosedAt.IsZero(), !place.Organisation.ClosedAt.IsZero():
		return &models.Error{Kind: models.Conflict, Code: "offer_closed", Detail: "This offer was closed."}
	case !place.Offer.Reservable:
		return unprocessable("not_reservable", "This is not reserved: come as you are.")
	case !place.Session.CancelledAt.IsZero():
		return &models.Error{Kind: models.Conflict, Code: "session_cancelled", Detail: "This session was cancelled."}
	case !p.clock().Before(place.Session.Start):
		return &models.Error{Kind: models.Conflict, Code: "session_started", Detail: "Reserving ends when the session starts."}
	}
	return nil
}

// refusePass judges the pass as it will be on the session's first day.
func refusePass(place *models.ReservationPlace) error {
	pass, home, day := &place.Pass, &place.Home, place.Session.FirstDay
	switch {
	case pass.State != models.Active:
		return unprocessable("not_in_use", "The pass is not in use.")
	case pass.ExpiredOn(day):
		return unprocessable("expired", "The pass ends before that day.")
	case home.Ended(day), !place.Offer.For(home.ID), home.LocalOnly && place.Organisation.Network != home.ID,
		place.Network != nil && place.Network.Ended(day):
		return unprocessable("wrong_area", "The pass is not valid there, or not any more on that day.")
	}
	return nil
}

func refuseParty(place *models.ReservationPlace, party models.Party) error {
	o := &place.Offer
	if most := o.SeatsPerPass; most > 0 && party.Seats(o.ChildrenCounted) > most {
		return &models.Error{
			Kind: models.Unprocessable, Code: "limit_reached", Detail: "A pass takes fewer seats than that.", Extra: map[string]any{"most": most},
		}
	}
	most := place.ChildrenMost()
	came, other := party.Children, party.Group
	if place.Pass.Community {
		came, other = other, came
	}
	if came > most || other > 0 {
		return &models.Error{
			Kind: models.Unprocessable, Code: "too_many_children", Detail: "Not so many may come along.", Extra: map[string]any{"most": most},
		}
	}
	return nil
}

func unprocessable(code, detail string) error {
	return &models.Error{Kind: models.Unprocessable, Code: code, Detail: detail}
}

// Reservations lists the holder's own.
func (p *Programme) Reservations(ctx context.Context, by models.Actor) ([]models.Reservation, error) {
	return p.store.Reservations(ctx, by.Pass)
}

// Cancel gives the holder's reservation back, until so long before the start as the offer says.
func (p *Programme) Cancel(ctx context.Context, by models.Actor, id models.ClaimID) (models.Reservation, error) {
	return p.cancel(ctx, id, p.refuseLate, func(c *models.Claim) bool { return c.Pass == by.Pass }, nil)
}

// CancelFor gives a reservation back for a holder whose distributor's worker asks.
func (p *Programme) CancelFor(ctx context.Context, by models.Actor, pass models.PassID, id models.ClaimID) (models.Reservation, error) {
	if err := p.ownPass(ctx, by, pass); err != nil {
		return models.Reservation{}, err
	}
	return p.cancel(ctx, id, p.refuseLate, func(c *models.Claim) bool { return c.Pass == pass }, p.workerRow(by, "reservation_cancelled", pass))
}

// CancelHere gives back a reservation at the manager's own venue, however late: the venue decides over its own seats.
func (p *Programme) CancelHere(ctx context.Context, by models.Actor, id models.ClaimID) (models.Reservation, error) {
	never := func(*models.Reservation) error { return nil }
	return p.cancel(ctx, id, never, func(c *models.Claim) bool { return c.Organisation == by.Organisation }, p.venueRow(by, "reservation_cancelled", id))
}

// cancel lets go of a reservation that is somebody's own; another's answers as one that is not there.
func (p *Programme) cancel(
	ctx context.Context, id models.ClaimID, late func(*models.Reservation) error, own func(*models.Claim) bool, rows []models.AuditEntry,
) (models.Reservation, error) {
	r, err := p.store.Reservation(ctx, id)
	if err != nil {
		return r, err
	}
	if !own(&r.Claim) {
		return models.Reservation{}, &models.Error{Kind: models.NotFound, Code: "no_such_reservation", Detail: "There is no such reservation."}
	}
	if r.Claim.State == models.Cancelled {
		return r, nil
	}
	if err := late(&r); err != nil {
		return r, err
	}
	r.Claim, err = p.store.CancelReservation(ctx, id, rows...)
	return r, err
}

func (p *Programme) refuseLate(r *models.Reservation) error {
	if p.clock().After(r.CancelUntil()) {
		return &models.Error{
			Kind: models.Conflict, Code: "too_late_to_cancel", Detail: "It could be cancelled until earlier.",
			Extra: map[string]any{"until": r.CancelUntil()},
		}
	}
	return nil
}
