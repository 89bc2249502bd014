package e2e_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"kaikukortti/models"
	"kaikukortti/passes/kp1"
	"kaikukortti/store/storetest"
	"kaikukortti/tools/load/crowd"
)

// connections is how many doors there are at once.
const connections = 32

// BenchmarkScansOnSQLite is POST /v1/scans through HTTP, each decision of a code that nobody has seen and with a durable write, beside the
// rate at which one goroutine verifies the same codes. It makes its own number of decisions and needs no -benchtime.
func BenchmarkScansOnSQLite(b *testing.B) {
	benchmarkScans(b, newServer(b), 8000)
}

// BenchmarkScansOnMongoDB is the same on MongoDB, with fewer of them.
func BenchmarkScansOnMongoDB(b *testing.B) {
	uri, name := storetest.MongoDatabase(b)
	benchmarkScans(b, newServer(b, "MONGODB_URI="+uri, "MONGODB_DATABASE="+name), 500)
}

// BenchmarkScansAmong100000Passes is how soon a server with that many is ready, what it needs of the machine's memory when it is asked, and
// how fast it is. Making the passes takes some minutes.
func BenchmarkScansAmong100000Passes(b *testing.B) {
	if testing.Short() {
		b.Skip("it takes minutes")
	}
	s := newServer(b)
	invitation := s.invitation()
	s.start()
	town := s.town(invitation, crowd.Size{Phones: 100_000, Doors: connections, Scanners: 3})
	s.stop()
	begun := time.Now()
	s.start()
	b.ReportMetric(float64(time.Since(begun).Milliseconds()), "ms-to-ready")
	b.ReportMetric(0, "ns/op")
	benchmarkShow(b, town, s.verifier())
	b.ReportMetric(s.memory(), "MB-server")
	s.stop()
}

func benchmarkScans(b *testing.B, s *server, phones int) {
	if testing.Short() {
		b.Skip("it takes a minute")
	}
	invitation := s.invitation()
	s.start()
	town := s.town(invitation, crowd.Size{Phones: phones, Doors: connections, Scanners: 3})
	verifier := s.verifier()
	for _, seen := range []string{"credentials unseen", "credentials seen"} { // one after the other: the second has seen the first
		b.Run(seen, func(b *testing.B) {
			b.ReportMetric(0, "ns/op") // an iteration is the whole run
			begun := s.processor()
			decisions := benchmarkShow(b, town, verifier)
			b.ReportMetric(s.memory(), "MB-server")
			// What a decision costs, whatever else the machine does: signing on of scanners is in it, and is little.
			b.ReportMetric(float64((s.processor()-begun).Microseconds())/float64(decisions), "µs-CPU-server/decision")
		})
	}
	b.Logf("%s, %d CPUs, %s", runtime.GOARCH, runtime.NumCPU(), cpu())
	s.stop()
}

// mostShown is how many codes are shown at once: in less than the minute for which they are good.
const mostShown = 20_000

// benchmarkShow lets each phone, or so many of them, show one code at a session with room for all, and answers how many were decided.
func benchmarkShow(b *testing.B, town *crowd.Town, verifier *kp1.Verifier) int {
	session, err := town.NewSession(b.Context(), 0)
	if err != nil {
		b.Fatal(err)
	}
	plan, err := town.Sign(b.Context(), session)
	if err != nil {
		b.Fatal(err)
	}
	plan = plan[:min(len(plan), mostShown)]
	runtime.GC() // of the crowd's making
	result, err := town.Show(b.Context(), plan, new(atomic.Int64))
	if err != nil {
		b.Fatal(err)
	}
	if result.Outcomes["admitted"] != len(plan) {
		b.Errorf("%d codes: %v", len(plan), result.Outcomes)
	}
	alone := verifyAlone(b, verifier, plan)
	b.ReportMetric(result.PerSecond(), "decisions/s")
	b.ReportMetric(float64(result.Quantile(0.50).Microseconds())/1000, "ms-p50")
	b.ReportMetric(float64(result.Quantile(0.99).Microseconds())/1000, "ms-p99")
	b.ReportMetric(alone, "verified/s")
	b.ReportMetric(100*result.PerSecond()/alone, "%-of-verified")
	return len(plan)
}

// verifyAlone is how many of the plan's codes one goroutine verifies in a second.
func verifyAlone(b *testing.B, verifier *kp1.Verifier, plan crowd.Plan) float64 {
	begun := time.Now()
	for _, shown := range plan {
		if _, err := verifier.Verify(shown.Code); err != nil {
			b.Fatal(err)
		}
	}
	return float64(len(plan)) / time.Since(begun).Seconds()
}

// verifier knows the server's issuer keys, as it publishes them, and remembers as many credentials as the server does.
func (s *server) verifier() *kp1.Verifier {
	s.t.Helper()
	answer, err := http.Get(s.url + "/v1/issuer-keys")
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	var set struct {
		Keys []models.JWK `json:"keys"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&set); err != nil {
		s.t.Fatal(err)
	}
	keys := map[string]*ecdsa.PublicKey{}
	for _, k := range set.Keys {
		point, err := k.Point()
		if err != nil {
			s.t.Fatal(err)
		}
		if keys[k.KID], err = ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point); err != nil {
			s.t.Fatal(err)
		}
	}
	return kp1.NewVerifier(func(kid kp1.KID) *ecdsa.PublicKey { return keys[kid.String()] }, 1<<15)
}

// memory is what the server holds of the machine's, in MB; 0 where the system does not tell.
func (s *server) memory() float64 {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.process.Process.Pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(raw)) {
		var kb float64
		if _, err := fmt.Sscanf(line, "VmRSS: %f kB", &kb); err == nil {
			return kb / 1024
		}
	}
	return 0
}

// processor is how long processors have worked for the server, its own and the kernel's time; 0 where the system does not tell.
func (s *server) processor() time.Duration {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.process.Process.Pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(raw), ") ") // the name of the program may have spaces
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0
	}
	var user, system int64
	if _, err := fmt.Sscan(fields[11]+" "+fields[12], &user, &system); err != nil {
		return 0
	}
	const ticks = 100 // a second, on every Linux
	return time.Duration(user+system) * time.Second / ticks
}

// cpu is the name of the processor, where the system tells.
func cpu() string {
	raw, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return "unknown processor"
	}
	for line := range strings.Lines(string(raw)) {
		if name, value, found := strings.Cut(line, ":"); found && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unknown processor"
}
