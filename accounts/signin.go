package accounts

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"time"

	"kaikukortti/models"
)

// Shown is what somebody shows to sign in.
type Shown struct {
	Email    string
	Password models.Secret
	Code     string        // of the authenticator, or a recovery code; not needed where the second factor is remembered
	NextCode string        // the authenticator's next one, where an account is under attack
	Computer models.Secret // the token of a remembered computer, if there is one
	Address  netip.Addr    // where the request came from
}

// A Session is one that just began or goes on: who acts in it, and what its client keeps.
type Session struct {
	Family   models.FamilyID
	Actor    models.Actor
	Refresh  models.Secret // for the next access token
	Ends     time.Time
	Computer models.Secret // for a computer that is remembered from now on
}

// SignIn begins a session. Every way to be wrong has the same answer after the same time, so that nobody learns who has an account
// here or which half was right.
func (r *Registry) SignIn(ctx context.Context, shown Shown, remember bool) (Session, error) {
	who, err := r.prove(ctx, shown)
	if err != nil {
		return Session{}, err
	}
	in, session := r.begin(who, who.person.Roles[0], remember)
	return session, r.spent(ctx, who.attempt, r.store.SignIn(ctx, in))
}

// proved is somebody who has shown to be a person; the proof is yet to be spent.
type proved struct {
	person  models.Person
	proof   models.Proof
	attempt models.Try
}

// prove checks what was shown against the account of the e-mail. What waits for its turn is judged again when that comes: at most
// as many guesses as are hashed at once can overtake the count of the wrong ones before them.
func (r *Registry) prove(ctx context.Context, shown Shown) (proved, error) {
	s, err := r.read(ctx, shown)
	if err != nil {
		return proved{}, err
	}
	if err := r.store.MayTry(ctx, s.attempt); err != nil {
		return proved{}, err
	}
	var who proved
	err = r.hashes.within(ctx, s.computer != "", func() error {
		if err := r.store.MayTry(ctx, s.attempt); err != nil {
			return err
		}
		who, err = r.check(&s)
		return r.spent(ctx, s.attempt, err)
	})
	return who, err
}

// spent counts an attempt that turned out to be wrong.
func (r *Registry) spent(ctx context.Context, attempt models.Try, err error) error {
	if errors.Is(err, models.ErrWrongSignIn) {
		if err := r.store.CountWrong(ctx, attempt); err != nil {
			return err
		}
	}
	return err
}

// showing is what was shown, beside the account that it is to open: the zero Person for somebody unknown, who is treated as anybody
// with a wrong password.
type showing struct {
	Shown
	person   models.Person
	computer models.ComputerID // where the second factor is remembered
	code     string
	recovery bool
	attempt  models.Try
}

func (r *Registry) read(ctx context.Context, shown Shown) (showing, error) {
	s := showing{Shown: shown}
	email, err := models.ParseEmail(shown.Email)
	if err != nil {
		return s, err
	}
	s.person, err = r.store.PersonByIdentity(ctx, models.PasswordIdentity(email))
	if err != nil && !notFound(err) {
		return s, err
	}
	at := r.now()
	if c, remembered := s.person.ComputerOf(r.computerHash(shown.Computer), at); remembered {
		s.computer = c.ID
	} else if s.code, s.recovery, err = neededCode(shown); err != nil {
		return s, err
	}
	s.attempt = r.attempt(email, &s, at)
	return s, nil
}

func neededCode(shown Shown) (code string, recovery bool, err error) {
	if shown.Code == "" {
		return "", false, errCodeNeeded
	}
	return parseCode("code", shown.Code)
}

// check compares, in the same time whoever it is, and answers every way to be wrong alike.
func (r *Registry) check(s *showing) (proved, error) {
	fits, err := r.hashes.fits(s.Password, s.person.Password)
	if err != nil {
		return proved{}, err
	}
	proof, err := r.factor(s)
	if err != nil {
		return proved{}, err
	}
	if !fits || proof == (models.Proof{}) {
		return proved{}, models.ErrWrongSignIn
	}
	proof.Password = s.person.Password
	return proved{person: s.person, proof: proof, attempt: s.attempt}, nil
}

// errCodeNeeded is said before anything is looked at: it depends on the computer alone, and so tells nothing about an account.
var errCodeNeeded = &models.Error{
	Kind: models.Unauthenticated, Code: "code_needed", Detail: "Send the authenticator's code too, or a recovery code.",
}

func notFound(err error) bool {
	e := new(models.Error)
	return errors.As(err, &e) && e.Kind == models.NotFound
}

// attempt names where an attempt counts. A remembered computer counts for itself, so whatever happens elsewhere takes nothing from
// it, and it needs no code that could be guessed. A recovery code cannot be guessed.
func (r *Registry) attempt(email string, s *showing, at time.Time) models.Try {
	if s.computer != "" {
		return models.Try{Place: r.keys.Hash("tries", email, "computer", string(s.computer)), At: at}
	}
	return models.Try{
		Place:   r.keys.Hash("tries", email, "address", s.Address.String()),
		Account: r.keys.Hash("tries", email), Enough: s.recovery || s.NextCode != "", At: at,
	}
}

func (r *Registry) computerHash(token models.Secret) string {
	if len(token) == 0 {
		return ""
	}
	return r.keys.Hash("computer", string(token))
}

// factor finds what of the second factor was shown rightly; nothing gives the zero Proof.
func (r *Registry) factor(s *showing) (models.Proof, error) {
	p := &s.person
	switch {
	case p.Factor == nil:
		return models.Proof{}, nil
	case s.computer != "":
		return models.Proof{Computer: s.computer}, nil
	case s.recovery:
		return recoveryProof(p, r.recoveryHash(p.ID, s.code)), nil
	}
	secret, err := r.keys.Open("totp", string(p.ID), p.Factor.Secret)
	if err != nil {
		return models.Proof{}, err
	}
	return models.Proof{Step: shownStep(secret, s.code, s.NextCode, r.now())}, nil
}

func recoveryProof(p *models.Person, hash string) models.Proof {
	if !slices.Contains(p.Factor.Recovery, hash) {
		return models.Proof{}
	}
	return models.Proof{Recovery: hash}
}

// begin prepares a session in a role.
func (r *Registry) begin(who proved, g models.Grant, remember bool) (models.SigningIn, Session) {
	at := r.now()
	f := models.Family{
		ID: models.NewID[models.FamilyID](r.random), Person: who.person.ID, Acting: g, N: 1,
		StartedAt: at, UsedAt: at, Ends: at.Add(models.SessionLife),
	}
	in := models.SigningIn{Person: who.person.ID, Proof: who.proof, Family: f, Try: who.attempt, At: at}
	session := r.sessionOf(&f)
	if who.proof.Recovery != "" {
		in.Audit = append(in.Audit, r.entry(session.Actor, "recovery_code_used", g, string(who.person.ID)))
	}
	if remember {
		session.Computer = r.token()
		in.Computer = &models.Computer{
			ID: models.NewID[models.ComputerID](r.random), Token: r.computerHash(session.Computer),
			Since: at, UsedAt: at, Expires: at.Add(models.ComputerLife),
		}
		in.Audit = append(in.Audit, r.entry(session.Actor, "computer_remembered", g, string(in.Computer.ID)))
	}
	return in, session
}

// ForgetComputer asks for the second factor again on one of the actor's computers.
func (r *Registry) ForgetComputer(ctx context.Context, who models.Actor, computer models.ComputerID) error {
	return r.store.ForgetComputer(ctx, who.Person, computer, r.entry(who, "computer_forgotten", grant(who), string(computer)))
}

// ChangePassword gives the actor another password; every other session of the person ends.
func (r *Registry) ChangePassword(
	ctx context.Context, who models.Actor, family models.FamilyID, shown Shown, password models.Secret,
) error {
	p, err := r.store.Person(ctx, who.Person)
	if err != nil {
		return err
	}
	if err := parsePassword("new_password", password, p.Email); err != nil {
		return err
	}
	change, err := r.change(ctx, who, family, p.Email, shown, "password_changed")
	if err != nil {
		return err
	}
	if change.Password, err = r.hashes.hash(ctx, password); err != nil {
		return err
	}
	return r.changeSecrets(ctx, change)
}

// change prepares a change of secrets: whoever found a computer open must show both factors again.
func (r *Registry) change(
	ctx context.Context, who models.Actor, family models.FamilyID, email string, shown Shown, action string,
) (models.SecretsChange, error) {
	shown.Email, shown.Computer = email, nil
	proved, err := r.prove(ctx, shown)
	if err != nil {
		return models.SecretsChange{}, err
	}
	return models.SecretsChange{
		Person: who.Person, Family: family, Proof: proved.proof, Try: proved.attempt, At: r.now(),
		Audit: r.entry(who, action, grant(who), string(who.Person)),
	}, nil
}

func (r *Registry) changeSecrets(ctx context.Context, change models.SecretsChange) error {
	return r.spent(ctx, change.Try, r.store.ChangeSecrets(ctx, change))
}

// RenewRecoveryCodes gives the actor ten new recovery codes in the place of what is left of the old ones.
func (r *Registry) RenewRecoveryCodes(
	ctx context.Context, who models.Actor, family models.FamilyID, shown Shown,
) ([]string, error) {
	p, err := r.store.Person(ctx, who.Person)
	if err != nil {
		return nil, err
	}
	change, err := r.change(ctx, who, family, p.Email, shown, "recovery_codes_renewed")
	if err != nil {
		return nil, err
	}
	var codes []string
	codes, change.Recovery = r.newRecoveryCodes(p.ID)
	return codes, r.changeSecrets(ctx, change)
}

// StartEnrolment gives the actor a second factor to put into another authenticator; until it is confirmed the old one holds.
func (r *Registry) StartEnrolment(ctx context.Context, who models.Actor) (*Enrolment, error) {
	p, err := r.store.Person(ctx, who.Person)
	if err != nil {
		return nil, err
	}
	return r.newEnrolment(ownEnrolment(p.ID), p.Email)
}

func ownEnrolment(id models.PersonID) string { return "person/" + string(id) }

// ReplaceSecondFactor takes the enrolment's second factor into use, with ten new recovery codes; remembered computers are forgotten.
func (r *Registry) ReplaceSecondFactor(
	ctx context.Context, who models.Actor, family models.FamilyID, shown Shown, enrolment, code string,
) ([]string, error) {
	p, err := r.store.Person(ctx, who.Person)
	if err != nil {
		return nil, err
	}
	factor, codes, err := r.enrol(p.ID, ownEnrolment(p.ID), enrolment, "new_code", code)
	if err != nil {
		return nil, err
	}
	change, err := r.change(ctx, who, family, p.Email, shown, "second_factor_replaced")
	if err != nil {
		return nil, err
	}
	change.Factor = factor
	return codes, r.changeSecrets(ctx, change)
}
