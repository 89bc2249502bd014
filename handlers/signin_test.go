package handlers

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"kaikukortti/accounts"
	"kaikukortti/models"
)

// cookieOf is a cookie that an answer sets.
func cookieOf(t testing.TB, a answer, name string) *http.Cookie {
	t.Helper()
	cookies := (&http.Response{Header: a.header}).Cookies()
	i := slices.IndexFunc(cookies, func(c *http.Cookie) bool { return c.Name == name })
	if i < 0 {
		t.Fatalf("the answer sets no cookie %s, but %v", name, cookies)
	}
	return cookies[i]
}

// knock asks a route of the session with its cookie alone.
func (w *world) knock(path string, c *http.Cookie, in any) answer {
	w.t.Helper()
	return w.do("POST", path, "", in, "Cookie", c.Name+"="+c.Value)
}

func TestCookiesGoNowhereElse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.clock.forward(30 * time.Second)
	a := w.ok(200, w.do("POST", "/v1/sign-in", "", object{
		"email": w.boss.email, "password": w.boss.password, "code": accounts.TOTP(w.boss.secret, w.clock.now()), "remember": true,
	}))
	for name, want := range map[string]struct {
		path string
		life time.Duration
	}{
		refreshCookie:  {"/v1/session", models.SessionLife},
		computerCookie: {"/v1/sign-in", models.ComputerLife},
	} {
		c := cookieOf(t, a, name)
		if !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteStrictMode || c.Path != want.path || c.Domain != "" {
			t.Errorf("the cookie is %v", c)
		}
		if !c.Expires.Equal(w.clock.now().Add(want.life)) {
			t.Errorf("%s ends at %v", name, c.Expires)
		}
		if strings.Contains(string(a.raw), c.Value) {
			t.Errorf("the value of %s is in the answer, where scripts can read it", name)
		}
	}
	if a.text("acting", "role") != "national" || a.text("access_token") == "" || a.doc["recovery_codes"] != nil {
		t.Errorf("the answer is %s", a.raw)
	}
}

func TestASessionOverHTTP(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	m := w.manager()
	first := &http.Cookie{Name: refreshCookie, Value: strings.TrimPrefix(m.cookie, refreshCookie+"=")}

	second := w.ok(200, w.knock("/v1/session/refresh", first, nil))
	again := w.ok(200, w.knock("/v1/session/refresh", first, nil))
	next := cookieOf(t, second, refreshCookie)
	if next.Value == first.Value || cookieOf(t, again, refreshCookie).Value != next.Value {
		t.Error("a retry has another successor")
	}
	w.ok(200, w.do("GET", "/v1/scanners", second.text("access_token"), nil))

	w.clock.forward(31 * time.Second)
	if a := w.ok(401, w.knock("/v1/session/refresh", first, nil)); a.code() != "session_ended" {
		t.Errorf("a token that was reused says %s", a.raw)
	}
	w.ok(401, w.knock("/v1/session/refresh", next, nil))
	w.ok(401, w.do("GET", "/v1/scanners", second.text("access_token"), nil))
	w.ok(401, w.do("POST", "/v1/session/refresh", "", nil))

	in := w.ok(200, w.signIn(m))
	c := cookieOf(t, in, refreshCookie)
	out := w.ok(204, w.knock("/v1/session/end", c, nil))
	if gone := cookieOf(t, out, refreshCookie); gone.Value != "" || !gone.Expires.Before(start) {
		t.Errorf("signing out leaves the cookie %v", gone)
	}
	w.ok(401, w.do("GET", "/v1/scanners", in.text("access_token"), nil))
	w.ok(204, w.knock("/v1/session/end", c, nil))
}

func TestRolesAreSwitchedOverHTTP(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	m := w.manager()
	made := w.ok(201, w.do("POST", "/v1/invitations", w.boss.token, object{"invitations": []any{
		object{"email": m.email, "role": "worker", "organisation": w.distributor},
	}}))
	link := invitationsIn(t, made)[0].Token
	if look := w.ok(200, w.do("POST", "/v1/invitations/look", "", object{"token": link})); look.text("needs") != "sign_in" || look.doc["second_factor"] != nil {
		t.Errorf("the link says %s", look.raw)
	}
	w.clock.forward(30 * time.Second)
	a := w.ok(200, w.do("POST", "/v1/invitations/accept", "", object{
		"token": link, "password": m.password, "code": accounts.TOTP(m.secret, w.clock.now()),
	}))
	w.ok(200, w.do("GET", "/v1/passes", a.text("access_token"), nil))
	w.ok(403, w.do("GET", "/v1/scanners", a.text("access_token"), nil))

	c := cookieOf(t, a, refreshCookie)
	b := w.ok(200, w.knock("/v1/session/role", c, object{"role": "manager", "organisation": w.theatre}))
	w.ok(200, w.do("GET", "/v1/scanners", b.text("access_token"), nil))
	if b.text("acting", "organisation") != string(w.theatre) || b.text("acting", "network") != string(w.espoo) {
		t.Errorf("acts as %s", b.raw)
	}
	if d := w.ok(403, w.knock("/v1/session/role", cookieOf(t, b, refreshCookie), object{"role": "national"})); d.code() != "role_not_held" {
		t.Errorf("a role that is not held says %s", d.raw)
	}
	me := w.ok(200, w.do("GET", "/v1/me-at-work", b.text("access_token"), nil))
	if roles, _ := me.doc["roles"].([]any); len(roles) != 2 || me.text("acting", "role") != "manager" || me.text("email") != m.email {
		t.Errorf("the own account is %s", me.raw)
	}
}

func TestSignedOutEverywhereOverHTTP(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.clock.forward(30 * time.Second)
	other := w.ok(200, w.signIn(w.boss))
	w.ok(204, w.do("POST", "/v1/session/end-all", w.boss.token, nil))
	w.ok(401, w.do("GET", "/v1/me-at-work", w.boss.token, nil))
	w.ok(401, w.do("GET", "/v1/me-at-work", other.text("access_token"), nil))
	w.ok(401, w.knock("/v1/session/refresh", cookieOf(t, other, refreshCookie), nil))
}

// Promise: a town hall signs in at eight. Wherever a forged header says that they are, none is refused.
func TestTwoHundredSignInsFromOneAddress(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("hashes two hundred passwords")
	}
	w := newWorld(t)
	w.clock.forward(30 * time.Second)
	who := object{"email": w.boss.email, "password": w.boss.password}
	code := accounts.TOTP(w.boss.secret, w.clock.now())
	a := w.ok(200, w.do("POST", "/v1/sign-in", "", object{"email": w.boss.email, "password": w.boss.password, "code": code, "remember": true}))
	computer := cookieOf(t, a, computerCookie)
	var people sync.WaitGroup
	for i := range 5 {
		people.Go(func() {
			for j := range 40 {
				forged := fmt.Sprintf("203.0.113.%d", 40*i+j)
				a := w.do("POST", "/v1/sign-in", "", who, "Cookie", computer.Name+"="+computer.Value, "X-Forwarded-For", forged)
				if a.status != 200 {
					t.Errorf("refused: %d %s", a.status, a.raw)
				}
			}
		})
	}
	people.Wait()
}

func TestAForgedAddressBuysNoTries(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var got []string
	for i := range models.TriesFree + 2 {
		a := w.do("POST", "/v1/sign-in", "", object{"email": "nobody@kaiku.example", "password": "guess", "code": "000000"},
			"X-Forwarded-For", fmt.Sprintf("203.0.113.%d", i), "Fly-Client-IP", fmt.Sprintf("203.0.113.%d", i))
		got = append(got, a.code())
		if a.status == 429 && a.header.Get("Retry-After") != "30" {
			t.Errorf("to be tried again after %q s", a.header.Get("Retry-After"))
		}
	}
	if !slices.Equal(got[models.TriesFree:], []string{"too_many_tries", "too_many_tries"}) || got[models.TriesFree-1] != "wrong_sign_in" {
		t.Errorf("the answers were %v", got)
	}
}

// Promise: no secret is logged, formatted or answered twice.
func TestSecretsStayOutOfTheLog(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	m := w.worker()
	w.clock.forward(30 * time.Second)
	shown := accounts.TOTP(m.secret, w.clock.now())
	w.ok(200, w.signIn(m))
	w.ok(401, w.do("POST", "/v1/sign-in", "", object{"email": m.email, "password": "another wrong password", "code": "918273"}))
	w.ok(400, w.do("POST", "/v1/sign-in", "", object{"email": m.email, "password": 7}))
	w.ok(400, w.do("POST", "/v1/sign-in", "", object{"email": m.email, "passwort": "a name mistyped"}))
	log := w.log.String()
	for _, secret := range []string{m.email, m.password, m.token, m.cookie[len(refreshCookie)+1:], "another wrong password", "918273", "a name mistyped", `"` + shown} {
		if strings.Contains(log, secret) {
			t.Errorf("the log has %q", secret)
		}
	}
	s := proofBody{Password: "sesame", Code: "123456"}
	if text := fmt.Sprintf("%v %+v %#v %s", s, s, s, s); strings.Contains(text, "sesame") || strings.Contains(text, "123456") {
		t.Errorf("formatted: %s", text)
	}
}

// invitationsIn reads the invitations of an answer.
func invitationsIn(t testing.TB, a answer) []struct{ ID, Email, Token string } {
	t.Helper()
	var doc struct {
		Invitations []struct{ ID, Email, Token string }
	}
	if err := json.Unmarshal(a.raw, &doc); err != nil {
		t.Fatal(err)
	}
	return doc.Invitations
}
