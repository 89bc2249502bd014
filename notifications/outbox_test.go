package notifications_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"kaikukortti/models"
	"kaikukortti/notifications"
	"kaikukortti/store"
	"kaikukortti/store/storetest"
)

// noon is 14:00 in Helsinki.
var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

const token = "fcm-token-of-a-phone:0123456789-abcdefghijklmnop_QRSTUVWXYZ"

// A clock that a test moves.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = at
}

// A sender that records, and can be told to fail.
type sender struct {
	mu   sync.Mutex
	sent []notifications.Push
	fail func(p notifications.Push) error
}

func (s *sender) Send(_ context.Context, p notifications.Push) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		if err := s.fail(p); err != nil {
			return err
		}
	}
	s.sent = append(s.sent, p)
	return nil
}

func (s *sender) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.sent)
}

// An office is a store with an outbox, a clock, and a sender.
type office struct {
	*store.Store
	clock  *clock
	keys   *models.Keys
	sender *sender
	inbox  *notifications.Inbox
	logged *strings.Builder
	mu     sync.Mutex
	ended  []models.PushOutcome
}

// EndPush keeps how rows ended on its way to the store.
func (o *office) EndPush(ctx context.Context, job models.PushJob, outcome models.PushOutcome, at time.Time) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.ended = append(o.ended, outcome)
	return o.Store.EndPush(ctx, job, outcome, at)
}

func (o *office) mustHaveEnded(t *testing.T, want ...models.PushOutcome) {
	t.Helper()
	slices.Sort(o.ended)
	if !slices.Equal(o.ended, want) {
		t.Errorf("the rows ended as %v, want %v", o.ended, want)
	}
}

func newOffice(t *testing.T, s *store.Store) *office {
	t.Helper()
	keys, err := models.NewKeys(make([]byte, models.MasterKeySize))
	if err != nil {
		t.Fatal(err)
	}
	o := &office{Store: s, clock: &clock{at: noon}, keys: keys, sender: &sender{}, logged: &strings.Builder{}}
	o.inbox = notifications.NewInbox(s, keys, o.clock.now, rand.Reader)
	network := models.Network{ID: "kainuu", Status: models.Permanent, First: "2016-01-01"}
	if _, err := s.CreateNetwork(t.Context(), network, audit()); err != nil {
		t.Fatal(err)
	}
	return o
}

func audit() models.AuditEntry {
	return models.AuditEntry{ID: models.NewID[models.AuditID](rand.Reader), At: noon}
}

func (o *office) worker(senders ...notifications.Sender) *notifications.Worker {
	by := map[models.PushKind]notifications.Sender{}
	for _, s := range senders {
		by[models.PushFCM] = s
	}
	return notifications.NewWorker(o, o.keys, by, o.clock.now, rand.Reader, slog.New(slog.NewTextHandler(o.logged, nil)))
}

func (o *office) send(t *testing.T, w *notifications.Worker) {
	t.Helper()
	if err := w.Send(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// holder issues a pass that a phone carries, in a language.
func (o *office) holder(t *testing.T, n int, language string) models.Actor {
	t.Helper()
	id := models.PassID(fmt.Sprintf("pass-%03d", n))
	phone := models.CarrierID("phone-of-" + id)
	_, err := o.IssuePass(t.Context(), models.Pass{
		ID: id, Number: models.Digits("number-of-" + id), Network: "kainuu", Distributor: "kajaani", State: models.Active, Language: language,
		First: "2026-01-01", Last: "2040-12-31", IssuedAt: noon,
		Phones: []models.Phone{{ID: phone, Thumbprint: "thumbprint-of-" + string(id), Spans: []models.Span{{From: noon}}}},
	}, nil, audit())
	if err != nil {
		t.Fatal(err)
	}
	return models.Actor{Role: models.HolderRole, Pass: id, Phone: phone}
}

// tell gives a pass a notice, as a change of it does.
func (o *office) tell(t *testing.T, pass models.PassID, cause string) models.NoticeID {
	t.Helper()
	n := models.Notice{
		ID: models.NewID[models.NoticeID](rand.Reader), Pass: pass, Cause: cause, Kind: models.NoticeRenewed, At: o.clock.now(),
	}
	_, err := o.ChangePass(t.Context(), "", pass, func(*models.Pass) (models.Change, error) {
		return models.Change{At: n.At, Notices: []models.Notice{n}, Audit: []models.AuditEntry{audit()}}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n.ID
}

func (o *office) register(t *testing.T, by models.Actor) {
	t.Helper()
	if err := o.inbox.SetAddress(t.Context(), by, models.PushFCM, token); err != nil {
		t.Fatal(err)
	}
}

func TestAPushHoldsAnOpaqueIDAndNeutralWordsAlone(t *testing.T) {
	t.Parallel()
	for language, want := range map[string]string{
		"fi": "Uutta sinulle", "sv": "Nytt till dig", "en": "Something new for you", "so": "Uutta sinulle",
	} {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t, storetest.SQLite(t))
			by := o.holder(t, 1, language)
			o.register(t, by)
			id := o.tell(t, by.Pass, "renewed/1")
			o.send(t, o.worker(o.sender))
			if len(o.sender.sent) != 1 {
				t.Fatalf("%d pushes were sent", len(o.sender.sent))
			}
			o.mustHaveEnded(t, models.PushSent)
			p := o.sender.sent[0]
			if p.ID != id || p.Text != want || string(p.Token) != token {
				t.Errorf("sent %q under %q to the right phone: %t", p.Text, p.ID, string(p.Token) == token)
			}
			o.send(t, o.worker(o.sender))
			if o.sender.count() != 1 {
				t.Error("it was sent again")
			}
		})
	}
}

// TestAPushIsTriedAgainEverLaterAndGivenUp looks a second before each try is due, and when it is.
func TestAPushIsTriedAgainEverLaterAndGivenUp(t *testing.T) {
	t.Parallel()
	for name, begins := range map[string]time.Time{
		"by day":                       noon,
		"in the evening":               time.Date(2026, 11, 23, 18, 50, 0, 0, time.UTC), // 20:50; the later tries wait for the morning
		"before the clock is put back": time.Date(2026, 10, 24, 17, 50, 0, 0, time.UTC),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t, storetest.SQLite(t))
			by := o.holder(t, 1, "fi")
			o.register(t, by)
			o.clock.set(begins)
			o.tell(t, by.Pass, "renewed/1")
			tried := 0
			o.sender.fail = func(p notifications.Push) error {
				tried++
				return errors.New("the provider is away and repeats " + string(p.ID))
			}
			w := o.worker(o.sender)
			due, pause := begins, 30*time.Second
			for n := range 10 {
				o.clock.set(due.Add(-time.Second))
				if o.send(t, w); tried != n {
					t.Fatalf("try %d came early", tried)
				}
				o.clock.set(due)
				if o.send(t, w); tried != n+1 {
					t.Fatalf("try %d did not come at %s", n+1, due.In(models.Helsinki))
				}
				due, pause = models.Waking(due.Add(pause)), 2*pause
			}
			o.clock.set(due.Add(48 * time.Hour))
			if o.send(t, w); tried != 10 {
				t.Errorf("it was tried %d times", tried)
			}
			o.mustHaveEnded(t, models.PushGaveUp)
			if strings.Contains(o.logged.String(), string(by.Pass)) || strings.Contains(o.logged.String(), token) {
				t.Errorf("the log names a pass or a phone: %s", o.logged)
			}
		})
	}
}

// TestACrashBeforeTheAnswerIsKeptSendsAgainUnderTheSameID stands for a kill between the provider's answer and our write.
func TestACrashBeforeTheAnswerIsKeptSendsAgainUnderTheSameID(t *testing.T) {
	t.Parallel()
	o := newOffice(t, storetest.SQLite(t))
	by := o.holder(t, 1, "fi")
	o.register(t, by)
	id := o.tell(t, by.Pass, "renewed/1")
	crash, cancel := context.WithCancel(t.Context())
	o.sender.fail = func(p notifications.Push) error {
		o.sender.sent = append(o.sender.sent, p) // the provider has it
		cancel()                                 // and we are gone
		return nil
	}
	if err := o.worker(o.sender).Send(crash); !errors.Is(err, context.Canceled) {
		t.Fatalf("a worker that was stopped says %v", err)
	}
	first := o.sender.count()
	o.sender.fail = nil
	o.send(t, o.worker(o.sender))
	if o.sender.count() != first {
		t.Fatal("another server sent it within the lease")
	}
	o.clock.set(noon.Add(2 * time.Minute))
	o.send(t, o.worker(o.sender))
	if o.sender.count() != first+1 || o.sender.sent[first].ID != id || o.sender.sent[0].ID != id {
		t.Errorf("sent %d times", o.sender.count())
	}
}

func TestAnAddressThatIsGoneIsForgotten(t *testing.T) {
	t.Parallel()
	o := newOffice(t, storetest.SQLite(t))
	by := o.holder(t, 1, "fi")
	o.register(t, by)
	o.tell(t, by.Pass, "renewed/1")
	tries := 0
	o.sender.fail = func(notifications.Push) error {
		tries++
		return fmt.Errorf("fcm: %w", notifications.ErrAddressGone)
	}
	w := o.worker(o.sender)
	o.send(t, w)
	o.tell(t, by.Pass, "renewed/2")
	o.send(t, w)
	o.mustHaveEnded(t, models.PushGone, models.PushNoAddress)
	if tries != 1 {
		t.Errorf("the provider was asked %d times about an address that it knows no more", tries)
	}
}

func TestWithoutASenderOrAnAddressARowEndsAndTheNoticeStays(t *testing.T) {
	t.Parallel()
	o := newOffice(t, storetest.SQLite(t))
	with, without := o.holder(t, 1, "fi"), o.holder(t, 2, "fi")
	o.register(t, with)
	o.tell(t, with.Pass, "renewed/1")
	o.tell(t, without.Pass, "renewed/1")
	o.send(t, o.worker()) // no sender at all
	o.mustHaveEnded(t, models.PushNoAddress, models.PushNoSender)
	o.send(t, o.worker(o.sender))
	if o.sender.count() != 0 {
		t.Error("a row that had ended was sent")
	}
	for _, by := range []models.Actor{with, without} {
		if page, err := o.inbox.Notices(t.Context(), by, "", 0); err != nil || len(page.Notices) != 1 {
			t.Errorf("the inbox holds %v, %v", page.Notices, err)
		}
	}
}

// TestTwoServersNeverSendOneRowWithinItsLease runs workers on two servers against one outbox, on both stores.
func TestTwoServersNeverSendOneRowWithinItsLease(t *testing.T) {
	t.Parallel()
	const holders, servers = 40, 4
	storetest.Both(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		for n := range holders {
			by := o.holder(t, n, "fi")
			o.register(t, by)
			o.tell(t, by.Pass, "renewed/1")
		}
		var all sync.WaitGroup
		for range servers {
			w := o.worker(o.sender)
			all.Go(func() {
				if err := w.Send(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		times := map[models.NoticeID]int{}
		for _, p := range o.sender.sent {
			times[p.ID]++
		}
		if len(times) != holders || len(o.sender.sent) != holders {
			t.Errorf("%d pushes were sent for %d notices, want %d of each", len(o.sender.sent), len(times), holders)
		}
	})
}

// TestAMachineThatStoodStillSendsNothing lets so much time pass after a claim that the lease could end while a provider is asked.
func TestAMachineThatStoodStillSendsNothing(t *testing.T) {
	t.Parallel()
	o := newOffice(t, storetest.SQLite(t))
	by := o.holder(t, 1, "fi")
	o.register(t, by)
	o.tell(t, by.Pass, "renewed/1")
	slow := &stall{Store: o.Store, clock: o.clock}
	w := notifications.NewWorker(slow, o.keys, map[models.PushKind]notifications.Sender{models.PushFCM: o.sender}, o.clock.now, rand.Reader, slog.New(slog.DiscardHandler))
	if err := w.Send(t.Context()); err != nil {
		t.Fatal(err)
	}
	if o.sender.count() != 0 {
		t.Error("it was sent when its lease had as good as ended")
	}
	o.clock.set(noon.Add(10 * time.Minute))
	o.send(t, o.worker(o.sender))
	if o.sender.count() != 1 {
		t.Error("it was not sent later")
	}
}

// A stall is a store after whose claims the machine stands still for a while.
type stall struct {
	*store.Store
	clock *clock
}

func (s *stall) ClaimPushes(ctx context.Context, owner string, at time.Time, lease time.Duration, limit int) ([]models.PushJob, error) {
	jobs, err := s.Store.ClaimPushes(ctx, owner, at, lease, limit)
	if len(jobs) > 0 {
		s.clock.set(at.Add(lease - time.Second))
	}
	return jobs, err
}

func TestAnInboxIsTheHoldersOwn(t *testing.T) {
	t.Parallel()
	o := newOffice(t, storetest.SQLite(t))
	me, other := o.holder(t, 1, "fi"), o.holder(t, 2, "fi")
	var mine []models.NoticeID
	for n := range 5 {
		o.clock.set(noon.Add(time.Duration(n/2) * time.Second))
		mine = append(mine, o.tell(t, me.Pass, fmt.Sprintf("renewed/%d", n)))
	}
	theirs := o.tell(t, other.Pass, "renewed/1")
	var read []models.NoticeID
	for cursor, more := "", true; more; {
		page, err := o.inbox.Notices(t.Context(), me, cursor, 2)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range page.Notices {
			read = append(read, n.ID)
		}
		cursor, more = page.Next, page.Next != ""
	}
	slices.Sort(mine)
	slices.Sort(read)
	if !slices.Equal(mine, read) {
		t.Errorf("read %v, want %v", read, mine)
	}
	if n, err := o.inbox.Read(t.Context(), me, mine[0]); err != nil || !n.ReadAt.Equal(o.clock.now()) {
		t.Errorf("read at %v, %v", n.ReadAt, err)
	}
	if _, err := o.inbox.Read(t.Context(), me, theirs); !errors.Is(err, &models.Error{Code: "no_such_notice"}) {
		t.Errorf("another's notice answers %v", err)
	}
}

func TestWhatAnInboxRefuses(t *testing.T) {
	t.Parallel()
	o := newOffice(t, storetest.SQLite(t))
	me := o.holder(t, 1, "fi")
	notices := func(cursor string, limit int) error {
		_, err := o.inbox.Notices(t.Context(), me, cursor, limit)
		return err
	}
	address := func(kind models.PushKind, token string) error {
		return o.inbox.SetAddress(t.Context(), me, kind, token)
	}
	for name, c := range map[string]struct {
		err   error
		field string
	}{
		"a page of too many":      {notices("", 101), "limit"},
		"a page of fewer than 0":  {notices("", -1), "limit"},
		"a cursor of words":       {notices("the second page", 0), "cursor"},
		"a cursor without an id":  {notices("1795435200.", 0), "cursor"},
		"a cursor beyond time":    {notices("999999999999."+strings.Repeat("a", 26), 0), "cursor"},
		"another provider":        {address("sms", token), "kind"},
		"a name for a token":      {address(models.PushFCM, "Aino Virtanen"), "token"},
		"a long name for a token": {address(models.PushFCM, "Aino Maria Katariina Virtanen-Mäkeläinen, Kajaani"), "token"},
		"no token":                {address(models.PushFCM, ""), "token"},
		"a token without end":     {address(models.PushFCM, strings.Repeat("a", 1025)), "token"},
	} {
		if e := new(models.Error); !errors.As(c.err, &e) || e.Kind != models.Invalid || e.Field != c.field {
			t.Errorf("%s: %v, want the field %q refused", name, c.err, c.field)
		}
	}
}

func TestEndingsAreToldThirtyAndSevenDaysBefore(t *testing.T) {
	t.Parallel()
	o := newOffice(t, storetest.SQLite(t))
	pilot := models.Network{ID: "pilot", Status: models.Pilot, First: "2026-01-01", Last: "2026-12-31"}
	if _, err := o.CreateNetwork(t.Context(), pilot, audit()); err != nil {
		t.Fatal(err)
	}
	ordinary, piloted := o.holder(t, 1, "fi"), o.holder(t, 2, "fi")
	edit := func(by models.Actor, change func(*models.Pass)) {
		t.Helper()
		_, err := o.ChangePass(t.Context(), "", by.Pass, func(p *models.Pass) (models.Change, error) {
			change(p)
			return models.Change{At: noon, Audit: []models.AuditEntry{audit()}}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	edit(ordinary, func(p *models.Pass) { p.Last = "2026-12-31" })
	edit(piloted, func(p *models.Pass) { p.Network, p.Last = "pilot", "2027-06-30" })
	endings := notifications.NewEndings(o, o.clock.now, rand.Reader)
	for _, c := range []struct {
		day  models.Day
		told string // of each of the two
	}{
		{"2026-11-30", "[]"},
		{"2026-12-01", "[ends_30]"},
		{"2026-12-02", "[ends_30]"},
		{"2026-12-23", "[ends_30]"},
		{"2026-12-24", "[ends_30 ends_7]"},
		{"2026-12-31", "[ends_30 ends_7]"},
		{"2027-01-01", "[ends_30 ends_7]"},
	} {
		o.clock.set(c.day.Start().Add(3 * time.Hour))
		for range 2 {
			if _, err := endings.Tell(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		for _, by := range []models.Actor{ordinary, piloted} {
			page, err := o.inbox.Notices(t.Context(), by, "", 0)
			if err != nil {
				t.Fatal(err)
			}
			kinds := []models.NoticeKind{}
			for _, n := range page.Notices {
				kinds = append(kinds, n.Kind)
				if n.Facts["last"] != "2026-12-31" {
					t.Errorf("a notice names %v", n.Facts)
				}
			}
			slices.Sort(kinds)
			if got := fmt.Sprint(kinds); got != c.told {
				t.Errorf("on %s %s had been told %s, want %s", c.day, by.Pass, got, c.told)
			}
		}
	}
	// Who renews, and whose pilot goes on, ends later and is told of that.
	edit(ordinary, func(p *models.Pass) { p.Last = "2027-12-31" })
	if _, err := o.ExtendPilot(t.Context(), "pilot", "2027-06-30", audit()); err != nil {
		t.Fatal(err)
	}
	for day, want := range map[models.Day]int{"2027-06-01": 1, "2027-12-01": 1} {
		o.clock.set(day.Start())
		if told, err := endings.Tell(t.Context()); err != nil || told != want {
			t.Errorf("on %s %d were told, %v, want %d", day, told, err, want)
		}
	}
}
