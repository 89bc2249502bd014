package e2e_test

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"kaikukortti/models"
	"kaikukortti/store/storetest"
	"kaikukortti/tools/load/crowd"
)

// Promises 5 and 6: an acknowledged change survives kill -9, and whenever it comes, no session admits more than its seats and no pass
// is admitted twice.
func TestPromise6AcknowledgedSurvivesKillOnSQLite(t *testing.T) {
	t.Parallel()
	crash(t, newServer(t), crowd.Size{Phones: 40, Doors: 8, Scanners: 4}, 6)
}

func TestPromise6AcknowledgedSurvivesKillOnMongoDB(t *testing.T) {
	t.Parallel()
	uri, name := storetest.MongoDatabase(t)
	storetest.MongoReaping(t, uri)
	crash(t, newServer(t, "MONGODB_URI="+uri, "MONGODB_DATABASE="+name), crowd.Size{Phones: 24, Doors: 8, Scanners: 4}, 4)
}

// crash kills the server in the middle of load, again and again, and then compares what it had acknowledged with what it has stored.
func crash(t *testing.T, s *server, size crowd.Size, rounds int) {
	t.Helper()
	invitation := s.invitation()
	s.start()
	l := &load{ledger: new(ledger), town: s.town(invitation, size)}
	seats := map[models.SessionID]int{}
	for range rounds {
		l.sessions = nil
		for _, n := range []int{size.Phones / 4, 0} { // one that everybody wants, and one with room for all
			session, err := l.town.NewSession(t.Context(), n)
			if err != nil {
				t.Fatal(err)
			}
			seats[session], l.sessions = n, append(l.sessions, session)
		}
		killInTheMiddle(t, s, l)
		s.start()
		l.settle(t.Context(), t)
		if t.Failed() {
			return
		}
	}
	s.kill()
	l.hold(t, s.truth(), seats)
}

// killInTheMiddle lets the crowd work, kills the server once it has answered a number of scans, and waits until everybody noticed.
func killInTheMiddle(t *testing.T, s *server, l *load) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		l.run(ctx, t)
	}()
	enough := l.answered() + 40 + rand.IntN(80)
	if err := until(ctx, time.Millisecond, func() bool { return l.answered() >= enough }); err != nil {
		t.Errorf("the crowd had too few answers to be in the middle of anything: %v", err)
	}
	s.kill()
	<-gone
}
