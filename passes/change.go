package passes

import (
	"context"
	"slices"

	"kaikukortti/models"
)

var errChanged = &models.Error{
	Kind: models.Conflict, Code: "pass_changed", Detail: "Somebody else has changed the pass meanwhile. Look at it again.",
}

// checkReason refuses a reason that is not on the closed list; needed says whether there must be one.
func checkReason(reason models.ReasonForChange, needed bool) error {
	if reason == "" && !needed || slices.Contains(models.ReasonsForChange(), reason) {
		return nil
	}
	return models.BadField("reason", "Name one of the closed list of reasons.")
}

// Renew gives a pass its next period: from its last day if it is renewed before that or in grace, later from today. last is the last
// day that the worker saw, so that a repeated request renews once.
func (d *Desk) Renew(ctx context.Context, by models.Actor, id models.PassID, last models.Day) (models.Pass, error) {
	p, err := d.store.PassOf(ctx, whose(by), id)
	if err != nil {
		return p, err
	}
	network, err := d.store.Network(ctx, p.Network)
	if err != nil {
		return p, err
	}
	today := models.DayOf(d.clock())
	rules := network.RulesOn(today)
	return d.store.ChangePass(ctx, whose(by), id, func(p *models.Pass) (models.Change, error) {
		if err := unended(by, p); err != nil {
			return models.Change{}, err
		}
		if p.Last != last {
			return renewedBefore(p, last, rules, today)
		}
		p.Last, p.RenewAsked = p.Renewal(rules, today), ""
		p.GraceDays, p.UnlinkDays, p.ChildAge = rules.GraceDays, rules.UnlinkDays, rules.ChildAge
		c := d.change(by, p, "pass_renewed", "")
		c.Notices = []models.Notice{d.notice(p, models.NoticeRenewed, string(p.Last), map[string]string{"last": string(p.Last)})}
		return c, nil
	})
}

// renewedBefore gives a repeated request the same answer again: the pass has the last day that renewing it made. A worker who saw
// something else is to look again.
func renewedBefore(p *models.Pass, last models.Day, rules models.Rules, today models.Day) (models.Change, error) {
	seen := *p
	seen.Last = last
	if last < p.First || seen.Renewal(rules, today) != p.Last {
		return models.Change{}, errChanged
	}
	return models.Change{Same: true}, nil
}

// AskToRenew puts the holder's wish on the distributor's list.
func (d *Desk) AskToRenew(ctx context.Context, by models.Actor) (models.Pass, error) {
	return d.store.ChangePass(ctx, "", by.Pass, func(p *models.Pass) (models.Change, error) {
		if err := mayChange(by, p); err != nil || p.RenewAsked != "" {
			return models.Change{Same: true}, err
		}
		c := d.change(by, p, "renewal_asked", "")
		p.RenewAsked = models.DayOf(c.At)
		return c, nil
	})
}

// Suspend takes a pass out of use for a time: online at once, offline from the next bundle.
func (d *Desk) Suspend(ctx context.Context, by models.Actor, id models.PassID, reason models.ReasonForChange) (models.Pass, error) {
	if err := checkReason(reason, true); err != nil {
		return models.Pass{}, err
	}
	return d.store.ChangePass(ctx, whose(by), id, func(p *models.Pass) (models.Change, error) {
		if err := unended(by, p); err != nil || p.State == models.Suspended {
			return models.Change{Same: true}, err
		}
		c := d.change(by, p, "pass_suspended", reason)
		p.Enter(models.Suspended, c.At)
		p.Spoken = nil
		return c, nil
	})
}

// Resume puts a suspended pass into use again, with the phone and paper that it had.
func (d *Desk) Resume(ctx context.Context, by models.Actor, id models.PassID, reason models.ReasonForChange) (models.Pass, error) {
	if err := checkReason(reason, false); err != nil {
		return models.Pass{}, err
	}
	return d.store.ChangePass(ctx, whose(by), id, func(p *models.Pass) (models.Change, error) {
		if err := unended(by, p); err != nil || p.State != models.Suspended {
			return models.Change{Same: true}, err
		}
		c := d.change(by, p, "pass_resumed", reason)
		p.Enter(p.Resumed(), c.At)
		return c, nil
	})
}

// Revoke ends a pass for ever.
func (d *Desk) Revoke(ctx context.Context, by models.Actor, id models.PassID, reason models.ReasonForChange) (models.Pass, error) {
	if err := checkReason(reason, true); err != nil {
		return models.Pass{}, err
	}
	return d.store.ChangePass(ctx, whose(by), id, func(p *models.Pass) (models.Change, error) {
		if p.State == models.Revoked {
			return models.Change{Same: true}, nil
		}
		c := d.change(by, p, "pass_revoked", reason)
		p.Revoke(c.At)
		return c, nil
	})
}

// StopPhone ends the phone that carries a pass at once: it is lost.
func (d *Desk) StopPhone(ctx context.Context, by models.Actor, id models.PassID) (models.Pass, error) {
	return d.store.ChangePass(ctx, whose(by), id, func(p *models.Pass) (models.Change, error) {
		c := d.change(by, p, "phone_stopped", models.LostPhone)
		c.Same = !p.StopPhone(c.At)
		return c, nil
	})
}

// UndoReplacement makes the phone live again that another took the place of within the last day.
func (d *Desk) UndoReplacement(ctx context.Context, by models.Actor, id models.PassID) (models.Pass, error) {
	return d.store.ChangePass(ctx, whose(by), id, func(p *models.Pass) (models.Change, error) {
		if err := unended(by, p); err != nil {
			return models.Change{}, err
		}
		c := d.change(by, p, "replacement_undone", "")
		if !p.UndoMove(c.At) {
			return c, &models.Error{Kind: models.Conflict, Code: "nothing_to_undo", Detail: "No phone was replaced within the last 24 hours."}
		}
		return c, nil
	})
}

// A Correction says what of a pass was wrong; what is nil stays. Online doors go by it at once, the credential follows at the next
// contact.
type Correction struct {
	Children     *int
	Language     *string
	PostalCode   *string // this or a municipality alone
	Municipality *string
	Reason       models.ReasonForChange
	Version      int64 // that the worker saw; 0 corrects whatever is there
}

// Correct corrects the facts of a pass.
func (d *Desk) Correct(ctx context.Context, by models.Actor, id models.PassID, c Correction) (models.Pass, error) {
	if err := c.check(); err != nil {
		return models.Pass{}, err
	}
	municipality, err := d.correctHome(ctx, by, c)
	if err != nil {
		return models.Pass{}, err
	}
	return d.store.ChangePass(ctx, whose(by), id, func(p *models.Pass) (models.Change, error) {
		if err := unended(by, p); err != nil {
			return models.Change{}, err
		}
		if c.Version != 0 && c.Version != p.Version {
			return models.Change{}, errChanged
		}
		if p.Community && c.Children != nil && *c.Children != 0 {
			return models.Change{}, models.BadField("children", "A community pass has no children of its own.")
		}
		c.apply(p, municipality)
		return d.change(by, p, "pass_corrected", c.Reason), nil
	})
}

func (c *Correction) check() error {
	if c.Children == nil && c.Language == nil && c.PostalCode == nil && c.Municipality == nil {
		return models.BadField("", "Name what is to be corrected.")
	}
	if c.Children != nil {
		if err := checkChildren(*c.Children); err != nil {
			return err
		}
	}
	if c.Language != nil {
		if err := checkLanguage(*c.Language); err != nil {
			return err
		}
	}
	return checkReason(c.Reason, false)
}

// correctHome finds the municipality of a correction; empty if it is not about where the holder lives.
func (d *Desk) correctHome(ctx context.Context, by models.Actor, c Correction) (string, error) {
	if c.PostalCode == nil && c.Municipality == nil {
		return "", nil
	}
	network, err := d.store.Network(ctx, by.Network)
	if err != nil {
		return "", err
	}
	return d.municipality(ctx, &network, value(c.PostalCode), value(c.Municipality))
}

func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func (c *Correction) apply(p *models.Pass, municipality string) {
	if c.Children != nil {
		p.Children = *c.Children
	}
	if c.Language != nil {
		p.Language = *c.Language
	}
	if municipality != "" {
		p.PostalCode, p.Municipality = value(c.PostalCode), municipality
	}
}

// ChangeLanguage is the holder's own correction.
func (d *Desk) ChangeLanguage(ctx context.Context, by models.Actor, language string) (models.Pass, error) {
	if err := checkLanguage(language); err != nil {
		return models.Pass{}, err
	}
	return d.store.ChangePass(ctx, "", by.Pass, func(p *models.Pass) (models.Change, error) {
		if err := mayChange(by, p); err != nil || p.Language == language {
			return models.Change{Same: true}, err
		}
		p.Language = language
		return d.change(by, p, "language_changed", ""), nil
	})
}
