package handlers

import (
	"crypto/rand"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"kaikukortti/models"
)

// cast is somebody of every role.
type cast struct {
	*world
	worker, manager, coordinator *member
	phone, scanner               *device
}

func newCast(t *testing.T) *cast {
	t.Helper()
	c := &cast{world: newWorld(t)}
	c.worker, c.manager = c.world.worker(), c.world.manager()
	c.coordinator = c.hire(models.Coordinator, "", c.espoo)
	c.phone, c.scanner = c.world.phone(c.worker), c.scannerOf(c.manager)
	return c
}

// tokens is everybody's token, by role; nobody has none.
func (c *cast) tokens() map[models.Role]string {
	return map[models.Role]string{
		models.Nobody: "", models.HolderRole: c.phone.token, models.ScannerRole: c.scanner.token, models.WorkerRole: c.worker.token,
		models.ManagerRole: c.manager.token, models.Coordinator: c.coordinator.token, models.National: c.boss.token,
	}
}

// last are the routes that end what asks them.
var last = []string{"DELETE /v1/me", "POST /v1/session/end-all"}

// concrete is a route's path with something in the place of its parameters.
func concrete(path string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		switch {
		case p == ":action":
			parts[i] = "suspend"
		case strings.HasPrefix(p, ":"):
			parts[i] = "aaaaaaaaaaaaaaaaaaaaaaaaaa"
		}
	}
	return strings.Join(parts, "/")
}

// Promise 7: every route × every role.
func TestPromise7EveryRouteIsForItsRolesAlone(t *testing.T) {
	t.Parallel()
	c := newCast(t)
	all := apiRoutes(t)
	slices.SortStableFunc(all, func(a, b route) int { return c.rank(&a) - c.rank(&b) })
	for _, r := range all {
		for _, role := range slices.Sorted(maps.Keys(c.tokens())) {
			a := c.do(r.method, concrete(r.path), c.tokens()[role], nil)
			open := slices.Contains(r.roles, models.Nobody)
			got := map[bool]string{true: "lets in", false: "turns away"}
			lets := a.code() != "wrong_role" && a.code() != "not_signed_in" && a.code() != "no_such_route"
			if want := open || allowed(r.roles, role); lets != want {
				t.Errorf("%s %s %s a %q: %d %s", r.method, r.path, got[lets], role, a.status, a.raw)
			}
			if !lets && (a.status == http.StatusUnauthorized) != (role == models.Nobody) {
				t.Errorf("%s %s answers a %q with %d", r.method, r.path, role, a.status)
			}
			if a.status == http.StatusInternalServerError {
				t.Errorf("%s %s fails for a %q: %s", r.method, r.path, role, c.log)
			}
		}
	}
}

func (c *cast) rank(r *route) int { return slices.Index(last, r.method+" "+r.path) }

// Promise 7: what belongs to others is not there.
func TestPromise7WhatBelongsToOthersIsNotThere(t *testing.T) {
	t.Parallel()
	c := newCast(t)
	session := c.session(c.manager)
	offers := c.ok(200, c.do("GET", "/v1/offers", c.manager.token, nil))
	offer := first(t, offers, "offers").text("id")
	scanner := first(t, c.ok(200, c.do("GET", "/v1/scanners", c.manager.token, nil)), "scanners").text("id")
	scanID := rand.Text()
	c.ok(200, c.do("POST", "/v1/scans", c.scanner.token, object{
		"scan_id": scanID, "session": session, "code": c.shows(c.phone), "party": object{}, "scanned_at": c.clock.now(),
	}))
	evening := c.ok(201, c.do("POST", "/v1/offers/"+offer+"/sessions", c.manager.token, object{
		"start": c.clock.now().AddDate(0, 0, 2), "end": c.clock.now().AddDate(0, 0, 2).Add(7200e9), "seats": 5,
	})).text("id")
	reserved := c.ok(201, c.do("POST", "/v1/me/reservations", c.phone.token, object{"session": evening, "party": object{}})).text("id")
	pass := string(c.phone.pass)

	stranger := c.hire(models.WorkerRole, c.other, "")
	neighbor := c.hire(models.ManagerRole, c.museum, "")
	far := c.hire(models.Coordinator, "", c.kainuu)
	otherPhone := c.world.phone(stranger)
	otherScanner := c.scannerOf(neighbor)

	type attempt struct {
		method, path, token string
		in                  any
	}
	attempts := map[string]attempt{
		"another distributor reads a pass":           {"GET", "/v1/passes/" + pass, stranger.token, nil},
		"another distributor reserves":               {"POST", "/v1/passes/" + pass + "/reservations", stranger.token, object{"session": evening, "party": object{}}},
		"another distributor cancels":                {"DELETE", "/v1/passes/" + pass + "/reservations/" + reserved, stranger.token, nil},
		"a pass is named with another's reservation": {"DELETE", "/v1/passes/" + string(otherPhone.pass) + "/reservations/" + reserved, stranger.token, nil},
		"another holder cancels":                     {"DELETE", "/v1/me/reservations/" + reserved, otherPhone.token, nil},
		"another venue cancels a reservation":        {"DELETE", "/v1/reservations/" + reserved, neighbor.token, nil},
		"another venue reads an offer":               {"GET", "/v1/offers/" + offer, neighbor.token, nil},
		"another venue describes an offer":           {"PUT", "/v1/offers/" + offer, neighbor.token, object{"title": object{"fi": "Oma"}, "walk_ins": true}},
		"another venue closes an offer":              {"POST", "/v1/offers/" + offer + "/close", neighbor.token, nil},
		"another venue adds a session":               {"POST", "/v1/offers/" + offer + "/sessions", neighbor.token, object{"start": c.clock.now(), "end": c.clock.now().Add(3600e9), "seats": 1}},
		"another venue changes the seats":            {"PUT", "/v1/sessions/" + evening + "/seats", neighbor.token, object{"seats": 1}},
		"another venue cancels a session":            {"POST", "/v1/sessions/" + evening + "/cancel", neighbor.token, nil},
		"another venue removes a scanner":            {"DELETE", "/v1/scanners/" + scanner, neighbor.token, nil},
		"another venue scans for a session":          {"POST", "/v1/scans", otherScanner.token, object{"scan_id": rand.Text(), "session": session, "code": c.shows(otherPhone), "party": object{}, "scanned_at": c.clock.now()}},
		"another scanner undoes a scan":              {"DELETE", "/v1/scans/" + scanID, otherScanner.token, nil},
		"another scanner corrects a party":           {"PUT", "/v1/scans/" + scanID + "/party", otherScanner.token, object{"children": 2}},
		"another coordinator closes an organisation": {"POST", "/v1/organisations/" + string(c.museum) + "/close", far.token, object{}},
		"another coordinator adds an organisation":   {"POST", "/v1/organisations", far.token, object{"network": c.espoo, "kind": "venue", "name": object{"fi": "Oma"}, "sector": "culture"}},
		"another coordinator sets rules":             {"PUT", "/v1/networks/espoo/rules", far.token, object{"from": "2026-12-01", "rules": asObject(models.DefaultRules())}},
		"another coordinator invites":                {"POST", "/v1/invitations", far.token, invitationTo("worker", c.distributor)},
		"a manager invites to another venue":         {"POST", "/v1/invitations", neighbor.token, invitationTo("manager", c.theatre)},
		"a coordinator makes a national":             {"POST", "/v1/invitations", c.coordinator.token, invitationTo("national", "")},
		"another coordinator ends a person":          {"POST", "/v1/people/" + c.idOf(c.worker) + "/end", far.token, object{}},
		"another manager resets a second factor":     {"POST", "/v1/people/" + c.idOf(c.manager) + "/reset-second-factor", neighbor.token, object{}},
	}
	for action := range passActions {
		in := any(object{})
		switch action {
		case "bind":
			in = object{"digits": "12345678"}
		case "renew":
			in = object{"last": "2027-11-22"}
		case "suspend", "revoke":
			in = object{"reason": "misuse"}
		case "correct":
			in = object{"children": 3}
		}
		attempts["another distributor does "+action] = attempt{"POST", "/v1/passes/" + pass + "/" + action, stranger.token, in}
	}
	before := c.ok(200, c.do("GET", "/v1/passes/"+pass, c.worker.token, nil))
	for name, a := range attempts {
		got := c.do(a.method, a.path, a.token, a.in)
		if got.status != http.StatusNotFound && got.status != http.StatusForbidden && !wrongDigits(got) {
			t.Errorf("%s: %d %s", name, got.status, got.raw)
		}
	}
	after := c.ok(200, c.do("GET", "/v1/passes/"+pass, c.worker.token, nil))
	if string(before.raw) != string(after.raw) {
		t.Errorf("the pass was %s and is %s", before.raw, after.raw)
	}
	if list := c.ok(200, c.do("GET", "/v1/passes", stranger.token, nil)); strings.Contains(string(list.raw), pass) {
		t.Errorf("another distributor's list shows the pass: %s", list.raw)
	}
	for path, token := range map[string]string{"/v1/offers": neighbor.token, "/v1/scanners": neighbor.token, "/v1/door": neighbor.token, "/v1/venue/today": otherScanner.token} {
		if list := c.ok(200, c.do("GET", path, token, nil)); strings.Contains(string(list.raw), offer) || strings.Contains(string(list.raw), scanner) {
			t.Errorf("%s shows what is another venue's: %s", path, list.raw)
		}
	}
	if people := c.ok(200, c.do("GET", "/v1/people", far.token, nil)); strings.Contains(string(people.raw), c.worker.email) {
		t.Errorf("another coordinator's list shows the worker: %s", people.raw)
	}
}

func wrongDigits(a answer) bool { return strings.HasPrefix(a.code(), "wrong_digits") }

func invitationTo(role string, at models.OrganisationID) object {
	row := object{"email": "somebody@work.example", "role": role}
	if at != "" {
		row["organisation"] = at
	}
	return object{"invitations": []any{row}}
}

// first is the first of a list in an answer.
func first(t *testing.T, a answer, list string) answer {
	t.Helper()
	all, _ := a.doc[list].([]any)
	if len(all) == 0 {
		t.Fatalf("no %s in %s", list, a.raw)
	}
	doc, _ := all[0].(map[string]any)
	return answer{doc: doc}
}

// idOf is a person's id.
func (w *world) idOf(m *member) string {
	w.t.Helper()
	return w.ok(200, w.do("GET", "/v1/me-at-work", m.token, nil)).text("id")
}

// An unknown pass, another distributor's and one that was erased answer alike: nobody can learn which it was.
func TestPromise7ForeignAndUnknownPassesAnswerAlike(t *testing.T) {
	t.Parallel()
	c := newCast(t)
	stranger := c.hire(models.WorkerRole, c.other, "")
	erased := c.issue(stranger)
	c.ok(204, c.do("POST", "/v1/passes/"+string(erased)+"/erase", stranger.token, object{"reason": "asked_by_holder"}))
	plain := func(a answer) string {
		delete(a.doc, "instance")
		return fmt.Sprint(a.status, a.doc)
	}
	unknown := plain(c.do("GET", "/v1/passes/aaaaaaaaaaaaaaaaaaaaaaaaaa", stranger.token, nil))
	for name, id := range map[string]models.PassID{"foreign": c.phone.pass, "erased": erased} {
		if got := plain(c.do("GET", "/v1/passes/"+string(id), stranger.token, nil)); got != unknown {
			t.Errorf("a pass that is %s answers %s, an unknown one %s", name, got, unknown)
		}
	}
}

// Promise 3: whatever a scanner, a manager or a phone asks, no answer names the distributor or its worker. (Reports come later, and a
// push holds nothing but an id and the same words for everybody; notifications has the test.)
func TestPromise3NothingAtAVenueNamesTheDistributor(t *testing.T) {
	t.Parallel()
	c := newCast(t)
	c.wire(plentiful())
	c.clock.forward(time.Minute)
	names := map[string]string{
		"the distributor's id": string(c.distributor), "its name": "Aikuisten sosiaalipalvelut", "the worker's e-mail": c.worker.email,
		"the worker's name": workerName, "the worker's id": c.idOf(c.worker),
	}
	inputs := c.inputs()
	c.traffic = nil
	c.ok(200, c.do("GET", "/v1/audit", c.manager.token, nil))
	for n := range inputs {
		c.send(&inputs[n], inputs[n].target(), inputs[n].body)
	}
	outside := map[string]bool{c.phone.token: true, c.scanner.token: true, c.manager.token: true, "": true}
	seen := map[string]bool{}
	for _, x := range c.traffic {
		route := x.method + " " + strings.SplitN(x.path, "?", 2)[0]
		begins := x.token == "" && strings.Contains(x.path, "/invitations/") || strings.HasPrefix(x.path, "/v1/session/") || x.path == "/v1/sign-in"
		for what, name := range names {
			found := len(findIn(name, map[string][]byte{route: x.answer.raw})) > 0
			seen[what] = seen[what] || found
			if found && outside[x.token] && !begins {
				t.Errorf("%s shows %s: %s", route, what, x.answer.raw)
			}
		}
	}
	for what := range names { // the people of the distributor do see it
		if !seen[what] && what != "its name" {
			t.Errorf("nobody at all is shown %s", what)
		}
	}
	for _, collection := range []string{"pushes", "notices", "claims", "scanners"} {
		kept := map[string][]byte{collection: c.collection(collection)}
		for what, name := range names {
			if found := findIn(name, kept); len(found) > 0 {
				t.Errorf("%s keeps %s", collection, what)
			}
		}
	}
}
