package kp1

import (
	"crypto/ecdsa"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
)

func TestVerifyTellsWhatWasSigned(t *testing.T) {
	t.Parallel()
	issuer := newIssuer(t)
	v := NewVerifier(issuer.keys, 8)
	for name, c := range map[string]Credential{
		"a person's phone":    {Kind: KindPhone, Children: 3, CTI: exampleCTI, Exp: exampleExp},
		"a community's phone": {Kind: KindCommunityPhone, CTI: CTI{1}, Exp: 0},
	} {
		p := issuer.phone(t, c)
		code, err := v.Verify(p.show(t, exampleSignedAt))
		c.KID = issuer.kid()
		if err != nil || !code.CodeKey.Equal(&p.codeKey.PublicKey) || code.SignedAt != exampleSignedAt || code.Paper() {
			t.Fatalf("%s: %+v, %v", name, code, err)
		}
		if code.CodeKey = nil; code.Credential != c {
			t.Errorf("%s: %+v, want %+v", name, code.Credential, c)
		}
	}
	for name, c := range map[string]Credential{
		"a person's paper":    {Kind: KindPaper, Children: 15, CTI: exampleCTI, Exp: timeLimit - 1},
		"a community's paper": {Kind: KindCommunityPaper, CTI: CTI{2}, Exp: exampleExp},
	} {
		code, err := v.Verify(issuer.paper(t, c))
		c.KID = issuer.kid()
		if err != nil || code.Credential != c || code.SignedAt != 0 || !code.Paper() {
			t.Errorf("%s: %+v, %v, want %+v", name, code, err, c)
		}
	}
}

func TestKinds(t *testing.T) {
	t.Parallel()
	for kind, want := range map[Kind]string{
		0: "false false", KindPhone: "false false", KindPaper: "true false",
		KindCommunityPhone: "false true", KindCommunityPaper: "true true", 5: "false false", 6: "false false",
	} {
		if got := fmt.Sprint(kind.Paper(), " ", kind.Community()); got != want {
			t.Errorf("kind %d: paper, community = %s, want %s", kind, got, want)
		}
	}
}

// TestTwinsAreOneCode: who finds a second signature for a code has not found a second code.
func TestTwinsAreOneCode(t *testing.T) {
	t.Parallel()
	issuer := newIssuer(t)
	v := NewVerifier(issuer.keys, 8)
	p := issuer.phone(t, Credential{Kind: KindPhone, CTI: exampleCTI, Exp: exampleExp})
	text := p.show(t, exampleSignedAt)
	raw, _ := decodeBase45(text[4:])
	twin(t, raw[len(raw)-signatureSize:])
	other := string(appendBase45([]byte(prefixPhone), raw))
	first, err := v.Verify(text)
	if err != nil {
		t.Fatal(err)
	}
	second, err := v.Verify(other)
	if err != nil || text == other {
		t.Fatalf("the twin: %v", err)
	}
	if first.CTI != second.CTI || first.SignedAt != second.SignedAt {
		t.Errorf("(%s, %d) and (%s, %d) are twins", first.CTI, first.SignedAt, second.CTI, second.SignedAt)
	}
}

// TestEveryOneByteChangeIsRefused changes each byte, and each letter, to each other one, with the credential remembered.
func TestEveryOneByteChangeIsRefused(t *testing.T) {
	t.Parallel()
	issuer := newIssuer(t)
	v := NewVerifier(issuer.keys, 8)
	for name, text := range map[string]string{
		"phone": issuer.phone(t, Credential{Kind: KindPhone, Children: 2, CTI: exampleCTI, Exp: exampleExp}).show(t, exampleSignedAt),
		"paper": issuer.paper(t, Credential{Kind: KindPaper, Children: 2, CTI: exampleCTI, Exp: exampleExp}),
	} {
		if _, err := v.Verify(text); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		raw, _ := decodeBase45(text[4:])
		t.Run(name+", bytes", func(t *testing.T) {
			t.Parallel()
			refusesChanges(t, v, raw, func(raw []byte) string { return string(appendBase45([]byte(text[:4]), raw)) })
		})
		t.Run(name+", letters", func(t *testing.T) {
			t.Parallel()
			refusesChanges(t, v, []byte(text), func(text []byte) string { return string(text) })
		})
	}
}

func refusesChanges(t *testing.T, v *Verifier, data []byte, text func([]byte) string) {
	t.Helper()
	for at, was := range data {
		for with := range 256 {
			if byte(with) == was {
				continue
			}
			data[at] = byte(with)
			if code, err := v.Verify(text(data)); err == nil {
				t.Errorf("byte %d changed from %#x to %#x: %+v", at, was, with, code)
			}
		}
		data[at] = was
	}
}

func TestEveryCutIsRefused(t *testing.T) {
	t.Parallel()
	issuer := newIssuer(t)
	v := NewVerifier(issuer.keys, 8)
	text := issuer.phone(t, Credential{Kind: KindPhone, Exp: exampleExp}).show(t, exampleSignedAt)
	raw, _ := decodeBase45(text[4:])
	for end := range len(text) {
		if _, err := v.Verify(text[:end]); !errors.Is(err, ErrNotAPass) {
			t.Errorf("cut to %d letters: %v", end, err)
		}
	}
	for end := range raw {
		if _, err := v.Verify(string(appendBase45([]byte(prefixPhone), raw[:end]))); !errors.Is(err, ErrNotAPass) {
			t.Errorf("cut to %d bytes: %v", end, err)
		}
	}
}

// TestWithdrawnKeyStopsAtOnce: what is remembered is a signature, never that its key is still good.
func TestWithdrawnKeyStopsAtOnce(t *testing.T) {
	t.Parallel()
	issuer, successor := newIssuer(t), newIssuer(t)
	var known atomic.Pointer[ecdsa.PublicKey]
	v := NewVerifier(func(KID) *ecdsa.PublicKey { return known.Load() }, 8)
	phone := issuer.phone(t, Credential{Kind: KindPhone, Exp: exampleExp}).show(t, exampleSignedAt)
	paper := issuer.paper(t, Credential{Kind: KindPaper, Exp: exampleExp})
	sameKey, err := ecdsa.ParseUncompressedPublicKey(issuer.key.Curve, mustBytes(t, &issuer.key.PublicKey))
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		name string
		key  *ecdsa.PublicKey
		want error
	}{
		{"known", &issuer.key.PublicKey, nil},
		{"known, and remembered", &issuer.key.PublicKey, nil},
		{"loaded anew", sameKey, nil},
		{"withdrawn", nil, ErrUnknownIssuer},
		{"another key by the same kid", &successor.key.PublicKey, ErrBadSignature},
		{"back", &issuer.key.PublicKey, nil},
	} {
		known.Store(step.key)
		for _, text := range []string{phone, paper} {
			if _, err := v.Verify(text); !errors.Is(err, step.want) {
				t.Errorf("%s: %v, want %v", step.name, err, step.want)
			}
		}
	}
}

func mustBytes(tb testing.TB, key *ecdsa.PublicKey) []byte {
	tb.Helper()
	b, err := key.Bytes()
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

func TestUnknownIssuerNamesTheKid(t *testing.T) {
	t.Parallel()
	issuer := newIssuer(t)
	_, err := NewVerifier(newIssuer(t).keys, 8).Verify(issuer.paper(t, Credential{Kind: KindPaper, Exp: exampleExp}))
	unknown, ok := errors.AsType[*UnknownIssuerError](err)
	if !ok || unknown.KID != issuer.kid() {
		t.Errorf("%v does not name %s", err, issuer.kid())
	}
}

func TestOnlyRightCredentialsAreRemembered(t *testing.T) {
	t.Parallel()
	issuer, stranger := newIssuer(t), newIssuer(t)
	v := NewVerifier(issuer.keys, 8)
	wrong := forgePhone(t, issuer.key)
	wrong.issuer = stranger.key
	offTheCurve := forgePhone(t, issuer.key)
	offTheCurve.claims.x = offCurve()
	for name, text := range map[string]string{
		"of a stranger":           stranger.paper(t, Credential{Kind: KindPaper, Exp: exampleExp}),
		"of a stranger, our kid":  wrong.text(),
		"of no point":             offTheCurve.text(),
		"not a pass":              "KP1:QED8WEX0",
		"of a version to come":    "KP2:QED8WEX0",
		"a lifted credential":     "KPP:" + string(appendBase45(nil, issuer.phone(t, Credential{Kind: KindPhone}).credential)),
		"a credential cut by one": "KPP:" + string(appendBase45(nil, issuer.sign(t, Credential{Kind: KindPaper})[1:])),
	} {
		if _, err := v.Verify(text); err == nil {
			t.Errorf("%s: accepted", name)
		}
		if n := len(v.seen.young) + len(v.seen.old); n != 0 {
			t.Fatalf("%s: %d remembered", name, n)
		}
	}
}

func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	issuer := newIssuer(t)
	for _, size := range []int{0, 2, 10} {
		v := NewVerifier(issuer.keys, size)
		favourite := issuer.paper(t, Credential{Kind: KindPaper, Exp: exampleExp})
		for n := range 3*size + 3 {
			for _, text := range []string{favourite, issuer.paper(t, Credential{Kind: KindPaper, CTI: CTI{1, byte(n)}, Exp: exampleExp})} {
				if _, err := v.Verify(text); err != nil {
					t.Fatal(err)
				}
			}
			if n := len(v.seen.young) + len(v.seen.old); n > size {
				t.Fatalf("%d remembered instead of %d", n, size)
			}
		}
		raw, _ := decodeBase45(favourite[4:])
		if _, ok := v.seen.find(raw, &issuer.key.PublicKey); ok != (size > 0) {
			t.Errorf("size %d: the one seen all the time is remembered: %t", size, ok)
		}
	}
}

func TestVerifyTogether(t *testing.T) {
	t.Parallel()
	issuer := newIssuer(t)
	v := NewVerifier(issuer.keys, 4)
	var texts []string
	for n := range 8 {
		p := issuer.phone(t, Credential{Kind: KindPhone, CTI: CTI{byte(n)}, Exp: exampleExp})
		texts = append(texts, p.show(t, exampleSignedAt))
	}
	var together sync.WaitGroup
	for range 8 {
		together.Go(func() {
			for n, text := range texts {
				if code, err := v.Verify(text); err != nil || code.CTI != (CTI{byte(n)}) {
					t.Errorf("code %d: %+v, %v", n, code, err)
				}
			}
		})
	}
	together.Wait()
}

func TestDecodeUnverified(t *testing.T) {
	t.Parallel()
	forged := forgePhone(t, newKey(t))
	forged.codeKey = newKey(t) // signed by a key that the credential does not name
	code, err := DecodeUnverified(forged.text())
	if err != nil || code.CTI != exampleCTI || code.SignedAt != exampleSignedAt || code.CodeKey == nil {
		t.Errorf("%+v, %v", code, err)
	}
	later, noPoint := forgePhone(t, newKey(t)), forgePhone(t, newKey(t))
	later.claims.kind = 7
	noPoint.claims.x = offCurve()
	for text, want := range map[string]error{
		"":             ErrNotAPass,
		"KP7:":         ErrUnknownKind,
		later.text():   ErrUnknownKind,
		noPoint.text(): ErrBadSignature,
	} {
		if code, err := DecodeUnverified(text); !errors.Is(err, want) || code != (Code{}) {
			t.Errorf("%q: %+v, %v, want %v", text, code, err, want)
		}
	}
}

// rewritten writes anew what was read, signatures included.
func rewritten(c signedCode, phone bool) []byte {
	credential := sign1{issuerHeader(c.credential.kid), c.credential.claims.encode(), c.credential.signature}.encode()
	if !phone {
		return credential
	}
	return sign1{codeHeader(), codePayload(credential, c.signedAt), c.signature}.encode()
}

// FuzzVerify: nothing panics, and a text that is read has no other spelling.
func FuzzVerify(f *testing.F) {
	kept := readVectors(f)
	v := NewVerifier(kept.Issuers.source(f), 100)
	for _, row := range kept.Rows {
		f.Add(row.Text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		_, err := v.Verify(text)
		read, malformed := readText(text)
		if malformed != nil {
			if err == nil {
				t.Errorf("accepted, but %v", malformed)
			}
			return
		}
		if again := text[:4] + string(appendBase45(nil, rewritten(read, text[:4] == prefixPhone))); again != text {
			t.Errorf("%q is written again as %q", text, again)
		}
	})
}

// FuzzCode does the same below the letters, where a fuzzer gets further.
func FuzzCode(f *testing.F) {
	for _, row := range readVectors(f).Rows {
		if len(row.Text) < 4 {
			continue
		}
		if raw, ok := decodeBase45(row.Text[4:]); ok {
			f.Add(raw)
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if code, err := readCode(raw); err == nil && string(rewritten(code, true)) != string(raw) {
			t.Errorf("%x is written again as %x", raw, rewritten(code, true))
		}
		if paper, err := readCredential(raw, false); err == nil && string(rewritten(signedCode{credential: paper}, false)) != string(raw) {
			t.Errorf("%x is written again as %x", raw, rewritten(signedCode{credential: paper}, false))
		}
	})
}
