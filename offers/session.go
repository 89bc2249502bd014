package offers

import (
	"context"
	"errors"
	"time"

	"kaikukortti/models"
)

// How much time a session can take.
const (
	longestMeeting = 24 * time.Hour
	mostMeetings   = 200
	longestCourse  = 400 // days
	furthestAhead  = 24  // months
)

// CreateSession adds a session to an offer of the manager's venue.
func (p *Programme) CreateSession(ctx context.Context, by models.Actor, s models.Session) (models.Session, error) {
	offer, err := p.ownOffer(ctx, by, s.Offer)
	if err != nil {
		return s, err
	}
	if offer.Kind == models.Standing {
		return s, &models.Error{Kind: models.Unprocessable, Code: "standing_offer", Detail: "A standing offer has no sessions."}
	}
	if err := p.parseSession(&s, offer.Kind); err != nil {
		return s, err
	}
	venue, err := p.openVenue(ctx, by)
	if err != nil {
		return s, err
	}
	if venue.Kind == models.Popup && (s.FirstDay < venue.First || s.LastDay > venue.Last) {
		return s, models.BadField("start", "A pop-up has sessions within its period.")
	}
	s.ID, s.Organisation = models.NewID[models.SessionID](p.random), offer.Organisation
	return p.store.CreateSession(ctx, s, p.audit(by, "session_created", string(s.ID)))
}

func (p *Programme) parseSession(s *models.Session, kind models.OfferKind) error {
	if err := parseSeats(s); err != nil {
		return err
	}
	if err := parseTimes(s, kind); err != nil {
		return err
	}
	now := p.clock()
	switch {
	case !s.End.After(now):
		return models.BadField("end", "The session is over.")
	case s.LastDay > models.DayOf(now).AddMonths(furthestAhead):
		return models.BadField("start", "A session is within two years.")
	}
	return nil
}

func parseSeats(s *models.Session) error {
	if s.NoLimit {
		if s.Seats != 0 {
			return models.BadField("seats", "Without a limit there is no number.")
		}
		return nil
	}
	if s.Seats < 1 || s.Seats > models.MaxSeats {
		return models.BadField("seats", "A session has 1 to 1000 seats, or no limit.")
	}
	return nil
}

// parseTimes reads the meetings of a course, or the start and end of anything else, and the days that they belong to: what goes on past
// midnight belongs to the day on which it starts.
func parseTimes(s *models.Session, kind models.OfferKind) error {
	if kind == models.Course && len(s.Meetings) > 0 {
		s.Start, s.End = s.Meetings[0].From, s.Meetings[len(s.Meetings)-1].To
	} else if len(s.Meetings) > 0 {
		return models.BadField("meetings", "Only a course has meetings.")
	}
	s.Start, s.End = wholeSeconds(s.Start), wholeSeconds(s.End)
	s.FirstDay, s.LastDay = models.DayOf(s.Start), models.DayOf(s.Start)
	if len(s.Meetings) > 0 {
		return parseMeetings(s)
	}
	if !s.End.After(s.Start) || s.End.Sub(s.Start) > longestMeeting {
		return models.BadField("end", "A session ends after its start, within 24 hours.")
	}
	return nil
}

func parseMeetings(s *models.Session) error {
	if len(s.Meetings) > mostMeetings {
		return models.BadField("meetings", "A course has at most 200 meetings.")
	}
	var end time.Time
	for i := range s.Meetings {
		m := &s.Meetings[i]
		m.From, m.To = wholeSeconds(m.From), wholeSeconds(m.To)
		if m.From.Before(end) || !m.To.After(m.From) || m.To.Sub(m.From) > longestMeeting {
			return models.BadField("meetings", "Meetings follow each other, and each ends after its start, within 24 hours.")
		}
		end, s.LastDay = m.To, models.DayOf(m.From)
	}
	if s.LastDay > s.FirstDay.Add(longestCourse) {
		return models.BadField("meetings", "A course lasts at most 400 days.")
	}
	return nil
}

func wholeSeconds(t time.Time) time.Time { return t.UTC().Truncate(time.Second) }

// ownSession reads a session of the manager's venue; another's answers as one that is not there.
func (p *Programme) ownSession(ctx context.Context, by models.Actor, id models.SessionID) (models.Session, error) {
	s, err := p.store.Session(ctx, id)
	if err == nil && s.Organisation != by.Organisation {
		err = &models.Error{Kind: models.NotFound, Code: "no_such_session", Detail: "There is no such session."}
	}
	return s, err
}

// limitAhead is how long before its door opens a session without a limit can get one: nobody may come in while it is being set.
const limitAhead = models.LongestRequest

// ChangeSeats gives a session another number of seats, or no limit. Nobody loses a place by it.
func (p *Programme) ChangeSeats(ctx context.Context, by models.Actor, to models.Session) (models.Session, error) {
	if err := parseSeats(&to); err != nil {
		return to, err
	}
	s, err := p.ownSession(ctx, by, to.ID)
	if err != nil {
		return s, err
	}
	if !p.clock().Before(s.End) {
		return s, sessionOver()
	}
	if s.NoLimit && !to.NoLimit {
		if err := p.beforeDoors(ctx, &s); err != nil {
			return s, err
		}
	}
	to.Organisation = s.Organisation
	return p.store.ChangeSeats(ctx, to, p.audit(by, "seats_changed", string(s.ID)))
}

func sessionOver() error {
	return &models.Error{Kind: models.Conflict, Code: "session_over", Detail: "This session is over."}
}

func (p *Programme) beforeDoors(ctx context.Context, s *models.Session) error {
	_, network, err := p.store.VenueWithNetwork(ctx, s.Organisation)
	if err != nil {
		return err
	}
	soon := p.clock().Add(limitAhead)
	if open, _, over := s.Door(soon, network.RulesOn(s.StartDay(soon))); open || over {
		return &models.Error{Kind: models.Conflict, Code: "door_open", Detail: "A limit where there was none is set before the door opens."}
	}
	return nil
}

func (p *Programme) resumeLimits(ctx context.Context) error {
	left, err := p.store.LimitingSessions(ctx)
	if err != nil {
		return err
	}
	for i := range left {
		audit := p.audit(models.Actor{}, "seats_changed_back", string(left[i].ID))
		_, err := p.store.ConfirmLimit(ctx, left[i].ID, audit)
		if known := new(models.Error); err != nil && (!errors.As(err, &known) || known.Code != "has_claims") {
			return err
		}
	}
	return nil
}

// CancelSession cancels a session of the manager's venue: nothing can be scanned for it any more, and whoever holds a place is told.
// Asked again, it goes on with what was broken off.
func (p *Programme) CancelSession(ctx context.Context, by models.Actor, id models.SessionID) (models.Session, error) {
	s, err := p.ownSession(ctx, by, id)
	if err != nil {
		return s, err
	}
	if s.CancelledAt.IsZero() && !p.clock().Before(s.End) {
		return s, sessionOver()
	}
	s.CancelledAt = p.clock()
	s, err = p.store.CancelSession(ctx, s, p.audit(by, "session_cancelled", string(id)))
	if err != nil {
		return s, err
	}
	return s, p.cancelReservations(ctx, &s)
}

// cancelBatch is how many reservations are cancelled in one transaction: few enough that scans never wait long behind it.
const cancelBatch = 100

// cancelReservations cancels all reservations of a cancelled session, batch after batch until there are none.
func (p *Programme) cancelReservations(ctx context.Context, s *models.Session) error {
	for {
		some, err := p.store.ReservationsAt(ctx, s.ID, cancelBatch)
		if err != nil || len(some) == 0 {
			return err
		}
		batch := make([]models.Cancelling, len(some))
		for i := range some {
			batch[i] = models.Cancelling{Claim: some[i].ID, Notice: p.sessionCancelled(s, some[i].Pass)}
		}
		if err := p.store.CancelWithSession(ctx, batch); err != nil {
			return err
		}
	}
}

// sessionCancelled tells a holder; the cause lets it be told once, however often the job is repeated.
func (p *Programme) sessionCancelled(s *models.Session, pass models.PassID) models.Notice {
	return models.Notice{
		ID: models.NewID[models.NoticeID](p.random), Pass: pass, Kind: models.NoticeReserved, At: p.clock(),
		Cause:  "session_cancelled/" + string(s.ID),
		Facts:  map[string]string{"session": string(s.ID), "offer": string(s.Offer), "day": string(s.FirstDay)},
		Urgent: models.Urgent(s.Start, p.clock()),
	}
}

// resumeCancelled goes on with sessions that were cancelled and may still have reservations: a server stopped midway, or a visit was
// undone since.
func (p *Programme) resumeCancelled(ctx context.Context) error {
	all, err := p.store.CancelledSessions(ctx, models.DayOf(p.now()).Add(-shownBack))
	if err != nil {
		return err
	}
	for i := range all {
		if err := p.cancelReservations(ctx, &all[i]); err != nil {
			return err
		}
	}
	return nil
}
