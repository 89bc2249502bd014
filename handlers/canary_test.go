package handlers

import (
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"kaikukortti/accounts"
	"kaikukortti/models"
	"kaikukortti/store"
)

// Promise 1: no name or contact detail of a holder can reach the server. The tests type the name of a bird into every input of every
// route, as everybody, and look for it in the database's files, the log, the answers and the backup.

// canaries are a name as people write it, one that fits where only letters do, an e-mail address and a telephone number. Each is a
// name that nothing else has.
var canaries = []string{"Kaarina Häkkilintu-Keltanokka", "KaarinaHakkilintuKeltanokka", "kaarina.hakkilintu@keltanokka.example", "+358 40 5550 1984"}

// welcomed stands where words of those who work belong: it may be kept there, and nowhere near a pass.
const welcomed = "Sallitut Sanat Työstä"

// spellings are the ways in which a text can stand in bytes, all in lower case: as it is, as JSON escapes it, in hex, and in base64
// at each of the three places where it can begin.
func spellings(text string) []string {
	ascii, _ := json.Marshal(text)
	escaped := strings.Trim(string(ascii), `"`)
	for _, r := range text {
		if r > 127 {
			escaped = strings.ReplaceAll(escaped, string(r), `\u00`+hex.EncodeToString([]byte{byte(r)}))
		}
	}
	all := []string{text, escaped, hex.EncodeToString([]byte(text)), url.PathEscape(text), url.QueryEscape(text)}
	for shift := range 3 {
		encoded := base64.RawStdEncoding.EncodeToString(append(make([]byte, shift), text...))
		all = append(all, encoded[4:len(encoded)-4])
	}
	for i := range all {
		all[i] = strings.ToLower(all[i])
	}
	return all
}

// findIn says in which of the places a text stands, in any spelling.
func findIn(text string, places map[string][]byte) []string {
	var found []string
	for place, content := range places {
		lower := bytes.ToLower(content)
		for _, s := range spellings(text) {
			if bytes.Contains(lower, []byte(s)) {
				found = append(found, place)
				break
			}
		}
	}
	slices.Sort(found)
	return found
}

// places is everything in which something that was typed could come to rest, or come back.
func (w *world) places() map[string][]byte {
	w.t.Helper()
	all := map[string][]byte{"the log": []byte(w.log.String()), "the backup": w.archive()}
	files, err := filepath.Glob(w.path + "*")
	w.must(err)
	for _, f := range files {
		b, err := os.ReadFile(f)
		w.must(err)
		all["the file "+filepath.Base(f)] = b
	}
	for _, x := range w.traffic {
		var header bytes.Buffer
		w.must(x.answer.header.Write(&header))
		all["the answer to "+x.method+" "+strings.SplitN(x.path, "?", 2)[0]+" #"+rand.Text()[:4]] = append(header.Bytes(), x.answer.raw...)
	}
	return all
}

// archive is the backup, unpacked.
func (w *world) archive() []byte {
	w.t.Helper()
	var packed bytes.Buffer
	_, err := w.store.Back(w.t.Context(), &packed, w.clock.now())
	w.must(err)
	r, err := gzip.NewReader(&packed)
	w.must(err)
	plain, err := io.ReadAll(r)
	w.must(err)
	return plain
}

// collection is what the backup has of one collection.
func (w *world) collection(name string) []byte {
	w.t.Helper()
	var lines []byte
	for line := range bytes.Lines(w.archive()) {
		var doc struct{ Collection string }
		if json.Unmarshal(line, &doc) == nil && doc.Collection == name {
			lines = append(lines, line...)
		}
	}
	return lines
}

// An input is a request that is right, and where words in it may stay.
type input struct {
	route  string // as in the table of routes
	path   string // with its parameters
	token  string
	cookie string
	body   object
	words  []string // fields of those who work, such as "title.*"
	works  bool     // as it stands, it succeeds
}

// inputs are all that anybody can send, such that most of it succeeds. What ends something comes last.
func (c *cast) inputs() []input {
	session, offer := c.session(c.manager), c.event(c.manager)
	evening := c.ok(201, c.do("POST", "/v1/offers/"+offer+"/sessions", c.manager.token, object{
		"start": c.clock.now().AddDate(0, 0, 3), "end": c.clock.now().AddDate(0, 0, 3).Add(time.Hour), "seats": 20,
	})).text("id")
	later := c.ok(201, c.do("POST", "/v1/offers/"+offer+"/sessions", c.manager.token, object{
		"start": c.clock.now().AddDate(0, 0, 4), "end": c.clock.now().AddDate(0, 0, 4).Add(time.Hour), "seats": 20,
	})).text("id")
	closing := c.event(c.manager)
	pass, second := string(c.phone.pass), string(c.issue(c.worker))
	paper := c.ok(200, c.do("POST", "/v1/passes/"+second+"/paper", c.worker.token, nil))
	reserved := c.ok(201, c.do("POST", "/v1/me/reservations", c.phone.token, object{"session": later, "party": object{}})).text("id")
	number := c.ok(200, c.do("GET", "/v1/passes/"+second, c.worker.token, nil)).text("number")
	recovery := c.ok(200, c.do("POST", "/v1/passes/"+second+"/recovery-code", c.worker.token, nil)).text("recovery_code")
	key := func() object { return asObject(newDevice(c.t, deviceType).jwk(c.t)) }
	request := c.ok(201, c.do("POST", "/v1/activation-requests", "", object{"device_key": key()}))
	notice := firstID(c.do("GET", "/v1/me/notices", c.phone.token, nil), "notices")
	scanID := rand.Text()
	c.ok(200, c.do("POST", "/v1/scans", c.scanner.token, object{
		"scan_id": scanID, "session": session, "code": c.shows(c.phone), "party": object{}, "scanned_at": c.clock.now(),
	}))
	link := c.invitation("worker", c.distributor)
	look := c.ok(200, c.do("POST", "/v1/invitations/look", "", object{"token": link}))
	secret := fromBase32(c.t, look.text("second_factor", "secret"))
	withdrawn := firstID(c.do("GET", "/v1/invitations?organisation="+string(c.distributor), c.boss.token, nil), "invitations")
	leaver := c.hire(models.WorkerRole, c.distributor, "")
	scanners := firstID(c.do("GET", "/v1/scanners", c.manager.token, nil), "scanners")
	empty := c.organisation(c.espoo, models.Venue, "Suljettava")
	c.ok(201, c.do("POST", "/v1/networks", c.boss.token, object{
		"id": "pilotti", "name": object{"fi": "p"}, "status": "pilot", "first": "2026-01-01", "last": "2027-01-01",
		"municipalities": []any{object{"code": "405", "name": object{"fi": "L"}}},
	}))
	enrolling := c.ok(201, c.do("POST", "/v1/scanners", c.manager.token, object{"label": "Ovi 2", "end_day": "2027-06-30"})).text("code")
	offerWords := []string{"title.*", "description.*", "access.*", "place", "genre"}
	texts := object{"fi": welcomed, "sv": welcomed, "en": welcomed}
	scanned := func() object {
		return object{
			"scan_id": rand.Text(), "session": session, "code": c.shows(c.phone), "party": object{"children": 0, "assistants": 0, "group": 0},
			"scanned_at": c.clock.now(),
		}
	}
	uploaded := scanned()
	uploaded["shown"], uploaded["shown_reason"] = "welcome", ""
	delete(uploaded, "typed")

	get := func(route, path, token string) input {
		return input{route: "GET " + route, path: path, token: token, works: true}
	}
	holder, worker, manager, scanner, national := c.phone.token, c.worker.token, c.manager.token, c.scanner.token, c.boss.token
	code := func(m *member) string { return accounts.TOTP(m.secret, c.clock.now()) }
	return []input{
		get("/healthz", "/healthz", ""), get("/readyz", "/readyz", ""), get("/v1/issuer-keys", "/v1/issuer-keys", ""),
		get("/v1/networks", "/v1/networks", ""), get("/v1/activation-requests/:id", "/v1/activation-requests/"+request.text("id"), ""),
		get("/v1/me", "/v1/me", holder), get("/v1/me/notices", "/v1/me/notices?cursor=&limit=5", holder), get("/v1/me/reservations", "/v1/me/reservations", holder),
		get("/v1/passes", "/v1/passes?month=2026-11&postal_code=02100&state=active&limit=5", worker), get("/v1/passes/:id", "/v1/passes/"+pass, worker),
		get("/v1/venue/bundle", "/v1/venue/bundle", scanner), get("/v1/venue/today", "/v1/venue/today", scanner),
		get("/v1/conflicts", "/v1/conflicts", manager), get("/v1/door", "/v1/door", manager), get("/v1/offers", "/v1/offers?closed=true", manager),
		get("/v1/offers/:id", "/v1/offers/"+offer, manager), get("/v1/scanners", "/v1/scanners", manager),
		get("/v1/organisations", "/v1/organisations?network=espoo", national), get("/v1/people", "/v1/people?organisation="+string(c.distributor)+"&network=", national),
		get("/v1/invitations", "/v1/invitations?organisation="+string(c.distributor)+"&network=", national),
		get("/v1/me-at-work", "/v1/me-at-work", worker), get("/v1/audit", "/v1/audit?pass="+pass+"&mine=false&before=2027-01-01T00:00:00Z&limit=5", worker),

		{route: "POST /v1/activations", body: object{"code": c.codeFor(c.worker, c.issue(c.worker)), "device_key": key(), "replace": false, "birth_year": 1984}, works: true},
		{route: "POST /v1/activation-requests", body: object{"device_key": key()}, works: true},
		{route: "POST /v1/recoveries", body: object{"pass_number": number, "code": recovery, "device_key": key(), "birth_year": 1984}, works: true},
		{route: "POST /v1/token", body: object{"assertion": c.assertion(c.phone, nil)}, works: true},
		{route: "POST /v1/scanner-enrolments", body: object{"code": enrolling, "key": key()}, works: true},
		{route: "POST /v1/sign-in", body: object{"email": c.worker.email, "password": c.worker.password, "code": code(c.worker), "next_code": "", "remember": true}},
		{route: "POST /v1/session/refresh", cookie: c.manager.cookie, works: true},
		{route: "POST /v1/session/role", cookie: c.worker.cookie, body: object{"role": "worker", "organisation": c.distributor, "network": ""}, works: true},
		{route: "POST /v1/invitations/look", body: object{"token": link}, works: true},

		{route: "POST /v1/me/credential", token: holder, body: object{"code_key": key()}, works: true},
		{route: "POST /v1/me/spoken-code", token: holder, body: object{}, works: true},
		{route: "POST /v1/me/recovery-code", token: holder, body: object{}, works: true},
		{route: "POST /v1/me/renewal-request", token: holder, body: object{}, works: true},
		{route: "PUT /v1/me/language", token: holder, body: object{"language": "sv"}, works: true},
		{route: "POST /v1/me/notices/:id/read", path: "/v1/me/notices/" + notice + "/read", token: holder, works: true},
		{route: "PUT /v1/me/push", token: holder, body: object{"kind": "fcm", "token": strings.Repeat("aB3", 40)}, works: true},
		{route: "DELETE /v1/me/push", token: holder, works: true},
		{route: "POST /v1/me/reservations", token: holder, body: object{"session": evening, "party": object{"children": 1, "assistants": 1, "group": 0}}, works: true},
		{route: "DELETE /v1/me/reservations/:id", path: "/v1/me/reservations/" + reserved, token: holder, works: true},

		{route: "POST /v1/passes", token: worker, works: true, body: object{
			"birth_year": 1984, "postal_code": "02100", "municipality": "", "children": 2, "language": "fi", "terms_version": "1",
			"terms_day": "2026-11-23", "community": false, "answers": object{},
		}},
		{route: "POST /v1/passes/:id/reservations", path: "/v1/passes/" + second + "/reservations", token: worker, body: object{"session": later, "party": object{}}, works: true},
		{route: "POST /v1/passes/:id/:action", path: "/v1/passes/" + pass + "/bind", token: worker, body: object{"digits": request.text("digits"), "replace": false}},
		{route: "POST /v1/passes/:id/:action", path: "/v1/passes/" + pass + "/renew", token: worker, body: object{"last": "2027-11-22"}},
		{route: "POST /v1/passes/:id/:action", path: "/v1/passes/" + pass + "/correct", token: worker, works: true, body: object{
			"children": 3, "language": "fi", "postal_code": "02110", "reason": "mistake", "version": 0,
		}},
		{route: "POST /v1/passes/:id/:action", path: "/v1/passes/" + pass + "/suspend", token: worker, body: object{"reason": "misuse"}, works: true},
		{route: "POST /v1/passes/:id/:action", path: "/v1/passes/" + pass + "/resume", token: worker, body: object{"reason": "mistake"}, works: true},
		{route: "POST /v1/passes/:id/:action", path: "/v1/passes/" + pass + "/activation-code", token: worker, body: object{}, works: true},

		{route: "POST /v1/scans", token: scanner, body: scanned(), works: true},
		{route: "POST /v1/scans", token: scanner, works: true, body: object{"scan_id": rand.Text(), "session": session, "typed": paper.text("number"), "party": object{}, "scanned_at": c.clock.now()}},
		{route: "POST /v1/scans/uploads", token: scanner, body: object{"scans": []any{uploaded}}, works: true},
		{route: "PUT /v1/scans/:id/party", path: "/v1/scans/" + scanID + "/party", token: scanner, body: object{"children": 1, "assistants": 1, "group": 0}, works: true},
		{route: "DELETE /v1/scans/:id", path: "/v1/scans/" + scanID, token: scanner, works: true},

		{route: "POST /v1/scanners", token: manager, body: object{"label": welcomed, "end_day": "2027-06-30"}, words: []string{"label"}, works: true},
		{route: "POST /v1/offers", token: manager, words: offerWords, works: true, body: object{
			"kind": "event", "sector": "culture", "municipality": "049", "title": texts, "description": texts, "access": texts, "place": welcomed,
			"genre": "tanssi", "walk_ins": true, "reservable": true, "networks": []any{"espoo"}, "first": "", "last": "", "seats_per_pass": 2,
		}},
		{route: "POST /v1/offers", token: manager, words: offerWords, works: true, body: object{
			"kind": "standing", "sector": "culture", "municipality": "049", "title": texts, "limit": object{"times": 2, "per": "month"},
			"first": "2026-11-01", "last": "2027-11-01",
		}},
		{route: "PUT /v1/offers/:id", path: "/v1/offers/" + offer, token: manager, words: offerWords, works: true, body: object{
			"title": texts, "description": texts, "access": texts, "place": welcomed, "genre": "tanssi", "walk_ins": true,
		}},
		{route: "POST /v1/offers/:id/sessions", path: "/v1/offers/" + offer + "/sessions", token: manager, works: true, body: object{
			"start": c.clock.now().AddDate(0, 0, 5), "end": c.clock.now().AddDate(0, 0, 5).Add(time.Hour), "seats": 5, "no_limit": false, "meetings": []any{},
		}},
		{route: "PUT /v1/sessions/:id/seats", path: "/v1/sessions/" + evening + "/seats", token: manager, body: object{"seats": 30, "no_limit": false}, works: true},
		{route: "POST /v1/reservations", token: manager, works: true, body: object{"paper_number": paper.text("number"), "session": evening, "party": object{}}},
		{route: "DELETE /v1/reservations/:id", path: "/v1/reservations/" + reserved, token: manager},
		{route: "POST /v1/conflicts/:id/seen", path: "/v1/conflicts/x/seen", token: manager},

		{route: "POST /v1/organisations", token: national, words: []string{"name.*"}, works: true, body: object{
			"network": "espoo", "kind": "venue", "name": texts, "municipality": "049", "sector": "culture", "first": "", "last": "",
		}},
		{route: "PUT /v1/networks/:id/rules", path: "/v1/networks/espoo/rules", token: national, works: true, body: object{"from": "2026-12-01", "rules": asObject(models.DefaultRules())}},
		{route: "POST /v1/networks", token: national, words: []string{"name.*", "municipalities.name.*"}, works: true, body: object{
			"id": "uusi", "name": texts, "status": "pilot", "first": "2026-01-01", "last": "2027-01-01", "local_only": false,
			"municipalities": []any{object{"code": "740", "name": texts, "postal_prefixes": []any{"57"}}},
		}},
		{route: "PUT /v1/networks/:id/last-day", path: "/v1/networks/pilotti/last-day", token: national, body: object{"last": "2027-02-01"}, works: true},

		{route: "POST /v1/invitations", token: national, words: []string{"invitations.email"}, works: true, body: object{"invitations": []any{
			object{"email": "sallittu@work.example", "role": "worker", "organisation": c.distributor, "network": ""},
		}}},
		{route: "POST /v1/people/:id/reset-second-factor", path: "/v1/people/" + c.idOf(leaver) + "/reset-second-factor", token: national, body: object{"password": true}, works: true},
		{route: "POST /v1/me-at-work/password", token: worker, body: object{"password": password, "code": "", "next_code": "", "new_password": "aivan toinen salasana tähän"}},
		{route: "POST /v1/me-at-work/recovery-codes", token: worker, body: object{"password": password, "code": "", "next_code": ""}},
		{route: "POST /v1/me-at-work/enrolment", token: worker, works: true},
		{route: "PUT /v1/me-at-work/second-factor", token: worker, body: object{"password": password, "code": "", "next_code": "", "enrolment": "x", "new_code": "123456"}},
		{route: "DELETE /v1/me-at-work/computers/:id", path: "/v1/me-at-work/computers/x", token: worker},
		{route: "POST /v1/invitations/accept", words: []string{"name"}, body: object{
			"token": link, "name": welcomed, "language": "fi", "password": password, "enrolment": look.text("second_factor", "enrolment"),
			"code": accounts.TOTP(secret, c.clock.now()), "next_code": "", "remember": true,
		}},

		// What ends something.
		{route: "POST /v1/passes/:id/:action", path: "/v1/passes/" + second + "/revoke", token: worker, body: object{"reason": "misuse"}, works: true},
		{route: "POST /v1/passes/:id/:action", path: "/v1/passes/" + second + "/erase", token: worker, body: object{"reason": "misuse"}, works: true},
		{route: "DELETE /v1/passes/:id/reservations/:reservation", path: "/v1/passes/" + pass + "/reservations/" + reserved, token: worker},
		{route: "POST /v1/sessions/:id/cancel", path: "/v1/sessions/" + later + "/cancel", token: manager, works: true},
		{route: "POST /v1/offers/:id/close", path: "/v1/offers/" + closing + "/close", token: manager, works: true},
		{route: "POST /v1/organisations/:id/close", path: "/v1/organisations/" + string(empty) + "/close", token: national, body: object{"move_to": ""}, works: true},
		{route: "DELETE /v1/invitations/:id", path: "/v1/invitations/" + withdrawn, token: national},
		{route: "POST /v1/people/:id/end", path: "/v1/people/" + c.idOf(leaver) + "/end", token: national, body: object{"role": "worker", "organisation": c.distributor, "network": "espoo"}},
		{route: "DELETE /v1/scanners/:id", path: "/v1/scanners/" + scanners, token: manager, works: true},
		{route: "DELETE /v1/me", token: holder},
		{route: "POST /v1/session/end", cookie: c.manager.cookie, works: true},
		{route: "POST /v1/session/end-all", token: worker},
	}
}

// asObject is a struct as JSON has it.
func asObject(v any) object {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	var o object
	if err := json.Unmarshal(b, &o); err != nil {
		panic(err)
	}
	return o
}

// firstID is the id of the first of a list, or one of nothing.
func firstID(a answer, list string) string {
	all, _ := a.doc[list].([]any)
	if len(all) == 0 {
		return "none"
	}
	doc, _ := all[0].(map[string]any)
	id, _ := doc["id"].(string)
	return id
}

func (i *input) method() string { m, _, _ := strings.Cut(i.route, " "); return m }

func (i *input) target() string {
	if i.path != "" {
		return i.path
	}
	_, path, _ := strings.Cut(i.route, " ")
	return path
}

// send sends an input, with another body or path or other headers than its own.
func (c *cast) send(i *input, path string, body any, headers ...string) answer {
	if i.cookie != "" {
		headers = append(headers, "Cookie", i.cookie)
	}
	if o, isObject := body.(object); isObject && o == nil {
		body = nil
	}
	return c.do(i.method(), path, i.token, body, headers...)
}

// leaves walks the values of a body that are no objects or lists, and hands on a copy of the whole with another value in the place of
// each, and the name of the place.
func leaves(whole object, other string, each func(where string, changed object)) {
	var walk func(at any, where string, put func(any) object)
	walk = func(at any, where string, put func(any) object) {
		switch at := at.(type) {
		case map[string]any:
			for name := range at {
				walk(at[name], strings.TrimPrefix(where+"."+name, "."), func(v any) object {
					changed := maps.Clone(at)
					changed[name] = v
					return put(changed)
				})
			}
			changed := object{other: other} // a name that is not known
			maps.Copy(changed, at)
			each(where+".?", put(changed))
		case []any:
			for n := range at {
				walk(at[n], where, func(v any) object {
					changed := slices.Clone(at)
					changed[n] = v
					return put(changed)
				})
			}
		default:
			each(where, put(other))
		}
	}
	walk(whole, "", func(v any) object { o, _ := v.(map[string]any); return o })
}

// isWord says whether words of those who work may stand in a field.
func (i *input) isWord(where string) bool {
	return slices.ContainsFunc(i.words, func(w string) bool {
		prefix, under := strings.CutSuffix(w, ".*")
		return w == where || under && strings.HasPrefix(where, prefix+".") && !strings.HasSuffix(where, ".?")
	})
}

// drawn says whether a field is one that a program fills with random characters and no person ever sees. Letters can stand there, but
// a name as people write it cannot; and the answer to an upload names each item to its sender by the id that came with it.
func drawn(i *input, where, canary string) bool {
	letters := canary == canaries[1]
	return letters && where == "scan_id" || where == "scans.scan_id" || letters && i.route == "POST /v1/networks" && where == "id"
}

// typeInto types a canary into every input of a request: each value of its body, a name that is not known, each part of its path and
// query, and its headers.
func (c *cast) typeInto(i *input, canary string) {
	c.t.Helper()
	leaves(i.body, canary, func(where string, changed object) {
		if i.isWord(where) || drawn(i, where, canary) {
			return
		}
		c.send(i, i.target(), changed)
	})
	_, pattern, _ := strings.Cut(i.route, " ")
	if strings.Contains(pattern, ":") && (canary != canaries[1] || !strings.HasPrefix(pattern, "/v1/scans/")) {
		parts := strings.Split(i.target(), "/")
		for n, p := range strings.Split(pattern, "/") {
			if strings.HasPrefix(p, ":") {
				other := slices.Clone(parts)
				other[n] = url.PathEscape(canary)
				c.send(i, strings.Join(other, "/"), i.body)
			}
		}
	}
	if path, query, has := strings.Cut(i.target(), "?"); has {
		values, err := url.ParseQuery(query)
		c.must(err)
		for name := range values {
			other := url.Values{name: {canary}}
			c.send(i, path+"?"+other.Encode(), i.body)
		}
	}
	c.do(i.method(), i.target()+"?"+url.Values{canary: {canary}}.Encode(), "", nil, "Idempotency-Key", canary+canary, "User-Agent", canary,
		"X-Request-Id", canary, "X-Forwarded-For", canary, "Authorization", "Bearer "+canary, "Cookie", refreshCookie+"="+url.QueryEscape(canary),
		"Accept-Language", canary, "Referer", canary, "Origin", canary)
	c.send(i, i.target(), []byte(`{"`+canary+`":`))
}

// plentiful are limits that no test meets.
func plentiful() Limits {
	much := Rate{PerSecond: 1e6, Burst: 1e6}
	return Limits{Address: much, Device: much, Scanner: much, Person: much, Code: much, Kept: 100_000}
}

func TestPromise1NoNameOfAHolderReachesTheServer(t *testing.T) {
	t.Parallel()
	c := newCast(t)
	c.wire(plentiful())
	c.clock.forward(time.Minute) // one-time codes of the hiring are used
	inputs := c.inputs()
	seen := map[string]bool{}
	for n := range inputs {
		i := &inputs[n]
		seen[i.route] = true
		for _, canary := range canaries {
			c.typeInto(i, canary)
		}
		if a := c.send(i, i.target(), i.body); i.works && a.status/100 != 2 {
			t.Errorf("%s %s as it should be: %d %s", i.method(), i.target(), a.status, a.raw)
		}
	}
	for _, r := range apiRoutes(t) {
		if !seen[r.method+" "+r.path] {
			t.Errorf("nobody types anything into %s %s", r.method, r.path)
		}
	}
	places := c.places()
	for _, canary := range canaries {
		if found := findIn(canary, places); len(found) > 0 {
			t.Errorf("%q stands in %v", canary, found)
		}
	}
	c.near(t)
	c.finds(t)
}

// A scan's id comes back to its sender, and is stored as its hash: its letters can be no name there.
func TestPromise1AScanIsKeptUnderTheHashOfItsID(t *testing.T) {
	t.Parallel()
	c := newCast(t)
	canary, session := canaries[1], c.session(c.manager)
	for range 2 {
		a := c.ok(200, c.do("POST", "/v1/scans", c.scanner.token, object{
			"scan_id": canary, "session": session, "code": c.shows(c.phone), "party": object{}, "scanned_at": c.clock.now(),
		}))
		if a.text("scan_id") != canary || a.text("decision") != "admitted" {
			t.Fatalf("%s", a.raw)
		}
	}
	c.ok(200, c.do("PUT", "/v1/scans/"+canary+"/party", c.scanner.token, object{"assistants": 1}))
	c.ok(200, c.do("DELETE", "/v1/scans/"+canary, c.scanner.token, nil))
	for _, found := range findIn(canary, c.places()) {
		if !strings.HasPrefix(found, "the answer to ") {
			t.Errorf("%q stands in %s", canary, found)
		}
	}
}

// near looks for the words of those who work in what is kept near a pass.
func (c *cast) near(t *testing.T) {
	t.Helper()
	places := map[string][]byte{}
	for _, k := range store.Collections() {
		places[k.Name] = c.collection(k.Name)
	}
	for _, found := range findIn(welcomed, places) {
		if !slices.Contains([]string{"offers", "organisations", "networks", "scanners", "people"}, found) {
			t.Errorf("words of those who work stand in %s", found)
		}
	}
	if found := findIn(welcomed, places); !slices.Contains(found, "offers") || !slices.Contains(found, "people") {
		t.Errorf("the words were typed nowhere: %v", found)
	}
}

// finds checks the check: a canary that is kept on purpose is found wherever it comes to rest, or comes back.
func (c *cast) finds(t *testing.T) {
	t.Helper()
	const kept = "Tahallaan Tallennettu Tiira"
	c.traffic = nil
	c.ok(201, c.do("POST", "/v1/organisations", c.boss.token, object{
		"network": "espoo", "kind": "venue", "name": object{"fi": kept}, "sector": "culture", "municipality": "049",
	}))
	_, err := c.log.Write([]byte(`{"msg":"` + kept + `"}`))
	c.must(err)
	found := strings.Join(findIn(kept, c.places()), ", ")
	for _, place := range []string{"the log", "the backup", "the file kaikukortti.db", "the answer to POST /v1/organisations"} {
		if !strings.Contains(found, place) {
			t.Errorf("what is kept on purpose is not found in %s, only in %s", place, found)
		}
	}
	for n, s := range spellings(kept) {
		if got := findIn(kept, map[string][]byte{"it": []byte("xx" + strings.ToUpper(s) + "yy")}); len(got) != 1 {
			t.Errorf("spelling %d is not found", n)
		}
	}
}

func TestPromise1WhatHasNoFieldIsRefused(t *testing.T) {
	t.Parallel()
	c := newCast(t)
	c.wire(plentiful())
	for _, name := range []string{"name", "first_name", "phone", "email", "address", "personal_identity_code", "date_of_birth", "note", "comment", "free_text"} {
		in := issueRequest()
		in[name] = canaries[0]
		if a := c.do("POST", "/v1/passes", c.worker.token, in); a.status != http.StatusBadRequest || a.code() != "unknown_field" {
			t.Errorf("a pass with %q: %d %s", name, a.status, a.raw)
		}
	}
}

// invitation is the link of a new invitation.
func (w *world) invitation(role string, at models.OrganisationID) string {
	w.t.Helper()
	a := w.ok(201, w.do("POST", "/v1/invitations", w.boss.token, invitationTo(role, at)))
	all, _ := a.doc["invitations"].([]any)
	row, _ := all[0].(map[string]any)
	link, _ := row["token"].(string)
	return link
}
