package notifications_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/api/option"

	"kaikukortti/models"
	"kaikukortti/notifications"
)

// A provider is Firebase as far as the SDK can tell: it gives out access tokens, and takes messages or says why not.
type provider struct {
	*httptest.Server
	status int
	answer string

	mu       sync.Mutex
	messages []string
	headers  []http.Header
}

func newProvider(t *testing.T) *provider {
	t.Helper()
	p := &provider{status: http.StatusOK, answer: `{"name":"projects/kaiku-test/messages/1"}`}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /token", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"access_token":"access","token_type":"Bearer","expires_in":3600}`)
	})
	mux.HandleFunc("POST /v1/projects/kaiku-test/messages:send", p.take)
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	return p
}

func (p *provider) take(w http.ResponseWriter, r *http.Request) {
	message, err := io.ReadAll(r.Body)
	p.mu.Lock()
	defer p.mu.Unlock()
	if err != nil || r.Header.Get("Authorization") != "Bearer access" {
		http.Error(w, "who are you?", http.StatusUnauthorized)
		return
	}
	p.messages, p.headers = append(p.messages, string(message)), append(p.headers, r.Header)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(p.status)
	_, _ = io.WriteString(w, p.answer)
}

// account is the file of a service account, with a key that was made a moment ago.
func (p *provider) account(t *testing.T) models.Secret {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	file, err := json.Marshal(map[string]string{
		"type": "service_account", "project_id": "kaiku-test", "private_key_id": "1", "client_id": "1",
		"client_email": "kaiku@kaiku-test.iam.gserviceaccount.com", "token_uri": p.URL + "/token",
		"private_key": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})),
	})
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func (p *provider) fcm(t *testing.T) *notifications.FCM {
	t.Helper()
	fcm, err := notifications.NewFCM(t.Context(), p.account(t), option.WithEndpoint(p.URL+"/v1"))
	if err != nil {
		t.Fatal(err)
	}
	return fcm
}

var push = notifications.Push{Token: models.Secret(token), ID: "abcdefghijkmnpqrstuvwxyz23", Text: "Uutta sinulle"}

// TestAPushOverFirebaseTellsNothing holds what leaves the server to the byte.
func TestAPushOverFirebaseTellsNothing(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	if err := p.fcm(t).Send(t.Context(), push); err != nil {
		t.Fatal(err)
	}
	var got, want any
	id := string(push.ID)
	if len(p.messages) != 1 || json.Unmarshal([]byte(p.messages[0]), &got) != nil {
		t.Fatalf("Firebase got %q", p.messages)
	}
	err := json.Unmarshal(fmt.Appendf(nil, `{"message": {
		"token": %q, "data": {"notice": %q}, "notification": {"title": "Uutta sinulle"},
		"android": {"collapse_key": %q, "notification": {"tag": %q}},
		"apns": {"headers": {"apns-collapse-id": %q}},
		"webpush": {"headers": {"Topic": %q}, "notification": {"tag": %q}}
	}}`, token, id, id, id, id, id, id), &want)
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("Firebase got\n%v\nwant\n%v", got, want)
	}
}

func TestWhatFirebaseAnswers(t *testing.T) {
	t.Parallel()
	refusal := func(status int, code string) (int, string) {
		return status, fmt.Sprintf(`{"error": {"code": %d, "message": "no: %s", "status": "X", "details": [
			{"@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": %q}]}}`, status, token, code)
	}
	for name, c := range map[string]struct {
		answer func() (int, string)
		gone   bool
	}{
		"the app was removed":          {func() (int, string) { return refusal(http.StatusNotFound, "UNREGISTERED") }, true},
		"another project's token":      {func() (int, string) { return refusal(http.StatusForbidden, "SENDER_ID_MISMATCH") }, true},
		"too many messages":            {func() (int, string) { return refusal(http.StatusTooManyRequests, "QUOTA_EXCEEDED") }, false},
		"something is wrong there":     {func() (int, string) { return refusal(http.StatusInternalServerError, "INTERNAL") }, false},
		"something is wrong with us":   {func() (int, string) { return refusal(http.StatusBadRequest, "INVALID_ARGUMENT") }, false},
		"no such address at all":       {func() (int, string) { return http.StatusNotFound, "<html>" }, false},
		"a proxy answers in its place": {func() (int, string) { return http.StatusBadGateway, "<html>" }, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newProvider(t)
			p.status, p.answer = c.answer()
			err := p.fcm(t).Send(t.Context(), push)
			if err == nil || errors.Is(err, notifications.ErrAddressGone) != c.gone {
				t.Errorf("the answer is %v, want gone: %t", err, c.gone)
			}
			if err != nil && strings.Contains(err.Error(), token) {
				t.Errorf("the error repeats the phone's token: %v", err)
			}
		})
	}
}

func TestFirebaseThatIsOutOfReachIsNoGoneAddress(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	fcm := p.fcm(t)
	p.Close()
	soon, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond) // the SDK itself would try again for seconds
	defer cancel()
	if err := fcm.Send(soon, push); err == nil || errors.Is(err, notifications.ErrAddressGone) {
		t.Errorf("the answer is %v", err)
	}
}

func TestOnlyAServiceAccountOpensFirebase(t *testing.T) {
	t.Parallel()
	for name, file := range map[string]string{
		"nothing":                    ``,
		"no JSON":                    `kaiku`,
		"another kind of account":    `{"type":"external_account","project_id":"kaiku-test","credential_source":{"url":"http://example.org"}}`,
		"no project":                 `{"type":"service_account"}`,
		"an account without its key": `{"type":"service_account","project_id":"kaiku-test"}`,
	} {
		if _, err := notifications.NewFCM(t.Context(), models.Secret(file)); err == nil {
			t.Errorf("%s opens it", name)
		}
	}
}
