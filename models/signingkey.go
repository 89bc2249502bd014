package models

import "time"

// A KeyUse is what a signing key signs. No key signs two sorts of things.
type KeyUse string

// The uses.
const (
	IssuerKey KeyUse = "issuer" // credentials
	AccessKey KeyUse = "access" // access tokens
	BundleKey KeyUse = "bundle" // offline bundles
)

// A SigningKey is a P-256 key of the server. Its private half is kept sealed under the master key, and destroyed once it signs no
// more.
type SigningKey struct {
	KID     string `json:"_id"` // base64url of the first 4 bytes of its RFC 9679 thumbprint
	Record  `json:",inline"`
	Use     KeyUse    `json:"use"`
	Network NetworkID `json:"network"` // of a local-only network; otherwise empty, and never left out: the index "first" holds it
	Public  []byte    `json:"public"`  // the point, uncompressed (SEC 1)
	Sealed  []byte    `json:"sealed,omitempty"`
	// First marks the first key of its use and network. There is only one, whoever starts at the same time.
	First bool      `json:"first,omitempty"`
	Made  time.Time `json:"made"`
	// From is when it begins to sign; zero for a key that is made ahead and waits for the next rotation.
	From time.Time `json:"from,omitempty,omitzero"`
	// Until is when its successor takes over; zero while there is none.
	Until time.Time `json:"until,omitempty,omitzero"`
	// Withdrawn is when the key was published no more: nothing that it signed is valid, or it was compromised.
	Withdrawn   time.Time `json:"withdrawn,omitempty,omitzero"`
	Compromised bool      `json:"compromised,omitempty"`
}

// KeyAhead is how long an issuer key is published before it first signs; bundles are usable for a day less.
const KeyAhead = 8 * 24 * time.Hour

// Signs says whether the key may sign at an instant.
func (k *SigningKey) Signs(at time.Time) bool {
	return len(k.Sealed) > 0 && !k.From.IsZero() && !at.Before(k.From) && (k.Until.IsZero() || at.Before(k.Until))
}

// Waits says whether the key is made ahead and waits for the next rotation.
func (k *SigningKey) Waits() bool { return k.From.IsZero() && k.Published() }

// Published says whether the key is shown to those who verify.
func (k *SigningKey) Published() bool { return k.Withdrawn.IsZero() }

// Withdraw publishes the key no more, and destroys its private half.
func (k *SigningKey) Withdraw(at time.Time) { k.Withdrawn, k.Sealed = at, nil }

// A Rotation says what a change of keys did.
type Rotation struct {
	New       []SigningKey
	Withdrawn []string // kids that verifiers must take no more
	// Papers are the prints that a compromised issuer key had signed: they must be printed anew.
	Papers []PaperToPrint
}

// A PaperToPrint says whose paper it is, for the worker who can print it.
type PaperToPrint struct {
	Pass        PassID
	Number      Digits
	Distributor OrganisationID
}

// A KeyChange is what becomes of the signing keys in one transaction.
type KeyChange struct {
	New     []SigningKey
	Changed []SigningKey
	Audit   []AuditEntry
}
