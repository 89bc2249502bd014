package models_test

import (
	"testing"
	"time"

	"kaikukortti/models"
)

func helsinki(day models.Day, hour, minute int) time.Time {
	y, m, d := day.Date()
	return time.Date(y, m, d, hour, minute, 0, 0, models.Helsinki).UTC()
}

func TestQuietHoursEndAtEightByTheClockOnTheWall(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ at, waking time.Time }{
		"by day":                           {helsinki("2026-11-23", 14, 0), helsinki("2026-11-23", 14, 0)},
		"a minute to nine":                 {helsinki("2026-11-23", 20, 59), helsinki("2026-11-23", 20, 59)},
		"nine in the evening":              {helsinki("2026-11-23", 21, 0), helsinki("2026-11-24", 8, 0)},
		"midnight":                         {helsinki("2026-11-24", 0, 0), helsinki("2026-11-24", 8, 0)},
		"a minute to eight":                {helsinki("2026-11-24", 7, 59), helsinki("2026-11-24", 8, 0)},
		"eight":                            {helsinki("2026-11-24", 8, 0), helsinki("2026-11-24", 8, 0)},
		"the night of 23 hours":            {helsinki("2026-03-28", 22, 0), time.Date(2026, 3, 29, 5, 0, 0, 0, time.UTC)},
		"the night of 25 hours":            {helsinki("2026-10-24", 22, 0), time.Date(2026, 10, 25, 6, 0, 0, 0, time.UTC)},
		"the hour that comes twice":        {time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC), time.Date(2026, 10, 25, 6, 0, 0, 0, time.UTC)},
		"the last evening before new year": {helsinki("2026-12-31", 23, 0), helsinki("2027-01-01", 8, 0)},
	} {
		if got := models.Waking(c.at); !got.Equal(c.waking) {
			t.Errorf("%s: %s, want %s", name, got.In(models.Helsinki), c.waking.In(models.Helsinki))
		}
		if models.Quiet(c.at) == c.at.Equal(c.waking) {
			t.Errorf("%s: quiet and awake at once, or neither", name)
		}
	}
}

func TestWordOfASessionBeforeNoonDoesNotWait(t *testing.T) {
	t.Parallel()
	night := helsinki("2026-11-23", 22, 0)
	for name, c := range map[string]struct {
		start  time.Time
		urgent bool
	}{
		"tomorrow at ten":            {helsinki("2026-11-24", 10, 0), true},
		"tomorrow at noon":           {helsinki("2026-11-24", 12, 0), false},
		"the day after at ten":       {helsinki("2026-11-25", 10, 0), false},
		"it began an hour ago":       {helsinki("2026-11-23", 21, 0), false},
		"tonight":                    {helsinki("2026-11-23", 23, 0), true},
		"tomorrow, as the day opens": {helsinki("2026-11-24", 7, 0), true},
	} {
		n := models.Notice{At: night, Urgent: models.Urgent(c.start, night)}
		if n.Urgent != c.urgent {
			t.Errorf("%s: urgent %t", name, n.Urgent)
		}
		want := helsinki("2026-11-24", 8, 0)
		if c.urgent {
			want = night
		}
		if got := n.Due(); !got.Equal(want) {
			t.Errorf("%s: due %s, want %s", name, got.In(models.Helsinki), want.In(models.Helsinki))
		}
	}
}

func TestEndingsOfADay(t *testing.T) {
	t.Parallel()
	kinds := map[models.Day]models.NoticeKind{}
	for _, e := range models.Endings("2026-11-23") {
		kinds[e.Last] = e.Kind
	}
	for day, want := range map[models.Day]models.NoticeKind{
		"2026-11-22": "", "2026-11-23": models.NoticeEnds7, "2026-11-30": models.NoticeEnds7, "2026-12-01": models.NoticeEnds30,
		"2026-12-23": models.NoticeEnds30, "2026-12-24": "",
	} {
		if kinds[day] != want {
			t.Errorf("passes that end on %s: %q, want %q", day, kinds[day], want)
		}
	}
	for last, want := range map[models.Day]models.NoticeKind{
		"": "", "2026-11-22": "", "2026-11-23": models.NoticeEnds7, "2026-12-01": models.NoticeEnds30, "2026-12-24": "",
	} {
		e, ok := models.EndingOf(&models.Network{ID: "pilot", Status: models.Pilot, Last: last}, "2026-11-23")
		if ok != (want != "") || e.Kind != want {
			t.Errorf("a pilot that ends on %q: %q, want %q", last, e.Kind, want)
		}
	}
	if e, ok := models.EndingOf(&models.Network{ID: "kainuu", Status: models.Permanent, Last: "2026-12-01"}, "2026-11-23"); ok {
		t.Errorf("a permanent network ends: %+v", e)
	}
}

func TestWhenAPassIsForgotten(t *testing.T) {
	t.Parallel()
	permanent := &models.Network{Status: models.Permanent}
	pilot := &models.Network{Status: models.Pilot, Last: "2026-06-30"}
	revoked := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	const kept = 90 * 24 * time.Hour
	for name, c := range map[string]struct {
		pass models.Pass
		home *models.Network
		end  time.Time
	}{
		"after its grace":              {models.Pass{State: models.Active, Last: "2026-05-31", GraceDays: 30}, permanent, models.Day("2026-06-30").End()},
		"never used":                   {models.Pass{State: models.Issued, Last: "2026-05-31"}, permanent, models.Day("2026-05-31").End()},
		"with its pilot":               {models.Pass{State: models.Suspended, Last: "2026-12-31", GraceDays: 30}, pilot, models.Day("2026-06-30").End()},
		"when it was revoked":          {models.Pass{State: models.Revoked, EndedAt: revoked, Last: "2026-12-31"}, permanent, revoked},
		"revoked when it was over":     {models.Pass{State: models.Revoked, EndedAt: revoked, Last: "2026-01-31"}, permanent, models.Day("2026-01-31").End()},
		"revoked in a pilot, later on": {models.Pass{State: models.Revoked, EndedAt: revoked, Last: "2026-12-31"}, pilot, revoked},
	} {
		if c.pass.ToForget(c.home, c.end.Add(kept-time.Second)) || !c.pass.ToForget(c.home, c.end.Add(kept)) {
			t.Errorf("%s: it is not forgotten 90 days after %s", name, c.end)
		}
	}
}
