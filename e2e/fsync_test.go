package e2e_test

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"kaikukortti/models"
	"kaikukortti/tools/load/crowd"
	"kaikukortti/tools/phone/client"
)

// Promise 6 down to the disk: the system calls of the real binary are counted. Changes that come one after the other cannot share a
// commit, so each that was acknowledged must have been on the disk by a sync of its own before its answer.
func TestPromise6EachAcknowledgedWriteWasSynced(t *testing.T) {
	t.Parallel()
	const writes = 25
	s := newServer(t)
	invitation := s.invitation()
	calls := underStrace(t, s)
	s.start()
	town := s.town(invitation, crowd.Size{Phones: writes, Doors: 1, Scanners: 1})
	session, err := town.NewSession(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := town.Sign(t.Context(), session)
	if err != nil {
		t.Fatal(err)
	}
	scanner := town.Doors[0].Turn()
	if _, err := scanner.Today(t.Context()); err != nil { // it has its token now
		t.Fatal(err)
	}
	spans := showOneByOne(t, scanner, plan)
	s.stop()
	synced := readCalls(t, calls)
	for i, span := range spans {
		if n := within(synced, span); n == 0 {
			t.Errorf("scan %d was acknowledged and nothing was synced between its question and its answer", i)
		}
	}
	if all := within(synced, models.Span{From: spans[0].From, To: spans[writes-1].To}); all < writes {
		t.Errorf("%d commits were acknowledged and %d syncs made", writes, all)
	} else {
		t.Logf("%d commits acknowledged, %d syncs", writes, all)
	}
}

// underStrace makes the server run under strace, which writes when it syncs what.
func underStrace(t *testing.T, s *server) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "calls")
	s.under = []string{"strace", "-D", "-f", "-qq", "-ttt", "-e", "trace=fsync,fdatasync", "-o", path}
	probe := exec.Command("strace", "-f", "-qq", "-o", path, "true")
	if out, err := probe.CombinedOutput(); err != nil {
		missing := "strace cannot count system calls here: " + err.Error() + " " + string(out)
		if os.Getenv("CI") != "" {
			t.Fatal(missing)
		}
		t.Skip(missing)
	}
	return path
}

func showOneByOne(t *testing.T, scanner *client.Scanner, plan crowd.Plan) []models.Span {
	t.Helper()
	spans := make([]models.Span, len(plan))
	for i, shown := range plan {
		spans[i].From = time.Now()
		d, err := scanner.Scan(t.Context(), shown)
		spans[i].To = time.Now()
		if err != nil || d.Outcome != models.OutcomeAdmitted {
			t.Fatalf("scan %d: %s %s, %v", i, d.Outcome, d.Reason, err)
		}
	}
	return spans
}

// readCalls reads when the syncs were: lines such as "1234 1700000000.123456 fdatasync(9) = 0". One that another thread broke off is
// told twice, and counts where it began.
func readCalls(t *testing.T, path string) []time.Time {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var all []time.Time
	for lines := bufio.NewScanner(file); lines.Scan(); {
		words := strings.Fields(lines.Text())
		if len(words) < 3 || !strings.HasPrefix(words[2], "fsync(") && !strings.HasPrefix(words[2], "fdatasync(") {
			continue
		}
		seconds, err := strconv.ParseFloat(words[1], 64)
		if err != nil {
			t.Fatalf("strace wrote %q", lines.Text())
		}
		all = append(all, time.UnixMicro(int64(seconds*1e6)))
	}
	return all
}

func within(all []time.Time, span models.Span) int {
	n := 0
	for _, at := range all {
		if at.After(span.From) && at.Before(span.To) {
			n++
		}
	}
	return n
}
