package client

import (
	"sync/atomic"
	"time"
)

// A Clock is a phone's own clock, corrected by what the server says. Phones are off by minutes; codes live for seconds.
type Clock struct {
	now    func() time.Time
	offset atomic.Int64
}

// NewClock corrects now by an offset that was found before.
func NewClock(now func() time.Time, offset time.Duration) *Clock {
	c := &Clock{now: now}
	c.offset.Store(int64(offset))
	return c
}

// clockSlack is how far off a clock may be that is left as it is: the server tells whole seconds, and answers travel.
const clockSlack = 2 * time.Second

// Now is the corrected time.
func (c *Clock) Now() time.Time { return c.now().Add(c.Offset()) }

// Offset is how far the phone's clock is behind the server's.
func (c *Clock) Offset() time.Duration { return time.Duration(c.offset.Load()) }

// correct sets the clock by the server's.
func (c *Clock) correct(server time.Time) {
	if server.IsZero() || server.Sub(c.Now()).Abs() <= clockSlack {
		return
	}
	c.offset.Store(int64(server.Sub(c.now())))
}
