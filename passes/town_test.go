package passes_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"path/filepath"
	"testing"
	"time"

	"kaikukortti/models"
	"kaikukortti/passes"
	"kaikukortti/passes/kp1"
	"kaikukortti/store"
	"kaikukortti/store/sqlite"
)

// town is one network with an office that hands passes out and two venues, on a store of its own and with a clock that the test moves.
type town struct {
	t      *testing.T
	folder string
	store  *store.Store
	keys   *models.Keys
	ring   *passes.Keyring
	desk   *passes.Desk
	doors  *passes.Doors
	now    time.Time
	office models.Actor
}

func newTown(t *testing.T) *town {
	t.Helper()
	w := &town{t: t, folder: t.TempDir(), keys: testKeys(t), now: t0}
	engine, err := sqlite.Open(t.Context(), filepath.Join(w.folder, "town.db"))
	w.must(err)
	w.store, err = store.Open(t.Context(), engine)
	w.must(err)
	t.Cleanup(func() { w.must(w.store.Close()) })
	clock := func() time.Time { return w.now }
	w.ring = passes.NewKeyring(w.store, w.keys, clock, rand.Reader)
	w.desk = passes.NewDesk(w.store, w.keys, w.ring, clock, rand.Reader)
	w.doors = passes.NewDoors(w.store, w.keys, w.ring, clock, rand.Reader)
	_, err = w.store.CreateNetwork(t.Context(), models.Network{
		ID: "kainuu", Name: models.Text{"fi": "Kainuu"}, Status: models.Permanent, First: "2016-01-01",
		Municipalities: []models.Municipality{{Code: "205", Name: models.Text{"fi": "Kajaani"}, PostalPrefixes: []string{"87"}}},
	}, w.audit())
	w.must(err)
	office := w.organisation("Toimisto", models.Distributor)
	w.office = models.Actor{Role: models.WorkerRole, Person: "worker", Organisation: office, Network: "kainuu"}
	w.must(w.ring.EnsureKeys(t.Context()))
	return w
}

func (w *town) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *town) audit() models.AuditEntry {
	return models.AuditEntry{ID: models.NewID[models.AuditID](rand.Reader), At: w.now, By: "system", Action: "made_for_a_test"}
}

func (w *town) organisation(name string, kind models.OrganisationKind) models.OrganisationID {
	w.t.Helper()
	o, err := w.store.CreateOrganisation(w.t.Context(), models.Organisation{
		ID: models.NewID[models.OrganisationID](rand.Reader), Network: "kainuu", Kind: kind, Name: models.Text{"fi": name}, Municipality: "205",
		Sector: models.Culture,
	}, w.audit())
	w.must(err)
	return o.ID
}

// venue is an organisation with a scanner at its door and one session this evening.
type venue struct {
	*town
	door    models.Actor
	session models.Session
}

func (w *town) venue(name string) *venue {
	w.t.Helper()
	id := w.organisation(name, models.Venue)
	v := &venue{town: w, door: models.Actor{
		Role: models.ScannerRole, Organisation: id, Network: "kainuu", Scanner: models.NewID[models.ScannerID](rand.Reader),
	}}
	_, err := w.store.AddScanner(w.t.Context(), models.Scanner{ID: v.door.Scanner, Organisation: id, Label: "Ovi", EndDay: "2027-12-31"}, w.audit())
	w.must(err)
	offer, err := w.store.CreateOffer(w.t.Context(), models.Offer{
		ID: models.NewID[models.OfferID](rand.Reader), Organisation: id, Kind: models.Event, Sector: models.Culture, Title: models.Text{"fi": "Esitys"},
		Municipality: "205", WalkIns: true, Reservable: true, ChildrenCounted: true, CreatedAt: w.now,
	}, w.audit())
	w.must(err)
	v.session, err = w.store.CreateSession(w.t.Context(), models.Session{
		ID: models.NewID[models.SessionID](rand.Reader), Offer: offer.ID, Organisation: id, Start: w.now.Add(30 * time.Minute),
		End: w.now.Add(150 * time.Minute), FirstDay: models.DayOf(w.now), LastDay: models.DayOf(w.now), Seats: 20,
	}, w.audit())
	w.must(err)
	return v
}

func (v *venue) scan(code string) models.Decision {
	v.t.Helper()
	d, err := v.doors.Scan(v.t.Context(), v.door, passes.ScanRequest{ID: scanID(), Session: v.session.ID, Code: code})
	v.must(err)
	return d
}

func (v *venue) bundle() *passes.Bundle {
	v.t.Helper()
	token, err := v.doors.Bundle(v.t.Context(), v.door)
	v.must(err)
	keys, err := v.ring.PublicKeys(v.t.Context(), models.BundleKey)
	v.must(err)
	var trusted []passes.BundleKey
	for _, k := range keys {
		kid, err := kp1.ParseKID(k.KID)
		v.must(err)
		trusted = append(trusted, passes.BundleKey{KID: kid, Point: k.Public})
	}
	b, err := passes.OpenBundle(token, v.door.Scanner, trusted)
	v.must(err)
	return b
}

// phone is a holder's phone.
type phone struct {
	*town
	actor      models.Actor
	pass       models.PassID
	codeKey    *ecdsa.PrivateKey
	credential []byte
	cti        models.CTI
}

// holder is somebody whose pass was just issued and activated.
func (w *town) holder() *phone {
	w.t.Helper()
	p, err := w.desk.Issue(w.t.Context(), w.office, passes.NewPass{
		BirthYear: 1987, PostalCode: "87100", Children: 2, Language: "fi", TermsVersion: "1", TermsDay: models.DayOf(w.now),
		Idempotency: &models.Idempotency{Key: "person:worker/" + rand.Text(), Body: "x"},
	})
	w.must(err)
	return w.activate(p.ID, false)
}

// activate makes a new phone carry a pass by a worker's code.
func (w *town) activate(id models.PassID, newPhone bool) *phone {
	w.t.Helper()
	_, code, err := w.desk.MakeActivationCode(w.t.Context(), w.office, id, newPhone)
	w.must(err)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	w.must(err)
	point, err := key.PublicKey.Bytes()
	w.must(err)
	a, err := w.desk.Activate(w.t.Context(), passes.Activation{
		Code: code.String(), Device: passes.DeviceKey{Point: point, Thumbprint: models.JWKThumbprint(point)},
	})
	w.must(err)
	p := &phone{town: w, pass: id, actor: models.Actor{Role: models.HolderRole, Pass: id, Phone: a.Phone}}
	p.renew()
	return p
}

// renew takes a credential over a new code key.
func (p *phone) renew() {
	p.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	p.must(err)
	c, err := p.desk.Credential(p.t.Context(), p.actor, &key.PublicKey)
	p.must(err)
	p.codeKey, p.credential, p.cti = key, c.Bytes, c.CTI
}

// code is what the phone shows now.
func (p *phone) code() string {
	p.t.Helper()
	text, err := kp1.SignCode(p.codeKey, p.credential, p.now.Unix())
	p.must(err)
	return text
}

func (w *town) wait(d time.Duration) { w.now = w.now.Add(d) }

func (w *town) json(v any) string {
	w.t.Helper()
	raw, err := json.Marshal(v)
	w.must(err)
	return string(raw)
}
