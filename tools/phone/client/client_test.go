package client_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"kaikukortti/models"
	"kaikukortti/tools/phone/client"
)

// The vectors of RFC 6238, appendix B, cut to six digits.
func TestOneTimeCodeIsRFC6238(t *testing.T) {
	t.Parallel()
	const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" // "12345678901234567890"
	for at, want := range map[int64]string{
		59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130",
	} {
		got, err := client.OneTimeCode(secret, time.Unix(at, 0))
		if err != nil || got != want {
			t.Errorf("at %d: %q, %v, not %q", at, got, err, want)
		}
	}
	if _, err := client.OneTimeCode("not base32!", time.Now()); err == nil {
		t.Error("a secret that is none was taken")
	}
}

func TestKeysAreReadAsTheyWereWritten(t *testing.T) {
	t.Parallel()
	key, err := client.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(key)
	if err != nil {
		t.Fatal(err)
	}
	var again client.Key
	if err := json.Unmarshal(raw, &again); err != nil || again.Thumbprint() != key.Thumbprint() || !again.Equal(key.PrivateKey) {
		t.Errorf("another key was read: %v", err)
	}
	for _, wrong := range []string{"", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"} {
		if err := again.UnmarshalText([]byte(wrong)); err == nil {
			t.Errorf("%q was taken for a key", wrong)
		}
	}
}

// A phone whose clock is 7 minutes slow is told so, corrects it, and signs again; and from then on it shows codes of the right time.
func TestClockIsCorrectedByTheServer(t *testing.T) {
	t.Parallel()
	const slow = -7 * time.Minute
	asked := 0
	fake := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		now := time.Now().UTC().Truncate(time.Second)
		if r.URL.Path != "/v1/token" {
			fmt.Fprint(w, `{}`)
			return
		}
		asked++
		if issuedAt(t, r).Sub(now).Abs() > time.Minute {
			w.Header().Set("Content-Type", "application/problem+json")
			w.WriteHeader(http.StatusUnauthorized)
			fmt.Fprintf(w, `{"code": "wrong_clock", "now": %q}`, now.Format(time.RFC3339))
			return
		}
		fmt.Fprintf(w, `{"access_token": "a", "expires_in": 600, "now": %q}`, now.Format(time.RFC3339))
	}))
	defer fake.Close()
	clock := client.NewClock(func() time.Time { return time.Now().Add(slow) }, 0)
	if err := newPhone(t, fake.URL, clock).AskToRenew(t.Context()); err != nil {
		t.Fatal(err)
	}
	if asked != 2 {
		t.Errorf("it proved its key %d times", asked)
	}
	if off := time.Since(clock.Now()).Abs(); off > 5*time.Second {
		t.Errorf("its clock is still %s off", off)
	}
}

func newPhone(t *testing.T, url string, clock *client.Clock) *client.Phone {
	t.Helper()
	server, err := client.Open(url, http.DefaultClient)
	if err != nil {
		t.Fatal(err)
	}
	kept, err := client.NewCarried()
	if err != nil {
		t.Fatal(err)
	}
	return client.NewPhone(server, clock, kept)
}

// issuedAt reads when a proof says that it was made.
func issuedAt(t *testing.T, r *http.Request) time.Time {
	t.Helper()
	var body struct {
		Assertion string `json:"assertion"`
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		t.Error(err)
	}
	var said jwt.RegisteredClaims
	if _, _, err := jwt.NewParser().ParseUnverified(body.Assertion, &said); err != nil {
		t.Error(err)
		return time.Time{}
	}
	return said.IssuedAt.Time
}

func TestAnswersOfAServerAreTold(t *testing.T) {
	t.Parallel()
	fake := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/activations") {
			w.Header().Set("Content-Type", "application/problem+json")
			w.Header().Set("Retry-After", "7")
			w.WriteHeader(http.StatusTooManyRequests)
			fmt.Fprint(w, `{"code": "too_many_requests", "detail": "Too many requests.", "field": "code"}`)
			return
		}
		w.WriteHeader(http.StatusBadGateway)
	}))
	phone := newPhone(t, fake.URL, client.NewClock(time.Now, 0))
	err := phone.Activate(t.Context(), client.Activation{Code: "1"})
	if want := "code: Too many requests (too_many_requests)"; !client.IsProblem(err, "too_many_requests") || err.Error() != want {
		t.Errorf("it says %q instead of %q", err, want)
	}
	if err := phone.OpenRequest(t.Context()); !client.IsProblem(err, "http_502") {
		t.Errorf("a proxy's answer is %v", err)
	}
	fake.Close()
	if err := phone.OpenRequest(t.Context()); err == nil || !strings.Contains(err.Error(), client.ErrNoAnswer.Error()) {
		t.Errorf("a server that is gone is %v", err)
	}
}

func TestAddressesOfServers(t *testing.T) {
	t.Parallel()
	for address, loopback := range map[string]bool{
		"http://localhost:8080": true, "http://127.0.0.1": true, "http://[::1]:8080/": true, "https://kaikukortti.example": false,
		"http://localhost.example": false, "http://10.0.0.1": false,
	} {
		server, err := client.Open(address, http.DefaultClient)
		if err != nil || server.Loopback() != loopback {
			t.Errorf("%s: %v, loopback is not %v", address, err, loopback)
		}
	}
	for _, wrong := range []string{"", "localhost:8080", "ftp://localhost", "http://localhost/v1"} {
		if _, err := client.Open(wrong, http.DefaultClient); err == nil {
			t.Errorf("%q was taken for an address", wrong)
		}
	}
}

// What waits for the server is sent in batches, and leaves with its code once it was answered.
func TestQueueLeavesOnlyOnceAnswered(t *testing.T) {
	t.Parallel()
	down := false
	fake := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v1/token" {
			fmt.Fprint(w, `{"access_token": "a", "expires_in": 600}`)
			return
		}
		if down {
			panic(http.ErrAbortHandler)
		}
		down = true // after the first batch
		fmt.Fprint(w, `{"answers": [{"result": "counted"}]}`)
	}))
	defer fake.Close()
	server, err := client.Open(fake.URL, http.DefaultClient)
	if err != nil {
		t.Fatal(err)
	}
	kept, err := client.NewEnrolled()
	if err != nil {
		t.Fatal(err)
	}
	kept.Queue = make([]client.Queued, 70)
	scanner := client.NewScanner(server, client.NewClock(time.Now, 0), kept)
	sent, err := scanner.Upload(t.Context())
	if err == nil || len(sent) != 1 || sent[0].Result != models.UploadCounted || len(scanner.Queue) != 20 {
		t.Errorf("%d were answered, %d wait: %v", len(sent), len(scanner.Queue), err)
	}
}
