package models

import (
	"fmt"
	"time"
	_ "time/tzdata" // venues are in Helsinki also where the machine knows no time zones
)

// Helsinki is the time zone of every venue.
var Helsinki = func() *time.Location {
	l, err := time.LoadLocation("Europe/Helsinki")
	if err != nil {
		panic(err) // the zone is embedded
	}
	return l
}()

// A Day is a calendar day in Helsinki, as "2026-11-23": it sorts as text. The empty Day is no day.
type Day string

const dayLayout = "2006-01-02"

// DayOf is the day in Helsinki at an instant.
func DayOf(at time.Time) Day { return Day(at.In(Helsinki).Format(dayLayout)) }

// ParseDay reads "2026-11-23".
func ParseDay(s string) (Day, error) {
	if _, err := time.Parse(dayLayout, s); err != nil {
		return "", fmt.Errorf("%q is not a day like 2026-11-23", s)
	}
	return Day(s), nil
}

// Date takes a day apart. A Day that was not made by DayOf or ParseDay gives zeros.
func (d Day) Date() (year int, month time.Month, day int) {
	t, err := time.Parse(dayLayout, string(d))
	if err != nil {
		return 0, 0, 0
	}
	return t.Date()
}

// Start is the instant at which the day begins in Helsinki: 00:00, also on days of clock change.
func (d Day) Start() time.Time {
	y, m, day := d.Date()
	return time.Date(y, m, day, 0, 0, 0, 0, Helsinki).UTC()
}

// End is the instant at which the next day begins. A last day ends there.
func (d Day) End() time.Time { return d.Add(1).Start() }

// Add is the day so many days later.
func (d Day) Add(days int) Day {
	y, m, day := d.Date()
	return Day(time.Date(y, m, day+days, 0, 0, 0, 0, time.UTC).Format(dayLayout))
}

// AddMonths is the same day of a later month, or that month's last day where it is shorter: 29 February and a year later is
// 28 February.
func (d Day) AddMonths(months int) Day {
	y, m, day := d.Date()
	first := time.Date(y, m+time.Month(months), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return Day(first.AddDate(0, 0, min(day, last)-1).Format(dayLayout))
}

// Year is the day's year.
func (d Day) Year() int { y, _, _ := d.Date(); return y }

// Month is the day's month, as "2026-11".
func (d Day) Month() string {
	if len(d) < 7 {
		return ""
	}
	return string(d[:7])
}

// At is the instant of a time of day on this day in Helsinki; one that the spring change skips is an hour later.
func (d Day) At(hour, minute int) time.Time {
	y, m, day := d.Date()
	return time.Date(y, m, day, hour, minute, 0, 0, Helsinki).UTC()
}
