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
	"os"
	"path/filepath"
	"strings"
	"time"

	"kaikukortti/models"
	"kaikukortti/server/demo"
	"kaikukortti/store"
)

var demoCommand = command{
	name: "demo", args: "[--folder DIR] [--address HOST:PORT] [--page HOST:PORT] [--url ORIGIN] [--open=false] [--app DIR] [--later DURATION]",
	says: "serve invented people, passes and offers, to try everything",
	about: "Fills an embedded database with networks, people for every role, passes in every state and sessions that are open now, serves it,\n" +
		"and opens a page that shows a worker, a holder and a venue side by side, with seven steps to follow. Beside it, at /people, stands\n" +
		"everybody's one-time code of the moment, so that no authenticator app is needed. Without a folder everything is gone at the end.\n" +
		"No settings are taken from the environment.\n\n" +
		"Real phones can join with --url: browsers give cameras and keys only to pages that come over https, so a phone cannot use this\n" +
		"computer's own address. Let a tunnel or proxy that has a certificate lead to --address, and name its origin: with cloudflared, for\n" +
		"example, cloudflared tunnel --url http://127.0.0.1:8080, and then --url with the address that it prints. The worker on the\n" +
		"page then gives holders that address. Whoever knows it can use the demo; everything in it is invented.",
	setUp: func(p *program, flags *flag.FlagSet) func(context.Context, []string) error {
		var at demoPlaces
		flags.StringVar(&at.folder, "folder", "", "where to keep the demo; in a temporary folder if not given")
		flags.StringVar(&at.address, "address", "127.0.0.1:8080", "where the server listens")
		flags.StringVar(&at.page, "page", "127.0.0.1:8081", "where the page with the three phones is served; they have the next three ports, or other free ones")
		flags.StringVar(&at.url, "url", "", "an https origin, such as https://demo.example, that leads to the server, for real phones")
		flags.StringVar(&at.app, "app", "", "serve the app from this folder instead of the one that is built in, while working on it")
		later := flags.Duration("later", 0, "let the demo's clock go so much ahead, to see what a folder of today is like some days later, such as 312h")
		open := flags.Bool("open", true, "open the page in a browser, where there is one")
		verbose := flags.Bool("verbose", false, "print the log of requests")
		return func(ctx context.Context, args []string) error {
			if err := p.nothingMore(args); err != nil {
				return err
			}
			ahead := *p
			ahead.now = func() time.Time { return p.now().Add(*later) }
			return ahead.demo(ctx, at, demoManner{open: *open, verbose: *verbose})
		}
	},
}

// demoPlaces is where the demo is, on the disk and in the network.
type demoPlaces struct{ folder, address, page, url, app string }

// demoManner is how it goes about.
type demoManner struct{ open, verbose bool }

// demoFile is what a demo keeps beside its database: what it would otherwise have to be told at each start.
const demoFile = "demo.json"

type demoState struct {
	MasterKey []byte     `json:"master_key"`
	Guide     demo.Guide `json:"guide"`
}

func (p *program) demo(ctx context.Context, at demoPlaces, how demoManner) (err error) {
	if at.folder == "" {
		if at.folder, err = os.MkdirTemp("", "kaikukortti-demo-"); err != nil {
			return fmt.Errorf("make a temporary folder: %w", err)
		}
		defer func() { err = errors.Join(err, os.RemoveAll(at.folder)) }()
	}
	if err := demoFolder(at.folder); err != nil {
		return err
	}
	doors, err := openDoors(ctx, at)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, doors.close()) }()
	c, err := demoConfig(at, doors)
	if err != nil {
		return err
	}
	s, err := openStore(ctx, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	log := slog.New(slog.DiscardHandler)
	if how.verbose {
		log = p.logger(c)
	}
	return p.showDemo(ctx, showing{config: c, store: s, log: log, at: at, doors: doors, open: how.open})
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

// demoConfig is the settings of a demo: the usual ones, on the addresses that it was given. Phones prove their keys to any of them.
func demoConfig(at demoPlaces, doors *demoDoors) (Config, error) {
	c := Config{
		Data: at.folder, Backups: filepath.Join(at.folder, "backups"), BackupKeptDays: 35, Deadline: 10 * time.Second, StopWait: 5 * time.Second,
	}
	c.PublicURLs = demo.Origins(doors.host(doors.main))
	for _, part := range demo.PartsOfTheStage() {
		c.PublicURLs = append(c.PublicURLs, demo.Origins(doors.host(doors.phones[part]))...)
	}
	if at.url == "" {
		return c, nil
	}
	if !strings.HasPrefix(at.url, "https://") || strings.Contains(at.url, ",") {
		return c, fmt.Errorf("--url %s: name one https origin; phones give cameras and keys only to pages that come over https", at.url)
	}
	if err := readPublicURLs(&c, at.url); err != nil {
		return c, fmt.Errorf("--url: %w", err)
	}
	return c, nil
}

// A showing is a demo that is about to begin.
type showing struct {
	config Config
	store  *store.Store
	log    *slog.Logger
	at     demoPlaces
	doors  *demoDoors
	open   bool
}

func (p *program) showDemo(ctx context.Context, it showing) error {
	clock := demo.NewClock(p.now)
	while := *p
	while.now = clock.Now
	state, err := while.readyDemo(ctx, &it.config, it.store, clock, it.log)
	if err != nil {
		return err
	}
	made, err := while.assemble(ctx, it.config, it.store, it.log)
	if err != nil {
		return err
	}
	if it.at.app != "" {
		made.app = os.DirFS(it.at.app)
	}
	stage := while.stage(it, state.Guide, while.demoParts(made, clock))
	stop, err := it.doors.raise(stage)
	if err != nil {
		return err
	}
	page := "http://" + it.doors.page.Addr().String()
	while.printGuide(state.Guide, stage.Server, page, it.at.url)
	if it.open {
		p.openBrowser(ctx, page)
	}
	return errors.Join(while.answerOn(ctx, it.config, it.log, made, it.doors.main), stop())
}

// stage is the page with the three phones.
func (p *program) stage(it showing, guide demo.Guide, parts demo.Parts) *demo.Stage {
	host, port := it.doors.host(it.doors.page)
	stage := &demo.Stage{
		Guide: guide, Server: it.config.PublicURLs[0], Inside: it.doors.inside(), Suffix: cookieSuffix(it.config.PublicURLs[0]), Outside: strings.TrimSuffix(it.at.url, "/"),
		Run: models.NewID[string](p.random), Host: host, Port: port, Phones: map[demo.Part]string{}, Now: p.now, Parts: parts,
		Archive: func(ctx context.Context, to io.Writer) error {
			_, err := it.store.Back(ctx, to, p.now())
			return err
		},
	}
	for part, on := range it.doors.phones {
		_, stage.Phones[part] = it.doors.host(on)
	}
	return stage
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
	made, err := wire(s, c.MasterKey, clock.Now, p.random, p.people...)
	if err != nil {
		return state, err
	}
	if fresh {
		state.Guide, err = demo.Fill(ctx, p.demoParts(made, clock))
	} else {
		err = demo.Refresh(ctx, p.demoParts(made, clock), &state.Guide)
	}
	if err != nil {
		return state, err
	}
	log.InfoContext(ctx, "demo filled", "fresh", fresh)
	return state, writeWhole(path, func(f *os.File) error { return json.NewEncoder(f).Encode(state) })
}

// demoParts are what a demo is filled through.
func (p *program) demoParts(made *parts, clock *demo.Clock) demo.Parts {
	d := made.domain
	return demo.Parts{
		Desk: d.Desk, Keyring: d.Keyring, Registry: d.Registry, Directory: d.Directory, Programme: d.Programme, Clock: clock, Random: p.random,
	}
}

func readDemo(path string) (demoState, error) {
	var state demoState
	b, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(b, &state)
	}
	return state, err
}

// printGuide says what to open, first of all, and how to sign in.
func (p *program) printGuide(g demo.Guide, server, page, outside string) {
	to, now := p.out, p.now()
	fmt.Fprintf(to, "Open %s and follow the seven steps: three phones on one page.\n\n", page)
	if outside != "" {
		fmt.Fprintf(to, "Real phones open %s (it must lead to %s).\n", outside, server)
	} else {
		fmt.Fprintln(to, "Real phones can join with --url: demo -h says how.")
	}
	fmt.Fprintf(to, "The server answers on %s; everything in it is invented.\n", server)
	fmt.Fprintf(to, "The page %s/people shows everybody's one-time code of the moment.\n\nTo sign in: the password is %q and the code changes every 30 s.\n",
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
