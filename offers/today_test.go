package offers_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"kaikukortti/models"
	"kaikukortti/offers"
)

// doors says what a door shows, in short: "play open", "late opens 21:00", sorted.
func (h *house) doors(show func(context.Context, models.Actor) (offers.Today, error)) string {
	h.t.Helper()
	today, err := show(h.t.Context(), h.manager)
	h.must(err)
	var all []string
	for _, s := range today.Sessions {
		words := s.Offer.Title["fi"]
		switch {
		case s.Open:
			words += " open"
		case !s.Opens.IsZero():
			words += " opens " + s.Opens.In(models.Helsinki).Format("15:04")
		default:
			words += " shut"
		}
		all = append(all, words)
	}
	for _, s := range today.Standing {
		all = append(all, s.Offer.Title["fi"])
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

func (h *house) called(name string, kind models.OfferKind) models.Offer {
	h.t.Helper()
	o := play()
	o.Title, o.Kind = models.Text{"fi": name}, kind
	return h.offer(o)
}

func TestTodayIsWhatCanBeScannedNowOrLaterToday(t *testing.T) {
	t.Parallel()
	const day = models.Day("2026-11-24")
	h := newHouse(t)
	h.session(h.called("play", models.Event), day.At(18, 0), 5)                 // to 20:00, so its door is open from 15:00 to 21:00
	h.session(h.called("night", models.Event), day.At(23, 0), 5)                // to 01:00, door from 20:00 to 02:00
	h.session(h.called("after midnight", models.Event), day.Add(1).At(1, 0), 5) // door from 22:00 on the day before
	_, err := h.programme.CreateSession(t.Context(), h.manager, models.Session{
		Offer: h.called("course", models.Course).ID, Seats: 5, Meetings: []models.Span{
			{From: day.At(10, 0), To: day.At(11, 0)}, {From: day.Add(7).At(10, 0), To: day.Add(7).At(11, 0)},
		},
	})
	h.must(err)
	cancelled := h.session(h.called("cancelled", models.Event), day.At(18, 0), 5)
	_, err = h.programme.CancelSession(t.Context(), h.manager, cancelled.ID)
	h.must(err)
	h.offer(models.Offer{Kind: models.Standing, Title: models.Text{"fi": "pool"}})
	h.offer(models.Offer{Kind: models.Standing, Title: models.Text{"fi": "season"}, First: day.Add(1), Last: day.Add(3)})
	closed := h.offer(models.Offer{Kind: models.Standing, Title: models.Text{"fi": "closed"}})
	_, err = h.programme.CloseOffer(t.Context(), h.manager, closed.ID)
	h.must(err)

	for _, c := range []struct {
		at            time.Time
		scanner, door string
	}{
		{
			day.At(0, 0),
			"after midnight opens 22:00, course opens 07:00, night opens 20:00, play opens 15:00, pool",
			"after midnight opens 22:00, cancelled shut, course opens 07:00, night opens 20:00, play opens 15:00, pool",
		},
		{
			day.At(11, 59),
			"after midnight opens 22:00, course open, night opens 20:00, play opens 15:00, pool",
			"after midnight opens 22:00, cancelled shut, course open, night opens 20:00, play opens 15:00, pool",
		},
		{
			day.At(15, 0),
			"after midnight opens 22:00, night opens 20:00, play open, pool",
			"after midnight opens 22:00, cancelled shut, course opens 07:00, night opens 20:00, play open, pool",
		},
		{
			day.At(21, 0),
			"after midnight opens 22:00, night open, pool",
			"after midnight opens 22:00, cancelled shut, course opens 07:00, night open, play shut, pool",
		},
		{
			day.Add(1).At(1, 59), "after midnight open, night open, pool, season", "after midnight open, night open, pool, season",
		},
		{
			day.Add(1).At(2, 0), "after midnight open, pool, season", "after midnight open, pool, season",
		},
		{
			day.Add(1).At(12, 0), "pool, season", "after midnight shut, pool, season",
		},
		{
			day.Add(4).At(12, 0), "pool", "pool",
		},
		{
			day.Add(7).At(6, 0), "course opens 07:00, pool", "course opens 07:00, pool",
		},
	} {
		h.now = c.at
		if got := h.doors(h.programme.Today); got != c.scanner {
			t.Errorf("at %s a scanner sees\n%s, want\n%s", c.at.In(models.Helsinki), got, c.scanner)
		}
		if got := h.doors(h.programme.Door); got != c.door {
			t.Errorf("at %s the manager sees\n%s, want\n%s", c.at.In(models.Helsinki), got, c.door)
		}
	}
}

func TestTodayOnTheDaysOfClockChange(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, day := range []models.Day{"2027-03-28", "2027-10-31"} {
		h.session(h.called("night before", models.Event), day.Add(-1).At(23, 0), 5)
		h.session(h.called("evening", models.Event), day.At(20, 0), 5)
		for at, want := range map[time.Time]string{
			day.Start().Add(-time.Second):     "night before open",
			day.Start():                       "evening opens 17:00, night before open",
			day.Start().Add(90 * time.Minute): "evening opens 17:00, night before open",
			day.Start().Add(2 * time.Hour):    "evening opens 17:00", // two hours after midnight, whatever clocks say
			day.At(17, 0):                     "evening open",
			day.At(23, 0):                     "",
		} {
			h.now = at
			if got := h.doors(h.programme.Today); got != want {
				t.Errorf("at %s there is %q, want %q", at.In(models.Helsinki), got, want)
			}
		}
	}
}

func TestTodayCountsPlaces(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	session := h.session(h.called("play", models.Event), h.evening(), 10)
	h.reserved(h.pass(nil), session, models.Party{Children: 2})
	h.reserved(h.pass(nil), session, models.Party{})
	today, err := h.programme.Today(t.Context(), h.manager)
	h.must(err)
	if got := fmt.Sprintf("%+v", today.Sessions[0].Counts); got != "{Admitted:0 Reserved:2 Free:6}" {
		t.Errorf("the counts are %s", got)
	}
	if today.Venue.ID != h.manager.Organisation || today.Day != "2026-11-23" || !today.Now.Equal(noon) {
		t.Errorf("today is %+v", today)
	}
	with, err := h.programme.Offer(t.Context(), h.manager, session.Offer)
	h.must(err)
	if got := fmt.Sprintf("%+v", with.Counts[session.ID]); len(with.Sessions) != 1 || got != "{Admitted:0 Reserved:2 Free:6}" {
		t.Errorf("the offer has %d sessions, with %s", len(with.Sessions), got)
	}
}
