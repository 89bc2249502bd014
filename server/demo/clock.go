package demo

import (
	"sync"
	"time"
)

// A Clock stands still in the past while a demo is filled, so that its passes have a history, and then goes with the real one.
type Clock struct {
	wall func() time.Time

	mu    sync.Mutex
	still time.Time
}

// NewClock goes with the real clock.
func NewClock(wall func() time.Time) *Clock { return &Clock{wall: wall} }

// Now is the time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.still.IsZero() {
		return c.wall()
	}
	return c.still
}

// stop makes the clock stand still at an instant.
func (c *Clock) stop(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.still = at
}
