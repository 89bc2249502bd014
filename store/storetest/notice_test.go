package storetest_test

import (
	"crypto/rand"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"kaikukortti/models"
	"kaikukortti/store"
	"kaikukortti/store/mongo"
	"kaikukortti/store/sqlite"
	"kaikukortti/store/storetest"
)

func newNoticeID() models.NoticeID { return models.NewID[models.NoticeID](rand.Reader) }

// putNotice puts a notice and its push, as verbs do.
func (s shelf) putNotice(t *testing.T, n models.Notice) {
	t.Helper()
	s.put(t, "notices", string(n.ID), n)
	s.put(t, "pushes", string(n.ID), models.Push{Record: models.Record{Version: 1}, ID: n.ID, Pass: n.Pass, Due: n.Due(), Urgent: n.Urgent})
}

// phoned is a pass that a phone carries.
func phoned(id string) models.Pass {
	return aPass(id, func(p *models.Pass) {
		p.Language = "sv"
		p.Phones = []models.Phone{{ID: models.CarrierID("phone-" + id), Thumbprint: "thumbprint-" + id, Spans: []models.Span{{From: noon}}}}
	})
}

func addressOf(pass string) models.PushAddress {
	return models.PushAddress{
		ID: models.NewID[models.PushAddressID](rand.Reader), Pass: models.PassID(pass), Phone: models.CarrierID("phone-" + pass),
		Kind: models.PushFCM, Token: []byte("sealed"), At: noon,
	}
}

func (s shelf) claimPushes(t *testing.T, owner string, at time.Time) []models.PushJob {
	t.Helper()
	jobs, err := s.ClaimPushes(t.Context(), owner, at, 2*time.Minute, 100)
	if err != nil {
		t.Fatal(err)
	}
	return jobs
}

func TestAnInboxIsReadPageByPageAndNothingTwice(t *testing.T) {
	t.Parallel()
	shelves(t, func(t *testing.T, s shelf) {
		const each, seconds = 5, 4
		for second := range seconds {
			for n := range each {
				id := models.NoticeID(fmt.Sprintf("n-%d-%d", second, n))
				s.put(t, "notices", string(id), models.Notice{ID: id, Pass: "mine", Cause: string(id), At: noon.Add(time.Duration(second) * time.Second)})
			}
		}
		s.put(t, "notices", "theirs", models.Notice{ID: "theirs", Pass: "theirs", Cause: "1", At: noon})
		var read []models.Notice
		var after *models.InboxPlace
		for range each * seconds {
			page, err := s.Inbox(t.Context(), "mine", after, 3)
			if err != nil {
				t.Fatal(err)
			}
			if len(page) == 0 {
				break
			}
			read = append(read, page...)
			last := page[len(page)-1]
			after = &models.InboxPlace{At: last.At, ID: last.ID}
		}
		if len(read) != each*seconds {
			t.Fatalf("%d notices were read, want %d", len(read), each*seconds)
		}
		if !slices.IsSortedFunc(read, func(a, b models.Notice) int { return b.At.Compare(a.At) }) {
			t.Error("they are not in order, the newest first")
		}
		ids := map[models.NoticeID]bool{}
		for _, n := range read {
			ids[n.ID] = true
		}
		if len(ids) != len(read) || ids["theirs"] {
			t.Errorf("some came twice, or another's came: %v", ids)
		}
	})
}

func TestOnlyTheHolderReadsANotice(t *testing.T) {
	t.Parallel()
	shelves(t, func(t *testing.T, s shelf) {
		s.put(t, "notices", "mine", models.Notice{ID: "mine", Record: models.Record{Version: 1}, Pass: "me", Cause: "1", At: noon})
		for name, id := range map[string]models.NoticeID{"another's": "mine", "unknown": "unknown"} {
			_, err := s.ReadNotice(t.Context(), "somebody", id, noon)
			if e := new(models.Error); !errors.As(err, &e) || e.Code != "no_such_notice" {
				t.Errorf("%s: %v", name, err)
			}
		}
		for range 2 {
			n, err := s.ReadNotice(t.Context(), "me", "mine", noon.Add(time.Hour))
			if err != nil || !n.ReadAt.Equal(noon.Add(time.Hour)) {
				t.Errorf("read at %v, %v", n.ReadAt, err)
			}
		}
		if n, err := s.ReadNotice(t.Context(), "me", "mine", noon.Add(2*time.Hour)); err != nil || !n.ReadAt.Equal(noon.Add(time.Hour)) {
			t.Errorf("the time of the first reading became %v, %v", n.ReadAt, err)
		}
	})
}

// TestEndingsAreToldOnce runs the job on several servers at once, and again.
func TestEndingsAreToldOnce(t *testing.T) {
	t.Parallel()
	shelves(t, func(t *testing.T, s shelf) {
		s.furnish(t)
		const passes, servers = 230, 4 // more than two batches
		for i := range passes {
			s.put(t, "passes", fmt.Sprintf("ends-%03d", i), aPass(fmt.Sprintf("ends-%03d", i), func(p *models.Pass) { p.Last = "2026-12-23" }))
		}
		for state, id := range map[models.PassState]string{models.Revoked: "revoked", models.Suspended: "suspended", models.Issued: "never-used"} {
			s.put(t, "passes", id, aPass(id, func(p *models.Pass) { p.State, p.Last = state, "2026-12-23" }))
		}
		ending := models.Ending{Kind: models.NoticeEnds30, Last: "2026-12-23"}
		var mu sync.Mutex
		told := 0
		tellAll := func(int) {
			for from := models.PassID(""); ; {
				next, n, err := s.TellEnding(t.Context(), ending, from, noon, newNoticeID)
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				told += n
				mu.Unlock()
				if from = next; from == "" {
					return
				}
			}
		}
		race(servers, tellAll)
		tellAll(0)
		if told != passes {
			t.Errorf("%d were told, want %d", told, passes)
		}
		all := s.all(t)
		if len(all["notices"]) != passes || len(all["pushes"]) != passes {
			t.Errorf("there are %d notices and %d pushes, want %d", len(all["notices"]), len(all["pushes"]), passes)
		}
	})
}

func TestAPilotsEndIsToldToItsHolders(t *testing.T) {
	t.Parallel()
	shelves(t, func(t *testing.T, s shelf) {
		s.furnish(t)
		for id, last := range map[string]models.Day{"longer": "2027-06-30", "same-day": "2026-11-23", "shorter": "2026-11-20"} {
			s.put(t, "passes", id, aPass(id, func(p *models.Pass) { p.Network, p.Last = "pilot", last }))
		}
		tell := func(e models.Ending, want int) {
			t.Helper()
			if _, n, err := s.TellEnding(t.Context(), e, "", noon, newNoticeID); err != nil || n != want {
				t.Errorf("%+v told %d, %v, want %d", e, n, err, want)
			}
		}
		tell(models.Ending{Kind: models.NoticeEnds7, Last: "2026-11-23", Network: "pilot"}, 1) // the longer one ends with the pilot
		tell(models.Ending{Kind: models.NoticeEnds7, Last: "2026-11-23"}, 1)
		tell(models.Ending{Kind: models.NoticeEnds7, Last: "2026-11-20"}, 1)
		tell(models.Ending{Kind: models.NoticeEnds7, Last: "2027-06-30"}, 0) // by then its pilot is over
	})
}

func TestAPushIsWithOneWorkerUntilItsLeaseEnds(t *testing.T) {
	t.Parallel()
	const rows, workers = 60, 6
	shelves(t, func(t *testing.T, s shelf) {
		for i := range rows {
			id := models.NoticeID(fmt.Sprintf("n-%02d", i))
			s.putNotice(t, models.Notice{ID: id, Pass: "pass", Cause: string(id), At: noon})
		}
		if early := s.claimPushes(t, "early", noon.Add(-time.Second)); len(early) > 0 {
			t.Errorf("%d were claimed before they were due", len(early))
		}
		claimed := s.claimByMany(t, workers, noon)
		if len(claimed) != rows {
			t.Fatalf("%d rows were claimed, want %d", len(claimed), rows)
		}
		for id, times := range claimed {
			if times != 1 {
				t.Errorf("%s was claimed %d times", id, times)
			}
		}
		if again := s.claimPushes(t, "late", noon.Add(2*time.Minute-time.Second)); len(again) > 0 {
			t.Errorf("%d were claimed within their lease", len(again))
		}
		if again := s.claimPushes(t, "late", noon.Add(2*time.Minute)); len(again) != rows {
			t.Errorf("%d were claimed after their lease, want %d", len(again), rows)
		}
	})
}

// claimByMany lets workers claim a few rows at a time, all at once, until none is left, and counts how often each was claimed.
func (s shelf) claimByMany(t *testing.T, workers int, at time.Time) map[models.NoticeID]int {
	t.Helper()
	var mu sync.Mutex
	claimed := map[models.NoticeID]int{}
	race(workers, func(i int) {
		for {
			jobs, err := s.ClaimPushes(t.Context(), fmt.Sprintf("worker-%d", i), at, 2*time.Minute, 7)
			if err != nil {
				t.Error(err)
			}
			if err != nil || len(jobs) == 0 {
				return
			}
			mu.Lock()
			for _, j := range jobs {
				claimed[j.Push.ID]++
			}
			mu.Unlock()
		}
	})
	return claimed
}

func TestNobodyIsNudgedInQuietHours(t *testing.T) {
	t.Parallel()
	shelves(t, func(t *testing.T, s shelf) {
		night := time.Date(2026, 11, 23, 20, 30, 0, 0, time.UTC) // 22:30 in Helsinki
		s.putNotice(t, models.Notice{ID: "calm", Pass: "pass", Cause: "1", At: night})
		s.putNotice(t, models.Notice{ID: "urgent", Pass: "pass", Cause: "2", At: night, Urgent: true})
		s.putNotice(t, models.Notice{ID: "left", Pass: "pass", Cause: "3", At: night.Add(-2 * time.Hour)}) // nobody sent it in the evening
		ids := func(at time.Time) string {
			var ids []string
			for _, j := range s.claimPushes(t, "worker", at) {
				ids = append(ids, string(j.Push.ID))
			}
			slices.Sort(ids)
			return fmt.Sprint(ids)
		}
		for _, c := range []struct {
			at   time.Time
			want string
		}{
			{night, "[urgent]"},
			{time.Date(2026, 11, 24, 5, 57, 59, 0, time.UTC), "[urgent]"}, // its lease has ended; 07:57:59
			{time.Date(2026, 11, 24, 6, 0, 0, 0, time.UTC), "[calm left urgent]"},
		} {
			if got := ids(c.at); got != c.want {
				t.Errorf("at %s: %s, want %s", c.at.In(models.Helsinki).Format("15:04:05"), got, c.want)
			}
		}
	})
}

func TestHowAPushEnds(t *testing.T) {
	t.Parallel()
	shelves(t, func(t *testing.T, s shelf) {
		s.put(t, "passes", "pass", phoned("pass"))
		if err := s.SetPushAddress(t.Context(), addressOf("pass")); err != nil {
			t.Fatal(err)
		}
		for _, id := range []models.NoticeID{"sent", "later", "gone"} {
			s.putNotice(t, models.Notice{ID: id, Pass: "pass", Cause: string(id), At: noon})
		}
		jobs := map[models.NoticeID]models.PushJob{}
		for _, j := range s.claimPushes(t, "worker", noon) {
			if j.Address == nil || j.Language != "sv" {
				t.Fatalf("%s goes to %v in %q", j.Push.ID, j.Address, j.Language)
			}
			jobs[j.Push.ID] = j
		}
		settle := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		settle(s.EndPush(t.Context(), jobs["sent"], models.PushSent, noon))
		settle(s.RetryPush(t.Context(), jobs["later"], noon.Add(30*time.Second)))
		settle(s.EndPush(t.Context(), jobs["gone"], models.PushGone, noon))
		if n := len(s.all(t)["push_addresses"]); n != 0 {
			t.Error("an address that the provider knows no more was kept")
		}
		again := s.claimPushes(t, "worker", noon.Add(30*time.Second))
		if len(again) != 1 || again[0].Push.ID != "later" || again[0].Push.Tries != 1 {
			t.Fatalf("due again are %+v", again)
		}
		// Who comes back after the lease changes nothing: the row is another's.
		settle(s.EndPush(t.Context(), jobs["later"], models.PushSent, noon))
		if _, ended := s.raw(t, "pushes", "later")["outcome"]; ended {
			t.Error("a worker whose claim was over ended another's row")
		}
		if got := s.raw(t, "pushes", "sent")["outcome"]; got != "sent" {
			t.Errorf("the outcome is %v", got)
		}
	})
}

func TestAPhoneThatWasReplacedIsNotNudged(t *testing.T) {
	t.Parallel()
	shelves(t, func(t *testing.T, s shelf) {
		s.put(t, "passes", "pass", phoned("pass"))
		old := addressOf("pass")
		old.Phone = "an earlier phone"
		if err := s.SetPushAddress(t.Context(), old); err != nil {
			t.Fatal(err)
		}
		s.putNotice(t, models.Notice{ID: "notice", Pass: "pass", Cause: "1", At: noon})
		if jobs := s.claimPushes(t, "worker", noon); len(jobs) != 1 || jobs[0].Address != nil {
			t.Errorf("claimed %+v", jobs)
		}
		if n := len(s.all(t)["push_addresses"]); n != 0 {
			t.Error("the address of a phone that carries the pass no more was kept")
		}
	})
}

func TestAPassHasOnePushAddress(t *testing.T) {
	t.Parallel()
	shelves(t, func(t *testing.T, s shelf) {
		race(20, func(int) {
			if err := s.SetPushAddress(t.Context(), addressOf("pass")); err != nil {
				t.Error(err)
			}
		})
		if n := len(s.all(t)["push_addresses"]); n != 1 {
			t.Errorf("%d addresses are kept", n)
		}
		for range 2 {
			if err := s.RemovePushAddress(t.Context(), "pass"); err != nil {
				t.Fatal(err)
			}
		}
		if n := len(s.all(t)["push_addresses"]); n != 0 {
			t.Errorf("%d addresses are kept after the last was removed", n)
		}
	})
}

// TestForgettingAndSendingReadNoWholeCollection explains each query of the jobs on both engines.
func TestForgettingAndSendingReadNoWholeCollection(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		var seen questions
		engine, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "kaikukortti.db"), sqlite.WithWatcher(seen.add))
		shelved(t, engine, err, "").explainJobs(t, &seen)
	})
	t.Run("mongo", func(t *testing.T) {
		t.Parallel()
		var seen questions
		uri, name := storetest.Database(t)
		engine, err := mongo.Open(t.Context(), uri, name, mongo.WithWatcher(seen.add))
		shelved(t, engine, err, "").explainJobs(t, &seen)
	})
}

// questions are the queries that an engine was asked.
type questions struct {
	mu  sync.Mutex
	all []question
}

type question struct {
	collection string
	query      store.Query
}

func (q *questions) add(collection string, query store.Query) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.all = append(q.all, question{collection, query})
}

// explainJobs lets every job run over documents of all sorts, and explains what they asked.
func (s shelf) explainJobs(t *testing.T, seen *questions) {
	t.Helper()
	s.furnish(t)
	for _, f := range forgettables() {
		s.put(t, f.collection, f.id, f.doc)
	}
	s.claimPushes(t, "worker", noon)
	s.claimPushes(t, "worker", noon.Add(12*time.Hour))
	for _, e := range []models.Ending{{Last: "2026-12-23"}, {Last: "2026-11-23", Network: "pilot"}} {
		if _, _, err := s.TellEnding(t.Context(), e, "", noon, newNoticeID); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Inbox(t.Context(), "linked", &models.InboxPlace{At: noon, ID: "x"}, 10); err != nil {
		t.Fatal(err)
	}
	s.forget(t, noon.AddDate(3, 0, 0))
	seen.mu.Lock()
	all := slices.Clone(seen.all)
	seen.mu.Unlock()
	if len(all) < 60 {
		t.Fatalf("only %d queries were seen", len(all))
	}
	for _, q := range all {
		plan, err := s.engine.Explain(t.Context(), q.collection, q.query)
		if err != nil || plan.FullScan {
			t.Errorf("%s %+v: %v\n%s", q.collection, q.query, err, plan.Text)
		}
	}
}
