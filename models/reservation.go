package models

import "time"

// A ReservationPlace is all that a reservation goes by, read at one moment.
type ReservationPlace struct {
	Pass         Pass
	Home         Network // the pass's
	Organisation Organisation
	Network      *Network // nil for a pop-up
	Offer        Offer
	Session      *Session // nil for a standing offer
	Earlier      *Claim   // what an earlier request with the same idempotency key made, if there was one
}

// ChildrenMost is how many may come with the pass, by the rules of the session's day.
func (p *ReservationPlace) ChildrenMost() int {
	return p.Pass.ChildrenMost(p.Offer.Kind, p.Network.RulesOn(p.Session.FirstDay))
}

// A Reservation is a reservation with what it is for.
type Reservation struct {
	Claim        Claim
	Session      Session
	Offer        Offer
	Organisation Organisation
}

// CancelUntil is until when its holder can give it back.
func (r *Reservation) CancelUntil() time.Time {
	return r.Session.Start.Add(-time.Duration(r.Offer.CancelMinutes) * time.Minute)
}

// IsReservation says whether the claim is a reservation, or a visit that was one; a cancelled one included.
func (c *Claim) IsReservation() bool {
	switch c.State {
	case Waiting, Offered, Reserved, Missed, Cancelled:
		return true
	case Used:
		return c.Reserved > 0
	case OnCourse, Undone, Refused, Conflicted, Closed:
	}
	return false
}

// Reserving is a reservation ready to be made: the claim that it becomes, but for its seats.
type Reserving struct {
	Claim Claim
	Seats int          // that it needs
	Audit []AuditEntry // when somebody else than the holder makes it
}

// A Cancelling is a reservation to be cancelled with its session, and what its holder is told.
type Cancelling struct {
	Claim  ClaimID
	Notice Notice
}

// Counts is how full a session is, or how much a standing offer was used on one day.
type Counts struct {
	Admitted int // visits
	Reserved int // reservations that have not come yet
	Free     int // seats; 0 where there is no limit
}
