package models

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"math/big"
	"strings"
)

// Digits that people type are of one of two lengths, and their first digit says what they are, so that each mix-up can be told.
// The last digit is a check digit (ISO/IEC 7064 MOD 11,10): every single wrong digit and nearly every swap of two neighbours
// is caught before anything is asked.
type Digits string

// A DigitsKind is what typed digits are.
type DigitsKind string

// The kinds of digits.
const (
	RecoveryCode   DigitsKind = "recovery_code"   // ten, first 0
	ActivationCode DigitsKind = "activation_code" // ten, first 1–4
	PassNumber     DigitsKind = "pass_number"     // ten, first 5–7
	PaperNumber    DigitsKind = "paper_number"    // ten, first 8–9
	RequestCode    DigitsKind = "request_code"    // eight, first 1–4
	SpokenCode     DigitsKind = "spoken_code"     // eight, first 5–9
)

var firstDigits = map[DigitsKind]string{
	RecoveryCode: "0", ActivationCode: "1234", PassNumber: "567", PaperNumber: "89", RequestCode: "1234", SpokenCode: "56789",
}

// What ParseDigits refuses.
var (
	ErrDigitsLength = errors.New("not ten or eight digits")
	ErrCheckDigit   = errors.New("the check digit does not fit")
)

// ParseDigits reads digits as a person types them: spaces, hyphens and non-breaking spaces do not count.
func ParseDigits(typed string) (Digits, error) {
	plain := strings.Map(func(r rune) rune {
		switch r {
		case ' ', '-', '\u00a0', '\u202f', '\t', '\n', '\r':
			return -1
		}
		return r
	}, typed)
	if len(plain) != 10 && len(plain) != 8 || strings.Trim(plain, "0123456789") != "" {
		return "", ErrDigitsLength
	}
	d := Digits(plain)
	if checkDigit(plain[:len(plain)-1]) != plain[len(plain)-1] {
		return "", ErrCheckDigit
	}
	if d.Kind() == "" {
		return "", ErrDigitsLength
	}
	return d, nil
}

// Kind says what the digits are; empty for eight digits that begin with 0, which are nothing.
func (d Digits) Kind() DigitsKind {
	if len(d) == 0 {
		return ""
	}
	kinds := []DigitsKind{RecoveryCode, ActivationCode, PassNumber, PaperNumber}
	if len(d) == 8 {
		kinds = []DigitsKind{RequestCode, SpokenCode}
	}
	for _, k := range kinds {
		if strings.IndexByte(firstDigits[k], d[0]) >= 0 {
			return k
		}
	}
	return ""
}

// String groups the digits as they are shown: 3-3-4 or 4-4, with spaces.
func (d Digits) String() string {
	switch len(d) {
	case 10:
		return fmt.Sprintf("%s %s %s", d[:3], d[3:6], d[6:])
	case 8:
		return fmt.Sprintf("%s %s", d[:4], d[4:])
	default:
		return string(d)
	}
}

// NewDigits draws digits of a kind.
func NewDigits(kind DigitsKind, random io.Reader) Digits {
	length := 10
	if kind == RequestCode || kind == SpokenCode {
		length = 8
	}
	first := firstDigits[kind]
	b := []byte{first[draw(random, len(first))]}
	for len(b) < length-1 {
		b = append(b, byte('0'+draw(random, 10)))
	}
	return Digits(append(b, checkDigit(string(b))))
}

// checkDigit is ISO/IEC 7064 MOD 11,10 over decimal digits.
func checkDigit(digits string) byte {
	p := 10
	for _, c := range []byte(digits) {
		s := (p + int(c-'0')) % 10
		if s == 0 {
			s = 10
		}
		p = s * 2 % 11
	}
	return byte('0' + (11-p)%10)
}

func draw(random io.Reader, n int) int {
	v, err := rand.Int(random, big.NewInt(int64(n)))
	if err != nil {
		panic(fmt.Sprintf("models: no randomness: %v", err))
	}
	return int(v.Int64())
}

const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// NewReservationCode draws a reservation code: six characters of Crockford base32, to be read aloud.
func NewReservationCode(random io.Reader) string {
	b := make([]byte, 6)
	for i := range b {
		b[i] = crockford[draw(random, len(crockford))]
	}
	return string(b)
}

// ParseReservationCode reads a reservation code as a person types it: case, spaces and hyphens do not count, and O, I and L are
// what they look like.
func ParseReservationCode(typed string) (string, bool) {
	s := strings.NewReplacer(" ", "", "-", "", "O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(typed))
	return s, len(s) == 6 && strings.Trim(s, crockford) == ""
}
