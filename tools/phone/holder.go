package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"
	"time"

	"kaikukortti/models"
	"kaikukortti/tools/phone/client"
)

// holderCommands are what a holder does.
func holderCommands() []command {
	return []command{
		{
			name: "activate", args: "CODE [--replace] [--birth-year YEAR]", says: "bring a pass onto this phone by a worker's ten digits",
			about: "The phone makes a key of its own, so that nobody else can show the pass. With --replace the phone that carries the pass ends.",
			setUp: activateCommand,
		},
		{
			name: "request", args: "[--wait TIME]", says: "show eight digits to read out to a worker, and wait until they are typed",
			about: "With --wait 0 it only shows them; asked again it goes on waiting for the same digits.", setUp: requestCommand,
		},
		{
			name: "recover", args: "PASS_NUMBER CODE", says: "bring a pass here without a worker, by its number and recovery code",
			about: "The phone that carried it ends. The next recovery code is shown once.", setUp: recoverCommand,
		},
		{name: "passes", args: "[--pass N]", says: "list the passes on this phone, and with --pass take another one up", setUp: passesCommand},
		{
			name: "code", args: "[--qr] [--watch]", says: "show the code of now",
			about: "It is signed by the phone itself, so that it needs no network. It is good for a minute; with --watch a new one comes every 20 s.",
			setUp: codeCommand,
		},
		{name: "credential", says: "renew what codes are shown with", setUp: holding(renew)},
		{name: "me", says: "show all that the server stores about this pass", setUp: holding(me)},
		{name: "spoken-code", says: "get eight digits to say at a door", setUp: holding(spokenCode)},
		{name: "recovery-code", says: "get a code with which the pass can be brought to another phone", setUp: holding(recoveryCode)},
		{name: "ask-to-renew", says: "ask the distributor to renew the pass", setUp: holding(askToRenew)},
		{name: "inbox", says: "list the newest notices", setUp: holding(inbox)},
		{name: "reserve", args: "SESSION [--children N] [--assistants N] [--group N]", says: "reserve seats", setUp: reserveCommand},
		{name: "reservations", says: "list the pass's reservations", setUp: holding(reservations)},
		{name: "cancel", args: "RESERVATION", says: "give a reservation back", setUp: cancelCommand},
		{name: "erase", says: "make the server and this phone forget the pass", setUp: holding(erase)},
	}
}

// A held is the phone with one pass in hand.
type held struct {
	*opened
	*client.Phone
	number int
}

// take takes a pass in hand: the one that is named, or the current one.
func (o *opened) take(number int) (*held, error) {
	if number == 0 {
		number = o.Current
	}
	var kept client.Carried
	if there, err := o.read(passFile(number), &kept); err != nil || !there {
		return nil, errors.Join(err, errors.New("there is no such pass on this phone; activate one first"))
	}
	return &held{opened: o, Phone: client.NewPhone(o.server, o.clock, kept), number: number}, nil
}

// add makes room for one more pass, with a key of its own that is kept before anybody is told of it.
func (o *opened) add() (*held, error) {
	all, err := o.passes()
	if err != nil {
		return nil, err
	}
	kept, err := client.NewCarried()
	if err != nil {
		return nil, err
	}
	h := &held{opened: o, Phone: client.NewPhone(o.server, o.clock, kept), number: slices.Max(append(all, 0)) + 1}
	return h, h.keep()
}

func (h *held) keep() error {
	return errors.Join(h.write(passFile(h.number), h.Carried), h.remember())
}

// active says whether a pass has come onto the phone.
func (h *held) active() bool { return h.Pass != "" }

// fresh is a place for a pass that is yet to come: one that an earlier try has left, or a new one.
func (o *opened) fresh() (*held, error) {
	all, err := o.passes()
	if err != nil {
		return nil, err
	}
	for _, n := range all {
		if h, err := o.take(n); err != nil || !h.active() {
			return h, err
		}
	}
	return o.add()
}

// holding sets up a command that takes nothing but the pass in hand.
func holding(do func(ctx context.Context, p *program, h *held) error) func(*program, *flag.FlagSet) func(context.Context, []string) error {
	return withPass(0, func(ctx context.Context, p *program, h *held, _ []string) error { return do(ctx, p, h) })
}

// withPass sets up a command that takes a pass in hand and a number of words.
func withPass(words int, do func(ctx context.Context, p *program, h *held, words []string) error) func(*program, *flag.FlagSet) func(context.Context, []string) error {
	return func(p *program, flags *flag.FlagSet) func(context.Context, []string) error {
		number := flags.Int("pass", 0, "which pass of this phone (the current one)")
		return func(ctx context.Context, args []string) error {
			if err := p.takes(args, words, words); err != nil {
				return err
			}
			o, err := p.open()
			if err != nil {
				return err
			}
			h, err := o.take(*number)
			if err != nil {
				return err
			}
			return errors.Join(do(ctx, p, h, args), o.remember())
		}
	}
}

// groups is in how many words digits may be typed: 3-3-4, as they are shown.
const groups = 3

func activateCommand(p *program, flags *flag.FlagSet) func(context.Context, []string) error {
	replace := flags.Bool("replace", false, "the phone that carries the pass now ends")
	birthYear := flags.Int("birth-year", 0, "when the server asks for it")
	return func(ctx context.Context, args []string) error {
		if err := p.takes(args, 1, groups); err != nil {
			return err
		}
		return p.bring(ctx, func(h *held) error {
			return h.Activate(ctx, client.Activation{Code: strings.Join(args, ""), Replace: *replace, BirthYear: *birthYear})
		})
	}
}

func recoverCommand(p *program, flags *flag.FlagSet) func(context.Context, []string) error {
	birthYear := flags.Int("birth-year", 0, "when the server asks for it")
	return func(ctx context.Context, args []string) error {
		if err := p.takes(args, 2, 2); err != nil {
			return err
		}
		return p.bring(ctx, func(h *held) error {
			next, err := h.Recover(ctx, args[0], args[1], *birthYear)
			if err == nil {
				p.say("recovery", next)
			}
			return err
		})
	}
}

// bring brings a pass onto the phone, and gets what codes are shown with.
func (p *program) bring(ctx context.Context, how func(h *held) error) error {
	o, err := p.open()
	if err != nil {
		return err
	}
	h, err := o.fresh()
	if err != nil {
		return err
	}
	if err := how(h); err != nil {
		return err
	}
	return p.brought(ctx, h)
}

func (p *program) brought(ctx context.Context, h *held) error {
	h.Current = h.number
	if err := h.keep(); err != nil {
		return err
	}
	p.say("number", h.Number)
	return renew(ctx, p, h)
}

func requestCommand(p *program, flags *flag.FlagSet) func(context.Context, []string) error {
	wait := flags.Duration("wait", 10*time.Minute, "how long to wait")
	return func(ctx context.Context, args []string) error {
		if err := p.takes(args, 0, 0); err != nil {
			return err
		}
		o, err := p.open()
		if err != nil {
			return err
		}
		h, err := o.fresh()
		if err != nil {
			return err
		}
		if h.Request == nil {
			if err := errors.Join(h.OpenRequest(ctx), h.keep()); err != nil {
				return err
			}
		}
		p.say("digits", h.Request.Digits)
		if *wait == 0 {
			return nil
		}
		return p.awaitWorker(ctx, h, *wait)
	}
}

// askAgain is how often the phone asks whether the worker has typed the digits.
const askAgain = 2 * time.Second

var errNotYet = errors.New("nobody has typed the digits yet; ask again to go on waiting")

func (p *program) awaitWorker(ctx context.Context, h *held, wait time.Duration) error {
	ctx, cancel := context.WithTimeoutCause(ctx, wait, errNotYet)
	defer cancel()
	for {
		active, err := h.ReadRequest(ctx)
		switch {
		case active:
			return p.brought(context.WithoutCancel(ctx), h)
		case errors.Is(err, client.ErrRequestEnded):
			return errors.Join(err, h.keep())
		case err != nil && ctx.Err() == nil:
			return err
		}
		if err := pause(ctx, askAgain); err != nil {
			return err
		}
	}
}

// pause waits, or answers why it is not to.
func pause(ctx context.Context, wait time.Duration) error {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}

func passesCommand(p *program, flags *flag.FlagSet) func(context.Context, []string) error {
	number := flags.Int("pass", 0, "take this one up")
	return func(_ context.Context, args []string) error {
		if err := p.takes(args, 0, 0); err != nil {
			return err
		}
		o, err := p.open()
		if err != nil {
			return err
		}
		if *number != 0 {
			if _, err := o.take(*number); err != nil {
				return err
			}
			o.Current = *number
		}
		return errors.Join(p.list(o), o.remember())
	}
}

func (p *program) list(o *opened) error {
	all, err := o.passes()
	slices.Sort(all)
	for _, n := range all {
		h, err := o.take(n)
		if err != nil {
			return err
		}
		mark, what := " ", h.Number.String()
		if n == o.Current {
			mark = "*"
		}
		if !h.active() {
			what = "waiting to be activated"
		}
		p.say(fmt.Sprintf("%s %d", mark, n), what)
	}
	return err
}

// renew gets a credential for a new code key, which is kept before anybody is told of it.
func renew(ctx context.Context, p *program, h *held) error {
	if err := errors.Join(h.MakeCodeKey(), h.keep()); err != nil {
		return err
	}
	if err := h.Renew(ctx); err != nil {
		return err
	}
	p.say("codes until", h.Credential.Exp.In(models.Helsinki).Format("2006-01-02 15:04"))
	return h.keep()
}

func me(ctx context.Context, p *program, h *held) error {
	stored, err := h.Me(ctx)
	if err != nil {
		return err
	}
	return printJSON(p.out, stored)
}

func spokenCode(ctx context.Context, p *program, h *held) error {
	code, until, err := h.SpokenCode(ctx)
	if err != nil {
		return err
	}
	p.say("say", code)
	p.say("until", clockTime(until))
	return nil
}

func clockTime(at time.Time) string { return at.In(models.Helsinki).Format("15:04:05") }

func recoveryCode(ctx context.Context, p *program, h *held) error {
	number, code, err := h.RecoveryCode(ctx)
	if err != nil {
		return err
	}
	p.say("number", number)
	p.say("recovery", code)
	return nil
}

func askToRenew(ctx context.Context, p *program, h *held) error {
	if err := h.AskToRenew(ctx); err != nil {
		return err
	}
	p.say("asked", "the distributor sees it on its list")
	return nil
}

func inbox(ctx context.Context, p *program, h *held) error {
	notices, err := h.Inbox(ctx)
	for _, n := range notices {
		p.say(n.At.In(models.Helsinki).Format("2006-01-02"), n.Kind)
	}
	return err
}

// partyFlags are who comes along.
func partyFlags(flags *flag.FlagSet) *models.Party {
	party := new(models.Party)
	flags.IntVar(&party.Children, "children", 0, "children who come along")
	flags.IntVar(&party.Assistants, "assistants", 0, "assistants or interpreters")
	flags.IntVar(&party.Group, "group", 0, "people under 16, with a community pass")
	return party
}

// told is the party if any of it was said.
func told(flags *flag.FlagSet, party *models.Party) *models.Party {
	said := false
	flags.Visit(func(f *flag.Flag) { said = said || f.Name == "children" || f.Name == "assistants" || f.Name == "group" })
	if !said {
		return nil
	}
	return party
}

func reserveCommand(p *program, flags *flag.FlagSet) func(context.Context, []string) error {
	party := partyFlags(flags)
	return withPass(1, func(ctx context.Context, p *program, h *held, words []string) error {
		made, err := h.Reserve(ctx, models.SessionID(words[0]), *party, client.NewRequestKey())
		if err != nil {
			return err
		}
		p.say("reservation", made.ID)
		p.say("code", made.Code)
		p.say("seats", made.Seats)
		return nil
	})(p, flags)
}

func reservations(ctx context.Context, p *program, h *held) error {
	all, err := h.Reservations(ctx)
	for _, r := range all {
		p.say(string(r.State), strings.Join([]string{string(r.ID), r.Start.In(models.Helsinki).Format("2006-01-02 15:04"), r.Title.In("en")}, "  "))
	}
	return err
}

func cancelCommand(p *program, flags *flag.FlagSet) func(context.Context, []string) error {
	return withPass(1, func(ctx context.Context, p *program, h *held, words []string) error {
		if err := h.Cancel(ctx, models.ClaimID(words[0])); err != nil {
			return err
		}
		p.say("cancelled", words[0])
		return nil
	})(p, flags)
}

func erase(ctx context.Context, p *program, h *held) error {
	if err := h.Erase(ctx); err != nil {
		return err
	}
	if h.Current == h.number {
		h.Current = 0
	}
	p.say("erased", "the server has forgotten the pass, and so has this phone")
	return h.remove(passFile(h.number))
}
