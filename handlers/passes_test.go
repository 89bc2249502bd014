package handlers

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"kaikukortti/models"
)

// act does something with a pass.
func (w *world) act(worker *member, id models.PassID, action string, in any) answer {
	return w.do("POST", "/v1/passes/"+string(id)+"/"+action, worker.token, in)
}

// secrets are the texts of a kept pass that no answer may hold: hashes, keys and thumbprints.
func secrets(t *testing.T, p *models.Pass) []string {
	t.Helper()
	var found []string
	for _, ph := range p.Phones {
		key, err := json.Marshal(ph.Key)
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, ph.Thumbprint, strings.Trim(string(key), `"`))
	}
	for _, paper := range p.Papers {
		found = append(found, paper.Number, string(paper.CTI))
	}
	return append(found, p.Activation.Hash, p.Recovery.Hash, p.Spoken.Hash)
}

func TestNoAnswerHoldsWhatWasKeptAsAHashAndAHoldersNeverNamesTheDistributor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	worker := w.worker()
	phone := w.phone(worker)
	id := phone.pass
	workers := []answer{
		w.act(worker, id, "recovery-code", nil), w.act(worker, id, "paper", nil), w.act(worker, id, "activation-code", nil),
		w.act(worker, id, "correct", object{"children": 4}), w.do("GET", "/v1/passes/"+string(id), worker.token, nil),
		w.do("GET", "/v1/passes", worker.token, nil),
	}
	holders := []answer{
		w.do("POST", "/v1/me/spoken-code", phone.token, nil), w.do("PUT", "/v1/me/language", phone.token, object{"language": "sv"}),
		w.do("POST", "/v1/me/renewal-request", phone.token, nil), w.do("GET", "/v1/me", phone.token, nil),
	}
	p, err := w.store.LookupPass(t.Context(), id)
	w.must(err)
	for _, a := range slices.Concat(workers, holders) {
		w.ok(200, a)
		for _, secret := range secrets(t, &p) {
			if secret == "" || strings.Contains(string(a.raw), secret) {
				t.Errorf("an answer holds %q: %s", secret, a.raw)
			}
		}
	}
	for _, a := range holders {
		if strings.Contains(string(a.raw), string(w.distributor)) || strings.Contains(string(a.raw), string(p.IssuedBy)) {
			t.Errorf("the holder's app is told who gave the pass out: %s", a.raw)
		}
	}
}

func TestActivationsOverHTTP(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	worker := w.worker()
	first, second := newDevice(t, deviceType), newDevice(t, deviceType)
	id := w.issue(worker)

	opened := w.ok(201, w.do("POST", "/v1/activation-requests", "", object{"device_key": first.jwk(t)}))
	poll := func() answer { return w.ok(200, w.do("GET", "/v1/activation-requests/"+opened.text("id"), "", nil)) }
	if poll().text("state") != "waiting" {
		t.Errorf("before: %s", poll().raw)
	}
	w.ok(200, w.act(worker, id, "bind", object{"digits": opened.text("digits")}))
	if a := poll(); a.text("state") != "active" || a.text("pass", "id") != string(id) || a.text("phone") == "" {
		t.Errorf("after: %s", a.raw)
	}
	w.ok(200, w.prove(first))

	code := w.ok(200, w.do("POST", "/v1/me/recovery-code", first.token, nil))
	recovery := object{"pass_number": code.text("pass_number"), "code": code.text("recovery_code"), "device_key": second.jwk(t)}
	a := w.ok(200, w.do("POST", "/v1/recoveries", "", recovery))
	again := w.ok(200, w.do("POST", "/v1/recoveries", "", recovery))
	if next := a.text("recovery_code"); next == "" || next == code.text("recovery_code") || next != again.text("recovery_code") {
		t.Errorf("the next codes are %s and %s", a.raw, again.raw)
	}
	if got := w.do("GET", "/v1/me", first.token, nil); got.status != 401 || got.code() != "not_this_phone" {
		t.Errorf("the phone before: %s", got.raw)
	}
	w.ok(200, w.act(worker, id, "undo-replacement", nil))
	w.ok(200, w.do("GET", "/v1/me", first.token, nil))
	w.ok(200, w.act(worker, id, "lost-phone", nil))
	if got := w.prove(first); got.status != 401 || got.code() != "not_this_phone" {
		t.Errorf("the lost phone: %s", got.raw)
	}
}

func TestASuspendedPassTellsItsHolderAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	worker := w.worker()
	phone := w.phone(worker)
	for _, step := range []struct{ action, code, state string }{
		{"suspend", "pass_suspended", "suspended"}, {"revoke", "pass_ended", "revoked"},
	} {
		w.ok(200, w.act(worker, phone.pass, step.action, object{"reason": "misuse"}))
		a := w.do("POST", "/v1/me/credential", phone.token, object{"code_key": newDevice(t, deviceType).jwk(t)})
		if a.status != 403 || a.code() != step.code {
			t.Errorf("%s: %s", step.action, a.raw)
		}
		if me := w.ok(200, w.do("GET", "/v1/me", phone.token, nil)); me.text("state") != step.state {
			t.Errorf("%s: the app sees %s", step.action, me.raw)
		}
	}
	w.ok(204, w.do("DELETE", "/v1/me", phone.token, nil))
	if a := w.do("GET", "/v1/me", phone.token, nil); a.status != 401 {
		t.Errorf("erased: %s", a.raw)
	}
}

func TestWhatAListOfPassesRefuses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	worker := w.worker()
	for query, code := range map[string]string{
		"":                         "",
		"?issued_by=me&limit=1":    "",
		"?children=0&state=issued": "",
		"?month=2026-11":           "",
		"?name=Aino":               "unknown_field",
		"?issued_by=Aino":          "invalid_field",
		"?month=November":          "invalid_field",
		"?children=-1":             "invalid_field",
		"?state=expired":           "invalid_field",
		"?number=123":              "invalid_field",
		"?limit=0":                 "invalid_field",
		"?cursor=Aino":             "invalid_field",
		"?postal_code=Kajaani":     "invalid_field",
	} {
		if a := w.do("GET", "/v1/passes"+query, worker.token, nil); a.code() != code {
			t.Errorf("%s: %s", query, a.raw)
		}
	}
}

func TestActionsThatAreNone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	worker := w.worker()
	id := w.issue(worker)
	for _, test := range []struct {
		action string
		in     object
		code   string
	}{
		{"explode", nil, "no_such_route"},
		{"suspend", nil, "invalid_field"},
		{"suspend", object{"reason": "Aino asked"}, "invalid_field"},
		{"suspend", object{"reason": "misuse", "note": "Aino"}, "unknown_field"},
		{"paper", object{"name": "Aino"}, "unknown_field"},
		{"renew", object{"last": "soon"}, "invalid_field"},
		{"renew", object{"last": "2020-01-01"}, "pass_changed"},
		{"bind", object{"digits": "1234"}, "wrong_digits"},
		{"undo-replacement", nil, "nothing_to_undo"},
	} {
		var in any
		if test.in != nil {
			in = test.in
		}
		if a := w.act(worker, id, test.action, in); a.code() != test.code {
			t.Errorf("%s %v: %s", test.action, test.in, a.raw)
		}
	}
}

func TestIssuerKeysAreAJWKS(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.ok(200, w.do("GET", "/v1/issuer-keys", "", nil))
	var set jwks
	if err := json.Unmarshal(a.raw, &set); err != nil || len(set.Keys) == 0 {
		t.Fatalf("got %s, %v", a.raw, err)
	}
	for _, k := range set.Keys {
		if _, err := k.Point(); err != nil || len(k.KID) != 6 || k.ALG != "ES256" || k.Use != "sig" {
			t.Errorf("the key %+v: %v", k, err)
		}
	}
	if a.header.Get("Cache-Control") != "public, max-age=3600" || !strings.HasPrefix(a.header.Get("Content-Type"), "application/jwk-set+json") {
		t.Errorf("the headers are %v", a.header)
	}
}
