package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"kaikukortti/models"
	"kaikukortti/server/demo"
	"kaikukortti/store"
)

var demoCommand = command{
	name: "demo", args: "[--folder DIR] [--address HOST:PORT] [--page HOST:PORT]", says: "serve invented people, passes and offers, to try everything",
	about: "Fills an embedded database with networks, people for every role, passes in every state and sessions that are open now, serves it,\n" +
		"and prints how to sign in. A second address has a page with everybody's one-time code of the moment, so that no authenticator\n" +
		"app is needed. Without a folder everything is gone at the end. Nothing from the environment is used.",
	setUp: func(p *program, flags *flag.FlagSet) func(context.Context, []string) error {
		folder := flags.String("folder", "", "where to keep the demo; in a temporary folder if not given")
		address := flags.String("address", "127.0.0.1:8080", "where the server listens")
		page := flags.String("page", "127.0.0.1:8081", "where the page with the codes is served")
		verbose := flags.Bool("verbose", false, "print the log of requests")
		return func(ctx context.Context, args []string) error {
			if err := p.nothingMore(args); err != nil {
				return err
			}
			return p.demo(ctx, demoPlaces{*folder, *address, *page}, *verbose)
		}
	},
}

type demoPlaces struct{ folder, address, page string }

// demoFile is what a demo keeps beside its database: what it would otherwise have to be told at each start.
const demoFile = "demo.json"

type demoState struct {
	MasterKey []byte     `json:"master_key"`
	Guide     demo.Guide `json:"guide"`
}

func (p *program) demo(ctx context.Context, at demoPlaces, verbose bool) (err error) {
	if at.folder == "" {
		if at.folder, err = os.MkdirTemp("", "kaikukortti-demo-"); err != nil {
			return fmt.Errorf("make a temporary folder: %w", err)
		}
		defer func() { err = errors.Join(err, os.RemoveAll(at.folder)) }()
	}
	if err := demoFolder(at.folder); err != nil {
		return err
	}
	main, err := listen(ctx, at.address)
	if err != nil {
		return err
	}
	side, err := listen(ctx, at.page)
	if err != nil {
		return errors.Join(err, main.Close())
	}
	c := demoConfig(at.folder, main.Addr())
	s, err := openStore(ctx, c)
	if err != nil {
		return errors.Join(err, main.Close(), side.Close())
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	log := slog.New(slog.DiscardHandler)
	if verbose {
		log = p.logger(c)
	}
	return p.showDemo(ctx, c, s, log, main, side)
}

// demoFolder refuses a folder that has the database of something else.
func demoFolder(folder string) error {
	_, noState := os.Stat(filepath.Join(folder, demoFile))
	_, noDatabase := os.Stat(filepath.Join(folder, databaseFile))
	if noState != nil && noDatabase == nil {
		return fmt.Errorf("%s has a database that is no demo's, or of one that was never filled: name another folder", folder)
	}
	return nil
}

// demoConfig is the settings of a demo: the usual ones, on the address that it was given.
func demoConfig(folder string, main net.Addr) Config {
	c := Config{
		Data: folder, Backups: filepath.Join(folder, "backups"), BackupKeptDays: 35, Deadline: 10 * time.Second, StopWait: 5 * time.Second,
	}
	c.PublicURLs = []string{"http://" + main.String()}
	if _, port, err := net.SplitHostPort(main.String()); err == nil {
		c.PublicURLs = append([]string{"http://localhost:" + port}, c.PublicURLs...)
	}
	return c
}

func (p *program) showDemo(ctx context.Context, c Config, s *store.Store, log *slog.Logger, main, side net.Listener) error {
	clock := demo.NewClock(p.now)
	while := *p
	while.now = clock.Now
	state, err := while.readyDemo(ctx, &c, s, clock, log)
	if err != nil {
		return errors.Join(err, main.Close(), side.Close())
	}
	made, err := while.assemble(ctx, c, s, log)
	if err != nil {
		return errors.Join(err, main.Close(), side.Close())
	}
	page := &http.Server{Handler: demo.Page(state.Guide, c.PublicURLs[0], clock.Now), ReadHeaderTimeout: 10 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- page.Serve(side) }()
	printGuide(p.out, state.Guide, c.PublicURLs[0], "http://"+side.Addr().String(), clock.Now())
	err = while.answerOn(ctx, c, log, made, main)
	return errors.Join(err, page.Close())
}

// readyDemo fills a demo that is new, and refreshes one that was there: sessions go on around the clock, and scanners can be enrolled.
func (p *program) readyDemo(ctx context.Context, c *Config, s *store.Store, clock *demo.Clock, log *slog.Logger) (demoState, error) {
	path := filepath.Join(c.Data, demoFile)
	state, err := readDemo(path)
	fresh := errors.Is(err, fs.ErrNotExist)
	if err != nil && !fresh {
		return state, err
	}
	if fresh {
		state.MasterKey = make([]byte, models.MasterKeySize)
		if _, err := io.ReadFull(p.random, state.MasterKey); err != nil {
			return state, err
		}
	}
	c.MasterKey = state.MasterKey
	made, err := wire(s, c.MasterKey, clock.Now, p.random)
	if err != nil {
		return state, err
	}
	parts := demo.Parts{
		Desk: made.domain.Desk, Keyring: made.domain.Keyring, Registry: made.domain.Registry, Directory: made.domain.Directory,
		Programme: made.domain.Programme, Clock: clock, Random: p.random,
	}
	if fresh {
		state.Guide, err = demo.Fill(ctx, parts)
	} else {
		err = demo.Refresh(ctx, parts, &state.Guide)
	}
	if err != nil {
		return state, err
	}
	log.InfoContext(ctx, "demo filled", "fresh", fresh)
	return state, writeWhole(path, func(f *os.File) error { return json.NewEncoder(f).Encode(state) })
}

func readDemo(path string) (demoState, error) {
	var state demoState
	b, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(b, &state)
	}
	return state, err
}

// printGuide says where to open what and how to sign in.
func printGuide(to io.Writer, g demo.Guide, server, page string, now time.Time) {
	fmt.Fprintf(to, "The server answers on %s; everything in it is invented.\n", server)
	fmt.Fprintf(to, "The page %s shows everybody's one-time code of the moment.\n\nTo sign in: the password is %q and the code changes every 30 s.\n",
		page, g.Password)
	for _, p := range g.People {
		code, _ := p.Code(now)
		fmt.Fprintf(to, "  %-30s  code now %s   %s\n", p.Email, code, p.Who)
	}
	fmt.Fprintln(to, "\nPasses to activate:")
	for _, p := range g.Passes {
		if p.Activation != "" {
			fmt.Fprintf(to, "  %s   %s\n", p.Activation, p.What)
		}
	}
	fmt.Fprintln(to, "\nScanners to enrol:")
	for _, v := range g.Venues {
		fmt.Fprintf(to, "  %s   %s\n", v.Code, v.Name)
	}
	fmt.Fprintf(to, "\nTry:\n%s\n", tries(g, server, page))
}

// tries are lines to copy: a sign-in, and a phone and a scanner on the command line.
func tries(g demo.Guide, server, page string) string {
	worker, pass, venue := "", models.Digits(""), demo.VenueGuide{}
	for _, p := range g.People {
		if p.Role == models.WorkerRole && worker == "" {
			worker = p.Email
		}
	}
	for _, p := range g.Passes {
		if p.Activation != "" && pass == "" {
			pass = p.Activation
		}
	}
	for _, v := range g.Venues {
		if v.Session != "" && venue.Session == "" {
			venue = v
		}
	}
	return fmt.Sprintf(`  curl %[1]s/v1/networks
  curl -H 'Content-Type: application/json' %[1]s/v1/sign-in \
    -d "{\"email\": \"%[2]s\", \"password\": \"%[3]s\", \"code\": \"$(curl -s %[4]s/code/%[2]s)\"}"
  go run ./tools/phone activate %[5]s --server %[1]s
  go run ./tools/phone code --qr
  go run ./tools/phone enrol %[6]s --folder door --server %[1]s
  go run ./tools/phone code | go run ./tools/phone scan %[7]s --folder door
`, server, worker, g.Password, page, string(pass), venue.Code, venue.Session)
}
