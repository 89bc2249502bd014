// Package models holds the nouns of the system with their pure rules, and the one error that may reach people.
// It never reads a clock, a file or a network.
package models

import "fmt"

// A Kind is the sort of an error; handlers map it to an HTTP status in one place. The zero kind is internal, so that an error
// whose kind was forgotten tells nothing.
type Kind int

// The kinds.
const (
	Internal        Kind = iota
	Invalid              // the request is wrong in itself
	Unauthenticated      // nobody is signed in, or the proof does not hold
	Forbidden            // somebody is signed in, who may not do this
	NotFound             // it is not there, or not for the one who asks; both answer alike
	Conflict             // it does not fit the state that things are in
	Gone                 // it was there and has ended
	TooLarge             // more bytes than are read
	Unprocessable        // well formed, and yet it cannot be done as asked
	TooMany              // too often; RetryAfter says when again
	Unavailable          // the store or another part cannot answer now
)

// An Error may reach people. Code is API: documented, translated in the app, never renamed. Detail is one safe sentence for a
// developer; it never holds a person's data.
type Error struct {
	Kind       Kind
	Code       string
	Detail     string
	Field      string         // the field of the request that is wrong, if it is one
	RetryAfter int            // seconds, with TooMany and Unavailable
	Extra      map[string]any // further members of the problem document, such as the server's "now"
}

func (e *Error) Error() string {
	switch {
	case e.Field != "":
		return fmt.Sprintf("%s (%s): %s", e.Code, e.Field, e.Detail)
	case e.Detail != "":
		return e.Code + ": " + e.Detail
	default:
		return e.Code
	}
}

// Is lets errors.Is compare by code.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code
}

// BadField is the error for a field that does not hold what it should.
func BadField(field, detail string) *Error {
	return &Error{Kind: Invalid, Code: "invalid_field", Field: field, Detail: detail}
}
