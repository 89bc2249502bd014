package main

import (
	"context"
	"flag"
	"fmt"
	"text/tabwriter"
	"time"

	"kaikukortti/models"
	"kaikukortti/passes"
	"kaikukortti/store"
)

var keysCommand = command{
	name: "keys", args: "list | rotate [--use issuer|bundle|access] [--compromised]", says: "list or change the keys that the server signs with",
	about: "A new issuer key is published 8 days before it signs, so that no door is surprised; the one before stays valid until the last that\n" +
		"it signed has ended. With --compromised the old key signs and verifies nothing from now on, and the papers that it had signed\n" +
		"are listed, to be printed anew; phones get new credentials by themselves, at the next contact.",
	setUp: func(p *program, flags *flag.FlagSet) func(context.Context, []string) error {
		use := flags.String("use", string(models.IssuerKey), "what the keys sign: issuer (credentials), bundle (offline lists) or access (tokens)")
		compromised := flags.Bool("compromised", false, "somebody else may have the key")
		return func(ctx context.Context, args []string) error {
			if len(args) == 0 {
				fmt.Fprintln(p.err, "Say list or rotate.")
				return errUsage
			}
			verb := args[0]
			if err := p.flagsAfter(flags, args[1:]); err != nil {
				return err
			}
			return p.withStore(ctx, func(c Config, s *store.Store) error {
				made, err := wire(s, c.MasterKey, p.now, p.random)
				if err != nil {
					return err
				}
				switch verb {
				case "list":
					return p.listKeys(ctx, s)
				case "rotate":
					return p.rotateKeys(ctx, made.domain.Keyring, models.KeyUse(*use), *compromised)
				}
				fmt.Fprintln(p.err, "Say list or rotate.")
				return errUsage
			})
		}
	},
}

func (p *program) listKeys(ctx context.Context, s *store.Store) error {
	all, err := s.SigningKeys(ctx)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "kid\tuse\tnetwork\tsigns from\tuntil\tstate")
	for i := range all {
		k := &all[i]
		network := string(k.Network)
		if network == "" {
			network = "all"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", k.KID, k.Use, network, moment(k.From), moment(k.Until), p.stateOf(k))
	}
	return w.Flush()
}

func moment(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.Format(time.RFC3339)
}

func (p *program) stateOf(k *models.SigningKey) string {
	switch {
	case k.Compromised:
		return "compromised"
	case !k.Published():
		return "withdrawn"
	case k.Signs(p.now()):
		return "signs"
	case k.From.IsZero() || k.From.After(p.now()):
		return "waits"
	default:
		return "verifies"
	}
}

func (p *program) rotateKeys(ctx context.Context, ring *passes.Keyring, use models.KeyUse, compromised bool) error {
	switch use {
	case models.IssuerKey, models.BundleKey, models.AccessKey:
	default:
		fmt.Fprintf(p.err, "There are no keys for %q: say issuer, bundle or access.\n", use)
		return errUsage
	}
	if err := ring.EnsureKeys(ctx); err != nil {
		return err
	}
	done, err := ring.Rotate(ctx, use, compromised, models.Actor{})
	if err != nil {
		return err
	}
	for i := range done.New {
		fmt.Fprintf(p.out, "new: %s, signs from %s\n", done.New[i].KID, moment(done.New[i].From))
	}
	for _, kid := range done.Withdrawn {
		fmt.Fprintf(p.out, "withdrawn: %s\n", kid)
	}
	for _, paper := range done.Papers {
		fmt.Fprintf(p.out, "print anew: pass %s of distributor %s\n", paper.Number, paper.Distributor)
	}
	return nil
}
