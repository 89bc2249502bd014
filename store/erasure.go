package store

import (
	"context"
	"time"

	"kaikukortti/models"
)

// tombstones are what stays of erased passes.
var tombstones = keep("tombstones", func(t *models.Tombstone) string { return t.ID },
	Index{Name: "exp", Keys: []string{"exp"}},
	Index{Name: "network_month", Keys: []string{"network", "issued_month"}},
)

var erasures = keep("erasures", func(e *models.Erasure) models.PassID { return e.Pass },
	Index{Name: "open", Keys: []string{"open", "at"}, Where: []Condition{IsTrue("open")}},
	Index{Name: "at", Keys: []string{"at"}},
)

// ErasePass deletes a distributor's pass (any, if none is named) with its phones, codes and credentials, in one transaction. What
// stays are a tombstone, so that its codes stay refused, and the intent to forget the rest. tombstone is its random id.
func (s *Store) ErasePass(ctx context.Context, distributor models.OrganisationID, id models.PassID, tombstone string, change func(*models.Pass) (models.Change, error)) (models.Erasure, error) {
	var e models.Erasure
	err := s.update(ctx, func(w Writer) error {
		p, err := passes.first(w, of(distributor, id)...)
		if err != nil {
			return noSuchPass(err)
		}
		c, err := change(&p)
		if err != nil {
			return err
		}
		if e, err = erase(w, &p, tombstone, c.At); err != nil {
			return err
		}
		return record(w, c.Audit...)
	})
	return e, err
}

// erase deletes a pass with all that speaks for it, and writes the intent to forget the rest.
func erase(w Writer, p *models.Pass, tombstone string, at time.Time) (models.Erasure, error) {
	e := models.Erasure{Pass: p.ID, At: at, Open: true}
	if err := bury(w, p, tombstone, at); err != nil {
		return e, err
	}
	if err := eraseRequests(w, p.ID); err != nil {
		return e, err
	}
	if err := passes.delete(w, string(p.ID)); err != nil {
		return e, err
	}
	return e, erasures.insert(w, &e)
}

// bury deletes the credentials of a pass and keeps the ctis of those that have not ended.
func bury(w Writer, p *models.Pass, id string, at time.Time) error {
	mine, err := credentials.find(w, Query{Where: []Condition{Equal("pass", p.ID)}})
	if err != nil {
		return err
	}
	t := models.Tombstone{
		ID: id, Exp: at, Municipality: p.Municipality, Network: p.Network, IssuedMonth: p.IssuedMonth, Used: len(p.Phones)+len(p.Papers) > 0,
	}
	for i := range mine {
		c := &mine[i]
		if c.Exp.After(at) {
			t.CTIs = append(t.CTIs, models.BuriedCTI{CTI: c.CTI, Exp: c.Exp})
		}
		if c.Exp.After(t.Exp) {
			t.Exp = c.Exp
		}
		if err := credentials.delete(w, string(c.CTI)); err != nil {
			return err
		}
	}
	return tombstones.insert(w, &t)
}

// OpenErasures lists the erasures that have not come to their end, the oldest first.
func (s *Store) OpenErasures(ctx context.Context) ([]models.Erasure, error) {
	return list(ctx, s, erasures, Query{Where: []Condition{IsTrue("open")}, Order: []string{"at"}})
}

// SweepErased forgets what an erased pass left: its coming reservations are cancelled, its visits unlinked, its inbox and outbox
// emptied, and where its phone is nudged. It can be repeated at every point. Scrub is due after it.
func (s *Store) SweepErased(ctx context.Context, pass models.PassID, today models.Day) error {
	if err := s.forgetClaims(ctx, pass, today); err != nil {
		return err
	}
	if err := eraseInbox(ctx, s, pushes, pass); err != nil {
		return err
	}
	if err := eraseInbox(ctx, s, pushAddresses, pass); err != nil {
		return err
	}
	return eraseInbox(ctx, s, notices, pass)
}

// Scrub removes from the files what deleting left there, as far as the engine can. It reads the whole store: once for many erasures
// is enough.
func (s *Store) Scrub(ctx context.Context) error { return available(s.engine.Scrub(ctx)) }

// forgetClaims makes the claims of a pass nobody's, each in a step of its own.
func (s *Store) forgetClaims(ctx context.Context, pass models.PassID, today models.Day) error {
	mine, err := list(ctx, s, claims, Query{Where: []Condition{Equal("pass", pass)}})
	if err != nil {
		return err
	}
	for i := range mine {
		_, err := s.changeClaim(ctx, mine[i].ID, func(c *models.Claim) (bool, error) {
			is := c.Pass == pass
			c.Forget(today)
			return is, nil
		})
		if err != nil && !isNotFound(err) {
			return err
		}
	}
	return nil
}

// eraseInbox deletes what a collection keeps for a pass, a batch at a time.
func eraseInbox[D any, P document[D]](ctx context.Context, s *Store, k kept[D, P], pass models.PassID) error {
	for left := models.Batch; left == models.Batch; {
		err := s.update(ctx, func(w Writer) error {
			some, err := k.find(w, Query{Where: []Condition{Equal("pass", pass)}, Limit: models.Batch})
			left = len(some)
			for i := range some {
				if err := k.delete(w, k.id(&some[i])); err != nil {
					return err
				}
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// EndErasure says that nothing of a pass can come in any more.
func (s *Store) EndErasure(ctx context.Context, pass models.PassID) error {
	return s.update(ctx, func(w Writer) error {
		e, err := erasures.get(w, string(pass))
		if isNotFound(err) || err == nil && !e.Open {
			return nil
		}
		if err != nil {
			return err
		}
		e.Open = false
		return erasures.replace(w, &e)
	})
}
