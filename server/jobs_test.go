package main

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestJobsRunAtStartAndAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		log := new(strings.Builder)
		ctx, cancel := context.WithCancel(t.Context())
		runs, broken := 0, 0
		wait := runJobs(ctx, slog.New(slog.NewTextHandler(log, nil)), []job{
			{"steady", time.Minute, func(context.Context) error { runs++; return nil }},
			{"failing", time.Hour, func(context.Context) error { broken++; return errors.New("no luck") }},
			{"panicking", time.Hour, func(context.Context) error { broken++; panic("no luck at all") }},
		})
		synctest.Wait()
		if runs != 1 || broken != 2 {
			t.Errorf("at start: %d and %d", runs, broken)
		}
		<-time.After(2*time.Hour + time.Second) // by the clock of the bubble
		synctest.Wait()
		if runs != 121 || broken != 6 {
			t.Errorf("after two hours: %d and %d", runs, broken)
		}
		cancel()
		wait()
		if said := log.String(); !strings.Contains(said, "no luck") || !strings.Contains(said, "job=panicking") || strings.Contains(said, "at all") {
			t.Error(said)
		}
	})
}

func TestAStopInterruptsAJobAndWaitsForIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		log := new(strings.Builder)
		ctx, cancel := context.WithCancel(t.Context())
		ended := false
		wait := runJobs(ctx, slog.New(slog.NewTextHandler(log, nil)), []job{{"long", time.Hour, func(ctx context.Context) error {
			<-ctx.Done()
			ended = true
			return ctx.Err()
		}}})
		synctest.Wait()
		cancel()
		wait()
		if !ended || log.Len() > 0 {
			t.Fatalf("ended %v, log %q", ended, log)
		}
	})
}
