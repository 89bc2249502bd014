package models

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
)

// A Secret is bytes that refuse to be printed or logged.
type Secret []byte

// LogValue keeps the secret out of logs.
func (Secret) LogValue() slog.Value { return slog.StringValue("[secret]") }

// String keeps the secret out of formatted text.
func (Secret) String() string { return "[secret]" }

// GoString keeps the secret out of %#v.
func (Secret) GoString() string { return "models.Secret(…)" }

// Keys derives every key of the server from the one master key of the environment, each for one purpose (RFC 5869). Nothing
// derived is kept anywhere.
type Keys struct{ master Secret }

// MasterKeySize is how many bytes a master key has.
const MasterKeySize = 32

// NewKeys takes the master key.
func NewKeys(master Secret) (*Keys, error) {
	if len(master) != MasterKeySize {
		return nil, fmt.Errorf("the master key has %d bytes, not %d", len(master), MasterKeySize)
	}
	return &Keys{master: master}, nil
}

// Derive is the key for one purpose, 32 bytes.
func (k *Keys) Derive(purpose string) Secret {
	key, err := hkdf.Key(sha256.New, k.master, nil, "kaikukortti/"+purpose, 32)
	if err != nil {
		panic(err) // only for lengths beyond 8,160 bytes
	}
	return key
}

// MAC is HMAC-SHA-256 under the key of a purpose, over parts that cannot run into each other.
func (k *Keys) MAC(purpose string, parts ...string) []byte { return MAC(k.Derive(purpose), parts...) }

// Hash is MAC as text, for indexes: how codes that are secret are kept.
func (k *Keys) Hash(purpose string, parts ...string) string {
	return base64.RawURLEncoding.EncodeToString(k.MAC(purpose, parts...))
}

// MAC is HMAC-SHA-256 over parts, each preceded by its length.
func MAC(key Secret, parts ...string) []byte {
	h := hmac.New(sha256.New, key)
	for _, p := range parts {
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(p)))
		h.Write(n[:])
		h.Write([]byte(p))
	}
	return h.Sum(nil)
}

// ErrSealed says that something sealed does not open: another master key, or it was changed.
var ErrSealed = errors.New("what was sealed does not open with this master key")

// Seal encrypts for keeping (AES-256-GCM with a random nonce in front); name is bound to it, so that what was sealed as one
// thing does not open as another.
func (k *Keys) Seal(purpose, name string, plain []byte, random io.Reader) ([]byte, error) {
	aead, err := k.aead(purpose)
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, aead.NonceSize())
	if _, err := io.ReadFull(random, nonce); err != nil {
		return nil, fmt.Errorf("seal %s: %w", purpose, err)
	}
	return aead.Seal(nonce, nonce, plain, []byte(name)), nil
}

// Open decrypts what Seal made, or says ErrSealed.
func (k *Keys) Open(purpose, name string, sealed []byte) (Secret, error) {
	aead, err := k.aead(purpose)
	if err != nil {
		return nil, err
	}
	if len(sealed) < aead.NonceSize() {
		return nil, ErrSealed
	}
	plain, err := aead.Open(nil, sealed[:aead.NonceSize()], sealed[aead.NonceSize():], []byte(name))
	if err != nil {
		return nil, ErrSealed
	}
	return plain, nil
}

func (k *Keys) aead(purpose string) (cipher.AEAD, error) {
	block, err := aes.NewCipher(k.Derive(purpose))
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}
