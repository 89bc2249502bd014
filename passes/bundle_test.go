package passes_test

import (
	"crypto/rand"
	"testing"
	"time"

	"kaikukortti/models"
)

// The list has each door as the server will open it: by the rules of its day, and within a pop-up's period.
func TestABundleHasTheDoorsOfTheDays(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	v := w.venue("Talo")
	today := models.DayOf(w.now)
	rules := models.DefaultRules()
	rules.OpensMinutes, rules.ClosesMinutes = 15, 5
	network, err := w.store.SetRules(t.Context(), "kainuu", models.DatedRules{From: today.Add(2), Rules: rules}, w.audit())
	w.must(err)
	later := v.session
	later.ID, later.FirstDay, later.LastDay = models.NewID[models.SessionID](rand.Reader), today.Add(3), today.Add(3)
	later.Start, later.End = later.Start.AddDate(0, 0, 3), later.End.AddDate(0, 0, 3)
	_, err = w.store.CreateSession(t.Context(), later, w.audit())
	w.must(err)
	for _, s := range []models.Session{v.session, later} {
		found := false
		for _, p := range v.bundle().Places {
			if p.ID != s.ID {
				continue
			}
			found = true
			for at, open := range map[time.Time]bool{
				p.Doors[0].From.Add(-time.Second): false, p.Doors[0].From: true, p.Doors[0].To.Add(-time.Second): true, p.Doors[0].To: false,
			} {
				place := models.DoorPlace{Network: &network, Offer: models.Offer{Kind: models.Event}, Session: &s}
				if got, _ := place.Open(at); got != open {
					t.Errorf("at %s the server's door is open: %t, the list's: %t", at, got, open)
				}
			}
		}
		if !found {
			t.Errorf("the session of %s is not on the list", s.FirstDay)
		}
	}
}

func TestABundleOfAPopUpHasItsPeriodAlone(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	v := w.venue("Talo")
	last := models.DayOf(w.now)
	popup, err := w.store.CreateOrganisation(t.Context(), models.Organisation{
		ID: models.NewID[models.OrganisationID](rand.Reader), Kind: models.Popup, Name: models.Text{"fi": "Teltta"}, First: last.Add(-3), Last: last,
	}, w.audit())
	w.must(err)
	v.door.Organisation, v.door.Network, v.door.Scanner = popup.ID, "", models.NewID[models.ScannerID](rand.Reader)
	_, err = w.store.AddScanner(t.Context(), models.Scanner{ID: v.door.Scanner, Organisation: popup.ID, Label: "Ovi", EndDay: last}, w.audit())
	w.must(err)
	offer, err := w.store.CreateOffer(t.Context(), models.Offer{
		ID: models.NewID[models.OfferID](rand.Reader), Organisation: popup.ID, Kind: models.Event, Title: models.Text{"fi": "Konsertti"}, CreatedAt: w.now,
	}, w.audit())
	w.must(err)
	for day, listed := range map[models.Day]bool{last: true, last.Add(1): false} {
		start := day.Start().Add(22 * time.Hour)
		s, err := w.store.CreateSession(t.Context(), models.Session{
			ID: models.NewID[models.SessionID](rand.Reader), Offer: offer.ID, Organisation: popup.ID, Start: start, End: start.Add(3 * time.Hour),
			FirstDay: day, LastDay: day.Add(1), Seats: 20,
		}, w.audit())
		w.must(err)
		found := false
		for _, p := range v.bundle().Places {
			if p.ID == s.ID {
				found = p.Doors[0].To.After(day.End())
			}
		}
		if found != listed {
			t.Errorf("an evening of %s until after midnight is on the list: %t", day, found)
		}
	}
}
