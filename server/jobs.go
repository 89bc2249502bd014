package main

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

// A job is something that the server does by itself, at start and then again and again. Each is safe to repeat and to break off
// at any point: it goes on from there the next time.
type job struct {
	name  string
	every time.Duration
	run   func(context.Context) error
}

// runJobs starts every job. They are told to end when ctx is done; wait returns once they have.
func runJobs(ctx context.Context, log *slog.Logger, jobs []job) (wait func()) {
	var running sync.WaitGroup
	for _, j := range jobs {
		running.Go(func() { j.repeat(ctx, log) })
	}
	return running.Wait
}

func (j job) repeat(ctx context.Context, log *slog.Logger) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		if err := j.once(ctx); err != nil && ctx.Err() == nil {
			log.ErrorContext(ctx, "job failed", "job", j.name, "error", err.Error())
		}
		timer.Reset(j.every)
	}
}

// once runs the job; a panic in it is its error, and everything else goes on.
func (j job) once(ctx context.Context) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %T", r)
		}
	}()
	return j.run(ctx)
}
