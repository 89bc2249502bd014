package kp1

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
)

// Header labels and values (RFC 9052 §3.1, RFC 9053 §2.1).
const (
	headerAlg = 1
	headerKID = 4
	algES256  = -7
)

// signatureSize is r ‖ s of ES256 (RFC 9053 §2.1).
const signatureSize = 64

// sign1 is a COSE_Sign1 without tag and with an empty unprotected map (RFC 9052 §4.2), its parts as received: what was
// signed is never encoded again.
type sign1 struct {
	protected, payload, signature []byte
}

// readSign1 reads the frame alone; what its parts may hold is for the caller.
func readSign1(data []byte) (sign1, error) {
	var s sign1
	r := reader{rest: data}
	r.exactly(majorArray, 4)
	s.protected = r.bytes()
	r.exactly(majorMap, 0)
	s.payload = r.bytes()
	s.signature = r.bytes()
	if len(s.signature) != signatureSize {
		r.fail("signature of another length than 64")
	}
	return s, r.done()
}

func (s sign1) encode() []byte {
	dst := appendHead(nil, majorArray, 4)
	dst = appendBytes(dst, s.protected)
	dst = appendHead(dst, majorMap, 0)
	dst = appendBytes(dst, s.payload)
	return appendBytes(dst, s.signature)
}

// digest is SHA-256 over the Sig_structure of RFC 9052 §4.4.
func (s sign1) digest(externalAAD []byte) [sha256.Size]byte {
	b := make([]byte, 0, 512) // larger than any code, so it stays on the stack
	b = appendHead(b, majorArray, 4)
	b = append(appendHead(b, majorText, uint64(len(contextSignature1))), contextSignature1...)
	b = appendBytes(b, s.protected)
	b = appendBytes(b, externalAAD)
	b = appendBytes(b, s.payload)
	return sha256.Sum256(b)
}

const contextSignature1 = "Signature1"

// verify reports whether key signed these very bytes. The signature has been measured when it was read.
func (s sign1) verify(key *ecdsa.PublicKey, externalAAD []byte) bool {
	digest := s.digest(externalAAD)
	return verifyES256(key, digest[:], s.signature)
}

// verifyES256 takes r ‖ s. Both n−s and s verify: a signature is no identity of what it signs.
func verifyES256(key *ecdsa.PublicKey, digest, signature []byte) bool {
	if key.Curve != elliptic.P256() || !signatureInRange(signature) {
		return false
	}
	return ecdsa.VerifyASN1(key, digest, appendDER(make([]byte, 0, 80), signature))
}

// order is n of P-256, what r and s must stay below.
var order = elliptic.P256().Params().N.FillBytes(make([]byte, 32))

// signatureInRange reports whether the signature could be anybody's: 64 bytes, neither r nor s 0 or ≥ n.
func signatureInRange(signature []byte) bool {
	return len(signature) == signatureSize && scalarInRange(signature[:32]) && scalarInRange(signature[32:])
}

func scalarInRange(scalar []byte) bool {
	return bytes.Compare(scalar, order) < 0 && len(bytes.TrimLeft(scalar, "\x00")) > 0
}

// appendDER writes r ‖ s as the SEQUENCE of two INTEGERs that crypto/ecdsa takes (RFC 3279 §2.2.3).
func appendDER(dst, signature []byte) []byte {
	start := len(dst)
	dst = append(dst, 0x30, 0)
	dst = appendDERInteger(dst, signature[:32])
	dst = appendDERInteger(dst, signature[32:])
	dst[start+1] = byte(len(dst) - start - 2)
	return dst
}

// appendDERInteger expects 32 bytes that are not all 0.
func appendDERInteger(dst, scalar []byte) []byte {
	scalar = bytes.TrimLeft(scalar, "\x00")
	if scalar[0] >= 0x80 { // a sign bit to DER
		dst = append(dst, 0x02, byte(len(scalar)+1), 0)
	} else {
		dst = append(dst, 0x02, byte(len(scalar)))
	}
	return append(dst, scalar...)
}

// errNotP256 is a mistake of whoever configured the key, never of who shows a code.
var errNotP256 = errors.New("not a P-256 key")

// publicKey gives the signer's key if it is one that ES256 can use.
func publicKey(signer crypto.Signer) (*ecdsa.PublicKey, error) {
	key, ok := signer.Public().(*ecdsa.PublicKey)
	if !ok || key.Curve != elliptic.P256() {
		return nil, errNotP256
	}
	return key, nil
}

// sign fills in the signature.
func (s *sign1) sign(signer crypto.Signer, externalAAD []byte) error {
	digest := s.digest(externalAAD)
	der, err := signer.Sign(rand.Reader, digest[:], crypto.SHA256)
	if err != nil {
		return fmt.Errorf("ES256: %w", err)
	}
	s.signature, err = rawSignature(der)
	return err
}

// rawSignature turns the signer's DER into r ‖ s. A signer may live in another device, so nothing is taken for granted.
func rawSignature(der []byte) ([]byte, error) {
	var pair struct{ R, S *big.Int }
	rest, err := asn1.Unmarshal(der, &pair)
	if err != nil {
		return nil, fmt.Errorf("ES256: %w", err)
	}
	if len(rest) > 0 || tooLong(pair.R) || tooLong(pair.S) {
		return nil, errors.New("ES256: the signer gave no P-256 signature")
	}
	raw := make([]byte, signatureSize)
	pair.R.FillBytes(raw[:32])
	pair.S.FillBytes(raw[32:])
	return raw, nil
}

// tooLong guards FillBytes, which panics.
func tooLong(scalar *big.Int) bool { return scalar.Sign() <= 0 || scalar.BitLen() > 256 }
