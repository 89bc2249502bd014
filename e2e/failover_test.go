package e2e_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"kaikukortti/models"
	"kaikukortti/store/storetest"
	"kaikukortti/tools/load/crowd"
)

// two starts two servers that share a database.
func two(t *testing.T, uri, name string) (first, second *server, invitation string) {
	t.Helper()
	addresses, key := []string{freeAddress(t), freeAddress(t)}, masterKey()
	origins := []string{"http://" + addresses[0], "http://" + addresses[1]}
	env := []string{"MONGODB_URI=" + uri, "MONGODB_DATABASE=" + name}
	first, second = settle(t, addresses[0], origins, key, env...), settle(t, addresses[1], origins, key, env...)
	invitation = first.invitation()
	first.start()
	second.start()
	return first, second, invitation
}

// Promise 5, whatever fails: the primary is killed in the middle of load on two servers. They go on by themselves, nothing that was
// acknowledged is lost and nothing is admitted twice.
func TestPromise5PrimaryKilledUnderTwoServers(t *testing.T) {
	set := storetest.MongoMembers(t)
	first, second, invitation := two(t, set.URI, set.Database)
	town := first.town(invitation, crowd.Size{Phones: 40, Doors: 6, Scanners: 4})
	everywhere := town.Beside(second.open(8))
	seats := map[models.SessionID]int{}
	l := &load{ledger: new(ledger), town: everywhere, patient: true}
	for _, n := range []int{30, 0} {
		session, err := town.NewSession(t.Context(), n)
		if err != nil {
			t.Fatal(err)
		}
		seats[session], l.sessions = n, append(l.sessions, session)
	}
	killPrimary(t, set, l)
	first.awaitReady()
	second.awaitReady()
	l.settle(t.Context(), t)
	first.stop()
	second.kill()
	l.hold(t, first.truth(), seats)
}

// killPrimary kills the primary in the middle of load, and starts it again once the servers went on and did some more.
func killPrimary(t *testing.T, set *storetest.MongoSet, l *load) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	working, rest := context.WithCancel(ctx)
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		l.run(working, t)
	}()
	if err := until(ctx, time.Millisecond, func() bool { return l.answered() >= 50 }); err != nil {
		t.Errorf("the crowd had too few answers to be in the middle of anything: %v", err)
	}
	primary := set.Primary()
	set.Kill(primary)
	l.setMark()
	before := l.answered()
	if err := until(ctx, 10*time.Millisecond, func() bool { _, went := l.sinceMark(); return went && l.answered() >= before+50 }); err != nil {
		t.Errorf("the servers did not go on: %v", err)
	}
	took, _ := l.sinceMark()
	t.Logf("the servers went on %s after the primary was killed", took.Round(time.Millisecond)) // docs/performance.md has what it may be
	set.Start(primary)
	rest()
	<-gone
}

// Two servers race on one session and on each pass: every phone shows a code at a door of each server at the same moment.
func TestTwoServersRaceOnOneSession(t *testing.T) {
	t.Parallel()
	uri, name := storetest.MongoDatabase(t)
	first, second, invitation := two(t, uri, name)
	const phones, seats = 40, 15
	here := first.town(invitation, crowd.Size{Phones: phones, Doors: 4, Scanners: 2})
	everywhere := here.Beside(second.open(8))
	session, err := here.NewSession(t.Context(), seats)
	if err != nil {
		t.Fatal(err)
	}
	var plan crowd.Plan
	one, err := here.Sign(t.Context(), session, session) // two codes of each phone
	if err != nil {
		t.Fatal(err)
	}
	for i := range phones {
		plan = append(plan, one[i], one[phones+i])
	}
	result, err := everywhere.Show(t.Context(), plan, new(atomic.Int64))
	if err != nil {
		t.Fatal(err)
	}
	if result.Outcomes["admitted"] != seats || result.Decisions() != 2*phones {
		t.Errorf("%d seats, %v", seats, result.Outcomes)
	}
	first.stop()
	second.stop()
	holdSeats(t, first.truth().claims, map[models.SessionID]int{session: seats})
}
