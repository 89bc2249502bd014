package kp1

import (
	"bytes"
	"crypto/ecdsa"
	"encoding/hex"
	"testing"
)

// The parts of a code that a forgery can change. What is signed later is signed over the changed part, so that a
// forgery is wrong in one respect alone.
const (
	issuerHeaderPart    = "issuer header"
	issuerPayloadPart   = "issuer payload"
	issuerSignaturePart = "issuer signature"
	issuerFramePart     = "issuer frame"
	codeHeaderPart      = "code header"
	codePayloadPart     = "code payload"
	codeSignaturePart   = "code signature"
	codeFramePart       = "code frame"
	textPart            = "text"
)

// edit makes a part wrong. It fails the test where it would change nothing.
type edit func(tb testing.TB, part []byte) []byte

// forgery is a code in the making.
type forgery struct {
	tb                 testing.TB
	prefix             string
	issuer, codeKey    *ecdsa.PrivateKey
	kid                KID
	claims             claims
	signedAt           uint64
	issuerAAD, codeAAD []byte
	codeSignatureMust  func(signature []byte) bool
	edits              map[string]edit
	omitCode           bool
}

// Where the rows of the vectors start from.
const (
	exampleExp      = 1_798_754_400 // 2027-01-01T00:00:00+02:00
	exampleSignedAt = 1_798_020_000
)

var exampleCTI = CTI{0xa1, 0xb2, 0xc3, 0xd4, 0xe5, 0xf6, 0x07, 0x18}

// forgePhone starts from a right KP1.
func forgePhone(tb testing.TB, issuer *ecdsa.PrivateKey) *forgery {
	f := &forgery{
		tb: tb, prefix: prefixPhone, issuer: issuer, codeKey: newKey(tb), kid: KeyID(&issuer.PublicKey),
		claims:   claims{exp: exampleExp, cti: exampleCTI, kind: uint64(KindPhone), children: 2},
		signedAt: exampleSignedAt, codeAAD: aadCode, edits: map[string]edit{},
	}
	f.nameCodeKey()
	return f
}

// forgePaper starts from a right KPP.
func forgePaper(tb testing.TB, issuer *ecdsa.PrivateKey) *forgery {
	return &forgery{
		tb: tb, prefix: prefixPaper, issuer: issuer, kid: KeyID(&issuer.PublicKey),
		claims: claims{exp: exampleExp, cti: exampleCTI, kind: uint64(KindPaper), children: 2},
		edits:  map[string]edit{}, omitCode: true,
	}
}

func (f *forgery) nameCodeKey() {
	f.claims.phone = true
	f.claims.x, f.claims.odd = CompressCodeKey(&f.codeKey.PublicKey)
}

// lift shows the phone's credential as a paper.
func (f *forgery) lift() { f.prefix, f.omitCode = prefixPaper, true }

// change edits one part.
func (f *forgery) change(part string, e edit) { f.edits[part] = e }

// text makes the code with all that was asked to be wrong with it.
func (f *forgery) text() string {
	f.tb.Helper()
	body := f.frame("issuer", f.issuer, issuerHeader(f.kid), f.claims.encode(), f.issuerAAD)
	if !f.omitCode {
		body = f.frame("code", f.codeKey, codeHeader(), codePayload(body, f.signedAt), f.codeAAD)
	}
	text := f.edited(textPart, appendBase45([]byte(f.prefix), body))
	for part := range f.edits {
		f.tb.Fatalf("the part %q was never made", part)
	}
	return string(text)
}

func (f *forgery) frame(whose string, key *ecdsa.PrivateKey, protected, payload, aad []byte) []byte {
	f.tb.Helper()
	s := sign1{protected: f.edited(whose+" header", protected), payload: f.edited(whose+" payload", payload)}
	for done := false; !done; done = whose != "code" || f.codeSignatureMust == nil || f.codeSignatureMust(s.signature) {
		if err := s.sign(key, aad); err != nil {
			f.tb.Fatal(err)
		}
	}
	s.signature = f.edited(whose+" signature", s.signature)
	return f.edited(whose+" frame", s.encode())
}

func (f *forgery) edited(part string, data []byte) []byte {
	f.tb.Helper()
	e, ok := f.edits[part]
	if !ok {
		return data
	}
	delete(f.edits, part)
	wrong := e(f.tb, bytes.Clone(data))
	if bytes.Equal(wrong, data) {
		f.tb.Fatalf("the edit of the part %q changed nothing", part)
	}
	return wrong
}

// swap replaces the first occurrence of some bytes, both in hex.
func swap(old, replacement string) edit {
	return func(tb testing.TB, part []byte) []byte {
		tb.Helper()
		from := unhex(tb, old)
		if !bytes.Contains(part, from) {
			tb.Fatalf("%s is not in %x", old, part)
		}
		return bytes.Replace(part, from, unhex(tb, replacement), 1)
	}
}

// replaced puts other bytes, in hex, where the part stood.
func replaced(with string) edit {
	return func(tb testing.TB, _ []byte) []byte { tb.Helper(); return unhex(tb, with) }
}

// before and after put bytes, in hex, around the part.
func before(extra string) edit {
	return func(tb testing.TB, part []byte) []byte { tb.Helper(); return append(unhex(tb, extra), part...) }
}

func after(extra string) edit {
	return func(tb testing.TB, part []byte) []byte { tb.Helper(); return append(part, unhex(tb, extra)...) }
}

// cutBy drops bytes from the end.
func cutBy(n int) edit {
	return func(_ testing.TB, part []byte) []byte { return part[:len(part)-n] }
}

// both makes two edits of one part.
func both(first, second edit) edit {
	return func(tb testing.TB, part []byte) []byte { tb.Helper(); return second(tb, first(tb, part)) }
}

func unhex(tb testing.TB, s string) []byte {
	tb.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}
