package offers_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"kaikukortti/models"
	"kaikukortti/store"
)

func TestASessionBelongsToTheDayOnWhichItStarts(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	event := h.offer(play())
	course := play()
	course.Kind = models.Course
	course = h.offer(course)
	day := func(d models.Day, hour, minute int) time.Time { return d.At(hour, minute) }
	meetings := func(days ...models.Day) (all []models.Span) {
		for _, d := range days {
			all = append(all, models.Span{From: day(d, 18, 0), To: day(d, 20, 0)})
		}
		return all
	}
	for name, c := range map[string]struct {
		session     models.Session
		first, last models.Day
		field       string
	}{
		"in the evening": {
			session: models.Session{Offer: event.ID, Start: day("2026-11-24", 18, 0), End: day("2026-11-24", 20, 0), Seats: 5}, first: "2026-11-24", last: "2026-11-24",
		},
		"past midnight": {
			session: models.Session{Offer: event.ID, Start: day("2026-11-24", 22, 0), End: day("2026-11-25", 2, 0), Seats: 5}, first: "2026-11-24", last: "2026-11-24",
		},
		"at midnight": {
			session: models.Session{Offer: event.ID, Start: day("2026-11-25", 0, 0), End: day("2026-11-25", 2, 0), Seats: 5}, first: "2026-11-25", last: "2026-11-25",
		},
		"through the night that has an hour less": {
			session: models.Session{Offer: event.ID, Start: day("2027-03-27", 23, 30), End: day("2027-03-28", 5, 0), Seats: 5}, first: "2027-03-27", last: "2027-03-27",
		},
		"through the night that has an hour more": {
			session: models.Session{Offer: event.ID, Start: day("2027-10-30", 23, 30), End: day("2027-10-31", 5, 0), Seats: 5}, first: "2027-10-30", last: "2027-10-30",
		},
		"the last second of a day of clock change": {
			session: models.Session{Offer: event.ID, Start: models.Day("2027-03-28").End().Add(-time.Second), End: day("2027-03-29", 2, 0), Seats: 5}, first: "2027-03-28", last: "2027-03-28",
		},
		"a course": {
			session: models.Session{Offer: course.ID, Meetings: meetings("2026-11-24", "2026-12-01", "2026-12-08"), Seats: 5}, first: "2026-11-24", last: "2026-12-08",
		},
		"a course of one evening": {
			session: models.Session{Offer: course.ID, Start: day("2026-11-24", 18, 0), End: day("2026-11-24", 20, 0), Seats: 5}, first: "2026-11-24", last: "2026-11-24",
		},
		"no limit":                {session: models.Session{Offer: event.ID, Start: day("2026-11-24", 18, 0), End: day("2026-11-24", 20, 0), NoLimit: true}, first: "2026-11-24", last: "2026-11-24"},
		"no limit and a number":   {session: models.Session{Offer: event.ID, Start: day("2026-11-24", 18, 0), End: day("2026-11-24", 20, 0), NoLimit: true, Seats: 3}, field: "seats"},
		"no seats":                {session: models.Session{Offer: event.ID, Start: day("2026-11-24", 18, 0), End: day("2026-11-24", 20, 0)}, field: "seats"},
		"a thousand and one":      {session: models.Session{Offer: event.ID, Start: day("2026-11-24", 18, 0), End: day("2026-11-24", 20, 0), Seats: 1001}, field: "seats"},
		"ends before it starts":   {session: models.Session{Offer: event.ID, Start: day("2026-11-24", 18, 0), End: day("2026-11-24", 17, 0), Seats: 5}, field: "end"},
		"longer than a day":       {session: models.Session{Offer: event.ID, Start: day("2026-11-24", 18, 0), End: day("2026-11-25", 18, 1), Seats: 5}, field: "end"},
		"over already":            {session: models.Session{Offer: event.ID, Start: day("2026-11-22", 18, 0), End: day("2026-11-22", 20, 0), Seats: 5}, field: "end"},
		"in three years":          {session: models.Session{Offer: event.ID, Start: day("2029-11-22", 18, 0), End: day("2029-11-22", 20, 0), Seats: 5}, field: "start"},
		"an event with meetings":  {session: models.Session{Offer: event.ID, Meetings: meetings("2026-11-24"), Seats: 5}, field: "meetings"},
		"meetings out of order":   {session: models.Session{Offer: course.ID, Meetings: meetings("2026-12-01", "2026-11-24"), Seats: 5}, field: "meetings"},
		"meetings at once":        {session: models.Session{Offer: course.ID, Meetings: meetings("2026-12-01", "2026-12-01"), Seats: 5}, field: "meetings"},
		"a course over two years": {session: models.Session{Offer: course.ID, Meetings: meetings("2026-12-01", "2028-11-01"), Seats: 5}, field: "meetings"},
	} {
		s, err := h.programme.CreateSession(t.Context(), h.manager, c.session)
		if got := fieldOf(err); got != c.field {
			t.Errorf("%s: got %v, want a wrong %q", name, err, c.field)
		} else if err == nil && (s.FirstDay != c.first || s.LastDay != c.last) {
			t.Errorf("%s: from %s to %s, want %s to %s", name, s.FirstDay, s.LastDay, c.first, c.last)
		}
	}
	always := h.offer(models.Offer{Kind: models.Standing, Title: models.Text{"fi": "Uinti"}})
	_, err := h.programme.CreateSession(t.Context(), h.manager, models.Session{Offer: always.ID, Start: h.evening(), End: h.evening().Add(60e9), Seats: 1})
	h.refused(err, "standing_offer")
}

func TestAPopupHasSessionsInItsPeriod(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.manager.Organisation = h.organisation("", models.Popup) // to the end of November
	offer := h.offer(play())
	h.session(offer, models.Day("2026-11-30").At(22, 0), 5)
	_, err := h.programme.CreateSession(t.Context(), h.manager, models.Session{
		Offer: offer.ID, Start: models.Day("2026-12-01").At(0, 0), End: models.Day("2026-12-01").At(2, 0), Seats: 5,
	})
	if fieldOf(err) != "start" {
		t.Errorf("after its last day: %v", err)
	}
}

// cut is a store whose connection is lost after some batches of a cancelling.
type cut struct {
	*store.Store
	batches int
}

var errCut = errors.New("the connection was lost")

func (c *cut) CancelWithSession(ctx context.Context, batch []models.Cancelling) error {
	if c.batches--; c.batches < 0 {
		return errCut
	}
	return c.Store.CancelWithSession(ctx, batch)
}

func TestACancelledSessionIsFinishedAfterAnInterruption(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	session := h.session(h.offer(play()), h.evening(), 200)
	var passes []models.Pass
	for range 103 {
		p := h.pass(nil)
		h.reserved(p, session, models.Party{})
		passes = append(passes, p)
	}
	if _, err := h.over(&cut{h.store, 1}).CancelSession(t.Context(), h.manager, session.ID); !errors.Is(err, errCut) {
		t.Fatalf("got %v, want it to be cut off", err)
	}
	left, err := h.store.ReservationsAt(t.Context(), session.ID, 0)
	h.must(err)
	if len(left) != 3 {
		t.Fatalf("%d reservations are left after the first batch, want 3", len(left))
	}
	_, err = h.reserve(h.pass(nil), session, models.Party{})
	h.refused(err, "session_cancelled")
	for range 2 {
		h.must(h.programme.Resume(t.Context()))
	}
	_, err = h.programme.CancelSession(t.Context(), h.manager, session.ID) // and once more by hand
	h.must(err)
	for _, p := range passes {
		inbox, err := h.store.Inbox(t.Context(), p.ID, nil, 10)
		h.must(err)
		if len(inbox) != 1 || inbox[0].Kind != models.NoticeReserved || inbox[0].Facts["session"] != string(session.ID) {
			t.Fatalf("a holder was told %+v", inbox)
		}
		mine, err := h.programme.Reservations(t.Context(), holder(p))
		h.must(err)
		if len(mine) != 1 || mine[0].Claim.State != models.Cancelled {
			t.Fatalf("a holder's list is %+v", mine)
		}
	}
}

func TestACancelledMorningWakesItsHolders(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	helsinki := func(day models.Day, hour int) time.Time { return day.At(hour, 0) }
	for name, c := range map[string]struct {
		now, start time.Time
		urgent     bool
	}{
		"known by day, for the evening":              {helsinki("2026-11-24", 12), helsinki("2026-11-24", 18), false},
		"known at night, for the next morning":       {helsinki("2026-11-23", 22), helsinki("2026-11-24", 10), true},
		"known at night, for the next noon":          {helsinki("2026-11-23", 22), helsinki("2026-11-24", 12), false},
		"known before dawn, for the same morning":    {helsinki("2026-11-24", 5), helsinki("2026-11-24", 11), true},
		"known at night, for the morning after next": {helsinki("2026-11-23", 22), helsinki("2026-11-25", 10), false},
	} {
		h.now = noon
		session := h.session(h.offer(play()), c.start, 5)
		p := h.pass(nil)
		h.reserved(p, session, models.Party{})
		h.now = c.now
		_, err := h.programme.CancelSession(t.Context(), h.manager, session.ID)
		h.must(err)
		inbox, err := h.store.Inbox(t.Context(), p.ID, nil, 10)
		h.must(err)
		if len(inbox) != 1 || inbox[0].Urgent != c.urgent {
			t.Errorf("%s: told %+v, want it urgent %t", name, inbox, c.urgent)
		}
	}
}

func TestASessionThatIsOverIsNotCancelled(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	session := h.session(h.offer(play()), h.evening(), 5)
	other := h.manager
	other.Organisation = h.organisation("kainuu", models.Venue)
	_, err := h.programme.CancelSession(t.Context(), other, session.ID)
	h.refused(err, "no_such_session")
	h.now = session.End
	_, err = h.programme.CancelSession(t.Context(), h.manager, session.ID)
	h.refused(err, "session_over")
	_, err = h.programme.ChangeSeats(t.Context(), h.manager, models.Session{ID: session.ID, Seats: 6})
	h.refused(err, "session_over")
}

func TestSeatsAreChanged(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	offer := h.offer(play())
	session := h.session(offer, h.evening(), 10)
	change := func(to models.Session) error {
		_, err := h.programme.ChangeSeats(t.Context(), h.manager, to)
		return err
	}
	for range 4 {
		h.reserved(h.pass(nil), session, models.Party{})
	}
	h.refused(change(models.Session{ID: session.ID, Seats: 3}), "seats_taken")
	h.must(change(models.Session{ID: session.ID, Seats: 4}))
	_, err := h.reserve(h.pass(nil), session, models.Party{})
	h.refused(err, "no_seats")
	h.must(change(models.Session{ID: session.ID, Seats: 5}))
	h.reserved(h.pass(nil), session, models.Party{})
	h.must(change(models.Session{ID: session.ID, NoLimit: true}))
	h.reserved(h.pass(nil), session, models.Party{Children: 2})
	h.refused(change(models.Session{ID: session.ID, Seats: 1000}), "has_claims")
	h.refused(change(models.Session{ID: session.ID, Seats: 1001}), "invalid_field")

	other := h.manager
	other.Organisation = h.organisation("kainuu", models.Venue)
	_, err = h.programme.ChangeSeats(t.Context(), other, models.Session{ID: session.ID, Seats: 7})
	h.refused(err, "no_such_session")
}

func TestALimitIsSetBeforeTheDoorOpens(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for name, c := range map[string]struct {
		before time.Duration // the start
		want   string
	}{
		"in time":                  {3*time.Hour + models.LongestRequest + time.Second, ""},
		"while it may be opening":  {3*time.Hour + models.LongestRequest, "door_open"},
		"while the door is open":   {time.Hour, "door_open"},
		"while the session is on":  {-time.Hour, "door_open"},
		"days before":              {5 * time.Hour, ""},
		"when the session is over": {-2 * time.Hour, "session_over"},
	} {
		h.now = noon
		session := h.session(h.offer(play()), h.evening(), 0)
		h.now = session.Start.Add(-c.before)
		_, err := h.programme.ChangeSeats(t.Context(), h.manager, models.Session{ID: session.ID, Seats: 7})
		if codeOf(err) != c.want {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
	}
}

// unread is an engine that answers no more reads after a change, until it is mended.
type unread struct {
	store.Engine
	broken bool
}

func (e *unread) Update(ctx context.Context, change func(store.Writer) error) error {
	err := e.Engine.Update(ctx, change)
	e.broken = true
	return err
}

func (e *unread) View(ctx context.Context, read func(store.Reader) error) error {
	if e.broken {
		return store.ErrUnavailable
	}
	return e.Engine.View(ctx, read)
}

func TestALimitThatNobodyConfirmedIsConfirmedLater(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	session := h.session(h.offer(play()), h.evening(), 0)
	engine := &unread{Engine: h.engine}
	broken, err := store.Open(t.Context(), engine)
	h.must(err)
	engine.broken = false
	_, err = h.over(broken).ChangeSeats(t.Context(), h.manager, models.Session{ID: session.ID, Seats: 2})
	h.refused(err, "unavailable")
	limiting := func() int {
		left, err := h.store.LimitingSessions(t.Context())
		h.must(err)
		return len(left)
	}
	if limiting() != 1 {
		t.Fatal("nothing is left to be confirmed")
	}
	h.reserved(h.pass(nil), session, models.Party{Children: 1})
	h.must(h.programme.Resume(t.Context()))
	if limiting() != 0 {
		t.Error("nobody confirmed the limit")
	}
	_, err = h.reserve(h.pass(nil), session, models.Party{})
	h.refused(err, "no_seats")
}
