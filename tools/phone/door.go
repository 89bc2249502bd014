package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"strings"

	"kaikukortti/models"
	"kaikukortti/tools/phone/client"
)

// doorCommands are what a scanner does.
func doorCommands() []command {
	return []command{
		{name: "enrol", args: "CODE", says: "make this phone a venue's scanner, by a manager's code", setUp: enrolCommand},
		{name: "today", says: "list what can be scanned for today", setUp: scanning(listToday)},
		{name: "bundle", says: "fetch what is judged with while there is no network", setUp: scanning(fetchBundle)},
		{
			name: "scan", args: "SESSION [CODE | --typed DIGITS] [--children N] [--assistants N] [--group N] [--offline]", says: "judge a code",
			about: "Without a code it is read from the input. Where none of --children, --assistants and --group is said, who has a reservation comes\n" +
				"as it says, and everybody else alone. With --offline, or when the server does not answer, the bundle judges, and the scan\n" +
				"waits for `upload`. It ends with 3 when the code is refused.",
			setUp: scanCommand,
		},
		{name: "party", args: "SCAN [--children N] [--assistants N] [--group N]", says: "correct who came in", setUp: partyCommand},
		{name: "undo", args: "SCAN", says: "take an admission back", setUp: undoCommand},
		{name: "upload", says: "send what was decided without the network", setUp: scanning(upload)},
	}
}

// A door is the phone as a scanner.
type door struct {
	*opened
	*client.Scanner
}

func (d *door) keep() error {
	return errors.Join(d.write(scannerFile, d.Enrolled), d.remember())
}

// stand takes the scanner in hand.
func (p *program) stand() (*door, error) {
	o, err := p.open()
	if err != nil {
		return nil, err
	}
	var kept client.Enrolled
	there, err := o.read(scannerFile, &kept)
	if err != nil || !there || kept.Scanner == "" {
		return nil, errors.Join(err, errors.New("this phone is no scanner; enrol it first"))
	}
	return &door{opened: o, Scanner: client.NewScanner(o.server, o.clock, kept)}, nil
}

func enrolCommand(p *program, _ *flag.FlagSet) func(context.Context, []string) error {
	return func(ctx context.Context, args []string) error {
		if err := p.takes(args, 1, 1); err != nil {
			return err
		}
		o, err := p.open()
		if err != nil {
			return err
		}
		var kept client.Enrolled
		there, err := o.read(scannerFile, &kept)
		if err != nil {
			return err
		}
		if !there || kept.Scanner != "" { // a try whose answer was lost goes on with its key
			if kept, err = client.NewEnrolled(); err != nil {
				return err
			}
		}
		return p.enrol(ctx, &door{opened: o, Scanner: client.NewScanner(o.server, o.clock, kept)}, args[0])
	}
}

func (p *program) enrol(ctx context.Context, d *door, code string) error {
	if err := d.keep(); err != nil {
		return err
	}
	if err := errors.Join(d.Enrol(ctx, code), d.keep()); err != nil {
		return err
	}
	p.say("venue", d.Venue.In("en"))
	p.say("label", d.Label)
	p.say("until", d.EndDay)
	return nil
}

// scanning sets up a command that takes nothing but the scanner.
func scanning(do func(ctx context.Context, p *program, d *door) error) func(*program, *flag.FlagSet) func(context.Context, []string) error {
	return atDoor(0, 0, func(ctx context.Context, p *program, d *door, _ []string) error { return do(ctx, p, d) })
}

func atDoor(least, most int, do func(ctx context.Context, p *program, d *door, words []string) error) func(*program, *flag.FlagSet) func(context.Context, []string) error {
	return func(p *program, _ *flag.FlagSet) func(context.Context, []string) error {
		return func(ctx context.Context, args []string) error {
			if err := p.takes(args, least, most); err != nil {
				return err
			}
			d, err := p.stand()
			if err != nil {
				return err
			}
			err = do(ctx, p, d, args)
			return errors.Join(err, d.keep())
		}
	}
}

func listToday(ctx context.Context, p *program, d *door) error {
	doors, err := d.Today(ctx)
	p.doors(doors)
	return err
}

// doors prints a line for each: whether it is open, its id, how full it is, its title.
func (p *program) doors(all []client.Door) {
	for _, d := range all {
		state := "closed"
		if d.Open {
			state = "open"
		}
		p.say(state, strings.Join([]string{string(d.ID), string(d.Kind), fullness(d), d.Title.In("en")}, "  "))
	}
}

func fullness(d client.Door) string {
	switch {
	case d.Counts == nil:
		return fmt.Sprintf("admitted %d", d.Admitted)
	case d.Counts.Free == nil:
		return fmt.Sprintf("admitted %d, reserved %d", d.Counts.Admitted, d.Counts.Reserved)
	default:
		return fmt.Sprintf("admitted %d, reserved %d, free %d", d.Counts.Admitted, d.Counts.Reserved, *d.Counts.Free)
	}
}

func fetchBundle(ctx context.Context, p *program, d *door) error {
	if err := d.FetchBundle(ctx); err != nil {
		return err
	}
	b, err := d.OpenBundle()
	if err != nil {
		return err
	}
	p.say("bundle", fmt.Sprintf("%d bytes", len(d.Bundle)))
	p.say("places", len(b.Places))
	p.say("revoked", len(b.Revoked)/8)
	return nil
}

func scanCommand(p *program, flags *flag.FlagSet) func(context.Context, []string) error {
	party := partyFlags(flags)
	typed := flags.String("typed", "", "a paper number, a spoken code or a reservation code, instead of a code")
	offline := flags.Bool("offline", false, "judge with the bundle")
	return atDoor(1, 2, func(ctx context.Context, p *program, d *door, words []string) error {
		shown := client.Showing{
			ScanID: client.NewScanID(), Session: models.SessionID(words[0]), Typed: *typed, Party: told(flags, party), At: d.clock.Now(),
		}
		if *typed == "" {
			if err := p.readCode(words[1:], &shown); err != nil {
				return err
			}
		}
		if *offline {
			return p.judge(d, shown)
		}
		decision, err := d.Scan(ctx, shown)
		if errors.Is(err, client.ErrNoAnswer) && d.Bundle != "" && shown.Code != "" {
			fmt.Fprintln(p.err, "phone:", err)
			return p.judge(d, shown) // under the same id: the server decides no scan twice
		}
		if err != nil {
			return err
		}
		return p.decided(decision, false)
	})(p, flags)
}

// readCode takes what was given, or the first line of the input.
func (p *program) readCode(given []string, shown *client.Showing) error {
	if len(given) == 1 {
		shown.Code = given[0]
		return nil
	}
	lines := bufio.NewScanner(p.in)
	if !lines.Scan() {
		return errors.Join(errors.New("there is no code on the input"), lines.Err())
	}
	shown.Code = lines.Text()
	return nil
}

func (p *program) judge(d *door, shown client.Showing) error {
	decision, err := d.JudgeOffline(shown)
	if err != nil {
		return err
	}
	return p.decided(client.Decision{ScanID: shown.ScanID, Decision: decision}, true)
}

// decided prints a decision. It tells numbers of people, and never a person.
func (p *program) decided(d client.Decision, offline bool) error {
	switch {
	case d.Outcome == models.OutcomeAdmitted && offline:
		p.say("admitted", "to be confirmed")
	case d.Outcome == models.OutcomeRefused:
		p.say("refused", d.Reason)
	default:
		p.say(string(d.Outcome), fmt.Sprintf("1 + %d children, %d group, %d assistants", d.Party.Children, d.Party.Group, d.Party.Assistants))
	}
	for _, m := range d.Marks {
		p.say("mark", m)
	}
	if d.Reason == models.TooManyChildren {
		p.say("welcome", d.Welcome)
	}
	p.say("scan", d.ScanID)
	if d.Outcome == models.OutcomeRefused {
		return errRefused
	}
	return nil
}

func partyCommand(p *program, flags *flag.FlagSet) func(context.Context, []string) error {
	party := partyFlags(flags)
	return atDoor(1, 1, func(ctx context.Context, p *program, d *door, words []string) error {
		decision, err := d.ChangeParty(ctx, models.ScanID(words[0]), *party)
		if err != nil {
			return err
		}
		return p.decided(decision, false)
	})(p, flags)
}

func undoCommand(p *program, flags *flag.FlagSet) func(context.Context, []string) error {
	return atDoor(1, 1, func(ctx context.Context, p *program, d *door, words []string) error {
		decision, err := d.Undo(ctx, models.ScanID(words[0]))
		if err != nil {
			return err
		}
		return p.decided(decision, false)
	})(p, flags)
}

func upload(ctx context.Context, p *program, d *door) error {
	sent, err := d.Upload(ctx)
	for _, u := range sent {
		p.say(first(string(u.Result), u.Problem), u.ScanID)
	}
	p.say("uploaded", len(sent))
	return err
}
