package kp1

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/json"
	"strings"
	"testing"
)

// TestKeyIDOfTheRFC takes the key and the thumbprint of the example in RFC 9679.
func TestKeyIDOfTheRFC(t *testing.T) {
	t.Parallel()
	point := unhex(t, "04"+
		"65eda5a12577c2bae829437fe338701a10aaa375e1bb5b5de108de439c08551d"+
		"1e52ed75701163f7f9e40ddf9f341b3dc9ba860af7e0ca7ca7e9eecd0084d19c")
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := KeyID(key), (KID{0x49, 0x6b, 0xd8, 0xaf}); got != want {
		t.Errorf("KeyID = %x, want %x", got, want)
	}
}

func TestCodeKeySurvivesCompression(t *testing.T) {
	t.Parallel()
	seen := map[bool]int{}
	for seen[true] < 5 || seen[false] < 5 {
		key := &newKey(t).PublicKey
		x, odd := CompressCodeKey(key)
		seen[odd]++
		got, err := CodeKeyFromXY(x, odd)
		if err != nil || !got.Equal(key) {
			t.Fatalf("CodeKeyFromXY(%x, %t) = %v, %v, want %v", x, odd, got, err, key)
		}
		if other, err := CodeKeyFromXY(x, !odd); err != nil || other.Equal(key) {
			t.Fatalf("CodeKeyFromXY(%x, %t) = %v, %v, want the other point", x, !odd, other, err)
		}
	}
}

func TestNoPointHasThisX(t *testing.T) {
	t.Parallel()
	above := [32]byte{}
	elliptic.P256().Params().P.FillBytes(above[:])
	for name, x := range map[string][32]byte{"off the curve": offCurve(), "the prime itself": above} {
		if key, err := CodeKeyFromXY(x, true); err == nil {
			t.Errorf("%s: %v", name, key)
		}
	}
}

func TestIDsHaveOneSpelling(t *testing.T) {
	t.Parallel()
	cti, kid := CTI{0xfb, 0xff, 0, 1, 2, 3, 4, 5}, KID{0xfb, 0xff, 0, 1}
	if got, err := ParseCTI(cti.String()); err != nil || got != cti || cti.String() != "-_8AAQIDBAU" {
		t.Errorf("%s is read as %v, %v", cti, got, err)
	}
	if got, err := ParseKID(kid.String()); err != nil || got != kid || kid.String() != "-_8AAQ" {
		t.Errorf("%s is read as %v, %v", kid, got, err)
	}
	for name, text := range map[string]string{
		"empty":                 "",
		"too short":             "-_8AAQIDBA",
		"too long":              "-_8AAQIDBAUG",
		"padded":                "-_8AAQIDBAU=",
		"of the other alphabet": "+/8AAQIDBAU",
		"a bit past the end":    "-_8AAQIDBAV",
		"a line break inside":   "-_8AAQ\nIDBA",
		"a space":               "-_8AAQ DBAU",
	} {
		if got, err := ParseCTI(text); err == nil {
			t.Errorf("cti %s: %q is read as %x", name, text, got)
		}
	}
	for name, text := range map[string]string{"empty": "", "too short": "-_8A", "a bit past the end": "-_8AAR", "line breaks inside": "-_8A\n\n"} {
		if got, err := ParseKID(text); err == nil {
			t.Errorf("kid %s: %q is read as %x", name, text, got)
		}
	}
}

func TestIDsInJSON(t *testing.T) {
	t.Parallel()
	type document struct {
		CTI    CTI            `json:"cti"`
		ByKeys map[KID]string `json:"by_keys"`
	}
	in := document{CTI: exampleCTI, ByKeys: map[KID]string{{1, 2, 3, 4}: "a"}}
	data, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"cti":"obLD1OX2Bxg","by_keys":{"AQIDBA":"a"}}`; string(data) != want {
		t.Errorf("%s, want %s", data, want)
	}
	var out document
	if err := json.Unmarshal(data, &out); err != nil || out.CTI != in.CTI || out.ByKeys[KID{1, 2, 3, 4}] != "a" {
		t.Errorf("read back as %+v, %v", out, err)
	}
	if err := json.Unmarshal([]byte(strings.Replace(string(data), "Bxg", "Bxh", 1)), &out); err == nil {
		t.Error("a second spelling of the cti is read")
	}
}
