// Package kp1 writes, reads and verifies the code that a pass shows: KP1 on a phone, KPP on paper.
//
// It must never touch a disk, a network or a clock: whether a right code may come in today is judged by who calls it.
// docs/kp1.md is the specification; testdata/vectors.json holds other implementations to the same answers.
package kp1

import (
	"crypto/ecdsa"
	"encoding/base64"
	"errors"
	"fmt"
)

// Kind says what carries the pass and whose it is.
type Kind uint8

// The kinds that exist. 5 and 6 are kept for wallets; a reader answers ErrUnknownKind for them and all above.
const (
	KindPhone          Kind = 1
	KindPaper          Kind = 2
	KindCommunityPhone Kind = 3
	KindCommunityPaper Kind = 4
)

// Paper reports whether the code is a print: signed once, without a code key.
func (k Kind) Paper() bool { return k == KindPaper || k == KindCommunityPaper }

// Community reports whether the pass belongs to a distributor instead of a person.
func (k Kind) Community() bool { return k == KindCommunityPhone || k == KindCommunityPaper }

const (
	// maxChildren is how many children a pass can name; four bits would hold no more.
	maxChildren = 15
	// timeLimit bounds exp and signed_at (exclusive), so that every language reads them exactly.
	timeLimit = 1 << 40
)

// CTI identifies one credential (RFC 8392 §3.1.7). It changes with every credential of a phone.
type CTI [8]byte

// ParseCTI reads what String writes and nothing else.
func ParseCTI(s string) (CTI, error) {
	var id CTI
	return id, id.UnmarshalText([]byte(s))
}

// String is base64url without padding, 11 characters.
func (id CTI) String() string { return base64.RawURLEncoding.EncodeToString(id[:]) }

// MarshalText writes the form of String.
func (id CTI) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText reads the form of String; id is untouched when text is anything else.
func (id *CTI) UnmarshalText(text []byte) error { return parseID(id[:], text, "cti") }

// KID names an issuer key: the first 4 bytes of its RFC 9679 thumbprint.
type KID [4]byte

// ParseKID reads what String writes and nothing else.
func ParseKID(s string) (KID, error) {
	var id KID
	return id, id.UnmarshalText([]byte(s))
}

// String is base64url without padding, 6 characters; the kid of the published JWKS.
func (id KID) String() string { return base64.RawURLEncoding.EncodeToString(id[:]) }

// MarshalText writes the form of String.
func (id KID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText reads the form of String; id is untouched when text is anything else.
func (id *KID) UnmarshalText(text []byte) error { return parseID(id[:], text, "kid") }

// parseID accepts one spelling of each id, so that equal ids are equal texts everywhere.
func parseID(id, text []byte, name string) error {
	if len(text) != base64.RawURLEncoding.EncodedLen(len(id)) {
		return fmt.Errorf("parse %s: %d characters instead of %d", name, len(text), base64.RawURLEncoding.EncodedLen(len(id)))
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(string(text))
	if err != nil {
		return fmt.Errorf("parse %s: %w", name, err)
	}
	if len(raw) != len(id) { // base64 skips line breaks; an id has none
		return fmt.Errorf("parse %s: line break inside", name)
	}
	copy(id, raw)
	return nil
}

// Credential is the issuer's statement that a pass is valid until Exp, spoken for by CodeKey.
type Credential struct {
	Kind     Kind
	Children int // 0 to 15; always 0 on a community pass
	CTI      CTI
	Exp      int64            // Unix seconds; past means now ≥ Exp
	CodeKey  *ecdsa.PublicKey // nil on paper; shared between callers, never change it
	KID      KID              // the issuer key that signed
}

// Code is a credential as it was shown.
type Code struct {
	Credential
	SignedAt int64 // Unix seconds by the phone's corrected clock; 0 on paper
}

// Paper reports whether the code is a print, to which neither age nor replay applies.
func (c Code) Paper() bool { return c.Kind.Paper() }

// What Verify answers instead of a code, to be matched with errors.Is. They are judged in this order: the first that
// applies is the answer.
var (
	// ErrNotAPass: the text is not a code in this format, to the last bit.
	ErrNotAPass = errors.New("not a pass")
	// ErrBadSignature: a code in form, but a signature is wrong.
	ErrBadSignature = errors.New("bad signature")
	// ErrUnknownIssuer: right as far as can be seen, but no key by this kid is known. See UnknownIssuerError.
	ErrUnknownIssuer = errors.New("unknown issuer")
	// ErrUnknownKind: a later version's prefix, or a rightly signed credential of a later kind. Ask the server.
	ErrUnknownKind = errors.New("unknown kind of pass")
)

// UnknownIssuerError is ErrUnknownIssuer with the kid that was not found, for whoever can fetch newer keys.
type UnknownIssuerError struct{ KID KID }

// Error names the missing key.
func (e *UnknownIssuerError) Error() string { return ErrUnknownIssuer.Error() + " " + e.KID.String() }

// Unwrap makes errors.Is(err, ErrUnknownIssuer) true.
func (e *UnknownIssuerError) Unwrap() error { return ErrUnknownIssuer }

// notAPass says for a developer's eyes what was wrong; venues only learn that it is not a pass.
func notAPass(why string) error { return fmt.Errorf("%w: %s", ErrNotAPass, why) }
