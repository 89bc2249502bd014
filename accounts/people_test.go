package accounts

import (
	"slices"
	"sync"
	"testing"
	"time"

	"kaikukortti/models"
)

func TestWhoSeesWhom(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	boss := o.national()
	coordinator := boss.hires(coordinatorOf(kainuu, "coordinator@example.fi"))
	manager := coordinator.hires(managerAt(museum, "manager@example.fi"))
	worker := coordinator.hires(workerAt(sote, "worker@example.fi"))
	stranger := boss.hires(managerAt(opera, "stranger@example.fi"))
	manager.takes(boss.invites(managerAt(opera, manager.email))...)

	for name, c := range map[string]struct {
		who    models.Actor
		at     models.Grant
		people map[string]int // by e-mail, with the number of roles seen
	}{
		"national sees those who run networks": {boss.actor(), models.Grant{}, map[string]int{boss.email: 1, coordinator.email: 1}},
		"national looks at a network": {
			boss.actor(), models.Grant{Network: kainuu}, map[string]int{coordinator.email: 1, manager.email: 2, worker.email: 1},
		},
		"national looks at an organisation": {boss.actor(), models.Grant{Organisation: opera}, map[string]int{manager.email: 2, stranger.email: 1}},
		"a coordinator": {
			coordinator.actor(), models.Grant{}, map[string]int{coordinator.email: 1, manager.email: 1, worker.email: 1},
		},
		"a coordinator looks elsewhere": { // at the one who works here too
			coordinator.actor(), models.Grant{Organisation: opera}, map[string]int{manager.email: 1},
		},
		"a manager":       {stranger.actor(), models.Grant{}, map[string]int{manager.email: 1, stranger.email: 1}},
		"a worker":        {worker.actor(), models.Grant{Organisation: sote}, map[string]int{}},
		"another manager": {models.Actor{Role: models.ManagerRole, Organisation: museum, Network: kainuu}, models.Grant{Network: espoo}, map[string]int{manager.email: 1}},
	} {
		seen, err := o.registry.People(t.Context(), c.who, c.at)
		o.must(err)
		got := map[string]int{}
		for _, p := range seen {
			got[p.Email] = len(p.Roles)
		}
		if len(got) != len(seen) || len(got) != len(c.people) {
			t.Errorf("%s: sees %v, want %v", name, got, c.people)
		}
		for email, roles := range c.people {
			if got[email] != roles {
				t.Errorf("%s: sees %d roles of %s, want %d", name, got[email], email, roles)
			}
		}
	}
}

func TestTakenRoles(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	boss := o.national()
	coordinator := boss.hires(coordinatorOf(kainuu, "coordinator@example.fi"))
	m := coordinator.hires(managerAt(museum, "maija@example.fi"))
	m.takes(boss.invites(managerAt(opera, m.email))...)
	id := m.actor().Person

	o.refused(o.registry.EndRoles(t.Context(), coordinator.actor(), boss.actor().Person, nil), "no_such_person")
	o.refused(o.registry.EndRoles(t.Context(), coordinator.actor(), "nobody", nil), "no_such_person")
	o.refused(o.registry.EndRoles(t.Context(), coordinator.actor(), id, &models.Grant{Role: models.ManagerRole, Organisation: opera}), "no_such_role")
	o.must(o.registry.EndRoles(t.Context(), coordinator.actor(), id, nil)) // the own network's only
	if got := m.person().Roles; !slices.Equal(got, []models.Grant{{Role: models.ManagerRole, Organisation: opera, Network: espoo}}) {
		t.Errorf("holds %+v", got)
	}
	o.must(o.registry.EndRoles(t.Context(), boss.actor(), id, &models.Grant{Role: models.ManagerRole, Organisation: opera}))

	p := m.person()
	if p.EndedAt.IsZero() || p.Name == "" || p.Email != "" || p.Password != "" || p.Factor != nil || p.Identities != nil || p.Computers != nil {
		t.Errorf("of somebody who ended there is %+v", p)
	}
	_, err := o.registry.SignIn(t.Context(), m.shown(atWork), false)
	o.refused(err, "wrong_sign_in")
	_, err = o.registry.Refresh(t.Context(), m.session.Refresh)
	o.refused(err, "session_ended")
	again := boss.hires(managerAt(museum, m.email)) // comes back as somebody new
	if again.actor().Person == id {
		t.Error("somebody who ended came back with the old account")
	}
}

func TestInvitationsOfSomebodyWhoseRoleWasTakenAreWithdrawn(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	boss := o.national()
	coordinator := boss.hires(coordinatorOf(kainuu, "coordinator@example.fi"))
	token := coordinator.invites(coordinatorOf(kainuu, "the.same@example.fi"))[0]
	o.must(o.registry.EndRoles(t.Context(), boss.actor(), coordinator.actor().Person, nil))
	_, err := o.registry.LookAt(t.Context(), token)
	o.refused(err, "no_such_invitation")
}

func TestSomebodyStaysNational(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	a := o.national()
	o.refused(o.registry.EndRoles(t.Context(), a.actor(), a.actor().Person, nil), "last_national")
	b := o.anotherNational()
	errs := make([]error, 2)
	var both sync.WaitGroup
	both.Go(func() { errs[0] = o.registry.EndRoles(t.Context(), a.actor(), b.actor().Person, nil) })
	both.Go(func() { errs[1] = o.registry.EndRoles(t.Context(), b.actor(), a.actor().Person, nil) })
	both.Wait()
	codes := []string{codeOfError(errs[0]), codeOfError(errs[1])}
	slices.Sort(codes)
	if codes[0] != "" || codes[1] == "" {
		t.Errorf("both took each other's role: %v", errs)
	}
}

func TestWhoResetsASecondFactor(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	boss := o.national()
	coordinator := boss.hires(coordinatorOf(kainuu, "coordinator@example.fi"))
	manager := coordinator.hires(managerAt(museum, "manager@example.fi"))
	worker := coordinator.hires(workerAt(sote, "worker@example.fi"))
	stranger := boss.hires(managerAt(opera, "stranger@example.fi"))
	m := coordinator.hires(managerAt(museum, "maija@example.fi"))
	m.takes(boss.invites(managerAt(circus, m.email))...)

	for name, c := range map[string]struct {
		who      *member
		whose    *member
		password bool
		code     string
	}{
		"another manager":              {manager, m, false, ""},
		"the coordinator":              {coordinator, m, false, ""},
		"national":                     {boss, m, false, ""},
		"national, with the password":  {boss, m, true, ""},
		"a coordinator's own worker":   {coordinator, worker, true, ""},
		"a manager elsewhere":          {stranger, m, false, "no_such_person"},
		"a worker":                     {worker, m, false, "no_such_person"},
		"a worker of a colleague":      {worker, worker, false, "no_such_person"},
		"a manager of the coordinator": {manager, coordinator, false, "no_such_person"},
		"oneself":                      {manager, manager, false, "not_yourself"},
		"a password of somebody who works elsewhere too": {coordinator, m, true, "not_all_yours"},
	} {
		_, err := o.registry.ResetSecondFactor(t.Context(), c.who.actor(), c.whose.actor().Person, c.password, nil)
		if codeOfError(err) != c.code {
			t.Errorf("%s: %v, want %q", name, err, c.code)
		}
	}
}

// Promise: a reset ends everything at once, is logged where the person works, and opens the account to nobody who does not know the
// password.
func TestResetSecondFactorIsEnrolledAgain(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	boss := o.national()
	coordinator := boss.hires(coordinatorOf(kainuu, "coordinator@example.fi"))
	m := coordinator.hires(managerAt(museum, "maija@example.fi"))
	colleague := coordinator.hires(managerAt(museum, "colleague@example.fi"))
	remembered, err := o.registry.SignIn(t.Context(), m.shown(atWork), true)
	o.must(err)
	before := *m
	first, err := o.registry.ResetSecondFactor(t.Context(), coordinator.actor(), m.actor().Person, false, nil)
	o.must(err)
	link, err := o.registry.ResetSecondFactor(t.Context(), colleague.actor(), m.actor().Person, false, nil)
	o.must(err)

	o.refused(m.acts(), "session_ended")
	_, err = o.registry.SignIn(t.Context(), before.shown(atWork), false)
	o.refused(err, "wrong_sign_in")
	_, err = o.registry.SignIn(t.Context(), Shown{Email: m.email, Password: m.password, Code: m.recovery[0], Address: atHome}, false)
	o.refused(err, "wrong_sign_in")
	_, err = o.registry.SignIn(t.Context(), Shown{Email: m.email, Password: m.password, Computer: remembered.Computer, Address: atWork}, false)
	o.refused(err, "code_needed")
	_, err = o.registry.LookAt(t.Context(), first.Token)
	o.refused(err, "no_such_invitation")

	look, err := o.registry.LookAt(t.Context(), link.Token)
	o.must(err)
	if look.Needs != NeedsFactor || look.Invitation.Email != m.email {
		t.Fatalf("the link needs %q", look.Needs)
	}
	m.secret = look.Enrolment.Secret
	thief := m.acceptance(link.Token, look)
	thief.Password = models.Secret("another password")
	for range models.TriesFree {
		_, _, err = o.registry.Accept(t.Context(), thief)
		o.refused(err, "wrong_sign_in")
	}
	_, _, err = o.registry.Accept(t.Context(), thief)
	o.refused(err, "too_many_tries")
	o.clock.pass(time.Minute)
	m.session, m.recovery, err = o.registry.Accept(t.Context(), m.acceptance(link.Token, look))
	o.must(err)
	o.must(m.acts())
	_, err = o.registry.SignIn(t.Context(), m.shown(atHome), false)
	o.must(err)
	_, err = o.registry.LookAt(t.Context(), link.Token)
	o.refused(err, "invitation_used")
	if got := o.actions(colleague.actor()); !slices.Contains(got, "second_factor_reset") || !slices.Contains(got, "second_factor_enrolled") {
		t.Errorf("the organisation's audit log has %v", got)
	}
}

func TestWhoHasNoRoleLeftEnrolsNothingAgain(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	coordinator := o.national().hires(coordinatorOf(kainuu, "coordinator@example.fi"))
	m := coordinator.hires(managerAt(museum, "maija@example.fi"))
	link, err := o.registry.ResetSecondFactor(t.Context(), coordinator.actor(), m.actor().Person, false, nil)
	o.must(err)
	look, err := o.registry.LookAt(t.Context(), link.Token)
	o.must(err)
	m.secret = look.Enrolment.Secret
	o.must(o.registry.EndRoles(t.Context(), coordinator.actor(), m.actor().Person, nil))
	_, err = o.registry.LookAt(t.Context(), link.Token)
	o.refused(err, "no_such_invitation")
	_, _, err = o.registry.Accept(t.Context(), m.acceptance(link.Token, look))
	o.refused(err, "no_such_invitation")
	// One who reads the link at the moment at which the role is taken.
	_, _, err = o.registry.needs(t.Context(), &models.Invitation{Person: m.actor().Person})
	o.refused(err, "no_such_invitation")
}

func TestForgottenPasswordIsSetAnew(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	coordinator := o.national().hires(coordinatorOf(kainuu, "coordinator@example.fi"))
	m := coordinator.hires(workerAt(sote, "maija@example.fi"))
	key := &models.Idempotency{Key: "person:c/key", Body: "body"}
	lost, err := o.registry.ResetSecondFactor(t.Context(), coordinator.actor(), m.actor().Person, true, key)
	o.must(err)
	link, err := o.registry.ResetSecondFactor(t.Context(), coordinator.actor(), m.actor().Person, true, key)
	o.must(err)
	_, err = o.registry.LookAt(t.Context(), lost.Token)
	o.refused(err, "no_such_invitation")

	o.clock.pass(24*time.Hour - time.Second)
	look, err := o.registry.LookAt(t.Context(), link.Token)
	o.must(err)
	if look.Needs != NeedsBoth {
		t.Fatalf("the link needs %q", look.Needs)
	}
	m.secret, m.password = look.Enrolment.Secret, models.Secret("salasana1234")
	_, _, err = o.registry.Accept(t.Context(), m.acceptance(link.Token, look))
	o.refused(err, "weak_password")
	m.password = models.Secret("lumiukko ja luistimet")
	_, _, err = o.registry.Accept(t.Context(), m.acceptance(link.Token, look))
	o.must(err)
	_, err = o.registry.SignIn(t.Context(), m.shown(atHome), false)
	o.must(err)
	again, err := o.registry.ResetSecondFactor(t.Context(), coordinator.actor(), m.actor().Person, true, key)
	if err != nil || again.Token != nil {
		t.Errorf("the same request, after the link was used, gives the link %v (%v)", len(again.Token) > 0, err)
	}
	_, err = o.registry.SignIn(t.Context(), m.shown(atHome), false)
	o.must(err) // and resets nothing

	late, err := o.registry.ResetSecondFactor(t.Context(), coordinator.actor(), m.actor().Person, true, nil)
	o.must(err)
	o.clock.pass(24 * time.Hour)
	_, err = o.registry.LookAt(t.Context(), late.Token)
	o.refused(err, "invitation_expired")
}

// An organisation whose people have all left is taken over by the coordinator, who invites somebody new.
func TestEmptyOrganisationIsTakenOver(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	coordinator := o.national().hires(coordinatorOf(kainuu, "coordinator@example.fi"))
	m := coordinator.hires(managerAt(museum, "maija@example.fi"))
	o.must(o.registry.EndRoles(t.Context(), m.actor(), m.actor().Person, nil)) // leaves by herself
	successor := coordinator.hires(managerAt(museum, "seppo@example.fi"))
	o.must(successor.acts())
	want := []string{"invitation_accepted", "person_invited", "role_ended", "invitation_accepted", "person_invited"}
	if got := o.actions(successor.actor()); !slices.Equal(slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))) {
		t.Errorf("the organisation's audit log has %v", got)
	}
}

func TestOwnAccount(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	m := o.national().hires(workerAt(sote, "maija@example.fi"))
	work, err := o.registry.AtWork(t.Context(), m.actor())
	o.must(err)
	if work.Person.Email != m.email || work.RecoveryLeft != recoveryCodes || work.Places[sote].Kind != models.Distributor {
		t.Errorf("sees %+v", work)
	}
}
