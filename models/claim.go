package models

import (
	"slices"
	"time"
)

// A ClaimState is what a claim is.
type ClaimState string

// The states. A claim holds its seats (Slots), its one-a-pass place (Live), its use of a limit (Use) and its code (CTI, SignedAt)
// only in the states that STORE's table gives; leaving a state unsets the rest.
const (
	Waiting    ClaimState = "waiting"
	Offered    ClaimState = "offered"
	Reserved   ClaimState = "reserved"
	Missed     ClaimState = "missed"
	Used       ClaimState = "used"      // a visit
	OnCourse   ClaimState = "on_course" // a later scan of somebody on a course's list
	Cancelled  ClaimState = "cancelled"
	Undone     ClaimState = "undone"
	Refused    ClaimState = "refused"
	Conflicted ClaimState = "conflict" // shown as welcome at an offline door, and refused by the server
	Closed     ClaimState = "closed"   // takes the seats that a session lost when its number was lowered
)

// A Party is who comes in with one pass.
type Party struct {
	Children   int `json:"children"`
	Assistants int `json:"assistants"`      // personal assistants or interpreters, who take no seat
	Group      int `json:"group,omitempty"` // under 16, with a community pass
}

// Seats is how many seats of the quota a party takes.
func (p Party) Seats(childrenCounted bool) int {
	seats := 1 + p.Group
	if childrenCounted {
		seats += p.Children
	}
	return seats
}

// A Claim is what the store keeps of a pass and a session: a reservation, a visit, or one that became the other; and refused
// scans, which hold nothing. One insert of it decides everything, because each scarce thing is a unique index over claims.
type Claim struct {
	ID           ClaimID `json:"_id"`
	Record       `json:",inline"`
	Session      SessionID      `json:"session"` // or the standing offer's id
	Offer        OfferID        `json:"offer"`
	Organisation OrganisationID `json:"organisation"`
	Day          Day            `json:"day"` // the venue's day of the session, or of the scan for a standing offer
	At           time.Time      `json:"at"`  // when it was made
	State        ClaimState     `json:"state"`
	Party        Party          `json:"party"`

	Slots    []int        `json:"slots,omitempty"` // seat numbers, distinct; absent when the session has no limit
	Live     bool         `json:"live,omitempty"`
	Counts   bool         `json:"counts,omitempty"`
	Reserved int          `json:"reserved,omitempty"` // seats that the reservation holds
	Over     bool         `json:"over,omitempty"`     // came in offline beyond the seats
	Scans    []ScanRecord `json:"scans,omitempty"`
	Use      *Use         `json:"use,omitempty"`
	Code     string       `json:"code,omitempty"` // HMAC of the reservation code
	EndsDay  Day          `json:"ends_day"`       // the session's last day: what is forgotten is counted from it

	// What statistics need.
	HomeMunicipality string    `json:"home_municipality,omitempty"`
	HomeNetwork      NetworkID `json:"home_network,omitempty"`
	Network          NetworkID `json:"network,omitempty"`
	Municipality     string    `json:"municipality,omitempty"`
	Sector           Sector    `json:"sector,omitempty"`
	Kind             OfferKind `json:"kind,omitempty"`

	// The removable link to the pass.
	Pass        PassID       `json:"pass,omitempty"`
	CTI         string       `json:"cti,omitempty"` // of a KP1 code; of a spoken code its HMAC; absent for paper
	SignedAt    int64        `json:"signed_at,omitempty"`
	UnlinkDay   Day          `json:"unlink_day,omitempty"` // from this day on the link is removed
	Idempotency *Idempotency `json:"idempotency,omitempty"`
}

// A Use is one of the numbers 1 … limit of a rule in a period.
type Use struct {
	Key string `json:"key"` // HMAC(secret of the period, pass ‖ rule ‖ period)
	No  int    `json:"no"`
	// Destroy is the day on which the period's secret is destroyed; nobody can compute the key after it.
	Destroy Day `json:"destroy,omitempty"`
}

// A ScanRecord is one showing of a code at a scanner, and its answer. (By, ID) is unique, so that a retry is the same scan.
type ScanRecord struct {
	By     ScannerID `json:"by"`
	ID     ScanID    `json:"id"`
	At     time.Time `json:"at"` // when the code was shown
	Answer Decision  `json:"answer"`
	Shown  Shown     `json:"shown,omitempty"`            // what an offline door showed, once uploaded
	SeenAt time.Time `json:"seen_at,omitempty,omitzero"` // when a manager has seen the conflict
}

// Shown is what a door showed.
type Shown string

// The two.
const (
	ShownWelcome Shown = "welcome"
	ShownRefused Shown = "refused"
)

// Scan finds the record of a scan.
func (c *Claim) Scan(by ScannerID, id ScanID) *ScanRecord {
	i := slices.IndexFunc(c.Scans, func(s ScanRecord) bool { return s.By == by && s.ID == id })
	if i < 0 {
		return nil
	}
	return &c.Scans[i]
}

// Holding says whether the claim is a reservation that still holds seats.
func (c *Claim) Holding() bool {
	return c.State == Offered || c.State == Reserved || c.State == Missed
}

// Leave unsets what only some states hold, and enters one that holds nothing. Its reservation code is of no use any more.
func (c *Claim) Leave(state ClaimState) {
	c.State = state
	c.Slots, c.Live, c.Counts, c.Reserved, c.Over, c.Use = nil, false, false, 0, false, nil
	c.CTI, c.SignedAt, c.Code = "", 0, ""
	if state != Conflicted && state != Cancelled {
		c.Pass, c.UnlinkDay = "", ""
	}
}

// BackToReserved makes a visit that was undone the reservation that it was: it keeps what it still has of its seats.
func (c *Claim) BackToReserved() {
	c.State, c.Counts, c.Over = Reserved, false, false
	c.CTI, c.SignedAt = "", 0
	if len(c.Slots) > c.Reserved {
		c.Slots = c.Slots[:c.Reserved]
	}
}
