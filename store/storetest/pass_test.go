package storetest_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"kaikukortti/models"
	"kaikukortti/passes"
	"kaikukortti/store"
	"kaikukortti/store/storetest"
)

// atOnce runs do n times at once and answers the errors.
func atOnce(n int, do func(i int) error) []error {
	errs := make([]error, n)
	var start, done sync.WaitGroup
	start.Add(1)
	for i := range n {
		done.Go(func() {
			start.Wait()
			errs[i] = do(i)
		})
	}
	start.Done()
	done.Wait()
	return errs
}

// wantCodes compares how many errors have which problem code; success is "".
func wantCodes(t *testing.T, errs []error, want map[string]int) {
	t.Helper()
	counted := map[string]int{}
	for _, err := range errs {
		e := new(models.Error)
		if err != nil && !errors.As(err, &e) {
			t.Errorf("an error that is no problem: %v", err)
			continue
		}
		counted[e.Code]++
	}
	if !maps.Equal(counted, want) {
		t.Errorf("got %v, want %v", counted, want)
	}
}

// wantOne fails the test unless all texts are the same, and something.
func wantOne[T ~string](t *testing.T, what string, all []T) {
	t.Helper()
	if slices.Sort(all); all[0] == "" || all[0] != all[len(all)-1] {
		t.Errorf("%s: got several: %v", what, all)
	}
}

func kept(t *testing.T, d *storetest.Desk, id models.PassID) models.Pass {
	t.Helper()
	p, err := d.Store.LookupPass(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func livePhones(p models.Pass) int {
	n := 0
	for i := range p.Phones {
		if p.Phones[i].Live() {
			n++
		}
	}
	return n
}

// A deskTest is a promise that both stores keep at a desk, alone on its passes.
type deskTest struct {
	sentence string
	test     func(t *testing.T, d *storetest.Desk)
}

func TestPassesWhenManyAskAtOnce(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, s *store.Store) {
		d := storetest.DeskOn(t, s)
		for _, promise := range []deskTest{
			{"of fifty phones with one activation code one wins", fiftyPhones},
			{"one phone that asks twenty times is one phone", onePhone},
			{"one device key carries one pass", oneDeviceKey},
			{"a hundred passes have a hundred numbers", hundredNumbers},
			{"a number that is taken is not given again", takenNumber},
			{"one request to issue is one pass, however often it comes", oneIssue},
			{"of ten corrections of one version one holds", corrections},
			{"twenty requests for a credential get one id", oneCredential},
			{"of five recoveries with one code one wins", recoveries},
			{"guesses at the same time do not pass the limit", guesses},
			{"of two workers who bind one request one wins", binding},
			{"a proof is spent once", oneProof},
		} {
			t.Run(promise.sentence, func(t *testing.T) { promise.test(t, d) })
		}
	})
}

func fiftyPhones(t *testing.T, d *storetest.Desk) {
	p := d.Issued(t)
	code := d.Code(t, p, false)
	wantCodes(t, atOnce(50, func(int) error {
		_, err := d.Activate(t.Context(), passes.Activation{Code: code, Device: storetest.DeviceKey(t), Replace: true})
		return err
	}), map[string]int{"": 1, "code_used": 49})
	if p = kept(t, d, p.ID); len(p.Phones) != 1 || livePhones(p) != 1 || p.State != models.Active {
		t.Errorf("the pass is %s with %d phones", p.State, len(p.Phones))
	}
}

func onePhone(t *testing.T, d *storetest.Desk) {
	p := d.Issued(t)
	code, device, phones := d.Code(t, p, false), storetest.DeviceKey(t), make([]models.CarrierID, 20)
	wantCodes(t, atOnce(len(phones), func(i int) error {
		a, err := d.Activate(t.Context(), passes.Activation{Code: code, Device: device})
		phones[i] = a.Phone
		return err
	}), map[string]int{"": 20})
	wantOne(t, "phones", phones)
	if p = kept(t, d, p.ID); len(p.Phones) != 1 {
		t.Errorf("the pass has %d phones", len(p.Phones))
	}
}

func oneDeviceKey(t *testing.T, d *storetest.Desk) {
	device, codes := storetest.DeviceKey(t), make([]string, 8)
	for i := range codes {
		codes[i] = d.Code(t, d.Issued(t), false)
	}
	wantCodes(t, atOnce(len(codes), func(i int) error {
		_, err := d.Activate(t.Context(), passes.Activation{Code: codes[i], Device: device})
		return err
	}), map[string]int{"": 1, "key_taken": 7})
}

func hundredNumbers(t *testing.T, d *storetest.Desk) {
	numbers := make([]models.Digits, 100)
	wantCodes(t, atOnce(len(numbers), func(i int) error {
		p, err := d.Issue(t.Context(), d.Worker, storetest.NewPass())
		numbers[i] = p.Number
		return err
	}), map[string]int{"": 100})
	if slices.Sort(numbers); len(slices.Compact(numbers)) != 100 {
		t.Error("two passes have one number")
	}
}

func takenNumber(t *testing.T, d *storetest.Desk) {
	p := d.Issued(t)
	p.ID += "x"
	_, err := d.Store.IssuePass(t.Context(), p, nil, models.AuditEntry{ID: "a"})
	wantCodes(t, []error{err}, map[string]int{"draw_again": 1})
}

func oneIssue(t *testing.T, d *storetest.Desk) {
	n, ids := storetest.NewPass(), make([]models.PassID, 20)
	n.Idempotency = &models.Idempotency{Key: "person:w/k", Body: "b"}
	wantCodes(t, atOnce(len(ids), func(i int) error {
		p, err := d.Issue(t.Context(), d.Worker, n)
		ids[i] = p.ID
		return err
	}), map[string]int{"": 20})
	wantOne(t, "passes", ids)
	n.Idempotency = &models.Idempotency{Key: "person:w/k", Body: "other"}
	_, err := d.Issue(t.Context(), d.Worker, n)
	wantCodes(t, []error{err}, map[string]int{"key_reused": 1})
}

func corrections(t *testing.T, d *storetest.Desk) {
	p := d.Issued(t)
	wantCodes(t, atOnce(10, func(i int) error {
		_, err := d.Correct(t.Context(), d.Worker, p.ID, passes.Correction{Children: &i, Version: p.Version})
		return err
	}), map[string]int{"": 1, "pass_changed": 9})
}

func oneCredential(t *testing.T, d *storetest.Desk) {
	p, holder := d.Activated(t)
	ctis := make([]models.CTI, 20)
	wantCodes(t, atOnce(len(ctis), func(i int) error {
		c, err := d.Credential(t.Context(), holder, storetest.PublicKey(t))
		ctis[i] = c.CTI
		return err
	}), map[string]int{"": 20})
	wantOne(t, "credentials", ctis)
	if p = kept(t, d, p.ID); p.CredentialNo != 1 {
		t.Errorf("%d credentials were counted", p.CredentialNo)
	}
	_, _, err := d.Store.TakeCredential(t.Context(), p.ID, func(_ *models.Pass, last *models.Credential) (models.Credential, error) {
		if last == nil || last.CTI != ctis[0] || last.Carrier != holder.Phone {
			t.Errorf("the credential is %+v", last)
			return models.Credential{}, errors.New("none")
		}
		return *last, nil
	})
	if err != nil {
		t.Error(err)
	}
}

func recoveries(t *testing.T, d *storetest.Desk) {
	p, holder := d.Activated(t)
	_, code, err := d.NewRecoveryCode(t.Context(), holder, p.ID)
	if err != nil {
		t.Fatal(err)
	}
	wantCodes(t, atOnce(5, func(int) error {
		_, err := d.Recover(t.Context(), passes.Recovery{Number: string(p.Number), Code: string(code), Device: storetest.DeviceKey(t)})
		return err
	}), map[string]int{"": 1, "code_used": 4})
	if p = kept(t, d, p.ID); livePhones(p) != 1 || len(p.Phones) != 2 {
		t.Errorf("%d of %d phones are live", livePhones(p), len(p.Phones))
	}
}

func guesses(t *testing.T, d *storetest.Desk) {
	p, _ := d.Activated(t)
	guess := string(models.NewDigits(models.RecoveryCode, zeros{}))
	for _, number := range []models.Digits{p.Number, models.NewDigits(models.PassNumber, zeros{})} { // a pass, and none
		wantCodes(t, atOnce(20, func(int) error {
			_, err := d.Recover(t.Context(), passes.Recovery{Number: string(number), Code: guess, Device: storetest.DeviceKey(t)})
			return err
		}), map[string]int{"code_unknown": 5, "too_many_tries": 15})
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

func binding(t *testing.T, d *storetest.Desk) {
	opened, err := d.OpenRequest(t.Context(), "192.0.2.1", storetest.DeviceKey(t))
	if err != nil {
		t.Fatal(err)
	}
	two := []models.Pass{d.Issued(t), d.Issued(t)}
	wantCodes(t, atOnce(8, func(i int) error {
		_, err := d.Bind(t.Context(), d.Worker, two[i%2].ID, string(opened.Digits), false)
		return err
	}), map[string]int{"": 4, "code_used": 4})
}

func oneProof(t *testing.T, d *storetest.Desk) {
	wantCodes(t, atOnce(10, func(int) error {
		return d.SpendJTI(t.Context(), "thumbprint/jti", d.Clock().Add(time.Minute))
	}), map[string]int{"": 1, "assertion_used": 9})
}

func TestTheRevokedListFollowsPassAndCarrier(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, s *store.Store) {
		d := storetest.DeskOn(t, s)
		ctx, w := t.Context(), d.Worker
		p, first := d.Activated(t)
		step := func(what string, err error, want ...models.CTI) {
			t.Helper()
			list, down := s.RevokedCTIs(ctx, d.Clock(), nil)
			slices.Sort(list)
			if slices.Sort(want); err != nil || down != nil || !slices.Equal(list, want) {
				t.Errorf("%s: the list is %v, want %v (%v, %v)", what, list, want, err, down)
			}
		}
		take := func(holder models.Actor) models.CTI {
			c, err := d.Credential(ctx, holder, storetest.PublicKey(t))
			if err != nil {
				t.Fatal(err)
			}
			return c.CTI
		}
		old := take(first)
		printed, err := d.PrintPaper(ctx, w, p.ID)
		paper := printed.Pass.LivePaper().CTI
		step("a phone and a paper carry it", err)
		_, err = d.Suspend(ctx, w, p.ID, models.AskedByHolder)
		step("suspended", err, old, paper)
		_, err = d.Resume(ctx, w, p.ID, "")
		step("resumed", err)
		_, second := d.ActivatedOf(t, p)
		fresh := take(second)
		step("another phone", nil, old)
		_, err = d.UndoReplacement(ctx, w, p.ID)
		step("undone", err, fresh)
		_, err = d.StopPhone(ctx, w, p.ID)
		step("lost", err, old, fresh)
		printed, err = d.PrintPaper(ctx, w, p.ID)
		again := printed.Pass.LivePaper().CTI
		step("printed anew", err, old, fresh, paper)
		_, err = d.Revoke(ctx, w, p.ID, models.MovedAway)
		step("revoked", err, old, fresh, paper, again)
		step("erased", d.Erase(ctx, w, p.ID, ""), old, fresh, paper, again)
		d.Wait(models.CredentialLife)
		step("14 days later", nil, paper, again)
		d.Wait(400 * 24 * time.Hour)
		step("past its last day", nil)
	})
}

func revokedNow(t *testing.T, d *storetest.Desk, ended ...models.NetworkID) []models.CTI {
	t.Helper()
	list, err := d.Store.RevokedCTIs(t.Context(), d.Clock(), ended)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestForgettingAndMovingPasses(t *testing.T) {
	t.Parallel()
	shelves(t, func(t *testing.T, s shelf) {
		d := storetest.DeskOn(t, s.Store)
		t.Run("every index refuses a duplicate", func(t *testing.T) { s.refusesDuplicates(t, d) })
		t.Run("answers are counted and kept nowhere else", func(t *testing.T) { s.countsAnswers(t, d) })
		t.Run("papers of an ended pilot are revoked", func(t *testing.T) { papersOfAPilot(t, d) })
		t.Run("a move that was broken off goes on", func(t *testing.T) { s.moves(t, d) })
		t.Run("erasing forgets what belongs to a pass", func(t *testing.T) { s.erases(t, d) })
		t.Run("an erasure that was broken off goes on", func(t *testing.T) { s.erasesLater(t, d) })
	})
}

func (s shelf) refusesDuplicates(t *testing.T, d *storetest.Desk) {
	p, _ := d.Activated(t)
	p.Papers = []models.Paper{{ID: "paper", Number: "hash", Spans: []models.Span{{From: d.Clock()}}}}
	p.Spoken, p.Idempotency = &models.Spoken{Hash: "said"}, &models.Idempotency{Key: "k"}
	p.ID, p.Number, p.Phones[0].Thumbprint, p.Activation.Hash = "first", "1", "print", "code"
	s.put(t, "passes", "first", &p)
	for index, share := range map[string]func(*models.Pass){
		"number":      func(q *models.Pass) { q.Number = "1" },
		"thumbprint":  func(q *models.Pass) { q.Phones = p.Phones },
		"paper":       func(q *models.Pass) { q.Papers = p.Papers },
		"activation":  func(q *models.Pass) { q.Activation = p.Activation },
		"spoken":      func(q *models.Pass) { q.Spoken = p.Spoken },
		"idempotency": func(q *models.Pass) { q.Idempotency = p.Idempotency },
	} {
		twin := models.Pass{ID: "second", Number: "2"}
		share(&twin)
		err := s.engine.Update(t.Context(), func(w store.Writer) error { return w.Insert("passes", "second", &twin) })
		if twice := new(store.DuplicateError); !errors.As(err, &twice) || twice.Index != index {
			t.Errorf("%s: got %v", index, err)
		}
	}
}

func (s shelf) countsAnswers(t *testing.T, d *storetest.Desk) {
	wantCodes(t, atOnce(20, func(int) error {
		n := storetest.NewPass()
		n.Answers = []models.Answer{{Question: "gender", Answer: "woman"}, {Question: "life_situation", Answer: "student"}}
		_, err := d.Issue(t.Context(), d.Worker, n)
		return err
	}), map[string]int{"": 20})
	for _, id := range []string{"kainuu/2026-11/gender/woman", "kainuu/2026-11/life_situation/student"} {
		if counter := s.raw(t, "counters", id); fmt.Sprint(counter["count"]) != "20" {
			t.Errorf("%s counts %v", id, counter)
		}
	}
	for collection, docs := range s.all(t) {
		if text := fmt.Sprint(docs); collection != "counters" && (strings.Contains(text, "woman") || strings.Contains(text, "student")) {
			t.Errorf("an answer stands in %s", collection)
		}
	}
}

func papersOfAPilot(t *testing.T, d *storetest.Desk) {
	n, worker := storetest.NewPass(), storetest.WorkerAt("oulun", "oulu")
	n.PostalCode = "90100"
	p, err := d.Issue(t.Context(), worker, n)
	if err != nil {
		t.Fatal(err)
	}
	printed, err := d.PrintPaper(t.Context(), worker, p.ID)
	if err != nil {
		t.Fatal(err)
	}
	paper := printed.Pass.LivePaper().CTI
	if list := revokedNow(t, d); slices.Contains(list, paper) {
		t.Errorf("the pilot runs, and the list is %v", list)
	}
	after, err := d.Store.RevokedCTIs(t.Context(), d.Clock().AddDate(0, 2, 0), []models.NetworkID{"oulu"})
	if err != nil || !slices.Contains(after, paper) {
		t.Errorf("the pilot has ended, and the list is %v, %v", after, err)
	}
}

func (s shelf) moves(t *testing.T, d *storetest.Desk) {
	ctx, many := t.Context(), models.Batch+20
	p := d.Issued(t)
	err := s.engine.Update(ctx, func(w store.Writer) error {
		for i := range many {
			other := p
			other.ID, other.Number, other.Distributor = models.PassID(fmt.Sprintf("p%d", i)), models.Digits(fmt.Sprint("moved", i)), "closed"
			if err := w.Insert("passes", string(other.ID), &other); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	wantCodes(t, atOnce(3, func(int) error { return d.MovePasses(ctx, models.Actor{}, "closed", "klubi") }), map[string]int{"": 3})
	_, err = d.ReadPass(ctx, storetest.WorkerAt("klubi", "kainuu"), "p7")
	wantCodes(t, []error{err}, map[string]int{"": 1})
	_, err = d.ReadPass(ctx, storetest.WorkerAt("closed", "kainuu"), "p7")
	wantCodes(t, []error{err}, map[string]int{"no_such_pass": 1})
	all := s.all(t)
	moved := slices.DeleteFunc(all["audit"], func(row map[string]any) bool { return row["action"] != "pass_moved" })
	left := slices.DeleteFunc(all["passes"], func(doc map[string]any) bool { return doc["distributor"] != "closed" })
	if len(moved) != many || len(left) != 0 {
		t.Errorf("%d audit rows tell of a move, and %d passes are left", len(moved), len(left))
	}
}

func (s shelf) erases(t *testing.T, d *storetest.Desk) {
	ctx := t.Context()
	p, holder := d.Activated(t)
	c, err := d.Credential(ctx, holder, storetest.PublicKey(t))
	if err != nil {
		t.Fatal(err)
	}
	s.reserveAndVisit(t, &p, models.DayOf(d.Clock()))
	if err := d.Erase(ctx, holder, p.ID, models.AskedByHolder); err != nil {
		t.Fatal(err)
	}
	wantCodes(t, []error{d.Erase(ctx, d.Worker, p.ID, "")}, map[string]int{"no_such_pass": 1})
	for _, left := range s.all(t)["credentials"] {
		if left["_id"] == string(c.CTI) || left["pass"] == string(p.ID) {
			t.Errorf("a credential is left: %v", left)
		}
	}
	if list := revokedNow(t, d); !slices.Contains(list, c.CTI) {
		t.Errorf("the revoked list is %v", list)
	}
	s.isForgotten(t, &p)
}

func (s shelf) erasesLater(t *testing.T, d *storetest.Desk) {
	ctx := t.Context()
	p, _ := d.Activated(t)
	s.reserveAndVisit(t, &p, models.DayOf(d.Clock()))
	// The process dies after the first transaction.
	change := func(*models.Pass) (models.Change, error) { return models.Change{At: d.Clock()}, nil }
	if _, err := s.ErasePass(ctx, "", p.ID, "stone", change); err != nil {
		t.Fatal(err)
	}
	wantCodes(t, atOnce(4, func(int) error { return d.ResumeErasures(ctx) }), map[string]int{"": 4})
	s.isForgotten(t, &p)
	late := claimOf(&p, "late", models.Used, models.DayOf(d.Clock())) // a scan that was in flight
	s.put(t, "claims", string(late.ID), &late)
	d.Wait(models.LongestRequest)
	if err := d.ResumeErasures(ctx); err != nil {
		t.Fatal(err)
	}
	s.isForgotten(t, &p)
	if open, err := s.OpenErasures(ctx); err != nil || len(open) != 0 {
		t.Errorf("%d erasures are open, %v", len(open), err)
	}
}

// claimOf is a claim of a pass, on a session of its own.
func claimOf(p *models.Pass, name string, state models.ClaimState, day models.Day) models.Claim {
	name += "/" + string(p.Number[:4]) // not the number itself: that is looked for
	return models.Claim{
		ID: models.ClaimID(name), Session: models.SessionID(name), Offer: "o", Organisation: "v", Day: day, EndsDay: day, State: state,
		Slots: []int{1}, Live: true, Pass: p.ID, UnlinkDay: day.Add(90), Code: name,
	}
}

func (s shelf) reserveAndVisit(t *testing.T, p *models.Pass, today models.Day) {
	t.Helper()
	coming, visited := claimOf(p, "coming", models.Reserved, today.Add(3)), claimOf(p, "visited", models.Used, today.Add(-3))
	visited.Counts, visited.CTI, visited.SignedAt = true, string(visited.ID), 7
	for _, claim := range []models.Claim{coming, visited} {
		s.put(t, "claims", string(claim.ID), &claim)
	}
}

// isForgotten fails the test if anything is left that names a pass but the audit log and the note that it was erased; or if what was
// to stay did not.
func (s shelf) isForgotten(t *testing.T, p *models.Pass) {
	t.Helper()
	for collection, docs := range s.all(t) {
		for _, doc := range docs {
			text := fmt.Sprint(doc)
			if strings.Contains(text, string(p.Number)) || strings.Contains(text, string(p.ID)) && collection != "audit" && collection != "erasures" {
				t.Errorf("%s still holds %s", collection, text)
			}
		}
	}
	coming := s.raw(t, "claims", string(claimOf(p, "coming", "", "2026-01-01").ID))
	if coming["state"] != "cancelled" || coming["slots"] != nil || coming["live"] != nil || coming["code"] != nil {
		t.Errorf("the coming reservation is %v", coming)
	}
	visited := s.raw(t, "claims", string(claimOf(p, "visited", "", "2026-01-01").ID))
	if visited["state"] != "used" || visited["counts"] != true || visited["slots"] == nil || visited["cti"] != nil {
		t.Errorf("the visit is %v", visited)
	}
}
