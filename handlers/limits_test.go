package handlers

import (
	"errors"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kaikukortti/models"
)

// clock is a clock that tests move.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func TestALimiterAllowsTheBurstAndThenTheRate(t *testing.T) {
	t.Parallel()
	at := &clock{time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)}
	l := newLimiter(Rate{PerSecond: 2, Burst: 3}, 10, at.now)
	for i := range 3 {
		if err := l.check("a"); err != nil {
			t.Fatalf("request %d of the burst: %v", i, err)
		}
	}
	refused := new(models.Error)
	if err := l.check("a"); !errors.As(err, &refused) || refused.Kind != models.TooMany || refused.RetryAfter != 1 {
		t.Fatalf("the fourth at once: %v", err)
	}
	if err := l.check("b"); err != nil {
		t.Fatalf("another's request: %v", err)
	}
	at.at = at.at.Add(500 * time.Millisecond)
	if err := l.check("a"); err != nil {
		t.Fatalf("after half a second: %v", err)
	}
	if l.check("a") == nil {
		t.Fatal("two within half a second at two a second")
	}
}

func TestALimiterForgetsWhoWasNotHeardOfForLongest(t *testing.T) {
	t.Parallel()
	at := &clock{time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)}
	l := newLimiter(Rate{PerSecond: 1, Burst: 1}, 100, at.now)
	for i := range 10_000 {
		l.allow(strconv.Itoa(i))
	}
	if len(l.keys) != 100 || l.order.Len() != 100 {
		t.Fatalf("%d keys and %d in order are kept", len(l.keys), l.order.Len())
	}
	if l.allow("9999") == 0 {
		t.Fatal("the last one was forgotten")
	}
	if l.allow("0") != 0 {
		t.Fatal("the first one was not")
	}
}

// A crowd that comes once is forgotten while it comes: memory is for those who ask a lot.
func TestALimiterForgetsWhoMayDoAllAgain(t *testing.T) {
	t.Parallel()
	at := &clock{time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)}
	l := newLimiter(Rate{PerSecond: 50, Burst: 4000}, 100_000, at.now)
	for i := range 10_000 {
		l.allow(strconv.Itoa(i))
		at.at = at.at.Add(10 * time.Millisecond)
	}
	if len(l.keys) > 3 || l.order.Len() != len(l.keys) {
		t.Fatalf("%d keys and %d in order are kept", len(l.keys), l.order.Len())
	}
}

// However requests fall, and whoever asks in between, no window of any length lets through more than its burst and its rate.
func TestALimiterNeverLetsThroughMoreThanItSays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rate := Rate{PerSecond: rapid.Float64Range(.1, 50).Draw(t, "rate"), Burst: rapid.IntRange(1, 20).Draw(t, "burst")}
		start := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
		at := &clock{start}
		l := newLimiter(rate, 20, at.now)
		through := 0
		for range 200 {
			at.at = at.at.Add(time.Duration(rapid.IntRange(0, 300).Draw(t, "pause")) * time.Millisecond)
			for range rapid.IntRange(0, 2).Draw(t, "others") {
				l.allow(strconv.Itoa(rapid.IntRange(0, 9).Draw(t, "other")))
			}
			if l.allow("a") == 0 {
				through++
			}
			if most := float64(rate.Burst) + at.at.Sub(start).Seconds()*rate.PerSecond + 1e-6; float64(through) > most {
				t.Fatalf("%d of at most %f", through, most)
			}
		}
	})
}
