package kp1

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"testing"
)

// issuer is a network's key with those who know it.
type issuer struct{ key *ecdsa.PrivateKey }

func newKey(tb testing.TB) *ecdsa.PrivateKey {
	tb.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	return key
}

func newIssuer(tb testing.TB) issuer {
	tb.Helper()
	return issuer{newKey(tb)}
}

func (i issuer) kid() KID { return KeyID(&i.key.PublicKey) }

// keys is a key source that knows this issuer alone.
func (i issuer) keys(kid KID) *ecdsa.PublicKey {
	if kid != i.kid() {
		return nil
	}
	return &i.key.PublicKey
}

// phone is a holder's phone with a credential.
type phone struct {
	codeKey    *ecdsa.PrivateKey
	credential []byte
}

func (i issuer) phone(tb testing.TB, c Credential) phone {
	tb.Helper()
	p := phone{codeKey: newKey(tb)}
	c.CodeKey = &p.codeKey.PublicKey
	p.credential = i.sign(tb, c)
	return p
}

func (i issuer) sign(tb testing.TB, c Credential) []byte {
	tb.Helper()
	credential, err := SignCredential(i.key, c)
	if err != nil {
		tb.Fatal(err)
	}
	return credential
}

func (i issuer) paper(tb testing.TB, c Credential) string {
	tb.Helper()
	text, err := PaperCode(i.sign(tb, c))
	if err != nil {
		tb.Fatal(err)
	}
	return text
}

func (p phone) show(tb testing.TB, signedAt int64) string {
	tb.Helper()
	text, err := SignCode(p.codeKey, p.credential, signedAt)
	if err != nil {
		tb.Fatal(err)
	}
	return text
}
