// Package main is the server's program: it reads the settings, wires the parts together and starts and stops them in order.
// It decides nothing that the domain decides.
package main

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"kaikukortti/accounts"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	p := &program{env: os.Getenv, in: os.Stdin, out: os.Stdout, err: os.Stderr, now: time.Now, random: rand.Reader}
	code := p.run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

// A program is one run of a subcommand, with all that it has of the world.
type program struct {
	env    func(string) string
	in     io.Reader
	out    io.Writer
	err    io.Writer
	now    func() time.Time
	random io.Reader
	people []accounts.Option // how the Registry is made
}

// A command is a subcommand.
type command struct {
	name  string
	args  string // how its line goes on
	says  string // one line for the list
	about string // what its help says more
	// setUp declares its flags and answers what runs it.
	setUp func(p *program, flags *flag.FlagSet) func(ctx context.Context, args []string) error
}

func commands() []command {
	return []command{
		serveCommand, demoCommand, seedCommand, adminCommand, keysCommand, backupCommand, restoreCommand, versionCommand,
	}
}

// errUsage says that the command line was wrong, and that this was told.
var errUsage = errors.New("usage")

// run runs a subcommand and answers the exit code: 0 well, 1 failed, 2 not understood.
func (p *program) run(ctx context.Context, args []string) int {
	name, args := nameOf(args)
	err := p.dispatch(ctx, name, args)
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return 0
	case errors.Is(err, errUsage):
		return 2
	}
	fmt.Fprintln(p.err, "kaikukortti:", err)
	return 1
}

// nameOf finds the subcommand; without one it is serve, and flags alone are serve's.
func nameOf(args []string) (name string, rest []string) {
	switch {
	case len(args) == 0:
		return "serve", nil
	case args[0] == "-h", args[0] == "-help", args[0] == "--help":
		return "help", nil
	case strings.HasPrefix(args[0], "-"):
		return "serve", args
	}
	return args[0], args[1:]
}

func (p *program) dispatch(ctx context.Context, name string, args []string) error {
	if name == "help" && len(args) == 0 {
		p.help()
		return nil
	}
	if name == "help" {
		name, args = args[0], []string{"-help"}
	}
	for _, c := range commands() {
		if c.name == name {
			return p.call(ctx, c, args)
		}
	}
	fmt.Fprintf(p.err, "There is no subcommand %q. `kaikukortti help` lists them.\n", name)
	return errUsage
}

func (p *program) call(ctx context.Context, c command, args []string) error {
	flags := flag.NewFlagSet(c.name, flag.ContinueOnError)
	flags.SetOutput(p.err)
	run := c.setUp(p, flags)
	flags.Usage = func() { p.helpOn(c, flags) }
	if err := parseFlags(flags, args); err != nil {
		return err
	}
	return run(ctx, flags.Args())
}

// parseFlags tells a call for help from a mistake; the flag package has said what is wrong.
func parseFlags(flags *flag.FlagSet, args []string) error {
	err := flags.Parse(args)
	if err == nil || errors.Is(err, flag.ErrHelp) {
		return err
	}
	return errUsage
}

// flagsAfter reads the flags that stand after a word, and nothing more.
func (p *program) flagsAfter(flags *flag.FlagSet, args []string) error {
	if err := parseFlags(flags, args); err != nil {
		return err
	}
	return p.nothingMore(flags.Args())
}

func (p *program) help() {
	fmt.Fprint(p.out, "kaikukortti is the server of the culture pass.\n\nUse: kaikukortti [SUBCOMMAND] [FLAGS]\n\n")
	for _, c := range commands() {
		fmt.Fprintf(p.out, "  %-9s %s\n", c.name, c.says)
	}
	fmt.Fprint(p.out, "  help      tell about a subcommand\n\nWithout a subcommand it serves. Settings come from the environment; docs/settings.md lists them.\n")
}

func (p *program) helpOn(c command, flags *flag.FlagSet) {
	fmt.Fprintf(p.out, "Use: kaikukortti %s %s\n\n%s\n", c.name, c.args, c.about)
	flags.SetOutput(p.out)
	has := false
	flags.VisitAll(func(*flag.Flag) { has = true })
	if has {
		fmt.Fprint(p.out, "\nFlags:\n")
		flags.PrintDefaults()
	}
}

// nothingMore refuses arguments that a subcommand does not take.
func (p *program) nothingMore(args []string) error {
	if len(args) == 0 {
		return nil
	}
	fmt.Fprintf(p.err, "%q is not understood here.\n", strings.Join(args, " "))
	return errUsage
}
