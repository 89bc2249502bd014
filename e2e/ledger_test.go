package e2e_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"kaikukortti/models"
	"kaikukortti/tools/load/crowd"
	"kaikukortti/tools/phone/client"
)

// A ledger is what the server was asked and what it answered. It is kept in this process, which no kill of a server reaches.
type ledger struct {
	mu      sync.Mutex
	scans   []*scanned
	issued  []*issued
	answers int       // so far
	mark    time.Time //
	first   time.Time // when the first answer came to something that was asked after the mark
}

// scanned is one scan, and what became of it. Its fields are written by one goroutine at a time.
type scanned struct {
	door   *client.Scanner
	shown  client.Showing
	pass   models.PassID
	answer *client.Decision // nil while nobody knows
	undo   bool             // it was asked to be undone
	undone bool             // and that was acknowledged
}

// issued is one pass that a worker gave out, and a phone activated.
type issued struct {
	worker *client.Person
	phone  *client.Phone
	key    string
	pass   models.PassID // empty while nobody knows
	code   string
	active bool
}

func (l *ledger) add(s *scanned) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.scans = append(l.scans, s)
}

func (l *ledger) addIssued(i *issued) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.issued = append(l.issued, i)
}

// heard counts an answer to something that was asked at a moment.
func (l *ledger) heard(asked time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.answers++
	if !l.mark.IsZero() && asked.After(l.mark) && l.first.IsZero() {
		l.first = time.Now()
	}
}

// setMark begins to look for the first answer.
func (l *ledger) setMark() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.mark, l.first = time.Now(), time.Time{}
}

// sinceMark is how long after the mark the first answer came to something that was asked after it; false while there was none.
func (l *ledger) sinceMark() (time.Duration, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.first.Sub(l.mark), !l.first.IsZero()
}

func (l *ledger) answered() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.answers
}

// A load is a crowd at work: doors that scan, undo and correct, and desks that give passes out.
type load struct {
	*ledger
	town     *crowd.Town
	sessions []models.SessionID
	patient  bool // ask again under the same id until there is an answer, instead of leaving
}

// run works until ctx is done or, where it is not patient, the server is gone.
func (l *load) run(ctx context.Context, t testing.TB) {
	var all sync.WaitGroup
	for _, d := range l.town.Doors {
		all.Go(func() {
			for on := true; on && ctx.Err() == nil; {
				on = l.atDoor(ctx, t, d.Turn())
			}
		})
	}
	for _, w := range l.town.Workers {
		all.Go(func() {
			for on := true; on && ctx.Err() == nil; {
				on = l.atDesk(ctx, t, w)
			}
		})
	}
	all.Wait()
}

// one draws one of several.
func one[T any](from []T) T { return from[rand.IntN(len(from))] }

// atDoor shows one code, and now and then corrects what came of it.
func (l *load) atDoor(ctx context.Context, t testing.TB, door *client.Scanner) bool {
	phone := one(l.town.Phones)
	at := l.town.Clock.Now()
	code, err := phone.Code(at.Add(time.Duration(rand.IntN(40)-20) * time.Second)) // seldom the same one twice
	if err != nil {
		t.Error(err)
		return false
	}
	s := &scanned{door: door, pass: phone.Pass, shown: client.Showing{ScanID: client.NewScanID(), Session: one(l.sessions), Code: code, At: at}}
	l.add(s)
	if !l.until(ctx, t, func() error { return s.show(ctx) }) {
		return false
	}
	if s.answer.Outcome != models.OutcomeAdmitted {
		return true
	}
	switch rand.IntN(4) {
	case 0:
		s.undo = true
		return l.until(ctx, t, func() error { return s.takeBack(ctx) })
	case 1:
		return l.until(ctx, t, func() error {
			_, err := door.ChangeParty(ctx, s.shown.ScanID, models.Party{Children: 1})
			return err
		})
	}
	return true
}

func (s *scanned) show(ctx context.Context) error {
	d, err := s.door.Scan(ctx, s.shown)
	if err == nil {
		s.answer = &d
	}
	return err
}

func (s *scanned) takeBack(ctx context.Context) error {
	d, err := s.door.Undo(ctx, s.shown.ScanID)
	if err == nil {
		s.undone = d.Outcome == models.OutcomeUndone
	}
	return err
}

// atDesk gives one pass out and brings it onto a phone.
func (l *load) atDesk(ctx context.Context, t testing.TB, worker *client.Person) bool {
	kept, err := client.NewCarried()
	if err != nil {
		t.Error(err)
		return false
	}
	i := &issued{worker: worker, key: client.NewRequestKey(), phone: l.town.NewPhone(kept)}
	l.addIssued(i)
	return l.until(ctx, t, func() error { return i.goOn(ctx, l.town) })
}

// goOn does what is not done yet, each step so that it can be asked again.
func (i *issued) goOn(ctx context.Context, town *crowd.Town) error {
	if i.pass == "" {
		made, err := town.Issue(ctx, i.worker, i.key)
		if err != nil {
			return err
		}
		i.pass = made.ID
	}
	if i.code == "" {
		handed, err := i.worker.Change(ctx, i.pass, "activation-code", nil) // a new code replaces one that was not heard
		if err != nil {
			return err
		}
		i.code = handed.Code
	}
	err := i.phone.Activate(ctx, client.Activation{Code: i.code})
	i.active = err == nil
	return err
}

// until asks once or, where the load is patient, again and again. It answers whether there was an answer.
func (l *load) until(ctx context.Context, t testing.TB, ask func() error) bool {
	for {
		asked := time.Now()
		err := ask()
		switch {
		case err == nil:
			l.heard(asked)
			return true
		case !again(err):
			t.Errorf("the server answers %v", err)
			return false
		case !l.patient || pause(ctx, 20*time.Millisecond) != nil:
			return false
		}
	}
}

// again says that nobody knows what became of a request, or that it was too early for it.
func again(err error) bool {
	return errors.Is(err, client.ErrNoAnswer) || client.IsProblem(err, "unavailable", "too_many_requests", "timeout")
}

func pause(ctx context.Context, wait time.Duration) error {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// settle asks again, twice at once, for everything of which nobody knows what became. Both must have one answer.
func (l *load) settle(ctx context.Context, t testing.TB) {
	t.Helper()
	patient := *l
	patient.patient = true
	for _, s := range l.scans {
		if s.answer == nil {
			patient.settleScan(ctx, t, s)
		}
		if s.undo && !s.undone && !patient.until(ctx, t, func() error { return s.takeBack(ctx) }) {
			t.Errorf("scan %s could not be undone", s.shown.ScanID)
		}
	}
	for _, i := range l.issued {
		if !i.active && !patient.until(ctx, t, func() error { return i.goOn(ctx, l.town) }) {
			t.Errorf("pass %q could not be activated", i.pass)
		}
	}
}

func (l *load) settleScan(ctx context.Context, t testing.TB, s *scanned) {
	t.Helper()
	twin := *s
	var both sync.WaitGroup
	for _, s := range []*scanned{s, &twin} {
		both.Go(func() {
			if !l.until(ctx, t, func() error { return s.show(ctx) }) {
				t.Errorf("scan %s has no answer", s.shown.ScanID)
			}
		})
	}
	both.Wait()
	if s.answer != nil && twin.answer != nil && (s.answer.Outcome != twin.answer.Outcome || s.answer.Reason != twin.answer.Reason) {
		t.Errorf("scan %s has two answers: %s %s and %s %s", s.shown.ScanID,
			s.answer.Outcome, s.answer.Reason, twin.answer.Outcome, twin.answer.Reason)
	}
}

// hold compares what was acknowledged with what is stored.
func (l *ledger) hold(t testing.TB, stored truth, seats map[models.SessionID]int) {
	t.Helper()
	l.holdScans(t, stored.claims)
	holdSeats(t, stored.claims, seats)
	l.holdPasses(t, stored)
	outcomes := map[string]int{}
	for _, s := range l.scans {
		outcomes[crowd.OutcomeOf(*s.answer, nil)]++
	}
	t.Logf("%d scans, %v, and %d passes: all as they were acknowledged", len(l.scans), outcomes, len(l.issued))
}

// keptScanID is the hash under which the server keeps a scan.
func keptScanID(id models.ScanID) models.ScanID {
	sum := sha256.Sum256([]byte(id))
	return models.ScanID(base64.RawURLEncoding.EncodeToString(sum[:]))
}

// holdScans: every acknowledged admission is there, once, and so is every other answer; and nothing is there that nobody asked for.
func (l *ledger) holdScans(t testing.TB, claims []models.Claim) {
	t.Helper()
	asked := map[models.ScanID]*scanned{}
	for _, s := range l.scans {
		asked[keptScanID(s.shown.ScanID)] = s
	}
	found := map[models.ScanID]int{}
	for i := range claims {
		c := &claims[i]
		for _, record := range c.Scans {
			s := asked[record.ID]
			found[record.ID]++
			switch {
			case s == nil:
				t.Errorf("scan %s is stored and nobody asked for it", record.ID)
			case record.Answer.Outcome != s.outcome() || record.Answer.Reason != s.answer.Reason && !s.undone:
				t.Errorf("scan %s: stored %s %s, acknowledged %s %s", record.ID, record.Answer.Outcome, record.Answer.Reason, s.outcome(), s.answer.Reason)
			case s.outcome() == models.OutcomeAdmitted && (c.State != models.Used || !c.Counts || c.Pass != s.pass || c.Session != s.shown.Session):
				t.Errorf("scan %s was admitted, and its claim is %s of pass %s", record.ID, c.State, c.Pass)
			}
		}
	}
	for id := range asked {
		if found[id] != 1 {
			t.Errorf("scan %s is stored %d times", id, found[id])
		}
	}
}

// outcome is what was acknowledged last.
func (s *scanned) outcome() models.Outcome {
	if s.undone {
		return models.OutcomeUndone
	}
	return s.answer.Outcome
}

// holdSeats: no session has more than its seats, no pass is in a session twice, no code has admitted twice.
func holdSeats(t testing.TB, claims []models.Claim, seats map[models.SessionID]int) {
	t.Helper()
	type code struct {
		cti      string
		signedAt int64
	}
	taken, live, spent := map[models.SessionID][]int{}, map[string]int{}, map[code]int{}
	for i := range claims {
		c := &claims[i]
		taken[c.Session] = append(taken[c.Session], c.Slots...)
		if c.Live {
			live[string(c.Session)+"/"+string(c.Pass)]++
		}
		if c.CTI != "" {
			spent[code{c.CTI, c.SignedAt}]++
		}
		if limit := seats[c.Session]; limit > 0 && c.State == models.Used && len(c.Slots) == 0 {
			t.Errorf("claim %s is a visit without a seat", c.ID)
		}
	}
	for session, limit := range seats {
		all := slices.Sorted(slices.Values(taken[session]))
		if len(slices.Compact(slices.Clone(all))) != len(all) || limit > 0 && len(all) > 0 && (all[0] < 0 || all[len(all)-1] >= limit) {
			t.Errorf("session %s of %d seats has given out %v", session, limit, all)
		}
	}
	for what, n := range live {
		if n > 1 {
			t.Errorf("%s is there %d times", what, n)
		}
	}
	for what, n := range spent {
		if n > 1 {
			t.Errorf("code %v has admitted %d times", what, n)
		}
	}
}

// holdPasses: every acknowledged pass is there, once, with its phone; each pass has one row in the audit log that says who gave it out,
// and one and a notice for its activation; and no row is of a pass that is not there.
func (l *ledger) holdPasses(t testing.TB, stored truth) {
	t.Helper()
	rows, notices := map[models.PassID]map[string]int{}, map[models.PassID]int{}
	for _, e := range stored.audit {
		if e.Pass != "" {
			if rows[e.Pass] == nil {
				rows[e.Pass] = map[string]int{}
			}
			rows[e.Pass][e.Action]++
		}
	}
	for _, n := range stored.notices {
		notices[n.Pass]++
	}
	there := map[models.PassID]*models.Pass{}
	for i := range stored.passes {
		p := &stored.passes[i]
		there[p.ID] = p
		active := 0
		if p.LivePhone() != nil {
			active = 1
		}
		if row := rows[p.ID]; row["pass_issued"] != 1 || row["pass_activated"] != active || notices[p.ID] != active {
			t.Errorf("pass %s (%s) has the rows %v and %d notices", p.ID, p.State, row, notices[p.ID])
		}
		delete(rows, p.ID)
	}
	for id, row := range rows {
		t.Errorf("pass %s is not there and has the rows %v", id, row)
	}
	for _, i := range l.issued {
		p := there[i.pass]
		if p == nil || p.LivePhone() == nil || p.LivePhone().Thumbprint != i.phone.Device.Thumbprint() {
			t.Errorf("pass %s was acknowledged and is not on its phone", i.pass)
		}
	}
}
