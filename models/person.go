package models

import (
	"log/slog"
	"slices"
	"strings"
	"time"
)

// A FamilyID is the id of a signed-in session: of the refresh tokens that follow one another.
type FamilyID string

// A ComputerID is the id of a computer that is remembered.
type ComputerID string

// An InvitationID is the id of an invitation.
type InvitationID string

// A Person works at an organisation or runs a network. A holder is never a Person.
type Person struct {
	ID         PersonID `json:"_id"`
	Record     `json:",inline"`
	Name       string        `json:"name"`
	Language   string        `json:"language"`
	Email      string        `json:"email,omitempty"` // lower case, unique
	Identities []Identity    `json:"identities,omitempty"`
	Roles      []Grant       `json:"roles,omitempty"`
	Password   string        `json:"password,omitempty"` // argon2id, as a PHC string; empty until it is set again after a reset
	Factor     *SecondFactor `json:"factor,omitempty"`   // nil until it is enrolled again after a reset
	Computers  []Computer    `json:"computers,omitempty"`
	// Epoch grows by one when everything that is signed in must end: sessions of an earlier one are dead.
	Epoch      int64     `json:"epoch"`
	JoinedAt   time.Time `json:"joined_at"`
	SignedInAt time.Time `json:"signed_in_at,omitempty,omitzero"`
	// EndedAt is when the last role ended. Of an ended person nothing is kept but the name, for those who read the audit log.
	EndedAt time.Time `json:"ended_at,omitempty,omitzero"`
}

// LogValue keeps people out of logs.
func (p Person) LogValue() slog.Value { return slog.StringValue(string(p.ID)) }

// An Identity is how somebody who vouches for a person names that person; unique among all people. For passwords we vouch
// ourselves, and the subject is the e-mail address.
type Identity struct {
	Provider string `json:"provider"`
	Subject  string `json:"subject"`
}

// PasswordProvider is the provider of identities that are proved by a password.
const PasswordProvider = "password"

// PasswordIdentity is the identity of an e-mail address.
func PasswordIdentity(email string) Identity {
	return Identity{Provider: PasswordProvider, Subject: email}
}

// ParseEmail reads an e-mail address and folds its case: people write their own in many ways. It asks only what keeps two
// addresses from being mixed up; whether there is a mailbox, no rule can tell.
func ParseEmail(s string) (string, error) {
	email := strings.ToLower(strings.TrimSpace(s))
	local, domain, found := strings.Cut(email, "@")
	odd := func(r rune) bool { return r <= ' ' || r == 0x7f || strings.ContainsRune(`"(),:;<>[\]`, r) }
	if !found || local == "" || len(email) > 254 || !strings.Contains(strings.Trim(domain, "."), ".") ||
		strings.Contains(domain, "@") || strings.ContainsFunc(email, odd) {
		return "", BadField("email", "This is not an e-mail address.")
	}
	return email, nil
}

// A Grant is a role that a person holds: a worker or manager at an organisation, a coordinator of a network, or national.
type Grant struct {
	Role         Role           `json:"role"`
	Organisation OrganisationID `json:"organisation,omitempty"`
	Network      NetworkID      `json:"network,omitempty"` // of the organisation too; empty for a pop-up and for national
}

// Actor is the person who acts in the role.
func (g Grant) Actor(person PersonID) Actor {
	return Actor{Role: g.Role, Person: person, Organisation: g.Organisation, Network: g.Network}
}

// Oversees says whether the actor may give a role, see who holds it, and take it away: national every one, a coordinator those
// of the own network, a manager the other managers of the own organisation.
func (a Actor) Oversees(g Grant) bool {
	switch a.Role {
	case National:
		return true
	case Coordinator:
		return g.Network == a.Network && a.Network != ""
	case ManagerRole:
		return g.Role == ManagerRole && g.Organisation == a.Organisation
	case Nobody, HolderRole, ScannerRole, WorkerRole, AnyPersonRole:
	}
	return false
}

// Overseen are those of the person's roles that the actor oversees.
func (a Actor) Overseen(p *Person) []Grant {
	var seen []Grant
	for _, g := range p.Roles {
		if a.Oversees(g) {
			seen = append(seen, g)
		}
	}
	return seen
}

// Holds says whether the person holds a role now.
func (p *Person) Holds(g Grant) bool { return slices.Contains(p.Roles, g) }

// RoleAt finds the person's role at an organisation, or without one the role itself.
func (p *Person) RoleAt(role Role, organisation OrganisationID, network NetworkID) (Grant, bool) {
	i := slices.IndexFunc(p.Roles, func(g Grant) bool {
		return g.Role == role && g.Organisation == organisation && (organisation != "" || g.Network == network)
	})
	if i < 0 {
		return Grant{}, false
	}
	return p.Roles[i], true
}

// TakeRole takes a role away. With the last one the person ends.
func (p *Person) TakeRole(g Grant, at time.Time) {
	p.Roles = slices.DeleteFunc(p.Roles, func(held Grant) bool { return held == g })
	if len(p.Roles) == 0 {
		*p = Person{ID: p.ID, Record: p.Record, Name: p.Name, Language: p.Language, JoinedAt: p.JoinedAt, Epoch: p.Epoch + 1, EndedAt: at}
	}
}

// A SecondFactor is what a person shows beside the password.
type SecondFactor struct {
	Secret   []byte    `json:"secret"`             // of the one-time codes (RFC 6238), sealed
	LastStep int64     `json:"last_step"`          // a code admits once: only later steps do
	Recovery []string  `json:"recovery,omitempty"` // the HMACs of the recovery codes that are left
	Since    time.Time `json:"since"`
}

// A Computer is one on which the second factor is remembered, and nothing more.
type Computer struct {
	ID      ComputerID `json:"id"`
	Token   string     `json:"token"` // its HMAC
	Since   time.Time  `json:"since"`
	UsedAt  time.Time  `json:"used_at"`
	Expires time.Time  `json:"expires"`
}

// ComputerLife is how long a computer is remembered, and MostComputers how many of one person.
const (
	ComputerLife  = 30 * 24 * time.Hour
	MostComputers = 5
)

// ComputerOf finds a remembered computer by the HMAC of its token.
func (p *Person) ComputerOf(token string, at time.Time) (Computer, bool) {
	i := slices.IndexFunc(p.Computers, func(c Computer) bool { return c.Token == token && at.Before(c.Expires) })
	if token == "" || i < 0 {
		return Computer{}, false
	}
	return p.Computers[i], true
}

// Remember adds a computer, in the place of the one that was used longest ago where there are too many.
func (p *Person) Remember(c Computer) {
	p.Computers = slices.DeleteFunc(p.Computers, func(old Computer) bool { return !c.Since.Before(old.Expires) })
	slices.SortStableFunc(p.Computers, func(a, b Computer) int { return b.UsedAt.Compare(a.UsedAt) })
	p.Computers = append(p.Computers[:min(len(p.Computers), MostComputers-1)], c)
}

// An Invitation is a one-time link: to a role, or, for a person whose second factor was reset, back in.
type Invitation struct {
	ID          InvitationID `json:"_id"`
	Record      `json:",inline"`
	Token       string       `json:"token"`            // the HMAC of what the link carries
	Email       string       `json:"email,omitempty"`  // whom it is meant for; dropped once accepted
	Grant       Grant        `json:"grant"`            // the role it gives
	Person      PersonID     `json:"person,omitempty"` // who enrols again; then there is no Grant
	By          PersonID     `json:"by,omitempty"`     // empty: whoever runs the server
	At          time.Time    `json:"at"`
	Expires     time.Time    `json:"expires"`
	AcceptedAt  time.Time    `json:"accepted_at,omitempty,omitzero"`
	Idempotency *Idempotency `json:"idempotency,omitempty"`
}

// How long links and people are kept.
const (
	InvitationLife = 7 * 24 * time.Hour  // how long the link works
	ReturnLife     = 24 * time.Hour      // the same of a link to enrol again
	InvitationKept = 30 * 24 * time.Hour // after that, so that a late click is told what happened
	// EndedKept is how long the name of a person who ended is kept: as long as audit rows, and a month.
	EndedKept = (2*366 + 31) * 24 * time.Hour
)

// LogValue keeps people out of logs.
func (i Invitation) LogValue() slog.Value { return slog.StringValue(string(i.ID)) }

// Open says whether the link still works, and if not, why.
func (i *Invitation) Open(at time.Time) error {
	switch {
	case !i.AcceptedAt.IsZero():
		return &Error{Kind: Gone, Code: "invitation_used", Detail: "This link was used already. Sign in instead."}
	case !at.Before(i.Expires):
		return &Error{Kind: Gone, Code: "invitation_expired", Detail: "This link is too old. Ask for a new one."}
	}
	return nil
}
