package models_test

import (
	"testing"
	"time"

	"kaikukortti/models"
)

// A session belongs to the day on which it started, past midnight too: for a pop-up's period, and for rules that begin on a day.
func TestADoorGoesByTheDayOnWhichItsSessionStarted(t *testing.T) {
	t.Parallel()
	day := models.Day("2026-11-23")
	start := day.Start().Add(22 * time.Hour)
	session := &models.Session{Start: start, End: start.Add(3 * time.Hour), FirstDay: day, LastDay: day.Add(1)}
	later := models.DefaultRules()
	later.ClosesMinutes = 0
	network := &models.Network{Rules: []models.DatedRules{{From: day.Add(1), Rules: later}}}
	for name, c := range map[string]struct {
		organisation models.Organisation
		network      *models.Network
		at           time.Time
		open         bool
	}{
		"a pop-up's last evening, before midnight": {models.Organisation{Last: day}, nil, start.Add(time.Hour), true},
		"after midnight":                           {models.Organisation{Last: day}, nil, start.Add(130 * time.Minute), true},
		"and until its door closes":                {models.Organisation{Last: day}, nil, start.Add(4 * time.Hour), false},
		"the evening after a pop-up":               {models.Organisation{Last: day.Add(-1)}, nil, start, false},
		"the evening before a pop-up":              {models.Organisation{First: day.Add(1)}, nil, start, false},
		"after midnight, when it is the first day": {models.Organisation{First: day.Add(1)}, nil, start.Add(130 * time.Minute), false},
		"by the rules of its day after midnight":   {models.Organisation{}, network, start.Add(3*time.Hour + time.Minute), true},
	} {
		place := models.DoorPlace{Organisation: c.organisation, Network: c.network, Session: session, Offer: models.Offer{Kind: models.Event}}
		if open, _ := place.Open(c.at); open != c.open {
			t.Errorf("%s: open is %t", name, open)
		}
	}
}
