package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"html"
	"io"
	"net"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"kaikukortti/models"
	"kaikukortti/passes"
	"kaikukortti/server/demo"
)

// aStage is the stage of a demo that runs: the addresses of its page and of its three phones.
type aStage struct {
	served
	page   string
	phones map[demo.Part]string
}

func openStage(t *testing.T, more ...string) aStage {
	t.Helper()
	s := aStage{served: startDemo(t, more...), phones: map[demo.Part]string{}}
	_, rest, _ := strings.Cut(s.out.String(), "Open ")
	s.page, _, _ = strings.Cut(rest, " ")
	_, page := ask(t, s.page+"/")
	_, about, found := strings.Cut(page, `data-about="`)
	about, _, _ = strings.Cut(about, `"`)
	var told struct{ Ports map[demo.Part]string }
	if err := json.Unmarshal([]byte(html.UnescapeString(about)), &told); err != nil || !found || len(told.Ports) != 3 {
		t.Fatalf("the page tells no ports: %s, %v", page, err)
	}
	for part, port := range told.Ports {
		s.phones[part] = "http://127.0.0.1:" + port
	}
	return s
}

// answered is what came back.
type answered struct {
	status  int
	header  http.Header
	cookies []*http.Cookie
	body    string
}

// do asks.
func do(t *testing.T, method, url string, with func(*http.Request)) answered {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	if with != nil {
		with(r)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(res.Body)
	if err := errors.Join(err, res.Body.Close()); err != nil {
		t.Fatal(err)
	}
	return answered{res.StatusCode, res.Header, res.Cookies(), string(b)}
}

func TestEachPhoneOnTheStageIsTheAppOnAnOriginOfItsOwn(t *testing.T) {
	t.Parallel()
	s := openStage(t)
	for part, path := range map[demo.Part]string{demo.Worker: "/desk", demo.Holder: "/", demo.Venue: "/scan"} {
		got := do(t, http.MethodGet, s.phones[part]+path, nil)
		script := `<script src="/stage/frame.js" data-part="` + string(part) + `"`
		if before, _, found := strings.Cut(got.body, script); !found || strings.Contains(before, "<script") {
			t.Errorf("%s does not begin with the stage's script: %s", part, got.body)
		}
		policy := got.header.Get("Content-Security-Policy")
		if !strings.Contains(policy, "frame-ancestors http://localhost:") || !strings.Contains(policy, " "+s.page) || strings.Contains(policy, "unsafe-inline") {
			t.Errorf("%s has the policy %s", part, policy)
		}
		if strings.Contains(got.body, "canonical") {
			t.Errorf("%s says that it is at home elsewhere: %s", part, got.body)
		}
		if _, plain := ask(t, s.at+path); strings.Contains(plain, "/stage/") {
			t.Errorf("the server itself knows of the stage: %s", plain)
		}
		if status, _ := ask(t, s.phones[part]+"/stage/frame.js"); status != http.StatusOK {
			t.Errorf("%s has no script: %d", part, status)
		}
		if status, _ := ask(t, s.phones[part]+"/stage/stored?pass=aaaaaaaaaaaaaaaaaaaa"); status != http.StatusNotFound {
			t.Errorf("%s can ask what is stored: %d", part, status)
		}
	}
	first, _, _ := strings.Cut(s.out.String(), "\n")
	if !strings.Contains(first, s.page) {
		t.Errorf("the first line is %q", first)
	}
}

func TestOneClickSignsTheWorkerIn(t *testing.T) {
	t.Parallel()
	s := openStage(t)
	in := func() *http.Cookie {
		got := do(t, http.MethodPost, s.phones[demo.Worker]+"/stage/in", nil)
		i := slices.IndexFunc(got.cookies, func(c *http.Cookie) bool { return strings.HasPrefix(c.Name, "kaiku_refresh_") })
		if i < 0 || got.body != `{"to":"/desk"}`+"\n" {
			t.Fatalf("%d: %s with %v", got.status, got.body, got.cookies)
		}
		return got.cookies[i]
	}
	session := in()
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(s.phones[demo.Worker], "http://"))
	if session.Name != "kaiku_refresh_"+port || !session.HttpOnly || session.SameSite != http.SameSiteStrictMode {
		t.Errorf("the session is kept as %v", session)
	}
	refresh := func(at demo.Part) int {
		return do(t, http.MethodPost, s.phones[at]+"/v1/session/refresh", func(r *http.Request) { r.AddCookie(session) }).status
	}
	if status := refresh(demo.Holder); status != http.StatusUnauthorized {
		t.Errorf("another phone goes on with the worker's session: %d", status)
	}
	if status := refresh(demo.Worker); status != http.StatusOK {
		t.Errorf("the session does not go on: %d", status)
	}
	for range 3 {
		in() // at once, and again: no one-time code is waited for
	}
}

func TestOneClickEnrolsTheDoor(t *testing.T) {
	t.Parallel()
	s := openStage(t)
	seen := map[string]bool{}
	for range 2 {
		got := do(t, http.MethodPost, s.phones[demo.Venue]+"/stage/in", nil)
		code := regexp.MustCompile(`^\{"code":"([0-9A-Z]+)","to":"/scan"\}\n$`).FindStringSubmatch(got.body)
		if code == nil || seen[code[1]] {
			t.Fatalf("%d: %s", got.status, got.body)
		}
		seen[code[1]] = true
	}
	if got := do(t, http.MethodPost, s.phones[demo.Holder]+"/stage/in", nil); got.body != `{"to":"/"}`+"\n" {
		t.Errorf("the holder goes to %s", got.body)
	}
	got := do(t, http.MethodPost, s.phones[demo.Venue]+"/stage/in", func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") })
	if got.status != http.StatusForbidden {
		t.Errorf("a page from elsewhere is let in: %d", got.status)
	}
}

// TestADemoHasWhatTheStageNeeds looks whether the stage's hall is open, whenever one comes.
func TestADemoHasWhatTheStageNeeds(t *testing.T) {
	t.Parallel()
	for _, at := range []string{"2026-11-23 23:50", "2026-11-24 00:05", "2026-03-29 02:59", "2026-10-25 03:30", "2028-02-29 12:00"} {
		t.Run(at, func(t *testing.T) {
			t.Parallel()
			f := fillDemo(t, helsinki(t, at))
			cast := f.guide.Stage
			for email, role := range map[string]models.Role{cast.Worker: models.WorkerRole, cast.Manager: models.ManagerRole} {
				i := slices.IndexFunc(f.guide.People, func(p demo.Person) bool { return p.Email == email })
				if i < 0 || f.guide.People[i].Role != role {
					t.Fatalf("%s is no %s", email, role)
				}
				if role == models.ManagerRole {
					f.opensAlone(t, f.guide.People[i].Organisation, cast.Offer)
				}
			}
		})
	}
}

// opensAlone says whether a door has just this to scan for, so that nothing need be chosen.
func (f *filled) opensAlone(t *testing.T, venue models.OrganisationID, offer models.OfferID) {
	t.Helper()
	today, err := f.domain.Programme.Today(t.Context(), models.Actor{Role: models.ScannerRole, Organisation: venue})
	if err != nil {
		t.Fatal(err)
	}
	if len(today.Sessions) != 0 || len(today.Standing) != 1 || today.Standing[0].Offer.ID != offer || today.Standing[0].Offer.Use().Times < 10 {
		t.Errorf("the door is not as the stage needs it: %+v", today)
	}
}

func TestWhatIsStoredOfAPassIsShownWhole(t *testing.T) {
	t.Parallel()
	f := fillDemo(t, helsinki(t, "2026-11-23 12:00"))
	i := slices.IndexFunc(f.guide.People, func(p demo.Person) bool { return p.Email == f.guide.Stage.Worker })
	worker := f.guide.People[i]
	by := models.Actor{Role: worker.Role, Person: worker.ID, Organisation: worker.Organisation, Network: worker.Network}
	pass, err := f.domain.Desk.Issue(t.Context(), by, passes.NewPass{
		BirthYear: 1987, PostalCode: "02100", Language: "fi", TermsVersion: "1", TermsDay: models.DayOf(f.now()),
	})
	if err != nil {
		t.Fatal(err)
	}
	stage := demo.Stage{Guide: f.guide, Now: f.now, Archive: func(ctx context.Context, to io.Writer) error {
		_, err := f.store.Back(ctx, to, f.now())
		return err
	}}
	var stored struct {
		Documents []struct {
			Collection string
			Document   map[string]any
		}
		Among int
	}
	answer := get(t, stage.Page(), "/stage/stored?pass="+string(pass.ID))
	if err := json.Unmarshal(answer.Body.Bytes(), &stored); err != nil {
		t.Fatalf("%s: %v", answer.Body, err)
	}
	seen := map[string]int{}
	for _, d := range stored.Documents {
		seen[d.Collection]++
		if d.Collection == "passes" && (d.Document["_id"] != string(pass.ID) || d.Document["postal_code"] != "02100") {
			t.Errorf("this is another pass: %v", d.Document)
		}
	}
	if seen["passes"] != 1 || seen["audit"] != 1 || len(seen) != 2 || stored.Among < 100 {
		t.Errorf("found %v among %d", seen, stored.Among)
	}
	for _, none := range []string{"/stage/stored", "/stage/stored?pass=a"} {
		if answer := get(t, stage.Page(), none); answer.Code != http.StatusBadRequest {
			t.Errorf("%s answers %d", none, answer.Code)
		}
	}
}

func TestAPortThatIsTakenIsSaidPlainly(t *testing.T) {
	t.Parallel()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	none := func(string) string { return "" }
	for _, flag := range []string{"--address", "--page"} {
		free := "--page"
		if flag == free {
			free = "--address"
		}
		got := runs(t, none, "demo", flag, l.Addr().String(), free, "127.0.0.1:0")
		if got.code != 1 || !strings.Contains(got.err, l.Addr().String()+" is taken") || !strings.Contains(got.err, "with "+flag) {
			t.Errorf("%+v", got)
		}
	}
}

func TestPhonesJoinOnlyOverHTTPS(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"http://demo.example", "demo.example", "https://demo.example/path"} {
		if got := runs(t, func(string) string { return "" }, "demo", "--page", "127.0.0.1:0", "--address", "127.0.0.1:0", "--url", url); got.code != 1 || !strings.Contains(got.err, "--url") {
			t.Errorf("%s: %+v", url, got)
		}
	}
	d := openStage(t, "--url", "https://demo.example")
	if !strings.Contains(d.out.String(), "Real phones open https://demo.example ") {
		t.Errorf("phones are not told where to go:\n%s", d.out)
	}
	home := `<link rel="canonical" href="https://demo.example">`
	if got := do(t, http.MethodGet, d.phones[demo.Worker]+"/desk", nil); !strings.Contains(got.body, home) {
		t.Errorf("the worker does not know where phones find the app: %s", got.body)
	}
	if _, plain := ask(t, d.at+"/desk"); strings.Contains(plain, "canonical") {
		t.Errorf("the server itself knows of the stage: %s", plain)
	}
}

func TestABrowserIsOpenedWhereSomebodySits(t *testing.T) {
	t.Parallel()
	terminal, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0) // a character device, as a terminal is
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = terminal.Close() })
	for name, c := range map[string]struct {
		env    map[string]string
		system string
		out    io.Writer
		want   bool
	}{
		"a desktop":                  {map[string]string{"DISPLAY": ":0"}, "linux", terminal, true},
		"a desktop with Wayland":     {map[string]string{"WAYLAND_DISPLAY": "wayland-0"}, "linux", terminal, true},
		"a Mac":                      {nil, "darwin", terminal, true},
		"Windows":                    {nil, "windows", terminal, true},
		"no display":                 {nil, "linux", terminal, false},
		"CI":                         {map[string]string{"DISPLAY": ":0", "CI": "true"}, "linux", terminal, false},
		"over a network":             {map[string]string{"SSH_CONNECTION": "192.0.2.1 1 192.0.2.2 22"}, "darwin", terminal, false},
		"output that nobody watches": {map[string]string{"DISPLAY": ":0"}, "linux", new(bytes.Buffer), false},
	} {
		p := &program{env: func(name string) string { return c.env[name] }, out: c.out}
		if got := p.atAScreen(c.system); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	for system, want := range map[string]string{"linux": "xdg-open", "darwin": "open", "windows": "rundll32"} {
		if name, args := opener(system, "http://127.0.0.1:8081"); name != want || !slices.Contains(args, "http://127.0.0.1:8081") {
			t.Errorf("%s: %s %v", system, name, args)
		}
	}
}
