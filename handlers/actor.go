package handlers

import (
	"github.com/gofiber/fiber/v2"

	"kaikukortti/models"
)

// local is the type of the keys under which a request carries what middleware found out.
type local int

const (
	localActor local = iota
	localRequestID
	localAddress
	localFamily
)

// actor is who asks, as require found when the request came in; on a route for nobody it is the zero Actor.
func actor(c *fiber.Ctx) models.Actor {
	a, _ := c.Locals(localActor).(models.Actor)
	return a
}

// asks names the actor where a limit or an idempotency key belongs to one: the device, scanner or person that asks.
func asks(a models.Actor) string {
	switch a.Role {
	case models.HolderRole:
		return "device:" + string(a.Phone)
	case models.ScannerRole:
		return "scanner:" + string(a.Scanner)
	case models.WorkerRole, models.ManagerRole, models.Coordinator, models.National, models.AnyPersonRole:
		return "person:" + string(a.Person)
	case models.Nobody:
	}
	return "nobody"
}

// family is the session of the person who asks.
func family(c *fiber.Ctx) models.FamilyID {
	id, _ := c.Locals(localFamily).(models.FamilyID)
	return id
}

// requestID is the id under which the request stands in the log; problems show it.
func requestID(c *fiber.Ctx) string {
	id, _ := c.Locals(localRequestID).(string)
	return id
}
