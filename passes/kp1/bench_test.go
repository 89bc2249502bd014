package kp1

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"math/big"
	"slices"
	"testing"
	"time"
)

// BenchmarkECDSAVerify is the bare check that the others are measured against: run all at once.
func BenchmarkECDSAVerify(b *testing.B) {
	check := bareCheck(b)
	b.ReportAllocs()
	for b.Loop() {
		check()
	}
}

// BenchmarkVerifyUnseen remembers nothing, so every code's credential is new to it.
func BenchmarkVerifyUnseen(b *testing.B) {
	check := codeCheck(b, 0)
	b.ReportAllocs()
	for b.Loop() {
		check()
	}
}

// BenchmarkVerifySeen shows a new code of a credential that was seen before.
func BenchmarkVerifySeen(b *testing.B) {
	check := codeCheck(b, 16)
	b.ReportAllocs()
	for b.Loop() {
		check()
	}
}

// BenchmarkVerifyRatio takes turns between the bare check and the two others, so that a busy machine slows all three
// alike, and reports how many bare checks each costs, by the medians.
func BenchmarkVerifyRatio(b *testing.B) {
	checks := []func(){bareCheck(b), codeCheck(b, 0), codeCheck(b, 16)}
	times := make([][]time.Duration, len(checks))
	for b.Loop() {
		for i, check := range checks {
			start := time.Now()
			check()
			times[i] = append(times[i], time.Since(start))
		}
	}
	bare := median(times[0])
	b.ReportMetric(median(times[1])/bare, "unseen/bare")
	b.ReportMetric(median(times[2])/bare, "seen/bare")
}

func median(times []time.Duration) float64 {
	slices.Sort(times)
	return float64(times[len(times)/2])
}

func bareCheck(b *testing.B) func() {
	b.Helper()
	key := newKey(b)
	digest := sha256.Sum256([]byte("a message"))
	r, s, err := signRS(key, digest[:])
	if err != nil {
		b.Fatal(err)
	}
	return func() {
		if !ecdsa.Verify(&key.PublicKey, digest[:], r, s) {
			b.Fatal("refused")
		}
	}
}

func signRS(key *ecdsa.PrivateKey, digest []byte) (r, s *big.Int, err error) {
	der, err := ecdsa.SignASN1(rand.Reader, key, digest)
	if err != nil {
		return nil, nil, err
	}
	raw, err := rawSignature(der)
	if err != nil {
		return nil, nil, err
	}
	return new(big.Int).SetBytes(raw[:32]), new(big.Int).SetBytes(raw[32:]), nil
}

func codeCheck(b *testing.B, cacheSize int) func() {
	b.Helper()
	i := newIssuer(b)
	v := NewVerifier(i.keys, cacheSize)
	p := i.phone(b, Credential{Kind: KindPhone, Children: 2, Exp: exampleExp})
	texts := make([]string, 256)
	for n := range texts {
		texts[n] = p.show(b, exampleSignedAt+int64(n))
	}
	n := 0
	return func() {
		if _, err := v.Verify(texts[n%len(texts)]); err != nil {
			b.Fatal(err)
		}
		n++
	}
}
