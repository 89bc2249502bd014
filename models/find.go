package models

import "time"

// A PassFilter says which passes of a distributor are asked for; what is empty asks for nothing.
type PassFilter struct {
	Number     Digits
	IssuedBy   PersonID
	Month      string // of issue, as "2026-11"
	BirthYear  int
	PostalCode string
	Children   *int
	State      PassState
	EndsFrom   Day // last day from … to; passes that were revoked have ended otherwise
	EndsTo     Day
	Asked      bool // to renew
	After      *PassPlace
	Limit      int
}

// A PassPlace is where a page of the list ended. Those whose holder asked to renew come first, newest asking first; then the others,
// newest first.
type PassPlace struct {
	Asked    Day       `json:"a,omitempty"`
	IssuedAt time.Time `json:"i,omitempty,omitzero"`
	ID       PassID    `json:"p"`
}

// PlaceOf is a pass's place in the list.
func PlaceOf(p *Pass) PassPlace {
	if p.RenewAsked != "" {
		return PassPlace{Asked: p.RenewAsked, ID: p.ID}
	}
	return PassPlace{IssuedAt: p.IssuedAt, ID: p.ID}
}

// Holdings is how much is stored with a pass, for the holder who asks for all of it.
type Holdings struct {
	Notices      int
	Reservations int
	Visits       int
	Credentials  int
	PushAddress  bool // where its phone is nudged
}
