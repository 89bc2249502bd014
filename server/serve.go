package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"net/url"
	"time"

	"kaikukortti/handlers"
)

var serveCommand = command{
	name: "serve", args: "[--print-config]", says: "answer requests (what it does without a subcommand)",
	about: "Serves until it gets SIGTERM or SIGINT; then it takes no more requests, finishes what it has begun and closes the store.",
	setUp: func(p *program, flags *flag.FlagSet) func(context.Context, []string) error {
		show := flags.Bool("print-config", false, "print the settings as they stand, secrets left out, check them, and do not serve")
		return func(ctx context.Context, args []string) error {
			if err := p.nothingMore(args); err != nil {
				return err
			}
			c, err := readConfig(p.env)
			if *show {
				fmt.Fprint(p.out, printed(p.env))
			}
			if err != nil {
				return fmt.Errorf("settings:\n%w", err)
			}
			if *show {
				return nil
			}
			return p.serve(ctx, c)
		}
	},
}

// serve opens the store and answers requests until ctx is done.
func (p *program) serve(ctx context.Context, c Config) (err error) {
	log := p.logger(c)
	s, err := openStore(ctx, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	parts, err := p.assemble(ctx, c, s, log)
	if err != nil {
		return err
	}
	return p.answer(ctx, c, log, parts)
}

func (p *program) logger(c Config) *slog.Logger {
	return slog.New(slog.NewJSONHandler(p.err, &slog.HandlerOptions{Level: c.LogLevel}))
}

func (p *program) answer(ctx context.Context, c Config, log *slog.Logger, parts *parts) error {
	main, err := listen(ctx, c.Address)
	if err != nil {
		return fmt.Errorf("KAIKU_ADDRESS: %w", err)
	}
	return p.answerOn(ctx, c, log, parts, main)
}

// answerOn serves on every address, and does the jobs, until ctx is done or one of the addresses fails. What has begun is finished.
func (p *program) answerOn(ctx context.Context, c Config, log *slog.Logger, parts *parts, main net.Listener) error {
	metrics := handlers.NewMetrics(versionName())
	//nolint:contextcheck // a request's context begins with the request, not with the server
	server := handlers.New(parts.domain, c.http(), handlers.Outside{
		Log: log, Metrics: metrics, Now: p.now, Random: p.random, Ready: parts.store.Ping, App: parts.app,
	})
	failed := make(chan error, 3)
	go func() { failed <- server.Serve(main) }()
	side, err := p.aside(ctx, c, metrics, failed)
	if err != nil {
		return errors.Join(err, server.Stop(ctx))
	}
	jobs, stopJobs := context.WithCancel(ctx)
	wait := runJobs(jobs, log, parts.jobs())
	log.InfoContext(ctx, "ready", "address", main.Addr().String(), "version", versionName())
	fmt.Fprintf(p.out, "Kaikukortti answers on %s\n", main.Addr())

	select {
	case <-ctx.Done():
		err = nil
	case err = <-failed:
	}
	log.InfoContext(ctx, "stopping")
	stopJobs()
	ending, done := context.WithTimeout(context.WithoutCancel(ctx), c.StopWait)
	defer done()
	err = errors.Join(err, server.Stop(ending), stopAll(ending, side))
	wait()
	log.InfoContext(ending, "stopped")
	return err
}

// http are the settings of the HTTP half.
func (c Config) http() handlers.Settings {
	return handlers.Settings{
		PublicURLs: c.PublicURLs, ClientIPHeader: c.ClientIPHeader, CookieSuffix: cookieSuffix(c.PublicURLs[0]), Deadline: c.Deadline,
		Limits: handlers.DefaultLimits(),
	}
}

// cookieSuffix keeps the cookies of servers on several ports of one host apart: cookies know no ports.
func cookieSuffix(origin string) string {
	u, err := url.Parse(origin)
	if err != nil || u.Port() == "" {
		return ""
	}
	return "_" + u.Port()
}

func listen(ctx context.Context, address string) (net.Listener, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", address, err)
	}
	return l, nil
}

// aside serves metrics and profiles, each on an address of its own, never on the one that clients reach.
func (p *program) aside(ctx context.Context, c Config, m *handlers.Metrics, failed chan<- error) ([]*http.Server, error) {
	metrics := http.NewServeMux()
	metrics.Handle("GET /metrics", m.Handler())
	profiles := http.NewServeMux()
	profiles.HandleFunc("GET /debug/pprof/", pprof.Index)
	profiles.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	profiles.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	var started []*http.Server
	for _, side := range []struct {
		setting, address string
		mux              *http.ServeMux
	}{{"KAIKU_METRICS_ADDRESS", c.MetricsAddress, metrics}, {"KAIKU_PPROF_ADDRESS", c.PprofAddress, profiles}} {
		if side.address == "" {
			continue
		}
		l, err := listen(ctx, side.address)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("%s: %w", side.setting, err), stopAll(ctx, started))
		}
		s := &http.Server{Handler: side.mux, ReadHeaderTimeout: 10 * time.Second}
		started = append(started, s)
		go func() {
			if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
				failed <- err
			}
		}()
	}
	return started, nil
}

func stopAll(ctx context.Context, servers []*http.Server) error {
	var all error
	for _, s := range servers {
		all = errors.Join(all, s.Shutdown(ctx))
	}
	return all
}
