package kp1

import (
	"bytes"
	"testing"

	"rsc.io/qr"
	"rsc.io/qr/coding"
)

// TestCodesFitTheirQR takes the largest value of every field: any code a reader accepts fits, and docs/kp1.md says so.
func TestCodesFitTheirQR(t *testing.T) {
	t.Parallel()
	issuer := newIssuer(t)
	const last = timeLimit - 1
	cti := CTI(bytes.Repeat([]byte{0xff}, 8))
	phone := func(kind Kind, children int) string {
		return issuer.phone(t, Credential{Kind: kind, Children: children, CTI: cti, Exp: last}).show(t, last)
	}
	paper := func(kind Kind, children int) string {
		return issuer.paper(t, Credential{Kind: kind, Children: children, CTI: cti, Exp: last})
	}
	for name, c := range map[string]struct {
		text             string
		letters, version int
	}{
		"a person's phone":    {phone(KindPhone, 15), 364, 11},
		"a person's paper":    {paper(KindPaper, 15), 168, 7},
		"a community's phone": {phone(KindCommunityPhone, 0), 364, 11},
		"a community's paper": {paper(KindCommunityPaper, 0), 168, 7},
	} {
		if len(c.text) != c.letters {
			t.Errorf("%s: %d characters, want %d", name, len(c.text), c.letters)
		}
		if err := coding.Alpha(c.text).Check(); err != nil {
			t.Errorf("%s: not alphanumeric: %v", name, err)
		}
		picture, err := qr.Encode(c.text, qr.M)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if version := (picture.Size - 17) / 4; version > c.version {
			t.Errorf("%s: %d characters need version %d, want %d at most", name, len(c.text), version, c.version)
		}
	}
}

// TestSizes holds docs/kp1.md to its figures, for times of this century.
func TestSizes(t *testing.T) {
	t.Parallel()
	issuer := newIssuer(t)
	phone := issuer.phone(t, Credential{Kind: KindPhone, Children: 15, Exp: exampleExp}).show(t, exampleSignedAt)
	paper := issuer.paper(t, Credential{Kind: KindPaper, Children: 15, Exp: exampleExp})
	for _, c := range []struct {
		text           string
		bytes, letters int
	}{{phone, 232, 352}, {paper, 105, 162}} {
		raw, _ := decodeBase45(c.text[4:])
		if len(raw) != c.bytes || len(c.text) != c.letters {
			t.Errorf("%s: %d bytes, %d characters, want %d, %d", c.text[:3], len(raw), len(c.text), c.bytes, c.letters)
		}
	}
}
