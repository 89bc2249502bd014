package handlers

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

const pushToken = "a-registration-token:0123456789-of_a-phone"

// inbox reads a page of the phone's inbox.
func (w *world) inbox(phone *device, query string) (notices []map[string]any, next string) {
	w.t.Helper()
	a := w.ok(200, w.do("GET", "/v1/me/notices"+query, phone.token, nil))
	all, isList := a.doc["notices"].([]any)
	if !isList {
		w.t.Fatalf("an inbox without a list: %s", a.raw)
	}
	for _, n := range all {
		notice, _ := n.(map[string]any)
		notices = append(notices, notice)
	}
	return notices, a.text("next")
}

func TestAHolderReadsTheOwnInboxPageByPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	worker := w.worker()
	phone, another := w.phone(worker), w.phone(worker)
	if all, next := w.inbox(phone, ""); len(all) != 1 || all[0]["kind"] != "activated" || next != "" {
		t.Fatalf("the inbox of a new phone has %v, then %q", all, next)
	}
	w.clock.forward(time.Minute)
	w.ok(200, w.act(worker, phone.pass, "renew", object{"last": w.ok(200, w.do("GET", "/v1/me", phone.token, nil)).text("last")}))

	first, next := w.inbox(phone, "?limit=1")
	if len(first) != 1 || first[0]["kind"] != "renewed" || next == "" {
		t.Fatalf("the first page is %v, then %q", first, next)
	}
	second, end := w.inbox(phone, "?limit=1&cursor="+next)
	if len(second) != 1 || second[0]["kind"] != "activated" || end != "" {
		t.Fatalf("the second page is %v, then %q", second, end)
	}
	id, _ := first[0]["id"].(string)
	if a := w.do("POST", "/v1/me/notices/"+id+"/read", another.token, nil); a.status != 404 || a.code() != "no_such_notice" {
		t.Errorf("another holder reads it: %d %s", a.status, a.raw)
	}
	read := w.ok(200, w.do("POST", "/v1/me/notices/"+id+"/read", phone.token, nil)).text("read_at")
	if read == "" {
		t.Error("it was not marked as read")
	}
	w.clock.forward(time.Minute)
	if again := w.ok(200, w.do("POST", "/v1/me/notices/"+id+"/read", phone.token, nil)).text("read_at"); again != read {
		t.Errorf("reading it again changed the time from %s to %s", read, again)
	}
}

func TestAnInboxRefusesWhatIsNoPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	phone := w.phone(w.worker())
	for query, field := range map[string]string{
		"?limit=0": "limit", "?limit=-1": "limit", "?limit=101": "limit", "?limit=all": "limit", "?limit=": "", "?cursor=x": "cursor",
		"?cursor=1795435200.aaaaaaaaaaaaaaaaaaaaaaaaaa": "",
	} {
		a := w.do("GET", "/v1/me/notices"+query, phone.token, nil)
		if field == "" {
			w.ok(200, a)
			continue
		}
		if a.status != 400 || a.text("field") != field {
			t.Errorf("%s: %d %s", query, a.status, a.raw)
		}
	}
}

// TestAPushAddressIsKeptSealedAndAlone looks for the token in answers, the log and the files, and takes the address away again.
func TestAPushAddressIsKeptSealedAndAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	phone := w.phone(w.worker())
	kept := func() bool {
		has, _ := w.ok(200, w.do("GET", "/v1/me", phone.token, nil)).doc["push_address"].(bool)
		return has
	}
	for name, in := range map[string]object{
		"another provider": {"kind": "sms", "token": pushToken}, "a name": {"kind": "fcm", "token": "Aino Virtanen"},
		"a field more": {"kind": "fcm", "token": pushToken, "name": "Aino"},
	} {
		if a := w.do("PUT", "/v1/me/push", phone.token, in); a.status != 400 || strings.Contains(string(a.raw), "Aino") {
			t.Errorf("%s: %d %s", name, a.status, a.raw)
		}
	}
	if kept() {
		t.Fatal("an address is kept that nobody gave")
	}
	for range 2 {
		w.ok(204, w.do("PUT", "/v1/me/push", phone.token, object{"kind": "fcm", "token": pushToken}))
	}
	if !kept() {
		t.Error("the address is not kept")
	}
	for place, content := range w.places() {
		if bytes.Contains(content, []byte(pushToken)) {
			t.Errorf("%s holds the token in clear", place)
		}
	}
	for range 2 {
		w.ok(204, w.do("DELETE", "/v1/me/push", phone.token, nil))
	}
	if kept() {
		t.Error("the address was not removed")
	}
}
