package kp1

import (
	"crypto/ecdsa"
	"strings"
)

const (
	prefixPhone = "KP1:"
	prefixPaper = "KPP:"
)

// aadCode is the external AAD of a code's signature (RFC 9052 §4.3), so that it can never pass for the issuer's.
var aadCode = []byte("KP1")

// signedCredential is a credential in form, its signature not looked at.
type signedCredential struct {
	sign1
	claims
	kid KID
	raw []byte
}

// signedCode is a code in form, its signatures not looked at. On paper it is the credential alone.
type signedCode struct {
	sign1
	signedAt   uint64
	credential signedCredential
}

// DecodeUnverified tells what a text claims to be. Anybody can make such a text: this is for tools that explain a code,
// never for a door. It answers ErrNotAPass, ErrUnknownKind, and ErrBadSignature where the code key is no point.
func DecodeUnverified(text string) (Code, error) {
	code, err := readText(text)
	if err != nil {
		return Code{}, err
	}
	codeKey, err := code.credential.point()
	if err != nil {
		return Code{}, err
	}
	return code.asCode(codeKey)
}

// asCode says the code in the caller's types, unless it is of a later kind.
func (c *signedCode) asCode(codeKey *ecdsa.PublicKey) (Code, error) {
	if c.credential.knownKind() == 0 {
		return Code{}, ErrUnknownKind
	}
	return Code{
		Credential: c.credential.said(codeKey, c.credential.kid),
		SignedAt:   int64(c.signedAt),
	}, nil
}

// readText judges everything about a text but its signatures.
func readText(text string) (signedCode, error) {
	phone := strings.HasPrefix(text, prefixPhone)
	switch {
	case !phone && laterPrefix(text):
		return signedCode{}, ErrUnknownKind
	case !phone && !strings.HasPrefix(text, prefixPaper):
		return signedCode{}, notAPass("no prefix of a pass")
	}
	raw, ok := decodeBase45(text[len(prefixPhone):])
	if !ok {
		return signedCode{}, notAPass("not base45")
	}
	if phone {
		return readCode(raw)
	}
	paper, err := readCredential(raw, false)
	return signedCode{credential: paper}, err
}

// laterPrefix recognizes what a later version may use: KP, one of 0–9 A–Z, and a colon.
func laterPrefix(text string) bool {
	if len(text) < len(prefixPhone) || text[:2] != "KP" || text[3] != ':' || text[:4] == prefixPhone || text[:4] == prefixPaper {
		return false
	}
	return '0' <= text[2] && text[2] <= '9' || 'A' <= text[2] && text[2] <= 'Z'
}

// readCode reads what follows KP1: the credential and the moment, signed by the credential's own key.
func readCode(raw []byte) (signedCode, error) {
	frame, err := readSign1(raw)
	if err != nil {
		return signedCode{}, err
	}
	if err := readCodeHeader(frame.protected); err != nil {
		return signedCode{}, err
	}
	credential, signedAt, err := readCodePayload(frame.payload)
	if err != nil {
		return signedCode{}, err
	}
	inner, err := readCredential(credential, true)
	return signedCode{sign1: frame, signedAt: signedAt, credential: inner}, err
}

func readCodeHeader(protected []byte) error {
	r := reader{rest: protected}
	r.exactly(majorMap, 1)
	r.integer(headerAlg)
	r.integer(algES256)
	return r.done()
}

func readCodePayload(payload []byte) (credential []byte, signedAt uint64, err error) {
	r := reader{rest: payload}
	r.exactly(majorArray, 2)
	credential = r.bytes()
	signedAt = r.of(majorUint)
	if signedAt >= timeLimit {
		r.fail("signed_at out of range")
	}
	return credential, signedAt, r.done()
}

// readCredential reads what the issuer signed. phone says whether it stands inside a KP1 or is a KPP by itself.
func readCredential(raw []byte, phone bool) (signedCredential, error) {
	frame, err := readSign1(raw)
	if err != nil {
		return signedCredential{}, err
	}
	kid, err := readIssuerHeader(frame.protected)
	if err != nil {
		return signedCredential{}, err
	}
	said, err := readClaims(frame.payload, phone)
	return signedCredential{sign1: frame, claims: said, kid: kid, raw: raw}, err
}

func readIssuerHeader(protected []byte) (KID, error) {
	var kid KID
	r := reader{rest: protected}
	r.exactly(majorMap, 2)
	r.integer(headerAlg)
	r.integer(algES256)
	r.integer(headerKID)
	r.fixedBytes(kid[:])
	return kid, r.done()
}
