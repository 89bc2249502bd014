package handlers

import (
	"context"
	"errors"
	"slices"

	"github.com/gofiber/fiber/v2"

	"kaikukortti/models"
)

// people, phones and scanners are what the domain knows of those who ask. It is asked on every request and never remembered,
// so that what has ended is dead at once.
type (
	people interface {
		Acting(ctx context.Context, person models.PersonID, family models.FamilyID, role models.Role, organisation models.OrganisationID) (models.Actor, error)
	}
	phones interface {
		Holding(ctx context.Context, pass models.PassID, phone models.CarrierID) (models.Actor, error)
	}
	scanners interface {
		Scanning(ctx context.Context, scanner models.ScannerID) (models.Actor, error)
	}
)

// guard keeps routes to their roles.
type guard struct {
	tokens   *Tokens
	people   people
	phones   phones
	scanners scanners
	limits   *limiters
}

var errRole = &models.Error{Kind: models.Forbidden, Code: "wrong_role", Detail: "This is for another role than the token's."}

// of is what stands before a route.
func (g *guard) of(roles []models.Role) fiber.Handler {
	if slices.Contains(roles, models.Nobody) {
		return g.anybody
	}
	return g.require(roles)
}

// anybody lets in whoever asks, counted by address.
func (g *guard) anybody(c *fiber.Ctx) error {
	if err := g.limits.checkAddress(c); err != nil {
		return err
	}
	return c.Next()
}

// require lets in who proves one of the roles, counted by who that is. A request that proves nothing counts against its address.
func (g *guard) require(roles []models.Role) fiber.Handler {
	return func(c *fiber.Ctx) error {
		who, session, err := g.identify(c, roles)
		if err != nil {
			return g.turnAway(c, err)
		}
		if err := g.limits.checkActor(who); err != nil {
			return err
		}
		c.Locals(localActor, who)
		c.Locals(localFamily, session)
		return c.Next()
	}
}

// identify finds who a token speaks for. The role is judged before the state, so that a wrong door costs no read.
func (g *guard) identify(c *fiber.Ctx, roles []models.Role) (models.Actor, models.FamilyID, error) {
	raw := bearer(c)
	if raw == "" {
		return models.Actor{}, "", errNoToken
	}
	said, err := g.tokens.read(c.UserContext(), raw)
	if err != nil {
		return models.Actor{}, "", err
	}
	if !allowed(roles, said.Role) {
		return models.Actor{}, "", errRole
	}
	who, err := g.state(c.UserContext(), said)
	return who, said.Family, err
}

// state asks the domain whether what the token says still holds.
func (g *guard) state(ctx context.Context, said claims) (models.Actor, error) {
	switch said.Role {
	case models.HolderRole:
		return g.phones.Holding(ctx, models.PassID(said.Subject), said.Phone)
	case models.ScannerRole:
		return g.scanners.Scanning(ctx, models.ScannerID(said.Subject))
	case models.WorkerRole, models.ManagerRole, models.Coordinator, models.National:
		return g.people.Acting(ctx, models.PersonID(said.Subject), said.Family, said.Role, said.Organisation)
	case models.Nobody, models.AnyPersonRole:
	}
	return models.Actor{}, errBadToken
}

// turnAway counts a request that proved nothing.
func (g *guard) turnAway(c *fiber.Ctx, err error) error {
	if e := new(models.Error); errors.As(err, &e) && e.Kind == models.Unauthenticated {
		if tooMany := g.limits.checkAddress(c); tooMany != nil {
			return tooMany
		}
	}
	return err
}

// allowed says whether a role is among those of a route.
func allowed(roles []models.Role, role models.Role) bool {
	switch role {
	case models.WorkerRole, models.ManagerRole, models.Coordinator, models.National:
		return slices.Contains(roles, role) || slices.Contains(roles, models.AnyPersonRole)
	case models.HolderRole, models.ScannerRole:
		return slices.Contains(roles, role)
	case models.Nobody, models.AnyPersonRole:
	}
	return false
}
