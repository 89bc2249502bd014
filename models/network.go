package models

import (
	"slices"
	"strings"
	"time"
)

// A Text is the same words in several languages, at least one; keys are "fi", "sv" and "en".
type Text map[string]string

// In is the text in a language, or in the first of Finnish, Swedish and English that there is.
func (t Text) In(language string) string {
	for _, l := range []string{language, "fi", "sv", "en"} {
		if s := t[l]; s != "" {
			return s
		}
	}
	return ""
}

// A Municipality of a network, with the starts of its postal codes; the longest start that fits decides.
type Municipality struct {
	Code           string   `json:"code"` // Statistics Finland, three digits
	Name           Text     `json:"name"`
	PostalPrefixes []string `json:"postal_prefixes,omitempty"`
}

// A NetworkStatus is permanent or pilot.
type NetworkStatus string

// The two.
const (
	Permanent NetworkStatus = "permanent"
	Pilot     NetworkStatus = "pilot"
)

// A Network is a region that runs Kaikukortti.
type Network struct {
	ID     NetworkID `json:"_id"`
	Record `json:",inline"`
	Name   Text          `json:"name"`
	Status NetworkStatus `json:"status"`
	First  Day           `json:"first"`
	// Last is a pilot's last day. It is looked up at each decision and never copied: extending the pilot extends its passes.
	Last Day `json:"last,omitempty"`
	// LocalOnly passes are valid in their own network only, which signs with issuer keys of its own.
	LocalOnly      bool           `json:"local_only,omitempty"`
	Municipalities []Municipality `json:"municipalities"`
	Rules          []DatedRules   `json:"rules,omitempty"` // in order of From
	Invented       bool           `json:"invented,omitempty"`
	Idempotency    *Idempotency   `json:"idempotency,omitempty"`
}

// DatedRules are rules with the day from which they apply.
type DatedRules struct {
	From  Day   `json:"from"`
	Rules Rules `json:"rules"`
}

// Rules are the settings of a network.
type Rules struct {
	MinAge            int  `json:"min_age"`        // at issue, or reached this year
	ChildAge          int  `json:"child_age"`      // children under it come along
	ValidMonths       int  `json:"valid_months"`   // from the day of issue
	GraceDays         int  `json:"grace_days"`     // after the last day
	UnlinkDays        int  `json:"unlink_days"`    // after a session's last day its visits lose their pass
	GroupMax          int  `json:"group_max"`      // under 16 with a community pass
	OpensMinutes      int  `json:"opens_minutes"`  // before its start a session begins to admit
	ClosesMinutes     int  `json:"closes_minutes"` // after its end it stops
	FreedMinutes      int  `json:"freed_minutes"`  // before the start freed seats go to the door
	ClaimMinutes      int  `json:"claim_minutes"`  // to take a seat that was offered
	PushesWeek        int  `json:"pushes_week"`
	SuppressUnder     int  `json:"suppress_under"` // statistics hide cells from 1 to this less one
	OfflineNotAllowed bool `json:"offline_not_allowed,omitempty"`
}

// DefaultRules are what a network has that has set nothing.
func DefaultRules() Rules {
	return Rules{
		MinAge: 16, ChildAge: 18, ValidMonths: 12, GraceDays: 30, UnlinkDays: 90, GroupMax: 15, OpensMinutes: 180,
		ClosesMinutes: 60, FreedMinutes: 120, ClaimMinutes: 120, PushesWeek: 3, SuppressUnder: 5,
	}
}

// RulesOn are the rules that apply on a day: the latest that are not from later.
func (n *Network) RulesOn(day Day) Rules {
	rules := DefaultRules()
	if n == nil { // a pop-up is in no network
		return rules
	}
	for _, r := range n.Rules {
		if r.From <= day {
			rules = r.Rules
		}
	}
	return rules
}

// Running says whether the network runs on a day: from its first day and, if it is a pilot, to its last.
func (n *Network) Running(day Day) bool { return n.First <= day && !n.Ended(day) }

// Ended says whether the network is a pilot whose last day is past.
func (n *Network) Ended(day Day) bool { return n.Status == Pilot && n.Last != "" && day > n.Last }

// EndsAt is the instant at which a pilot's last day ends; zero for a permanent network.
func (n *Network) EndsAt() time.Time {
	if n.Status != Pilot || n.Last == "" {
		return time.Time{}
	}
	return n.Last.End()
}

// Municipality finds one by its code.
func (n *Network) Municipality(code string) (Municipality, bool) {
	i := slices.IndexFunc(n.Municipalities, func(m Municipality) bool { return m.Code == code })
	if i < 0 {
		return Municipality{}, false
	}
	return n.Municipalities[i], true
}

// MunicipalityOf finds the municipality of a postal code by the longest prefix that fits.
func (n *Network) MunicipalityOf(postalCode string) (Municipality, bool) {
	var found Municipality
	longest := 0
	for _, m := range n.Municipalities {
		for _, p := range m.PostalPrefixes {
			if len(p) > longest && strings.HasPrefix(postalCode, p) {
				found, longest = m, len(p)
			}
		}
	}
	return found, longest > 0
}

// An OrganisationKind is what an organisation does.
type OrganisationKind string

// The kinds.
const (
	Distributor OrganisationKind = "distributor"
	Venue       OrganisationKind = "venue"
	Institute   OrganisationKind = "institute"
	Popup       OrganisationKind = "popup"
)

// A Sector is what statistics count by.
type Sector string

// The sectors.
const (
	Culture   Sector = "culture"
	Education Sector = "education"
	Science   Sector = "science"
	Sport     Sector = "sport"
)

// Known says whether it is one of them.
func (s Sector) Known() bool { return slices.Contains([]Sector{Culture, Education, Science, Sport}, s) }

// An Organisation is a member of a network, or a pop-up that is in none.
type Organisation struct {
	ID           OrganisationID `json:"_id"`
	Record       `json:",inline"`
	Network      NetworkID        `json:"network,omitempty"`
	Kind         OrganisationKind `json:"kind"`
	Name         Text             `json:"name"`
	Municipality string           `json:"municipality,omitempty"` // where it is
	Sector       Sector           `json:"sector,omitempty"`
	First        Day              `json:"first,omitempty"` // of a pop-up
	Last         Day              `json:"last,omitempty"`
	ClosedAt     time.Time        `json:"closed_at,omitempty,omitzero"`
	MovedTo      OrganisationID   `json:"moved_to,omitempty"` // a closed distributor's passes
	Invented     bool             `json:"invented,omitempty"`
	Idempotency  *Idempotency     `json:"idempotency,omitempty"`
}

// Admits says whether it has doors: everything but a distributor.
func (o *Organisation) Admits() bool { return o.Kind != Distributor }

// During says whether a day is in its period, if it has one.
func (o *Organisation) During(day Day) bool { return day >= o.First && (o.Last == "" || day <= o.Last) }

// CanInherit says whether it may get the passes of a distributor that closes.
func (o *Organisation) CanInherit(from *Organisation) bool {
	return o.ID != from.ID && o.Kind == Distributor && o.Network == from.Network && o.ClosedAt.IsZero()
}
