package models

import (
	"io"
	"strings"
	"time"
)

// EnrolmentLife is how long an enrolment code can be used.
const EnrolmentLife = 24 * time.Hour

// enrolmentLength makes a code of 50 random bits: too many to guess within its life at any rate that a limit lets through.
const enrolmentLength = 10

// NewEnrolmentCode draws the code that enrols one scanner: ten characters of Crockford base32.
func NewEnrolmentCode(random io.Reader) string {
	b := make([]byte, enrolmentLength)
	for i := range b {
		b[i] = crockford[draw(random, len(crockford))]
	}
	return string(b)
}

// ParseEnrolmentCode reads an enrolment code as a person types it: case, spaces and hyphens do not count, and O, I and L are what
// they look like.
func ParseEnrolmentCode(typed string) (string, bool) {
	s := strings.NewReplacer(" ", "", "-", "", "O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(typed))
	return s, len(s) == enrolmentLength && strings.Trim(s, crockford) == ""
}

// CanEnrol says whether the scanner's code, at an instant, enrols the key with a thumbprint: for the first time, or once more with
// the same answer.
func (s *Scanner) CanEnrol(thumbprint string, at time.Time) bool {
	return s.RemovedAt.IsZero() && at.Before(s.CodeExpires) && (s.Thumbprint == "" || s.Thumbprint == thumbprint)
}

// A ScannerState is what a manager sees of a scanner.
type ScannerState string

// The states.
const (
	ScannerWaiting ScannerState = "waiting" // for its code to be used
	ScannerLapsed  ScannerState = "lapsed"  // its code was not used in time
	ScannerWorking ScannerState = "working"
	ScannerOver    ScannerState = "over" // its end day is past
	ScannerRemoved ScannerState = "removed"
)

// State is the scanner's state at an instant.
func (s *Scanner) State(at time.Time) ScannerState {
	switch {
	case !s.RemovedAt.IsZero():
		return ScannerRemoved
	case DayOf(at) > s.EndDay:
		return ScannerOver
	case s.Thumbprint != "":
		return ScannerWorking
	case at.Before(s.CodeExpires):
		return ScannerWaiting
	default:
		return ScannerLapsed
	}
}
