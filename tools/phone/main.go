// Package main is a phone on the command line: a holder's app, a venue's scanner and a worker's computer, for trying and testing a
// server. It is the second client of the API and knows nothing of the server but that. It is no app for people: its keys are files.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"kaikukortti/tools/phone/client"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	p := &program{env: os.Getenv, in: os.Stdin, out: os.Stdout, err: os.Stderr, now: time.Now, over: &http.Client{Timeout: 30 * time.Second}}
	code := p.run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

// A program is one run, with all that it has of the world.
type program struct {
	env  func(string) string
	in   io.Reader
	out  io.Writer
	err  io.Writer
	now  func() time.Time
	over *http.Client

	origin string // --server
	path   string // --folder
}

// A command is one thing that it does.
type command struct {
	name  string // one word, or two for people who work
	args  string
	says  string // one line for the list
	about string // what its help says more
	setUp func(p *program, flags *flag.FlagSet) func(ctx context.Context, args []string) error
}

// The exit codes beside 0.
const (
	exitFailed   = 1 // the server, or the folder, said no
	exitUsage    = 2 // the command line was not understood
	exitRefused  = 3 // a door refused
	exitNoAnswer = 4 // nobody knows: the server was not reached, or not heard
)

var (
	errUsage   = errors.New("usage") // it was told what is wrong
	errRefused = errors.New("refused at the door")
)

func (p *program) run(ctx context.Context, args []string) int {
	err := p.dispatch(ctx, args)
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return 0
	case errors.Is(err, errUsage):
		return exitUsage
	case errors.Is(err, errRefused):
		return exitRefused
	}
	fmt.Fprintln(p.err, "phone:", err)
	if errors.Is(err, client.ErrNoAnswer) {
		return exitNoAnswer
	}
	return exitFailed
}

func (p *program) dispatch(ctx context.Context, args []string) error {
	if len(args) > 0 && args[0] == "help" {
		args = append(args[1:], "--help")
	}
	args, err := p.leading(args)
	if err != nil {
		return errUsage
	}
	switch {
	case len(args) == 0, args[0] == "-h", args[0] == "-help", args[0] == "--help":
		p.help()
		return nil
	case strings.HasPrefix(args[0], "-"):
		fmt.Fprintf(p.err, "Before the command only --server and --folder are understood, and not %s.\n", args[0])
		return errUsage
	}
	c, rest, known := find(args)
	if !known {
		fmt.Fprintf(p.err, "There is no command %q. `phone help` lists them.\n", strings.Join(args[:min(2, len(args))], " "))
		return errUsage
	}
	return p.call(ctx, c, rest)
}

// leading reads the flags that every command has, where they stand before it.
func (p *program) leading(args []string) ([]string, error) {
	flags := flag.NewFlagSet("phone", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	p.common(flags)
	leads := func(arg string) bool {
		name, _, _ := strings.Cut(strings.TrimLeft(arg, "-"), "=")
		return strings.HasPrefix(arg, "-") && flags.Lookup(name) != nil
	}
	for len(args) > 1 && leads(args[0]) {
		if err := flags.Parse(args); err != nil {
			fmt.Fprintln(p.err, "The flags before the command are not understood.")
			return nil, err
		}
		args = flags.Args()
	}
	return args, nil
}

// common declares the flags that every command has. What was said before the command holds.
func (p *program) common(flags *flag.FlagSet) {
	flags.StringVar(&p.origin, "server", p.origin, "address of the server (PHONE_SERVER, else the last one, else http://localhost:8080)")
	flags.StringVar(&p.path, "folder", p.path, "where the phone keeps what it has (PHONE_FOLDER, else ./phone)")
}

// find takes the longest name that fits.
func find(args []string) (c command, rest []string, known bool) {
	for words := min(2, len(args)); words > 0; words-- {
		name := strings.Join(args[:words], " ")
		for _, c := range commands() {
			if c.name == name {
				return c, args[words:], true
			}
		}
	}
	return command{}, nil, false
}

func (p *program) call(ctx context.Context, c command, args []string) error {
	flags := flag.NewFlagSet(c.name, flag.ContinueOnError)
	flags.SetOutput(p.err)
	p.common(flags)
	run := c.setUp(p, flags)
	flags.Usage = func() { p.helpOn(c, flags) }
	words, err := parse(flags, args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return err
	case err != nil:
		return errUsage
	}
	return run(ctx, words)
}

// parse reads flags wherever they stand among the words.
func parse(flags *flag.FlagSet, args []string) (words []string, err error) {
	for {
		if err := flags.Parse(args); err != nil {
			return nil, err
		}
		if args = flags.Args(); len(args) == 0 {
			return words, nil
		}
		words, args = append(words, args[0]), args[1:]
	}
}

func (p *program) help() {
	fmt.Fprint(p.out, "phone is a holder's phone, a venue's scanner and a worker's computer on the command line.\n\n"+
		"Use: phone COMMAND [FLAGS]\n\n")
	for _, c := range commands() {
		fmt.Fprintf(p.out, "  %-22s %s\n", c.name, c.says)
	}
	fmt.Fprintf(p.out, "\n`phone help COMMAND` tells more. It ends with 0 when it is done, %d when that was not possible, %d when it was not\n"+
		"understood, %d when a door refused, and %d when the server did not answer.\n", exitFailed, exitUsage, exitRefused, exitNoAnswer)
}

func (p *program) helpOn(c command, flags *flag.FlagSet) {
	fmt.Fprintf(p.out, "Use: phone %s %s\n\n%s.\n", c.name, c.args, strings.ToUpper(c.says[:1])+c.says[1:])
	if c.about != "" {
		fmt.Fprintf(p.out, "%s\n", c.about)
	}
	fmt.Fprint(p.out, "\nFlags:\n")
	flags.SetOutput(p.out)
	flags.PrintDefaults()
}

// takes refuses a number of words that a command does not take.
func (p *program) takes(words []string, least, most int) error {
	if len(words) >= least && len(words) <= most {
		return nil
	}
	fmt.Fprintln(p.err, "That is too little or too much; add --help to see what it takes.")
	return errUsage
}

// say prints a line: what it is, and what it says.
func (p *program) say(what string, text any) {
	fmt.Fprintf(p.out, "%-12s %v\n", what, text)
}

// commands are all of them, in the order in which they are listed.
func commands() []command {
	return append(append(holderCommands(), doorCommands()...), workCommands()...)
}
