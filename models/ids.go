package models

import (
	"encoding/base32"
	"fmt"
	"io"
	"time"
)

// Each noun has a type of id of its own: what must not be swapped cannot be. Ids are 128 random bits in lower-case base32, so that
// none tells when, where or as how-manieth it was made.

type (
	// NetworkID is a short name such as "kainuu", and no random bits.
	NetworkID string
	// OrganisationID is the id of an organisation.
	OrganisationID string
	// PersonID is the id of a person who works.
	PersonID string
	// PassID is the id of a pass; it is not its number.
	PassID string
	// CarrierID is the id of a phone, or of one print of a paper.
	CarrierID string
	// ScannerID is the id of a scanner.
	ScannerID string
	// OfferID is the id of an offer.
	OfferID string
	// SessionID is the id of a session or, for a standing offer, the offer's own.
	SessionID string
	// ClaimID is the id of a claim.
	ClaimID string
	// ScanID is made by the scanner, so that a retry is the same scan.
	ScanID string
	// NoticeID is the id of a notice, and of the push that nudges to it.
	NoticeID string
	// AuditID is the id of an audit row.
	AuditID string
)

// A CTI is the id of a credential as documents keep it: base64url of its 8 bytes.
type CTI string

var idEncoding = base32.NewEncoding("abcdefghijkmnpqrstuvwxyz23456789").WithPadding(base32.NoPadding)

// NewID draws an id. It panics if random cannot be read, since nothing safe can be done without it.
func NewID[ID ~string](random io.Reader) ID {
	var b [16]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		panic(fmt.Sprintf("models: no randomness: %v", err))
	}
	return ID(idEncoding.EncodeToString(b[:]))
}

// A Record is what every document has beside its facts. Version grows by one with each change, so that of two changes made to
// the same state only one holds.
type Record struct {
	Version int64 `json:"version"`
}

// Idempotency ties a document to the request that made it, so that the same request again finds it instead of making another.
// Key is unique per actor ("person:…", "device:…"); both are dropped after 24 hours.
type Idempotency struct {
	Key  string `json:"key"`  // actor ‖ "/" ‖ the client's key
	Body string `json:"body"` // SHA-256 of the body, base64url
	// At is when the request came, in documents that do not tell when they were made.
	At time.Time `json:"at,omitempty,omitzero"`
}

// Revision is where a document's version stands; the store counts it up.
func (r *Record) Revision() *int64 { return &r.Version }
