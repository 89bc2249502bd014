package handlers

import (
	"strconv"
	"time"

	"kaikukortti/accounts"
	"kaikukortti/models"

	"github.com/gofiber/fiber/v2"
)

// invitedView is an invitation as whoever gave it sees it. The token is in the answer that made it, and never again: a link is
// "/invitation#" and the token, so that no server on its way logs it.
type invitedView struct {
	ID      models.InvitationID `json:"id"`
	Email   string              `json:"email,omitempty"`
	Role    *roleView           `json:"role,omitempty"`
	Expires time.Time           `json:"expires"`
	Token   secretText          `json:"token,omitempty"`
}

func viewInvited(inv *models.Invitation, token models.Secret) invitedView {
	v := invitedView{ID: inv.ID, Email: inv.Email, Expires: inv.Expires, Token: secretText(token)}
	if inv.Person == "" {
		role := viewRole(inv.Grant)
		v.Role = &role
	}
	return v
}

type invitationsView struct {
	Invitations []invitedView `json:"invitations"`
}

// invite makes one-time links for all of a pasted table, or for none.
func invite(registry *accounts.Registry) fiber.Handler {
	type row struct {
		roleBody
		Email string `json:"email"`
	}
	type request struct {
		Invitations []row `json:"invitations"`
	}
	return func(c *fiber.Ctx) error {
		in, err := body[request](c)
		if err != nil {
			return err
		}
		key, err := idempotent(c)
		if err != nil {
			return err
		}
		all := make([]accounts.Invitee, len(in.Invitations))
		for i, r := range in.Invitations {
			all[i] = accounts.Invitee{Email: r.Email, Role: r.Role, Organisation: r.Organisation, Network: r.Network}
		}
		invited, err := registry.Invite(c.UserContext(), actor(c), all, key)
		if err != nil {
			return err
		}
		views := make([]invitedView, len(invited))
		for i := range invited {
			views[i] = viewInvited(&invited[i].Invitation, invited[i].Token)
		}
		return c.Status(fiber.StatusCreated).JSON(invitationsView{views})
	}
}

// placeOf reads which organisation or network a list is asked for.
func placeOf(c *fiber.Ctx) models.Grant {
	return models.Grant{Organisation: models.OrganisationID(c.Query("organisation")), Network: models.NetworkID(c.Query("network"))}
}

// listInvitations lists the links that nobody used yet.
func listInvitations(registry *accounts.Registry) fiber.Handler {
	return func(c *fiber.Ctx) error {
		open, err := registry.Invitations(c.UserContext(), actor(c), placeOf(c))
		if err != nil {
			return err
		}
		views := make([]invitedView, len(open))
		for i := range open {
			views[i] = viewInvited(&open[i], nil)
		}
		return c.JSON(invitationsView{views})
	}
}

// withdrawInvitation ends a link that nobody used yet.
func withdrawInvitation(registry *accounts.Registry) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if err := registry.WithdrawInvitation(c.UserContext(), actor(c), models.InvitationID(c.Params("id"))); err != nil {
			return err
		}
		return c.SendStatus(fiber.StatusNoContent)
	}
}

// colleagueView is a person as those see one who oversee roles.
type colleagueView struct {
	ID           models.PersonID `json:"id"`
	Name         string          `json:"name"`
	Email        string          `json:"email"`
	Roles        []roleView      `json:"roles"`
	SignedInAt   *time.Time      `json:"signed_in_at,omitempty"`
	SecondFactor bool            `json:"second_factor"`
}

func viewRoles(all []models.Grant) []roleView {
	views := make([]roleView, len(all))
	for i, g := range all {
		views[i] = viewRole(g)
	}
	return views
}

// listPeople lists the people whose roles the actor oversees.
func listPeople(registry *accounts.Registry) fiber.Handler {
	type response struct {
		People []colleagueView `json:"people"`
	}
	return func(c *fiber.Ctx) error {
		all, err := registry.People(c.UserContext(), actor(c), placeOf(c))
		if err != nil {
			return err
		}
		views := make([]colleagueView, len(all))
		for i, p := range all {
			views[i] = colleagueView{
				ID: p.ID, Name: p.Name, Email: p.Email, Roles: viewRoles(p.Roles), SignedInAt: given(p.SignedInAt), SecondFactor: p.SecondFactor,
			}
		}
		return c.JSON(response{views})
	}
}

// resetSecondFactor gives a link with which somebody who lost the authenticator enrols again.
func resetSecondFactor(registry *accounts.Registry) fiber.Handler {
	type request struct {
		Password bool `json:"password"` // it was forgotten too
	}
	return func(c *fiber.Ctx) error {
		in, err := body[request](c)
		if err != nil {
			return err
		}
		key, err := idempotent(c)
		if err != nil {
			return err
		}
		link, err := registry.ResetSecondFactor(c.UserContext(), actor(c), models.PersonID(c.Params("id")), in.Password, key)
		if err != nil {
			return err
		}
		return c.Status(fiber.StatusCreated).JSON(viewInvited(&link.Invitation, link.Token))
	}
}

// endPerson takes the role that is named from a person, or without one all that the actor oversees.
func endPerson(registry *accounts.Registry) fiber.Handler {
	return func(c *fiber.Ctx) error {
		in, err := body[roleBody](c)
		if err != nil {
			return err
		}
		var named *models.Grant
		if in != (roleBody{}) {
			g := in.grant()
			named = &g
		}
		if err := registry.EndRoles(c.UserContext(), actor(c), models.PersonID(c.Params("id")), named); err != nil {
			return err
		}
		return c.SendStatus(fiber.StatusNoContent)
	}
}

// atWorkView is what a person sees of the own account.
type atWorkView struct {
	ID            models.PersonID `json:"id"`
	Name          string          `json:"name"`
	Email         string          `json:"email"`
	Language      string          `json:"language"`
	Acting        roleView        `json:"acting"`
	Roles         []heldView      `json:"roles"`
	Computers     []computerView  `json:"computers"`
	RecoveryCodes int             `json:"recovery_codes_left"`
}

type heldView struct {
	roleView
	OrganisationName models.Text             `json:"organisation_name,omitempty"`
	OrganisationKind models.OrganisationKind `json:"organisation_kind,omitempty"`
	Closed           bool                    `json:"closed,omitempty"`
}

type computerView struct {
	ID      models.ComputerID `json:"id"`
	Since   time.Time         `json:"since"`
	UsedAt  time.Time         `json:"used_at"`
	Expires time.Time         `json:"expires"`
}

// meAtWork shows the own account to a person who works.
func meAtWork(registry *accounts.Registry) fiber.Handler {
	return func(c *fiber.Ctx) error {
		who := actor(c)
		work, err := registry.AtWork(c.UserContext(), who)
		if err != nil {
			return err
		}
		p := &work.Person
		v := atWorkView{
			ID: p.ID, Name: p.Name, Email: p.Email, Language: p.Language, RecoveryCodes: work.RecoveryLeft,
			Acting: roleView{Role: who.Role, Organisation: who.Organisation, Network: who.Network},
			Roles:  make([]heldView, len(p.Roles)), Computers: make([]computerView, len(p.Computers)),
		}
		for i, g := range p.Roles {
			o := work.Places[g.Organisation]
			v.Roles[i] = heldView{roleView: viewRole(g), OrganisationName: o.Name, OrganisationKind: o.Kind, Closed: !o.ClosedAt.IsZero()}
		}
		for i, k := range p.Computers {
			v.Computers[i] = computerView{ID: k.ID, Since: k.Since, UsedAt: k.UsedAt, Expires: k.Expires}
		}
		return c.JSON(v)
	}
}

// forgetComputer asks for the second factor again on one of the own computers.
func forgetComputer(registry *accounts.Registry) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if err := registry.ForgetComputer(c.UserContext(), actor(c), models.ComputerID(c.Params("id"))); err != nil {
			return err
		}
		return c.SendStatus(fiber.StatusNoContent)
	}
}

// changePassword changes the own password; every other session of the person ends.
func changePassword(registry *accounts.Registry) fiber.Handler {
	type request struct {
		proofBody
		NewPassword secretText `json:"new_password"`
	}
	return func(c *fiber.Ctx) error {
		in, err := body[request](c)
		if err != nil {
			return err
		}
		if err := registry.ChangePassword(c.UserContext(), actor(c), family(c), in.shown(c), models.Secret(in.NewPassword)); err != nil {
			return err
		}
		return c.SendStatus(fiber.StatusNoContent)
	}
}

type recoveryCodesView struct {
	RecoveryCodes []secretText `json:"recovery_codes"`
}

// renewRecoveryCodes gives ten new recovery codes, once.
func renewRecoveryCodes(registry *accounts.Registry) fiber.Handler {
	return func(c *fiber.Ctx) error {
		in, err := body[proofBody](c)
		if err != nil {
			return err
		}
		codes, err := registry.RenewRecoveryCodes(c.UserContext(), actor(c), family(c), in.shown(c))
		if err != nil {
			return err
		}
		return c.JSON(recoveryCodesView{secretTexts(codes)})
	}
}

// startEnrolment gives a second factor to put into another authenticator.
func startEnrolment(registry *accounts.Registry) fiber.Handler {
	return func(c *fiber.Ctx) error {
		e, err := registry.StartEnrolment(c.UserContext(), actor(c))
		if err != nil {
			return err
		}
		return c.JSON(viewEnrolment(e))
	}
}

// replaceSecondFactor takes the other authenticator into use, with new recovery codes.
func replaceSecondFactor(registry *accounts.Registry) fiber.Handler {
	type request struct {
		proofBody
		Enrolment secretText `json:"enrolment"`
		NewCode   secretText `json:"new_code"`
	}
	return func(c *fiber.Ctx) error {
		in, err := body[request](c)
		if err != nil {
			return err
		}
		codes, err := registry.ReplaceSecondFactor(
			c.UserContext(), actor(c), family(c), in.shown(c), string(in.Enrolment), string(in.NewCode))
		if err != nil {
			return err
		}
		return c.JSON(recoveryCodesView{secretTexts(codes)})
	}
}

// auditView is one row of the audit log. It names people who work, and a pass by its random id alone.
type auditView struct {
	ID           models.AuditID         `json:"id"`
	At           time.Time              `json:"at"`
	By           string                 `json:"by"`
	Person       models.PersonID        `json:"person,omitempty"`
	PersonName   string                 `json:"person_name,omitempty"`
	Organisation models.OrganisationID  `json:"organisation,omitempty"`
	Network      models.NetworkID       `json:"network,omitempty"`
	Action       string                 `json:"action"`
	Pass         models.PassID          `json:"pass,omitempty"`
	Subject      string                 `json:"subject,omitempty"`
	Reason       models.ReasonForChange `json:"reason,omitempty"`
}

func viewAudit(e *models.AuditEntry, names map[models.PersonID]string) auditView {
	return auditView{
		ID: e.ID, At: e.At, By: e.By, Person: e.Person, PersonName: names[e.Person], Organisation: e.Organisation, Network: e.Network,
		Action: e.Action, Pass: e.Pass, Subject: e.Subject, Reason: e.Reason,
	}
}

// auditLog shows the audit log, the newest first; next, if it is there, is the before of the page after this one.
func auditLog(registry *accounts.Registry) fiber.Handler {
	type response struct {
		Rows []auditView `json:"rows"`
		Next *time.Time  `json:"next,omitempty"`
	}
	return func(c *fiber.Ctx) error {
		filter, err := auditFilter(c)
		if err != nil {
			return err
		}
		page, err := registry.AuditLog(c.UserContext(), actor(c), filter)
		if err != nil {
			return err
		}
		views := make([]auditView, len(page.Rows))
		for i := range page.Rows {
			views[i] = viewAudit(&page.Rows[i], page.Names)
		}
		return c.JSON(response{views, given(page.Next)})
	}
}

func auditFilter(c *fiber.Ctx) (accounts.AuditFilter, error) {
	f := accounts.AuditFilter{Pass: models.PassID(c.Query("pass")), Limit: accounts.AuditPageRows}
	err := onlyQueries(c, "pass", "mine", "before", "limit")
	if err != nil {
		return f, err
	}
	if mine := c.Query("mine"); mine != "" {
		if f.Mine, err = strconv.ParseBool(mine); err != nil {
			return f, models.BadField("mine", "Say true or false.")
		}
	}
	if before := c.Query("before"); before != "" {
		if f.Before, err = time.Parse(time.RFC3339, before); err != nil {
			return f, models.BadField("before", "Give the next of the page before this one.")
		}
	}
	if limit := c.Query("limit"); limit != "" {
		if f.Limit, err = strconv.Atoi(limit); err != nil {
			return f, models.BadField("limit", "Give a number of rows.")
		}
	}
	return f, nil
}
