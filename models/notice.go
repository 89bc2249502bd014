package models

import "time"

// A NoticeKind is what a notice says; the app has the words.
type NoticeKind string

// The holder's own matters.
const (
	NoticeActivated NoticeKind = "activated"
	NoticeReplaced  NoticeKind = "replaced"  // another phone carries the pass now
	NoticeRecovered NoticeKind = "recovered" // with the recovery code
	NoticeRenewed   NoticeKind = "renewed"
	NoticeEnds30    NoticeKind = "ends_30"
	NoticeEnds7     NoticeKind = "ends_7"
	NoticeReserved  NoticeKind = "session_cancelled"
)

// A Notice is a message in a holder's inbox. There is exactly one for each (pass, cause), by a unique index. Kept 90 days.
type Notice struct {
	ID     NoticeID `json:"_id"`
	Record `json:",inline"`
	Pass   PassID            `json:"pass"`
	Cause  string            `json:"cause"` // "activated/<carrier>", "ends_30/<last day>": what must be told once
	Kind   NoticeKind        `json:"kind"`
	At     time.Time         `json:"at"`
	Facts  map[string]string `json:"facts,omitempty"` // days and ids that the words need; never a name
	ReadAt time.Time         `json:"read_at,omitempty,omitzero"`
	Urgent bool              `json:"urgent,omitempty"` // its push may come in quiet hours
}

// A Push is a row of the outbox: the nudge that a notice is there. It is written with the notice and sent at least once, always
// under the notice's id as collapse key, so that the phone shows one.
type Push struct {
	ID         NoticeID `json:"_id"` // the notice's
	Record     `json:",inline"`
	Pass       PassID    `json:"pass"`
	Due        time.Time `json:"due,omitempty,omitzero"` // when it may be sent; absent once it has ended
	LeaseOwner string    `json:"lease_owner,omitempty"`
	LeaseUntil time.Time `json:"lease_until,omitempty,omitzero"`
	Tries      int       `json:"tries,omitempty"`
	EndedAt    time.Time `json:"ended_at,omitempty,omitzero"`
	Urgent     bool      `json:"urgent,omitempty"` // it may be sent in quiet hours

	Outcome PushOutcome `json:"outcome,omitempty"`
}
