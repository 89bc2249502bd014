package kp1

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/base64"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"testing"
)

var update = flag.Bool("update", false, "forge testdata/vectors.json anew, with the example in docs/kp1.md")

//go:generate go test -run TestVectors -update .

const vectorsFile = "testdata/vectors.json"

// vectors is the file that other implementations read too; docs/kp1.md describes its shape.
type vectors struct {
	About   string   `json:"about"`
	Issuers jwks     `json:"issuers"`
	Rows    []vector `json:"rows"`
}

type jwks struct {
	Keys []jwk `json:"keys"`
}

type jwk struct {
	Kty string `json:"kty"`
	Crv string `json:"crv"`
	Kid KID    `json:"kid"`
	X   string `json:"x"`
	Y   string `json:"y"`
}

type vector struct {
	Name   string `json:"name"`
	Text   string `json:"text"`
	Expect expect `json:"expect"`
}

// expect has either what the code says or the reason why it is refused.
type expect struct {
	OK     *facts `json:"ok,omitempty"`
	Reason string `json:"reason,omitempty"`
}

type facts struct {
	Kind     Kind  `json:"kind"`
	Children int   `json:"children"`
	CTI      CTI   `json:"cti"`
	Exp      int64 `json:"exp"`
	SignedAt int64 `json:"signed_at"`
	KID      KID   `json:"kid"`
}

// answer is what a verifier says of a text, in the words of the vectors.
func answer(v *Verifier, text string) expect {
	code, err := v.Verify(text)
	switch {
	case errors.Is(err, ErrNotAPass):
		return expect{Reason: notPass}
	case errors.Is(err, ErrBadSignature):
		return expect{Reason: badSignature}
	case errors.Is(err, ErrUnknownIssuer):
		return expect{Reason: unknownIssuer}
	case errors.Is(err, ErrUnknownKind):
		return expect{Reason: unknownKind}
	case err != nil:
		return expect{Reason: "unexpected: " + err.Error()}
	}
	return expect{OK: &facts{code.Kind, code.Children, code.CTI, code.Exp, code.SignedAt, code.KID}}
}

func (e expect) String() string {
	if e.OK != nil {
		return fmt.Sprintf("%+v", *e.OK)
	}
	return e.Reason
}

// vectors forges every row.
func (w *forger) vectors() vectors {
	file := vectors{
		About: "Codes of a pass, and what a verifier that knows these issuer keys answers. Forged for tests with keys that were thrown away; times are not judged.",
		Issuers: jwks{Keys: []jwk{
			jwkOf(&w.issuer.PublicKey),
		}},
	}
	for _, r := range w.rows {
		want := r.expect()
		file.Rows = append(file.Rows, vector{Name: r.name, Text: r.forgery.text(), Expect: want})
	}
	return file
}

// expect says what was asked of the forgery, not what the package under test makes of it.
func (r row) expect() expect {
	if r.reason != accepted {
		return expect{Reason: r.reason}
	}
	f := r.forgery
	return expect{OK: &facts{
		Kind: Kind(f.claims.kind), Children: int(f.claims.children), CTI: f.claims.cti,
		Exp: int64(f.claims.exp), SignedAt: int64(f.signedAt), KID: f.kid,
	}}
}

func jwkOf(key *ecdsa.PublicKey) jwk {
	x, y := coordinates(key)
	encode := base64.RawURLEncoding.EncodeToString
	return jwk{Kty: "EC", Crv: "P-256", Kid: KeyID(key), X: encode(x[:]), Y: encode(y[:])}
}

// point reads the key as another implementation would.
func (j jwk) point(tb testing.TB) *ecdsa.PublicKey {
	tb.Helper()
	point := []byte{4}
	for _, coordinate := range []string{j.X, j.Y} {
		b, err := base64.RawURLEncoding.DecodeString(coordinate)
		if err != nil {
			tb.Fatal(err)
		}
		point = append(point, b...)
	}
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	if err != nil {
		tb.Fatal(err)
	}
	return key
}

func (s jwks) source(tb testing.TB) Keys {
	tb.Helper()
	known := map[KID]*ecdsa.PublicKey{}
	for _, j := range s.Keys {
		known[j.Kid] = j.point(tb)
		if got := KeyID(known[j.Kid]); got != j.Kid {
			tb.Fatalf("the kid of %+v is %s", j, got)
		}
	}
	return func(kid KID) *ecdsa.PublicKey { return known[kid] }
}

// TestVectors holds this implementation to the file that all implementations share.
func TestVectors(t *testing.T) {
	t.Parallel()
	forged := allRows(t).vectors()
	if *update {
		writeVectors(t, forged)
		writeExample(t, forged)
	}
	kept := readVectors(t)
	checkExample(t, kept)
	if got, want := rowsOf(kept), rowsOf(forged); !slices.Equal(got, want) {
		t.Errorf("%s has other rows than are forged now: run this test with -update", vectorsFile)
	}
	t.Run("forged now", func(t *testing.T) { t.Parallel(); checkVectors(t, forged) })
	t.Run("as kept", func(t *testing.T) { t.Parallel(); checkVectors(t, kept) })
}

// rowsOf is what must not differ between the file and the table: names and answers, not keys.
func rowsOf(file vectors) []string {
	rows := make([]string, 0, len(file.Rows))
	for _, v := range file.Rows {
		want := v.Expect
		if want.OK != nil {
			ok := *want.OK
			ok.KID = KID{}
			want.OK = &ok
		}
		rows = append(rows, v.Name+" → "+want.String())
	}
	return rows
}

// checkVectors asks twice, so that what was remembered changes no answer, and once without memory.
func checkVectors(t *testing.T, file vectors) {
	t.Helper()
	source := file.Issuers.source(t)
	remembering, forgetting := NewVerifier(source, 1000), NewVerifier(source, 0)
	names := map[string]bool{}
	for _, v := range file.Rows {
		if names[v.Name] {
			t.Errorf("two rows are named %q", v.Name)
		}
		names[v.Name] = true
		for _, verifier := range []*Verifier{remembering, remembering, forgetting} {
			if got := answer(verifier, v.Text); got.String() != v.Expect.String() {
				t.Errorf("%s: %s, want %s\n%s", v.Name, got, v.Expect, v.Text)
			}
		}
	}
}

func readVectors(tb testing.TB) vectors {
	tb.Helper()
	data, err := os.ReadFile(vectorsFile)
	if err != nil {
		tb.Fatal(err)
	}
	var file vectors
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&file); err != nil {
		tb.Fatal(err)
	}
	return file
}

func writeVectors(t *testing.T, file vectors) {
	t.Helper()
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(file); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll("testdata", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(vectorsFile, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}
