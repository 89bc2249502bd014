package handlers

import (
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"kaikukortti/models"
)

// What is not read is refused in the same words on every route that has a body, and nothing of it happens.
func TestEveryBodyIsReadStrictly(t *testing.T) {
	t.Parallel()
	c := newCast(t)
	c.wire(plentiful())
	inputs := c.inputs()
	tried := map[string]bool{}
	for n := range inputs {
		i := &inputs[n]
		if len(i.body) == 0 || tried[i.route] {
			continue
		}
		tried[i.route] = true
		for name, bad := range map[string]struct {
			body   string
			status int
			code   string
		}{
			"cut off":        {`{`, 400, "invalid_json"},
			"unknown":        {`{"nobody_has_this":1}`, 400, "unknown_field"},
			"more after":     {`{} {}`, 400, "invalid_json"},
			"nested":         {strings.Repeat(`{"a":`, 9000) + "1" + strings.Repeat("}", 9000), 400, "unknown_field"},
			"nested in list": {strings.Repeat(`[`, 9000) + strings.Repeat("]", 9000), 400, "invalid_field"},
			"another type":   {`"text"`, 400, "invalid_field"},
		} {
			if a := c.send(i, i.target(), []byte(bad.body)); a.status != bad.status || a.code() != bad.code {
				t.Errorf("%s, %s: %d %s", i.route, name, a.status, a.raw)
			}
		}
		if a := c.send(i, i.target(), i.body, "Content-Type", "text/plain"); a.code() != "not_json" {
			t.Errorf("%s as plain text: %d %s", i.route, a.status, a.raw)
		}
		if a := c.send(i, i.target(), gzipped(t, i.body), "Content-Encoding", "gzip"); a.code() != "content_encoded" {
			t.Errorf("%s compressed: %d %s", i.route, a.status, a.raw)
		}
	}
	if len(tried) < 30 {
		t.Fatalf("only %d routes were tried", len(tried))
	}
}

// A misspelt filter would show another list than was asked for.
func TestListsAreAskedForByKnownNames(t *testing.T) {
	t.Parallel()
	c := newCast(t)
	for path, token := range map[string]string{
		"/v1/audit?pas=x": c.worker.token, "/v1/offers?close=true": c.manager.token, "/v1/organisations?net=espoo": c.coordinator.token,
		"/v1/passes?stat=active": c.worker.token, "/v1/me/notices?from=x": c.phone.token,
	} {
		a := c.do("GET", path, token, nil)
		known, _ := a.doc["known"].([]any)
		if a.status != 400 || a.code() != "unknown_field" || len(known) == 0 {
			t.Errorf("%s: %d %s", path, a.status, a.raw)
		}
	}
	if a := c.do("GET", "/v1/offers?closed=yes", c.manager.token, nil); a.doc["field"] != "closed" {
		t.Errorf("neither true nor false: %d %s", a.status, a.raw)
	}
}

func gzipped(t *testing.T, body object) []byte {
	t.Helper()
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if err := errors.Join(json.NewEncoder(w).Encode(body), w.Close()); err != nil {
		t.Fatal(err)
	}
	return packed.Bytes()
}

func TestBadCodesAreAnsweredAndNeverFail(t *testing.T) {
	t.Parallel()
	c := newCast(t)
	session, good := c.session(c.manager), c.shows(c.phone)
	scan := func(code string) answer {
		return c.do("POST", "/v1/scans", c.scanner.token, object{
			"scan_id": rand.Text(), "session": session, "code": code, "party": object{}, "scanned_at": c.clock.now(),
		})
	}
	another := "X"
	if good[100:101] == another {
		another = "Y"
	}
	for name, code := range map[string]string{
		"another prefix": "ABC:123", "nothing in it": "KP1:", "cut": good[:len(good)/2], "a changed letter": good[:100] + another + good[101:],
		"shown as paper": "KPP:" + good[4:], "swapped halves": good[len(good)/2:] + good[:len(good)/2], "not ASCII": "KP1:ä€",
		"as long as is read": strings.Repeat("K", longestCode),
	} {
		a := scan(code)
		if a.status != 200 || a.text("decision") != "refused" || (a.text("reason") != "not_a_pass" && a.text("reason") != "bad_signature") {
			t.Errorf("%s: %d %s", name, a.status, a.raw)
		}
	}
	if a := scan(strings.Repeat("K", longestCode+1)); a.status != 400 || a.doc["field"] != "code" {
		t.Errorf("oversized: %d %s", a.status, a.raw)
	}
	c.clock.forward(61 * time.Second)
	if a := scan(good); a.text("reason") != "stale_code" {
		t.Errorf("61 seconds old: %s", a.raw)
	}
	c.clock.forward(-200 * time.Second)
	if a := scan(good); a.text("reason") != "wrong_clock" {
		t.Errorf("from the future: %s", a.raw)
	}
}

func TestAPhoneWhoseClockIsWrongIsTold(t *testing.T) {
	t.Parallel()
	c := newCast(t)
	for name, off := range map[string]int64{"ahead": 300, "behind": -300} {
		a := c.do("POST", "/v1/token", "", object{"assertion": c.assertion(c.phone, func(said jwt.MapClaims) {
			now := c.clock.now().Unix()
			said["iat"], said["exp"] = now+off, now+off+60
		})})
		if a.status != 401 || a.code() != "wrong_clock" || a.text("now") != c.clock.now().Format(time.RFC3339) {
			t.Errorf("%s: %d %s", name, a.status, a.raw)
		}
	}
	c.ok(200, c.prove(c.phone))
}

func TestAUsedCodeActivatesNoOtherPhone(t *testing.T) {
	t.Parallel()
	c := newCast(t)
	code, mine, other := c.codeFor(c.worker, c.issue(c.worker)), newDevice(t, deviceType), newDevice(t, deviceType)
	activates := func(d *device) answer {
		return c.do("POST", "/v1/activations", "", object{"code": code, "device_key": d.jwk(t)})
	}
	first := c.ok(200, activates(mine))
	if a := c.ok(200, activates(mine)); a.text("phone") != first.text("phone") {
		t.Errorf("the same request again: %s", a.raw)
	}
	if a := activates(other); a.status != 409 || a.code() != "code_used" {
		t.Errorf("another phone: %d %s", a.status, a.raw)
	}
	if a := activates(newDevice(t, deviceType)); a.status/100 != 4 {
		t.Errorf("a third one: %d %s", a.status, a.raw)
	}
	typo := []byte(code)
	typo[5] = '0' + (typo[5]-'0'+1)%10
	if a := c.do("POST", "/v1/activations", "", object{"code": string(typo), "device_key": other.jwk(t)}); a.code() != "wrong_digits" {
		t.Errorf("a wrong digit: %d %s", a.status, a.raw)
	}
	number := c.ok(200, c.do("GET", "/v1/me", c.phone.token, nil)).text("number")
	if a := c.do("POST", "/v1/activations", "", object{"code": number, "device_key": other.jwk(t)}); a.code() != "wrong_digits_kind" || a.text("kind") != "pass_number" {
		t.Errorf("the pass number in its place: %d %s", a.status, a.raw)
	}
}

func TestAHundredActivationsFromOneAddress(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	worker := w.worker()
	codes := make([]string, 100)
	for n := range codes {
		codes[n] = w.codeFor(worker, w.issue(worker))
		w.clock.forward(time.Second) // nobody issues a hundred passes at once
	}
	err := at(len(codes), 8, func(n int) error {
		d := newDevice(t, deviceType)
		return wants(200, w.do("POST", "/v1/activations", "", object{"code": codes[n], "device_key": d.jwk(t)}))
	})
	if err != nil {
		t.Fatal(err)
	}
}

func wants(status int, a answer) error {
	if a.status != status {
		return fmt.Errorf("%d %s", a.status, a.raw)
	}
	return nil
}

// at does something n times, so many at once, and answers all errors.
func at(n, once int, do func(n int) error) error {
	failed := make([]error, n)
	next := make(chan int)
	var running sync.WaitGroup
	for range once {
		running.Go(func() {
			for i := range next {
				failed[i] = do(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	running.Wait()
	return errors.Join(failed...)
}

func TestAForgedForwardedForChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	few := plentiful()
	few.Address = Rate{PerSecond: 1, Burst: 3}
	w.wire(few)
	var last answer
	for n := range 4 {
		last = w.do("GET", "/v1/networks", "", nil, "X-Forwarded-For", fmt.Sprintf("203.0.113.%d", n), "Fly-Client-IP", fmt.Sprintf("203.0.113.%d", n),
			"X-Real-IP", fmt.Sprintf("203.0.113.%d", n), "Forwarded", fmt.Sprintf("for=203.0.113.%d", n))
	}
	if last.status != http.StatusTooManyRequests || last.header.Get("Retry-After") != "1" || last.code() != "too_many_requests" {
		t.Fatalf("%d %s", last.status, last.raw)
	}
}

func TestNobodyUsesUpWhatIsAnothers(t *testing.T) {
	t.Parallel()
	c := newCast(t)
	few := plentiful()
	few.Device, few.Address, few.Code = Rate{PerSecond: 1, Burst: 3}, Rate{PerSecond: 1, Burst: 10}, Rate{PerSecond: 1, Burst: 2}
	c.wire(few)
	other := &device{key: c.phone.key, kind: deviceType}
	c.ok(200, c.prove(other))
	second := c.world.phone(c.worker)
	codes := map[int]int{}
	for range 5 {
		codes[c.do("GET", "/v1/me", c.phone.token, nil).status]++
	}
	if codes[200] != 3 || codes[429] != 2 {
		t.Errorf("five at once: %v", codes)
	}
	c.ok(200, c.do("GET", "/v1/me", second.token, nil)) // another phone
	c.ok(200, c.do("GET", "/v1/door", c.manager.token, nil))
	for range 20 {
		c.do("GET", "/v1/me", "nonsense", nil)
	}
	if a := c.do("GET", "/v1/networks", "", nil); a.status != 429 {
		t.Errorf("an address that guesses tokens: %d", a.status)
	}
	c.ok(200, c.do("GET", "/v1/me", second.token, nil)) // whoever proves who they are is not counted by address
}

func TestADatabaseThatIsGoneComesBackByItself(t *testing.T) {
	t.Parallel()
	c := newCast(t)
	session, code := c.session(c.manager), c.shows(c.phone)
	scan := func() answer {
		return c.do("POST", "/v1/scans", c.scanner.token, object{
			"scan_id": "AAAAAAAAAAAAAAAAAAAAAAAAAA", "session": session, "code": code, "party": object{}, "scanned_at": c.clock.now(),
		})
	}
	c.outage.gone.Store(true)
	for name, a := range map[string]answer{
		"a scan": scan(), "a holder": c.do("GET", "/v1/me", c.phone.token, nil), "a worker": c.do("GET", "/v1/passes", c.worker.token, nil),
		"an activation": c.do("POST", "/v1/activations", "", object{"code": "1234567895", "device_key": newDevice(t, deviceType).jwk(t)}),
		"a sign-in":     c.signIn(c.worker), "the load balancer": c.do("GET", "/readyz", "", nil),
	} {
		if name == "an activation" && a.code() == "wrong_digits" {
			continue // the check digit is judged before anything is asked
		}
		if a.status != 503 || a.code() != "unavailable" || a.header.Get("Retry-After") == "" {
			t.Errorf("%s: %d %s", name, a.status, a.raw)
		}
	}
	c.ok(200, c.do("GET", "/healthz", "", nil))
	c.outage.gone.Store(false)
	c.ok(200, c.do("GET", "/readyz", "", nil))
	if a := c.ok(200, scan()); a.text("decision") != "admitted" {
		t.Errorf("afterwards: %s", a.raw)
	}
}

// A full batch of uploaded scans, with the longest codes that phones show, is within what a request may have.
func TestAFullBatchOfUploadsIsWithinABody(t *testing.T) {
	t.Parallel()
	c := newCast(t)
	session := c.session(c.manager)
	code := c.shows(c.phone)
	scans := make([]any, mostUploads)
	for n := range scans {
		scans[n] = object{
			"scan_id": rand.Text(), "session": session, "code": code + strings.Repeat(" ", max(0, 366-len(code))),
			"party": object{"children": 15, "assistants": 1, "group": 0}, "scanned_at": c.clock.now(), "shown": "refused",
			"shown_reason": models.ReservationNeeded,
		}
	}
	a := c.ok(200, c.do("POST", "/v1/scans/uploads", c.scanner.token, object{"scans": scans}))
	if answers, _ := a.doc["answers"].([]any); len(answers) != mostUploads {
		t.Fatalf("%d answers", len(answers))
	}
}
