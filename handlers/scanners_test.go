package handlers

import (
	"testing"

	"kaikukortti/models"
)

func TestAScannerIsEnrolledAndRemovedOverHTTP(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	manager := w.manager()
	made := w.ok(201, w.do("POST", "/v1/scanners", manager.token, object{"label": "Ovi 2", "end_day": "2026-12-31"}))
	if made.text("state") != "waiting" || len(made.text("code")) != 10 || made.text("code_expires") == "" {
		t.Errorf("added is %s", made.raw)
	}
	d := newDevice(t, scannerType)
	for name, key := range map[string]any{
		"no key": nil, "a text": "key", "another curve": object{"kty": "EC", "crv": "P-384", "x": "", "y": ""},
		"off the curve": models.JWK{KTY: "EC", CRV: "P-256", X: d.jwk(t).Y, Y: d.jwk(t).Y},
	} {
		if a := w.do("POST", "/v1/scanner-enrolments", "", object{"code": made.text("code"), "key": key}); a.status != 400 || a.text("field") != "key" {
			t.Errorf("%s: %d %s", name, a.status, a.raw)
		}
	}
	told := w.ok(201, w.do("POST", "/v1/scanner-enrolments", "", object{"code": made.text("code"), "key": d.jwk(t)}))
	key := told.row(t, "bundle_keys", 0)
	if told.text("scanner", "state") != "working" || told.text("venue", "id") != string(w.theatre) || key.text("kid") == "" || key.text("alg") != "ES256" {
		t.Errorf("enrolled is %s", told.raw)
	}
	stranger := newDevice(t, scannerType)
	if a := w.do("POST", "/v1/scanner-enrolments", "", object{"code": made.text("code"), "key": stranger.jwk(t)}); a.status != 404 || a.code() != "wrong_code" {
		t.Errorf("a used code: %d %s", a.status, a.raw)
	}
	w.ok(200, w.prove(d))
	w.ok(200, w.do("GET", "/v1/venue/today", d.token, nil))
	w.ok(204, w.do("DELETE", "/v1/scanners/"+made.text("id"), manager.token, nil))
	if a := w.do("GET", "/v1/venue/today", d.token, nil); a.status != 401 || a.code() != "scanner_ended" {
		t.Errorf("a removed scanner's token: %d %s", a.status, a.raw)
	}
	listed := w.ok(200, w.do("GET", "/v1/scanners", manager.token, nil)).row(t, "scanners", 0)
	if listed.text("state") != "removed" || listed.text("code") != "" {
		t.Errorf("listed is %v", listed.doc)
	}
}
