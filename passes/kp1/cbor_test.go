package kp1

import (
	"bytes"
	"encoding/hex"
	"math"
	"testing"
)

func TestHeadHasOneForm(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]uint64{ // RFC 8949 appendix A
		"00": 0, "17": 23, "1818": 24, "18ff": 255, "190100": 256, "19ffff": 65535, "1a00010000": 65536,
		"1affffffff": math.MaxUint32, "1b0000000100000000": 1 << 32, "1bffffffffffffffff": math.MaxUint64,
	} {
		r := reader{rest: unhex(t, in)}
		if got := r.of(majorUint); got != want || r.done() != nil {
			t.Errorf("%s is read as %d, %v, want %d", in, got, r.done(), want)
		}
		if got := hex.EncodeToString(appendHead(nil, majorUint, want)); got != in {
			t.Errorf("%d is written %s, want %s", want, got, in)
		}
	}
}

func TestHeadRefuses(t *testing.T) {
	t.Parallel()
	for in, why := range map[string]string{
		"":                   "cut short",
		"18":                 "cut short",
		"1900":               "cut short",
		"1a000000":           "cut short",
		"1b00000000000000":   "cut short",
		"1817":               "number longer than needed",
		"1900ff":             "number longer than needed",
		"1a0000ffff":         "number longer than needed",
		"1b00000000ffffffff": "number longer than needed",
		"1c":                 "indefinite or reserved length",
		"1d":                 "indefinite or reserved length",
		"1e":                 "indefinite or reserved length",
		"1f":                 "indefinite or reserved length",
		"20":                 "item of another type than expected",
		"c100":               "item of another type than expected",
		"0000":               "bytes left over",
	} {
		r := reader{rest: unhex(t, in)}
		r.of(majorUint)
		if err := r.done(); err == nil || err.Error() != "not a pass: "+why {
			t.Errorf("%q: %v, want %s", in, err, why)
		}
	}
}

func TestIntegerIsWrittenAndRead(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{
		0: "00", -1: "20", -7: "26", -24: "37", -25: "3818", -70001: "3a00011170",
		math.MaxInt64: "1b7fffffffffffffff", math.MinInt64: "3b7fffffffffffffff",
	} {
		written := appendInteger(nil, n)
		if got := hex.EncodeToString(written); got != want {
			t.Errorf("%d is written %s, want %s", n, got, want)
		}
		r := reader{rest: written}
		if r.integer(n); r.done() != nil {
			t.Errorf("%d is not read back: %v", n, r.done())
		}
	}
}

// FuzzCBOR: whatever the reader accepts is the one deterministic form of it.
func FuzzCBOR(f *testing.F) {
	for _, seed := range []string{"00", "1818", "4401020304", "f5", "8301020f", "5bffffffffffffffff", "9f01ff", "3a00011170"} {
		f.Add(unhex(f, seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r := reader{rest: data}
		major, argument := r.head()
		if r.wrong == "" {
			if again := appendHead(nil, major, argument); !bytes.HasPrefix(data, again) || len(r.rest) != len(data)-len(again) {
				t.Errorf("%x is written %x", data, again)
			}
		}
		r = reader{rest: data}
		if content := r.bytes(); r.done() == nil && !bytes.Equal(appendBytes(nil, content), data) {
			t.Errorf("%x is not the only form of its bytes", data)
		}
		if s, err := readSign1(data); err == nil && !bytes.Equal(s.encode(), data) {
			t.Errorf("%x is not the only form of its frame", data)
		}
	})
}
