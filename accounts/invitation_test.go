package accounts

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kaikukortti/models"
)

func TestInvitationsMakeAccounts(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	boss := o.national()
	m := boss.hires(workerAt(sote, "maija@example.fi"))
	want := models.Actor{Role: models.WorkerRole, Person: m.actor().Person, Organisation: sote, Network: kainuu}
	if m.actor() != want || len(m.recovery) != recoveryCodes {
		t.Errorf("acts as %+v with %d recovery codes", m.actor(), len(m.recovery))
	}
	o.must(m.acts())
	p := m.person()
	if p.Name != "Maija Meikäläinen" || p.Email != "maija@example.fi" || p.Language != "fi" || !slices.Equal(p.Identities, []models.Identity{{Provider: "password", Subject: "maija@example.fi"}}) {
		t.Errorf("kept %+v", p)
	}
}

// Promise: everybody gives only what is theirs to give.
func TestWhoMayInviteWhom(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	boss := o.national()
	coordinator := boss.hires(coordinatorOf(kainuu, "coordinator@example.fi"))
	who := map[string]models.Actor{
		"national":    boss.actor(),
		"coordinator": coordinator.actor(),
		"manager":     coordinator.hires(managerAt(museum, "manager@example.fi")).actor(),
		"worker":      coordinator.hires(workerAt(sote, "worker@example.fi")).actor(),
		"pop-up":      boss.hires(managerAt(circus, "popup@example.fi")).actor(),
	}
	for name, c := range map[string]struct {
		invitee Invitee
		may     []string
		code    string // of everybody's refusal who may not
	}{
		"national":                      {Invitee{Role: models.National}, []string{"national"}, "not_yours"},
		"a coordinator":                 {Invitee{Role: models.Coordinator, Network: kainuu}, []string{"national", "coordinator"}, "not_yours"},
		"another network's coordinator": {Invitee{Role: models.Coordinator, Network: espoo}, []string{"national"}, "not_yours"},
		"a worker":                      {workerAt(sote, ""), []string{"national", "coordinator"}, "not_yours"},
		"a manager":                     {managerAt(museum, ""), []string{"national", "coordinator", "manager"}, "not_yours"},
		"another network's manager":     {managerAt(opera, ""), []string{"national"}, "not_yours"},
		"a pop-up's manager":            {managerAt(circus, ""), []string{"national", "pop-up"}, "not_yours"},
		"a worker at a venue":           {workerAt(museum, ""), nil, "invalid_field"},
		"a manager at a distributor":    {managerAt(sote, ""), nil, "invalid_field"},
		"a worker nowhere":              {workerAt("nowhere", ""), nil, "no_such_organisation"},
		"a coordinator of nowhere":      {coordinatorOf("nowhere", ""), nil, "no_such_network"},
		"a holder":                      {Invitee{Role: models.HolderRole}, nil, "invalid_field"},
		"a role that there is not":      {Invitee{Role: "emperor"}, nil, "invalid_field"},
	} {
		for inviter, actor := range who {
			c.invitee.Email = models.NewID[string](o.registry.random) + "@example.fi"
			_, err := o.registry.Invite(t.Context(), actor, []Invitee{c.invitee}, nil)
			want := c.code
			if slices.Contains(c.may, inviter) {
				want = ""
			}
			if codeOfError(err) != want {
				t.Errorf("%s inviting %s: %v, want %q", inviter, name, err, want)
			}
		}
	}
}

func TestTablesOfInvitationsAreMadeWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	boss := o.national()
	good := []Invitee{workerAt(sote, "a@example.fi"), managerAt(museum, "b@example.fi"), coordinatorOf(kainuu, "c@example.fi")}
	for field, bad := range map[string]Invitee{
		"invitations.1.email":        workerAt(sote, "not an address"),
		"invitations.1.organisation": workerAt("nowhere", "d@example.fi"),
		"invitations.1.role":         workerAt(museum, "d@example.fi"),
	} {
		_, err := o.registry.Invite(t.Context(), boss.actor(), []Invitee{good[0], bad, good[2]}, nil)
		if e := o.problem(err); e.Field != field {
			t.Errorf("the wrong field is %q, want %q (%v)", e.Field, field, err)
		}
	}
	_, err := o.registry.Invite(t.Context(), boss.actor(), nil, nil)
	o.refused(err, "invalid_field")
	_, err = o.registry.Invite(t.Context(), boss.actor(), make([]Invitee, MostInvitations+1), nil)
	o.refused(err, "invalid_field")
	if open, err := o.registry.Invitations(t.Context(), boss.actor(), models.Grant{Network: kainuu}); err != nil || len(open) != 0 {
		t.Errorf("%d invitations of refused tables (%v)", len(open), err)
	}
	tokens := boss.invites(good...)
	for i, token := range tokens {
		o.joined(good[i].Email, token)
	}
}

func TestSameRequestAgainGivesNewLinks(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	boss := o.national()
	key := &models.Idempotency{Key: "person:boss/key", Body: "body"}
	all := []Invitee{workerAt(sote, "a@example.fi"), workerAt(sote, "b@example.fi")}
	first, err := o.registry.Invite(t.Context(), boss.actor(), all, key)
	o.must(err)
	o.joined("a@example.fi", first[0].Token)
	second, err := o.registry.Invite(t.Context(), boss.actor(), all, key)
	o.must(err)
	for i := range second {
		if second[i].Invitation.ID != first[i].Invitation.ID {
			t.Errorf("row %d is another invitation", i)
		}
	}
	if second[0].Token != nil {
		t.Error("an accepted invitation has a link again")
	}
	_, err = o.registry.LookAt(t.Context(), first[0].Token)
	o.refused(err, "invitation_used")
	_, err = o.registry.LookAt(t.Context(), first[1].Token)
	o.refused(err, "no_such_invitation")
	o.joined("b@example.fi", second[1].Token)

	_, err = o.registry.Invite(t.Context(), boss.actor(), all, &models.Idempotency{Key: key.Key, Body: "another"})
	o.refused(err, "key_reused")
}

func TestLinksWorkOnceAndForAWeek(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	boss := o.national()
	tokens := boss.invites(workerAt(sote, "a@example.fi"), workerAt(sote, "b@example.fi"), workerAt(sote, "c@example.fi"))
	look, err := o.registry.LookAt(t.Context(), tokens[0])
	o.must(err)
	m := o.joined("a@example.fi", tokens[0])
	_, err = o.registry.LookAt(t.Context(), tokens[0])
	o.refused(err, "invitation_used")
	_, _, err = o.registry.Accept(t.Context(), m.acceptance(tokens[0], look))
	o.refused(err, "invitation_used")

	o.clock.pass(7*24*time.Hour - time.Second)
	o.joined("b@example.fi", tokens[1])
	o.clock.pass(time.Second)
	_, err = o.registry.LookAt(t.Context(), tokens[2])
	o.refused(err, "invitation_expired")
	_, err = o.registry.LookAt(t.Context(), models.Secret("never was one"))
	o.refused(err, "no_such_invitation")
}

func TestInvitationAcceptedTwiceAtOnceMakesOneAccount(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	token := o.national().invites(workerAt(sote, "a@example.fi"))[0]
	look, err := o.registry.LookAt(t.Context(), token)
	o.must(err)
	m := &member{office: o, email: "a@example.fi", password: models.Secret(goodPassword), secret: look.Enrolment.Secret}
	var joined atomic.Int32
	var both sync.WaitGroup
	for range 8 {
		both.Go(func() {
			_, _, err := o.registry.Accept(t.Context(), m.acceptance(token, look))
			switch codeOfError(err) {
			case "":
				joined.Add(1)
			case "invitation_used":
			default:
				t.Error(err)
			}
		})
	}
	both.Wait()
	if joined.Load() != 1 {
		t.Errorf("accepted %d times", joined.Load())
	}
}

func TestWhatANewPersonBrings(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	token := o.national().invites(workerAt(sote, "a@example.fi"))[0]
	look, err := o.registry.LookAt(t.Context(), token)
	o.must(err)
	m := &member{office: o, email: "a@example.fi", password: models.Secret(goodPassword), secret: look.Enrolment.Secret}
	for name, c := range map[string]struct {
		change func(*Acceptance)
		code   string
	}{
		"no name":              {func(a *Acceptance) { a.Name = "  " }, "invalid_field"},
		"a name that is long":  {func(a *Acceptance) { a.Name = fmt.Sprintf("%0101d", 1) }, "invalid_field"},
		"a name with a bell":   {func(a *Acceptance) { a.Name = "Maija\a" }, "invalid_field"},
		"no language":          {func(a *Acceptance) { a.Language = "" }, "invalid_field"},
		"another language":     {func(a *Acceptance) { a.Language = "de" }, "invalid_field"},
		"a weak password":      {func(a *Acceptance) { a.Password = models.Secret("salasana1234") }, "weak_password"},
		"no second factor":     {func(a *Acceptance) { a.Enrolment = "" }, "invalid_field"},
		"a made-up one":        {func(a *Acceptance) { a.Enrolment = "AAAA" }, "invalid_field"},
		"one in other letters": {func(a *Acceptance) { a.Enrolment = "not base64!" }, "invalid_field"},
		"no code":              {func(a *Acceptance) { a.Code = "" }, "invalid_field"},
		"a wrong code":         {func(a *Acceptance) { a.Code = "000000" }, "wrong_first_code"},
		"a recovery code":      {func(a *Acceptance) { a.Code = "00000-00000" }, "wrong_first_code"},
	} {
		a := m.acceptance(token, look)
		c.change(&a)
		_, _, err := o.registry.Accept(t.Context(), a)
		if codeOfError(err) != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
	_, _, err = o.registry.Accept(t.Context(), m.acceptance(token, look)) // nothing was used up
	o.must(err)
}

func TestPersonWhoHasAnAccountSignsInToTakeARole(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	boss := o.national()
	m := boss.hires(workerAt(sote, "maija@example.fi"))
	token := boss.invites(managerAt(museum, "MAIJA@example.fi"))[0]

	look, err := o.registry.LookAt(t.Context(), token)
	o.must(err)
	thief := m.acceptance(token, look)
	thief.Password, thief.Code = models.Secret("another password"), m.nextCode()
	_, _, err = o.registry.Accept(t.Context(), thief)
	o.refused(err, "wrong_sign_in")
	thief.Password, thief.Code = m.password, ""
	_, _, err = o.registry.Accept(t.Context(), thief)
	o.refused(err, "code_needed")

	m.takes(token)
	if want := (models.Actor{Role: models.ManagerRole, Person: m.actor().Person, Organisation: museum, Network: kainuu}); m.actor() != want {
		t.Errorf("acts as %+v", m.actor())
	}
	if len(m.person().Roles) != 2 {
		t.Errorf("has the roles %+v", m.person().Roles)
	}
	_, err = o.registry.Invite(t.Context(), boss.actor(), []Invitee{managerAt(museum, m.email)}, nil)
	o.refused(err, "role_held")
}

func TestTwoInvitationsOfOneNewPersonAcceptedAtOnce(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	boss := o.national()
	tokens := boss.invites(workerAt(sote, "a@example.fi"), managerAt(museum, "a@example.fi"))
	var accepts []Acceptance
	for _, token := range tokens {
		look, err := o.registry.LookAt(t.Context(), token)
		o.must(err)
		m := &member{office: o, password: models.Secret(goodPassword), secret: look.Enrolment.Secret}
		accepts = append(accepts, m.acceptance(token, look))
	}
	errs := make([]error, 2)
	var both sync.WaitGroup
	for i := range accepts {
		both.Go(func() { _, _, errs[i] = o.registry.Accept(t.Context(), accepts[i]) })
	}
	both.Wait()
	codes := []string{codeOfError(errs[0]), codeOfError(errs[1])}
	slices.Sort(codes)
	if codes[0] != "" || !slices.Contains([]string{"account_exists", "wrong_sign_in"}, codes[1]) {
		t.Errorf("accepted with %v", errs)
	}
}

func TestInvitationsToAClosedOrganisationAreGone(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	boss := o.national()
	token := boss.invites(managerAt(museum, "a@example.fi"))[0]
	look, err := o.registry.LookAt(t.Context(), token)
	o.must(err)
	_, err = o.store.CloseOrganisation(t.Context(), museum, "", o.clock.Now(), o.row())
	o.must(err)
	m := &member{office: o, password: models.Secret(goodPassword), secret: look.Enrolment.Secret}
	_, _, err = o.registry.Accept(t.Context(), m.acceptance(token, look))
	o.refused(err, "organisation_closed")
	_, err = o.registry.Invite(t.Context(), boss.actor(), []Invitee{managerAt(museum, "b@example.fi")}, nil)
	o.refused(err, "organisation_closed")
}

func TestOpenInvitationsAreListedAndWithdrawn(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	boss := o.national()
	coordinator := boss.hires(coordinatorOf(kainuu, "coordinator@example.fi"))
	manager := coordinator.hires(managerAt(museum, "manager@example.fi"))
	boss.invites(Invitee{Email: "n@example.fi", Role: models.National}, coordinatorOf(espoo, "e@example.fi"), managerAt(opera, "o@example.fi"))
	tokens := coordinator.invites(workerAt(sote, "w@example.fi"), managerAt(museum, "m@example.fi"), coordinatorOf(kainuu, "k@example.fi"))

	for name, c := range map[string]struct {
		who    *member
		at     models.Grant
		emails []string
	}{
		"national":                    {boss, models.Grant{}, []string{"e@example.fi", "k@example.fi", "n@example.fi"}},
		"national, one network":       {boss, models.Grant{Network: kainuu}, []string{"k@example.fi", "m@example.fi", "w@example.fi"}},
		"national, one organisation":  {boss, models.Grant{Organisation: opera}, []string{"o@example.fi"}},
		"a coordinator":               {coordinator, models.Grant{}, []string{"k@example.fi", "m@example.fi", "w@example.fi"}},
		"a coordinator, one venue":    {coordinator, models.Grant{Organisation: museum}, []string{"m@example.fi"}},
		"a coordinator, elsewhere":    {coordinator, models.Grant{Organisation: opera}, nil},
		"a coordinator asks for more": {coordinator, models.Grant{Network: espoo}, []string{"k@example.fi", "m@example.fi", "w@example.fi"}},
		"a manager":                   {manager, models.Grant{}, []string{"m@example.fi"}},
		"a manager asks for more":     {manager, models.Grant{Organisation: sote}, []string{"m@example.fi"}},
	} {
		open, err := o.registry.Invitations(t.Context(), c.who.actor(), c.at)
		var emails []string
		for _, i := range open {
			emails = append(emails, i.Email)
		}
		slices.Sort(emails)
		if err != nil || !slices.Equal(emails, c.emails) {
			t.Errorf("%s sees %v (%v), want %v", name, emails, err, c.emails)
		}
	}

	open, err := o.registry.Invitations(t.Context(), coordinator.actor(), models.Grant{Organisation: sote})
	o.must(err)
	o.refused(o.registry.WithdrawInvitation(t.Context(), manager.actor(), open[0].ID), "no_such_invitation")
	o.must(o.registry.WithdrawInvitation(t.Context(), coordinator.actor(), open[0].ID))
	_, err = o.registry.LookAt(t.Context(), tokens[0])
	o.refused(err, "no_such_invitation")
	o.refused(o.registry.WithdrawInvitation(t.Context(), coordinator.actor(), open[0].ID), "no_such_invitation")
}

// Promise: whoever may invite to one role cannot take over an account that has others.
func TestLinkToARoleEnrolsNothingForAnAccountThatThereIs(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	boss := o.national()
	coordinator := boss.hires(coordinatorOf(kainuu, "coordinator@example.fi"))
	manager := coordinator.hires(managerAt(museum, "manager@example.fi"))
	link, err := o.registry.ResetSecondFactor(t.Context(), boss.actor(), coordinator.actor().Person, true, nil)
	o.must(err)

	token := manager.invites(managerAt(museum, coordinator.email))[0]
	look, err := o.registry.LookAt(t.Context(), token)
	o.must(err)
	if look.Needs != NeedsSignIn || look.Enrolment != nil {
		t.Fatalf("the link needs %q", look.Needs)
	}
	own, err := o.registry.LookAt(t.Context(), link.Token)
	o.must(err)
	bent := coordinator.acceptance(token, own)
	bent.Code = TOTP(own.Enrolment.Secret, o.clock.Now())
	_, _, err = o.registry.Accept(t.Context(), bent)
	o.refused(err, "wrong_sign_in")
}

func TestFirstNationalIsInvitedByWhoeverRunsTheServer(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	m := o.national()
	page, err := o.registry.AuditLog(t.Context(), m.actor(), AuditFilter{Limit: 50})
	o.must(err)
	if !slices.ContainsFunc(page.Rows, func(e models.AuditEntry) bool { return e.Action == "person_invited" && e.By == "system" }) {
		t.Errorf("the audit log does not tell how the first account was made: %+v", page.Rows)
	}
	_, err = o.registry.CreateFirst(t.Context(), "not an address")
	o.refused(err, "invalid_field")
}
