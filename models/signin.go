package models

import (
	"slices"
	"time"
)

// A Proof is what somebody showed to be a person, as it was checked against what was stored a moment ago. It is spent in the same
// step as what it opens: of two uses at once one holds.
type Proof struct {
	Password string     // the stored hash that the password fitted
	Step     int64      // of a one-time code
	Recovery string     // the HMAC of a recovery code
	Computer ComputerID // where the second factor was remembered
}

// ErrWrongSignIn is the answer to every sign-in that fails, whatever was wrong with it.
var ErrWrongSignIn = &Error{
	Kind: Unauthenticated, Code: "wrong_sign_in", Detail: "E-mail, password or code is wrong, or the code was used already.",
}

// Spend uses up what was shown. It fails if the password was changed since, the step or recovery code spent, or the computer
// forgotten.
func (p *Person) Spend(proof Proof, at time.Time) error {
	if proof.Password == "" || proof.Password != p.Password || p.Factor == nil || !p.spendFactor(proof, at) {
		return ErrWrongSignIn
	}
	return nil
}

func (p *Person) spendFactor(proof Proof, at time.Time) bool {
	switch {
	case proof.Step != 0:
		fresh := proof.Step > p.Factor.LastStep
		p.Factor.LastStep = max(proof.Step, p.Factor.LastStep)
		return fresh
	case proof.Recovery != "":
		left := len(p.Factor.Recovery)
		p.Factor.Recovery = slices.DeleteFunc(p.Factor.Recovery, func(h string) bool { return h == proof.Recovery })
		return len(p.Factor.Recovery) < left
	default:
		i := slices.IndexFunc(p.Computers, func(c Computer) bool { return c.ID == proof.Computer && at.Before(c.Expires) })
		if i >= 0 {
			p.Computers[i].UsedAt = at
		}
		return i >= 0
	}
}

// How long a session lasts: a worker signs in once a working day.
const (
	SessionIdle = 4 * time.Hour
	SessionLife = 12 * time.Hour
	// SessionRetry is how long a refresh token that was used has the same successor again: for a retry, or a second tab.
	SessionRetry = 30 * time.Second
	// SessionBurst is how many times a session may be refreshed within SessionRetry.
	SessionBurst = 20
)

// A Family is a signed-in session: the refresh tokens that follow one another, of which only the number is kept.
type Family struct {
	ID        FamilyID `json:"_id"`
	Record    `json:",inline"`
	Person    PersonID    `json:"person"`
	Epoch     int64       `json:"epoch"` // the person's when it began
	Acting    Grant       `json:"acting"`
	N         int64       `json:"n"`               // of the token that was given out last
	Spent     []time.Time `json:"spent,omitempty"` // when the tokens before it were used, the last of them last; only recent ones
	StartedAt time.Time   `json:"started_at"`
	UsedAt    time.Time   `json:"used_at"`
	Ends      time.Time   `json:"ends"`
	EndedAt   time.Time   `json:"ended_at,omitempty,omitzero"`
}

// Live says whether the session is still going on for its person.
func (f *Family) Live(p *Person, at time.Time) bool {
	return f.EndedAt.IsZero() && f.Person == p.ID && f.Epoch == p.Epoch && p.EndedAt.IsZero() && at.Before(f.Ends) &&
		at.Before(f.UsedAt.Add(SessionIdle))
}

// ErrSessionEnded is the answer to whatever is asked in a session that is not going on.
var ErrSessionEnded = &Error{Kind: Unauthenticated, Code: "session_ended", Detail: "This session has ended. Sign in again."}

// ActAs makes the session act in a role that the person holds.
func (f *Family) ActAs(p *Person, g Grant) error {
	if !p.Holds(g) {
		return &Error{Kind: Forbidden, Code: "role_not_held", Detail: "You do not hold this role."}
	}
	f.Acting = g
	return nil
}

// A Turn is what became of a refresh token that was shown.
type Turn int

// The turns.
const (
	TurnReused Turn = iota // it was used before and long ago: somebody else has it too
	TurnTaken              // it was the last one, and the next one is the last now
	TurnAgain              // it was used a moment ago: its successor is given out again
	TurnTooFast
)

// Refresh judges the refresh token of number n, and uses it up. Its successor is always n+1.
func (f *Family) Refresh(n int64, at time.Time) Turn {
	f.Spent = slices.DeleteFunc(f.Spent, func(s time.Time) bool { return at.Sub(s) > SessionRetry })
	switch {
	case n == f.N && len(f.Spent) >= SessionBurst:
		return TurnTooFast
	case n == f.N:
		f.N, f.UsedAt, f.Spent = n+1, at, append(f.Spent, at)
		return TurnTaken
	case n < f.N && f.N-n <= int64(len(f.Spent)):
		return TurnAgain
	default:
		return TurnReused
	}
}

// Tries counts attempts to sign in that did not succeed: those from one place at one account, or all at one account. It is kept
// by HMAC alone, and forgotten a day after the last.
type Tries struct {
	ID     string `json:"_id"`
	Record `json:",inline"`
	Count  int       `json:"count"`
	At     time.Time `json:"at"`
}

// The limits on attempts. A place is a remembered computer, or an address: whoever tries from elsewhere takes nothing from it.
const (
	TriesFree   = 5                // from one place, before there is a wait
	TriesWait   = 30 * time.Second // the first wait; each further one is twice as long
	TriesMost   = 15 * time.Minute // the longest
	TriesKept   = 24 * time.Hour
	TriesStrict = 20 // at one account from everywhere, before a place that is not remembered needs two codes
)

// Wait is how long the next attempt from the place has to wait.
func (t *Tries) Wait(at time.Time) time.Duration {
	if t.Count < TriesFree {
		return 0
	}
	wait := min(TriesMost, TriesWait<<min(t.Count-TriesFree, 10))
	return max(0, t.At.Add(wait).Sub(at))
}

// CountWrong counts one more.
func (t *Tries) CountWrong(at time.Time) {
	if at.Sub(t.At) >= TriesKept {
		t.Count = 0
	}
	t.Count, t.At = t.Count+1, at
}

// Strict says whether so much was tried at an account that one code no longer does.
func (t *Tries) Strict(at time.Time) bool { return t.Count >= TriesStrict && at.Sub(t.At) < TriesKept }

// A Try is an attempt to sign in, and where it counts if it is wrong.
type Try struct {
	Place   string // id of the Tries of this place at this account
	Account string // id of the Tries at this account; empty where the second factor is remembered
	Enough  bool   // what was shown does also where an account is Strict
	At      time.Time
}

// A SigningIn is a session ready to begin.
type SigningIn struct {
	Person   PersonID
	Proof    Proof
	Family   Family
	Computer *Computer // to be remembered
	Try      Try       // which was right
	At       time.Time
	Audit    []AuditEntry
}

// A SecretsChange is what a signed-in person changes about how they sign in; what is set is changed. Every other session ends.
type SecretsChange struct {
	Person   PersonID
	Family   FamilyID // the session that goes on
	Proof    Proof
	Try      Try
	Password string        // the hash of a new one
	Factor   *SecondFactor // a new one, with its recovery codes
	Recovery []string      // the HMACs of new recovery codes
	At       time.Time
	Audit    AuditEntry
}

// Apply changes what is set.
func (c *SecretsChange) Apply(p *Person) {
	if c.Password != "" {
		p.Password = c.Password
	}
	if c.Factor != nil {
		p.Factor, p.Computers = c.Factor, nil
	}
	if c.Recovery != nil {
		p.Factor.Recovery = c.Recovery
	}
	p.Epoch++
}

// An ActingPlace is all that a person who works acts by, read at one moment.
type ActingPlace struct {
	Person       Person
	Family       Family
	Organisation *Organisation // where the role is held at one
}

// An AuditQuery asks for audit rows, the newest first. What is set restricts; Before is always set.
type AuditQuery struct {
	Organisation OrganisationID
	Network      NetworkID
	Person       PersonID
	Pass         PassID
	Before       time.Time
	Limit        int
}

// An AuditPage is what was found, and the names of the people in it. A page ends with a whole second: it may be a little longer
// than was asked, and the next one begins before its last row.
type AuditPage struct {
	Rows  []AuditEntry
	Names map[PersonID]string
	Next  time.Time // the Before of the next page; zero if this is the last
}
