package storetest_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kaikukortti/models"
	"kaikukortti/store"
	"kaikukortti/store/mongo"
	"kaikukortti/store/sqlite"
	"kaikukortti/store/storetest"
)

func row() models.AuditEntry {
	return models.AuditEntry{ID: models.NewID[models.AuditID](rand.Reader), At: evening, By: "person", Action: "tested"}
}

func newKey() *models.Idempotency {
	return &models.Idempotency{Key: "person:p/" + rand.Text(), Body: "body"}
}

// refusal is the code of an error that may reach people.
func refusal(err error) string {
	if e := new(models.Error); errors.As(err, &e) {
		return e.Code
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

func wantRefusal(t *testing.T, err error, code string) {
	t.Helper()
	if refusal(err) != code {
		t.Fatalf("got %v, want %s", err, code)
	}
}

// together runs tests on one fresh store of each kind: making one takes longer than most of them.
func together(t *testing.T, tests map[string]func(*testing.T, *store.Store)) {
	t.Helper()
	storetest.Both(t, func(t *testing.T, s *store.Store) {
		for name, test := range tests {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				test(t, s)
			})
		}
	})
}

// fresh is an id that no other test has.
func fresh[ID ~string](name string) ID { return ID(name + "-" + rand.Text()) }

// A venue has a network, an organisation and an offer of its own.
type venue struct {
	s       *store.Store
	network models.Network
	house   models.Organisation
	offer   models.Offer
}

func newVenue(t *testing.T, s *store.Store) venue {
	t.Helper()
	v := venue{s: s}
	v.network = must(s.CreateNetwork(t.Context(), models.Network{
		ID: fresh[models.NetworkID]("network"), Name: models.Text{"fi": "Kainuu"}, Status: models.Permanent, First: "2016-01-01", Idempotency: newKey(),
	}, row()))(t)
	v.house = must(s.CreateOrganisation(t.Context(), models.Organisation{
		ID: fresh[models.OrganisationID]("house"), Network: v.network.ID, Kind: models.Venue, Name: models.Text{"fi": "Teatteri"}, Idempotency: newKey(),
	}, row()))(t)
	v.offer = v.newOffer(t, models.Event)
	return v
}

func (v venue) newOffer(t *testing.T, kind models.OfferKind) models.Offer {
	t.Helper()
	return must(v.s.CreateOffer(t.Context(), models.Offer{
		ID: fresh[models.OfferID]("offer"), Organisation: v.house.ID, Kind: kind, Sector: models.Culture, Title: models.Text{"fi": "Näytelmä"},
		Municipality: "205", Reservable: true, CreatedAt: evening, Idempotency: newKey(),
	}, row()))(t)
}

func must[D any](d D, err error) func(*testing.T) D {
	return func(t *testing.T) D {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
}

// newSession is one that starts at an instant and lasts two hours; no seats means no limit.
func (v venue) newSession(start time.Time, seats int) models.Session {
	return models.Session{
		ID: fresh[models.SessionID]("session"), Offer: v.offer.ID, Organisation: v.house.ID, Start: start, End: start.Add(2 * time.Hour),
		FirstDay: models.DayOf(start), LastDay: models.DayOf(start), Seats: seats, NoLimit: seats == 0, Idempotency: newKey(),
	}
}

func (v venue) session(t *testing.T, start time.Time, seats int) models.Session {
	t.Helper()
	return must(v.s.CreateSession(t.Context(), v.newSession(start, seats), row()))(t)
}

func TestVenues(t *testing.T) {
	t.Parallel()
	together(t, map[string]func(*testing.T, *store.Store){
		"a request again makes nothing new and another body is refused": aRequestAgainMakesNothingNewAndAnotherBodyIsRefused,
		"a networks rules have their day":                               aNetworksRulesHaveTheirDay,
		"a pilot is only extended":                                      aPilotIsOnlyExtended,
		"an ended code is forgotten":                                    anEndedCodeIsForgotten,
		"a closing distributor names an heir that is open":              aClosingDistributorNamesAnHeirThatIsOpen,
		"an enrolment code is used by one key":                          anEnrolmentCodeIsUsedByOneKey,
		"a removed scanner is enrolled by nobody":                       aRemovedScannerIsEnrolledByNobody,
		"adding a scanner again gives a new code":                       addingAScannerAgainGivesANewCode,
		"twenty wrong numbers pause typing for the hour":                twentyWrongNumbersPauseTypingForTheHour,
		"another venues session is not there":                           anotherVenuesSessionIsNotThere,
		"an offer closes when nothing is to come":                       anOfferClosesWhenNothingIsToCome,
		"an offer that closes gets no session at the same moment":       anOfferThatClosesGetsNoSessionAtTheSameMoment,
		"sessions of a day are those that touch it":                     sessionsOfADayAreThoseThatTouchIt,
	})
}

func aRequestAgainMakesNothingNewAndAnotherBodyIsRefused(t *testing.T, s *store.Store) {
	v := newVenue(t, s)
	key := newKey()
	ids := map[models.SessionID]bool{}
	var mu sync.Mutex
	race(30, func(int) {
		session := v.newSession(evening, 5)
		session.Idempotency = key
		made, err := s.CreateSession(t.Context(), session, row())
		if err != nil {
			t.Error(err)
		}
		mu.Lock()
		defer mu.Unlock()
		ids[made.ID] = true
	})
	all := must(s.SessionsOf(t.Context(), v.offer.ID, ""))(t)
	if len(ids) != 1 || len(all) != 1 || !ids[all[0].ID] {
		t.Errorf("30 times the same request made %d sessions and answered with %d", len(all), len(ids))
	}
	_, err := s.CreateSession(t.Context(), models.Session{
		ID: "other", Offer: v.offer.ID, Idempotency: &models.Idempotency{Key: key.Key, Body: "another"},
	}, row())
	wantRefusal(t, err, "key_reused")
}

func aNetworksRulesHaveTheirDay(t *testing.T, s *store.Store) {
	v := newVenue(t, s)
	late, early := models.DefaultRules(), models.DefaultRules()
	late.GraceDays, early.GraceDays = 20, 10
	for _, r := range []models.DatedRules{{From: "2027-03-01", Rules: models.DefaultRules()}, {From: "2027-03-01", Rules: late}, {From: "2027-01-01", Rules: early}} {
		if _, err := s.SetRules(t.Context(), v.network.ID, r, row()); err != nil {
			t.Fatal(err)
		}
	}
	n := must(s.Network(t.Context(), v.network.ID))(t)
	for day, grace := range map[models.Day]int{"2026-12-31": 30, "2027-01-01": 10, "2027-02-28": 10, "2027-03-01": 20} {
		if got := n.RulesOn(day).GraceDays; got != grace {
			t.Errorf("on %s %d days of grace, want %d", day, got, grace)
		}
	}
	if len(n.Rules) != 2 {
		t.Errorf("%d sets of rules, want those of two days", len(n.Rules))
	}
}

func aPilotIsOnlyExtended(t *testing.T, s *store.Store) {
	v := newVenue(t, s)
	pilot := models.Network{ID: fresh[models.NetworkID]("pilot"), Status: models.Pilot, First: "2026-01-01", Last: "2026-12-31"}
	must(s.CreateNetwork(t.Context(), pilot, row()))(t)
	_, err := s.ExtendPilot(t.Context(), pilot.ID, "2026-12-30", row())
	wantRefusal(t, err, "not_later")
	_, err = s.ExtendPilot(t.Context(), v.network.ID, "2027-12-30", row())
	wantRefusal(t, err, "not_a_pilot")
	_, err = s.ExtendPilot(t.Context(), "nowhere", "2027-12-30", row())
	wantRefusal(t, err, "no_such_network")
	if n := must(s.ExtendPilot(t.Context(), pilot.ID, "2027-06-30", row()))(t); n.Last != "2027-06-30" {
		t.Errorf("it ends on %s", n.Last)
	}
	_, err = s.CreateNetwork(t.Context(), pilot, row())
	wantRefusal(t, err, "network_exists")
}

func (v venue) distributor(t *testing.T, network models.NetworkID) models.OrganisationID {
	t.Helper()
	o := models.Organisation{ID: fresh[models.OrganisationID]("distributor"), Network: network, Kind: models.Distributor}
	return must(v.s.CreateOrganisation(t.Context(), o, row()))(t).ID
}

func aClosingDistributorNamesAnHeirThatIsOpen(t *testing.T, s *store.Store) {
	v := newVenue(t, s)
	a, b, elsewhere := v.distributor(t, v.network.ID), v.distributor(t, v.network.ID), v.distributor(t, "espoo")
	for _, heir := range []models.OrganisationID{"", a, elsewhere, v.house.ID, "nobody"} {
		_, err := s.CloseOrganisation(t.Context(), a, heir, evening, row())
		wantRefusal(t, err, "no_heir")
	}
	_, err := s.CloseOrganisation(t.Context(), v.house.ID, b, evening, row())
	wantRefusal(t, err, "invalid_field")

	var closed atomic.Int64 // the two name each other: only one can have an open heir
	race(2, func(i int) {
		from, to := a, b
		if i == 1 {
			from, to = to, from
		}
		_, err := s.CloseOrganisation(t.Context(), from, to, evening, row())
		if err == nil {
			closed.Add(1)
		} else if refusal(err) != "no_heir" {
			t.Error(err)
		}
	})
	if moved := must(s.MovedDistributors(t.Context()))(t); closed.Load() != 1 || len(moved) != 1 {
		t.Errorf("%d closed, %d moved, want 1", closed.Load(), len(moved))
	}
}

// scanner adds one whose code is its id.
func (v venue) scanner(t *testing.T) models.Scanner {
	t.Helper()
	return v.scannerUntil(t, evening.Add(models.EnrolmentLife))
}

func (v venue) scannerUntil(t *testing.T, ends time.Time) models.Scanner {
	t.Helper()
	id := fresh[models.ScannerID]("scanner")
	return must(v.s.AddScanner(t.Context(), models.Scanner{
		ID: id, Organisation: v.house.ID, Label: "Ovi", EndDay: "2027-11-23", Code: string(id), CodeExpires: ends,
		Idempotency: newKey(),
	}, row()))(t)
}

func anEnrolmentCodeIsUsedByOneKey(t *testing.T, s *store.Store) {
	v := newVenue(t, s)
	added := v.scanner(t)
	var enrolled sync.Map
	race(50, func(i int) {
		thumbprint := fmt.Sprintf("key-%d", i%5)
		_, err := s.EnrolScanner(t.Context(), added.Code, thumbprint, []byte(thumbprint), evening, row())
		if err == nil {
			enrolled.Store(thumbprint, true)
		} else if refusal(err) != "wrong_code" {
			t.Error(err)
		}
	})
	var keys []any
	enrolled.Range(func(key, _ any) bool { keys = append(keys, key); return true })
	kept := must(s.Scanner(t.Context(), added.ID))(t)
	if len(keys) != 1 || kept.Thumbprint != keys[0] || string(kept.Key) != keys[0] {
		t.Fatalf("%v were enrolled, %q is kept", keys, kept.Thumbprint)
	}
	again := must(s.EnrolScanner(t.Context(), added.Code, kept.Thumbprint, kept.Key, evening.Add(23*time.Hour), row()))(t)
	if again.ID != added.ID || !again.EnrolledAt.Equal(evening) {
		t.Errorf("the same code with the same key answered %+v", again)
	}
	_, err := s.EnrolScanner(t.Context(), added.Code, kept.Thumbprint, kept.Key, evening.Add(models.EnrolmentLife), row())
	wantRefusal(t, err, "wrong_code")
	_, err = s.EnrolScanner(t.Context(), v.scanner(t).Code, kept.Thumbprint, kept.Key, evening, row())
	wantRefusal(t, err, "key_in_use")
}

func aRemovedScannerIsEnrolledByNobody(t *testing.T, s *store.Store) {
	v := newVenue(t, s)
	added := v.scanner(t)
	wantRefusal(t, s.RemoveScanner(t.Context(), "other", added.ID, evening, row()), "no_such_scanner")
	for range 2 {
		if err := s.RemoveScanner(t.Context(), v.house.ID, added.ID, evening, row()); err != nil {
			t.Fatal(err)
		}
	}
	_, err := s.EnrolScanner(t.Context(), added.Code, "removed", []byte("key"), evening, row())
	wantRefusal(t, err, "wrong_code")
}

func addingAScannerAgainGivesANewCode(t *testing.T, s *store.Store) {
	v := newVenue(t, s)
	first := v.scanner(t)
	again := first
	again.ID, again.Code = "another", "newer"
	if got := must(s.AddScanner(t.Context(), again, row()))(t); got.ID != first.ID || got.Code != "newer" {
		t.Fatalf("got scanner %s with the code %q", got.ID, got.Code)
	}
	_, err := s.EnrolScanner(t.Context(), first.Code, "again", []byte("key"), evening, row())
	wantRefusal(t, err, "wrong_code")
	must(s.EnrolScanner(t.Context(), "newer", "again", []byte("key"), evening, row()))(t)
	again.Code = "newest"
	if got := must(s.AddScanner(t.Context(), again, row()))(t); got.Code == "newest" {
		t.Error("an enrolled scanner got another code")
	}
}

func anEndedCodeIsForgotten(t *testing.T, s *store.Store) {
	v := newVenue(t, s)
	old := v.scannerUntil(t, evening.Add(time.Minute)) // before those of the tests beside this one
	must(s.EnrolScanner(t.Context(), old.Code, "old", []byte("key"), evening, row()))(t)
	live := old
	live.ID, live.Code, live.CodeExpires, live.Idempotency = fresh[models.ScannerID]("live"), rand.Text(), evening.Add(72*time.Hour), newKey()
	must(s.AddScanner(t.Context(), live, row()))(t)
	must(s.ForgetEnrolmentCodes(t.Context(), evening.Add(time.Hour), 100))(t)
	if kept := must(s.Scanner(t.Context(), old.ID))(t); kept.Code != "" || !kept.CodeExpires.IsZero() || kept.Thumbprint != "old" {
		t.Errorf("kept the code %q and the key %q", kept.Code, kept.Thumbprint)
	}
	if kept := must(s.Scanner(t.Context(), live.ID))(t); kept.Code != live.Code {
		t.Error("a code that lives was forgotten")
	}
}

func twentyWrongNumbersPauseTypingForTheHour(t *testing.T, s *store.Store) {
	id := newVenue(t, s).scanner(t).ID
	wrong := func(at time.Time) {
		if err := s.CountWrongTyped(t.Context(), id, at); err != nil {
			t.Error(err)
		}
	}
	paused := func(at time.Time) time.Time { return must(s.TypingPaused(t.Context(), id, at))(t) }
	race(19, func(int) { wrong(evening) })
	if until := paused(evening); !until.IsZero() {
		t.Fatalf("paused until %s after 19", until)
	}
	wrong(evening.Add(59 * time.Minute))
	if until := paused(evening.Add(59 * time.Minute)); !until.Equal(evening.Add(time.Hour)) {
		t.Fatalf("paused until %s after 20", until)
	}
	if until := paused(evening.Add(time.Hour)); !until.IsZero() {
		t.Fatalf("paused until %s in the next hour", until)
	}
	wrong(evening.Add(time.Hour))
	if kept := must(s.Scanner(t.Context(), id))(t); kept.WrongTyped != 1 {
		t.Errorf("%d wrong in the new hour, want 1", kept.WrongTyped)
	}
}

func anotherVenuesSessionIsNotThere(t *testing.T, s *store.Store) {
	v, other := newVenue(t, s), newVenue(t, s)
	own, foreign := v.house.ID, other.house.ID
	always := v.newOffer(t, models.Standing).ID
	session := v.session(t, evening, 5)

	p := must(s.LookupDoor(t.Context(), own, session.ID))(t)
	if p.Session == nil || p.Session.ID != session.ID || p.Offer.ID != v.offer.ID || p.Network == nil || p.Network.ID != v.network.ID {
		t.Errorf("the door is %+v", p)
	}
	p = must(s.LookupDoor(t.Context(), own, models.SessionID(always)))(t)
	if p.Session != nil || p.Offer.ID != always {
		t.Errorf("the door of a standing offer is %+v", p)
	}
	for name, id := range map[string]models.SessionID{
		"another venue's": session.ID, "another's standing offer": models.SessionID(always), "unknown": "nothing",
	} {
		if _, err := s.LookupDoor(t.Context(), foreign, id); refusal(err) != "no_such_session" {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := s.LookupDoor(t.Context(), own, models.SessionID(v.offer.ID)) // an event has no standing door
	wantRefusal(t, err, "no_such_session")
}

func anOfferClosesWhenNothingIsToCome(t *testing.T, s *store.Store) {
	v := newVenue(t, s)
	session := v.session(t, evening, 5)
	_, err := s.CloseOffer(t.Context(), v.house.ID, v.offer.ID, session.End.Add(59*time.Minute), row())
	wantRefusal(t, err, "sessions_to_come")
	_, err = s.CloseOffer(t.Context(), "other", v.offer.ID, session.End.Add(time.Hour), row())
	wantRefusal(t, err, "no_such_offer")
	must(s.CloseOffer(t.Context(), v.house.ID, v.offer.ID, session.End.Add(time.Hour), row()))(t)
	_, err = s.CreateSession(t.Context(), models.Session{ID: "late", Offer: v.offer.ID}, row())
	wantRefusal(t, err, "offer_closed")
}

func anOfferThatClosesGetsNoSessionAtTheSameMoment(t *testing.T, s *store.Store) {
	v := newVenue(t, s)
	for range 10 {
		v.offer = v.newOffer(t, models.Event)
		var closed, made error
		race(2, func(n int) {
			if n == 0 {
				_, closed = s.CloseOffer(t.Context(), v.house.ID, v.offer.ID, evening, row())
				return
			}
			_, made = s.CreateSession(t.Context(), v.newSession(evening.Add(time.Hour), 1), row())
		})
		if (closed == nil) == (made == nil) {
			t.Fatalf("closing said %v and adding a session said %v", closed, made)
		}
	}
}

// watched opens both engines with a list of what they are asked.
func watched(t *testing.T, test func(t *testing.T, s *store.Store, engine store.Engine, asked func() map[string]store.Query)) {
	t.Helper()
	run := func(t *testing.T, open func(store.Watcher) (store.Engine, error)) {
		t.Helper()
		var mu sync.Mutex
		queries := map[string]store.Query{}
		engine, err := open(func(collection string, q store.Query) {
			mu.Lock()
			defer mu.Unlock()
			queries[fmt.Sprintf("%s %+v", collection, q)] = q
		})
		if err != nil {
			t.Fatal(err)
		}
		s := must(store.Open(t.Context(), engine))(t)
		t.Cleanup(func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
		test(t, s, engine, func() map[string]store.Query {
			mu.Lock()
			defer mu.Unlock()
			return queries
		})
	}
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		run(t, func(w store.Watcher) (store.Engine, error) {
			return sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "kaikukortti.db"), sqlite.WithWatcher(w))
		})
	})
	t.Run("mongo", func(t *testing.T) {
		t.Parallel()
		uri, name := storetest.Database(t)
		run(t, func(w store.Watcher) (store.Engine, error) {
			return mongo.Open(t.Context(), uri, name, mongo.WithWatcher(w))
		})
	})
}

func TestNoQueryOfAVenueReadsEverything(t *testing.T) {
	t.Parallel()
	watched(t, func(t *testing.T, s *store.Store, engine store.Engine, asked func() map[string]store.Query) {
		v := newVenue(t, s)
		added := v.scanner(t)
		for _, ask := range everyRead(t.Context(), v, added, v.session(t, evening, 5)) {
			if err := ask(); err != nil {
				t.Fatal(err)
			}
		}
		queries := asked()
		if len(queries) < 25 {
			t.Fatalf("only %d queries were seen", len(queries))
		}
		for text, q := range queries {
			var collection string
			if _, err := fmt.Sscan(text, &collection); err != nil {
				t.Fatal(err)
			}
			plan, err := engine.Explain(t.Context(), collection, q)
			if err != nil {
				t.Fatal(err)
			}
			if plan.FullScan {
				t.Errorf("%s reads everything: %s", text, plan.Text)
			}
		}
	})
}

// everyRead asks everything that venue.go, seats.go and reservation.go ask.
func everyRead(ctx context.Context, v venue, added models.Scanner, session models.Session) []func() error {
	s := v.s
	only := func(_ any, err error) error { return err }
	return []func() error{
		func() error { return only(s.Networks(ctx)) },
		func() error { return only(s.Organisations(ctx, v.network.ID)) },
		func() error { return only(s.Popups(ctx)) },
		func() error { return only(s.MovedDistributors(ctx)) },
		func() error { return only(s.EnrolScanner(ctx, added.Code, "key", []byte("key"), evening, row())) },
		func() error { return only(s.ScannerByThumbprint(ctx, "key")) },
		func() error { return only(s.Scanners(ctx, v.house.ID)) },
		func() error { return only(s.ForgetEnrolmentCodes(ctx, evening, 10)) },
		func() error { return only(s.Offers(ctx, v.house.ID)) },
		func() error { return only(s.StandingOffers(ctx, v.house.ID)) },
		func() error { return only(s.SessionsOf(ctx, v.offer.ID, "2026-11-01")) },
		func() error { return only(s.SessionsBetween(ctx, v.house.ID, "2026-11-22", "2026-11-24")) },
		func() error { return only(s.ReserveSeats(ctx, reserving(session, 1, 2))) },
		func() error { return only(s.Reservations(ctx, passID(1))) },
		func() error { return only(s.ReservationsAt(ctx, session.ID, 10)) },
		func() error { return only(s.CancelledSessions(ctx, "2026-11-01")) },
		func() error { return only(s.LimitingSessions(ctx)) },
		func() error { return only(s.CountSessions(ctx, []models.Session{session})) },
		func() error { return only(s.CountStanding(ctx, v.house.ID, []models.Offer{v.offer}, "2026-11-23")) },
		func() error { return only(s.ChangeSeats(ctx, resized(session, 2), row())) },
		func() error { return only(s.ChangeSeats(ctx, resized(session, 0), row())) },
		func() error {
			_, err := s.ChangeSeats(ctx, resized(session, 3), row())
			if refusal(err) == "has_claims" {
				return nil
			}
			return err
		},
		func() error { return only(s.ConfirmLimit(ctx, session.ID, row())) },
		func() error { return only(s.MarkMissed(ctx, "2026-11-25", 10)) },
		func() error {
			return only(s.CloseOffer(ctx, v.house.ID, v.offer.ID, session.End.Add(24*time.Hour), row()))
		},
	}
}

func resized(session models.Session, seats int) models.Session {
	session.Seats, session.NoLimit = seats, seats == 0
	return session
}

func sessionsOfADayAreThoseThatTouchIt(t *testing.T, s *store.Store) {
	v := newVenue(t, s)
	course := must(s.CreateSession(t.Context(), models.Session{
		ID: fresh[models.SessionID]("course"), Offer: v.offer.ID, Organisation: v.house.ID, Start: evening.Add(-72 * time.Hour), End: evening.Add(72 * time.Hour),
		FirstDay: "2026-11-20", LastDay: "2026-11-26", Seats: 1,
	}, row()))(t)
	before, day, after := v.session(t, evening.Add(-24*time.Hour), 1), v.session(t, evening, 1), v.session(t, evening.Add(24*time.Hour), 1)
	ids := func(first, last models.Day) (ids []models.SessionID) {
		for _, s := range must(s.SessionsBetween(t.Context(), v.house.ID, first, last))(t) {
			ids = append(ids, s.ID)
		}
		return ids
	}
	if got := ids("2026-11-23", "2026-11-23"); !slices.Equal(got, []models.SessionID{course.ID, day.ID}) {
		t.Errorf("got %v", got)
	}
	if got := ids("2026-11-22", "2026-11-24"); !slices.Equal(got, []models.SessionID{course.ID, before.ID, day.ID, after.ID}) {
		t.Errorf("got %v", got)
	}
	if got := ids("2026-11-27", "2026-11-30"); got != nil {
		t.Errorf("got %v", got)
	}
}
