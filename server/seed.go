package main

import (
	"context"
	"flag"
	"fmt"

	"kaikukortti/models"
	"kaikukortti/server/demo"
	"kaikukortti/store"
)

var seedCommand = command{
	name: "seed", says: "add the permanent networks and their organisations",
	about: "Adds the permanent networks with their municipalities, distributors, venues and institutes, as far as they are not there yet.\n" +
		"It can be run again. People are invited by the national unit (see `admin create`).",
	setUp: func(p *program, _ *flag.FlagSet) func(context.Context, []string) error {
		return func(ctx context.Context, args []string) error {
			if err := p.nothingMore(args); err != nil {
				return err
			}
			return p.withStore(ctx, func(c Config, s *store.Store) error { return p.seed(ctx, c, s) })
		}
	},
}

func (p *program) seed(ctx context.Context, c Config, s *store.Store) error {
	reference, err := demo.Read(models.DayOf(p.now()))
	if err != nil {
		return err
	}
	made, err := wire(s, c.MasterKey, p.now, p.random)
	if err != nil {
		return err
	}
	added, err := demo.Seed(ctx, made.domain.Directory, reference.Permanent())
	if err != nil {
		return err
	}
	fmt.Fprintf(p.out, "added: %d\n", added)
	return nil
}
