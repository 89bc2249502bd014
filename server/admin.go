package main

import (
	"context"
	"flag"
	"fmt"
	"time"

	"kaikukortti/store"
)

var adminCommand = command{
	name: "admin", args: "create --email ADDRESS", says: "invite the first person of the national unit",
	about: "Prints a one-time link with which that person chooses a password and a second factor, and then invites everybody else. It is\n" +
		"also the way back when nobody of the national unit can sign in any more. Whoever has the link has the account: hand it over\n" +
		"as carefully as a key.",
	setUp: func(p *program, flags *flag.FlagSet) func(context.Context, []string) error {
		email := flags.String("email", "", "of the person")
		return func(ctx context.Context, args []string) error {
			if len(args) == 0 || args[0] != "create" {
				fmt.Fprintln(p.err, "What admin can do is create.")
				return errUsage
			}
			if err := p.flagsAfter(flags, args[1:]); err != nil {
				return err
			}
			return p.withStore(ctx, func(c Config, s *store.Store) error { return p.createAdmin(ctx, c, s, *email) })
		}
	},
}

func (p *program) createAdmin(ctx context.Context, c Config, s *store.Store, email string) error {
	made, err := wire(s, c.MasterKey, p.now, p.random, p.people...)
	if err != nil {
		return err
	}
	invited, err := made.domain.Registry.CreateFirst(ctx, email)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.out, "%s/invitation#%s\nIt works once, until %s.\n", c.PublicURLs[0], string(invited.Token),
		invited.Invitation.Expires.Format(time.RFC3339))
	return err
}
