package kp1

import (
	"crypto/ecdsa"
	"sync"
)

// Keys finds an issuer's P-256 key by its kid; nil means that it is not known (any more). Verify asks at every code, so
// a key that is withdrawn stops working at once. It must be safe for concurrent use.
type Keys func(KID) *ecdsa.PublicKey

// Verifier tells right codes from wrong ones. It is safe for concurrent use.
type Verifier struct {
	keys Keys
	seen seenCredentials
}

// NewVerifier remembers up to cacheSize credentials (rounded up to an even number) whose signature was right; 0 remembers
// none.
func NewVerifier(keys Keys, cacheSize int) *Verifier {
	return &Verifier{keys: keys, seen: seenCredentials{half: (cacheSize + 1) / 2}}
}

// Verify reads a scanned text and checks every signature in it. Times are not judged, nor whether the pass is in use.
//
// The error is one of ErrNotAPass, ErrBadSignature, ErrUnknownIssuer and ErrUnknownKind, the first that applies in
// this order. What can be wrong without knowing the issuer is wrong first: a text that leads to ErrUnknownIssuer is
// right but for the missing key, so that junk never makes anybody fetch keys.
func (v *Verifier) Verify(text string) (Code, error) {
	code, err := readText(text)
	if err != nil {
		return Code{}, err
	}
	credential := &code.credential
	issuer := v.keys(credential.kid)
	codeKey, err := v.checkCredential(issuer, credential)
	if err != nil {
		return Code{}, err
	}
	// A person's key inside another's credential signs nothing: this signature covers the credential.
	if credential.phone && !code.verify(codeKey, aadCode) {
		return Code{}, ErrBadSignature
	}
	if issuer == nil {
		return Code{}, &UnknownIssuerError{KID: credential.kid}
	}
	return code.asCode(codeKey)
}

// checkCredential checks the issuer's signature and finds the code key. Without an issuer it checks what is left.
func (v *Verifier) checkCredential(issuer *ecdsa.PublicKey, c *signedCredential) (codeKey *ecdsa.PublicKey, err error) {
	if issuer == nil {
		if !signatureInRange(c.signature) {
			return nil, ErrBadSignature
		}
		return c.point()
	}
	if codeKey, ok := v.seen.find(c.raw, issuer); ok {
		return codeKey, nil
	}
	if !c.verify(issuer, nil) {
		return nil, ErrBadSignature
	}
	if codeKey, err = c.point(); err != nil {
		return nil, err
	}
	v.seen.add(c.raw, checkedCredential{issuer: issuer, codeKey: codeKey})
	return codeKey, nil
}

// point is codeKey for a verifier: an x off the curve has no signature that could be right.
func (c *signedCredential) point() (*ecdsa.PublicKey, error) {
	key, err := c.codeKey()
	if err != nil {
		return nil, ErrBadSignature
	}
	return key, nil
}

// checkedCredential is what a right signature proves for ever: this key made it, over a credential with that code key.
type checkedCredential struct {
	issuer, codeKey *ecdsa.PublicKey
}

// seenCredentials remembers credentials by their very bytes, signature included. Only right ones enter, so nobody can
// fill it with junk. When the young half is full it becomes the old half, and what was not seen since is forgotten.
type seenCredentials struct {
	mu         sync.Mutex
	half       int
	young, old map[string]checkedCredential
}

// find answers only for the key that kid stands for now.
func (s *seenCredentials) find(raw []byte, issuer *ecdsa.PublicKey) (codeKey *ecdsa.PublicKey, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	checked, ok := s.young[string(raw)]
	if !ok {
		if checked, ok = s.old[string(raw)]; ok {
			s.remember(string(raw), checked)
		}
	}
	if !ok || checked.issuer != issuer && !checked.issuer.Equal(issuer) {
		return nil, false
	}
	return checked.codeKey, true
}

func (s *seenCredentials) add(raw []byte, checked checkedCredential) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.remember(string(raw), checked)
}

// remember is called under the lock.
func (s *seenCredentials) remember(raw string, checked checkedCredential) {
	if s.half == 0 {
		return
	}
	if len(s.young) >= s.half || s.young == nil {
		s.old, s.young = s.young, make(map[string]checkedCredential)
	}
	s.young[raw] = checked
}
