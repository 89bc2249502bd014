package storetest_test

import (
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"kaikukortti/accounts"
	"kaikukortti/models"
	"kaikukortti/store"
	"kaikukortti/store/storetest"
)

// tabs is how many goroutines race in this file, on both stores alike.
const tabs = 20

// A bureau is where people work: a network with a distributor and a venue, with ids that no other test has.
type bureau struct {
	s                            *store.Store
	name                         string
	worker, manager, coordinator models.Grant
}

var asNational = models.Grant{Role: models.National}

func newBureau(t *testing.T, s *store.Store) bureau {
	t.Helper()
	b := bureau{s: s, name: rand.Text()}
	network := models.NetworkID("network-" + b.name)
	b.worker = models.Grant{Role: models.WorkerRole, Organisation: models.OrganisationID("sote-" + b.name), Network: network}
	b.manager = models.Grant{Role: models.ManagerRole, Organisation: models.OrganisationID("museum-" + b.name), Network: network}
	b.coordinator = models.Grant{Role: models.Coordinator, Network: network}
	for _, o := range []models.Organisation{
		{ID: b.worker.Organisation, Network: network, Kind: models.Distributor}, {ID: b.manager.Organisation, Network: network, Kind: models.Venue},
	} {
		must(s.CreateOrganisation(t.Context(), o, row()))(t)
	}
	return b
}

// of makes a name this bureau's own.
func (b bureau) of(name string) string { return name + "-" + strings.ToLower(b.name) }

func (b bureau) person(name string) models.PersonID { return models.PersonID(b.of(name)) }

// invites keeps an invitation for somebody whose link carries token.
func (b bureau) invites(t *testing.T, token, name string, g models.Grant) {
	t.Helper()
	inv := models.Invitation{
		ID: models.NewID[models.InvitationID](rand.Reader), Token: b.of(token), Email: b.of(name) + "@example.fi", Grant: g, By: "boss", At: evening,
		Expires: evening.Add(models.InvitationLife),
	}
	must(b.s.Invite(t.Context(), []models.Invitation{inv}, []models.AuditEntry{row()}))(t)
}

// entering is a session of a person, ready to begin.
func entering(id models.PersonID, g models.Grant, proof models.Proof) models.SigningIn {
	return models.SigningIn{
		Person: id, Proof: proof, At: evening, Audit: []models.AuditEntry{row()},
		Family: models.Family{
			ID: models.NewID[models.FamilyID](rand.Reader), Person: id, Acting: g, N: 1, StartedAt: evening, UsedAt: evening,
			Ends: evening.Add(models.SessionLife),
		},
	}
}

func joining(id models.PersonID) models.Person {
	return models.Person{
		ID: id, Name: "Maija", Language: "fi", Password: "hash", JoinedAt: evening,
		Factor: &models.SecondFactor{Secret: []byte("sealed"), LastStep: 100, Recovery: []string{"one", "two", "three"}, Since: evening},
	}
}

// joins has somebody new accept an invitation to a role, and answers the session.
func (b bureau) joins(t *testing.T, name string, g models.Grant) models.FamilyID {
	t.Helper()
	b.invites(t, "link of "+name, name, g)
	in := entering(b.person(name), g, models.Proof{})
	if err := b.s.Join(t.Context(), b.of("link of "+name), joining(b.person(name)), in); err != nil {
		t.Fatal(err)
	}
	return in.Family.ID
}

// one asks that one succeeded and all the others were refused with the code.
func (o *outcomes) one(t *testing.T, of int, code string) {
	t.Helper()
	if o.n[""] != 1 || o.n[code] != of-1 {
		t.Errorf("of %d at once: %v, want one that succeeds and %s for the others", of, o.n, code)
	}
}

func TestPeople(t *testing.T) {
	t.Parallel()
	together(t, map[string]func(*testing.T, *store.Store){
		"an invitation accepted many times at once makes one person":  acceptedAtOnce,
		"an e-mail address is one person's":                           oneEmail,
		"people who ended do not stand in each other's way":           endedPeople,
		"a code shown many times at once opens one session":           shownAtOnce(models.Proof{Password: "hash", Step: 101}),
		"a recovery code shown many times at once opens one session":  shownAtOnce(models.Proof{Password: "hash", Recovery: "two"}),
		"a proof that holds no more opens nothing":                    wornProofs,
		"a refresh raced by many tabs has one successor":              refreshedAtOnce,
		"a refresh token reused later ends the session":               reusedToken,
		"a taken role is dead at once":                                takenRole,
		"of many nationals who take each other's role somebody stays": nationals,
		"an invitation is withdrawn or accepted, never both":          withdrawnOrAccepted,
		"wrong sign-ins at once are all counted":                      wrongAtOnce,
	})
}

func acceptedAtOnce(t *testing.T, s *store.Store) {
	b := newBureau(t, s)
	b.invites(t, "link", "maija", b.worker)
	var all outcomes
	race(tabs, func(i int) {
		id := b.person(fmt.Sprint("person", i))
		all.add(s.Join(t.Context(), b.of("link"), joining(id), entering(id, b.worker, models.Proof{})))
	})
	all.one(t, tabs, "invitation_used")
	if people := must(s.PeopleWith(t.Context(), b.worker))(t); len(people) != 1 || people[0].Email != b.of("maija")+"@example.fi" {
		t.Errorf("the people are %+v", people)
	}
}

func oneEmail(t *testing.T, s *store.Store) {
	b := newBureau(t, s)
	for i := range tabs {
		b.invites(t, fmt.Sprint("link", i), "maija", b.worker)
	}
	var all outcomes
	race(tabs, func(i int) {
		id := b.person(fmt.Sprint("person", i))
		all.add(s.Join(t.Context(), b.of(fmt.Sprint("link", i)), joining(id), entering(id, b.worker, models.Proof{})))
	})
	all.one(t, tabs, "account_exists")
	if open := must(s.InvitationsTo(t.Context(), b.worker))(t); len(open) != tabs-1 {
		t.Errorf("%d links were left unused", len(open))
	}
}

func endedPeople(t *testing.T, s *store.Store) {
	b := newBureau(t, s)
	for i := range 3 {
		name := fmt.Sprint("person", i)
		b.joins(t, name, b.worker)
		if err := s.TakeRoles(t.Context(), b.person(name), []models.Grant{b.worker}, evening, []models.AuditEntry{row()}); err != nil {
			t.Fatal(err)
		}
	}
}

func shownAtOnce(proof models.Proof) func(*testing.T, *store.Store) {
	return func(t *testing.T, s *store.Store) {
		b := newBureau(t, s)
		b.joins(t, "maija", b.worker)
		var all outcomes
		race(tabs, func(int) { all.add(s.SignIn(t.Context(), entering(b.person("maija"), b.worker, proof))) })
		all.one(t, tabs, "wrong_sign_in")
		p := must(s.Person(t.Context(), b.person("maija")))(t)
		if left := len(p.Factor.Recovery); proof.Recovery != "" && left != 2 || proof.Step != 0 && p.Factor.LastStep != 101 {
			t.Errorf("%d recovery codes are left, the last step is %d", left, p.Factor.LastStep)
		}
	}
}

func wornProofs(t *testing.T, s *store.Store) {
	b := newBureau(t, s)
	b.joins(t, "maija", b.worker)
	for name, proof := range map[string]models.Proof{
		"of a changed password": {Password: "old hash", Step: 101},
		"of no password":        {Step: 101},
		"of a step before":      {Password: "hash", Step: 100},
		"of no recovery code":   {Password: "hash", Recovery: "four"},
		"of no computer":        {Password: "hash", Computer: "computer"},
		"of no second factor":   {Password: "hash"},
	} {
		wantRefusalOf(t, name, s.SignIn(t.Context(), entering(b.person("maija"), b.worker, proof)), "wrong_sign_in")
	}
	wantRefusalOf(t, "of nobody", s.SignIn(t.Context(), entering("nobody", b.worker, models.Proof{Password: "hash"})), "wrong_sign_in")
}

func wantRefusalOf(t *testing.T, what string, err error, code string) {
	t.Helper()
	if refusal(err) != code {
		t.Errorf("%s: %v, want %q", what, err, code)
	}
}

// Promise: a retry, or a second tab, has the same successor.
func refreshedAtOnce(t *testing.T, s *store.Store) {
	b := newBureau(t, s)
	family := b.joins(t, "maija", b.worker)
	var taken, again atomic.Int32
	race(tabs, func(int) {
		f, turn, err := s.Refresh(t.Context(), family, 1, nil, evening, row())
		switch {
		case err != nil || f.N != 2:
			t.Errorf("refreshed to %d: %v", f.N, err)
		case turn == models.TurnTaken:
			taken.Add(1)
		case turn == models.TurnAgain:
			again.Add(1)
		}
	})
	if taken.Load() != 1 || again.Load() != tabs-1 {
		t.Errorf("%d took the turn, %d were given the same successor", taken.Load(), again.Load())
	}
}

func reusedToken(t *testing.T, s *store.Store) {
	b := newBureau(t, s)
	family := b.joins(t, "maija", b.worker)
	for _, c := range []struct {
		n     int64
		after time.Duration
		turn  models.Turn
		code  string
	}{
		{1, time.Hour, models.TurnTaken, ""},
		{2, time.Hour + 20*time.Second, models.TurnTaken, ""},
		{1, time.Hour + 30*time.Second, models.TurnAgain, ""},
		{2, time.Hour + 50*time.Second, models.TurnAgain, ""},
		{1, time.Hour + 31*time.Second, models.TurnReused, ""},
		{3, time.Hour + 32*time.Second, models.TurnReused, "session_ended"},
	} {
		_, turn, err := s.Refresh(t.Context(), family, c.n, nil, evening.Add(c.after), row())
		if refusal(err) != c.code || err == nil && turn != c.turn {
			t.Errorf("token %d after %v: turn %d, %v", c.n, c.after, turn, err)
		}
	}
	mine := models.AuditQuery{Person: b.person("maija"), Organisation: b.worker.Organisation, Before: evening.AddDate(0, 0, 1), Limit: 5}
	if page := must(s.AuditRows(t.Context(), mine))(t); len(page.Rows) != 1 {
		t.Errorf("the audit log has %d rows of it", len(page.Rows))
	}
}

// Promise: what was taken is dead at once, on every request.
func takenRole(t *testing.T, s *store.Store) {
	keys := must(models.NewKeys(make(models.Secret, models.MasterKeySize)))(t)
	registry := accounts.NewRegistry(s, keys, func() time.Time { return evening }, rand.Reader)
	b := newBureau(t, s)
	maija := b.person("maija")
	family := b.joins(t, "maija", b.worker)
	b.invites(t, "second", "maija", b.manager)
	b.joins(t, "seppo", b.worker)
	another := s.AddRole(t.Context(), b.of("second"), entering(b.person("seppo"), b.manager, models.Proof{Password: "hash", Step: 101}))
	wantRefusalOf(t, "a role meant for somebody else", another, "wrong_sign_in")
	if err := s.AddRole(t.Context(), b.of("second"), entering(maija, b.manager, models.Proof{Password: "hash", Step: 101})); err != nil {
		t.Fatal(err)
	}
	acts := func(g models.Grant) error {
		_, err := registry.Acting(t.Context(), maija, family, g.Role, g.Organisation)
		return err
	}
	wantRefusalOf(t, "before", errors.Join(acts(b.worker), acts(b.manager)), "")
	if err := s.TakeRoles(t.Context(), maija, []models.Grant{b.manager}, evening, []models.AuditEntry{row()}); err != nil {
		t.Fatal(err)
	}
	wantRefusalOf(t, "the role that was taken", acts(b.manager), "role_ended")
	wantRefusalOf(t, "the other role", acts(b.worker), "")
	if err := s.TakeRoles(t.Context(), maija, []models.Grant{b.worker}, evening, []models.AuditEntry{row()}); err != nil {
		t.Fatal(err)
	}
	wantRefusalOf(t, "the last role", acts(b.worker), "session_ended")
}

func nationals(t *testing.T, s *store.Store) {
	b := newBureau(t, s)
	const many = 6
	for i := range many {
		b.joins(t, fmt.Sprint("person", i), asNational)
	}
	var all outcomes
	race(many, func(i int) {
		other := b.person(fmt.Sprint("person", (i+1)%many))
		all.add(s.TakeRoles(t.Context(), other, []models.Grant{asNational}, evening, []models.AuditEntry{row()}))
	})
	if left := must(s.PeopleWith(t.Context(), asNational))(t); len(left) != 1 || all.n["last_national"] != 1 {
		t.Errorf("%d are national still; %v", len(left), all.n)
	}
}

func withdrawnOrAccepted(t *testing.T, s *store.Store) {
	b := newBureau(t, s)
	for i := range tabs {
		id, token := b.person(fmt.Sprint("person", i)), fmt.Sprint("link", i)
		b.invites(t, token, fmt.Sprint("person", i), b.manager)
		inv := must(s.InvitationByToken(t.Context(), b.of(token)))(t)
		var withdrawn, joined error
		race(2, func(i int) {
			if i == 0 {
				withdrawn = s.WithdrawInvitation(t.Context(), inv.ID, row())
			} else {
				joined = s.Join(t.Context(), b.of(token), joining(id), entering(id, b.manager, models.Proof{}))
			}
		})
		if (withdrawn == nil) == (joined == nil) {
			t.Fatalf("withdrawing said %v, joining %v", withdrawn, joined)
		}
	}
}

func wrongAtOnce(t *testing.T, s *store.Store) {
	try := models.Try{Place: rand.Text(), Account: rand.Text(), At: evening}
	race(tabs, func(int) {
		if err := s.CountWrong(t.Context(), try); err != nil {
			t.Error(err)
		}
	})
	wantRefusalOf(t, "from this place", s.MayTry(t.Context(), try), "too_many_tries")
	elsewhere := models.Try{Place: rand.Text(), Account: try.Account, At: evening}
	wantRefusalOf(t, "from elsewhere", s.MayTry(t.Context(), elsewhere), "second_code_needed")
	elsewhere.Enough = true
	wantRefusalOf(t, "from elsewhere with two codes", s.MayTry(t.Context(), elsewhere), "")
	wantRefusalOf(t, "at another account", s.MayTry(t.Context(), models.Try{Place: rand.Text(), Account: rand.Text(), At: evening}), "")
	elsewhere.Enough, elsewhere.At = false, evening.Add(models.TriesKept)
	wantRefusalOf(t, "a day later", s.MayTry(t.Context(), elsewhere), "")
}

// Without these indexes a race would be decided by luck.
func TestEachUniqueIndexOverPeopleRefusesItsDuplicate(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, engine store.Engine) {
		for index, c := range map[string]struct {
			collection string
			ids        [2]string
			a, b       any
		}{
			"email": {"people", [2]string{"c", "d"}, &models.Person{ID: "c", Email: "x@example.fi"}, &models.Person{ID: "d", Email: "x@example.fi"}},
			"identity": {
				"people",
				[2]string{"a", "b"},
				&models.Person{ID: "a", Identities: []models.Identity{{Provider: "oidc", Subject: "1"}}},
				&models.Person{ID: "b", Identities: []models.Identity{{Provider: "password", Subject: "x"}, {Provider: "oidc", Subject: "1"}}},
			},
			"token": {"invitations", [2]string{"a", "b"}, &models.Invitation{ID: "a", Token: "t"}, &models.Invitation{ID: "b", Token: "t"}},
			"idempotency": {
				"invitations",
				[2]string{"c", "d"},
				&models.Invitation{ID: "c", Token: "v", Idempotency: &models.Idempotency{Key: "k"}},
				&models.Invitation{ID: "d", Token: "w", Idempotency: &models.Idempotency{Key: "k"}},
			},
		} {
			insert := func(id string, doc any) error {
				return engine.Update(t.Context(), func(w store.Writer) error { return w.Insert(c.collection, id, doc) })
			}
			if err := insert(c.ids[0], c.a); err != nil {
				t.Fatal(err)
			}
			d := new(store.DuplicateError)
			if err := insert(c.ids[1], c.b); !errors.As(err, &d) || d.Index != index {
				t.Errorf("the second was answered %v, want a duplicate in %s", err, index)
			}
		}
	})
}

func TestSignInsAreForgotten(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, s *store.Store) {
		b := newBureau(t, s)
		family := b.joins(t, "maija", b.worker)
		b.joins(t, "seppo", b.worker)
		b.invites(t, "unused", "kaisa", b.worker)
		if err := errors.Join(
			s.TakeRoles(t.Context(), b.person("seppo"), []models.Grant{b.worker}, evening, []models.AuditEntry{row()}),
			s.CountWrong(t.Context(), models.Try{Place: "place", Account: "account", At: evening}),
		); err != nil {
			t.Fatal(err)
		}
		forgets := func(at time.Time, want int) {
			t.Helper()
			if n := must(s.ForgetSignIns(t.Context(), at, 100))(t); n != want {
				t.Errorf("forgot %d after %v, want %d", n, at.Sub(evening), want)
			}
		}
		forgets(evening, 0)
		forgets(evening.Add(models.SessionLife), 0)
		forgets(evening.Add(models.SessionLife+time.Second), 2) // sessions
		if _, err := s.Acting(t.Context(), b.person("maija"), family, ""); refusal(err) != "session_ended" {
			t.Errorf("a forgotten session says %v", err)
		}
		forgets(evening.Add(models.TriesKept+time.Second), 2)
		forgets(evening.Add(models.InvitationLife+models.InvitationKept), 0)
		forgets(evening.Add(models.InvitationLife+models.InvitationKept+time.Second), 3)
		must(s.Person(t.Context(), b.person("seppo")))(t)
		forgets(evening.Add(models.EndedKept+time.Second), 1)
		_, err := s.Person(t.Context(), b.person("seppo"))
		wantRefusalOf(t, "somebody who ended long ago", err, "no_such_person")
		must(s.Person(t.Context(), b.person("maija")))(t)
	})
}

func TestNoQueryAboutPeopleReadsEverything(t *testing.T) {
	t.Parallel()
	watched(t, func(t *testing.T, s *store.Store, engine store.Engine, asked func() map[string]store.Query) {
		b := newBureau(t, s)
		b.joins(t, "maija", b.worker)
		b.joins(t, "eeva", asNational)
		b.joins(t, "seppo", asNational)
		b.invites(t, "link", "maija", b.manager)
		reset := models.Invitation{ID: "reset", Token: "reset", Person: b.person("maija"), At: evening, Expires: evening, Idempotency: newKey()}
		only := func(_ any, err error) error { return err }
		before := evening.Add(time.Hour)
		err := errors.Join(
			only(s.PersonByIdentity(t.Context(), models.PasswordIdentity(b.of("maija")+"@example.fi"))),
			only(s.PeopleWith(t.Context(), b.worker)), only(s.PeopleWith(t.Context(), b.coordinator)), only(s.PeopleWith(t.Context(), asNational)),
			only(s.InvitationsTo(t.Context(), b.worker)), only(s.InvitationsTo(t.Context(), b.coordinator)), only(s.InvitationsTo(t.Context(), asNational)),
			only(s.InvitationByToken(t.Context(), b.of("link"))),
			only(s.ResetFactor(t.Context(), b.person("maija"), true, reset, row())),
			s.TakeRoles(t.Context(), b.person("eeva"), []models.Grant{asNational}, evening, []models.AuditEntry{row()}),
			only(s.ForgetSignIns(t.Context(), evening, 10)),
			only(s.AuditRows(t.Context(), models.AuditQuery{Before: before, Limit: 1})),
			only(s.AuditRows(t.Context(), models.AuditQuery{Organisation: b.worker.Organisation, Before: before, Limit: 1})),
			only(s.AuditRows(t.Context(), models.AuditQuery{Network: b.worker.Network, Before: before, Limit: 1})),
			only(s.AuditRows(t.Context(), models.AuditQuery{Person: b.person("maija"), Before: before, Limit: 1})),
			only(s.AuditRows(t.Context(), models.AuditQuery{Person: b.person("maija"), Organisation: b.worker.Organisation, Before: before, Limit: 1})),
			only(s.AuditRows(t.Context(), models.AuditQuery{Person: b.person("maija"), Network: b.worker.Network, Before: before, Limit: 1})),
			only(s.AuditRows(t.Context(), models.AuditQuery{Pass: "pass", Before: before, Limit: 1})),
			only(s.AuditRows(t.Context(), models.AuditQuery{Pass: "pass", Person: b.person("maija"), Before: before, Limit: 1})),
		)
		if err != nil {
			t.Fatal(err)
		}
		mine := 0
		for text, q := range asked() {
			var collection string
			if _, err := fmt.Sscan(text, &collection); err != nil {
				t.Fatal(err)
			}
			if slices.Contains([]string{"people", "invitations", "families", "tries", "audit"}, collection) {
				mine++
			}
			if plan, err := engine.Explain(t.Context(), collection, q); err != nil || plan.FullScan {
				t.Errorf("%s: %v reads everything: %s", text, err, plan.Text)
			}
		}
		if mine < 30 {
			t.Errorf("only %d queries were seen", mine)
		}
	})
}
