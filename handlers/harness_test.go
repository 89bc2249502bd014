package handlers

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/rand"
	"encoding/base32"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"kaikukortti/accounts"
	"kaikukortti/models"
	"kaikukortti/notifications"
	"kaikukortti/offers"
	"kaikukortti/passes"
	"kaikukortti/passes/kp1"
	"kaikukortti/store"
	"kaikukortti/store/sqlite"
)

// A world is the whole server over a store of its own, on a clock that the test moves, with two networks and their organisations.
// Everything that goes over HTTP is kept.
type world struct {
	t      testing.TB
	clock  *movable
	path   string // of the database
	store  *store.Store
	domain Domain
	server *Server
	log    *lockedBuffer
	outage *outage

	boss        *member
	espoo       models.NetworkID
	kainuu      models.NetworkID
	distributor models.OrganisationID // in Espoo, as are the next three
	other       models.OrganisationID // another distributor
	theatre     models.OrganisationID
	museum      models.OrganisationID
	far         models.OrganisationID // a venue in Kainuu

	mu      sync.Mutex
	traffic []exchange
}

// outage is an engine whose database can go away and come back.
type outage struct {
	store.Engine
	gone atomic.Bool
}

func (o *outage) err() error {
	if o.gone.Load() {
		return fmt.Errorf("%w: the test took it away", store.ErrUnavailable)
	}
	return nil
}

func (o *outage) View(ctx context.Context, read func(store.Reader) error) error {
	if err := o.err(); err != nil {
		return err
	}
	return o.Engine.View(ctx, read)
}

func (o *outage) Update(ctx context.Context, change func(store.Writer) error) error {
	if err := o.err(); err != nil {
		return err
	}
	return o.Engine.Update(ctx, change)
}

func (o *outage) Step(ctx context.Context, change func(store.Writer) error) error {
	if err := o.err(); err != nil {
		return err
	}
	return o.Engine.Step(ctx, change)
}

func (o *outage) Ping(ctx context.Context) error {
	if err := o.err(); err != nil {
		return err
	}
	return o.Engine.Ping(ctx)
}

// movable is a clock that tests move while requests read it.
type movable struct {
	mu sync.Mutex
	at time.Time
}

func (m *movable) now() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.at
}

func (m *movable) forward(by time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.at = m.at.Add(by)
}

// lockedBuffer is a log that several requests write.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// exchange is a request with its answer.
type exchange struct {
	method, path string
	token        string
	sent         []byte
	answer       answer
}

// answer is what came back; doc is its JSON, if it is an object.
type answer struct {
	status int
	header http.Header
	raw    []byte
	doc    map[string]any
}

// code is the code of a problem document, or empty.
func (a answer) code() string { s, _ := a.doc["code"].(string); return s }

// text is a member of the document, or of an object in it, that is a string.
func (a answer) text(names ...string) string {
	var at any = a.doc
	for _, n := range names {
		object, _ := at.(map[string]any)
		at = object[n]
	}
	s, _ := at.(string)
	return s
}

// origin is the public URL of the world.
const origin = "https://kaikukortti.example"

// start is a Monday at noon in Helsinki.
var start = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, clock: &movable{at: start}, path: filepath.Join(t.TempDir(), "kaikukortti.db"), log: new(lockedBuffer)}
	engine, err := sqlite.Open(t.Context(), w.path)
	w.must(err)
	w.outage = &outage{Engine: engine}
	w.store, err = store.Open(t.Context(), w.outage)
	w.must(err)
	w.wire(DefaultLimits())
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		w.must(w.server.Stop(ctx))
		w.must(w.store.Close())
	})
	w.settle()
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// wire makes the domain and the server over the store.
func (w *world) wire(limits Limits) {
	keys, err := models.NewKeys(bytes.Repeat([]byte{7}, models.MasterKeySize))
	w.must(err)
	now := w.clock.now
	ring := passes.NewKeyring(w.store, keys, now, rand.Reader)
	desk := passes.NewDesk(w.store, keys, ring, now, rand.Reader)
	w.domain = Domain{
		Desk: desk, Doors: passes.NewDoors(w.store, keys, ring, now, rand.Reader), Keyring: ring,
		Registry:  accounts.NewRegistry(w.store, keys, now, rand.Reader, accounts.WithHashCost(accounts.HashCost{Memory: 8, Passes: 1})),
		Directory: accounts.NewDirectory(w.store, keys, ring, desk, now, rand.Reader),
		Programme: offers.NewProgramme(w.store, keys, now, rand.Reader),
		Inbox:     notifications.NewInbox(w.store, keys, now, rand.Reader),
	}
	w.must(ring.EnsureKeys(w.t.Context()))
	w.server = New(w.domain, Settings{PublicURLs: []string{origin}, Deadline: 10 * time.Second, Limits: limits}, Outside{
		Log: slog.New(slog.NewJSONHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug})), Metrics: NewMetrics("test"), Now: now,
		Random: rand.Reader, Ready: w.store.Ping,
	})
}

// settle founds the networks and their organisations.
func (w *world) settle() {
	w.t.Helper()
	w.boss = w.firstNational("boss@kaiku.example")
	w.espoo, w.kainuu = w.network("espoo", "049", "02"), w.network("kainuu", "205", "87")
	w.distributor = w.organisation(w.espoo, models.Distributor, "Aikuisten sosiaalipalvelut")
	w.other = w.organisation(w.espoo, models.Distributor, "Espoon Klubitalo")
	w.theatre = w.organisation(w.espoo, models.Venue, "Espoon kaupunginteatteri")
	w.museum = w.organisation(w.espoo, models.Venue, "Gallen-Kallelan museo")
	w.far = w.organisation(w.kainuu, models.Venue, "Kuhmo-talo")
}

func (w *world) network(id, municipality, postal string) models.NetworkID {
	a := w.ok(201, w.do("POST", "/v1/networks", w.boss.token, object{
		"id": id, "name": object{"fi": id}, "status": "permanent", "first": "2016-01-01",
		"municipalities": []any{object{"code": municipality, "name": object{"fi": id}, "postal_prefixes": []string{postal}}},
	}))
	return models.NetworkID(a.text("id"))
}

func (w *world) organisation(network models.NetworkID, kind models.OrganisationKind, name string) models.OrganisationID {
	in := object{"network": network, "kind": kind, "name": object{"fi": name}}
	if kind != models.Distributor {
		in["sector"], in["municipality"] = "culture", "049"
	}
	return models.OrganisationID(w.ok(201, w.do("POST", "/v1/organisations", w.boss.token, in)).text("id"))
}

type object = map[string]any

// do asks with a token, a body (nil for none), and headers in pairs. What creates something gets a new idempotency key unless one is
// given.
func (w *world) do(method, path, token string, in any, headers ...string) answer {
	w.t.Helper()
	var sent []byte
	if raw, isRaw := in.([]byte); isRaw {
		sent = raw
	} else if in != nil {
		var err error
		sent, err = json.Marshal(in)
		w.must(err)
	}
	r := httptest.NewRequestWithContext(w.t.Context(), method, path, bytes.NewReader(sent))
	if in != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if method == http.MethodPost {
		r.Header.Set("Idempotency-Key", rand.Text())
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	res, err := w.server.app.Test(r, -1)
	w.must(err)
	a := answer{status: res.StatusCode, header: res.Header}
	a.raw, err = io.ReadAll(res.Body)
	w.must(err)
	w.must(res.Body.Close())
	if strings.Contains(res.Header.Get("Content-Type"), "json") && json.Unmarshal(a.raw, &a.doc) != nil {
		a.doc = nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.traffic = append(w.traffic, exchange{method: method, path: path, token: token, sent: sent, answer: a})
	return a
}

// ok fails the test unless the answer has the status.
func (w *world) ok(status int, a answer) answer {
	w.t.Helper()
	if a.status != status {
		w.t.Fatalf("got %d %s, want %d", a.status, a.raw, status)
	}
	return a
}

// A member is a person who works, signed in.
type member struct {
	email, password string
	secret          models.Secret // of the second factor
	token           string
	cookie          string // of the session
	role            models.Role
	organisation    models.OrganisationID
}

const workerName = "Tuula Työntekijä"

const password = "kolme sanaa riittää tähän"

func (w *world) firstNational(email string) *member {
	w.t.Helper()
	invited, err := w.domain.Registry.CreateFirst(w.t.Context(), email)
	w.must(err)
	m := &member{email: email, role: models.National}
	w.accept(m, string(invited.Token), "Kansallinen Koordinaattori")
	return m
}

// hire invites somebody to a role and accepts for them.
func (w *world) hire(role models.Role, at models.OrganisationID, network models.NetworkID) *member {
	w.t.Helper()
	m := &member{email: strings.ToLower(rand.Text()) + "@work.example", role: role, organisation: at}
	row := object{"email": m.email, "role": role}
	if at != "" {
		row["organisation"] = at
	} else if network != "" {
		row["network"] = network
	}
	a := w.ok(201, w.do("POST", "/v1/invitations", w.boss.token, object{"invitations": []any{row}}))
	all, _ := a.doc["invitations"].([]any)
	first, _ := all[0].(map[string]any)
	link, _ := first["token"].(string)
	w.accept(m, link, map[bool]string{true: workerName, false: "Mikko Muu"}[role == models.WorkerRole])
	return m
}

func (w *world) worker() *member  { return w.hire(models.WorkerRole, w.distributor, "") }
func (w *world) manager() *member { return w.hire(models.ManagerRole, w.theatre, "") }

// accept uses up the link of an invitation.
func (w *world) accept(m *member, link, name string) {
	w.t.Helper()
	look := w.ok(200, w.do("POST", "/v1/invitations/look", "", object{"token": link}))
	m.secret = fromBase32(w.t, look.text("second_factor", "secret"))
	m.password = password
	m.took(w.ok(200, w.do("POST", "/v1/invitations/accept", "", object{
		"token": link, "name": name, "language": "fi", "password": m.password, "enrolment": look.text("second_factor", "enrolment"),
		"code": accounts.TOTP(m.secret, w.clock.now()),
	})))
}

// fromBase32 reads a secret as authenticators do.
func fromBase32(t testing.TB, s string) models.Secret {
	t.Helper()
	secret, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return secret
}

// took keeps what a sign-in gave.
func (m *member) took(a answer) {
	m.token = a.text("access_token")
	for _, c := range (&http.Response{Header: a.header}).Cookies() {
		if strings.HasPrefix(c.Name, refreshCookie) {
			m.cookie = c.Name + "=" + c.Value
		}
	}
}

// signIn signs a member in again, with the code of this moment.
func (w *world) signIn(m *member) answer {
	w.t.Helper()
	return w.do("POST", "/v1/sign-in", "", object{
		"email": m.email, "password": m.password, "code": accounts.TOTP(m.secret, w.clock.now()),
	})
}

// A device is a holder's phone or a scanner: a key, and the token that it proves itself with.
type device struct {
	key   *ecdsa.PrivateKey
	kind  string // deviceType or scannerType
	token string
	pass  models.PassID
}

func newDevice(t testing.TB, kind string) *device {
	t.Helper()
	return &device{key: newKey(t), kind: kind}
}

func (d *device) jwk(t testing.TB) models.JWK { return models.PublicJWK(pointOf(t, d.key)) }

// assertion proves the device's key to the server; change makes it another than it should be.
func (w *world) assertion(d *device, change func(jwt.MapClaims)) string {
	w.t.Helper()
	now := w.clock.now().Unix()
	said := jwt.MapClaims{
		"sub": models.JWKThumbprint(pointOf(w.t, d.key)), "aud": origin, "iat": now, "exp": now + 60, "jti": rand.Text(),
	}
	if change != nil {
		change(said)
	}
	token := jwt.NewWithClaims(jwt.SigningMethodES256, said)
	token.Header["typ"] = d.kind
	raw, err := token.SignedString(d.key)
	w.must(err)
	return raw
}

// prove gets the device a token.
func (w *world) prove(d *device) answer {
	w.t.Helper()
	a := w.do("POST", "/v1/token", "", object{"assertion": w.assertion(d, nil)})
	d.token = a.text("access_token")
	return a
}

// issue makes a pass and answers its id.
func (w *world) issue(worker *member) models.PassID {
	w.t.Helper()
	return models.PassID(w.ok(201, w.do("POST", "/v1/passes", worker.token, issueRequest())).text("id"))
}

func issueRequest() object {
	return object{
		"birth_year": 1984, "postal_code": "02100", "children": 2, "language": "fi", "terms_version": "1", "terms_day": "2026-11-23",
	}
}

// codeFor makes an activation code.
func (w *world) codeFor(worker *member, id models.PassID) string {
	w.t.Helper()
	return w.ok(200, w.do("POST", "/v1/passes/"+string(id)+"/activation-code", worker.token, nil)).text("code")
}

// phone is a phone that carries a pass of the worker's, with a token.
func (w *world) phone(worker *member) *device {
	w.t.Helper()
	d := newDevice(w.t, deviceType)
	d.pass = w.issue(worker)
	w.ok(200, w.do("POST", "/v1/activations", "", object{"code": w.codeFor(worker, d.pass), "device_key": d.jwk(w.t)}))
	w.ok(200, w.prove(d))
	return d
}

// scannerOf is an enrolled scanner of the manager's venue, with a token.
func (w *world) scannerOf(manager *member) *device {
	w.t.Helper()
	d := newDevice(w.t, scannerType)
	made := w.ok(201, w.do("POST", "/v1/scanners", manager.token, object{"label": "Ovi", "end_day": "2027-06-30"}))
	w.ok(201, w.do("POST", "/v1/scanner-enrolments", "", object{"code": made.text("code"), "key": d.jwk(w.t)}))
	w.ok(200, w.prove(d))
	return d
}

// shows is a code that the phone shows now.
func (w *world) shows(phone *device) string {
	w.t.Helper()
	codeKey := newDevice(w.t, deviceType)
	a := w.ok(200, w.do("POST", "/v1/me/credential", phone.token, object{"code_key": codeKey.jwk(w.t)}))
	credential, err := base64.RawURLEncoding.DecodeString(a.text("credential"))
	w.must(err)
	code, err := kp1.SignCode(codeKey.key, credential, w.clock.now().Unix())
	w.must(err)
	return code
}

// event is an offer of the manager's venue.
func (w *world) event(manager *member) string {
	w.t.Helper()
	return w.ok(201, w.do("POST", "/v1/offers", manager.token, object{
		"kind": "event", "sector": "culture", "municipality": "049", "title": object{"fi": "Ilta"}, "walk_ins": true, "reservable": true,
	})).text("id")
}

// session is a session that began an hour ago, of a new offer of the manager's venue.
func (w *world) session(manager *member) string {
	w.t.Helper()
	now := w.clock.now()
	return w.ok(201, w.do("POST", "/v1/offers/"+w.event(manager)+"/sessions", manager.token, object{
		"start": now.Add(-time.Hour), "end": now.Add(time.Hour), "seats": 20,
	})).text("id")
}

// scans shows the phone's code at a session.
func (w *world) scans(scanner, phone *device, session string) answer {
	w.t.Helper()
	return w.do("POST", "/v1/scans", scanner.token, object{
		"scan_id": rand.Text(), "session": session, "code": w.shows(phone), "party": object{"children": 1},
		"scanned_at": w.clock.now(),
	})
}

func TestTheMainWalk(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	worker, manager := w.worker(), w.manager()
	phone, scanner := w.phone(worker), w.scannerOf(manager)
	session := w.session(manager)
	welcome := w.ok(200, w.scans(scanner, phone, session))
	if welcome.text("decision") != "admitted" {
		t.Fatalf("at the door: %s", welcome.raw)
	}
	again := w.ok(200, w.scans(scanner, phone, session))
	if again.text("reason") != "already_admitted" {
		t.Fatalf("at the door again: %s", again.raw)
	}
	w.ok(200, w.do("POST", "/v1/passes/"+string(phone.pass)+"/revoke", worker.token, object{"reason": "misuse"}))
	if a := w.do("GET", "/v1/me", phone.token, nil); a.status != 200 && a.status != 401 {
		t.Fatalf("a revoked pass's phone: %d %s", a.status, a.raw)
	}
	w.clock.forward(time.Minute)
	refused := w.ok(200, w.do("POST", "/v1/scans", scanner.token, object{
		"scan_id": rand.Text(), "session": w.session(manager), "typed": "0", "party": object{}, "scanned_at": w.clock.now(),
	}))
	if refused.text("decision") != "refused" {
		t.Fatalf("a typed nothing: %s", refused.raw)
	}
}
