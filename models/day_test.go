package models_test

import (
	"testing"
	"time"

	"kaikukortti/models"
)

func TestDaysOfClockChange(t *testing.T) {
	t.Parallel()
	for day, hours := range map[models.Day]time.Duration{"2026-03-29": 23, "2026-10-25": 25, "2026-11-23": 24} {
		if got := day.End().Sub(day.Start()); got != hours*time.Hour {
			t.Errorf("%s has %v, want %d h", day, got, hours)
		}
		if models.DayOf(day.Start()) != day || models.DayOf(day.End().Add(-time.Second)) != day || models.DayOf(day.End()) != day.Add(1) {
			t.Errorf("%s does not begin and end where it should", day)
		}
	}
}

func TestAYearAfterTheLeapDayIsTheLastOfFebruary(t *testing.T) {
	t.Parallel()
	rules := models.DefaultRules()
	for first, last := range map[models.Day]models.Day{
		"2028-02-29": "2029-02-27", "2026-11-22": "2027-11-21", "2026-03-01": "2027-02-28", "2026-01-01": "2026-12-31",
	} {
		if _, got := rules.Validity(first); got != last {
			t.Errorf("a pass of %s is valid until %s, want %s", first, got, last)
		}
	}
	if got := models.Day("2028-02-29").AddMonths(12); got != "2029-02-28" {
		t.Errorf("a year after 29 February is %s, want 28 February", got)
	}
}

func TestRenewal(t *testing.T) {
	t.Parallel()
	p := models.Pass{Last: "2027-11-21", GraceDays: 30}
	for today, last := range map[models.Day]models.Day{
		"2027-11-01": "2028-11-21", // before: on from the last day
		"2027-12-21": "2028-11-21", // in grace too
		"2027-12-22": "2028-12-21", // later: from today
	} {
		if got := p.Renewal(models.DefaultRules(), today); got != last {
			t.Errorf("renewed on %s it is valid until %s, want %s", today, got, last)
		}
	}
}

func TestPeriods(t *testing.T) {
	t.Parallel()
	o := models.Offer{ID: "gym", First: "2026-09-01", Last: "2027-05-31"}
	for _, row := range []struct {
		per         models.Per
		day         models.Day
		first, last models.Day
	}{
		{models.PerDay, "2026-11-23", "2026-11-23", "2026-11-23"},
		{models.PerWeek, "2026-11-29", "2026-11-23", "2026-11-29"},
		{models.PerWeek, "2027-01-01", "2026-12-28", "2027-01-03"},
		{models.PerMonth, "2026-02-10", "2026-02-01", "2026-02-28"},
		{models.PerQuarter, "2026-11-23", "2026-10-01", "2026-12-31"},
		{models.PerYear, "2026-11-23", "2026-01-01", "2026-12-31"},
		{models.PerSeason, "2026-11-23", "2026-09-01", "2027-05-31"},
	} {
		got := o.Period(row.per, row.day)
		if got.First != row.first || got.Last != row.last {
			t.Errorf("the %s of %s is %s to %s, want %s to %s", row.per, row.day, got.First, got.Last, row.first, row.last)
		}
	}
}
