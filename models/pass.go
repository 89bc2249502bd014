package models

import (
	"slices"
	"time"
)

// A PassState is where a pass is in its life; expired is computed, never stored.
type PassState string

// The states: issued (nothing carries it yet) → active → suspended ⇄ active → revoked.
const (
	Issued    PassState = "issued"
	Active    PassState = "active"
	Suspended PassState = "suspended"
	Revoked   PassState = "revoked"
)

// A ReasonForChange is why a worker changed a pass; there is no free text near a pass.
type ReasonForChange string

// The closed list.
const (
	LostPhone     ReasonForChange = "lost_phone"
	NewPhone      ReasonForChange = "new_phone"
	AskedByHolder ReasonForChange = "asked_by_holder"
	MovedAway     ReasonForChange = "moved_away"
	Misuse        ReasonForChange = "misuse"
	Mistake       ReasonForChange = "mistake"
	OtherReason   ReasonForChange = "other"
)

// ReasonsForChange lists them.
func ReasonsForChange() []ReasonForChange {
	return []ReasonForChange{LostPhone, NewPhone, AskedByHolder, MovedAway, Misuse, Mistake, OtherReason}
}

// A Pass is the right itself, with all that is stored about its holder. There is no field for a name, an address or a contact,
// and no free text.
type Pass struct {
	ID          PassID `json:"_id"`
	Record      `json:",inline"`
	Number      Digits         `json:"number"`
	Network     NetworkID      `json:"network"`
	Distributor OrganisationID `json:"distributor"` // shown to no venue, in no push, in no report
	Community   bool           `json:"community,omitempty"`

	BirthYear    int    `json:"birth_year,omitempty"`
	PostalCode   string `json:"postal_code,omitempty"` // empty: no fixed address, or a postal code in two municipalities
	Municipality string `json:"municipality"`
	Children     int    `json:"children"`
	Language     string `json:"language"`
	TermsVersion string `json:"terms_version"`
	TermsDay     Day    `json:"terms_day"`

	State  PassState   `json:"state"`
	States []StateSpan `json:"states"` // State is the last one's; uploads are judged as of an earlier moment
	First  Day         `json:"first"`
	Last   Day         `json:"last"`
	// Fixed from the network's rules at issue and at renewal.
	GraceDays  int `json:"grace_days"`
	UnlinkDays int `json:"unlink_days"`
	ChildAge   int `json:"child_age"`

	IssuedBy    PersonID  `json:"issued_by"`
	IssuedAt    time.Time `json:"issued_at"`
	IssuedMonth string    `json:"issued_month"`
	RenewAsked  Day       `json:"renew_asked,omitempty"`
	EndedAt     time.Time `json:"ended_at,omitempty,omitzero"` // revoked; forgotten 90 days later

	CredentialNo int64        `json:"credential_no"` // n of the last credential
	Phones       []Phone      `json:"phones,omitempty"`
	Papers       []Paper      `json:"papers,omitempty"`
	Activation   *Activation  `json:"activation,omitempty"`
	Spoken       *Spoken      `json:"spoken,omitempty"`
	Recovery     *Recovery    `json:"recovery,omitempty"`
	Idempotency  *Idempotency `json:"idempotency,omitempty"`
}

// A StateSpan is a state and when it began.
type StateSpan struct {
	State PassState `json:"state"`
	From  time.Time `json:"from"`
}

// A Span is a time from one instant to another, or still going on.
type Span struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to,omitempty,omitzero"`
}

// Holds says whether the span holds an instant; To is no longer in it.
func (s Span) Holds(at time.Time) bool {
	return !at.Before(s.From) && (s.To.IsZero() || at.Before(s.To))
}

// A Phone carries a pass. Its key speaks only to the server.
type Phone struct {
	ID         CarrierID `json:"id"`
	Thumbprint string    `json:"thumbprint"` // RFC 7638; unique among all passes
	Key        []byte    `json:"key"`        // the P-256 point, uncompressed (SEC 1)
	Spans      []Span    `json:"spans"`      // when it carried the pass; the last one is open if it does now
	// UndoUntil is set on a phone that was replaced: until then the worker can make it live again.
	UndoUntil time.Time `json:"undo_until,omitempty,omitzero"`
}

// A Paper is one print. Its number belongs to the print and changes with it.
type Paper struct {
	ID     CarrierID `json:"id"`
	Number string    `json:"number"` // the HMAC of its ten digits
	CTI    CTI       `json:"cti"`
	Exp    time.Time `json:"exp"`
	Spans  []Span    `json:"spans"`
}

// An Activation is a code that the worker gave out: once, for 72 hours. Hash stays 72 hours after it was used, with the key that
// used it, so that a lost answer can be given again.
type Activation struct {
	Hash    string    `json:"hash"`
	Expires time.Time `json:"expires"`
	Replace bool      `json:"replace,omitempty"` // it may take the place of a live phone
	UsedAt  time.Time `json:"used_at,omitempty,omitzero"`
	UsedBy  string    `json:"used_by,omitempty"` // the device key's thumbprint
}

// A Spoken code is shown by a phone on request and said at a door: 5 minutes, one scan.
type Spoken struct {
	Hash  string    `json:"hash"`
	At    time.Time `json:"at"`
	Phone CarrierID `json:"phone"`
}

// SpokenCodeLife is how long a spoken code can be said.
const SpokenCodeLife = 5 * time.Minute

// A Recovery is the one-use code with which the holder alone moves the pass to another phone. Wrong tries are counted elsewhere, by the
// number that was typed: strangers write nothing to a pass.
type Recovery struct {
	Hash     string    `json:"hash"`
	At       time.Time `json:"at"`
	UsedBy   string    `json:"used_by,omitempty"` // thumbprint, for the same answer to the same request
	UsedHash string    `json:"used_hash,omitempty"`
	UsedAt   time.Time `json:"used_at,omitempty,omitzero"`
}

// StateAt is the state that the pass was in at an instant.
func (p *Pass) StateAt(at time.Time) PassState {
	state := Issued
	for _, s := range p.States {
		if !s.From.After(at) {
			state = s.State
		}
	}
	return state
}

// Enter puts the pass in a state from now on.
func (p *Pass) Enter(state PassState, at time.Time) {
	if p.State == state {
		return
	}
	p.State = state
	p.States = append(p.States, StateSpan{State: state, From: at})
	if state == Revoked {
		p.EndedAt = at
	}
}

// LivePhone is the phone that carries the pass now, or nil.
func (p *Pass) LivePhone() *Phone {
	for i := range p.Phones {
		if p.Phones[i].Live() {
			return &p.Phones[i]
		}
	}
	return nil
}

// LivePaper is the print that carries the pass now, or nil.
func (p *Pass) LivePaper() *Paper {
	for i := range p.Papers {
		if open(p.Papers[i].Spans) {
			return &p.Papers[i]
		}
	}
	return nil
}

// Live says whether the phone carries the pass now.
func (p *Phone) Live() bool { return open(p.Spans) }

// CarriedAt says whether a phone or print of this id carried the pass at an instant.
func (p *Pass) CarriedAt(id CarrierID, at time.Time) bool {
	holds := func(s Span) bool { return s.Holds(at) }
	for i := range p.Phones {
		if p.Phones[i].ID == id {
			return slices.ContainsFunc(p.Phones[i].Spans, holds)
		}
	}
	for i := range p.Papers {
		if p.Papers[i].ID == id {
			return slices.ContainsFunc(p.Papers[i].Spans, holds)
		}
	}
	return false
}

func open(spans []Span) bool { return len(spans) > 0 && spans[len(spans)-1].To.IsZero() }

// CloseSpans ends an open span.
func CloseSpans(spans []Span, at time.Time) {
	if open(spans) {
		spans[len(spans)-1].To = at
	}
}

// UsableUntil is the instant from which the pass is expired: its last day with grace, or the last day of its pilot, which has no
// grace.
func (p *Pass) UsableUntil(n *Network) time.Time {
	end := p.Last.Add(p.GraceDays).End()
	if pilot := n.EndsAt(); !pilot.IsZero() && pilot.Before(end) {
		return pilot
	}
	return end
}

// InGrace says whether a day is after the last day and within grace.
func (p *Pass) InGrace(day Day) bool { return day > p.Last && day <= p.Last.Add(p.GraceDays) }

// ExpiredOn says whether a day is after the last day and its grace. The end of a pilot is another matter: wrong_area.
func (p *Pass) ExpiredOn(day Day) bool { return day > p.Last.Add(p.GraceDays) }

// Validity is the first and last day of a pass made on a day.
func (r Rules) Validity(first Day) (Day, Day) { return first, first.AddMonths(r.ValidMonths).Add(-1) }

// Renewal is the new last day of a pass that is renewed on a day: before its last day or in grace it goes on from that last day,
// later it begins anew.
func (p *Pass) Renewal(r Rules, today Day) Day {
	if today <= p.Last.Add(p.GraceDays) {
		return p.Last.Add(1).AddMonths(r.ValidMonths).Add(-1)
	}
	return today.AddMonths(r.ValidMonths).Add(-1)
}

// OldEnough says whether somebody of a birth year may have a pass in a year.
func (r Rules) OldEnough(birthYear, year int) bool { return year-birthYear >= r.MinAge }

// ChildrenMost is how many children may come along, or how many under 16 with a community pass, which is the network's number. To a
// course none: places on courses are the holder's own.
func (p *Pass) ChildrenMost(kind OfferKind, rules Rules) int {
	switch {
	case kind == Course:
		return 0
	case p.Community:
		return rules.GroupMax
	default:
		return p.Children
	}
}

// A CarrierKind is what carries a pass.
type CarrierKind string

// What carries passes; google, apple and card come later.
const (
	CarrierPhone CarrierKind = "phone"
	CarrierPaper CarrierKind = "paper"
)

// A Credential is what the server keeps of a signed statement: which pass and carrier its cti speaks for, and until when. Kept
// until 60 days after Exp.
type Credential struct {
	CTI     CTI `json:"_id"`
	Record  `json:",inline"`
	Pass    PassID      `json:"pass"`
	Carrier CarrierID   `json:"carrier"`
	Kind    CarrierKind `json:"kind"`
	Network NetworkID   `json:"network"`
	No      int64       `json:"no,omitempty"` // n; 0 on paper
	Issued  time.Time   `json:"issued"`
	Exp     time.Time   `json:"exp"`
	Issuer  string      `json:"issuer"` // kid of the key that signed it last
	// Facts is what was signed beside the key (kind and children): when it no longer fits the pass, the next request gets a new one.
	CodeKind int `json:"code_kind"`
	Children int `json:"children"`
	// Revoked holds the cti as a number while the pass or the carrier is not live, and is absent otherwise: the index over it is the
	// whole revoked list.
	Revoked []int64 `json:"revoked,omitempty"`
}

// Off says whether the cti stands on the revoked list until Exp.
func (c *Credential) Off() bool { return len(c.Revoked) > 0 }

// Switch puts the cti on the revoked list, or takes it off.
func (c *Credential) Switch(off bool) {
	c.Revoked = nil
	if off {
		c.Revoked = []int64{c.CTI.Number()}
	}
}

// CredentialLife and the rest are when credentials are made anew and forgotten.
const (
	CredentialLife  = 14 * 24 * time.Hour
	CredentialRenew = 84 * time.Hour // 3.5 days: an online app renews one older than this
	CredentialKept  = 60 * 24 * time.Hour
)

// A Tombstone is what stays of an erased pass: so that its papers stay refused and "passes issued" stays right.
type Tombstone struct {
	ID           string `json:"_id"` // random; not the pass's
	Record       `json:",inline"`
	CTIs         []BuriedCTI `json:"ctis,omitempty"`
	Exp          time.Time   `json:"exp,omitempty,omitzero"` // of the last of them; dropped with them
	Municipality string      `json:"municipality"`
	Network      NetworkID   `json:"network"`
	IssuedMonth  string      `json:"issued_month"`
	Used         bool        `json:"used,omitempty"` // it had been activated
}

// A BuriedCTI is a credential of an erased pass that stands on the revoked list until it ends.
type BuriedCTI struct {
	CTI CTI       `json:"cti"`
	Exp time.Time `json:"exp"`
}
