package handlers

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"kaikukortti/models"
)

// bare is the framework with our middleware and the routes of one test.
func bare(t *testing.T, s Settings, add func(*fiber.App)) (*fiber.App, *bytes.Buffer) {
	t.Helper()
	log := new(bytes.Buffer)
	if s.Deadline == 0 {
		s.Deadline = 10 * time.Second
	}
	o := Outside{Log: slog.New(slog.NewJSONHandler(log, nil)), Metrics: NewMetrics("test"), Now: time.Now, Random: rand.Reader}
	app := newApp(s, o)
	app.Use(recovering(o.Log), deadline(t.Context(), s.Deadline))
	add(app)
	return app, log
}

// asked is what came back: status, headers and the JSON document.
type asked struct {
	StatusCode int
	Header     http.Header
}

func ask(t *testing.T, app *fiber.App, r *http.Request) (asked, map[string]any) {
	t.Helper()
	res, err := app.Test(r, -1)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if err := res.Body.Close(); err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(raw, &doc); err != nil && len(raw) > 0 {
		t.Fatalf("%s %s: %v: %s", r.Method, r.URL, err, raw)
	}
	return asked{res.StatusCode, res.Header}, doc
}

// served answers on a loopback address until the test ends.
func served(t *testing.T, app *fiber.App) string {
	t.Helper()
	on, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- app.Listener(patient{on, time.Minute}) }()
	t.Cleanup(func() {
		if err := errors.Join(app.Shutdown(), <-done); err != nil {
			t.Error(err)
		}
	})
	return "http://" + on.Addr().String()
}

func request(method, path string) *http.Request {
	return httptest.NewRequestWithContext(context.Background(), method, path, http.NoBody)
}

func TestEveryErrorIsAProblemDocument(t *testing.T) {
	t.Parallel()
	secret := errors.New("the password of Aino is kissa")
	app, log := bare(t, Settings{}, func(app *fiber.App) {
		app.Get("/known/:id", func(*fiber.Ctx) error {
			return fmt.Errorf("read: %w", &models.Error{
				Kind: models.TooMany, Code: "later", Detail: "Later.", Field: "code", RetryAfter: 7, Extra: map[string]any{"now": "then", "code": "no"},
			})
		})
		app.Get("/unknown", func(*fiber.Ctx) error { return secret })
		app.Get("/forgotten", func(*fiber.Ctx) error { return &models.Error{Code: "forgotten", Detail: secret.Error()} })
		app.Get("/panic", func(*fiber.Ctx) error { panic(secret) })
		app.Get("/late", func(c *fiber.Ctx) error {
			<-c.UserContext().Done()
			return fmt.Errorf("ask: %w", c.UserContext().Err())
		})
	})
	for name, c := range map[string]struct {
		method, path string
		status       int
		code         string
	}{
		"a known one":            {http.MethodGet, "/known/Aino?q=Aino", 429, "later"},
		"an unknown one":         {http.MethodGet, "/unknown", 500, "internal"},
		"one without a kind":     {http.MethodGet, "/forgotten", 500, "internal"},
		"a panic":                {http.MethodGet, "/panic", 500, "internal"},
		"a path":                 {http.MethodGet, "/Aino", 404, "no_such_route"},
		"a path in another case": {http.MethodGet, "/UNKNOWN", 404, "no_such_route"},
		"a method":               {http.MethodPost, "/unknown", 405, "method_not_allowed"},
		"a method of nobody":     {"AINO", "/unknown", 405, "method_not_allowed"},
	} {
		res, doc := ask(t, app, request(c.method, c.path))
		if res.StatusCode != c.status || doc["code"] != c.code || doc["status"] != float64(c.status) {
			t.Errorf("%s: %d %v, want %d %s", name, res.StatusCode, doc, c.status, c.code)
		}
		if got := res.Header.Get("Content-Type"); got != "application/problem+json" {
			t.Errorf("%s: content type %q", name, got)
		}
		if id := res.Header.Get("X-Request-Id"); id == "" || doc["instance"] != id || doc["type"] != "/docs/api/problems#"+c.code {
			t.Errorf("%s: id %q, document %v", name, id, doc)
		}
		if strings.Contains(fmt.Sprint(doc), "kissa") {
			t.Errorf("%s shows what it must not: %v", name, doc)
		}
	}
	res, doc := ask(t, app, request(http.MethodGet, "/known/1"))
	if doc["field"] != "code" || doc["now"] != "then" || doc["detail"] != "Later." || res.Header.Get("Retry-After") != "7" {
		t.Errorf("the known one is %v with %v", doc, res.Header)
	}
	if strings.Contains(log.String(), "/known/Aino") || strings.Contains(log.String(), "AINO") {
		t.Errorf("the log holds what was asked: %s", log)
	}
	if !strings.Contains(log.String(), `"method":"other","route":"none","status":405`) {
		t.Errorf("a method of nobody is not in the log: %s", log)
	}
	if !strings.Contains(log.String(), "/known/:id") {
		t.Errorf("the log does not hold the pattern: %s", log)
	}
}

func TestARequestThatTakesTooLongIsTold(t *testing.T) {
	t.Parallel()
	app, _ := bare(t, Settings{Deadline: time.Millisecond}, func(app *fiber.App) {
		app.Get("/late", func(c *fiber.Ctx) error {
			<-c.UserContext().Done()
			return fmt.Errorf("ask: %w", c.UserContext().Err())
		})
	})
	res, doc := ask(t, app, request(http.MethodGet, "/late"))
	if res.StatusCode != 503 || doc["code"] != "timeout" {
		t.Fatalf("%d %v", res.StatusCode, doc)
	}
}

func TestEveryAnswerHasSecurityHeaders(t *testing.T) {
	t.Parallel()
	app, _ := bare(t, Settings{PublicURLs: []string{"https://kaikukortti.example"}}, func(app *fiber.App) {
		app.Post("/", func(c *fiber.Ctx) error { return c.JSON(1) })
		app.Get("/own", func(c *fiber.Ctx) error { c.Set("Cache-Control", "public, max-age=60"); return c.JSON(fiber.Map{}) })
	})
	at := served(t, app)
	for name, c := range map[string]struct {
		method, path, body string
		status             int
	}{
		"none":      {http.MethodGet, "/none", "", 404},
		"too large": {http.MethodPost, "/", strings.Repeat("1", MaxBody+1), 413},
		"odd":       {"ODD", "/", "", 405},
		"good":      {http.MethodPost, "/", "", 200},
	} {
		r, err := http.NewRequestWithContext(t.Context(), c.method, at+c.path, strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := res.Body.Close(); err != nil || res.StatusCode != c.status {
			t.Errorf("%s: %d, %v", name, res.StatusCode, err)
		}
		for header, want := range map[string]string{
			"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'", "X-Content-Type-Options": "nosniff",
			"Referrer-Policy": "no-referrer", "Cache-Control": "no-store", "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
		} {
			if got := res.Header.Get(header); got != want {
				t.Errorf("%s: %s is %q, want %q", name, header, got, want)
			}
		}
	}
	if res, _ := ask(t, app, request(http.MethodGet, "/own")); res.Header.Get("Cache-Control") != "public, max-age=60" {
		t.Error("a route cannot say that it may be cached")
	}
}

func TestOnlyTheOneProxyHeaderIsBelieved(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ configured, header, value, want string }{
		"no proxy, forged":                {"", "X-Forwarded-For", "203.0.113.7", "0.0.0.0"},
		"the proxy's header":              {"Fly-Client-IP", "Fly-Client-IP", "203.0.113.7", "203.0.113.7"},
		"another header beside a proxy's": {"Fly-Client-IP", "X-Forwarded-For", "203.0.113.7", "0.0.0.0"},
		"nonsense from the proxy":         {"Fly-Client-IP", "Fly-Client-IP", "Aino", "0.0.0.0"},
		"the last of several":             {"X-Forwarded-For", "X-Forwarded-For", "203.0.113.7, 198.51.100.2", "198.51.100.2"},
		"a household of IPv6":             {"Fly-Client-IP", "Fly-Client-IP", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"},
		"IPv4 in IPv6":                    {"Fly-Client-IP", "Fly-Client-IP", "::ffff:203.0.113.7", "203.0.113.7"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got string
			app, _ := bare(t, Settings{ClientIPHeader: c.configured}, func(app *fiber.App) {
				app.Get("/", func(f *fiber.Ctx) error { got = clientAddress(f).String(); return f.JSON(fiber.Map{}) })
			})
			r := request(http.MethodGet, "/")
			r.Header.Set(c.header, c.value)
			ask(t, app, r)
			if got != c.want {
				t.Fatalf("%q, want %q", got, c.want)
			}
		})
	}
}

// servedBy answers on a loopback address; the test stops the server.
func servedBy(t *testing.T, s *Server) string {
	t.Helper()
	on, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- s.Serve(on) }()
	t.Cleanup(func() {
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return "http://" + on.Addr().String()
}

// statusOf asks on a connection of its own; 0 is no answer.
func statusOf(t *testing.T, url string) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Error(err)
		return 0
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := client.Do(r)
	if err != nil {
		return 0
	}
	if err := res.Body.Close(); err != nil {
		t.Error(err)
	}
	return res.StatusCode
}

// eventually waits for a condition.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	ticks := time.NewTicker(5 * time.Millisecond)
	defer ticks.Stop()
	late := time.After(10 * time.Second)
	for !holds() {
		select {
		case <-ticks.C:
		case <-late:
			t.Fatalf("waited too long: %s", what)
		}
	}
}
