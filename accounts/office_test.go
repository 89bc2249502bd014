package accounts

import (
	"context"
	"crypto/rand"
	"errors"
	"net/netip"
	"sync"
	"testing"
	"time"

	"kaikukortti/models"
	"kaikukortti/store"
	"kaikukortti/store/storetest"
)

// An office is a Registry on a store of its own, with networks and organisations to work at and a clock that stands still.
type office struct {
	testing.TB
	registry *Registry
	store    *store.Store
	clock    *officeClock
}

type officeClock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *officeClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *officeClock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// Where people work.
const (
	kainuu = models.NetworkID("kainuu")
	espoo  = models.NetworkID("espoo")

	sote   = models.OrganisationID("sote")   // a distributor in Kainuu
	museum = models.OrganisationID("museum") // a venue in Kainuu
	opera  = models.OrganisationID("opera")  // a venue in Espoo
	circus = models.OrganisationID("circus") // a pop-up
)

func newOffice(t testing.TB) *office {
	t.Helper()
	s := storetest.SQLite(t)
	o := &office{TB: t, store: s, clock: &officeClock{now: time.Date(2026, 11, 23, 7, 30, 0, 0, time.UTC)}}
	o.registry = NewRegistry(s, testKeys(t), o.clock.Now, rand.Reader, WithHashCost(HashCost{Memory: 8, Passes: 1})) // what it costs is measured elsewhere
	for _, n := range []models.NetworkID{kainuu, espoo} {
		_, err := s.CreateNetwork(t.Context(), models.Network{ID: n, First: "2020-01-01", Status: models.Permanent}, o.row())
		o.must(err)
	}
	for _, org := range []models.Organisation{
		{ID: sote, Network: kainuu, Kind: models.Distributor},
		{ID: museum, Network: kainuu, Kind: models.Venue},
		{ID: opera, Network: espoo, Kind: models.Venue},
		{ID: circus, Kind: models.Popup},
	} {
		org.Name = models.Text{"fi": string(org.ID)}
		_, err := s.CreateOrganisation(t.Context(), org, o.row())
		o.must(err)
	}
	return o
}

// row is an audit row that a test needs and does not look at.
func (o *office) row() models.AuditEntry {
	return models.AuditEntry{ID: models.NewID[models.AuditID](rand.Reader), At: o.clock.Now(), By: "system", Action: "test"}
}

func (o *office) must(err error) {
	o.Helper()
	if err != nil {
		o.Fatal(err)
	}
}

// refused asks that err is the models.Error with this code.
func (o *office) refused(err error, code string) {
	o.Helper()
	if codeOfError(err) != code {
		o.Fatalf("got the error %v, want %s", err, code)
	}
}

// problem is the models.Error in err.
func (o *office) problem(err error) *models.Error {
	o.Helper()
	e := new(models.Error)
	if !errors.As(err, &e) {
		o.Fatalf("got the error %v", err)
	}
	return e
}

// A member is somebody with an account, who knows what that person knows.
type member struct {
	office   *office
	email    string
	password models.Secret
	secret   models.Secret
	recovery []string
	session  Session
}

var (
	atWork   = netip.MustParseAddr("192.0.2.10")
	atHome   = netip.MustParseAddr("198.51.100.20")
	attacker = netip.MustParseAddr("203.0.113.66")
)

const goodPassword = "tunturikoivu ja pulla"

// joined accepts an invitation as somebody who is new.
func (o *office) joined(email string, token models.Secret) *member {
	o.Helper()
	m := &member{office: o, email: email, password: models.Secret(goodPassword)}
	look, err := o.registry.LookAt(o.Context(), token)
	o.must(err)
	if look.Needs != NeedsAccount {
		o.Fatalf("the link of somebody new needs %q", look.Needs)
	}
	m.secret = look.Enrolment.Secret
	m.session, m.recovery, err = o.registry.Accept(o.Context(), m.acceptance(token, look))
	o.must(err)
	return m
}

// acceptance is what the member brings to a link that was looked at.
func (m *member) acceptance(token models.Secret, look Look) Acceptance {
	a := Acceptance{Token: token, Name: "Maija Meikäläinen", Language: "fi", Password: m.password, Code: m.code(), Address: atWork}
	if look.Enrolment != nil {
		a.Enrolment = look.Enrolment.Sealed
	}
	return a
}

// code is what the member's authenticator shows.
func (m *member) code() string { return TOTP(m.secret, m.office.clock.Now()) }

// nextCode waits for a code that was not shown yet.
func (m *member) nextCode() string {
	m.office.clock.pass(totpStep)
	return m.code()
}

func (m *member) shown(from netip.Addr) Shown {
	return Shown{Email: m.email, Password: m.password, Code: m.nextCode(), Address: from}
}

func (m *member) actor() models.Actor { return m.session.Actor }

// national is the first person there is.
func (o *office) national() *member {
	o.Helper()
	invited, err := o.registry.CreateFirst(o.Context(), "Eeva@Example.fi")
	o.must(err)
	return o.joined("eeva@example.fi", invited.Token)
}

// invited gives somebody a link.
func (m *member) invites(all ...Invitee) []models.Secret {
	m.office.Helper()
	invited, err := m.office.registry.Invite(m.office.Context(), m.actor(), all, nil)
	m.office.must(err)
	tokens := make([]models.Secret, len(invited))
	for i := range invited {
		tokens[i] = invited[i].Token
	}
	return tokens
}

func coordinatorOf(n models.NetworkID, email string) Invitee {
	return Invitee{Email: email, Role: models.Coordinator, Network: n}
}

func managerAt(org models.OrganisationID, email string) Invitee {
	return Invitee{Email: email, Role: models.ManagerRole, Organisation: org}
}

func workerAt(org models.OrganisationID, email string) Invitee {
	return Invitee{Email: email, Role: models.WorkerRole, Organisation: org}
}

// hires invites somebody new and has them accept.
func (m *member) hires(i Invitee) *member {
	m.office.Helper()
	return m.office.joined(i.Email, m.invites(i)[0])
}

func (m *member) acts() error {
	_, err := m.office.registry.Acting(m.office.Context(), m.actor().Person, m.session.Family, m.actor().Role, m.actor().Organisation)
	return err
}

// person reads the member's document.
func (m *member) person() models.Person {
	m.office.Helper()
	p, err := m.office.store.Person(m.office.Context(), m.actor().Person)
	m.office.must(err)
	return p
}

// actions lists what the audit log of an actor says, the newest first.
func (o *office) actions(who models.Actor) []string {
	o.Helper()
	page, err := o.registry.AuditLog(o.Context(), who, AuditFilter{Limit: AuditPageMost})
	o.must(err)
	var all []string
	for _, e := range page.Rows {
		all = append(all, e.Action)
	}
	return all
}

// codeOfError is the code of an error that may reach people; empty for none and any other.
func codeOfError(err error) string {
	e := new(models.Error)
	if !errors.As(err, &e) {
		return ""
	}
	return e.Code
}

var _ RegistryStore = (*store.Store)(nil)

// withPasses is a store in which there are passes.
type withPasses struct {
	*store.Store
	passes passesOf
}

type passesOf map[models.PassID]models.Pass

func (w *withPasses) LookupPass(_ context.Context, id models.PassID) (models.Pass, error) {
	p, found := w.passes[id]
	if !found {
		return models.Pass{}, errNoSuchPass
	}
	return p, nil
}
