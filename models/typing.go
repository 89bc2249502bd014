package models

import "time"

// So many wrong typed numbers in an hour pause typing until that hour is over: on a scanner, where scanning goes on, and at a manager's
// desk.
const (
	WrongTypedMost = 20
	WrongTypedSpan = time.Hour
)

// TypingPausedUntil is from when the scanner may type numbers again; the zero time if it may at this instant.
func (s *Scanner) TypingPausedUntil(at time.Time) time.Time {
	until := s.WrongFrom.Add(WrongTypedSpan)
	if s.WrongTyped < WrongTypedMost || !at.Before(until) {
		return time.Time{}
	}
	return until
}

// CountWrongTyped counts one more wrong typed number.
func (s *Scanner) CountWrongTyped(at time.Time) {
	if !at.Before(s.WrongFrom.Add(WrongTypedSpan)) {
		s.WrongTyped, s.WrongFrom = 0, at
	}
	s.WrongTyped++
}
