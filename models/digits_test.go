package models_test

import (
	"crypto/rand"
	"errors"
	"strings"
	"testing"

	"kaikukortti/models"
)

var digitKinds = []models.DigitsKind{
	models.RecoveryCode, models.ActivationCode, models.PassNumber, models.PaperNumber, models.RequestCode, models.SpokenCode,
}

func TestDigitsAreWhatTheyWereDrawnAs(t *testing.T) {
	t.Parallel()
	for _, kind := range digitKinds {
		for range 200 {
			d := models.NewDigits(kind, rand.Reader)
			read, err := models.ParseDigits(" " + d.String() + " ")
			if err != nil || read != d || read.Kind() != kind {
				t.Fatalf("%s drawn as %s reads as %s %s: %v", string(d), kind, string(read), read.Kind(), err)
			}
		}
	}
}

func TestEverySingleWrongDigitIsCaught(t *testing.T) {
	t.Parallel()
	for _, kind := range digitKinds {
		right := string(models.NewDigits(kind, rand.Reader))
		for i := range right {
			for digit := byte('0'); digit <= '9'; digit++ {
				wrong := right[:i] + string(digit) + right[i+1:]
				if _, err := models.ParseDigits(wrong); wrong != right && !errors.Is(err, models.ErrCheckDigit) {
					t.Errorf("%s for %s: %v", wrong, right, err)
				}
			}
		}
	}
}

func TestReservationCodesAreReadAsTheySound(t *testing.T) {
	t.Parallel()
	code := models.NewReservationCode(rand.Reader)
	if read, ok := models.ParseReservationCode(strings.ToLower(code[:3] + " " + code[3:])); !ok || read != code {
		t.Errorf("%s reads as %s, %v", code, read, ok)
	}
	if read, ok := models.ParseReservationCode("oil-00a"); !ok || read != "01100A" {
		t.Errorf("O, I and L read as %s, %v", read, ok)
	}
	for _, wrong := range []string{"", "12345", "1234567", "12345U", "ÄÄÄÄÄÄ"} {
		if _, ok := models.ParseReservationCode(wrong); ok {
			t.Errorf("%q was read as a reservation code", wrong)
		}
	}
}

func FuzzParseDigits(f *testing.F) {
	f.Add("123 456 7890")
	f.Add("0000 0000")
	f.Fuzz(func(t *testing.T, typed string) {
		d, err := models.ParseDigits(typed)
		if err == nil && d.Kind() == "" {
			t.Errorf("%q was read and is nothing", typed)
		}
	})
}
