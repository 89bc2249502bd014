package models_test

import (
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"kaikukortti/models"
)

func TestEnrolmentCodesAreReadAsTheyAreTyped(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ typed, want string }{
		{"0123456789", "0123456789"},
		{"abcde-fghjk", "ABCDEFGHJK"},
		{" oOiIlL abcd ", "001111ABCD"},
		{"ABCDEFGHJ", ""},
		{"ABCDEFGHJKM", ""},
		{"ABCDEFGHJU", ""}, // Crockford's alphabet has no U
		{"ABCDEFGHJÅ", ""},
		{"", ""},
	} {
		got, ok := models.ParseEnrolmentCode(c.typed)
		if ok != (c.want != "") || ok && got != c.want {
			t.Errorf("%q reads as %q (%t), want %q", c.typed, got, ok, c.want)
		}
	}
}

func FuzzParseEnrolmentCode(f *testing.F) {
	f.Add("abcde-fghjk")
	f.Add(" oOiIlL abcd ")
	f.Fuzz(func(t *testing.T, typed string) {
		code, ok := models.ParseEnrolmentCode(typed)
		if !ok {
			return
		}
		if again, ok := models.ParseEnrolmentCode(strings.ToLower(code)); !ok || again != code {
			t.Fatalf("%q reads as %q, and that as %q", typed, code, again)
		}
	})
}

func TestScannerStates(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	waiting := models.Scanner{EndDay: "2026-11-30", CodeExpires: at.Add(time.Hour)}
	enrolled := waiting
	enrolled.Thumbprint = "key"
	removed := enrolled
	removed.RemovedAt = at
	for name, c := range map[string]struct {
		scanner models.Scanner
		at      time.Time
		want    models.ScannerState
		enrols  bool // another key
		again   bool // the same key
	}{
		"waiting":                    {waiting, at, models.ScannerWaiting, true, true},
		"a second before it lapses":  {waiting, at.Add(time.Hour - time.Second), models.ScannerWaiting, true, true},
		"lapsed":                     {waiting, at.Add(time.Hour), models.ScannerLapsed, false, false},
		"working":                    {enrolled, at, models.ScannerWorking, false, true},
		"working after its code":     {enrolled, at.Add(time.Hour), models.ScannerWorking, false, false},
		"at the end of its last day": {enrolled, models.Day("2026-11-30").End().Add(-time.Second), models.ScannerWorking, false, false},
		"over":                       {enrolled, models.Day("2026-11-30").End(), models.ScannerOver, false, false},
		"removed":                    {removed, at, models.ScannerRemoved, false, false},
	} {
		if got := c.scanner.State(c.at); got != c.want {
			t.Errorf("%s: it is %s", name, got)
		}
		if got := c.scanner.Works(c.at); got != (c.want == models.ScannerWorking) {
			t.Errorf("%s: it works: %t", name, got)
		}
		if other, same := c.scanner.CanEnrol("another", c.at), c.scanner.CanEnrol("key", c.at); other != c.enrols || same != c.again {
			t.Errorf("%s: another key enrols: %t, the same: %t", name, other, same)
		}
	}
	if a, b := models.NewEnrolmentCode(rand.Reader), models.NewEnrolmentCode(rand.Reader); a == b || len(a) != 10 {
		t.Errorf("drawn were %s and %s", a, b)
	}
}
