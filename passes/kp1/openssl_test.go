package kp1

import (
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
)

// TestOpenSSLAgrees: another implementation of ECDSA accepts what ours signed, over bytes put together here by hand.
func TestOpenSSLAgrees(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("openssl"); err != nil {
		missing(t, "There is no openssl here, so nobody else checks our signatures.")
	}
	issuer := newIssuer(t)
	p := issuer.phone(t, Credential{Kind: KindPhone, Children: 2, CTI: exampleCTI, Exp: exampleExp})
	raw, _ := decodeBase45(p.show(t, exampleSignedAt)[4:])
	credential, code := mustReadSign1(t, p.credential), mustReadSign1(t, raw)
	signature1 := slices.Concat([]byte{0x84, 0x6a}, []byte("Signature1"))

	issuerSigned := slices.Concat(signature1, []byte{0x49}, credential.protected, []byte{0x40, 0x58, 70}, credential.payload)
	codeSigned := slices.Concat(signature1, []byte{0x43, 0xa1, 0x01, 0x26, 0x43, 'K', 'P', '1', 0x58, 158}, code.payload)
	for name, c := range map[string]struct {
		key                *ecdsa.PrivateKey
		message, signature []byte
	}{
		"issuer": {issuer.key, issuerSigned, credential.signature},
		"code":   {p.codeKey, codeSigned, code.signature},
	} {
		if out, err := openssl(t, &c.key.PublicKey, c.message, c.signature); err != nil {
			t.Errorf("%s: %v: %s", name, err, out)
		}
		c.message[len(c.message)-1] ^= 1
		if out, err := openssl(t, &c.key.PublicKey, c.message, c.signature); err == nil {
			t.Errorf("%s: openssl accepts a changed message: %s", name, out)
		}
	}
}

func openssl(t *testing.T, key *ecdsa.PublicKey, message, signature []byte) ([]byte, error) {
	t.Helper()
	spki, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	file := func(name string, data []byte) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	return exec.CommandContext(t.Context(), "openssl", "dgst", "-sha256",
		"-verify", file("key.pem", pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: spki})),
		"-signature", file("signature.der", appendDER(nil, signature)),
		file("message", message)).CombinedOutput()
}
