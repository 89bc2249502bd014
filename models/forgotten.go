package models

import (
	"slices"
	"time"
)

// How long after its use something is kept. docs/privacy.md has the whole table.
const (
	day = 24 * time.Hour

	KeysKept        = day      // idempotency keys
	TalliesKept     = day      // of wrong codes
	RefusedKept     = 90 * day // scans that were refused
	NoticesKept     = 90 * day
	PushesKept      = 7 * day  // rows of the outbox, after their end
	EndedPassesKept = 90 * day // then as if they were erased
	BackupsKept     = 35 * day // that a pass was erased must be known as long as a backup could bring it back
	AuditYears      = 2
)

// Forgotten is how many documents the daily job changed or deleted, by what they were.
type Forgotten map[string]int

// Any says whether there was anything at all.
func (f Forgotten) Any() bool {
	for _, n := range f {
		if n > 0 {
			return true
		}
	}
	return false
}

// ToForget says whether a pass ended so long ago that it is forgotten as if it had been erased: when it was revoked, or by its last
// day with grace, or with its pilot. home is the network of the pass.
func (p *Pass) ToForget(home *Network, at time.Time) bool {
	end := p.UsableUntil(home)
	if p.State == Revoked && p.EndedAt.Before(end) {
		end = p.EndedAt
	}
	return !at.Before(end.Add(EndedPassesKept))
}

// Unlink removes what ties a visit or reservation to its pass. What statistics count stays. When it was made goes too: a worker who
// reserved stands in the audit log with the pass and the second; and what its answers told of the pass. It answers the use of a limit
// that the claim held, so that its number stays taken, by nobody.
func (c *Claim) Unlink() *Use {
	use := c.Use
	c.Pass, c.CTI, c.SignedAt, c.UnlinkDay, c.Live = "", "", 0, "", false
	c.Use, c.Code, c.Idempotency = nil, "", nil
	c.At = c.Day.Start()
	for i := range c.Scans {
		c.Scans[i].Answer.forgetPass()
	}
	return use
}

// forgetPass takes out of an answer what it told of the pass: in a small municipality its last day alone may name it.
func (d *Decision) forgetPass() {
	d.LastDay, d.FirstAt, d.Welcome, d.Limit, d.Other = "", time.Time{}, 0, nil, nil
	d.Marks = slices.DeleteFunc(d.Marks, func(m Mark) bool { return m == InGrace })
}
