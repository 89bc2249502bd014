package models

import "time"

// A DoorPlace is where a code is shown, as the store knows it at that moment.
type DoorPlace struct {
	Organisation Organisation
	Network      *Network // nil for a pop-up
	Offer        Offer
	Session      *Session // nil for a standing offer
}

// SpokenFor is whom a code speaks for, and what carries it.
type SpokenFor struct {
	Pass    Pass
	Carrier CarrierID
}

// ID is the session's id, or the standing offer's.
func (p *DoorPlace) ID() SessionID {
	if p.Session != nil {
		return p.Session.ID
	}
	return SessionID(p.Offer.ID)
}

// Rules are the door rules: the venue's network's on the day on which what is scanned for began.
func (p *DoorPlace) Rules(at time.Time) Rules { return p.Network.RulesOn(p.startDay(at)) }

// Open says whether the door admits at an instant and, if it is yet to open, from when.
func (p *DoorPlace) Open(at time.Time) (open bool, opens time.Time) {
	day := DayOf(at)
	switch {
	case !p.Offer.ClosedAt.IsZero(), !p.Organisation.ClosedAt.IsZero(), !p.Organisation.During(p.startDay(at)):
		return false, time.Time{}
	case p.Session == nil:
		if p.Offer.First != "" && day < p.Offer.First {
			return false, p.Offer.First.Start()
		}
		return p.Offer.Last == "" || day <= p.Offer.Last, time.Time{}
	case !p.Session.CancelledAt.IsZero():
		return false, time.Time{}
	}
	open, opens, _ = p.Session.Door(at, p.Rules(at))
	if open {
		opens = time.Time{}
	}
	return open, opens
}

// startDay is the day on which what is scanned for began: a pop-up's last evening may end after midnight.
func (p *DoorPlace) startDay(at time.Time) Day {
	if p.Session != nil {
		return p.Session.StartDay(at)
	}
	return DayOf(at)
}

// Day is the venue's day that a scan belongs to: past midnight a session still belongs to the day on which it started.
func (p *DoorPlace) Day(at time.Time) Day {
	if open, _ := p.Open(at); open && p.Session != nil && p.Offer.Kind != Course {
		return p.Session.FirstDay
	}
	return DayOf(at)
}

// EndsDay is the last day of what is scanned for, from which forgetting counts.
func (p *DoorPlace) EndsDay(at time.Time) Day {
	if p.Session != nil {
		return p.Session.LastDay
	}
	return DayOf(at)
}
