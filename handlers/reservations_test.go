package handlers

import (
	"crypto/rand"
	"strings"
	"testing"
	"time"
)

func TestAReservationFromThePhoneToTheDoor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	worker, manager := w.worker(), w.manager()
	phone, scanner := w.phone(worker), w.scannerOf(manager)
	_, session := w.tomorrow(manager)
	in := object{"session": session, "party": object{"children": 2}}
	made := w.ok(201, w.do("POST", "/v1/me/reservations", phone.token, in, "Idempotency-Key", "the-same-key"))
	if made.text("state") != "reserved" || made.value("seats") != 3.0 || len(made.text("code")) != 6 || made.text("title", "fi") != "Ilta" ||
		made.text("cancel_until") != w.clock.now().Add(23*time.Hour).Format(time.RFC3339) {
		t.Errorf("reserved is %s", made.raw)
	}
	again := w.ok(201, w.do("POST", "/v1/me/reservations", phone.token, in, "Idempotency-Key", "the-same-key"))
	if again.text("id") != made.text("id") || again.text("code") == made.text("code") {
		t.Errorf("the same request again is %s", again.raw)
	}
	mine := w.ok(200, w.do("GET", "/v1/me/reservations", phone.token, nil))
	if row := mine.row(t, "reservations", 0); row.text("id") != made.text("id") || row.text("code") != "" || strings.Contains(string(mine.raw), string(phone.pass)) {
		t.Errorf("the list is %s", mine.raw)
	}
	if a := w.do("POST", "/v1/me/reservations", phone.token, in); a.status != 409 || a.code() != "already_reserved" {
		t.Errorf("reserved again: %d %s", a.status, a.raw)
	}
	other := w.phone(worker)
	if a := w.do("POST", "/v1/me/reservations", other.token, object{"session": session, "party": object{}}); a.status != 409 || a.code() != "no_seats" {
		t.Errorf("reserved beyond the seats: %d %s", a.status, a.raw)
	}
	w.clock.forward(22 * time.Hour) // the door has been open for an hour
	w.ok(200, w.prove(scanner))
	for code, want := range map[string]string{made.text("code"): "refused", again.text("code"): "admitted"} {
		a := w.ok(200, w.do("POST", "/v1/scans", scanner.token, object{
			"scan_id": rand.Text(), "session": session, "typed": strings.ToLower(code), "party": object{"children": 2}, "scanned_at": w.clock.now(),
		}))
		if a.text("decision") != want {
			t.Errorf("the code %s at the door: %s", code, a.raw)
		}
	}
	w.ok(200, w.prove(phone))
	if a := w.do("DELETE", "/v1/me/reservations/"+made.text("id"), phone.token, nil); a.code() != "reservation_ended" {
		t.Errorf("a used one was cancelled: %d %s", a.status, a.raw)
	}
}

func TestAReservationIsGivenBackOverHTTP(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	worker, manager := w.worker(), w.manager()
	phone := w.phone(worker)
	_, session := w.tomorrow(manager)
	in := object{"session": session, "party": object{"children": 2}}
	id := w.ok(201, w.do("POST", "/v1/me/reservations", phone.token, in)).text("id")
	for range 2 {
		if a := w.ok(200, w.do("DELETE", "/v1/me/reservations/"+id, phone.token, nil)); a.text("state") != "cancelled" {
			t.Errorf("given back is %s", a.raw)
		}
	}
	of := "/v1/passes/" + string(phone.pass) + "/reservations"
	id = w.ok(201, w.do("POST", of, worker.token, in)).text("id")
	w.ok(200, w.do("DELETE", of+"/"+id, worker.token, nil))
	id = w.ok(201, w.do("POST", of, worker.token, in)).text("id")
	w.ok(200, w.do("DELETE", "/v1/reservations/"+id, manager.token, nil))
	id = w.ok(201, w.do("POST", "/v1/me/reservations", phone.token, in)).text("id")
	w.clock.forward(23*time.Hour + time.Second)
	w.ok(200, w.prove(phone))
	if a := w.do("DELETE", "/v1/me/reservations/"+id, phone.token, nil); a.status != 409 || a.code() != "too_late_to_cancel" || a.text("until") == "" {
		t.Errorf("too late: %d %s", a.status, a.raw)
	}
}

func TestAVenueReservesForAPaper(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	worker, manager := w.worker(), w.manager()
	_, session := w.tomorrow(manager)
	pass := w.issue(worker)
	paper := w.ok(200, w.do("POST", "/v1/passes/"+string(pass)+"/paper", worker.token, nil)).text("number")
	made := w.ok(201, w.do("POST", "/v1/reservations", manager.token, object{"paper_number": paper, "session": session, "party": object{}}))
	if made.text("code") == "" || strings.Contains(string(made.raw), string(pass)) {
		t.Errorf("reserved is %s", made.raw)
	}
	for name, number := range map[string]string{"a pass number": "5000000009", "nothing": "", "letters": "abc"} {
		a := w.do("POST", "/v1/reservations", manager.token, object{"paper_number": number, "session": session, "party": object{}})
		if a.status != 400 || a.text("field") != "paper_number" {
			t.Errorf("%s: %d %s", name, a.status, a.raw)
		}
	}
}

// A scan is answered alike however often its answer gets lost, also when the code that was typed has ended since; and those retries are
// no wrong numbers.
func TestTheRetryOfATypedCodeIsTheSameScan(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	manager := w.manager()
	phone, scanner, session := w.phone(w.worker()), w.scannerOf(manager), w.session(manager)
	code := w.ok(200, w.do("POST", "/v1/me/spoken-code", phone.token, nil)).text("code")
	scan := object{"scan_id": rand.Text(), "session": session, "typed": code, "party": object{}, "scanned_at": w.clock.now()}
	w.ok(200, w.do("POST", "/v1/scans", scanner.token, scan))
	w.clock.forward(time.Minute)
	w.ok(200, w.do("POST", "/v1/me/spoken-code", phone.token, nil))
	for range 25 {
		if a := w.ok(200, w.do("POST", "/v1/scans", scanner.token, scan)); a.text("decision") != "admitted" {
			t.Fatalf("a retry: %s", a.raw)
		}
	}
	scan["scan_id"] = rand.Text()
	if a := w.ok(200, w.do("POST", "/v1/scans", scanner.token, scan)); a.text("reason") != "not_a_pass" {
		t.Errorf("the ended code once more: %s", a.raw)
	}
}

func TestAReservationCodeIsGoodForItsOwnVisit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	manager := w.manager()
	phone, scanner := w.phone(w.worker()), w.scannerOf(manager)
	_, session := w.tomorrow(manager)
	code := w.ok(201, w.do("POST", "/v1/me/reservations", phone.token, object{"session": session, "party": object{}})).text("code")
	evening := w.clock.now().Add(22 * time.Hour)
	other := w.ok(201, w.do("POST", "/v1/offers/"+w.event(manager)+"/sessions", manager.token, object{
		"start": evening.Add(-time.Hour), "end": evening.Add(time.Hour), "seats": 20,
	})).text("id")
	w.clock.forward(22 * time.Hour)
	w.ok(200, w.prove(scanner))
	types := func(at string) string {
		a := w.ok(200, w.do("POST", "/v1/scans", scanner.token, object{
			"scan_id": rand.Text(), "session": at, "typed": code, "party": object{}, "scanned_at": w.clock.now(),
		}))
		return a.text("decision") + a.text("reason")
	}
	for _, step := range []struct{ at, want string }{
		{other, "refusedother_session"}, {session, "admitted"}, {session, "refusedalready_admitted"}, {other, "refusednot_a_pass"},
	} {
		if got := types(step.at); got != step.want {
			t.Errorf("%s, want %s", got, step.want)
		}
	}
}
