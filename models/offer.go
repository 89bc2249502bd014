package models

import (
	"fmt"
	"slices"
	"time"
)

// An OfferKind is the sort of an offer.
type OfferKind string

// The kinds.
const (
	Event    OfferKind = "event"
	Course   OfferKind = "course"
	Standing OfferKind = "standing" // on any day, or with a text instead of a seat
)

// MaxSeats is the most seats a session can have for holders; more is no limit.
const MaxSeats = 1000

// An Offer is what a venue or institute gives. Words are for people; the rest is what doors and reservations go by.
type Offer struct {
	ID           OfferID `json:"_id"`
	Record       `json:",inline"`
	Organisation OrganisationID `json:"organisation"`
	Kind         OfferKind      `json:"kind"`
	Sector       Sector         `json:"sector"`
	Genre        string         `json:"genre,omitempty"` // "theatre", "concert", "museum" …
	Title        Text           `json:"title"`
	Description  Text           `json:"description,omitempty"`
	Place        string         `json:"place,omitempty"`
	Municipality string         `json:"municipality"`
	Access       Text           `json:"access,omitempty"` // accessibility notes
	// Networks are those whose passes may take it; none named means all.
	Networks []NetworkID `json:"networks,omitempty"`

	SeatsPerPass    int    `json:"seats_per_pass,omitempty"`   // 0: as many as the pass covers
	ChildrenCounted bool   `json:"children_counted,omitempty"` // they take seats; otherwise they are free beside the quota
	WalkIns         bool   `json:"walk_ins,omitempty"`         // off: a reservation is needed
	Reservable      bool   `json:"reservable,omitempty"`
	CancelMinutes   int    `json:"cancel_minutes,omitempty"` // a reservation can be cancelled until so long before the start
	Limit           *Limit `json:"limit,omitempty"`          // of a standing offer; none is once a day
	First           Day    `json:"first,omitempty"`          // of a standing offer; its season
	Last            Day    `json:"last,omitempty"`

	CreatedAt   time.Time    `json:"created_at"`
	ClosedAt    time.Time    `json:"closed_at,omitempty,omitzero"`
	Invented    bool         `json:"invented,omitempty"`
	Idempotency *Idempotency `json:"idempotency,omitempty"`
}

// For says whether passes of a network may take the offer.
func (o *Offer) For(network NetworkID) bool {
	return len(o.Networks) == 0 || slices.Contains(o.Networks, network)
}

// A Session is one date of an offer, with seats; for a course the whole course is the session.
type Session struct {
	ID           SessionID `json:"_id"`
	Record       `json:",inline"`
	Offer        OfferID        `json:"offer"`
	Organisation OrganisationID `json:"organisation"`
	Start        time.Time      `json:"start"`
	End          time.Time      `json:"end"`
	// FirstDay and LastDay are the venue's days from the first meeting to the last; past midnight belongs to the start day.
	FirstDay    Day          `json:"first_day"`
	LastDay     Day          `json:"last_day"`
	Meetings    []Span       `json:"meetings,omitempty"` // of a course
	NoLimit     bool         `json:"no_limit,omitempty"`
	Seats       int          `json:"seats"`
	Limiting    bool         `json:"limiting,omitempty"` // a limit was just set where there was none, and is to be confirmed
	CancelledAt time.Time    `json:"cancelled_at,omitempty,omitzero"`
	Idempotency *Idempotency `json:"idempotency,omitempty"`
}

// StartDay is the day that counts for its door at an instant, past midnight too: that on which it starts; of several meetings each has its
// own.
func (s *Session) StartDay(at time.Time) Day {
	if len(s.Meetings) > 0 {
		return DayOf(at)
	}
	return s.FirstDay
}

// Door is when a session's door admits an instant: the window that holds it or, when none does, the next one and whether all
// are past.
func (s *Session) Door(at time.Time, rules Rules) (open bool, opens time.Time, over bool) {
	meetings := s.Meetings
	if len(meetings) == 0 {
		meetings = []Span{{From: s.Start, To: s.End}}
	}
	for _, m := range meetings {
		from := m.From.Add(-time.Duration(rules.OpensMinutes) * time.Minute)
		to := m.To.Add(time.Duration(rules.ClosesMinutes) * time.Minute)
		if at.Before(from) {
			return false, from, false
		}
		if at.Before(to) {
			return true, from, false
		}
	}
	return false, time.Time{}, true
}

// A Per is the period of a limit.
type Per string

// The periods.
const (
	PerDay      Per = "day"
	PerWeek     Per = "week"
	PerMonth    Per = "month"
	PerQuarter  Per = "3_months"
	PerYear     Per = "year"
	PerSeason   Per = "season"
	PerCalendar Per = "calendar_year" // courses
)

// A Limit is how many times in a period.
type Limit struct {
	Times int `json:"times"`
	Per   Per `json:"per"`
}

// A Period is one stretch of time in which a limit counts, with a name that no other stretch has.
type Period struct {
	Name  string
	First Day
	Last  Day
}

// Use is the limit that a standing offer has: its own, or once a day.
func (o *Offer) Use() Limit {
	if o.Limit != nil {
		return *o.Limit
	}
	return Limit{Times: 1, Per: PerDay}
}

// Period is the period of a limit that holds a day. Weeks are ISO 8601's; a season is the offer's own.
func (o *Offer) Period(per Per, day Day) Period {
	y, m, d := day.Date()
	month := func(m time.Month, months int) Period {
		first := Day(time.Date(y, m, 1, 0, 0, 0, 0, time.UTC).Format(dayLayout))
		return Period{fmt.Sprintf("%s/%s", per, first), first, first.AddMonths(months).Add(-1)}
	}
	switch per {
	case PerWeek:
		weekday := (int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Weekday()) + 6) % 7
		first := day.Add(-weekday)
		return Period{"week/" + string(first), first, first.Add(6)}
	case PerMonth:
		return month(m, 1)
	case PerQuarter:
		return month((m-1)/3*3+1, 3)
	case PerYear, PerCalendar:
		return month(time.January, 12)
	case PerSeason:
		first, last := o.First, o.Last
		if last == "" {
			last = day.AddMonths(12)
		}
		return Period{"season/" + string(o.ID), first, last}
	case PerDay:
		return Period{"day/" + string(day), day, day}
	default:
		return Period{"day/" + string(day), day, day}
	}
}
