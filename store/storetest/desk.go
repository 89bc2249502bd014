package storetest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"sync"
	"testing"
	"time"

	"kaikukortti/models"
	"kaikukortti/passes"
	"kaikukortti/store"
)

// DeskStart is when a test's clock begins: a Monday in winter, at noon in Helsinki.
var DeskStart = time.Date(2026, time.November, 23, 10, 0, 0, 0, time.UTC)

// A Desk is a distributor's desk on a store, with a clock of its own, keys that may sign, and three networks: "kainuu", permanent;
// "oulu", a pilot that ends on 2026-12-31; "savo", local only.
type Desk struct {
	*passes.Desk
	Store  *store.Store
	Ring   *passes.Keyring
	Keys   *models.Keys
	Worker models.Actor // of the distributor "sote" in kainuu

	mu  sync.Mutex
	now time.Time
}

// DeskOn sets a desk up on a fresh store.
func DeskOn(t testing.TB, s *store.Store) *Desk {
	t.Helper()
	keys, err := models.NewKeys(make([]byte, models.MasterKeySize))
	if err != nil {
		t.Fatal(err)
	}
	d := &Desk{Store: s, Keys: keys, Worker: WorkerAt("sote", "kainuu"), now: DeskStart}
	for _, n := range deskNetworks() {
		if _, err := s.CreateNetwork(t.Context(), n, models.AuditEntry{ID: models.NewID[models.AuditID](rand.Reader)}); err != nil {
			t.Fatal(err)
		}
	}
	d.Ring = passes.NewKeyring(s, keys, d.Clock, rand.Reader)
	if err := d.Ring.EnsureKeys(t.Context()); err != nil {
		t.Fatal(err)
	}
	d.Desk = passes.NewDesk(s, keys, d.Ring, d.Clock, rand.Reader)
	return d
}

func deskNetworks() []models.Network {
	in := func(code, prefix string) []models.Municipality {
		return []models.Municipality{{Code: code, Name: models.Text{"fi": code}, PostalPrefixes: []string{prefix}}}
	}
	return []models.Network{
		{ID: "kainuu", Status: models.Permanent, First: "2016-01-01", Municipalities: in("205", "87")},
		{ID: "oulu", Status: models.Pilot, First: "2026-01-01", Last: "2026-12-31", Municipalities: in("564", "90")},
		{ID: "savo", Status: models.Permanent, First: "2018-02-01", LocalOnly: true, Municipalities: in("740", "57")},
	}
}

// WorkerAt is somebody who works at a distributor.
func WorkerAt(distributor models.OrganisationID, network models.NetworkID) models.Actor {
	return models.Actor{Role: models.WorkerRole, Person: models.PersonID("worker-" + string(distributor)), Organisation: distributor, Network: network}
}

// Clock is the desk's clock.
func (d *Desk) Clock() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.now
}

// Wait moves the clock on.
func (d *Desk) Wait(by time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.now = d.now.Add(by)
}

// NewPass is a pass that can be issued in kainuu.
func NewPass() passes.NewPass {
	return passes.NewPass{BirthYear: 1987, PostalCode: "87100", Children: 2, Language: "fi", TermsVersion: "3", TermsDay: "2026-11-23"}
}

// Issued is a pass that was just issued.
func (d *Desk) Issued(t testing.TB) models.Pass {
	t.Helper()
	p, err := d.Issue(t.Context(), d.Worker, NewPass())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Activated is a pass that a new phone carries, and the phone's holder.
func (d *Desk) Activated(t testing.TB) (models.Pass, models.Actor) {
	t.Helper()
	return d.ActivatedOf(t, d.Issued(t))
}

// ActivatedOf makes a new phone carry a pass of the worker's distributor, in the place of one that does.
func (d *Desk) ActivatedOf(t testing.TB, p models.Pass) (models.Pass, models.Actor) {
	t.Helper()
	a, err := d.Activate(t.Context(), passes.Activation{Code: d.Code(t, p, true), Device: DeviceKey(t)})
	if err != nil {
		t.Fatal(err)
	}
	return a.Pass, models.Actor{Role: models.HolderRole, Pass: a.Pass.ID, Phone: a.Phone}
}

// Code is a new activation code.
func (d *Desk) Code(t testing.TB, p models.Pass, newPhone bool) string {
	t.Helper()
	_, code, err := d.MakeActivationCode(t.Context(), d.Worker, p.ID, newPhone)
	if err != nil {
		t.Fatal(err)
	}
	return string(code)
}

// DeviceKey is the key of a new phone.
func DeviceKey(t testing.TB) passes.DeviceKey {
	t.Helper()
	point, err := PublicKey(t).Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return passes.DeviceKey{Point: point, Thumbprint: models.JWKThumbprint(point)}
}

// PublicKey is a new key on P-256.
func PublicKey(t testing.TB) *ecdsa.PublicKey {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return &private.PublicKey
}
