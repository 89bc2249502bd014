package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"kaikukortti/models"
	"kaikukortti/tools/phone/client"
)

// workCommands are what people who work do.
func workCommands() []command {
	return []command{
		{
			name: "work sign-in", args: "EMAIL [--code CODE | --code-page URL] [--remember]", says: "sign in as somebody who works",
			about: "The password comes from PHONE_PASSWORD or is asked for. The authenticator's code is given, or read from the page of a demo,\n" +
				"or computed from its secret in PHONE_TOTP, or asked for.",
			setUp: signInCommand,
		},
		{
			name: "work accept", args: "TOKEN NAME", says: "use an invitation up, with the password in PHONE_PASSWORD",
			about: "It prints the secret of a new authenticator, for PHONE_TOTP.", setUp: acceptCommand,
		},
		{name: "work sign-out", says: "end the session", setUp: working(0, signOut)},
		{
			name: "work act", args: "ROLE [--organisation ID] [--network ID]", says: "go on in another of one's roles", setUp: actCommand,
		},
		{
			name: "work invite", args: "EMAIL ROLE [--organisation ID] [--network ID]", says: "make a one-time link to a role", setUp: inviteCommand,
		},
		{
			name: "work issue", args: "--birth-year YEAR (--postal-code CODE | --municipality CODE) [--children N]", says: "give a pass out",
			about: "There is no name, and no field for one.", setUp: issueCommand,
		},
		{name: "work activation-code", args: "PASS [--new-phone]", says: "get ten digits with which a phone takes the pass", setUp: activationCodeCommand},
		{name: "work bind", args: "PASS DIGITS [--replace]", says: "type the eight digits that the holder reads out", setUp: bindCommand},
		{
			name: "work pass", args: "PASS [ACTION] [--reason REASON] [--children N] [--language L]", says: "look at a pass, or change it",
			about: "The actions are renew, suspend, resume, revoke, lost-phone, undo-replacement, cancel-code, paper, recovery-code, correct and erase.",
			setUp: passCommand,
		},
		{name: "work passes", args: "[FILTER=VALUE …]", says: "list passes of the own distributor, such as number=… or asked=true", setUp: findCommand},
		{name: "work audit", args: "[PASS]", says: "list the newest rows of the audit log", setUp: auditCommand},
		{name: "work add-scanner", args: "LABEL [--until DAY]", says: "get a code that enrols a scanner", setUp: addScannerCommand},
		{name: "work remove-scanner", args: "SCANNER", says: "end a scanner", setUp: working(1, removeScanner)},
		{name: "work offer", args: "TITLE --municipality CODE [--kind KIND] [--sector SECTOR] [--reservable] [--times N]", says: "add an offer", setUp: offerCommand},
		{name: "work session", args: "OFFER [--seats N] [--in TIME] [--lasts TIME]", says: "add a session to an offer", setUp: sessionCommand},
		{name: "work doors", says: "list today's doors of the own venue", setUp: working(0, listDoors)},
		{name: "work conflicts", says: "list those who were welcomed offline and would have been refused", setUp: working(0, conflicts)},
		{name: "work seen", args: "CONFLICT", says: "mark a conflict as seen", setUp: working(1, seen)},
	}
}

// A computer is the phone's folder as the computer of somebody who works.
type computer struct {
	*opened
	*client.Person
}

func (c *computer) keep() error {
	return errors.Join(c.write(workFile, c.SignedIn), c.remember())
}

func (p *program) sit() (*computer, error) {
	o, err := p.open()
	if err != nil {
		return nil, err
	}
	var kept client.SignedIn
	_, err = o.read(workFile, &kept)
	return &computer{opened: o, Person: client.NewPerson(o.server, o.clock, kept)}, err
}

// A job is what a command does at a computer.
type job func(ctx context.Context, p *program, c *computer, words []string) error

// working sets up a command that takes a number of words.
func working(words int, do job) func(*program, *flag.FlagSet) func(context.Context, []string) error {
	return func(p *program, _ *flag.FlagSet) func(context.Context, []string) error {
		return p.working(words, words, do)
	}
}

func (p *program) working(least, most int, do job) func(context.Context, []string) error {
	return func(ctx context.Context, args []string) error {
		if err := p.takes(args, least, most); err != nil {
			return err
		}
		c, err := p.sit()
		if err != nil {
			return err
		}
		err = do(ctx, p, c, args)
		return errors.Join(err, c.keep())
	}
}

func signInCommand(p *program, flags *flag.FlagSet) func(context.Context, []string) error {
	code := flags.String("code", "", "what the authenticator shows, or a recovery code")
	page := flags.String("code-page", "", "address of a demo's page, which tells everybody's code")
	remember := flags.Bool("remember", false, "do not ask for the code on this computer for 30 days")
	return p.working(1, 1, func(ctx context.Context, p *program, c *computer, words []string) error {
		if err := p.readPage(ctx, *page, words[0], code); err != nil {
			return err
		}
		proof, err := p.proof(c, words[0], *code)
		if err != nil {
			return err
		}
		proof.Remember = *remember
		if err := c.SignIn(ctx, proof); err != nil {
			return err
		}
		p.say("signed in", "on this computer")
		return nil
	})
}

// readPage gets somebody's code of the moment from the page of a demo, if one was named.
func (p *program) readPage(ctx context.Context, page, email string, code *string) error {
	if page == "" {
		return nil
	}
	ask, err := http.NewRequestWithContext(ctx, http.MethodGet, page+"/code/"+url.PathEscape(email), nil)
	if err != nil {
		return fmt.Errorf("read the page of codes: %w", err)
	}
	answer, err := p.over.Do(ask)
	if err != nil {
		return fmt.Errorf("read the page of codes: %w", err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, 64))
	if err != nil || answer.StatusCode != http.StatusOK {
		return errors.Join(errors.New("the page of codes does not know this person"), err)
	}
	*code = strings.TrimSpace(string(text))
	return nil
}

// proof gathers what is shown at sign-in, from where it is given.
func (p *program) proof(c *computer, email, code string) (client.Proof, error) {
	asking := bufio.NewReader(p.in)
	password := p.env("PHONE_PASSWORD")
	var err error
	if password == "" {
		if password, err = p.prompt(asking, "Password (it is seen as you type): "); err != nil {
			return client.Proof{}, err
		}
	}
	if secret := p.env("PHONE_TOTP"); code == "" && secret != "" {
		if code, err = client.OneTimeCode(secret, c.clock.Now()); err != nil {
			return client.Proof{}, err
		}
	}
	if code == "" && len(c.Cookies) == 0 {
		if code, err = p.prompt(asking, "Code: "); err != nil {
			return client.Proof{}, err
		}
	}
	return client.Proof{Email: email, Password: password, Code: code}, nil
}

func (p *program) prompt(from *bufio.Reader, text string) (string, error) {
	fmt.Fprint(p.err, text)
	line, err := from.ReadString('\n')
	if err != nil {
		return "", fmt.Errorf("nothing was typed: %w", err)
	}
	return strings.TrimSpace(line), nil
}

func acceptCommand(p *program, _ *flag.FlagSet) func(context.Context, []string) error {
	return p.working(2, 2, func(ctx context.Context, p *program, c *computer, words []string) error {
		secret, err := c.Accept(ctx, words[0], words[1], p.env("PHONE_PASSWORD"))
		if err != nil {
			return err
		}
		p.say("totp", secret)
		return nil
	})
}

func signOut(ctx context.Context, p *program, c *computer, _ []string) error {
	if err := c.SignOut(ctx); err != nil {
		return err
	}
	p.say("signed out", "on this computer")
	return nil
}

// placeFlags name where a role is held.
func placeFlags(flags *flag.FlagSet) *client.Role {
	role := new(client.Role)
	flags.StringVar(&role.Organisation, "organisation", "", "of a worker or manager")
	flags.StringVar(&role.Network, "network", "", "of a coordinator")
	return role
}

func actCommand(p *program, flags *flag.FlagSet) func(context.Context, []string) error {
	role := placeFlags(flags)
	return p.working(1, 1, func(ctx context.Context, p *program, c *computer, words []string) error {
		role.Role = words[0]
		if err := c.Act(ctx, *role); err != nil {
			return err
		}
		p.say("acting as", role.Role)
		return nil
	})
}

func inviteCommand(p *program, flags *flag.FlagSet) func(context.Context, []string) error {
	role := placeFlags(flags)
	return p.working(2, 2, func(ctx context.Context, p *program, c *computer, words []string) error {
		role.Role = words[1]
		made, err := c.Invite(ctx, *role, words[0])
		for _, i := range made {
			p.say("token", i.Token)
		}
		return err
	})
}

func issueCommand(p *program, flags *flag.FlagSet) func(context.Context, []string) error {
	n := client.NewPass{TermsVersion: "1"}
	flags.BoolVar(&n.Community, "community", false, "a pass of the distributor itself")
	flags.IntVar(&n.BirthYear, "birth-year", 0, "of the holder")
	flags.StringVar(&n.PostalCode, "postal-code", "", "where the holder lives")
	flags.StringVar(&n.Municipality, "municipality", "", "its code, for who has no fixed address")
	flags.IntVar(&n.Children, "children", 0, "under 18 who may come along")
	flags.StringVar(&n.Language, "language", "fi", "fi, sv or en")
	return p.working(0, 0, func(ctx context.Context, p *program, c *computer, _ []string) error {
		n.TermsDay = models.DayOf(c.clock.Now())
		issued, err := c.Issue(ctx, n, client.NewRequestKey())
		if err != nil {
			return err
		}
		p.pass(issued)
		return nil
	})
}

// pass prints what a worker sees of a pass.
func (p *program) pass(v client.Pass) {
	p.say("pass", v.ID)
	p.say("number", v.Number)
	p.say("state", v.State)
	p.say("valid", string(v.First)+" to "+string(v.Last))
	for _, carrier := range []struct {
		name  string
		there bool
	}{{"phone", v.Phone != nil}, {"paper", v.Paper != nil}} {
		if carrier.there {
			p.say("carried by", carrier.name)
		}
	}
	if v.RenewAsked != "" {
		p.say("renew asked", v.RenewAsked)
	}
}

// handed prints what the holder is given.
func (p *program) handed(h client.Handed) {
	for _, line := range []struct{ what, text string }{
		{"code", h.Code}, {"paper", h.Number.String()}, {"recovery", h.Recovery.String()},
	} {
		if line.text != "" {
			p.say(line.what, line.text)
		}
	}
}

func activationCodeCommand(p *program, flags *flag.FlagSet) func(context.Context, []string) error {
	newPhone := flags.Bool("new-phone", false, "it may take the place of the phone that carries the pass")
	return p.working(1, 1, func(ctx context.Context, p *program, c *computer, words []string) error {
		action := "activation-code"
		if *newPhone {
			action = "new-phone"
		}
		h, err := c.Change(ctx, models.PassID(words[0]), action, nil)
		if err != nil {
			return err
		}
		p.say("code", models.Digits(h.Code))
		return nil
	})
}

func bindCommand(p *program, flags *flag.FlagSet) func(context.Context, []string) error {
	replace := flags.Bool("replace", false, "two facts were checked aloud: the phone that carries the pass ends")
	return p.working(2, 1+groups, func(ctx context.Context, p *program, c *computer, words []string) error {
		body := map[string]any{"digits": strings.Join(words[1:], ""), "replace": *replace}
		h, err := c.Change(ctx, models.PassID(words[0]), "bind", body)
		if err != nil {
			return err
		}
		p.pass(h.Pass)
		return nil
	})
}

func passCommand(p *program, flags *flag.FlagSet) func(context.Context, []string) error {
	flags.String("reason", "", "lost_phone, new_phone, asked_by_holder, moved_away, misuse, mistake or other")
	flags.Int("children", 0, "to correct")
	flags.String("language", "", "to correct")
	flags.String("postal-code", "", "to correct")
	return p.working(1, 2, func(ctx context.Context, p *program, c *computer, words []string) error {
		id := models.PassID(words[0])
		if len(words) == 1 {
			found, err := c.Pass(ctx, id)
			if err == nil {
				p.pass(found)
			}
			return err
		}
		return p.change(ctx, c, id, words[1], bodyOf(flags))
	})
}

// bodyOf are the flags that were given and belong to the change of a pass.
func bodyOf(flags *flag.FlagSet) map[string]any {
	body := map[string]any{}
	flags.Visit(func(f *flag.Flag) {
		if f.Name != "server" && f.Name != "folder" {
			if value, ok := f.Value.(flag.Getter); ok {
				body[strings.ReplaceAll(f.Name, "-", "_")] = value.Get()
			}
		}
	})
	return body
}

func (p *program) change(ctx context.Context, c *computer, id models.PassID, action string, body map[string]any) error {
	if action == "renew" { // from the last day that the worker sees, so that a repeated request renews once
		seen, err := c.Pass(ctx, id)
		if err != nil {
			return err
		}
		body["last"] = seen.Last
	}
	h, err := c.Change(ctx, id, action, body)
	if err != nil {
		return err
	}
	if h.Pass.ID == "" {
		p.say("done", action)
		return nil
	}
	p.handed(h)
	p.pass(h.Pass)
	return nil
}

func findCommand(p *program, _ *flag.FlagSet) func(context.Context, []string) error {
	return p.working(0, 20, func(ctx context.Context, p *program, c *computer, words []string) error {
		filters, err := url.ParseQuery(strings.Join(words, "&"))
		if err != nil {
			return fmt.Errorf("read the filters: %w", err)
		}
		found, err := c.Passes(ctx, filters)
		for _, v := range found {
			p.say(string(v.State), strings.Join([]string{string(v.ID), v.Number.String(), "to " + string(v.Last)}, "  "))
		}
		return err
	})
}

func auditCommand(p *program, _ *flag.FlagSet) func(context.Context, []string) error {
	return p.working(0, 1, func(ctx context.Context, p *program, c *computer, words []string) error {
		rows, err := c.AuditLog(ctx, models.PassID(strings.Join(words, "")))
		for _, r := range rows {
			p.say(r.Action, r.At.In(models.Helsinki).Format("2006-01-02 15:04:05"))
		}
		return err
	})
}

func addScannerCommand(p *program, flags *flag.FlagSet) func(context.Context, []string) error {
	until := flags.String("until", "", "its last day (a month from now)")
	return p.working(1, 1, func(ctx context.Context, p *program, c *computer, words []string) error {
		end := models.Day(*until)
		if end == "" {
			end = models.DayOf(c.clock.Now()).AddMonths(1)
		}
		id, code, err := c.AddScanner(ctx, words[0], end)
		if err != nil {
			return err
		}
		p.say("scanner", id)
		p.say("code", code)
		return nil
	})
}

func removeScanner(ctx context.Context, p *program, c *computer, words []string) error {
	if err := c.RemoveScanner(ctx, models.ScannerID(words[0])); err != nil {
		return err
	}
	p.say("removed", words[0])
	return nil
}

func offerCommand(p *program, flags *flag.FlagSet) func(context.Context, []string) error {
	kind := flags.String("kind", "event", "event, course or standing")
	sector := flags.String("sector", "culture", "culture, education, science or sport")
	municipality := flags.String("municipality", "", "code of where it is")
	reservable := flags.Bool("reservable", false, "seats can be reserved")
	times := flags.Int("times", 0, "uses a month, of a standing offer (one a day)")
	return p.working(1, 1, func(ctx context.Context, p *program, c *computer, words []string) error {
		o := client.NewOffer{
			Title: models.Text{"en": words[0]}, Kind: models.OfferKind(*kind), Sector: models.Sector(*sector), Municipality: *municipality,
			WalkIns: true, Reservable: *reservable,
		}
		if *times > 0 {
			o.Limit = &models.Limit{Times: *times, Per: models.PerMonth}
		}
		id, err := c.CreateOffer(ctx, o)
		if err != nil {
			return err
		}
		p.say("offer", id)
		return nil
	})
}

func sessionCommand(p *program, flags *flag.FlagSet) func(context.Context, []string) error {
	seats := flags.Int("seats", 0, "for holders (no limit)")
	in := flags.Duration("in", time.Hour, "when it starts, from now; a door opens three hours before")
	lasts := flags.Duration("lasts", 2*time.Hour, "how long it takes")
	return p.working(1, 1, func(ctx context.Context, p *program, c *computer, words []string) error {
		start := c.clock.Now().Add(*in).UTC().Truncate(time.Second)
		id, err := c.CreateSession(ctx, models.OfferID(words[0]), client.NewSession{Start: start, End: start.Add(*lasts), Seats: *seats})
		if err != nil {
			return err
		}
		p.say("session", id)
		return nil
	})
}

func listDoors(ctx context.Context, p *program, c *computer, _ []string) error {
	all, err := c.Doors(ctx)
	p.doors(all)
	return err
}

func conflicts(ctx context.Context, p *program, c *computer, _ []string) error {
	all, err := c.Conflicts(ctx)
	for _, row := range all {
		state := "new"
		if row.SeenAt != nil {
			state = "seen"
		}
		p.say(state, strings.Join([]string{string(row.ID), clockTime(row.At), string(row.Reason)}, "  "))
	}
	return err
}

func seen(ctx context.Context, p *program, c *computer, words []string) error {
	if err := c.SeeConflict(ctx, models.ClaimID(words[0])); err != nil {
		return err
	}
	p.say("seen", words[0])
	return nil
}
