package kp1

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// missing skips a test that needs what this machine has not. Under CI nothing may be missing.
func missing(tb testing.TB, sentence string) {
	tb.Helper()
	if os.Getenv("CI") != "" {
		tb.Fatal(sentence)
	}
	tb.Skip(sentence)
}

// othersFiles finds vectors that others wrote. They stay where TEST_VECTORS says.
func othersFiles(t *testing.T, folder string) []string {
	t.Helper()
	root := os.Getenv("TEST_VECTORS")
	if root == "" {
		missing(t, "TEST_VECTORS names no folder with the vectors of others, so they are not tried.")
	}
	var files []string
	err := filepath.WalkDir(filepath.Join(root, folder), func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && filepath.Ext(path) == ".json" {
			files = append(files, path)
		}
		return err
	})
	if err != nil || len(files) == 0 {
		t.Fatalf("no vectors in %s of TEST_VECTORS: %v", folder, err)
	}
	return files
}

func readJSON(t *testing.T, path string, into any) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

// looseSign1 reads a COSE_Sign1 of others, which may have tags (18, and 61 for a CWT) and unprotected headers.
func looseSign1(data []byte) (s sign1, ok bool) {
	data = bytes.TrimPrefix(data, []byte{0xd8, 61})
	data = bytes.TrimPrefix(data, []byte{0xc0 | 18})
	r := reader{rest: data}
	r.exactly(majorArray, 4)
	s.protected = r.bytes()
	for range 2 * r.of(majorMap) {
		skipScalar(&r)
	}
	s.payload = r.bytes()
	s.signature = r.bytes()
	if bytes.Equal(s.protected, []byte{0xa0}) {
		s.protected = nil // RFC 9052 §4.4 signs an empty map as an empty string; ours are never empty
	}
	return s, r.done() == nil
}

// skipScalar passes a label or a value: a number or a string.
func skipScalar(r *reader) {
	major, n := r.head()
	if major == majorBytes || major == majorText {
		if n > uint64(len(r.rest)) {
			r.fail("cut short")
			return
		}
		r.rest = r.rest[n:]
	}
}

type coseExample struct {
	Title string `json:"title"`
	Fail  bool   `json:"fail"`
	Input struct {
		Sign0 *struct {
			Alg      string  `json:"alg"`
			External string  `json:"external"`
			Key      coseKey `json:"key"`
		} `json:"sign0"`
	} `json:"input"`
	Intermediates struct {
		ToBeSigned string `json:"ToBeSign_hex"`
	} `json:"intermediates"`
	Output struct {
		CBOR string `json:"cbor"`
	} `json:"output"`
}

type coseKey struct {
	X    string `json:"x"`
	Y    string `json:"y"`
	XHex string `json:"x_hex"`
	YHex string `json:"y_hex"`
}

func (k coseKey) public(t *testing.T) *ecdsa.PublicKey {
	t.Helper()
	point := []byte{4}
	for _, c := range [][2]string{{k.X, k.XHex}, {k.Y, k.YHex}} {
		b, err := base64.RawURLEncoding.DecodeString(c[0])
		if err != nil {
			t.Fatal(err)
		}
		point = append(append(point, b...), unhex(t, c[1])...)
	}
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// TestCOSEOfOthers: the signature check agrees with the COSE and CWT examples, and the strict reader takes none of them
// for a credential.
func TestCOSEOfOthers(t *testing.T) {
	t.Parallel()
	right, wrong := 0, 0
	for _, path := range othersFiles(t, "cose") {
		var example coseExample
		readJSON(t, path, &example)
		data := unhex(t, example.Output.CBOR)
		for _, phone := range []bool{true, false} {
			if _, err := readCredential(data, phone); !errors.Is(err, ErrNotAPass) {
				t.Errorf("%s: %v", example.Title, err)
			}
		}
		if example.Input.Sign0 == nil || example.Input.Sign0.Alg != "ES256" {
			continue
		}
		if got := checkCOSE(t, example, data); got == example.Fail {
			t.Errorf("%s: verifies: %t", example.Title, got)
		}
		if example.Fail {
			wrong++
		} else {
			right++
		}
	}
	if right < 4 || wrong < 5 {
		t.Errorf("only %d right and %d wrong examples of ES256", right, wrong)
	}
}

// checkCOSE reports whether an example verifies, and that what is signed is built as its authors built it.
func checkCOSE(t *testing.T, example coseExample, data []byte) bool {
	t.Helper()
	s, ok := looseSign1(data)
	if !ok {
		return false
	}
	external := unhex(t, example.Input.Sign0.External)
	if want := sha256.Sum256(unhex(t, example.Intermediates.ToBeSigned)); !example.Fail && s.digest(external) != want {
		t.Errorf("%s: another Sig_structure than its authors'", example.Title)
	}
	return s.verify(example.Input.Sign0.Key.public(t), external)
}

type wycheproof struct {
	TestGroups []struct {
		PublicKey struct {
			Uncompressed string `json:"uncompressed"`
		} `json:"publicKey"`
		Public struct {
			Alg string `json:"alg"`
			X   string `json:"x"`
			Y   string `json:"y"`
		} `json:"public"`
		Tests []struct {
			Comment string `json:"comment"`
			Msg     string `json:"msg"`
			Sig     string `json:"sig"`
			JWS     any    `json:"jws"`
			Result  string `json:"result"`
		} `json:"tests"`
	} `json:"testGroups"`
}

// TestSignaturesOfOthers tries hostile r ‖ s: at the ends of their range, of other lengths, on special points.
func TestSignaturesOfOthers(t *testing.T) {
	t.Parallel()
	var file wycheproof
	readJSON(t, fileNamed(t, "wycheproof", "ecdsa_secp256r1_sha256_p1363_test.json"), &file)
	tried := map[string]int{}
	for _, group := range file.TestGroups {
		key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), unhex(t, group.PublicKey.Uncompressed))
		if err != nil {
			t.Fatal(err)
		}
		for _, test := range group.Tests {
			tried[test.Result]++
			digest := sha256.Sum256(unhex(t, test.Msg))
			if got := verifyES256(key, digest[:], unhex(t, test.Sig)); got != (test.Result == "valid") {
				t.Errorf("%s: verifies: %t", test.Comment, got)
			}
		}
	}
	if tried["valid"] < 100 || tried["invalid"] < 50 {
		t.Errorf("tried only %v", tried)
	}
}

// TestJWSOfOthers takes from the JWS vectors those of ES256, which is the same signature over another text.
func TestJWSOfOthers(t *testing.T) {
	t.Parallel()
	var file wycheproof
	readJSON(t, fileNamed(t, "wycheproof", "json_web_signature_test.json"), &file)
	tried := map[string]int{}
	for _, group := range file.TestGroups {
		if group.Public.Alg != "ES256" {
			continue
		}
		for _, test := range group.Tests {
			signed, signature, ok := splitJWS(test.JWS)
			if !ok {
				continue
			}
			tried[test.Result]++
			key := jwk{X: group.Public.X, Y: group.Public.Y}.point(t)
			digest := sha256.Sum256([]byte(signed))
			if got := verifyES256(key, digest[:], signature); got != (test.Result == "valid") {
				t.Errorf("%s: verifies: %t", test.Comment, got)
			}
		}
	}
	if tried["valid"] < 2 || tried["invalid"] < 20 {
		t.Errorf("tried only %v", tried)
	}
}

// splitJWS refuses what is no signature in form, which is not ours to judge.
func splitJWS(jws any) (signed string, signature []byte, ok bool) {
	text, ok := jws.(string)
	if !ok {
		return "", nil, false
	}
	at := strings.LastIndexByte(text, '.')
	if at < 0 {
		return "", nil, false
	}
	signature, err := base64.RawURLEncoding.DecodeString(text[at+1:])
	return text[:at], signature, err == nil
}

func fileNamed(t *testing.T, folder, name string) string {
	t.Helper()
	files := othersFiles(t, folder)
	at := slices.IndexFunc(files, func(path string) bool { return filepath.Base(path) == name })
	if at < 0 {
		t.Fatalf("no %s in %v", name, files)
	}
	return files[at]
}

type dcc struct {
	COSE       string `json:"COSE"`
	Compressed string `json:"COMPRESSED"`
	Base45     string `json:"BASE45"`
	Prefix     string `json:"PREFIX"`
	Context    struct {
		Certificate string `json:"CERTIFICATE"`
	} `json:"TESTCTX"`
	Expected map[string]bool `json:"EXPECTEDRESULTS"`
}

// TestCovidCertificatesOfOthers: their base45 is ours, their signatures verify, and none of them is a pass.
func TestCovidCertificatesOfOthers(t *testing.T) {
	t.Parallel()
	texts, signatures := 0, 0
	for _, path := range othersFiles(t, "dcc") {
		var d dcc
		readJSON(t, path, &d)
		if _, err := NewVerifier(newIssuer(t).keys, 0).Verify(d.Prefix); !errors.Is(err, ErrNotAPass) {
			t.Errorf("%s: %v", path, err)
		}
		if d.Base45 != "" && d.Compressed != "" {
			texts++
			checkBase45(t, path, d)
		}
		if d.COSE != "" && d.Expected["EXPECTEDVERIFY"] && checkDCC(t, path, d) {
			signatures++
		}
	}
	if texts < 15 || signatures < 15 {
		t.Errorf("tried only %d texts and %d signatures", texts, signatures)
	}
}

func checkBase45(t *testing.T, path string, d dcc) {
	t.Helper()
	data, ok := decodeBase45(d.Base45)
	if !d.Expected["EXPECTEDB45DECODE"] {
		if ok {
			t.Errorf("%s: base45 that should not be read is read", path)
		}
		return
	}
	if want := unhex(t, d.Compressed); !ok || !bytes.Equal(data, want) || string(appendBase45(nil, want)) != d.Base45 {
		t.Errorf("%s: base45 is read as %x, %t", path, data, ok)
	}
}

// checkDCC reports whether the certificate's key was one that ES256 can use.
func checkDCC(t *testing.T, path string, d dcc) bool {
	t.Helper()
	der, err := base64.StdEncoding.DecodeString(d.Context.Certificate)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return false
	}
	key, ok := certificate.PublicKey.(*ecdsa.PublicKey)
	if !ok || key.Curve != elliptic.P256() {
		return false
	}
	if s, ok := looseSign1(unhex(t, d.COSE)); !ok || !s.verify(key, nil) {
		t.Errorf("%s: read %t, and its signature does not verify", path, ok)
	}
	if _, err := readCredential(unhex(t, d.COSE), false); !errors.Is(err, ErrNotAPass) {
		t.Errorf("%s: %v", path, err)
	}
	return true
}
