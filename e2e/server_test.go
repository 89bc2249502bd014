package e2e_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"kaikukortti/tools/load/crowd"
	"kaikukortti/tools/phone/client"
)

// addressHeader is where the servers of these tests read addresses, so that each phone has its own.
const addressHeader = "Test-Address"

// A server is the real binary on loopback, with the settings and the data that it goes on with when it is started again.
type server struct {
	t   testing.TB
	env []string
	url string
	log *log

	under   []string // what it is run under, such as strace
	process *exec.Cmd
	ended   chan error
}

// newServer chooses a port and makes a folder; env are further settings.
func newServer(t testing.TB, env ...string) *server {
	t.Helper()
	address := freeAddress(t)
	return settle(t, address, []string{"http://" + address}, masterKey(), env...)
}

func masterKey() string {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // it never fails
	return base64.StdEncoding.EncodeToString(key)
}

// settle is a server with the addresses and the key that it is told: several that share a database have them in common.
func settle(t testing.TB, address string, origins []string, key string, env ...string) *server {
	t.Helper()
	s := &server{t: t, url: "http://" + address, log: new(log), env: append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "KAIKU_MASTER_KEY=" + key, "KAIKU_ADDRESS=" + address,
		"KAIKU_PUBLIC_URLS=" + strings.Join(origins, ","), "KAIKU_DATA=" + filepath.Join(t.TempDir(), "data"),
		"KAIKU_METRICS_ADDRESS=off", "KAIKU_LOG_LEVEL=warn", "KAIKU_CLIENT_IP_HEADER=" + addressHeader,
	}, env...)}
	t.Cleanup(func() {
		if s.process != nil {
			s.kill()
		}
		if t.Failed() {
			t.Logf("the server %s said:\n%s", s.url, s.log)
		}
	})
	return s
}

func freeAddress(t testing.TB) string {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// A log is what a server said last.
type log struct {
	mu      sync.Mutex
	end     []byte
	started bool // it has said readyWords
}

const (
	logKept    = 16 << 10
	readyWords = "Kaikukortti answers on " // what a server says last of its start
)

func (l *log) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.end = append(l.end, b...)
	l.started = l.started || bytes.Contains(l.end, []byte(readyWords))
	l.end = l.end[max(0, len(l.end)-logKept):]
	return len(b), nil
}

// hasStarted says whether the server has said all that it says at its start.
func (l *log) hasStarted() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.started
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return string(l.end)
}

// command is the binary with a subcommand, in the server's environment.
func (s *server) command(ctx context.Context, args ...string) *exec.Cmd {
	line := append(append([]string(nil), s.under...), binary(s.t, serverBinary))
	line = append(line, args...)
	c := exec.CommandContext(ctx, line[0], line[1:]...)
	c.Env, c.SysProcAttr = s.env, orphan()
	return c
}

// run runs a subcommand to its end and answers what it printed.
func (s *server) run(args ...string) string {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), time.Minute)
	defer cancel()
	var errs bytes.Buffer
	c := s.command(ctx, args...)
	c.Stderr = &errs
	out, err := c.Output()
	if err != nil {
		s.t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, errs.String())
	}
	return string(out)
}

// invitation is the one-time link of the first person.
func (s *server) invitation() string {
	s.t.Helper()
	link, _, _ := strings.Cut(s.run("admin", "create", "--email", "first@load.example"), "\n")
	return link[strings.Index(link, "#")+1:]
}

// start starts the server and waits until it is ready.
func (s *server) start() { s.t.Helper(); s.begin("serve") }

// begin starts a subcommand that serves, and waits until it is ready.
func (s *server) begin(args ...string) {
	s.t.Helper()
	c := s.command(context.WithoutCancel(s.t.Context()), args...)
	s.log = new(log) // of this start alone: awaitReady reads in it
	c.Stdout, c.Stderr = s.log, s.log
	if err := c.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.process, s.ended = c, make(chan error, 1)
	go func() { s.ended <- c.Wait() }()
	s.awaitReady()
}

const readyWithin = 30 * time.Second

// awaitReady waits until the server has said all that it says at its start, and answers: connections it takes a little before.
func (s *server) awaitReady() {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), readyWithin)
	defer cancel()
	to := s.open(1)
	err := until(ctx, 10*time.Millisecond, func() bool {
		if len(s.ended) > 0 {
			s.t.Fatal("the server ended by itself") // its log follows
		}
		return s.log.hasStarted() && to.Ready(ctx) == nil
	})
	if err != nil {
		s.t.Fatalf("the server was not ready within %s", readyWithin)
	}
}

// until waits for a condition, looking again and again.
func until(ctx context.Context, every time.Duration, is func() bool) error {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for !is() {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
	return nil
}

// kill ends the server as a power cut would end the process.
func (s *server) kill() { s.t.Helper(); _ = s.end(syscall.SIGKILL) }

// stop asks the server to finish, which it must do well.
func (s *server) stop() {
	s.t.Helper()
	if err := s.end(syscall.SIGTERM); err != nil {
		s.t.Errorf("the server did not stop well: %v", err)
	}
}

func (s *server) end(by syscall.Signal) error {
	s.t.Helper()
	if err := s.process.Process.Signal(by); err != nil && !errors.Is(err, os.ErrProcessDone) {
		s.t.Errorf("signal the server: %v", err)
	}
	s.process = nil
	select {
	case err := <-s.ended:
		return err
	case <-time.After(readyWithin):
		return fmt.Errorf("it was still there %s after %s", readyWithin, by)
	}
}

// open is the way to the server, over so many connections.
func (s *server) open(connections int) *client.Server {
	s.t.Helper()
	to, err := client.Open(s.url, crowd.Over(connections))
	if err != nil {
		s.t.Fatal(err)
	}
	return to
}

// town makes a crowd on the server, which is running.
func (s *server) town(invitation string, size crowd.Size) *crowd.Town {
	s.t.Helper()
	size.AddressHeader = addressHeader
	town, err := crowd.Found(s.t.Context(), s.open(max(16, size.Doors)), invitation, size, func(string, int, int) {})
	if err != nil {
		s.t.Fatal(err)
	}
	return town
}
