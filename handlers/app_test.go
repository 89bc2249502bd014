package handlers

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	build "kaikukortti/web/build/app"
)

// appFiles are an app as it is built, in small.
func appFiles() fstest.MapFS {
	file := func(content string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(content)} }
	return fstest.MapFS{
		"holder.html": file("<p>holder"), "holder.html.br": file("brotli"), "holder.html.gz": file("gzip"),
		"holder.sv.html": file("<p>kort"), "holder.en.html": file("<p>card"),
		"scan.html": file("<p>scan"), "desk.html": file("<p>desk"), "office.html": file("<p>office"),
		"assets/holder-ABC.js": file("script"), "assets/reader-ABC.wasm": file("wasm"), "sw.js": file("worker"),
		"icon.svg": file("<svg/>"), "icon-192.png": file("png"), "holder.webmanifest": file(`{"start_url": "/", "name": "Kaikukortti"}`),
	}
}

// appServed is an app behind the real middleware.
func appServed(t *testing.T, files fstest.MapFS) string {
	t.Helper()
	s := New(Domain{}, Settings{Deadline: time.Second, Limits: DefaultLimits()}, Outside{
		Log: slog.New(slog.DiscardHandler), Metrics: NewMetrics("test"), Now: time.Now, Random: zeros{}, App: files,
	})
	at := servedBy(t, s)
	t.Cleanup(func() {
		if err := s.Stop(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	return at
}

// zeros are random enough for the id of a request.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) { return len(b), nil }

type appAnswer struct {
	status int
	header http.Header
	body   string
}

func fetch(t *testing.T, url, encodings string, more ...string) appAnswer {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept-Encoding", encodings)
	for i := 0; i < len(more); i += 2 {
		request.Header.Set(more[i], more[i+1])
	}
	response, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	b, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return appAnswer{response.StatusCode, response.Header, string(b)}
}

func TestTheAppIsServed(t *testing.T) {
	t.Parallel()
	at := appServed(t, appFiles())
	for name, c := range map[string]struct {
		path, encodings string
		want            string
		kind, cache     string
		encoding        string
	}{
		"the holder's page":           {"/", "identity", "<p>holder", "text/html; charset=utf-8", "no-cache", ""},
		"a screen of it":              {"/my/inbox", "identity", "<p>holder", "text/html; charset=utf-8", "no-cache", ""},
		"an activation link":          {"/activate", "identity", "<p>holder", "text/html; charset=utf-8", "no-cache", ""},
		"a scanner":                   {"/scan", "identity", "<p>scan", "text/html; charset=utf-8", "no-cache", ""},
		"a pass at the desk":          {"/desk/pass/x", "identity", "<p>desk", "text/html; charset=utf-8", "no-cache", ""},
		"an invitation":               {"/invitation", "identity", "<p>office", "text/html; charset=utf-8", "no-cache", ""},
		"the smallest form":           {"/", "gzip, deflate, br", "brotli", "text/html; charset=utf-8", "no-cache", "br"},
		"a form that is refused":      {"/", "br;q=0, gzip", "gzip", "text/html; charset=utf-8", "no-cache", "gzip"},
		"what never changes":          {"/assets/holder-ABC.js", "br", "script", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable", ""},
		"WebAssembly":                 {"/assets/reader-ABC.wasm", "br", "wasm", "application/wasm", "public, max-age=31536000, immutable", ""},
		"the service worker":          {"/sw.js", "br", "worker", "text/javascript; charset=utf-8", "no-cache", ""},
		"a page as the worker asks":   {"/scan.html", "identity", "<p>scan", "text/html; charset=utf-8", "no-cache", ""},
		"the manifest":                {"/holder.webmanifest", "identity", `{"start_url": "/", "name": "Kaikukortti"}`, "application/manifest+json", "no-cache", ""},
		"a manifest with other words": {"/holder.webmanifest?code=Aino", "identity", `{"start_url": "/", "name": "Kaikukortti"}`, "application/manifest+json", "no-cache", ""},
		"an icon":                     {"/icon-192.png", "br", "png", "image/png", "no-cache", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := fetch(t, at+c.path, c.encodings)
			for what, pair := range map[string][2]string{
				"body": {got.body, c.want}, "type": {got.header.Get("Content-Type"), c.kind},
				"caching": {got.header.Get("Cache-Control"), c.cache}, "encoding": {got.header.Get("Content-Encoding"), c.encoding},
			} {
				if got.status != 200 || pair[0] != pair[1] {
					t.Errorf("%d, %s %q, want %q", got.status, what, pair[0], pair[1])
				}
			}
			if policy := got.header.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") ||
				!strings.Contains(policy, "frame-ancestors 'none'") || strings.Contains(policy, "unsafe-inline") {
				t.Errorf("its policy is %q", policy)
			}
			if cookies := got.header.Values("Set-Cookie"); len(cookies) != 0 {
				t.Errorf("it sets cookies: %v", cookies)
			}
		})
	}
}

// The page asks at once for the words of the browser's language, so it is another page; caches in between are told.
func TestTheAppIsServedInTheLanguageOfTheBrowser(t *testing.T) {
	t.Parallel()
	at := appServed(t, appFiles())
	for languages, want := range map[string]string{
		"": "<p>holder", "fi-FI,fi;q=0.9,en;q=0.8": "<p>holder", "sv-FI,sv;q=0.9": "<p>kort", "en-GB": "<p>card",
		"en;q=0.5,sv;q=0.7": "<p>kort", "de, en;q=0.5": "<p>card", "ru-RU": "<p>holder", "*": "<p>holder", "sv;q=0": "<p>holder",
	} {
		for _, path := range []string{"/", "/my/card", "/holder.html"} {
			got := fetch(t, at+path, "identity", "Accept-Language", languages)
			if got.status != 200 || got.body != want {
				t.Errorf("%s in %q: %d %q, want %q", path, languages, got.status, got.body, want)
			}
			if vary := got.header.Get("Vary"); vary != "Accept-Encoding, Accept-Language" {
				t.Errorf("it varies by %q", vary)
			}
		}
	}
}

func TestWhatIsNotOfTheAppIsNotServed(t *testing.T) {
	t.Parallel()
	at := appServed(t, appFiles())
	for _, path := range []string{
		"/assets/none.js", "/assets/..%2fsw.js", "/assets/%2e%2e/holder.html", "/holder.html.br", "/stage.html", "/icon-9.png", "/styleguide", "/desk.webmanifest",
		"/assets/holder-ABC.js.br", "/assets/", "/index.html",
	} {
		if got := fetch(t, at+path, "identity"); got.status != 404 || got.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d, %s", path, got.status, got.header.Get("Cache-Control"))
		}
	}
	if got := fetch(t, appServed(t, nil)+"/", "identity"); got.status != 404 {
		t.Errorf("without an app: %d", got.status)
	}
}

// An app that is installed from an activation link starts with the code.
func TestTheManifestOfAnActivationLinkStartsWithTheCode(t *testing.T) {
	t.Parallel()
	got := fetch(t, appServed(t, appFiles())+"/holder.webmanifest?code=1234567890", "br")
	var manifest map[string]string
	if err := json.Unmarshal([]byte(got.body), &manifest); err != nil {
		t.Fatal(err)
	}
	if manifest["start_url"] != "/activate#1234567890" || manifest["name"] != "Kaikukortti" {
		t.Errorf("%v", manifest)
	}
}

// The service worker answers the same paths with the same pages as the server.
func TestTheBuildAndTheServerAgreeOnThePages(t *testing.T) {
	t.Parallel()
	if len(build.Roles) != len(appPages) {
		t.Errorf("the build has %d pages, the server %d", len(build.Roles), len(appPages))
	}
	for _, role := range build.Roles {
		paths := append([]string{role.Home}, role.Prefixes...)
		for i, p := range paths[1:] {
			if strings.HasSuffix(p, "/") {
				paths[i+1] = p + "*"
			}
		}
		if !slices.Equal(paths, appPages[role.Name]) {
			t.Errorf("%s: the build has %v, the server %v", role.Name, paths, appPages[role.Name])
		}
	}
}
