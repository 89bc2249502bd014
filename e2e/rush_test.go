package e2e_test

import (
	"sync/atomic"
	"testing"

	"kaikukortti/models"
	"kaikukortti/store/storetest"
	"kaikukortti/tools/load/crowd"
)

// Promise 5: far more phones than seats, all at once.
func TestPromise5RushOnTheLastSeats(t *testing.T) {
	t.Parallel()
	const phones, seats = 500, 10
	s := newServer(t)
	invitation := s.invitation()
	s.start()
	town := s.town(invitation, crowd.Size{Phones: phones, Doors: 32, Scanners: 1})
	session := rush(t, town, seats)
	s.stop()
	holdSeats(t, s.truth().claims, map[models.SessionID]int{session: seats})
}

// queued is how many phones sign a code before the first of them shows it: on a slow store five thousand codes would be old before their turn.
const queued = 1000

// rush lets every phone show a code for one session at once; exactly as many as there are seats come in.
func rush(t testing.TB, town *crowd.Town, seats int) models.SessionID {
	t.Helper()
	session, err := town.NewSession(t.Context(), seats)
	if err != nil {
		t.Fatal(err)
	}
	outcomes, phones := map[string]int{}, len(town.Phones)
	for from := 0; from < phones; from += queued {
		plan, err := town.Sign(t.Context(), session)
		if err != nil {
			t.Fatal(err)
		}
		result, err := town.Show(t.Context(), plan[from:min(phones, from+queued)], new(atomic.Int64))
		if err != nil {
			t.Fatal(err)
		}
		for outcome, n := range result.Outcomes {
			outcomes[outcome] += n
		}
	}
	if outcomes["admitted"] != seats || outcomes["no_seats"] != phones-seats {
		t.Errorf("%d seats for %d phones: %v", seats, phones, outcomes)
	}
	return session
}

// How many phones rush on how many seats, and how often on each store. A round on MongoDB takes long; set it with -benchtime there.
const (
	rushPhones = 5000
	rushSeats  = 100
)

func BenchmarkRushOnSQLite(b *testing.B) {
	benchmarkRush(b, newServer(b))
}

func BenchmarkRushOnMongoDB(b *testing.B) {
	uri, name := storetest.MongoDatabase(b)
	benchmarkRush(b, newServer(b, "MONGODB_URI="+uri, "MONGODB_DATABASE="+name))
}

// benchmarkRush is one rush an iteration, each on a session of its own: -benchtime=20x is twenty of them.
func benchmarkRush(b *testing.B, s *server) {
	if testing.Short() {
		b.Skip("it takes minutes")
	}
	invitation := s.invitation()
	s.start()
	town := s.town(invitation, crowd.Size{Phones: rushPhones, Doors: 32, Scanners: 4})
	seats := map[models.SessionID]int{}
	b.ResetTimer()
	for range b.N {
		seats[rush(b, town, rushSeats)] = rushSeats
	}
	b.StopTimer()
	b.ReportMetric(float64(b.N*rushPhones)/b.Elapsed().Seconds(), "decisions/s")
	s.stop()
	holdSeats(b, s.truth().claims, seats)
}
