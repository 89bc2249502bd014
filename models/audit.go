package models

import "time"

// An AuditEntry says who changed what, when and why. It is written in the same transaction as the change, kept 2 years, and names
// a pass by its random id alone.
type AuditEntry struct {
	ID           AuditID `json:"_id"`
	Record       `json:",inline"`
	At           time.Time       `json:"at"`
	Person       PersonID        `json:"person,omitempty"` // empty: the holder, a scanner, or the system itself
	By           string          `json:"by"`               // "person", "holder", "scanner", "system"
	Organisation OrganisationID  `json:"organisation,omitempty"`
	Network      NetworkID       `json:"network,omitempty"`
	Action       string          `json:"action"` // "pass_issued", "scanner_removed", …
	Pass         PassID          `json:"pass,omitempty"`
	Subject      string          `json:"subject,omitempty"` // id of what was changed when it is no pass
	Reason       ReasonForChange `json:"reason,omitempty"`
}

// A Scanner is a venue's phone or hand reader. The scanner is the identity: whoever holds it is a steward.
type Scanner struct {
	ID           ScannerID `json:"_id"`
	Record       `json:",inline"`
	Organisation OrganisationID `json:"organisation"`
	Label        string         `json:"label"`
	EndDay       Day            `json:"end_day"`                         // it works to the end of this day
	Code         string         `json:"code,omitempty"`                  // HMAC of the enrolment code, for its life
	CodeExpires  time.Time      `json:"code_expires,omitempty,omitzero"` // 24 h
	Thumbprint   string         `json:"thumbprint,omitempty"`            // RFC 7638 of its key, once enrolled
	Key          []byte         `json:"key,omitempty"`                   // P-256 point, uncompressed
	EnrolledAt   time.Time      `json:"enrolled_at,omitempty,omitzero"`  //
	RemovedAt    time.Time      `json:"removed_at,omitempty,omitzero"`   //
	WrongTyped   int            `json:"wrong_typed,omitempty"`           // wrong typed numbers in the hour from WrongFrom
	WrongFrom    time.Time      `json:"wrong_from,omitempty,omitzero"`   //
	Idempotency  *Idempotency   `json:"idempotency,omitempty"`
}

// Works says whether the scanner may scan at an instant.
func (s *Scanner) Works(at time.Time) bool {
	return s.Thumbprint != "" && s.RemovedAt.IsZero() && DayOf(at) <= s.EndDay
}
