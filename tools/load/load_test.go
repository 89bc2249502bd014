package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"kaikukortti/tools/load/crowd"
)

func TestWhatIsAskedForIsBounded(t *testing.T) {
	t.Parallel()
	for line, says := range map[string]string{
		"":                                   "--invitation is missing",
		"--invitation x --phones 0":          "--phones is from 1",
		"--invitation x --phones 100000000":  "--phones is from 1",
		"--invitation x --doors 100000":      "--doors is from 1",
		"--invitation x --for 1000h":         "--for is at most",
		"--invitation x --sessions 0":        "--sessions is from 1",
		"--invitation x --sessions 101":      "--sessions is from 1",
		"--invitation x --seats -1":          "--seats is from 0",
		"--invitation x --loud":              "-loud",
		"--invitation x y":                   "\"y\" is no flag",
		"--invitation x --server elsewhere":  "is not the address of a server",
		"--invitation x --server http://a.b": "this machine alone",
	} {
		var out, progress bytes.Buffer
		if err := run(t.Context(), strings.Fields(line), &out, &progress); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v", line, err)
		}
	}
}

func TestLinkIsTakenAsItIsPrinted(t *testing.T) {
	t.Parallel()
	for _, link := range []string{"abc", "http://localhost:8080/invitation#abc"} {
		if got := token(link); got != "abc" {
			t.Errorf("%s: %q", link, got)
		}
	}
}

func TestReportNamesRatesQuantilesAndOutcomes(t *testing.T) {
	t.Parallel()
	r := crowd.Result{Outcomes: map[string]int{"admitted": 99, "no_seats": 1}, Elapsed: time.Second}
	for i := range 100 {
		r.Latencies = append(r.Latencies, time.Duration(i+1)*time.Millisecond)
	}
	var out bytes.Buffer
	report(&out, &r)
	for _, want := range []string{"100 in 1s: 100 a second", "p50          51ms", "p99          100ms", "admitted     99", "no_seats     1"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in\n%s", want, out.String())
		}
	}
}
