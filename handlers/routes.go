package handlers

import (
	"context"
	"net/http"

	"github.com/gofiber/fiber/v2"

	"kaikukortti/accounts"
	"kaikukortti/models"
	"kaikukortti/notifications"
	"kaikukortti/offers"
	"kaikukortti/passes"
)

// Domain is what the routes ask.
type Domain struct {
	Desk      *passes.Desk
	Doors     *passes.Doors
	Keyring   *passes.Keyring
	Registry  *accounts.Registry
	Directory *accounts.Directory
	Programme *offers.Programme
	Inbox     *notifications.Inbox
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

// routes is every route of the server, with the roles that may ask it: the app's files, and the API.
func routes(d Domain, f front, p *prover, l *limiters, o Outside) []route {
	nobody := roles(models.Nobody)
	holder := roles(models.HolderRole)
	worker := roles(models.WorkerRole)
	scanner := roles(models.ScannerRole)
	manager := roles(models.ManagerRole)
	coordinator := roles(models.Coordinator, models.National)
	national := roles(models.National)
	overseer := roles(models.ManagerRole, models.Coordinator, models.National)
	person := roles(models.AnyPersonRole)

	return append(appRoutes(o.App), []route{
		get(pathAlive, nobody, healthz),
		get(pathReady, nobody, readyz(o.Ready)),

		// Phones and scanners begin here.
		get("/v1/issuer-keys", nobody, issuerKeys(d.Keyring)),
		post("/v1/activations", nobody, l.each("code"), activate(d.Desk)),
		post("/v1/activation-requests", nobody, openRequest(d.Desk)),
		get("/v1/activation-requests/:id", nobody, readRequest(d.Desk)),
		post("/v1/recoveries", nobody, l.each("pass_number"), recoverPass(d.Desk)),
		post("/v1/token", nobody, token(p, f.tokens, l)),
		post("/v1/scanner-enrolments", nobody, l.each("code"), enrolScanner(d.Directory)),
		get("/v1/networks", nobody, listNetworks(d.Directory, o.Now)),

		// People who work begin here.
		post("/v1/sign-in", nobody, signIn(f)),
		post("/v1/session/refresh", nobody, refreshSession(f)), // the cookie is the proof
		post("/v1/session/role", nobody, switchRole(f)),
		post("/v1/session/end", nobody, endSession(f)),
		post("/v1/session/end-all", person, endAllSessions(f)),
		post("/v1/invitations/look", nobody, l.each("token"), lookAtInvitation(d.Registry)),
		post("/v1/invitations/accept", nobody, l.each("token"), acceptInvitation(f)),

		// A holder.
		get("/v1/me", holder, readMe(d.Desk)),
		remove("/v1/me", holder, eraseMe(d.Desk)),
		post("/v1/me/credential", holder, credential(d.Desk)),
		post("/v1/me/spoken-code", holder, spokenCode(d.Desk)),
		post("/v1/me/recovery-code", holder, newRecoveryCode(d.Desk)),
		post("/v1/me/renewal-request", holder, askToRenew(d.Desk)),
		put("/v1/me/language", holder, changeLanguage(d.Desk)),
		get("/v1/me/notices", holder, listNotices(d.Inbox)),
		post("/v1/me/notices/:id/read", holder, readNotice(d.Inbox)),
		put("/v1/me/push", holder, setPush(d.Inbox)),
		remove("/v1/me/push", holder, removePush(d.Inbox)),
		get("/v1/me/reservations", holder, myReservations(d.Programme)),
		post("/v1/me/reservations", holder, reserve(d.Programme)),
		remove("/v1/me/reservations/:id", holder, cancelReservation(d.Programme)),

		// A worker.
		get("/v1/passes", worker, findPasses(d.Desk)),
		post("/v1/passes", worker, issuePass(d.Desk)),
		get("/v1/passes/:id", worker, readPass(d.Desk)),
		post("/v1/passes/:id/reservations", worker, reserveForPass(d.Programme)),
		remove("/v1/passes/:id/reservations/:reservation", worker, cancelForPass(d.Programme)),
		post("/v1/passes/:id/:action", worker, changePass(d.Desk)), // after the routes that are longer

		// A scanner.
		get("/v1/venue/bundle", scanner, bundle(d.Doors)),
		get("/v1/venue/today", scanner, venueToday(d.Programme)),
		post("/v1/scans", scanner, scan(d.Doors)),
		post("/v1/scans/uploads", scanner, uploadScans(d.Doors)),
		put("/v1/scans/:id/party", scanner, changeParty(d.Doors)),
		remove("/v1/scans/:id", scanner, undoScan(d.Doors)),

		// A manager.
		get("/v1/door", manager, doorToday(d.Programme)),
		get("/v1/conflicts", manager, listConflicts(d.Doors)),
		post("/v1/conflicts/:id/seen", manager, seeConflict(d.Doors)),
		get("/v1/scanners", manager, listScanners(d.Directory, o.Now)),
		post("/v1/scanners", manager, addScanner(d.Directory, o.Now)),
		remove("/v1/scanners/:id", manager, removeScanner(d.Directory)),
		get("/v1/offers", manager, listOffers(d.Programme)),
		post("/v1/offers", manager, createOffer(d.Programme)),
		get("/v1/offers/:id", manager, readOffer(d.Programme)),
		put("/v1/offers/:id", manager, describeOffer(d.Programme)),
		post("/v1/offers/:id/close", manager, closeOffer(d.Programme)),
		post("/v1/offers/:id/sessions", manager, createSession(d.Programme)),
		put("/v1/sessions/:id/seats", manager, changeSeats(d.Programme)),
		post("/v1/sessions/:id/cancel", manager, cancelSession(d.Programme)),
		post("/v1/reservations", manager, reserveByPaper(d.Programme)),
		remove("/v1/reservations/:id", manager, cancelHere(d.Programme)),

		// Those who run networks.
		get("/v1/organisations", coordinator, listOrganisations(d.Directory)),
		post("/v1/organisations", coordinator, createOrganisation(d.Directory)),
		post("/v1/organisations/:id/close", coordinator, closeOrganisation(d.Directory)),
		put("/v1/networks/:id/rules", coordinator, setRules(d.Directory, o.Now)),
		post("/v1/networks", national, createNetwork(d.Directory, o.Now)),
		put("/v1/networks/:id/last-day", national, extendPilot(d.Directory, o.Now)),

		// Those who oversee people, and everybody about themselves.
		get("/v1/invitations", overseer, listInvitations(d.Registry)),
		post("/v1/invitations", overseer, invite(d.Registry)),
		remove("/v1/invitations/:id", overseer, withdrawInvitation(d.Registry)),
		get("/v1/people", overseer, listPeople(d.Registry)),
		post("/v1/people/:id/reset-second-factor", overseer, resetSecondFactor(d.Registry)),
		post("/v1/people/:id/end", overseer, endPerson(d.Registry)),
		get("/v1/me-at-work", person, meAtWork(d.Registry)),
		post("/v1/me-at-work/password", person, changePassword(d.Registry)),
		post("/v1/me-at-work/recovery-codes", person, renewRecoveryCodes(d.Registry)),
		post("/v1/me-at-work/enrolment", person, startEnrolment(d.Registry)),
		put("/v1/me-at-work/second-factor", person, replaceSecondFactor(d.Registry)),
		remove("/v1/me-at-work/computers/:id", person, forgetComputer(d.Registry)),
		get("/v1/audit", person, auditLog(d.Registry)),
	}...)
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
