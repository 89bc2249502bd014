package kp1

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"io"
	"slices"
	"testing"
)

func TestSignCredentialRefuses(t *testing.T) {
	t.Parallel()
	issuer := newIssuer(t)
	codeKey := &newKey(t).PublicKey
	other, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	right := Credential{Kind: KindPhone, Children: 15, Exp: timeLimit - 1, CodeKey: codeKey}
	if _, err := SignCredential(issuer.key, right); err != nil {
		t.Fatalf("the right one: %v", err)
	}
	for name, change := range map[string]func(c *Credential){
		"no kind":                          func(c *Credential) { c.Kind = 0 },
		"a kind of later":                  func(c *Credential) { c.Kind = 5 },
		"a phone without code key":         func(c *Credential) { c.CodeKey = nil },
		"a paper with code key":            func(c *Credential) { c.Kind = KindPaper },
		"a community paper with code key":  func(c *Credential) { c.Kind, c.Children = KindCommunityPaper, 0 },
		"a community phone without":        func(c *Credential) { c.Kind, c.Children, c.CodeKey = KindCommunityPhone, 0, nil },
		"a code key of another curve":      func(c *Credential) { c.CodeKey = &other.PublicKey },
		"16 children":                      func(c *Credential) { c.Children = 16 },
		"-1 children":                      func(c *Credential) { c.Children = -1 },
		"a child of a community":           func(c *Credential) { c.Kind, c.Children = KindCommunityPhone, 1 },
		"an end before 1970":               func(c *Credential) { c.Exp = -1 },
		"an end that no reader would take": func(c *Credential) { c.Exp = timeLimit },
	} {
		c := right
		change(&c)
		if _, err := SignCredential(issuer.key, c); err == nil {
			t.Errorf("%s: signed", name)
		}
	}
}

func TestSignCodeRefuses(t *testing.T) {
	t.Parallel()
	issuer := newIssuer(t)
	p := issuer.phone(t, Credential{Kind: KindPhone, Exp: exampleExp})
	paper := issuer.sign(t, Credential{Kind: KindPaper, Exp: exampleExp})
	for name, sign := range map[string]func() (string, error){
		"the code key of another credential": func() (string, error) { return SignCode(newKey(t), p.credential, exampleSignedAt) },
		"a paper's credential":               func() (string, error) { return SignCode(p.codeKey, paper, exampleSignedAt) },
		"a cut credential":                   func() (string, error) { return SignCode(p.codeKey, p.credential[:100], exampleSignedAt) },
		"no credential":                      func() (string, error) { return SignCode(p.codeKey, nil, exampleSignedAt) },
		"a moment before 1970":               func() (string, error) { return SignCode(p.codeKey, p.credential, -1) },
		"a moment no reader would take":      func() (string, error) { return SignCode(p.codeKey, p.credential, timeLimit) },
		"a phone's credential on paper":      func() (string, error) { return PaperCode(p.credential) },
		"a cut credential on paper":          func() (string, error) { return PaperCode(paper[:len(paper)-1]) },
	} {
		if text, err := sign(); err == nil || text != "" {
			t.Errorf("%s: %q, %v", name, text, err)
		}
	}
}

// brokenSigner is a key in another device that does not do what it should.
type brokenSigner struct {
	public crypto.PublicKey
	der    []byte
	err    error
}

func (s brokenSigner) Public() crypto.PublicKey { return s.public }

func (s brokenSigner) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) { return s.der, s.err }

func TestSignerThatFails(t *testing.T) {
	t.Parallel()
	public := &newKey(t).PublicKey
	ed, _, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	other, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	gone := errors.New("the device is gone")
	for name, signer := range map[string]brokenSigner{
		"gone":                         {public, nil, gone},
		"no signature":                 {public, nil, nil},
		"no DER":                       {public, []byte("signature"), nil},
		"r of 0":                       {public, unhex(t, "3006020100020101"), nil},
		"s negative":                   {public, unhex(t, "30060201010201ff"), nil},
		"bytes after the signature":    {public, unhex(t, "300602010102010100"), nil},
		"r longer than the curve":      {public, slices.Concat(unhex(t, "3026022101"), make([]byte, 32), unhex(t, "020101")), nil},
		"a key of another kind":        {ed, unhex(t, "3006020101020101"), nil},
		"a key of another curve":       {&other.PublicKey, unhex(t, "3006020101020101"), nil},
		"a key that is not even a key": {nil, unhex(t, "3006020101020101"), nil},
	} {
		credential, err := SignCredential(signer, Credential{Kind: KindPaper, Exp: exampleExp})
		if err == nil || credential != nil {
			t.Errorf("%s: %x, %v", name, credential, err)
		}
		if name == "gone" && !errors.Is(err, gone) {
			t.Errorf("%s: %v hides why", name, err)
		}
	}
}

func TestKIDIsTheSigners(t *testing.T) {
	t.Parallel()
	issuer := newIssuer(t)
	text := issuer.paper(t, Credential{Kind: KindPaper, Exp: exampleExp, KID: KID{9, 9, 9, 9}})
	if code, err := NewVerifier(issuer.keys, 0).Verify(text); err != nil || code.KID != issuer.kid() {
		t.Errorf("kid %s, %v, want %s", code.KID, err, issuer.kid())
	}
}
