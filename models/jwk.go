package models

import (
	"bytes"
	"crypto/ecdh"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
)

// PointSize is the length of an uncompressed P-256 point (SEC 1): 4, x, y.
const PointSize = 65

// A JWK is a public P-256 key as JSON (RFC 7517, RFC 7518 §6.2).
type JWK struct {
	KTY string `json:"kty"`
	CRV string `json:"crv"`
	X   string `json:"x"`
	Y   string `json:"y"`
	KID string `json:"kid,omitempty"`
	ALG string `json:"alg,omitempty"`
	Use string `json:"use,omitempty"`
}

// What ParseJWK refuses. None of them repeats the key.
var (
	errNotJWK     = errors.New("not a JSON Web Key")
	errPrivateJWK = errors.New("a private key; send the public half alone")
	errNotP256    = errors.New("not an EC key on P-256 with x and y of 32 bytes")
	errNoPoint    = errors.New("x and y are no point on P-256")
)

// jwkMembers are what a public P-256 key from WebCrypto or a library may have; what is neither here nor in JWK is refused.
type jwkMembers struct {
	JWK
	Ext    *bool    `json:"ext"`
	KeyOps []string `json:"key_ops"`
}

// ParseJWK reads a public P-256 key: its point, and its thumbprint by which it is known.
func ParseJWK(raw []byte) (point []byte, thumbprint string, err error) {
	var names map[string]json.RawMessage
	if json.Unmarshal(raw, &names) != nil {
		return nil, "", errNotJWK
	}
	if _, private := names["d"]; private {
		return nil, "", errPrivateJWK
	}
	var k jwkMembers
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if dec.Decode(&k) != nil {
		return nil, "", errNotJWK
	}
	if point, err = k.Point(); err != nil {
		return nil, "", err
	}
	return point, JWKThumbprint(point), nil
}

// Point is the key's point, if it is on the curve.
func (k JWK) Point() ([]byte, error) {
	x, errX := coordinate(k.X)
	y, errY := coordinate(k.Y)
	if k.KTY != "EC" || k.CRV != "P-256" || errX != nil || errY != nil {
		return nil, errNotP256
	}
	point := append(append([]byte{4}, x...), y...)
	if _, err := ecdh.P256().NewPublicKey(point); err != nil {
		return nil, errNoPoint
	}
	return point, nil
}

func coordinate(text string) ([]byte, error) {
	const size = 32
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(b) != size || len(text) != base64.RawURLEncoding.EncodedLen(size) {
		return nil, errNotP256
	}
	return b, nil
}

// PublicJWK says an uncompressed point as a key.
func PublicJWK(point []byte) JWK {
	if len(point) != PointSize {
		panic("models: a point of the wrong length")
	}
	encode := base64.RawURLEncoding.EncodeToString
	return JWK{KTY: "EC", CRV: "P-256", X: encode(point[1:33]), Y: encode(point[33:])}
}

// JWKThumbprint is the SHA-256 thumbprint of RFC 7638, as base64url: over the required members alone, in the order of their names.
func JWKThumbprint(point []byte) string {
	k := PublicJWK(point)
	sum := sha256.Sum256([]byte(`{"crv":"P-256","kty":"EC","x":"` + k.X + `","y":"` + k.Y + `"}`))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
