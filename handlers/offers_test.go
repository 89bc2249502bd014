package handlers

import (
	"maps"
	"testing"
	"time"
)

// row is one of the objects in a list.
func (a answer) row(t *testing.T, list string, i int) answer {
	t.Helper()
	all, _ := a.doc[list].([]any)
	if i >= len(all) {
		t.Fatalf("%s has %d rows: %s", list, len(all), a.raw)
	}
	row, _ := all[i].(map[string]any)
	return answer{doc: row}
}

// value is a member of the document, whatever it is.
func (a answer) value(name string) any { return a.doc[name] }

// tomorrow is an offer that can be reserved, with one session of three seats at this time tomorrow.
func (w *world) tomorrow(manager *member) (offer, session string) {
	w.t.Helper()
	offer = w.ok(201, w.do("POST", "/v1/offers", manager.token, object{
		"kind": "event", "sector": "culture", "municipality": "049", "title": object{"fi": "Ilta", "sv": "Kväll"}, "place": "Iso sali",
		"reservable": true, "walk_ins": true, "children_counted": true, "cancel_minutes": 60,
	})).text("id")
	from := w.clock.now().Add(24 * time.Hour)
	session = w.ok(201, w.do("POST", "/v1/offers/"+offer+"/sessions", manager.token, object{
		"start": from, "end": from.Add(2 * time.Hour), "seats": 3,
	})).text("id")
	return offer, session
}

func TestAVenueKeepsItsProgramme(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	manager := w.manager()
	offer, session := w.tomorrow(manager)

	listed := w.ok(200, w.do("GET", "/v1/offers", manager.token, nil)).row(t, "offers", 0)
	if listed.text("id") != offer || listed.text("title", "sv") != "Kväll" || listed.text("place") != "Iso sali" {
		t.Errorf("listed is %v", listed.doc)
	}
	described := w.ok(200, w.do("PUT", "/v1/offers/"+offer, manager.token, object{"title": object{"fi": "Toinen"}, "walk_ins": false}))
	if described.text("title", "fi") != "Toinen" || described.value("walk_ins") != false || described.value("reservable") != true {
		t.Errorf("described is %s", described.raw)
	}
	seats := w.ok(200, w.do("PUT", "/v1/sessions/"+session+"/seats", manager.token, object{"seats": 7}))
	if seats.value("seats") != 7.0 {
		t.Errorf("the session is %s", seats.raw)
	}
	read := w.ok(200, w.do("GET", "/v1/offers/"+offer, manager.token, nil)).row(t, "sessions", 0)
	counts, _ := read.doc["counts"].(map[string]any)
	if read.text("id") != session || counts["free"] != 7.0 || counts["admitted"] != 0.0 {
		t.Errorf("the offer's session is %v", read.doc)
	}
	if a := w.do("POST", "/v1/offers/"+offer+"/close", manager.token, nil); a.code() != "sessions_to_come" {
		t.Errorf("closed with a session to come: %d %s", a.status, a.raw)
	}
	if a := w.ok(200, w.do("POST", "/v1/sessions/"+session+"/cancel", manager.token, nil)); a.text("cancelled_at") == "" {
		t.Errorf("the cancelled session is %s", a.raw)
	}
	w.ok(200, w.do("POST", "/v1/offers/"+offer+"/close", manager.token, nil))
	if a := w.ok(200, w.do("GET", "/v1/offers", manager.token, nil)); len(a.doc["offers"].([]any)) != 0 {
		t.Errorf("a closed offer is listed: %s", a.raw)
	}
	w.ok(200, w.do("GET", "/v1/offers?closed=true", manager.token, nil)).row(t, "offers", 0)
}

func TestAProgrammeTakesNoNonsense(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	manager := w.manager()
	good := func(change object) object {
		o := object{"kind": "event", "sector": "culture", "municipality": "049", "title": object{"fi": "Ilta"}, "reservable": true}
		maps.Copy(o, change)
		return o
	}
	for name, c := range map[string]struct {
		in          object
		code, field string
	}{
		"a field that is not known":     {good(object{"holder": "Aino"}), "unknown_field", ""},
		"a day that is none":            {good(object{"kind": "standing", "reservable": false, "first": "23.11.2026"}), "invalid_field", "first"},
		"a number as text":              {good(object{"seats_per_pass": "2"}), "invalid_field", "seats_per_pass"},
		"a language that is not known":  {good(object{"title": object{"de": "Abend"}}), "invalid_field", "title"},
		"no words":                      {good(object{"title": object{}}), "invalid_field", "title"},
		"a limit of an unknown period":  {good(object{"kind": "standing", "reservable": false, "limit": object{"times": 1, "per": "moon"}}), "invalid_field", "limit.per"},
		"a limit with an unknown field": {good(object{"limit": object{"times": 1, "per": "day", "for": "x"}}), "unknown_field", "limit"},
	} {
		a := w.do("POST", "/v1/offers", manager.token, c.in)
		if a.status != 400 || a.code() != c.code || a.text("field") != c.field {
			t.Errorf("%s: %d %s", name, a.status, a.raw)
		}
	}
	in := good(nil)
	first := w.ok(201, w.do("POST", "/v1/offers", manager.token, in, "Idempotency-Key", "the-same-key"))
	again := w.ok(201, w.do("POST", "/v1/offers", manager.token, in, "Idempotency-Key", "the-same-key"))
	if first.text("id") != again.text("id") {
		t.Error("the same request made a second offer")
	}
	if a := w.do("POST", "/v1/offers", manager.token, good(object{"place": "Sali"}), "Idempotency-Key", "the-same-key"); a.status != 422 || a.code() != "key_reused" {
		t.Errorf("another request with the same key: %d %s", a.status, a.raw)
	}
	if a := w.do("POST", "/v1/offers", manager.token, in, "Idempotency-Key", ""); a.code() != "idempotency_key_missing" {
		t.Errorf("without a key: %d %s", a.status, a.raw)
	}
}

func TestTodayTellsNumbersAndNobody(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	worker, manager := w.worker(), w.manager()
	phone, scanner := w.phone(worker), w.scannerOf(manager)
	session := w.session(manager)
	w.ok(201, w.do("POST", "/v1/offers", manager.token, object{
		"kind": "standing", "sector": "sport", "municipality": "049", "title": object{"fi": "Uinti"}, "limit": object{"times": 2, "per": "week"},
	}))
	w.ok(200, w.scans(scanner, phone, session))
	for path, token := range map[string]string{"/v1/venue/today": scanner.token, "/v1/door": manager.token} {
		today := w.ok(200, w.do("GET", path, token, nil))
		row, pool := today.row(t, "sessions", 0), today.row(t, "standing", 0)
		counts, _ := row.doc["counts"].(map[string]any)
		if row.text("id") != session || row.value("open") != true || counts["admitted"] != 1.0 || counts["free"] != 19.0 {
			t.Errorf("%s: %s", path, today.raw)
		}
		if pool.text("limit", "per") != "week" || pool.value("admitted") != 0.0 || today.text("venue", "id") != string(w.theatre) {
			t.Errorf("%s: %s", path, today.raw)
		}
	}
}
