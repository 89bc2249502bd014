package kp1

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"errors"
)

// Labels and values of a COSE_Key (RFC 9053 §7.1, RFC 9052 §7.1).
const (
	keyType  = 1
	keyEC2   = 2
	keyCurve = -1
	keyP256  = 1
	keyX     = -2
	keyY     = -3
)

// KeyID is the first 4 bytes of the key's COSE thumbprint (RFC 9679 §3: SHA-256, y as an uncompressed byte string).
//
// It panics if key is not a point on P-256, as a key from a parser or generator always is.
func KeyID(key *ecdsa.PublicKey) KID {
	x, y := coordinates(key)
	b := make([]byte, 0, 80)
	b = appendHead(b, majorMap, 4)
	b = appendInteger(appendInteger(b, keyType), keyEC2)
	b = appendInteger(appendInteger(b, keyCurve), keyP256)
	b = appendBytes(appendInteger(b, keyX), x[:])
	b = appendBytes(appendInteger(b, keyY), y[:])
	thumbprint := sha256.Sum256(b)
	return KID(thumbprint[:len(KID{})])
}

var errOffCurve = errors.New("x is of no point on P-256")

// CodeKeyFromXY finds the point with this x whose y is odd or even (SEC 1 §2.3.4). About half of all x have none.
func CodeKeyFromXY(x [32]byte, odd bool) (*ecdsa.PublicKey, error) {
	compressed := make([]byte, 0, 33)
	compressed = append(append(compressed, signOfY(odd)), x[:]...)
	px, py := elliptic.UnmarshalCompressed(elliptic.P256(), compressed)
	if px == nil {
		return nil, errOffCurve
	}
	uncompressed := make([]byte, 65)
	uncompressed[0] = 4
	copy(uncompressed[1:], x[:])
	py.FillBytes(uncompressed[33:])
	return ecdsa.ParseUncompressedPublicKey(elliptic.P256(), uncompressed)
}

// signOfY is the first byte of a compressed point.
func signOfY(odd bool) byte {
	if odd {
		return 3
	}
	return 2
}

// CompressCodeKey gives what a credential holds of its code key: x, and whether y is odd. It panics as KeyID does.
func CompressCodeKey(key *ecdsa.PublicKey) (x [32]byte, odd bool) {
	x, y := coordinates(key)
	return x, y[31]&1 == 1
}

func coordinates(key *ecdsa.PublicKey) (x, y [32]byte) {
	if key.Curve != elliptic.P256() {
		panic("kp1: " + errNotP256.Error())
	}
	point, err := key.Bytes()
	if err != nil {
		panic("kp1: " + err.Error())
	}
	return [32]byte(point[1:33]), [32]byte(point[33:])
}
