package offers

import (
	"context"
	"slices"
	"time"

	"kaikukortti/models"
)

// Today is what happens at a venue's doors on a day.
type Today struct {
	Day      models.Day
	Now      time.Time
	Venue    models.Organisation
	Sessions []TodaySession
	Standing []TodayStanding
}

// A TodaySession is a session with its door and how full it is.
type TodaySession struct {
	Session models.Session
	Offer   models.Offer
	Open    bool
	Opens   time.Time // if it is yet to open today
	Counts  models.Counts
}

// A TodayStanding is a standing offer with how often it was used today.
type TodayStanding struct {
	Offer    models.Offer
	Admitted int
}

// Today is what a scanner can scan for now or later today.
func (p *Programme) Today(ctx context.Context, by models.Actor) (Today, error) {
	return p.today(ctx, by.Organisation, func(s *TodaySession, day models.Day) bool {
		return s.Open || !s.Opens.IsZero() && s.Opens.Before(day.End())
	})
}

// Door is the manager's today: also what is over by now, or was cancelled.
func (p *Programme) Door(ctx context.Context, by models.Actor) (Today, error) {
	return p.today(ctx, by.Organisation, func(s *TodaySession, day models.Day) bool {
		return s.Open || !s.Opens.IsZero() && s.Opens.Before(day.End()) || meetsOn(&s.Session, day)
	})
}

func meetsOn(s *models.Session, day models.Day) bool {
	if len(s.Meetings) == 0 {
		return s.FirstDay == day
	}
	return slices.ContainsFunc(s.Meetings, func(m models.Span) bool { return models.DayOf(m.From) == day })
}

func (p *Programme) today(ctx context.Context, venue models.OrganisationID, shown func(*TodaySession, models.Day) bool) (Today, error) {
	now := p.clock()
	t := Today{Day: models.DayOf(now), Now: now}
	var network *models.Network
	var err error
	if t.Venue, network, err = p.store.VenueWithNetwork(ctx, venue); err != nil {
		return t, err
	}
	door := models.DoorPlace{Organisation: t.Venue, Network: network}
	if t.Sessions, err = p.sessionsToday(ctx, door, now, shown); err != nil {
		return t, err
	}
	t.Standing, err = p.standingToday(ctx, door, now)
	return t, err
}

// doorDays is how many days around today are looked at: a door opens at most a day before its session, and one that started yesterday
// may still be open.
const doorDays = 2

func (p *Programme) sessionsToday(ctx context.Context, door models.DoorPlace, now time.Time, shown func(*TodaySession, models.Day) bool) ([]TodaySession, error) {
	day := models.DayOf(now)
	near, err := p.store.SessionsBetween(ctx, door.Organisation.ID, day.Add(-doorDays), day.Add(doorDays))
	if err != nil {
		return nil, err
	}
	offers, err := p.offersOf(ctx, near)
	if err != nil {
		return nil, err
	}
	var all []TodaySession
	var sessions []models.Session
	for i := range near {
		s := TodaySession{Session: near[i], Offer: offers[near[i].Offer]}
		door.Session, door.Offer = &near[i], s.Offer
		if s.Open, s.Opens = door.Open(now); shown(&s, day) {
			all, sessions = append(all, s), append(sessions, near[i])
		}
	}
	counts, err := p.store.CountSessions(ctx, sessions)
	for i := range all {
		all[i].Counts = counts[all[i].Session.ID]
	}
	return all, err
}

func (p *Programme) offersOf(ctx context.Context, all []models.Session) (map[models.OfferID]models.Offer, error) {
	var ids []models.OfferID
	for i := range all {
		ids = append(ids, all[i].Offer)
	}
	slices.Sort(ids)
	found, err := p.store.OffersByID(ctx, slices.Compact(ids))
	byID := make(map[models.OfferID]models.Offer, len(found))
	for _, o := range found {
		byID[o.ID] = o
	}
	return byID, err
}

func (p *Programme) standingToday(ctx context.Context, door models.DoorPlace, now time.Time) ([]TodayStanding, error) {
	all, err := p.store.StandingOffers(ctx, door.Organisation.ID)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(o models.Offer) bool {
		door.Offer = o
		open, _ := door.Open(now)
		return !open
	})
	counts, err := p.store.CountStanding(ctx, door.Organisation.ID, all, models.DayOf(now))
	standing := make([]TodayStanding, len(all))
	for i, o := range all {
		standing[i] = TodayStanding{Offer: o, Admitted: counts[o.ID]}
	}
	return standing, err
}
