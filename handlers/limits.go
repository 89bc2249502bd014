package handlers

import (
	"container/list"
	"encoding/json"
	"math"
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"kaikukortti/models"
)

// A Rate is how often something may happen: on average so many times a second, and so many at once.
type Rate struct {
	PerSecond float64
	Burst     int
}

// Limits are the rates that the server allows. Each belongs to who or what asks, so that nobody can use up what is another's.
type Limits struct {
	// Address counts requests without a valid token from one address. 2,000 people may be behind it (a city hall, a mobile
	// operator), who all open the app when the doors of a concert open.
	Address Rate
	Device  Rate // a holder's phone
	Scanner Rate // a venue's phone, with its uploads
	Person  Rate // somebody who works
	Code    Rate // tries of one and the same code, e-mail or key from one address
	Kept    int  // how many are remembered of each; the ones not heard of for longest are forgotten first
}

// DefaultLimits are far above what people do and far below what the server can bear.
func DefaultLimits() Limits {
	return Limits{
		Address: Rate{PerSecond: 50, Burst: 4000},
		Device:  Rate{PerSecond: 2, Burst: 60},
		Scanner: Rate{PerSecond: 100, Burst: 400},
		Person:  Rate{PerSecond: 10, Burst: 200},
		Code:    Rate{PerSecond: 1.0 / 6, Burst: 20},
		Kept:    100_000,
	}
}

// A limiter holds one rate against many keys, in bounded memory. It is the generic cell rate algorithm: of each key it keeps the
// one instant at which all that it was allowed is used up.
type limiter struct {
	every time.Duration // one request
	slack time.Duration // the burst
	kept  int
	now   func() time.Time

	mu    sync.Mutex
	keys  map[string]*list.Element
	order *list.List // most recently heard of first
}

type cell struct {
	key  string
	full time.Time
}

func newLimiter(r Rate, kept int, now func() time.Time) *limiter {
	every := time.Duration(float64(time.Second) / r.PerSecond)
	return &limiter{
		every: every, slack: every * time.Duration(r.Burst-1), kept: kept, now: now, keys: map[string]*list.Element{}, order: list.New(),
	}
}

// allow counts one request of key, or says how long to wait. A refused request is not counted: who waits gets through.
func (l *limiter) allow(key string) (wait time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	c := l.cell(key, now)
	if l.idle(c, now) {
		c.full = now
	}
	if wait := c.full.Add(-l.slack).Sub(now); wait > 0 {
		return wait
	}
	c.full = c.full.Add(l.every)
	return 0
}

// idle says that a cell is as one that never was: all that its key may do at once, it may do now.
func (l *limiter) idle(c *cell, now time.Time) bool {
	return !c.full.After(now) || c.full.Sub(now) > l.slack+l.every // the second cannot be, unless the clock was set back
}

// cell finds what is kept of a key, or makes it in the place of those that were not heard of for longest: of one if there are too many, and
// of two that say nothing any more, so that what is kept is what somebody was doing just now.
func (l *limiter) cell(key string, now time.Time) *cell {
	if e, ok := l.keys[key]; ok {
		l.order.MoveToFront(e)
		c, _ := e.Value.(*cell)
		return c
	}
	for range 2 {
		last := l.order.Back()
		if last == nil {
			break
		}
		if c, ok := last.Value.(*cell); ok && (len(l.keys) >= l.kept || l.idle(c, now)) {
			l.order.Remove(last)
			delete(l.keys, c.key)
		}
	}
	c := &cell{key: key}
	l.keys[key] = l.order.PushFront(c)
	return c
}

// check is allow as an error.
func (l *limiter) check(key string) error {
	wait := l.allow(key)
	if wait == 0 {
		return nil
	}
	return &models.Error{
		Kind: models.TooMany, Code: "too_many_requests", Detail: "Too many requests; wait as long as Retry-After says.",
		RetryAfter: int(math.Ceil(wait.Seconds())),
	}
}

// limiters are the limiters of one server.
type limiters struct {
	address, device, scanner, person, code *limiter
}

func newLimiters(l Limits, now func() time.Time) *limiters {
	return &limiters{
		address: newLimiter(l.Address, l.Kept, now), device: newLimiter(l.Device, l.Kept, now),
		scanner: newLimiter(l.Scanner, l.Kept, now), person: newLimiter(l.Person, l.Kept, now),
		code: newLimiter(l.Code, l.Kept, now),
	}
}

// checkAddress counts a request of which nothing is known but where it came from.
func (l *limiters) checkAddress(c *fiber.Ctx) error {
	return l.address.check(clientAddress(c).String())
}

// checkActor counts a request of somebody who has proved who they are: addresses no longer matter.
func (l *limiters) checkActor(a models.Actor) error {
	switch a.Role {
	case models.HolderRole:
		return l.device.check(asks(a))
	case models.ScannerRole:
		return l.scanner.check(asks(a))
	case models.WorkerRole, models.ManagerRole, models.Coordinator, models.National, models.AnyPersonRole:
		return l.person.check(asks(a))
	case models.Nobody:
	}
	return nil
}

// each limits tries of what stands in one field of the body: a code, an e-mail, a pass number. It counts with the address, so
// that nobody can use up the tries of somebody else; guesses of many codes are the domain's to notice.
func (l *limiters) each(field string) fiber.Handler {
	return func(c *fiber.Ctx) error {
		var body map[string]json.RawMessage
		if json.Unmarshal(c.BodyRaw(), &body) == nil && len(body[field]) > 0 {
			if err := l.try(c, strings.ToLower(strings.Join(strings.Fields(string(body[field])), ""))); err != nil {
				return err
			}
		}
		return c.Next()
	}
}

// try counts a try of something on a route, from an address.
func (l *limiters) try(c *fiber.Ctx, value string) error {
	return l.code.check(digest(c.Route().Path, clientAddress(c).String(), value))
}
