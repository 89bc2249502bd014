package main

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kaikukortti/models"
	"kaikukortti/passes"
	"kaikukortti/server/demo"
	"kaikukortti/store"
	"kaikukortti/store/storetest"
)

// filled is a demo that was filled at an instant, with its clock.
type filled struct {
	*parts
	config  Config
	program *program
	clock   *atomic.Pointer[time.Time]
	guide   demo.Guide
}

func (f *filled) set(at time.Time) { f.clock.Store(&at) }

func fillDemo(t *testing.T, at time.Time) *filled {
	t.Helper()
	f := &filled{clock: new(atomic.Pointer[time.Time]), config: Config{Data: t.TempDir(), BackupKeptDays: 35}}
	f.config.Backups = filepath.Join(f.config.Data, "backups")
	f.set(at)
	f.program = &program{now: func() time.Time { return *f.clock.Load() }, random: rand.Reader, out: new(bytes.Buffer), err: new(bytes.Buffer), people: cheaply}
	s, err := openStore(t.Context(), f.config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	f.guide = f.ready(t, s)
	f.parts, err = wire(s, f.config.MasterKey, f.program.now, rand.Reader, cheaply...)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// ready fills the demo, or refreshes it.
func (f *filled) ready(t *testing.T, s *store.Store) demo.Guide {
	t.Helper()
	state, err := f.program.readyDemo(t.Context(), &f.config, s, demo.NewClock(f.program.now), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return state.Guide
}

func helsinki(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", s, models.Helsinki)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// open counts the sessions that admit now at a venue.
func (f *filled) open(t *testing.T, v *demo.VenueGuide) int {
	t.Helper()
	for _, p := range f.guide.People {
		if p.Email != v.Manager {
			continue
		}
		today, err := f.domain.Programme.Today(t.Context(), models.Actor{Role: models.ScannerRole, Organisation: p.Organisation})
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, s := range today.Sessions {
			if s.Open {
				n++
			}
		}
		return n
	}
	t.Fatalf("nobody is %s", v.Manager)
	return 0
}

// isOpen says whether the session that is shown admits now.
func (f *filled) isOpen(t *testing.T, v *demo.VenueGuide) bool {
	t.Helper()
	s, err := f.store.Session(t.Context(), v.Session)
	if err != nil {
		t.Fatal(err)
	}
	open, _, _ := s.Door(f.now(), models.DefaultRules())
	return open
}

func TestTheDemoIsOpenAtAnyHour(t *testing.T) {
	t.Parallel()
	for _, begun := range []string{"2026-11-23 23:50", "2026-11-24 00:05", "2026-03-29 02:59", "2026-10-25 03:30"} {
		t.Run(begun, func(t *testing.T) {
			t.Parallel()
			at := helsinki(t, begun)
			f := fillDemo(t, at)
			for after := time.Duration(0); after < 8*24*time.Hour; after += 107 * time.Minute {
				f.set(at.Add(after))
				for i := range f.guide.Venues {
					if v := &f.guide.Venues[i]; v.Offer != "" && f.open(t, v) == 0 {
						t.Fatalf("%s after it began nothing is open at %s", after, v.Name)
					}
				}
			}
		})
	}
}

func TestTheDemoGoesOnWhenItIsOpenedAgain(t *testing.T) {
	t.Parallel()
	at := helsinki(t, "2026-11-23 12:00")
	f := fillDemo(t, at)
	before := f.guide.Venues[0].Code
	for _, later := range []time.Duration{10 * time.Hour, 30 * 24 * time.Hour} {
		f.set(at.Add(later))
		f.guide = f.ready(t, f.store)
		v := &f.guide.Venues[0]
		if f.open(t, v) == 0 || v.Code == before || !f.isOpen(t, v) {
			t.Fatalf("%s later nothing is open, or the old code or session is shown", later)
		}
		f.activatesAll(t)
		pilot, err := f.store.Network(t.Context(), "lappeenranta")
		if err != nil || pilot.Last != models.DayOf(f.now()).Add(20) {
			t.Fatalf("%s later the pilot that ends in 20 days ends on %s, %v", later, pilot.Last, err)
		}
	}
}

// activatesAll uses every code of the guide that is good, and fails at one that is not.
func (f *filled) activatesAll(t *testing.T) {
	t.Helper()
	codes := 0
	for _, p := range f.guide.Passes {
		if p.Activation == "" {
			continue
		}
		codes++
		if _, err := f.domain.Desk.Activate(t.Context(), passes.Activation{Code: string(p.Activation), Device: storetest.DeviceKey(t)}); err != nil {
			t.Errorf("the pass %q is not activated by its code: %v", p.What, err)
		}
	}
	if codes != 6 {
		t.Errorf("%d passes have a code", codes)
	}
}

func TestTheDemoHasPassesInEveryState(t *testing.T) {
	t.Parallel()
	f := fillDemo(t, helsinki(t, "2026-11-23 12:00"))
	today, seen := models.DayOf(f.now()), map[string]bool{}
	for _, p := range f.guide.People {
		if p.Role != models.WorkerRole {
			continue
		}
		by := models.Actor{Role: p.Role, Person: p.ID, Organisation: p.Organisation, Network: p.Network}
		all, _, err := f.domain.Desk.FindPasses(t.Context(), by, passes.PassQuery{})
		if err != nil {
			t.Fatal(err)
		}
		for i := range all {
			f.note(t, &all[i], today, seen)
		}
	}
	for _, state := range []string{
		"issued", "active", "suspended", "revoked", "expired", "in grace", "community", "local only", "ending pilot", "on paper", "on both",
		"asked to renew", "ends soon", "to be activated", "recovery code",
	} {
		if !seen[state] {
			t.Errorf("no pass is %s", state)
		}
	}
}

// note says what a pass is, in all ways.
func (f *filled) note(t *testing.T, p *models.Pass, today models.Day, seen map[string]bool) {
	t.Helper()
	n, err := f.store.Network(t.Context(), p.Network)
	if err != nil {
		t.Fatal(err)
	}
	for state, is := range map[string]bool{
		string(p.State): true, "expired": p.ExpiredOn(today), "in grace": p.InGrace(today), "community": p.Community, "local only": n.LocalOnly,
		"ending pilot": n.Last == today.Add(20), "on paper": p.LivePaper() != nil, "on both": p.LivePaper() != nil && p.LivePhone() != nil,
		"asked to renew": p.RenewAsked != "", "ends soon": p.Last >= today && p.Last < today.Add(30), "recovery code": p.Recovery != nil,
		"to be activated": p.Activation != nil && p.Activation.UsedAt.IsZero(),
	} {
		seen[state] = seen[state] || is
	}
}

func TestTheDemoSaysHowToSignIn(t *testing.T) {
	t.Parallel()
	f := fillDemo(t, helsinki(t, "2026-11-23 12:00"))
	page := (&demo.Stage{Guide: f.guide, Server: "http://localhost:8080", Now: f.now}).Page()
	printed := new(bytes.Buffer)
	f.program.out = printed
	f.program.printGuide(f.guide, "http://localhost:8080", "http://localhost:8081", "")
	if first, _, _ := strings.Cut(printed.String(), "\n"); !strings.Contains(first, "Open http://localhost:8081 ") {
		t.Errorf("the first line does not say what to open: %s", first)
	}
	roles := map[models.Role]bool{}
	for _, p := range f.guide.People {
		roles[p.Role] = true
		code, _ := p.Code(f.now())
		for _, text := range []string{get(t, page, "/people").Body.String(), printed.String()} {
			if !strings.Contains(text, p.Email) || !strings.Contains(text, code) {
				t.Errorf("%s cannot sign in by %.80s…", p.Who, text)
			}
		}
		if one := get(t, page, "/code/"+p.Email); one.Body.String() != code {
			t.Errorf("the code of %s is %q, want %s", p.Who, one.Body, code)
		}
	}
	if len(roles) != 4 {
		t.Errorf("there are only %v", roles)
	}
}

// get asks a handler for a page.
func get(t *testing.T, from http.Handler, path string) *httptest.ResponseRecorder {
	t.Helper()
	answer := httptest.NewRecorder()
	from.ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, http.NoBody))
	return answer
}

func TestTheDemoServesUntilItIsStopped(t *testing.T) {
	t.Parallel()
	d := startDemo(t)
	var list struct {
		Networks []struct{ Invented bool } `json:"networks"`
	}
	_, body := ask(t, d.at+"/v1/networks")
	if err := json.Unmarshal([]byte(body), &list); err != nil || len(list.Networks) != 4 {
		t.Errorf("%s, %v", body, err)
	}
	if code := d.stop(); code != 0 {
		t.Fatalf("it ended with %d: %s", code, d.err)
	}
}

// startDemo starts a demo on free ports.
func startDemo(t *testing.T, more ...string) served {
	t.Helper()
	return starts(t, func(string) string { return "" }, append([]string{"demo", "--address", "127.0.0.1:0", "--page", "127.0.0.1:0"}, more...)...)
}

// said is what a server prints, read while it prints; ready gets the address on which it answers.
type said struct {
	mu    sync.Mutex
	text  bytes.Buffer
	ready chan string
}

func (s *said) Write(p []byte) (int, error) {
	s.mu.Lock()
	n, err := s.text.Write(p)
	s.mu.Unlock()
	if _, at, found := strings.Cut(string(p), "Kaikukortti answers on "); found {
		s.ready <- strings.TrimSpace(at)
	}
	return n, err
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}
