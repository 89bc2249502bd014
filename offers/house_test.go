package offers_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"kaikukortti/models"
	"kaikukortti/offers"
	"kaikukortti/store"
	"kaikukortti/store/sqlite"
)

var _ offers.Store = (*store.Store)(nil)

// noon is a Monday's in Helsinki.
var noon = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

// A house is a venue in Kainuu with a programme, on a store of its own and with a clock that the test moves.
type house struct {
	t         *testing.T
	engine    store.Engine
	store     *store.Store
	keys      *models.Keys
	programme *offers.Programme
	now       time.Time
	manager   models.Actor
	worker    models.Actor
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{t: t, now: noon}
	var err error
	h.engine, err = sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "house.db"))
	h.must(err)
	h.store, err = store.Open(t.Context(), h.engine)
	h.must(err)
	t.Cleanup(func() { h.must(h.store.Close()) })
	h.keys, err = models.NewKeys(bytes.Repeat([]byte{1}, models.MasterKeySize))
	h.must(err)
	h.programme = h.over(h.store)
	h.network(models.Network{ID: "kainuu", Status: models.Permanent, First: "2016-01-01"})
	h.network(models.Network{ID: "espoo", Status: models.Permanent, First: "2016-01-01"})
	h.network(models.Network{ID: "island", Status: models.Permanent, First: "2016-01-01", LocalOnly: true})
	h.network(models.Network{ID: "pilot", Status: models.Pilot, First: "2026-01-01", Last: "2026-11-24"})
	h.manager = models.Actor{Role: models.ManagerRole, Person: "manager", Organisation: h.organisation("kainuu", models.Venue), Network: "kainuu"}
	h.worker = models.Actor{Role: models.WorkerRole, Person: "worker", Organisation: h.organisation("kainuu", models.Distributor), Network: "kainuu"}
	return h
}

// over is a programme over a store.
func (h *house) over(s offers.Store) *offers.Programme {
	return offers.NewProgramme(s, h.keys, func() time.Time { return h.now }, rand.Reader)
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) refused(err error, code string) {
	h.t.Helper()
	if codeOf(err) != code {
		h.t.Fatalf("got %v, want %s", err, code)
	}
}

func codeOf(err error) string {
	if e := new(models.Error); errors.As(err, &e) {
		return e.Code
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

func (h *house) row() models.AuditEntry {
	return models.AuditEntry{ID: models.NewID[models.AuditID](rand.Reader), At: h.now, By: "system", Action: "made_for_a_test"}
}

func (h *house) network(n models.Network) {
	h.t.Helper()
	n.Name = models.Text{"fi": string(n.ID)}
	_, err := h.store.CreateNetwork(h.t.Context(), n, h.row())
	h.must(err)
}

func (h *house) organisation(network models.NetworkID, kind models.OrganisationKind) models.OrganisationID {
	h.t.Helper()
	o := models.Organisation{
		ID: models.NewID[models.OrganisationID](rand.Reader), Network: network, Kind: kind, Name: models.Text{"fi": "Talo"}, Municipality: "205",
		Sector: models.Culture,
	}
	if kind == models.Popup {
		o.First, o.Last = "2026-11-01", "2026-11-30"
	}
	made, err := h.store.CreateOrganisation(h.t.Context(), o, h.row())
	h.must(err)
	return made.ID
}

// play is an offer that can be reserved and walked into.
func play() models.Offer {
	return models.Offer{Kind: models.Event, Title: models.Text{"fi": "Näytelmä"}, Reservable: true, WalkIns: true, ChildrenCounted: true, CancelMinutes: 60}
}

func (h *house) offer(o models.Offer) models.Offer {
	h.t.Helper()
	made, err := h.programme.CreateOffer(h.t.Context(), h.manager, o)
	h.must(err)
	return made
}

// evening is when sessions start if nothing else is said: at 18:00 today.
func (h *house) evening() time.Time { return models.DayOf(h.now).At(18, 0) }

func (h *house) session(o models.Offer, start time.Time, seats int) models.Session {
	h.t.Helper()
	s, err := h.programme.CreateSession(h.t.Context(), h.manager, models.Session{
		Offer: o.ID, Start: start, End: start.Add(2 * time.Hour), Seats: seats, NoLimit: seats == 0,
	})
	h.must(err)
	return s
}

// pass keeps an active pass of the worker's distributor; change makes it another.
func (h *house) pass(change func(*models.Pass)) models.Pass {
	h.t.Helper()
	p := models.Pass{
		ID: models.NewID[models.PassID](rand.Reader), Number: models.NewDigits(models.PassNumber, rand.Reader), Network: "kainuu",
		Distributor: h.worker.Organisation, Municipality: "205", Children: 2, Language: "fi", First: "2026-01-01", Last: "2026-12-31",
		GraceDays: 30, UnlinkDays: 90, ChildAge: 18, IssuedAt: h.now, IssuedMonth: "2026-11",
	}
	p.Enter(models.Active, h.now)
	if change != nil {
		change(&p)
	}
	kept, err := h.store.IssuePass(h.t.Context(), p, nil, h.row())
	h.must(err)
	return kept
}

func holder(p models.Pass) models.Actor { return models.Actor{Role: models.HolderRole, Pass: p.ID} }

func key() *models.Idempotency {
	return &models.Idempotency{Key: "device:d/" + rand.Text(), Body: "body"}
}

// reserve asks for a place for a party.
func (h *house) reserve(p models.Pass, s models.Session, party models.Party) (offers.Reserved, error) {
	return h.programme.Reserve(h.t.Context(), holder(p), offers.ReserveRequest{Session: s.ID, Party: party, Idempotency: key()})
}

func (h *house) reserved(p models.Pass, s models.Session, party models.Party) offers.Reserved {
	h.t.Helper()
	r, err := h.reserve(p, s, party)
	h.must(err)
	return r
}
