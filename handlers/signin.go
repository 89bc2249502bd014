package handlers

import (
	"log/slog"
	"time"

	"kaikukortti/accounts"
	"kaikukortti/models"

	"github.com/gofiber/fiber/v2"
)

// secretText is a field that only its sender and receiver may read. JSON carries it; logs and formatted text do not.
type secretText string

func (secretText) LogValue() slog.Value { return slog.StringValue("[secret]") }
func (secretText) String() string       { return "[secret]" }
func (secretText) GoString() string     { return "secretText(…)" }

// cookies is how the cookies of people who work are kept: out of reach of scripts and of other sites, and sent nowhere but where
// they are read. The suffix keeps servers on several ports of one host apart.
type cookies struct {
	suffix string
	secure bool
}

const (
	refreshCookie  = "kaiku_refresh"
	refreshPath    = "/v1/session"
	computerCookie = "kaiku_computer"
	computerPath   = "/v1/sign-in"
)

func (k cookies) set(c *fiber.Ctx, name, path string, value models.Secret, expires time.Time) {
	c.Cookie(&fiber.Cookie{
		Name: name + k.suffix, Value: string(value), Path: path, Expires: expires,
		HTTPOnly: true, Secure: k.secure, SameSite: fiber.CookieSameSiteStrictMode,
	})
}

func (k cookies) get(c *fiber.Ctx, name string) models.Secret {
	return models.Secret(c.Cookies(name + k.suffix))
}

func (k cookies) dropSession(c *fiber.Ctx) {
	k.set(c, refreshCookie, refreshPath, nil, time.Unix(1, 0))
}

// roleView is a role and where it is held.
type roleView struct {
	Role         models.Role           `json:"role"`
	Organisation models.OrganisationID `json:"organisation,omitempty"`
	Network      models.NetworkID      `json:"network,omitempty"`
}

func viewRole(g models.Grant) roleView {
	return roleView{Role: g.Role, Organisation: g.Organisation, Network: g.Network}
}

// roleBody names a role; an organisation's network need not be named.
type roleBody struct {
	Role         models.Role           `json:"role"`
	Organisation models.OrganisationID `json:"organisation"`
	Network      models.NetworkID      `json:"network"`
}

func (b roleBody) grant() models.Grant {
	return models.Grant{Role: b.Role, Organisation: b.Organisation, Network: b.Network}
}

// signedInView is the answer to whoever signed in or goes on: the access token, and the role in which it acts. Recovery codes are in
// it where a second factor was enrolled, once.
type signedInView struct {
	accessToken
	Acting        roleView     `json:"acting"`
	Ends          time.Time    `json:"session_ends"`
	RecoveryCodes []secretText `json:"recovery_codes,omitempty"`
}

// front is where sessions begin: the registry, the tokens that it leads to, and the cookies that keep it going.
type front struct {
	registry *accounts.Registry
	tokens   *Tokens
	cookies  cookies
}

// answer gives the session its cookies and its access token.
func (f front) answer(c *fiber.Ctx, s accounts.Session, recovery []string) error {
	minted, err := f.tokens.mint(c.UserContext(), s.Actor, s.Family)
	if err != nil {
		return err
	}
	f.cookies.set(c, refreshCookie, refreshPath, s.Refresh, s.Ends)
	if len(s.Computer) > 0 {
		f.cookies.set(c, computerCookie, computerPath, s.Computer, minted.Now.Add(models.ComputerLife))
	}
	acting := roleView{Role: s.Actor.Role, Organisation: s.Actor.Organisation, Network: s.Actor.Network}
	return c.JSON(signedInView{accessToken: minted, Acting: acting, Ends: s.Ends, RecoveryCodes: secretTexts(recovery)})
}

func secretTexts(all []string) []secretText {
	texts := make([]secretText, len(all))
	for i, s := range all {
		texts[i] = secretText(s)
	}
	return texts
}

// proofBody is what somebody shows to be a person.
type proofBody struct {
	Password secretText `json:"password"`
	Code     secretText `json:"code"`
	NextCode secretText `json:"next_code"`
}

func (b proofBody) shown(c *fiber.Ctx) accounts.Shown {
	return accounts.Shown{
		Password: models.Secret(b.Password), Code: string(b.Code), NextCode: string(b.NextCode), Address: clientAddress(c),
	}
}

// signIn begins a session with a password and a second factor. On a remembered computer the password is enough.
func signIn(f front) fiber.Handler {
	type request struct {
		proofBody
		Email    string `json:"email"`
		Remember bool   `json:"remember"`
	}
	return func(c *fiber.Ctx) error {
		in, err := body[request](c)
		if err != nil {
			return err
		}
		shown := in.shown(c)
		shown.Email, shown.Computer = in.Email, f.cookies.get(c, computerCookie)
		session, err := f.registry.SignIn(c.UserContext(), shown, in.Remember)
		if err != nil {
			return err
		}
		return f.answer(c, session, nil)
	}
}

// refreshSession gives the next access token for the cookie, and the cookie's successor.
func refreshSession(f front) fiber.Handler {
	return func(c *fiber.Ctx) error {
		session, err := f.registry.Refresh(c.UserContext(), f.cookies.get(c, refreshCookie))
		if err != nil {
			return err
		}
		return f.answer(c, session, nil)
	}
}

// switchRole is refreshSession into another of the person's roles.
func switchRole(f front) fiber.Handler {
	return func(c *fiber.Ctx) error {
		in, err := body[roleBody](c)
		if err != nil {
			return err
		}
		session, err := f.registry.SwitchRole(c.UserContext(), f.cookies.get(c, refreshCookie), in.grant())
		if err != nil {
			return err
		}
		return f.answer(c, session, nil)
	}
}

// endSession signs out here; signing out again changes nothing.
func endSession(f front) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if err := f.registry.EndSession(c.UserContext(), f.cookies.get(c, refreshCookie)); err != nil {
			return err
		}
		f.cookies.dropSession(c)
		return c.SendStatus(fiber.StatusNoContent)
	}
}

// endAllSessions signs the person out everywhere.
func endAllSessions(f front) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if err := f.registry.EndSessions(c.UserContext(), actor(c)); err != nil {
			return err
		}
		f.cookies.dropSession(c)
		return c.SendStatus(fiber.StatusNoContent)
	}
}

// lookAtInvitation says what a link gives and what it needs; it uses nothing up.
func lookAtInvitation(registry *accounts.Registry) fiber.Handler {
	type request struct {
		Token secretText `json:"token"`
	}
	return func(c *fiber.Ctx) error {
		in, err := body[request](c)
		if err != nil {
			return err
		}
		look, err := registry.LookAt(c.UserContext(), models.Secret(in.Token))
		if err != nil {
			return err
		}
		return c.JSON(viewLook(look))
	}
}

// enrolmentView is a second factor for an authenticator; sealed comes back with the first code, as enrolment.
type enrolmentView struct {
	Secret secretText `json:"secret"`
	URI    secretText `json:"uri"`
	Sealed secretText `json:"enrolment"`
}

func viewEnrolment(e *accounts.Enrolment) *enrolmentView {
	if e == nil {
		return nil
	}
	return &enrolmentView{Secret: secretText(e.Base32()), URI: secretText(e.URI()), Sealed: secretText(e.Sealed)}
}

// lookView is what a link says.
type lookView struct {
	Email            string         `json:"email"`
	Role             *roleView      `json:"role,omitempty"`
	OrganisationName models.Text    `json:"organisation_name,omitempty"`
	Expires          time.Time      `json:"expires"`
	Needs            accounts.Needs `json:"needs"`
	SecondFactor     *enrolmentView `json:"second_factor,omitempty"`
}

func viewLook(l accounts.Look) lookView {
	v := lookView{
		Email: l.Invitation.Email, Expires: l.Invitation.Expires, Needs: l.Needs, SecondFactor: viewEnrolment(l.Enrolment),
	}
	if l.Invitation.Person == "" {
		role := viewRole(l.Invitation.Grant)
		v.Role = &role
	}
	if l.Organisation != nil {
		v.OrganisationName = l.Organisation.Name
	}
	return v
}

// acceptInvitation uses up a link and begins a session.
func acceptInvitation(f front) fiber.Handler {
	type request struct {
		proofBody
		Token     secretText `json:"token"`
		Name      string     `json:"name"`
		Language  string     `json:"language"`
		Enrolment secretText `json:"enrolment"`
		Remember  bool       `json:"remember"`
	}
	return func(c *fiber.Ctx) error {
		in, err := body[request](c)
		if err != nil {
			return err
		}
		session, recovery, err := f.registry.Accept(c.UserContext(), accounts.Acceptance{
			Token: models.Secret(in.Token), Name: in.Name, Language: in.Language, Password: models.Secret(in.Password),
			Enrolment: string(in.Enrolment), Code: string(in.Code), NextCode: string(in.NextCode), Remember: in.Remember,
			Address: clientAddress(c),
		})
		if err != nil {
			return err
		}
		return f.answer(c, session, recovery)
	}
}
