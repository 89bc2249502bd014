// Package main makes a crowd show codes at the doors of a server of its own, and says how fast and with what outcome. It talks to a
// server on this machine alone: it invents people, and must never reach a server with real ones.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/signal"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"kaikukortti/tools/load/crowd"
	"kaikukortti/tools/phone/client"
)

const usage = `load makes a crowd show codes at the doors of a server.

Use: load --invitation TOKEN [FLAGS]

It needs an empty server on this machine, and the one-time link of its first person. The link is the whole line, or what stands
behind its #:

  export KAIKU_MASTER_KEY=$(openssl rand -base64 32) KAIKU_DATA=$(mktemp -d)
  go run ./server admin create --email load@example.org
  go run ./server &
  go run ./tools/load --invitation LINK

Everybody in the crowd has keys of their own and does over HTTP what people do: workers give passes out, phones activate them and
sign codes, venues enrol scanners. Without --address-header all phones are at one address and wait for each other at its limit; set
KAIKU_CLIENT_IP_HEADER for the server and name the same header here, and each has its own.

Flags:
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
	case errors.Is(err, errUsage):
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(2)
	default:
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

// errUsage is what is wrong with the flags.
var errUsage = errors.New("the flags are not understood")

// A load is what was asked for.
type load struct {
	server     string
	invitation string
	size       crowd.Size
	seats      int
	sessions   int
	most       time.Duration
}

// The most of it; more than a machine can bear is asked for by mistake.
const (
	mostPhones   = 100_000
	mostDoors    = 512
	mostSessions = 100
	mostSeats    = 100_000
	mostTime     = 10 * time.Minute
)

func read(args []string, help io.Writer) (load, error) {
	var l load
	flags := flag.NewFlagSet("load", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&l.server, "server", "http://localhost:8080", "address of the server; on this machine alone")
	flags.StringVar(&l.invitation, "invitation", "", "one-time link of the server's first person")
	flags.IntVar(&l.size.Phones, "phones", 500, "phones, each with a pass and keys of its own")
	flags.IntVar(&l.size.Doors, "doors", 32, "doors, each with a connection of its own")
	flags.IntVar(&l.size.Scanners, "scanners", 2, "scanners of each door")
	flags.StringVar(&l.size.AddressHeader, "address-header", "", "header in which the server reads addresses")
	flags.IntVar(&l.seats, "seats", 0, "seats of a session (no limit)")
	flags.IntVar(&l.sessions, "sessions", 4, "sessions, at each of which each phone shows a code")
	flags.DurationVar(&l.most, "for", time.Minute, "the longest that codes are shown")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprint(help, usage)
		flags.SetOutput(help)
		flags.PrintDefaults()
		return l, err
	case err != nil:
		return l, fmt.Errorf("%w: %w (--help lists them)", errUsage, err)
	case flags.NArg() > 0:
		return l, fmt.Errorf("%w: %q is no flag (--help lists them)", errUsage, flags.Arg(0))
	}
	if err := l.check(); err != nil {
		return l, fmt.Errorf("%w: %w", errUsage, err)
	}
	return l, nil
}

func (l *load) check() error {
	switch {
	case l.invitation == "":
		return errors.New("--invitation is missing; --help tells how to get one")
	case l.size.Phones < 1 || l.size.Phones > mostPhones:
		return fmt.Errorf("--phones is from 1 to %d", mostPhones)
	case l.size.Doors < 1 || l.size.Doors > mostDoors:
		return fmt.Errorf("--doors is from 1 to %d", mostDoors)
	case l.most <= 0 || l.most > mostTime:
		return fmt.Errorf("--for is at most %s", mostTime)
	case l.sessions < 1 || l.sessions > mostSessions:
		return fmt.Errorf("--sessions is from 1 to %d", mostSessions)
	case l.seats < 0 || l.seats > mostSeats:
		return fmt.Errorf("--seats is from 0, which is no limit, to %d", mostSeats)
	}
	return nil
}

func run(ctx context.Context, args []string, out, progress io.Writer) error {
	l, err := read(args, out)
	if err != nil {
		return err
	}
	server, err := client.Open(l.server, crowd.Over(l.size.Doors))
	if err != nil {
		return err
	}
	if !server.Loopback() {
		return fmt.Errorf("%s is not on this machine; a crowd is let loose on this machine alone", l.server)
	}
	line := &line{to: progress}
	town, err := crowd.Found(ctx, server, token(l.invitation), l.size, line.step)
	if err != nil {
		return err
	}
	result, err := l.show(ctx, town, line)
	line.end()
	if err != nil {
		return err
	}
	report(out, &result)
	return nil
}

// token is what stands behind the # of a link, or the whole where there is none.
func token(link string) string { return link[strings.LastIndex(link, "#")+1:] }

// show has each phone show a code at one session after the other, until the time is up.
func (l *load) show(ctx context.Context, town *crowd.Town, line *line) (crowd.Result, error) {
	ctx, cancel := context.WithTimeout(ctx, l.most)
	defer cancel()
	var done atomic.Int64
	defer line.follow(&done, l.sessions*len(town.Phones))()
	var parts []crowd.Result
	for range l.sessions {
		part, err := l.showOnce(ctx, town, &done)
		if err != nil && (ctx.Err() == nil || len(parts) == 0) {
			return crowd.Result{}, err
		}
		if parts = append(parts, part); ctx.Err() != nil {
			break
		}
	}
	return crowd.Together(parts), nil
}

// showOnce has each phone show a code at a new session. They sign when its turn comes, because a code is good for a minute.
func (l *load) showOnce(ctx context.Context, town *crowd.Town, done *atomic.Int64) (crowd.Result, error) {
	session, err := town.NewSession(ctx, l.seats)
	if err != nil {
		return crowd.Result{}, err
	}
	plan, err := town.Sign(ctx, session)
	if err != nil {
		return crowd.Result{}, err
	}
	signed := town.Clock.Now()
	part, err := town.Show(ctx, plan, done)
	awaitSecond(ctx, town.Clock, signed)
	return part, err
}

// awaitSecond waits until phones that signed by an instant sign other codes: they tell whole seconds.
func awaitSecond(ctx context.Context, clock *client.Clock, signed time.Time) {
	select {
	case <-ctx.Done():
	case <-time.After(signed.Truncate(time.Second).Add(time.Second).Sub(clock.Now())):
	}
}

// A line is the progress, on one line of a terminal.
type line struct {
	to   io.Writer
	last time.Time
}

// step tells how far something is, at most a few times a second.
func (l *line) step(what string, done, of int) {
	if time.Since(l.last) < 200*time.Millisecond && done != of {
		return
	}
	l.last = time.Now()
	fmt.Fprintf(l.to, "\r\x1b[K%s %d of %d", what, done, of)
}

// follow tells how many codes were shown, until what it answers is called.
func (l *line) follow(done *atomic.Int64, of int) (stop func()) {
	ended, told := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(told)
		tick := time.NewTicker(500 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-ended:
				return
			case <-tick.C:
				l.step("codes shown", int(done.Load()), of)
			}
		}
	}()
	return func() { close(ended); <-told }
}

func (l *line) end() { fmt.Fprint(l.to, "\r\x1b[K") }

func report(to io.Writer, r *crowd.Result) {
	fmt.Fprintf(to, "decisions    %d in %s: %.0f a second\n", r.Decisions(), r.Elapsed.Round(time.Millisecond), r.PerSecond())
	fmt.Fprintf(to, "p50          %s\n", r.Quantile(0.50).Round(10*time.Microsecond))
	fmt.Fprintf(to, "p99          %s\n", r.Quantile(0.99).Round(10*time.Microsecond))
	for _, outcome := range slices.Sorted(maps.Keys(r.Outcomes)) {
		fmt.Fprintf(to, "%-12s %d\n", outcome, r.Outcomes[outcome])
	}
}
