package models

import "time"

// An Erasure is the intent to forget a pass, and how far that has come. It is written in the transaction that deletes the pass, so
// that a crash leaves nothing half forgotten.
type Erasure struct {
	Pass   PassID `json:"_id"`
	Record `json:",inline"`
	At     time.Time `json:"at"`
	// Open until what was in flight when the pass was deleted has been swept up too.
	Open bool `json:"open,omitempty"`
}

// LongestRequest is longer than any request may take: what was begun before a pass was deleted has ended when it is over.
const LongestRequest = 2 * time.Minute

// Batch is how many documents a long job changes in one transaction, so that scans never wait long behind it.
const Batch = 500

// Forget makes a claim nobody's. A reservation that is still to come is cancelled, so that its seats go on; everything else stays
// as it was counted.
func (c *Claim) Forget(today Day) {
	coming := c.State == Waiting || c.State == Offered || c.State == Reserved
	if coming && c.EndsDay >= today {
		c.Leave(Cancelled)
	}
	c.Unlink() // and its use of a limit is nobody's: the pass takes no other
}
