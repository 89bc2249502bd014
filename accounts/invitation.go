package accounts

import (
	"cmp"
	"context"
	"errors"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"kaikukortti/models"
)

// MostInvitations is how many can be asked for at once.
const MostInvitations = 100

// An Invitee is somebody to be invited to a role.
type Invitee struct {
	Email        string
	Role         models.Role
	Organisation models.OrganisationID // of a worker or manager
	Network      models.NetworkID      // of a coordinator
}

// Invited is an invitation and what its link carries, which is shown once. The token is empty if the invitation was accepted
// before the request was repeated.
type Invited struct {
	Invitation models.Invitation
	Token      models.Secret
}

// Invite makes one-time links for people; whoever is given a link hands it on, since the server sends no mail. Either all are made
// or none. The same request again gives new links in the place of those that nobody used.
func (r *Registry) Invite(ctx context.Context, who models.Actor, all []Invitee, key *models.Idempotency) ([]Invited, error) {
	if len(all) == 0 || len(all) > MostInvitations {
		return nil, models.BadField("invitations", "Ask for 1 to "+strconv.Itoa(MostInvitations)+" invitations.")
	}
	given := make([]Invited, len(all))
	entries := make([]models.AuditEntry, len(all))
	for i, invitee := range all {
		g, err := r.grantFor(ctx, who, invitee)
		if err != nil {
			return nil, inRow(err, i)
		}
		email, err := models.ParseEmail(invitee.Email)
		if err != nil {
			return nil, inRow(err, i)
		}
		given[i] = r.invitation(who.Person, email, g, keyOfRow(key, i))
		entries[i] = r.entry(who, "person_invited", g, string(given[i].Invitation.ID))
	}
	made, err := r.store.Invite(ctx, invitationsOf(given), entries)
	if err != nil {
		return nil, err
	}
	for i := range made {
		given[i].kept(made[i])
	}
	return given, nil
}

func (r *Registry) invitation(by models.PersonID, email string, g models.Grant, key *models.Idempotency) Invited {
	token, at := r.token(), r.now()
	return Invited{Token: token, Invitation: models.Invitation{
		ID: models.NewID[models.InvitationID](r.random), Token: r.invitationHash(token), Email: email, Grant: g, By: by, At: at,
		Expires: at.Add(models.InvitationLife), Idempotency: key,
	}}
}

func (r *Registry) invitationHash(token models.Secret) string {
	return r.keys.Hash("invitation", string(token))
}

// kept takes over what the store has, which an earlier request may have made.
func (i *Invited) kept(made models.Invitation) {
	i.Invitation = made
	if !made.AcceptedAt.IsZero() {
		i.Token = nil
	}
}

func invitationsOf(given []Invited) []models.Invitation {
	all := make([]models.Invitation, len(given))
	for i := range given {
		all[i] = given[i].Invitation
	}
	return all
}

// keyOfRow gives each document of one request a key of its own.
func keyOfRow(key *models.Idempotency, i int) *models.Idempotency {
	if key == nil {
		return nil
	}
	return &models.Idempotency{Key: key.Key + "/" + strconv.Itoa(i), Body: key.Body}
}

// inRow says in which row of a pasted table a field is wrong.
func inRow(err error, i int) error {
	e := new(models.Error)
	if !errors.As(err, &e) {
		return err
	}
	row := *e
	row.Field = "invitations." + strconv.Itoa(i) + "." + row.Field
	return &row
}

// grantFor is the role that an invitation gives, if the actor may give it. What is another's answers as what is not there.
func (r *Registry) grantFor(ctx context.Context, who models.Actor, invitee Invitee) (models.Grant, error) {
	var g models.Grant
	var err error
	switch invitee.Role {
	case models.WorkerRole, models.ManagerRole:
		g, err = r.grantAt(ctx, invitee.Role, invitee.Organisation)
	case models.Coordinator:
		g, err = models.Grant{Role: invitee.Role, Network: invitee.Network}, nil
		if _, missing := r.store.Network(ctx, invitee.Network); missing != nil {
			err = within(missing, "network")
		}
	case models.National:
		g = models.Grant{Role: invitee.Role}
	case models.Nobody, models.HolderRole, models.ScannerRole, models.AnyPersonRole:
		err = models.BadField("role", "Invite a worker, manager, coordinator or national.")
	default:
		err = models.BadField("role", "Invite a worker, manager, coordinator or national.")
	}
	if err == nil && !who.Oversees(g) {
		err = errNotYours
	}
	return g, err
}

var errNotYours = &models.Error{Kind: models.Forbidden, Code: "not_yours", Field: "role", Detail: "You cannot give or take this role there."}

// within says which field names what is not there.
func within(err error, field string) error {
	e := new(models.Error)
	if !errors.As(err, &e) || e.Kind != models.NotFound {
		return err
	}
	missing := *e
	missing.Field = field
	return &missing
}

func (r *Registry) grantAt(ctx context.Context, role models.Role, id models.OrganisationID) (models.Grant, error) {
	o, err := r.store.Organisation(ctx, id)
	if err != nil {
		return models.Grant{}, within(err, "organisation")
	}
	switch {
	case !o.ClosedAt.IsZero():
		return models.Grant{}, &models.Error{Kind: models.Gone, Code: "organisation_closed", Field: "organisation", Detail: "This organisation has closed."}
	case o.Admits() != (role == models.ManagerRole):
		return models.Grant{}, models.BadField("role", "A distributor has workers; venues, institutes and pop-ups have managers.")
	}
	return models.Grant{Role: role, Organisation: o.ID, Network: o.Network}, nil
}

// CreateFirst invites somebody to be national for whoever runs the server: the first one, or another when no national can sign in.
func (r *Registry) CreateFirst(ctx context.Context, email string) (Invited, error) {
	email, err := models.ParseEmail(email)
	if err != nil {
		return Invited{}, err
	}
	g := models.Grant{Role: models.National}
	invited := r.invitation("", email, g, nil)
	entry := r.entry(models.Actor{}, "person_invited", g, string(invited.Invitation.ID))
	_, err = r.store.Invite(ctx, []models.Invitation{invited.Invitation}, []models.AuditEntry{entry})
	return invited, err
}

// Invitations are the open ones that the actor may withdraw; national sees those to one organisation or network, or, without
// either, those to coordinators and national.
func (r *Registry) Invitations(ctx context.Context, who models.Actor, at models.Grant) ([]models.Invitation, error) {
	var open []models.Invitation
	for _, place := range reach(who, at) {
		found, err := r.store.InvitationsTo(ctx, place)
		if err != nil {
			return nil, err
		}
		open = append(open, found...)
	}
	now := r.now()
	open = slices.DeleteFunc(open, func(i models.Invitation) bool { return !who.Oversees(i.Grant) || i.Open(now) != nil })
	slices.SortFunc(open, func(a, b models.Invitation) int {
		return cmp.Or(b.At.Compare(a.At), strings.Compare(a.Email, b.Email))
	})
	return open, nil
}

// WithdrawInvitation ends a link that nobody used yet.
func (r *Registry) WithdrawInvitation(ctx context.Context, who models.Actor, id models.InvitationID) error {
	inv, err := r.store.Invitation(ctx, id)
	if err != nil {
		return err
	}
	if inv.Person != "" || !who.Oversees(inv.Grant) {
		return errNoSuchInvitation
	}
	return r.store.WithdrawInvitation(ctx, id, r.entry(who, "invitation_withdrawn", inv.Grant, string(id)))
}

// Needs is what somebody with a link must bring to accept it.
type Needs string

// What a link needs.
const (
	NeedsAccount Needs = "account"       // name, a new password, a second factor to enrol
	NeedsSignIn  Needs = "sign_in"       // the password and code of the account that there is
	NeedsFactor  Needs = "second_factor" // the password that there is, a second factor to enrol
	NeedsBoth    Needs = "both"          // a new password, a second factor to enrol
)

// A Look is what a link says before it is accepted. Looking uses nothing up, and each look draws another second factor: who saw the
// link on its way does not know the one that is enrolled in the end.
type Look struct {
	Invitation   models.Invitation
	Organisation *models.Organisation
	Needs        Needs
	Enrolment    *Enrolment // nil with NeedsSignIn
}

// LookAt reads what a link says.
func (r *Registry) LookAt(ctx context.Context, token models.Secret) (Look, error) {
	inv, err := r.open(ctx, token)
	if err != nil {
		return Look{}, err
	}
	look := Look{Invitation: inv}
	if inv.Grant.Organisation != "" {
		o, err := r.store.Organisation(ctx, inv.Grant.Organisation)
		if err != nil {
			return Look{}, err
		}
		look.Organisation = &o
	}
	if look.Needs, _, err = r.needs(ctx, &inv); err != nil || look.Needs == NeedsSignIn {
		return look, err
	}
	look.Enrolment, err = r.newEnrolment(inv.Token, inv.Email)
	return look, err
}

func (r *Registry) open(ctx context.Context, token models.Secret) (models.Invitation, error) {
	inv, err := r.store.InvitationByToken(ctx, r.invitationHash(token))
	if err != nil {
		return models.Invitation{}, err
	}
	return inv, inv.Open(r.now())
}

var errNoSuchInvitation = &models.Error{
	Kind: models.NotFound, Code: "no_such_invitation", Detail: "There is no such invitation, or it was withdrawn.",
}

// needs finds what a link needs, and the person if there is one. A link to a role never enrols anything for an account that there
// is: otherwise whoever may invite to one role could take over an account that has others.
func (r *Registry) needs(ctx context.Context, inv *models.Invitation) (Needs, models.Person, error) {
	if inv.Person != "" {
		p, err := r.store.Person(ctx, inv.Person)
		switch {
		case err == nil && len(p.Roles) == 0: // the last role was taken at this moment
			return "", p, errNoSuchInvitation
		case err == nil && p.Password == "":
			return NeedsBoth, p, nil
		}
		return NeedsFactor, p, err
	}
	p, err := r.store.PersonByIdentity(ctx, models.PasswordIdentity(inv.Email))
	if notFound(err) {
		return NeedsAccount, models.Person{}, nil
	}
	return NeedsSignIn, p, err
}

// An Acceptance is what somebody brings to a link.
type Acceptance struct {
	Token     models.Secret
	Name      string
	Language  string
	Password  models.Secret
	Enrolment string // as the look gave it
	Code      string // of the authenticator, or with NeedsSignIn a recovery code
	NextCode  string
	Remember  bool
	Address   netip.Addr
}

// Accept uses up a link and begins a session. Recovery codes are in the answer where a second factor was enrolled; they are shown
// once.
func (r *Registry) Accept(ctx context.Context, a Acceptance) (Session, []string, error) {
	inv, err := r.open(ctx, a.Token)
	if err != nil {
		return Session{}, nil, err
	}
	needs, p, err := r.needs(ctx, &inv)
	if err != nil {
		return Session{}, nil, err
	}
	switch needs {
	case NeedsSignIn:
		session, err := r.addRole(ctx, &inv, a)
		return session, nil, err
	case NeedsFactor, NeedsBoth:
		return r.enrolAgain(ctx, &inv, p, needs == NeedsBoth, a)
	case NeedsAccount:
	}
	return r.join(ctx, &inv, a)
}

// join makes the account of somebody who is new.
func (r *Registry) join(ctx context.Context, inv *models.Invitation, a Acceptance) (Session, []string, error) {
	name, err := parseName(a.Name)
	if err != nil {
		return Session{}, nil, err
	}
	if err := parseLanguage(a.Language); err != nil {
		return Session{}, nil, err
	}
	if err := parsePassword("password", a.Password, inv.Email); err != nil {
		return Session{}, nil, err
	}
	p := models.Person{ID: models.NewID[models.PersonID](r.random), Name: name, Language: a.Language, JoinedAt: r.now()}
	factor, codes, err := r.enrol(p.ID, inv.Token, a.Enrolment, "code", a.Code)
	if err != nil {
		return Session{}, nil, err
	}
	p.Factor = factor
	if p.Password, err = r.hashes.hash(ctx, a.Password); err != nil {
		return Session{}, nil, err
	}
	in, session := r.arrive(proved{person: p}, inv, inv.Grant, "invitation_accepted", a.Remember)
	return session, codes, r.store.Join(ctx, inv.Token, p, in)
}

// arrive is begin with the audit row of the link.
func (r *Registry) arrive(
	who proved, inv *models.Invitation, g models.Grant, action string, remember bool,
) (models.SigningIn, Session) {
	in, session := r.begin(who, g, remember)
	in.Audit = append(in.Audit, r.entry(session.Actor, action, g, string(inv.ID)))
	return in, session
}

// addRole gives a role to somebody who has an account, and who signs in to take it.
func (r *Registry) addRole(ctx context.Context, inv *models.Invitation, a Acceptance) (Session, error) {
	who, err := r.prove(ctx, Shown{Email: inv.Email, Password: a.Password, Code: a.Code, NextCode: a.NextCode, Address: a.Address})
	if err != nil {
		return Session{}, err
	}
	in, session := r.arrive(who, inv, inv.Grant, "invitation_accepted", a.Remember)
	return session, r.spent(ctx, who.attempt, r.store.AddRole(ctx, inv.Token, in))
}

// enrolAgain lets somebody back in whose second factor was reset: with the password that there is, or a new one if it was reset too.
func (r *Registry) enrolAgain(
	ctx context.Context, inv *models.Invitation, p models.Person, anew bool, a Acceptance,
) (Session, []string, error) {
	factor, codes, err := r.enrol(p.ID, inv.Token, a.Enrolment, "code", a.Code)
	if err != nil {
		return Session{}, nil, err
	}
	who := proved{person: p, proof: models.Proof{Password: p.Password}}
	var password string
	if anew {
		password, err = r.newPassword(ctx, a.Password, p.Email)
	} else {
		who.attempt, err = r.provePassword(ctx, &p, inv.ID, a)
	}
	if err != nil {
		return Session{}, nil, err
	}
	in, session := r.arrive(who, inv, p.Roles[0], "second_factor_enrolled", a.Remember)
	return session, codes, r.store.EnrolAgain(ctx, inv.Token, password, *factor, in)
}

func (r *Registry) newPassword(ctx context.Context, password models.Secret, email string) (string, error) {
	if err := parsePassword("password", password, email); err != nil {
		return "", err
	}
	return r.hashes.hash(ctx, password)
}

// provePassword asks for the password alone, since the link stands for the second factor; wrong ones count as at a sign-in.
func (r *Registry) provePassword(
	ctx context.Context, p *models.Person, inv models.InvitationID, a Acceptance,
) (models.Try, error) {
	attempt := models.Try{Place: r.keys.Hash("tries", p.Email, "link", string(inv)), At: r.now()}
	err := r.hashes.within(ctx, true, func() error {
		if err := r.store.MayTry(ctx, attempt); err != nil {
			return err
		}
		fits, err := r.hashes.fits(a.Password, p.Password)
		if err == nil && !fits {
			err = models.ErrWrongSignIn
		}
		return r.spent(ctx, attempt, err)
	})
	return attempt, err
}

// parseName reads how somebody who works is shown to colleagues.
func parseName(s string) (string, error) {
	name := strings.Join(strings.Fields(s), " ")
	if n := utf8.RuneCountInString(name); n < 1 || n > 100 || strings.ContainsFunc(name, unicode.IsControl) {
		return "", models.BadField("name", "A name has 1 to 100 characters.")
	}
	return name, nil
}

func parseLanguage(s string) error {
	if !slices.Contains([]string{"fi", "sv", "en"}, s) {
		return models.BadField("language", "Choose fi, sv or en.")
	}
	return nil
}
