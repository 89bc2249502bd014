package models

import "time"

// An Erasure is the intent to forget a pass, and how far that has come. It is written in the transaction that deletes the pass, so
// that a crash leaves nothing half forgotten.
type Erasure struct {
	Pass   PassID `json:"_id"`
	Record `json:",inline"`
	At     time.Time `json:"at"`
	Today  Day       `json:"today"` // reservations from this day on are cancelled, earlier ones unlinked
	// Open until what was in flight when the pass was deleted has been swept up too.
	Open bool `json:"open,omitempty"`
}

// A Move is the intent to give a closed distributor's passes to another.
type Move struct {
	From   OrganisationID `json:"_id"`
	Record `json:",inline"`
	To     OrganisationID `json:"to"`
	At     time.Time      `json:"at"`
	By     AuditEntry     `json:"by"` // who, for the audit row of each pass
	Open   bool           `json:"open,omitempty"`
}

// LongestRequest is longer than any request may take: what was begun before a pass was deleted has ended when it is over.
const LongestRequest = 2 * time.Minute

// Batch is how many documents a long job changes in one transaction, so that scans never wait long behind it.
const Batch = 500
