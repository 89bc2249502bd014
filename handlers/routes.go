package handlers

import (
	"context"
	"net/http"

	"github.com/gofiber/fiber/v2"

	"kaikukortti/models"
	"kaikukortti/passes"
)

// Domain is what the routes ask.
type Domain struct {
	Doors     *passes.Doors
	Keyring   signing
	Registry  people
	Desk      phones
	Directory scanners
}

// A route is a method, a path, and the roles that may ask; Nobody needs no proof.
type route struct {
	method string
	path   string
	roles  []models.Role
	chain  []fiber.Handler
}

// Where load balancers ask.
const (
	pathAlive = "/healthz"
	pathReady = "/readyz"
)

// roles is who may ask a route.
func roles(all ...models.Role) []models.Role { return all }

// routes is every route of the server, with the roles that may ask it.
func routes(d Domain, o Outside) []route {
	nobody := roles(models.Nobody)
	scanner := roles(models.ScannerRole)
	manager := roles(models.ManagerRole)

	return []route{
		get(pathAlive, nobody, healthz),
		get(pathReady, nobody, readyz(o.Ready)),

		get("/v1/venue/bundle", scanner, bundle(d.Doors)),
		post("/v1/scans", scanner, scan(d.Doors)),
		post("/v1/scans/uploads", scanner, uploadScans(d.Doors)),
		put("/v1/scans/:id/party", scanner, changeParty(d.Doors)),
		remove("/v1/scans/:id", scanner, undoScan(d.Doors)),
		get("/v1/conflicts", manager, listConflicts(d.Doors)),
		post("/v1/conflicts/:id/seen", manager, seeConflict(d.Doors)),
	}
}

func get(path string, roles []models.Role, chain ...fiber.Handler) route {
	return route{http.MethodGet, path, roles, chain}
}

func post(path string, roles []models.Role, chain ...fiber.Handler) route {
	return route{http.MethodPost, path, roles, chain}
}

func put(path string, roles []models.Role, chain ...fiber.Handler) route {
	return route{http.MethodPut, path, roles, chain}
}

func remove(path string, roles []models.Role, chain ...fiber.Handler) route {
	return route{http.MethodDelete, path, roles, chain}
}

func healthz(c *fiber.Ctx) error { return c.JSON(fiber.Map{"status": "ok"}) }

// readyz says whether the server can answer: load balancers send nobody where it cannot.
func readyz(ready func(context.Context) error) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if err := ready(c.UserContext()); err != nil {
			return &models.Error{Kind: models.Unavailable, Code: "unavailable", Detail: "The store cannot answer now.", RetryAfter: 2}
		}
		return c.JSON(fiber.Map{"status": "ready"})
	}
}
