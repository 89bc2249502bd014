package handlers

import (
	"crypto/rand"
	"strings"
	"testing"
	"time"
)

// Somebody came in twice, the second time at a door without a network: the venue's manager sees it once it is uploaded, and says that
// it was seen. To another venue's manager it is not there.
func TestAManagerSeesTheConflictsOfTheOwnVenueAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	manager := w.manager()
	phone, scanner, session := w.phone(w.worker()), w.scannerOf(manager), w.session(manager)
	w.ok(200, w.scans(scanner, phone, session))
	w.clock.forward(time.Minute)
	uploaded := w.ok(200, w.do("POST", "/v1/scans/uploads", scanner.token, object{"scans": []any{object{
		"scan_id": rand.Text(), "session": session, "code": w.shows(phone), "party": object{}, "scanned_at": w.clock.now(), "shown": "welcome",
	}}}))
	if got := uploaded.row(t, "answers", 0).text("result"); got != "conflict" {
		t.Fatalf("the upload became %q: %s", got, uploaded.raw)
	}

	list := w.ok(200, w.do("GET", "/v1/conflicts", manager.token, nil))
	row := list.row(t, "conflicts", 0)
	if row.text("session") != session || row.text("reason") != "already_admitted" || row.text("seen_at") != "" {
		t.Errorf("the list is %s", list.raw)
	}
	if strings.Contains(string(list.raw), string(phone.pass)) {
		t.Errorf("the list names the pass: %s", list.raw)
	}
	neighbor, seen := w.hire("manager", w.museum, ""), "/v1/conflicts/"+row.text("id")+"/seen"
	if a := w.ok(200, w.do("GET", "/v1/conflicts", neighbor.token, nil)); string(a.raw) != `{"conflicts":[]}` {
		t.Errorf("another venue's list is %s", a.raw)
	}
	for name, a := range map[string]answer{
		"another venue's manager": w.do("POST", seen, neighbor.token, nil),
		"a row that never was":    w.do("POST", "/v1/conflicts/aaaaaaaaaaaaaaaaaaaaaaaaaa/seen", manager.token, nil),
	} {
		if a.status != 404 || a.code() != "no_such_conflict" {
			t.Errorf("%s: %d %s", name, a.status, a.raw)
		}
	}
	if a := w.ok(200, w.do("GET", "/v1/conflicts", manager.token, nil)).row(t, "conflicts", 0); a.text("seen_at") != "" {
		t.Errorf("another venue's manager has marked it: %v", a.doc)
	}

	w.ok(204, w.do("POST", seen, manager.token, nil))
	if a := w.ok(200, w.do("GET", "/v1/conflicts", manager.token, nil)).row(t, "conflicts", 0); a.text("seen_at") != w.clock.now().Format(time.RFC3339) {
		t.Errorf("after it was seen: %v", a.doc)
	}
	log := w.ok(200, w.do("GET", "/v1/audit", manager.token, nil))
	if !strings.Contains(string(log.raw), "conflict_seen") {
		t.Errorf("the audit log says nothing of it: %s", log.raw)
	}
}

// More came in at a door without a network than there were seats: they are counted, and the manager hears of it.
func TestAManagerSeesWhoCameInBeyondTheSeats(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	manager, worker := w.manager(), w.worker()
	first, second, scanner := w.phone(worker), w.phone(worker), w.scannerOf(manager)
	now := w.clock.now()
	session := w.ok(201, w.do("POST", "/v1/offers/"+w.event(manager)+"/sessions", manager.token, object{
		"start": now.Add(-time.Hour), "end": now.Add(time.Hour), "seats": 1,
	})).text("id")
	showing := func(phone *device) object {
		return object{
			"scan_id": rand.Text(), "session": session, "code": w.shows(phone), "party": object{}, "scanned_at": w.clock.now(), "shown": "welcome",
		}
	}
	uploaded := w.ok(200, w.do("POST", "/v1/scans/uploads", scanner.token, object{"scans": []any{showing(first), showing(second)}}))
	if got := uploaded.row(t, "answers", 1).text("result"); got != "counted_over_seats" {
		t.Fatalf("the upload became %q: %s", got, uploaded.raw)
	}
	list := w.ok(200, w.do("GET", "/v1/conflicts", manager.token, nil))
	row := list.row(t, "conflicts", 0)
	if counted, _ := row.doc["counted"].(bool); row.text("reason") != "no_seats" || !counted {
		t.Fatalf("the list is %s", list.raw)
	}
	w.ok(204, w.do("POST", "/v1/conflicts/"+row.text("id")+"/seen", manager.token, nil))
	if a := w.ok(200, w.do("GET", "/v1/conflicts", manager.token, nil)).row(t, "conflicts", 0); a.text("seen_at") == "" {
		t.Errorf("after it was seen: %v", a.doc)
	}
}
