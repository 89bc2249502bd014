package accounts

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"kaikukortti/models"
)

func TestRefreshedSessionsGoOn(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	m := o.national()
	token := m.session.Refresh
	for range 3 {
		o.clock.pass(3 * time.Hour)
		s, err := o.registry.Refresh(t.Context(), token)
		o.must(err)
		if slices.Equal(s.Refresh, token) || s.Family != m.session.Family || s.Actor != m.session.Actor || !s.Ends.Equal(m.session.Ends) {
			t.Errorf("refreshed to %+v", s)
		}
		token = s.Refresh
	}
}

// Promise: a retry, or a second tab, within 30 s has the same successor, also when that one was used meanwhile; later the session
// ends, for the thief and for the person.
func TestReusedRefreshTokens(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	m := o.national()
	first := m.session.Refresh
	second, err := o.registry.Refresh(t.Context(), first)
	o.must(err)
	o.clock.pass(10 * time.Second)
	third, err := o.registry.Refresh(t.Context(), second.Refresh)
	o.must(err)

	o.clock.pass(20 * time.Second)
	retried, err := o.registry.Refresh(t.Context(), first)
	o.must(err)
	if !slices.Equal(retried.Refresh, second.Refresh) {
		t.Error("a retry has another successor")
	}
	o.must(m.acts())

	o.clock.pass(time.Second)
	_, err = o.registry.Refresh(t.Context(), first)
	o.refused(err, "session_ended")
	_, err = o.registry.Refresh(t.Context(), third.Refresh)
	o.refused(err, "session_ended")
	o.refused(m.acts(), "session_ended")
	again, err := o.registry.SignIn(t.Context(), m.shown(atWork), false)
	o.must(err)
	if !slices.Contains(o.actions(again.Actor), "session_reused") {
		t.Error("the audit log does not tell of it")
	}
}

func TestTwentyTabsRefreshAtOnce(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	m := o.national()
	var all [20]Session
	var tabs sync.WaitGroup
	for i := range all {
		tabs.Go(func() {
			var err error
			if all[i], err = o.registry.Refresh(t.Context(), m.session.Refresh); err != nil {
				t.Error(err)
			}
		})
	}
	tabs.Wait()
	for _, s := range all {
		if !slices.Equal(s.Refresh, all[0].Refresh) {
			t.Fatal("two tabs have different successors")
		}
	}
	_, err := o.registry.Refresh(t.Context(), all[0].Refresh)
	o.must(err)
}

func TestRefreshingInALoopIsSlowedDown(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	m := o.national()
	token := m.session.Refresh
	for range models.SessionBurst {
		s, err := o.registry.Refresh(t.Context(), token)
		o.must(err)
		token = s.Refresh
	}
	_, err := o.registry.Refresh(t.Context(), token)
	o.refused(err, "too_many_requests")
	o.clock.pass(models.SessionRetry + time.Second)
	_, err = o.registry.Refresh(t.Context(), token)
	o.must(err)
}

func TestSessionsEnd(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		refreshed []time.Duration // after how long, each time
		then      time.Duration
		ended     bool
	}{
		"not before four idle hours":                   {then: 4*time.Hour - time.Second},
		"after four idle hours":                        {then: 4 * time.Hour, ended: true},
		"not while it is used":                         {refreshed: []time.Duration{3 * time.Hour, 3 * time.Hour}, then: 3 * time.Hour},
		"after twelve hours, however much it was used": {refreshed: []time.Duration{3 * time.Hour, 3 * time.Hour, 3 * time.Hour}, then: 3 * time.Hour, ended: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t)
			m := o.national()
			token := m.session.Refresh
			for _, d := range c.refreshed {
				o.clock.pass(d)
				s, err := o.registry.Refresh(t.Context(), token)
				o.must(err)
				token = s.Refresh
			}
			o.clock.pass(c.then)
			_, err := o.registry.Refresh(t.Context(), token)
			if acts := m.acts(); (err != nil) != c.ended || (acts != nil) != c.ended {
				t.Errorf("refreshing says %v, acting %v; ended: %t", err, acts, c.ended)
			}
		})
	}
}

func TestRefreshTokensThatAreNone(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	m := o.national()
	good := string(m.session.Refresh)
	parts := strings.Split(good, ".")
	other := "x"
	if strings.HasPrefix(good, other) {
		other = "y"
	}
	for name, token := range map[string]string{
		"nothing":                      "",
		"a part":                       parts[0] + "." + parts[1],
		"another number":               parts[0] + ".2." + parts[2],
		"another session":              other + parts[0][1:] + "." + parts[1] + "." + parts[2],
		"another signature":            parts[0] + "." + parts[1] + "." + strings.ToUpper(parts[2]),
		"the number in another way":    parts[0] + ".01." + parts[2],
		"something after it":           good + ".x",
		"a number that is none":        parts[0] + ".one." + parts[2],
		"one of a session that is not": string(o.registry.refreshToken("nosuchsession", 1)),
		"one that was not made yet":    string(o.registry.refreshToken(m.session.Family, 2)),
	} {
		_, err := o.registry.Refresh(t.Context(), models.Secret(token))
		if codeOfError(err) != "session_ended" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSignedOut(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	m := o.national()
	other, err := o.registry.SignIn(t.Context(), m.shown(atHome), false)
	o.must(err)
	o.must(o.registry.EndSession(t.Context(), m.session.Refresh))
	o.must(o.registry.EndSession(t.Context(), m.session.Refresh))
	o.must(o.registry.EndSession(t.Context(), models.Secret("never was one")))
	o.refused(m.acts(), "session_ended")
	_, err = o.registry.Refresh(t.Context(), m.session.Refresh)
	o.refused(err, "session_ended")
	_, err = o.registry.Refresh(t.Context(), other.Refresh)
	o.must(err)
}

func TestSignedOutEverywhere(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	m := o.national()
	other, err := o.registry.SignIn(t.Context(), m.shown(atHome), true)
	o.must(err)
	o.must(o.registry.EndSessions(t.Context(), m.actor()))
	o.refused(m.acts(), "session_ended")
	_, err = o.registry.Refresh(t.Context(), other.Refresh)
	o.refused(err, "session_ended")
	_, err = o.registry.SignIn(t.Context(), Shown{Email: m.email, Password: m.password, Computer: other.Computer, Address: atHome}, false)
	o.refused(err, "code_needed")
	s, err := o.registry.SignIn(t.Context(), m.shown(atHome), false)
	o.must(err)
	if !slices.Contains(o.actions(s.Actor), "signed_out_everywhere") {
		t.Error("the audit log does not tell of it")
	}
}

func TestRolesAreSwitchedWithinASession(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	boss := o.national()
	m := boss.hires(workerAt(sote, "maija@example.fi"))
	m.takes(boss.invites(managerAt(museum, m.email), coordinatorOf(espoo, m.email))...)

	for name, c := range map[string]struct {
		to   models.Grant
		want models.Actor
		code string
	}{
		"to a manager":           {to: models.Grant{Role: models.ManagerRole, Organisation: museum}, want: models.Actor{Role: models.ManagerRole, Organisation: museum, Network: kainuu}},
		"to a coordinator":       {to: models.Grant{Role: models.Coordinator, Network: espoo}, want: models.Actor{Role: models.Coordinator, Network: espoo}},
		"to what it is":          {to: models.Grant{Role: models.WorkerRole, Organisation: sote}, want: models.Actor{Role: models.WorkerRole, Organisation: sote, Network: kainuu}},
		"to a role elsewhere":    {to: models.Grant{Role: models.ManagerRole, Organisation: opera}, code: "role_not_held"},
		"to another network":     {to: models.Grant{Role: models.Coordinator, Network: kainuu}, code: "role_not_held"},
		"to nowhere":             {to: models.Grant{Role: models.ManagerRole, Organisation: "nowhere"}, code: "no_such_organisation"},
		"to a role of no person": {to: models.Grant{Role: models.HolderRole}, code: "role_not_held"},
	} {
		s, err := o.registry.SwitchRole(t.Context(), m.session.Refresh, c.to)
		if codeOfError(err) != c.code {
			t.Errorf("%s: %v, want %q", name, err, c.code)
		}
		if err != nil {
			continue
		}
		c.want.Person = m.actor().Person
		acting, err := o.registry.Acting(t.Context(), s.Actor.Person, s.Family, s.Actor.Role, s.Actor.Organisation)
		if s.Actor != c.want || acting != c.want || err != nil {
			t.Errorf("%s: session of %+v, acts as %+v (%v), want %+v", name, s.Actor, acting, err, c.want)
		}
		m.session.Refresh = s.Refresh
	}
}

// takes accepts invitations as somebody who has an account.
func (m *member) takes(tokens ...models.Secret) {
	m.office.Helper()
	for _, token := range tokens {
		m.office.clock.pass(totpStep)
		look, err := m.office.registry.LookAt(m.office.Context(), token)
		m.office.must(err)
		if look.Needs != NeedsSignIn || look.Enrolment != nil {
			m.office.Fatalf("the link needs %q", look.Needs)
		}
		m.session, _, err = m.office.registry.Accept(m.office.Context(), m.acceptance(token, look))
		m.office.must(err)
	}
}

// Promise: what was taken is dead at once.
func TestActingIsAskedAnew(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		happens func(o *office, boss, m *member) error
		code    string
	}{
		"nothing": {func(*office, *member, *member) error { return nil }, ""},
		"the role was taken": {func(o *office, boss, m *member) error {
			m.takes(boss.invites(managerAt(museum, m.email))...)
			s, err := o.registry.SwitchRole(o.Context(), m.session.Refresh, models.Grant{Role: models.WorkerRole, Organisation: sote})
			m.session = s
			if err != nil {
				return err
			}
			return o.registry.EndRoles(o.Context(), boss.actor(), m.actor().Person, &models.Grant{Role: models.WorkerRole, Organisation: sote})
		}, "role_ended"},
		"the person ended": {func(o *office, boss, m *member) error {
			return o.registry.EndRoles(o.Context(), boss.actor(), m.actor().Person, nil)
		}, "session_ended"},
		"the session ended": {func(o *office, _, m *member) error {
			return o.registry.EndSession(o.Context(), m.session.Refresh)
		}, "session_ended"},
		"the second factor was reset": {func(o *office, boss, m *member) error {
			_, err := o.registry.ResetSecondFactor(o.Context(), boss.actor(), m.actor().Person, false, nil)
			return err
		}, "session_ended"},
		"the organisation closed": {func(o *office, _, _ *member) error {
			_, err := o.store.CreateOrganisation(o.Context(), models.Organisation{ID: "heir", Network: kainuu, Kind: models.Distributor}, o.row())
			if err != nil {
				return err
			}
			_, err = o.store.CloseOrganisation(o.Context(), sote, "heir", o.clock.Now(), o.row())
			return err
		}, "organisation_closed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t)
			boss := o.national()
			m := boss.hires(workerAt(sote, "maija@example.fi"))
			o.must(m.acts())
			o.must(c.happens(o, boss, m))
			if err := m.acts(); codeOfError(err) != c.code {
				t.Errorf("acting says %v, want %q", err, c.code)
			}
		})
	}
}

func TestActingNeedsTheRoleItself(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	m := o.national().hires(workerAt(sote, "maija@example.fi"))
	other := o.anotherNational()
	for name, c := range map[string]struct {
		person       models.PersonID
		family       models.FamilyID
		role         models.Role
		organisation models.OrganisationID
		code         string
	}{
		"another role":             {m.actor().Person, m.session.Family, models.National, "", "role_ended"},
		"a coordinator's":          {m.actor().Person, m.session.Family, models.Coordinator, "", "role_ended"},
		"another organisation":     {m.actor().Person, m.session.Family, models.WorkerRole, museum, "role_ended"},
		"no such organisation":     {m.actor().Person, m.session.Family, models.WorkerRole, "nowhere", "session_ended"},
		"another person's session": {m.actor().Person, other.session.Family, models.WorkerRole, sote, "session_ended"},
		"no such session":          {m.actor().Person, "nosuchsession", models.WorkerRole, sote, "session_ended"},
		"no such person":           {"nobody", m.session.Family, models.WorkerRole, sote, "session_ended"},
	} {
		_, err := o.registry.Acting(t.Context(), c.person, c.family, c.role, c.organisation)
		if codeOfError(err) != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
}

// anotherNational is somebody else who is signed in.
func (o *office) anotherNational() *member {
	o.Helper()
	invited, err := o.registry.CreateFirst(o.Context(), "other@example.fi")
	o.must(err)
	return o.joined("other@example.fi", invited.Token)
}

func TestSessionGoesOnInAnotherRoleWhenItsOwnIsTaken(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	boss := o.national()
	m := boss.hires(workerAt(sote, "maija@example.fi"))
	m.takes(boss.invites(managerAt(museum, m.email))...)
	o.must(o.registry.EndRoles(t.Context(), boss.actor(), m.actor().Person, &models.Grant{Role: models.ManagerRole, Organisation: museum}))
	s, err := o.registry.Refresh(t.Context(), m.session.Refresh)
	o.must(err)
	if s.Actor.Role != models.WorkerRole || s.Actor.Organisation != sote {
		t.Errorf("goes on as %+v", s.Actor)
	}
}
