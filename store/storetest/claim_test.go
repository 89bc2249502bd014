package storetest_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"kaikukortti/models"
	"kaikukortti/store"
	"kaikukortti/store/storetest"
)

// many is how many goroutines race in this file, on both stores alike.
const many = 300

var evening = time.Date(2026, 11, 23, 16, 30, 0, 0, time.UTC)

// showing is a code of a pass, shown at a session whose door is open and that has as many seats; the tests change what they need.
func showing(session string, pass int, seats int) models.Scan {
	id := models.NewID[models.ClaimID](rand.Reader)
	return models.Scan{
		ID: models.NewID[models.ScanID](rand.Reader), By: "scanner-1", Seats: seats,
		Facts: models.Facts{
			At: evening, SignedAt: evening.Unix(), Window: models.OnlineWindow, WalkIns: true, ChildrenMost: 3, ChildrenCounted: true,
		},
		Claim: models.Claim{
			ID: id, Session: models.SessionID(session), Offer: "offer", Organisation: "venue", Day: "2026-11-23", At: evening,
			EndsDay: "2026-11-23", Kind: models.Event, Pass: passID(pass), CTI: fmt.Sprintf("cti-%d", pass), SignedAt: evening.Unix(),
			UnlinkDay: "2027-02-21",
		},
	}
}

func passID(n int) models.PassID { return models.PassID(fmt.Sprintf("pass-%d", n)) }

// race runs do so many times at once and waits for all of them.
func race(n int, do func(i int)) {
	var ready, done sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		ready.Add(1)
		done.Go(func() {
			ready.Done()
			<-start
			do(i)
		})
	}
	ready.Wait()
	close(start)
	done.Wait()
}

// tally counts decisions by outcome and reason.
type tally struct {
	mu sync.Mutex
	n  map[string]int
}

func (c *tally) add(t *testing.T, d models.Decision, err error) {
	t.Helper()
	if err != nil {
		t.Error(err)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.n == nil {
		c.n = map[string]int{}
	}
	c.n[string(d.Outcome)+string(d.Reason)]++
}

func admit(t *testing.T, s *store.Store, scan models.Scan) models.Decision {
	t.Helper()
	d, err := s.AdmitScan(t.Context(), scan)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func want(t *testing.T, d models.Decision, outcome models.Outcome, reason models.Reason) {
	t.Helper()
	if d.Outcome != outcome || d.Reason != reason {
		t.Fatalf("got %s %s, want %s %s", d.Outcome, d.Reason, outcome, reason)
	}
}

func TestPromise5NoSessionGivesMoreThanItsSeats(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, s *store.Store) {
		const seats = 20
		var c tally
		race(many, func(i int) {
			d, err := s.AdmitScan(t.Context(), showing("full", i, seats))
			c.add(t, d, err)
		})
		if c.n["admitted"] != seats || c.n["refusedno_seats"] != many-seats {
			t.Errorf("got %v, want %d admitted and the rest no_seats", c.n, seats)
		}
	})
}

func TestOneScanIDTwiceIsOneScan(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, s *store.Store) {
		scan := showing("retry", 1, 50)
		var c tally
		race(many, func(int) {
			again := scan
			again.Claim.ID = models.NewID[models.ClaimID](rand.Reader)
			d, err := s.AdmitScan(t.Context(), again)
			c.add(t, d, err)
		})
		if c.n["admitted"] != many {
			t.Errorf("got %v, want the same welcome every time", c.n)
		}
		if n := visits(t, s, "retry"); n != 1 {
			t.Errorf("%d visits, want 1", n)
		}
	})
}

// A refusal holds nothing that another index would guard; it is the scan itself that is there once, with the first one's answer.
func TestOneRefusedScanIDTwiceIsOneScan(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, s *store.Store) {
		scan := showing("retry", 1, 50)
		scan.Facts.Broken = models.NotInUse
		var mu sync.Mutex
		answers := map[time.Time]int{}
		race(many, func(i int) {
			again := scan
			again.Claim.ID = models.NewID[models.ClaimID](rand.Reader)
			again.Facts.At = evening.Add(time.Duration(i) * time.Second)
			d, err := s.AdmitScan(t.Context(), again)
			if err != nil || d.Reason != models.NotInUse {
				t.Errorf("got %+v, %v", d, err)
			}
			mu.Lock()
			defer mu.Unlock()
			answers[d.At]++
		})
		if len(answers) != 1 {
			t.Errorf("%d answers to one scan: %v", len(answers), answers)
		}
	})
}

func TestPromise5NoPassEntersASessionTwice(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, s *store.Store) {
		var c tally
		race(many, func(i int) {
			scan := showing("doors", 1, 1000)
			scan.By = models.ScannerID(fmt.Sprintf("scanner-%d", i))
			scan.Claim.SignedAt -= int64(i % 50) // codes of several moments
			scan.Facts.SignedAt = scan.Claim.SignedAt
			d, err := s.AdmitScan(t.Context(), scan)
			c.add(t, d, err)
		})
		if c.n["admitted"] != 1 || c.n["refusedalready_admitted"] != many-1 {
			t.Errorf("got %v, want one admitted and the rest already_admitted", c.n)
		}
	})
}

func TestOneCodeAtManySessionsAdmitsOnce(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, s *store.Store) {
		var c tally
		race(60, func(i int) {
			d, err := s.AdmitScan(t.Context(), showing(fmt.Sprintf("stage-%d", i), 1, 10))
			c.add(t, d, err)
		})
		if c.n["admitted"] != 1 || c.n["refusedstale_code"] != 59 {
			t.Errorf("got %v, want one admitted and the rest stale_code", c.n)
		}
	})
}

func TestALimitIsGivenOutExactly(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, s *store.Store) {
		var c tally
		race(60, func(i int) {
			scan := showing("museum", 1, 0)
			scan.Facts.NoLimit, scan.Claim.Kind = true, models.Standing
			scan.Claim.SignedAt -= int64(i)
			scan.Facts.SignedAt = scan.Claim.SignedAt
			scan.Use = &models.UseLimit{Key: "rule-of-november", Times: 3, Next: "2026-12-01"}
			d, err := s.AdmitScan(t.Context(), scan)
			c.add(t, d, err)
		})
		if c.n["admitted"] != 3 || c.n["refusedlimit_reached"] != 57 {
			t.Errorf("got %v, want three admitted and the rest limit_reached", c.n)
		}
	})
}

func TestALimitOfOneReadsAlreadyAdmitted(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, s *store.Store) {
		for i, reason := range []models.Reason{"", models.AlreadyAdmitted} {
			scan := showing("pool", 1, 0)
			scan.Facts.NoLimit, scan.Claim.Kind = true, models.Standing
			scan.Claim.SignedAt += int64(i)
			scan.Facts.SignedAt = scan.Claim.SignedAt
			scan.Use = &models.UseLimit{Key: "today", Times: 1}
			d := admit(t, s, scan)
			if d.Reason != reason {
				t.Fatalf("scan %d: %q, want %q", i, d.Reason, reason)
			}
			if reason != "" && !d.FirstAt.Equal(evening) {
				t.Errorf("first at %v, want %v", d.FirstAt, evening)
			}
		}
	})
}

func TestPartiesThatGrowShrinkAndLeaveNeverPassTheSeats(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, s *store.Store) {
		const seats, families = 12, 8
		var scans []models.Scan
		for i := range families {
			scan := showing("family", i, seats)
			want(t, admit(t, s, scan), models.OutcomeAdmitted, "")
			scans = append(scans, scan)
		}
		race(families*12, func(i int) {
			scan := scans[i%families]
			if i%7 == 6 {
				_, err := s.UndoScan(t.Context(), scan.By, scan.ID, evening.Add(time.Minute))
				unexpected(t, err)
				return
			}
			room := models.Room{At: evening.Add(time.Minute), Facts: scan.Facts, Seats: seats}
			_, err := s.ChangeParty(t.Context(), scan.By, scan.ID, models.Party{Children: i % 4}, room)
			unexpected(t, err, "not_admitted")
		})
		held := map[int]bool{}
		for _, scan := range scans {
			c, err := s.ScanClaim(t.Context(), scan.By, scan.ID)
			if err != nil {
				t.Fatal(err)
			}
			if c.State == models.Used && len(c.Slots) != c.Party.Seats(true) {
				t.Errorf("%d seats for a party of %d", len(c.Slots), c.Party.Seats(true))
			}
			for _, n := range c.Slots {
				if held[n] || n < 0 || n >= seats {
					t.Errorf("seat %d is given twice or is none", n)
				}
				held[n] = true
			}
		}
	})
}

// unexpected reports an error that has none of the codes.
func unexpected(t *testing.T, err error, codes ...string) {
	t.Helper()
	for _, code := range codes {
		if errors.Is(err, &models.Error{Code: code}) {
			return
		}
	}
	if err != nil {
		t.Error(err)
	}
}

func TestUndoFreesTheSeatAndTheCodeAndALateRetryNeverAdmitsAgain(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, s *store.Store) {
		first := showing("small", 1, 1)
		want(t, admit(t, s, first), models.OutcomeAdmitted, "")
		want(t, admit(t, s, showing("small", 2, 1)), models.OutcomeRefused, models.NoSeats)
		for range 2 {
			d, err := s.UndoScan(t.Context(), first.By, first.ID, evening.Add(10*time.Minute))
			if err != nil {
				t.Fatal(err)
			}
			want(t, d, models.OutcomeUndone, "")
		}
		want(t, admit(t, s, first), models.OutcomeUndone, "")
		if n := visits(t, s, "small"); n != 0 {
			t.Errorf("%d visits after undoing, want 0", n)
		}
		again := showing("small", 1, 1)
		want(t, admit(t, s, again), models.OutcomeAdmitted, "")
		_, err := s.UndoScan(t.Context(), again.By, again.ID, evening.Add(10*time.Minute+time.Second))
		if !errors.Is(err, &models.Error{Code: "too_late"}) {
			t.Errorf("undone after ten minutes: %v", err)
		}
	})
}

func TestARefusedScanKeepsNoPassAndItsAnswer(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, s *store.Store) {
		scan := showing("shut", 1, 5)
		scan.Facts.DoorShut, scan.Facts.Opens = true, evening.Add(time.Hour)
		want(t, admit(t, s, scan), models.OutcomeRefused, models.NotToday)
		scan.Facts.DoorShut = false // it opened meanwhile; a retry is still the same scan
		want(t, admit(t, s, scan), models.OutcomeRefused, models.NotToday)
		c, err := s.ScanClaim(t.Context(), scan.By, scan.ID)
		if err != nil {
			t.Fatal(err)
		}
		if c.Pass != "" || c.CTI != "" || len(c.Slots) > 0 || c.Live {
			t.Errorf("a refused scan holds something: %+v", c)
		}
		old := showing("shut", 2, 5)
		old.Facts.Expired, old.Facts.LastDay = true, "2026-01-31"
		for _, last := range []models.Day{"2026-01-31", ""} {
			if d := admit(t, s, old); d.Reason != models.Expired || d.LastDay != last {
				t.Errorf("%s with the last day %q, want %q", d.Reason, d.LastDay, last)
			}
			if _, err := s.Forget(t.Context(), old.Claim.Day.End()); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestACourseCountsOnce(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, s *store.Store) {
		for i := range 3 {
			scan := showing("course", 1, 8)
			scan.Facts.Course, scan.Claim.Kind = true, models.Course
			scan.Claim.SignedAt += int64(i)
			scan.Facts.SignedAt = scan.Claim.SignedAt
			d := admit(t, s, scan)
			want(t, d, models.OutcomeAdmitted, "")
			if got := len(d.Marks) == 1 && d.Marks[0] == models.OnCourseM; got != (i > 0) {
				t.Errorf("scan %d has marks %v", i, d.Marks)
			}
		}
		if n := visits(t, s, "course"); n != 1 {
			t.Errorf("%d visits, want 1", n)
		}
	})
}

func TestUploads(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, s *store.Store) {
		upload := func(scan models.Scan, shown models.Shown) (models.Uploaded, models.Decision) {
			t.Helper()
			scan.Shown, scan.Facts.Offline = shown, true
			if shown == models.ShownRefused {
				scan.ShownReason = models.NeedsNetwork
			}
			result, d, err := s.RecordUpload(t.Context(), scan)
			if err != nil {
				t.Fatal(err)
			}
			return result, d
		}
		expect := func(sentence string, scan models.Scan, shown models.Shown, result models.Uploaded) {
			t.Helper()
			for range 2 { // the same upload again has the same answer
				if got, _ := upload(scan, shown); got != result {
					t.Errorf("%s: %s, want %s", sentence, got, result)
				}
			}
		}
		welcomed := showing("off", 1, 3)
		expect("welcomed and right counts", welcomed, models.ShownWelcome, models.UploadCounted)
		expect("refused never counts", showing("off", 2, 3), models.ShownRefused, models.UploadRefused)
		twice := showing("off", 1, 3)
		twice.Claim.SignedAt += 30
		twice.Facts.SignedAt += 30
		expect("a pass welcomed at two doors is a conflict", twice, models.ShownWelcome, models.UploadConflict)

		online := showing("off", 3, 3)
		want(t, admit(t, s, online), models.OutcomeAdmitted, "")
		expect("an answer that got lost is not decided twice", online, models.ShownWelcome, models.UploadCounted)
		lost := showing("off", 4, 3)
		want(t, admit(t, s, lost), models.OutcomeAdmitted, "")
		expect("shown as refused, the server's admission is undone", lost, models.ShownRefused, models.UploadUndone)

		full := showing("off", 5, 3)
		want(t, admit(t, s, full), models.OutcomeAdmitted, "")
		expect("only seats were lacking: it counts beyond them", showing("off", 6, 3), models.ShownWelcome, models.UploadOver)
		late := showing("off", 7, 3)
		want(t, admit(t, s, late), models.OutcomeRefused, models.NoSeats)
		expect("refused for seats by an answer that got lost, and they came in", late, models.ShownWelcome, models.UploadOver)
		shut := showing("off", 8, 3)
		shut.Facts.NotInUse = true
		want(t, admit(t, s, shut), models.OutcomeRefused, models.NotInUse)
		expect("refused by an answer that got lost, and welcomed", shut, models.ShownWelcome, models.UploadConflict)

		if n := visits(t, s, "off"); n != 5 {
			t.Errorf("%d visits, want 5", n)
		}
		rows, err := s.Conflicts(t.Context(), "venue", "2026-11-01")
		if err != nil {
			t.Fatal(err)
		}
		over := 0
		for _, r := range rows {
			if r.Over {
				over++
				continue
			}
			if r.Pass == "" || r.Counts || len(r.Slots) > 0 {
				t.Errorf("a conflict keeps its pass for the venue's tag and nothing else: %+v", r)
			}
		}
		if over != 2 || len(rows) != 4 {
			t.Errorf("%d visits beyond the seats and %d conflicts, want 2 and 2", over, len(rows)-over)
		}
	})
}

func TestWhoCameInBeyondTheSeats(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, s *store.Store) {
		v := newVenue(t, s)
		uploads := func(scan models.Scan) models.Uploaded {
			t.Helper()
			scan.Shown, scan.Facts.Offline = models.ShownWelcome, true
			result, _, err := s.RecordUpload(t.Context(), scan)
			if err != nil {
				t.Fatal(err)
			}
			return result
		}
		shows := func(session models.Session, pass, children int) models.Scan {
			scan := showing(string(session.ID), pass, session.Seats)
			scan.Claim.CTI, scan.Facts.Party.Children = rand.Text(), children
			return scan
		}
		full := v.session(t, evening, 2)
		must(s.ReserveSeats(t.Context(), reserving(full, 1, 2)))(t)
		larger := shows(full, 1, 3)
		for range 2 {
			if got := uploads(larger); got != models.UploadOver {
				t.Errorf("a party larger than what it reserved: %s", got)
			}
		}
		room := models.Room{At: evening.Add(time.Minute), Facts: larger.Facts, Seats: full.Seats}
		for _, party := range []models.Party{{Children: 3, Assistants: 1}, {Children: 2}, {}} {
			if d := must(s.ChangeParty(t.Context(), larger.By, larger.ID, party, room))(t); d.Outcome != models.OutcomeAdmitted || d.Party != party {
				t.Errorf("who is inside cannot be corrected to %+v: %s %s", party, d.Outcome, d.Reason)
			}
		}
		if d := must(s.ChangeParty(t.Context(), larger.By, larger.ID, models.Party{Children: 2}, room))(t); d.Reason != models.NoSeats {
			t.Errorf("more than are inside: %s %s, want no_seats", d.Outcome, d.Reason)
		}

		crowded := v.session(t, evening, 1)
		want(t, admit(t, s, shows(crowded, 2, 0)), models.OutcomeAdmitted, "")
		lost := shows(crowded, 3, 2)
		want(t, admit(t, s, lost), models.OutcomeRefused, models.NoSeats)
		lost.Facts.ChildrenMost = 1 // the worker has corrected the pass meanwhile
		for range 2 {
			if got := uploads(lost); got != models.UploadConflict {
				t.Errorf("no seats then, too many children now: %s", got)
			}
		}
		if n := visits(t, s, crowded.ID); n != 1 {
			t.Errorf("%d visits, want 1", n)
		}
	})
}

func TestOneUploadManyTimesAtOnceIsOneVisit(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, s *store.Store) {
		scan := showing("burst", 1, 3)
		scan.Shown = models.ShownWelcome
		race(50, func(i int) {
			again := scan
			again.Claim.ID = models.NewID[models.ClaimID](rand.Reader)
			var err error
			if i%2 == 0 {
				_, _, err = s.RecordUpload(t.Context(), again)
			} else {
				again.Shown = ""
				_, err = s.AdmitScan(t.Context(), again)
			}
			unexpected(t, err)
		})
		if n := visits(t, s, "burst"); n != 1 {
			t.Errorf("%d visits, want 1", n)
		}
	})
}

// visits counts what counts at a session.
func visits(t *testing.T, s *store.Store, session models.SessionID) int {
	t.Helper()
	n, err := s.CountVisits(context.WithoutCancel(t.Context()), session)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
