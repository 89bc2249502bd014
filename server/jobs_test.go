package main

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestJobsRunAtStartAndAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		log := new(strings.Builder)
		ctx, cancel := context.WithCancel(t.Context())
		var runs, broken atomic.Int64
		wait := runJobs(ctx, slog.New(slog.NewTextHandler(log, nil)), []job{
			{"steady", time.Minute, func(context.Context) error { runs.Add(1); return nil }},
			{"failing", time.Hour, func(context.Context) error { broken.Add(1); return errors.New("no luck") }},
			{"panicking", time.Hour, func(context.Context) error { broken.Add(1); panic("no luck at all") }},
		})
		synctest.Wait()
		if runs.Load() != 1 || broken.Load() != 2 {
			t.Errorf("at start: %d and %d", runs.Load(), broken.Load())
		}
		<-time.After(2*time.Hour + time.Second) // by the clock of the bubble
		synctest.Wait()
		if runs.Load() != 121 || broken.Load() != 6 {
			t.Errorf("after two hours: %d and %d", runs.Load(), broken.Load())
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
