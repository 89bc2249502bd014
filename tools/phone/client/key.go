package client

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"

	"kaikukortti/models"
)

// A Key is a P-256 key of a phone or scanner. As text it is PKCS #8 in PEM.
type Key struct{ *ecdsa.PrivateKey }

// NewKey makes a key.
func NewKey() (Key, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return Key{}, fmt.Errorf("make a key: %w", err)
	}
	return Key{key}, nil
}

func (k Key) point() []byte {
	point, err := k.PublicKey.Bytes()
	if err != nil {
		panic("client: a key off its curve: " + err.Error()) // keys come from NewKey and ParsePKCS8PrivateKey alone
	}
	return point
}

// JWK is the public half, as it travels.
func (k Key) JWK() models.JWK { return models.PublicJWK(k.point()) }

// Thumbprint is the name by which the server knows the key (RFC 7638).
func (k Key) Thumbprint() string { return models.JWKThumbprint(k.point()) }

// MarshalText writes the private key.
func (k Key) MarshalText() ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(k.PrivateKey)
	if err != nil {
		return nil, fmt.Errorf("write a key: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}

// UnmarshalText reads what MarshalText writes.
func (k *Key) UnmarshalText(text []byte) error {
	block, _ := pem.Decode(text)
	if block == nil {
		return errors.New("read a key: it is not PEM")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return fmt.Errorf("read a key: %w", err)
	}
	key, ok := parsed.(*ecdsa.PrivateKey)
	if !ok || key.Curve != elliptic.P256() {
		return errors.New("read a key: it is not on P-256")
	}
	k.PrivateKey = key
	return nil
}
