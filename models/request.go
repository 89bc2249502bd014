package models

import "time"

// An ActivationRequest is the holder's side of an activation: a device key that waits, for ten minutes, until a worker types its
// eight digits against a pass.
type ActivationRequest struct {
	ID         string `json:"_id"` // random; whoever has it may ask how it went
	Record     `json:",inline"`
	Hash       string `json:"hash"`       // HMAC of the eight digits
	Thumbprint string `json:"thumbprint"` // RFC 7638 of the device key
	// Key is the P-256 point, uncompressed, and Address the HMAC of the client's address, by which open requests are counted; both
	// are dropped when the request is used.
	Key     []byte    `json:"key,omitempty"`
	Address string    `json:"address,omitempty"`
	Expires time.Time `json:"expires"`
	// Open until it is used; open requests are limited, and the index that counts them holds no others.
	Open   bool      `json:"open,omitempty"`
	Pass   PassID    `json:"pass,omitempty"`
	Phone  CarrierID `json:"phone,omitempty"`
	UsedAt time.Time `json:"used_at,omitempty,omitzero"`
}

// How long what people type is good for.
const (
	RequestLife    = 10 * time.Minute
	ActivationLife = 72 * time.Hour
	// AnswerLife is how long the same code with the same key gets the same answer, so that a lost answer is not "used".
	AnswerLife = 72 * time.Hour
	// UndoLife is how long a worker can take the replacement of a phone back.
	UndoLife = 24 * time.Hour
)
