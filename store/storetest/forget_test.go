package storetest_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"kaikukortti/models"
	"kaikukortti/store"
	"kaikukortti/store/mongo"
	"kaikukortti/store/sqlite"
	"kaikukortti/store/storetest"
)

// A shelf is a store whose documents a test can put and read by themselves.
type shelf struct {
	*store.Store
	engine store.Engine
	folder string // of the files, on SQLite
}

// shelves runs a test on a fresh store on each engine.
func shelves(t *testing.T, test func(t *testing.T, s shelf)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		folder := t.TempDir()
		engine, err := sqlite.Open(t.Context(), filepath.Join(folder, "kaikukortti.db"))
		test(t, shelved(t, engine, err, folder))
	})
	t.Run("mongo", func(t *testing.T) {
		t.Parallel()
		uri, name := storetest.Database(t)
		engine, err := mongo.Open(t.Context(), uri, name)
		test(t, shelved(t, engine, err, ""))
	})
}

func shelved(t *testing.T, engine store.Engine, err error, folder string) shelf {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = engine.Close() })
	s, err := store.Open(t.Context(), engine)
	if err != nil {
		t.Fatal(err)
	}
	return shelf{Store: s, engine: engine, folder: folder}
}

// put keeps a document as the store's verbs would have kept it.
func (s shelf) put(t *testing.T, collection, id string, doc any) {
	t.Helper()
	err := s.engine.Update(t.Context(), func(w store.Writer) error { return w.Insert(collection, id, doc) })
	if err != nil {
		t.Fatalf("put %s into %s: %v", id, collection, err)
	}
}

// raw reads a document with all its fields, nil if there is none.
func (s shelf) raw(t *testing.T, collection, id string) map[string]any {
	t.Helper()
	var doc map[string]any
	err := s.engine.View(t.Context(), func(r store.Reader) error { return r.Get(collection, id, &doc) })
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		t.Fatal(err)
	}
	return doc
}

// all reads every document of every collection, with all its fields.
func (s shelf) all(t *testing.T) map[string][]map[string]any {
	t.Helper()
	found := map[string][]map[string]any{}
	err := s.engine.View(t.Context(), func(r store.Reader) error {
		for _, c := range store.Collections() {
			err := r.Find(c.Name, store.Query{Where: []store.Condition{store.AtLeast("_id", "")}}, func(decode func(any) error) error {
				var doc map[string]any
				err := decode(&doc)
				found[c.Name] = append(found[c.Name], doc)
				return err
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// holds says whether a text stands anywhere in the store: in any field of any document and, on SQLite, anywhere in its files.
func (s shelf) holds(t *testing.T, text string) bool {
	t.Helper()
	all, err := json.Marshal(s.all(t))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(all, []byte(text)) {
		return true
	}
	if s.folder == "" {
		return false
	}
	files, err := filepath.Glob(filepath.Join(s.folder, "kaikukortti.db*"))
	if err != nil || len(files) < 2 {
		t.Fatalf("the files of the store are %q, %v", files, err)
	}
	return slices.ContainsFunc(files, func(name string) bool {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		return bytes.Contains(content, []byte(text))
	})
}

func (s shelf) forget(t *testing.T, at time.Time) models.Forgotten {
	t.Helper()
	forgotten, err := s.Forget(t.Context(), at)
	if err != nil {
		t.Fatal(err)
	}
	return forgotten
}

// field finds what stands at a dotted path.
func field(doc map[string]any, path string) (any, bool) {
	var value any = doc
	for name := range strings.SplitSeq(path, ".") {
		inside, ok := value.(map[string]any)
		if !ok {
			return nil, false
		}
		if value, ok = inside[name]; !ok {
			return nil, false
		}
	}
	return value, true
}

// noon is when the documents of the table begin to be old; it is 14:00 in Helsinki.
var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

const days = 24 * time.Hour

// aPass is a pass of many years, so that only what is asked of it is forgotten.
func aPass(id string, change func(*models.Pass)) models.Pass {
	p := models.Pass{
		ID: models.PassID(id), Number: models.Digits("number-of-" + id), Network: "kainuu", Distributor: "kajaani", State: models.Active,
		First: "2026-01-01", Last: "2040-12-31", GraceDays: 30, UnlinkDays: 90, Municipality: "205", IssuedMonth: "2026-01", IssuedAt: noon,
		States: []models.StateSpan{{State: models.Active, From: noon}},
	}
	if change != nil {
		change(&p)
	}
	return p
}

func aClaim(id string, state models.ClaimState, change func(*models.Claim)) models.Claim {
	c := models.Claim{
		ID: models.ClaimID(id), Session: models.SessionID("session-of-" + id), Offer: "offer", Organisation: "museum", Day: "2026-11-23", At: noon,
		State: state, Party: models.Party{Children: 2}, EndsDay: "2026-11-23", HomeMunicipality: "205", Kind: models.Event,
	}
	if change != nil {
		change(&c)
	}
	return c
}

// A forgettable is one line of the table: where it stands, until when, and which of its fields go; with none, all of it goes.
type forgettable struct {
	collection, id string
	doc            any
	until          time.Time
	fields         []string
	stays          []string // fields that must still be there afterwards
}

func key(of string, at time.Time) *models.Idempotency {
	return &models.Idempotency{Key: "person:1/" + of, Body: "body", At: at}
}

// forgettables is STORE's table, line by line.
func forgettables() map[string]forgettable {
	evening := models.Day("2026-11-23")
	link := []string{"pass", "cti", "signed_at", "unlink_day", "live", "code"}
	counted := []string{"session", "slots", "counts", "party", "home_municipality", "scans"}
	used := func(c *models.Claim) {
		c.Pass, c.CTI, c.SignedAt, c.Live, c.Counts, c.Slots = "linked", "cti-"+string(c.ID), noon.Unix(), true, true, []int{3}
		c.Code, c.UnlinkDay = "code-"+string(c.ID), evening.Add(90)
		c.Scans = []models.ScanRecord{{By: "scanner", ID: models.ScanID(c.ID), At: noon}}
	}
	return map[string]forgettable{
		"an activation code that was used": {"passes", "activated", aPass("activated", func(p *models.Pass) {
			p.Activation = &models.Activation{Hash: "hash-1", Expires: noon.Add(70 * time.Hour), UsedAt: noon, UsedBy: "thumbprint"}
		}), noon.Add(72 * time.Hour), []string{"activation"}, []string{"number"}},
		"an activation code that ended": {"passes", "unused", aPass("unused", func(p *models.Pass) {
			p.Activation = &models.Activation{Hash: "hash-2", Expires: noon}
		}), noon.Add(72 * time.Hour), []string{"activation"}, []string{"number"}},
		"a spoken code": {"passes", "spoke", aPass("spoke", func(p *models.Pass) {
			p.Spoken = &models.Spoken{Hash: "hash-3", At: noon, Phone: "phone"}
		}), noon.Add(72*time.Hour + 5*time.Minute), []string{"spoken"}, []string{"number"}},
		"the recovery code that was used last": {"passes", "recovered", aPass("recovered", func(p *models.Pass) {
			p.Recovery = &models.Recovery{Hash: "next", At: noon, UsedBy: "thumbprint", UsedHash: "hash-4", UsedAt: noon}
		}), noon.Add(72 * time.Hour), []string{"recovery.used_by", "recovery.used_hash", "recovery.used_at"}, []string{"recovery.hash"}},
		"a request code": {"activation_requests", "request", models.ActivationRequest{
			ID: "request", Hash: "hash-5", Thumbprint: "thumbprint", Expires: noon, Pass: "linked",
		}, noon.Add(72 * time.Hour), nil, nil},
		"a scanner's enrolment code": {"scanners", "fresh", models.Scanner{
			ID: "fresh", Organisation: "museum", Code: "hash-6", CodeExpires: noon, EndDay: "2030-01-01",
		}, noon.Add(time.Second), []string{"code", "code_expires"}, []string{"organisation"}},
		"a count of wrong codes": {"tallies", "2026-11-23T12:00/codes", map[string]any{"n": 3}, noon.Add(24*time.Hour + time.Minute), nil, nil},

		"the idempotency key of a reservation": {"claims", "reserved", aClaim("reserved", models.Cancelled, func(c *models.Claim) {
			c.Idempotency = &models.Idempotency{Key: "device:1/1", Body: "body"}
		}), noon.Add(24 * time.Hour), []string{"idempotency"}, []string{"session"}},
		"the idempotency key of a pass": {"passes", "issued", aPass("issued", func(p *models.Pass) {
			p.Idempotency = &models.Idempotency{Key: "person:1/issue", Body: "body"}
		}), noon.Add(24 * time.Hour), []string{"idempotency"}, []string{"number"}},
		"the idempotency key of a network": {"networks", "lappi", models.Network{
			ID: "lappi", Status: models.Permanent, First: "2020-01-01", Idempotency: key("lappi", noon),
		}, noon.Add(24 * time.Hour), []string{"idempotency"}, []string{"first"}},
		"the idempotency key of an organisation": {"organisations", "theatre", models.Organisation{
			ID: "theatre", Network: "kainuu", Kind: models.Venue, Idempotency: key("theatre", noon),
		}, noon.Add(24 * time.Hour), []string{"idempotency"}, []string{"kind"}},
		"the idempotency key of a scanner": {"scanners", "door", models.Scanner{
			ID: "door", Organisation: "museum", EndDay: "2030-01-01", Idempotency: key("door", noon),
		}, noon.Add(24 * time.Hour), []string{"idempotency"}, []string{"organisation"}},
		"the idempotency key of an offer": {"offers", "concert", models.Offer{
			ID: "concert", Organisation: "museum", Kind: models.Event, Idempotency: key("concert", noon),
		}, noon.Add(24 * time.Hour), []string{"idempotency"}, []string{"kind"}},
		"the idempotency key of a session": {"sessions", "tonight", models.Session{
			ID: "tonight", Organisation: "museum", Offer: "concert", LastDay: "2026-11-23", Idempotency: key("tonight", noon),
		}, noon.Add(24 * time.Hour), []string{"idempotency"}, []string{"offer"}},
		"the idempotency key of an invitation": {"invitations", "invitation", models.Invitation{
			ID: "invitation", Token: "token-1", At: noon, Expires: noon.Add(7 * days), Idempotency: key("invitation", time.Time{}),
		}, noon.Add(24*time.Hour + time.Second), []string{"idempotency"}, []string{"token"}},
		"the id of a device's proof": {"jtis", "jti", map[string]any{"until": noon.Add(10 * time.Minute)}, noon.Add(10 * time.Minute), nil, nil},

		"a refused scan": {"claims", "refused", aClaim("refused", models.Refused, func(c *models.Claim) {
			c.Scans = []models.ScanRecord{{By: "scanner", ID: "refused", At: noon}}
		}), noon.Add(90 * days), nil, nil},
		"a reservation that nobody came to": {"claims", "absent", aClaim("absent", models.Reserved, func(c *models.Claim) {
			c.Session, c.Slots, c.Code, c.Pass = "yesterday", []int{1}, "code-absent", "linked"
		}), evening.Add(1).Start(), []string{"code"}, []string{"slots", "pass"}},

		"the link of a visit": {"claims", "visit", aClaim("visit", models.Used, used), evening.Add(90).Start(), link, counted},
		"the link of a reservation": {"claims", "missed", aClaim("missed", models.Missed, func(c *models.Claim) {
			used(c)
			c.CTI, c.SignedAt = "", 0
		}), evening.Add(90).Start(), link, counted},
		"the link of a conflict": {"claims", "conflict", aClaim("conflict", models.Conflicted, func(c *models.Claim) {
			c.Pass, c.UnlinkDay = "linked", evening.Add(90)
			c.Scans = []models.ScanRecord{{By: "scanner", ID: "conflict", At: noon}}
		}), evening.Add(90).Start(), link, []string{"scans"}},
		"the code of a later scan of a course": {"claims", "course", aClaim("course", models.OnCourse, func(c *models.Claim) {
			c.CTI, c.SignedAt, c.UnlinkDay = "cti-course", noon.Unix(), evening.Add(90)
			c.Scans = []models.ScanRecord{{By: "scanner", ID: "course", At: noon}}
		}), evening.Add(90).Start(), link, []string{"scans"}},

		"a use in a period": {"claims", "use", aClaim("use", models.Used, func(c *models.Claim) {
			c.Use = &models.Use{Key: "use-of-november", No: 1, Destroy: "2026-12-31"}
		}), models.Day("2026-12-31").Start(), []string{"use"}, []string{"state"}},
		"a use in a period that outlived its link": {"uses", "use-of-a-year/1", map[string]any{
			"key": "use-of-a-year", "no": 1, "destroy": "2027-01-31",
		}, models.Day("2027-01-31").Start(), nil, nil},
		"the secret of a period": {"secrets", "use/month/2026-11-01", map[string]any{
			"sealed": []byte("sealed"), "destroy": "2026-12-31",
		}, models.Day("2026-12-31").Start(), nil, nil},
		"a venue's secret of a month": {"secrets", "venue/museum/2026-11", map[string]any{
			"sealed": []byte("sealed"), "destroy": "2027-03-01",
		}, models.Day("2027-03-01").Start(), nil, nil},

		"a credential": {"credentials", "cti", models.Credential{
			CTI: "cti", Pass: "linked", Carrier: "phone", Kind: models.CarrierPhone, Issued: noon.Add(-14 * days), Exp: noon,
		}, noon.Add(60 * days), nil, nil},
		"the codes of an erased pass": {"tombstones", "tombstone", models.Tombstone{
			ID: "tombstone", CTIs: []models.BuriedCTI{{CTI: "buried"}}, Exp: noon.Add(14 * days), Municipality: "205", Network: "kainuu", IssuedMonth: "2026-01",
		}, noon.Add(14 * days), []string{"ctis", "exp"}, []string{"municipality", "network", "issued_month"}},
		"that a pass was erased": {"erasures", "erased", models.Erasure{Pass: "erased", At: noon}, noon.Add(35 * days), nil, nil},

		"a notice": {"notices", "notice", models.Notice{
			ID: "notice", Pass: "linked", Cause: "activated/1", Kind: models.NoticeActivated, At: noon,
		}, noon.Add(90 * days), nil, nil},
		"a push": {"pushes", "push", models.Push{ID: "push", Pass: "linked", EndedAt: noon, Outcome: models.PushSent}, noon.Add(7 * days), nil, nil},
		"an audit row": {"audit", "row", models.AuditEntry{
			ID: "row", At: noon, By: "person", Organisation: "kajaani", Action: "pass_issued", Pass: "linked",
		}, noon.AddDate(2, 0, 0), nil, nil},

		"a pass that was revoked": {"passes", "revoked", aPass("revoked", func(p *models.Pass) {
			p.Enter(models.Revoked, noon)
		}), noon.Add(90 * days), nil, nil},
		"a pass whose grace is over": {"passes", "expired", aPass("expired", func(p *models.Pass) {
			p.Last = evening.Add(-30) // with 30 days of grace it ends with this evening
		}), evening.Add(1).Start().Add(90 * days), nil, nil},
		"a pass of a pilot that is over": {"passes", "piloted", aPass("piloted", func(p *models.Pass) {
			p.Network = "pilot"
		}), evening.Add(1).Start().Add(90 * days), nil, nil},

		"a session of somebody who works": {"families", "family", models.Family{
			ID: "family", Person: "1", StartedAt: noon, UsedAt: noon, Ends: noon.Add(12 * time.Hour),
		}, noon.Add(12*time.Hour + time.Second), nil, nil},
		"attempts to sign in": {"tries", "tries", models.Tries{ID: "tries", Count: 3, At: noon}, noon.Add(24*time.Hour + time.Second), nil, nil},
		"an invitation": {"invitations", "old", models.Invitation{
			ID: "old", Token: "token-2", At: noon, Expires: noon,
		}, noon.Add(30*days + time.Second), nil, nil},
	}
}

// furnish puts what the documents of the table refer to.
func (s shelf) furnish(t *testing.T) {
	t.Helper()
	s.put(t, "networks", "kainuu", models.Network{ID: "kainuu", Status: models.Permanent, First: "2020-01-01"})
	s.put(t, "networks", "pilot", models.Network{ID: "pilot", Status: models.Pilot, First: "2026-01-01", Last: "2026-11-23"})
	s.put(t, "organisations", "museum", models.Organisation{ID: "museum", Network: "kainuu", Kind: models.Venue})
	s.put(t, "sessions", "yesterday", models.Session{
		ID: "yesterday", Organisation: "museum", Offer: "offer", Start: noon, End: noon.Add(2 * time.Hour), FirstDay: "2026-11-23",
		LastDay: "2026-11-23", Seats: 10,
	})
	s.put(t, "passes", "linked", aPass("linked", nil))
}

// TestForgottenWhen moves the clock past each line of the table. A moment before its time everything of it is there.
func TestForgottenWhen(t *testing.T) {
	t.Parallel()
	shelves(t, func(t *testing.T, s shelf) {
		s.furnish(t)
		table := forgettables()
		var moments []time.Time
		for _, f := range table {
			s.put(t, f.collection, f.id, f.doc)
			moments = append(moments, f.until)
		}
		slices.SortFunc(moments, time.Time.Compare)
		for _, moment := range slices.CompactFunc(moments, time.Time.Equal) {
			s.forget(t, moment.Add(-time.Second))
			for name, f := range table {
				if f.until.Equal(moment) {
					t.Run(name+" is kept", func(t *testing.T) { s.mustHave(t, f, f.present()) })
				}
			}
			s.forget(t, moment)
			for name, f := range table {
				if f.until.Equal(moment) {
					t.Run(name+" is forgotten", func(t *testing.T) { s.mustHaveForgotten(t, f) })
				}
			}
		}
	})
}

// present are the fields of a line that its document has, of those that go.
func (f forgettable) present() []string {
	text, err := json.Marshal(f.doc)
	if err != nil {
		panic(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(text, &doc); err != nil {
		panic(err)
	}
	return slices.DeleteFunc(slices.Clone(f.fields), func(path string) bool {
		_, there := field(doc, path)
		return !there
	})
}

func (s shelf) mustHave(t *testing.T, f forgettable, fields []string) {
	t.Helper()
	doc := s.raw(t, f.collection, f.id)
	if doc == nil {
		t.Fatalf("%s %s is gone", f.collection, f.id)
	}
	for _, path := range fields {
		if _, ok := field(doc, path); !ok {
			t.Errorf("%s is gone from %v", path, doc)
		}
	}
}

func (s shelf) mustHaveForgotten(t *testing.T, f forgettable) {
	t.Helper()
	doc := s.raw(t, f.collection, f.id)
	if len(f.fields) == 0 {
		if doc != nil {
			t.Fatalf("%s still keeps %v", f.collection, doc)
		}
		return
	}
	for _, path := range f.fields {
		if value, ok := field(doc, path); ok {
			t.Errorf("%s still is %v", path, value)
		}
	}
	s.mustHave(t, f, f.stays)
}

// TestForgettingAgainFindsNothing holds the job to leaving nothing that it would find again and again.
func TestForgettingAgainFindsNothing(t *testing.T) {
	t.Parallel()
	shelves(t, func(t *testing.T, s shelf) {
		s.furnish(t)
		for _, f := range forgettables() {
			s.put(t, f.collection, f.id, f.doc)
		}
		later := noon.AddDate(3, 0, 0)
		first := s.forget(t, later)
		for what, n := range s.forget(t, later) {
			if n != 0 {
				t.Errorf("%s: %d again", what, n)
			}
			if first[what] == 0 && what != "moved_uses" {
				t.Errorf("%s: the table has no line that meets it", what)
			}
		}
	})
}

// TestAForgottenPassLeavesNoTrace gives a pass all that a pass can have, lets it end, and looks for what names it: in every
// document of every collection and, on SQLite, in the bytes of the files.
func TestAForgottenPassLeavesNoTrace(t *testing.T) {
	t.Parallel()
	for name, forget := range map[string]func(t *testing.T, s shelf){
		"ninety days after its end": func(t *testing.T, s shelf) {
			revoke := func(p *models.Pass) (models.Change, error) {
				p.Revoke(noon)
				return models.Change{At: noon}, nil
			}
			if _, err := s.ChangePass(t.Context(), "", "rich", revoke); err != nil {
				t.Fatal(err)
			}
			if n := s.forget(t, noon.Add(90*days-time.Second))["ended_passes"]; n != 0 || !s.holds(t, "5550001112") {
				t.Fatal("it was forgotten before its time")
			}
			if n := s.forget(t, noon.Add(90*days))["ended_passes"]; n != 1 {
				t.Fatalf("%d passes were forgotten", n)
			}
			s.forget(t, noon.Add(91*days)) // the files are scrubbed once a day
		},
		"erased": func(t *testing.T, s shelf) {
			change := func(*models.Pass) (models.Change, error) { return models.Change{At: noon}, nil }
			if _, err := s.ErasePass(t.Context(), "", "rich", "tombstone", change); err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(s.SweepErased(t.Context(), "rich", models.DayOf(noon)), s.Scrub(t.Context())); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shelves(t, func(t *testing.T, s shelf) {
				s.furnish(t)
				named := s.putRichPass(t)
				for _, text := range named {
					if !s.holds(t, text) {
						t.Fatalf("the test cannot find %q, which is there", text)
					}
				}
				forget(t, s)
				for _, text := range named {
					if s.holds(t, text) {
						t.Errorf("the store still holds %q", text)
					}
				}
				s.mustNotName(t, "rich")
			})
		})
	}
}

// scrubbed is an engine that counts its scrubs.
type scrubbed struct {
	store.Engine
	times int
}

func (e *scrubbed) Scrub(ctx context.Context) error {
	e.times++
	return e.Engine.Scrub(ctx)
}

// A scrub reads the whole store, and something is forgotten each hour: it waits for the next day, and leaves nothing of it out.
func TestTheStoreIsScrubbedOnceADay(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, engine store.Engine) {
		counting := &scrubbed{Engine: engine}
		opened, err := store.Open(t.Context(), counting)
		if err != nil {
			t.Fatal(err)
		}
		s := shelf{Store: opened, engine: engine}
		for _, c := range []struct {
			sentence  string
			at        time.Duration
			something bool // is there to forget
			scrubs    int  // by then
		}{
			{"nothing was forgotten yet", -time.Hour, false, 0},
			{"the first time that something was", 0, true, 1},
			{"an hour later", time.Hour, true, 1},
			{"the next day, for what was forgotten then", 24 * time.Hour, false, 2},
			{"an hour later", 25 * time.Hour, true, 2},
			{"the day after, when more is forgotten", 48 * time.Hour, true, 3},
			{"the day after, when nothing was", 72 * time.Hour, false, 3},
		} {
			if id := "old" + c.at.String(); c.something {
				s.put(t, "notices", id, models.Notice{ID: models.NoticeID(id), Pass: "pass", Cause: id, At: noon.Add(-100 * days)})
			}
			s.forget(t, noon.Add(c.at))
			if counting.times != c.scrubs {
				t.Errorf("%s: %d scrubs, want %d", c.sentence, counting.times, c.scrubs)
			}
		}
	})
}

// mustNotName looks for a pass's id. It may stand in the audit log, and in the list of what a backup must not bring back.
func (s shelf) mustNotName(t *testing.T, pass string) {
	t.Helper()
	for collection, docs := range s.all(t) {
		text, err := json.Marshal(docs)
		if err != nil {
			t.Fatal(err)
		}
		if collection != "audit" && collection != "erasures" && bytes.Contains(text, []byte(pass)) {
			t.Errorf("%s still names the pass: %s", collection, text)
		}
	}
}

// putRichPass puts a pass with all that a pass can have, and answers texts that name it or its holder's things.
func (s shelf) putRichPass(t *testing.T) []string {
	t.Helper()
	s.put(t, "passes", "rich", aPass("rich", func(p *models.Pass) {
		p.Number, p.PostalCode, p.BirthYear = "5550001112", "87654", 1953
		p.Phones = []models.Phone{{ID: "phone-rich", Thumbprint: "thumbprint-rich", Spans: []models.Span{{From: noon}}}}
		p.Papers = []models.Paper{{ID: "paper-rich", Number: "paper-number-rich", CTI: "cti-paper", Exp: noon.Add(-days), Spans: []models.Span{{From: noon}}}}
		p.Recovery = &models.Recovery{Hash: "recovery-rich", At: noon}
	}))
	s.put(t, "credentials", "cti-rich", models.Credential{CTI: "cti-rich", Pass: "rich", Carrier: "phone-rich", Exp: noon})
	s.put(t, "activation_requests", "request-rich", models.ActivationRequest{
		ID: "request-rich", Hash: "request-hash-rich", Thumbprint: "thumbprint-rich", Expires: noon.AddDate(1, 0, 0), Pass: "rich",
	})
	s.put(t, "notices", "notice-rich", models.Notice{ID: "notice-rich", Pass: "rich", Cause: "renewed/1", At: noon.AddDate(1, 0, 0)})
	s.put(t, "pushes", "notice-rich", models.Push{ID: "notice-rich", Pass: "rich", Due: noon.AddDate(1, 0, 0)})
	s.put(t, "push_addresses", "address-rich", models.PushAddress{ID: "address-rich", Pass: "rich", Phone: "phone-rich", Kind: models.PushFCM, Token: []byte("sealed")})
	for i, state := range []models.ClaimState{models.Used, models.Missed, models.Conflicted, models.Reserved, models.Waiting} {
		s.put(t, "claims", "claim-"+string(state), aClaim("claim-"+string(state), state, func(c *models.Claim) {
			c.Pass, c.UnlinkDay, c.EndsDay = "rich", "2099-01-01", "2098-01-01"
			c.CTI, c.SignedAt, c.Code = "cti-in-claim-rich", noon.Unix()+int64(i), "code-rich-"+string(state)
			c.Use = &models.Use{Key: "use-rich", No: i + 1, Destroy: "2099-01-01"}
		}))
	}
	return []string{
		"5550001112", "thumbprint-rich", "phone-rich", "paper-number-rich", "recovery-rich", "cti-rich", "request-hash-rich", "notice-rich",
		"address-rich", "cti-in-claim-rich", "code-rich-", "use-rich", "87654",
	}
}

// TestAPassThatWasRenewedIsNotForgotten lets a worker renew a pass that the job is about to forget.
func TestAPassThatWasRenewedIsNotForgotten(t *testing.T) {
	t.Parallel()
	shelves(t, func(t *testing.T, s shelf) {
		s.furnish(t)
		const passes = 20
		for i := range passes {
			s.put(t, "passes", fmt.Sprintf("late-%02d", i), aPass(fmt.Sprintf("late-%02d", i), func(p *models.Pass) { p.Last = "2026-01-01" }))
		}
		renew := func(p *models.Pass) (models.Change, error) {
			p.Last = "2040-01-01"
			return models.Change{At: noon}, nil
		}
		renewed := make([]bool, passes)
		race(passes+2, func(i int) {
			if i >= passes {
				if _, err := s.Forget(t.Context(), noon); err != nil {
					t.Error(err)
				}
				return
			}
			_, err := s.ChangePass(t.Context(), "", models.PassID(fmt.Sprintf("late-%02d", i)), renew)
			renewed[i] = err == nil
			if err != nil {
				unexpected(t, err, "no_such_pass")
			}
		})
		for i := range passes {
			if there := s.raw(t, "passes", fmt.Sprintf("late-%02d", i)) != nil; there != renewed[i] {
				t.Errorf("pass %d: renewed %t, there %t", i, renewed[i], there)
			}
		}
	})
}

// TestForgettingRacesItselfAndScans runs the job several times at once while doors scan passes whose earlier visits it unlinks. A
// limit is given out exactly, whatever of it has moved meanwhile, and no visit is lost.
func TestForgettingRacesItselfAndScans(t *testing.T) {
	t.Parallel()
	const holders, times, jobs, scans = 30, 4, 4, 6
	shelves(t, func(t *testing.T, s shelf) {
		s.furnish(t)
		for h := range holders {
			for no := 1; no <= 2; no++ {
				id := fmt.Sprintf("old-%d-%d", h, no)
				s.put(t, "claims", id, aClaim(id, models.Used, func(c *models.Claim) {
					c.Session, c.Kind, c.Pass, c.Counts, c.UnlinkDay = "standing", models.Standing, passID(h), true, "2026-11-23"
					c.Use = &models.Use{Key: fmt.Sprintf("year-%d", h), No: no, Destroy: "2027-01-31"}
				}))
			}
		}
		var decided tally
		race(jobs+holders*scans, func(i int) {
			if i < jobs {
				if _, err := s.Forget(t.Context(), noon); err != nil {
					t.Error(err)
				}
				return
			}
			h := (i - jobs) % holders
			scan := showing("standing", h, 0)
			scan.Facts.NoLimit, scan.Claim.Kind, scan.Claim.UnlinkDay = true, models.Standing, "2027-02-21"
			scan.Claim.SignedAt += int64(i)
			scan.Use = &models.UseLimit{Key: fmt.Sprintf("year-%d", h), Times: times, Next: "2027-01-01", Destroy: "2027-01-31"}
			d, err := s.AdmitScan(t.Context(), scan)
			decided.add(t, d, err)
		})
		s.forget(t, noon)
		if got, want := decided.n["admitted"], holders*(times-2); got != want {
			t.Errorf("%d were admitted, want %d: %v", got, want, decided.n)
		}
		if got, want := visits(t, s.Store, "standing"), holders*times; got != want {
			t.Errorf("%d visits are counted, want %d", got, want)
		}
		if got, want := len(s.all(t)["uses"]), holders*2; got != want {
			t.Errorf("%d uses have moved, want %d", got, want)
		}
		for _, c := range s.all(t)["claims"] {
			if _, linked := c["pass"]; linked && strings.HasPrefix(fmt.Sprint(c["_id"]), "old-") {
				t.Errorf("%v is still linked", c["_id"])
			}
		}
	})
}

// TestVisitsCannotBeJoinedAgain lets passes do the same things at the same times, unlinks their visits, and then looks in all that
// is left for any value that only visits of one pass share, or that leads from one to another over further documents.
func TestVisitsCannotBeJoinedAgain(t *testing.T) {
	t.Parallel()
	shelves(t, func(t *testing.T, s shelf) {
		s.furnish(t)
		owner := s.liveAYear(t)
		if pairs := joined(s.all(t), owner); len(pairs) == 0 {
			t.Fatal("the test cannot join visits that are linked")
		}
		// The last visit is unlinked, the year's secret not yet destroyed: the uses stand alone.
		at := models.Day("2026-12-20").Start()
		s.forget(t, at)
		if pairs := joined(s.all(t), owner); len(pairs) > 0 {
			t.Errorf("%d pairs of visits can be joined: %v", len(pairs), pairs[:min(3, len(pairs))])
		}
		if n := len(s.all(t)["uses"]); n == 0 {
			t.Error("no use of the year was kept")
		}
		s.mustNotRecompute(t)
	})
}

const yearSecret = "use/calendar_year/2026-01-01"

// liveAYear lets five passes visit the same ten sessions, and a benefit with a limit, and says whose each claim is.
func (s shelf) liveAYear(t *testing.T) (owner map[string]string) {
	t.Helper()
	owner = map[string]string{}
	secret := models.Secret("the secret of the year")
	if _, err := s.PeriodSecret(t.Context(), yearSecret, secret, "2027-01-31"); err != nil {
		t.Fatal(err)
	}
	for h := range 5 {
		pass := fmt.Sprintf("holder-%d", h)
		s.put(t, "passes", pass, aPass(pass, func(p *models.Pass) { p.BirthYear = 1950 + h }))
		for visit := range 10 {
			day := models.Day("2026-03-01").Add(visit * 18)
			at, booked := day.Start().Add(18*time.Hour), day.Start().Add(-time.Duration(20+h)*time.Hour)
			s.put(t, "audit", fmt.Sprintf("booked-%s-%d", pass, visit), models.AuditEntry{
				ID: models.AuditID(fmt.Sprintf("booked-%s-%d", pass, visit)), At: booked, By: "person", Organisation: "kajaani",
				Action: "reservation_made", Pass: models.PassID(pass),
			})
			c := models.Claim{
				ID: models.NewID[models.ClaimID](rand.Reader), Session: models.SessionID("session-" + string(day)), Offer: "offer",
				Organisation: "museum", Day: day, At: booked, EndsDay: day, State: models.Used, Counts: true, Live: true, Kind: models.Event,
				Party: models.Party{Children: 1}, Slots: []int{h}, HomeMunicipality: "205", HomeNetwork: "kainuu", Network: "kainuu",
				Pass: models.PassID(pass), CTI: fmt.Sprintf("cti-%d-%d", h, visit/2), SignedAt: at.Unix(), UnlinkDay: day.Add(90),
				Code: fmt.Sprintf("code-%d-%d", h, visit), Idempotency: &models.Idempotency{Key: "device:" + pass + "/" + string(day), Body: "body"},
				Scans: []models.ScanRecord{{By: "scanner", ID: models.NewID[models.ScanID](rand.Reader), At: at, Answer: models.Decision{
					Outcome: models.OutcomeAdmitted, Party: models.Party{Children: 1}, At: at, Marks: []models.Mark{models.InGrace},
					LastDay: models.Day("2026-01-10").Add(h), FirstAt: noon.Add(time.Duration(h) * time.Second), Welcome: 100 + h,
					Other: &models.OtherPlace{Session: models.SessionID("of " + pass)}, Limit: &models.LimitState{Times: 200 + h},
				}}},
			}
			if visit%2 == 0 {
				c.Session, c.Kind, c.Live, c.Slots = "standing", models.Standing, false, nil
				mac := models.MAC(secret, pass, "standing", "calendar_year/2026-01-01")
				c.Use = &models.Use{Key: hex.EncodeToString(mac), No: visit/2 + 1, Destroy: "2027-01-31"}
			}
			s.put(t, "claims", string(c.ID), c)
			owner[string(c.ID)] = pass
		}
		s.put(t, "audit", "row-"+pass, models.AuditEntry{
			ID: models.AuditID("row-" + pass), At: noon, By: "person", Organisation: "kajaani", Action: "pass_renewed", Pass: models.PassID(pass),
		})
		s.put(t, "credentials", fmt.Sprintf("cti-%d-4", h), models.Credential{
			CTI: models.CTI(fmt.Sprintf("cti-%d-4", h)), Pass: models.PassID(pass), Exp: noon.Add(14 * days), Issued: noon,
		})
	}
	return owner
}

// mustNotRecompute lets the year's secret be destroyed: from then on nothing tells which keys a pass had.
func (s shelf) mustNotRecompute(t *testing.T) {
	t.Helper()
	key := hex.EncodeToString(models.MAC(models.Secret("the secret of the year"), "holder-0", "standing", "calendar_year/2026-01-01"))
	if !s.holds(t, key) {
		t.Fatal("with the secret the test cannot find the pass's uses, which are there")
	}
	s.forget(t, models.Day("2027-01-31").Start())
	if s.raw(t, "secrets", yearSecret) != nil || s.holds(t, key) {
		t.Error("the secret of the year, or what was made with it, is still there")
	}
	fresh, err := s.PeriodSecret(t.Context(), yearSecret, []byte("another"), "2027-01-31")
	if err != nil || string(fresh) != "another" {
		t.Errorf("a destroyed secret reads as %q, %v", fresh, err)
	}
}

// joined finds pairs of claims of one pass that some value ties together and to no other pass's claims, directly or over further
// documents. What claims of several passes share (a session, a time, a party) tells nothing.
func joined(all map[string][]map[string]any, owner map[string]string) []string {
	type place struct {
		docs   []int
		owners map[string]bool
	}
	places := map[string]*place{}
	var ids []string
	for collection, docs := range all {
		for _, doc := range docs {
			id := fmt.Sprint(doc["_id"])
			ids = append(ids, id)
			for value := range values(doc) {
				if places[value] == nil {
					places[value] = &place{owners: map[string]bool{}}
				}
				places[value].docs = append(places[value].docs, len(ids)-1)
				if collection == "claims" && owner[id] != "" {
					places[value].owners[owner[id]] = true
				}
			}
		}
	}
	group := make([]int, len(ids))
	for i := range group {
		group[i] = i
	}
	var root func(int) int
	root = func(i int) int {
		if group[i] != i {
			group[i] = root(group[i])
		}
		return group[i]
	}
	for _, p := range places {
		if len(p.owners) > 1 {
			continue
		}
		for _, d := range p.docs[1:] {
			group[root(d)] = root(p.docs[0])
		}
	}
	first, pairs := map[int]string{}, []string(nil)
	for i, id := range ids {
		if owner[id] == "" {
			continue
		}
		if other, ok := first[root(i)]; ok {
			pairs = append(pairs, owner[id]+": "+other+" and "+id)
		}
		first[root(i)] = id
	}
	return pairs
}

// values are all the texts and long numbers in a document; small numbers and truths are everybody's.
func values(doc any) map[string]bool {
	found := map[string]bool{}
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			for _, inside := range v {
				walk(inside)
			}
		case []any:
			for _, inside := range v {
				walk(inside)
			}
		default:
			if text := fmt.Sprint(v); len(text) > 4 {
				found[text] = true
			}
		}
	}
	walk(doc)
	return found
}
