package kp1

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"math/big"
	"testing"
)

// BenchmarkECDSAVerify is the bare check that the other two are measured against: run all three at once.
func BenchmarkECDSAVerify(b *testing.B) {
	key := newKey(b)
	digest := sha256.Sum256([]byte("a message"))
	der, err := ecdsa.SignASN1(rand.Reader, key, digest[:])
	if err != nil {
		b.Fatal(err)
	}
	raw, err := rawSignature(der)
	if err != nil {
		b.Fatal(err)
	}
	r, s := new(big.Int).SetBytes(raw[:32]), new(big.Int).SetBytes(raw[32:])
	b.ReportAllocs()
	for b.Loop() {
		if !ecdsa.Verify(&key.PublicKey, digest[:], r, s) {
			b.Fatal("refused")
		}
	}
}

// BenchmarkVerifyUnseen remembers nothing, so every code's credential is new to it.
func BenchmarkVerifyUnseen(b *testing.B) { benchmarkVerify(b, 0) }

// BenchmarkVerifySeen shows a new code of a credential that was seen before.
func BenchmarkVerifySeen(b *testing.B) { benchmarkVerify(b, 16) }

func benchmarkVerify(b *testing.B, cacheSize int) {
	i := newIssuer(b)
	v := NewVerifier(i.keys, cacheSize)
	p := i.phone(b, Credential{Kind: KindPhone, Children: 2, Exp: 1_800_000_000})
	texts := make([]string, 256)
	for n := range texts {
		texts[n] = p.show(b, 1_790_000_000+int64(n))
	}
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		if _, err := v.Verify(texts[n%len(texts)]); err != nil {
			b.Fatal(err)
		}
		n++
	}
}
