package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"kaikukortti/models"
)

// forgetBatch is how many documents are forgotten in one transaction, so that scans never wait long behind it.
const forgetBatch = 200

// A row is one line of the table of what is forgotten when.
type row struct {
	what   string
	forget func(ctx context.Context, at time.Time) (int, error)
}

// Forget forgets all that has outlived its time at an instant, and says how much that was. It can be repeated and broken off at
// every point, and run on two servers at once. A row that fails keeps none of the others from being forgotten.
func (s *Store) Forget(ctx context.Context, at time.Time) (models.Forgotten, error) {
	at = at.UTC().Truncate(time.Second)
	forgotten := models.Forgotten{}
	var failed []error
	for _, r := range s.rows() {
		n, err := r.forget(ctx, at)
		forgotten[r.what] = n
		if err != nil {
			failed = append(failed, fmt.Errorf("forget %s: %w", r.what, err))
		}
	}
	if err := s.engine.Scrub(ctx); err != nil {
		failed = append(failed, fmt.Errorf("scrub the store: %w", err))
	}
	return forgotten, errors.Join(failed...)
}

// rows is the table. What was reserved is missed before it can be unlinked, and passes are forgotten before what they leave is.
func (s *Store) rows() []row {
	return []row{
		{"missed_reservations", s.markAllMissed},
		{"enrolment_codes", s.forgetEnrolmentCodes},
		{"activation_codes", s.forgetActivations},
		{"activation_requests", s.dropping(forgetter(requests, models.AnswerLife, "expires"))},
		{"recovery_answers", s.forgetRecoveries},
		{"spoken_codes", s.forgetSpoken},
		{"idempotency_keys", s.forgetKeys},
		{"proofs", s.dropping(forgetter(jtis, 0, "until"))},
		{"tallies", s.forgetTallies},
		{"refused_scans", s.dropping(forgetter(claims, models.RefusedKept, "at", Equal("state", models.Refused)))},
		{"ended_passes", s.forgetEndedPasses},
		{"links", s.unlink},
		{"uses", s.forgetUses},
		{"moved_uses", s.forgetMovedUses},
		{"period_secrets", s.destroySecrets},
		{"credentials", s.dropping(forgetter(credentials, models.CredentialKept, "exp"))},
		{"tombstones", s.stripTombstones},
		{"erasures", s.dropping(forgetter(erasures, models.BackupsKept, "at", Absent("open")))},
		{"notices", s.dropping(forgetter(notices, models.NoticesKept, "at"))},
		{"pushes", s.dropping(forgetter(pushes, models.PushesKept, "ended_at"))},
		{"sign_ins", s.forgetSignIns},
		{"audit", s.forgetAudit},
	}
}

// some forgets at most forgetBatch documents within a transaction, and says how many there were.
type some func(w Writer, at time.Time) (int, error)

// forgetter deletes documents whose time in a field is past by kept.
func forgetter[D any, P document[D]](k kept[D, P], kept time.Duration, field string, where ...Condition) some {
	return func(w Writer, at time.Time) (int, error) {
		return dropSome(w, k, append(where, Below(field, at.Add(-kept+time.Second)))...)
	}
}

func dropSome[D any, P document[D]](w Writer, k kept[D, P], where ...Condition) (int, error) {
	old, err := k.find(w, Query{Where: where, Limit: forgetBatch})
	if err != nil {
		return 0, err
	}
	for i := range old {
		if err := k.delete(w, k.id(&old[i])); err != nil {
			return 0, err
		}
	}
	return len(old), nil
}

// stripSome takes from documents what is to be forgotten, and keeps the rest.
func stripSome[D any, P document[D]](w Writer, k kept[D, P], strip func(P), where ...Condition) (int, error) {
	old, err := k.find(w, Query{Where: where, Limit: forgetBatch})
	if err != nil {
		return 0, err
	}
	for i := range old {
		strip(&old[i])
		if err := k.replace(w, &old[i]); err != nil {
			return 0, err
		}
	}
	return len(old), nil
}

func (s *Store) dropping(batch some) func(context.Context, time.Time) (int, error) {
	return func(ctx context.Context, at time.Time) (int, error) { return s.all(ctx, at, batch) }
}

// all runs batches, each in a transaction of its own, until one finds nothing more. What one of them changes it must not find again.
func (s *Store) all(ctx context.Context, at time.Time, batch some) (int, error) {
	total := 0
	for {
		var n int
		err := s.anew(ctx, func(w Writer) error {
			var err error
			n, err = batch(w, at)
			return err
		})
		if err != nil {
			return total, err
		}
		total += n
		if n < forgetBatch {
			return total, nil
		}
	}
}

// anew runs a change, and runs it again when somebody else was faster at the same: reading again shows what is left to do.
func (s *Store) anew(ctx context.Context, change func(Writer) error) error {
	for range enough {
		err := s.update(ctx, change)
		if d := new(Duplicate); !errors.As(err, &d) && !errors.Is(err, ErrChanged) {
			return err
		}
	}
	return errCrowded
}

// repeated asks a verb that does at most forgetBatch at a time until there is no more.
func repeated(verb func() (int, error)) (int, error) {
	total := 0
	for {
		n, err := verb()
		total += n
		if err != nil || n == 0 {
			return total, err
		}
	}
}

func (s *Store) markAllMissed(ctx context.Context, at time.Time) (int, error) {
	return repeated(func() (int, error) { return s.MarkMissed(ctx, models.DayOf(at), forgetBatch) })
}

func (s *Store) forgetEnrolmentCodes(ctx context.Context, at time.Time) (int, error) {
	return repeated(func() (int, error) { return s.ForgetEnrolmentCodes(ctx, at, forgetBatch) })
}

func (s *Store) forgetSignIns(ctx context.Context, at time.Time) (int, error) {
	return repeated(func() (int, error) { return s.ForgetSignIns(ctx, at, forgetBatch) })
}

// forgetActivations takes the codes that workers gave out from passes. One that was used expires before its answer does, so only
// those that have expired are looked at.
func (s *Store) forgetActivations(ctx context.Context, at time.Time) (int, error) {
	strip := func(p *models.Pass) { p.Activation = nil }
	before := at.Add(-models.AnswerLife + time.Second)
	used, err := s.all(ctx, at, func(w Writer, at time.Time) (int, error) {
		return stripSome(w, passes, strip, Exists("activation.expires"), Below("activation.expires", at), Below("activation.used_at", before))
	})
	if err != nil {
		return used, err
	}
	unused, err := s.all(ctx, at, func(w Writer, _ time.Time) (int, error) {
		return stripSome(w, passes, strip, Exists("activation.expires"), Below("activation.expires", before))
	})
	return used + unused, err
}

// forgetRecoveries takes from passes which recovery code was used last. The one that is in force stays.
func (s *Store) forgetRecoveries(ctx context.Context, at time.Time) (int, error) {
	strip := func(p *models.Pass) {
		p.Recovery.UsedBy, p.Recovery.UsedHash, p.Recovery.UsedAt = "", "", time.Time{}
	}
	return s.all(ctx, at, func(w Writer, at time.Time) (int, error) {
		return stripSome(w, passes, strip, Exists("recovery.used_at"), Below("recovery.used_at", at.Add(-models.AnswerLife+time.Second)))
	})
}

func (s *Store) forgetSpoken(ctx context.Context, at time.Time) (int, error) {
	ended := at.Add(-models.SpokenCodeLife - models.AnswerLife + time.Second)
	return s.all(ctx, at, func(w Writer, _ time.Time) (int, error) {
		return stripSome(w, passes, func(p *models.Pass) { p.Spoken = nil }, Exists("spoken.at"), Below("spoken.at", ended))
	})
}

// forgetKeys drops idempotency keys a day after the request that they belong to. Invitations have theirs dropped with the sign-ins.
func (s *Store) forgetKeys(ctx context.Context, at time.Time) (int, error) {
	total := 0
	for _, batch := range []some{
		keyForgetter(claims, "at", func(c *models.Claim) { c.Idempotency = nil }),
		keyForgetter(passes, "issued_at", func(p *models.Pass) { p.Idempotency = nil }),
		keyForgetter(networks, "idempotency.at", func(n *models.Network) { n.Idempotency = nil }),
		keyForgetter(organisations, "idempotency.at", func(o *models.Organisation) { o.Idempotency = nil }),
		keyForgetter(scanners, "idempotency.at", func(c *models.Scanner) { c.Idempotency = nil }),
		keyForgetter(offers, "idempotency.at", func(o *models.Offer) { o.Idempotency = nil }),
		keyForgetter(sessions, "idempotency.at", func(s *models.Session) { s.Idempotency = nil }),
	} {
		n, err := s.all(ctx, at, batch)
		total += n
		if err != nil {
			return total, err
		}
	}
	return total, nil
}

// keyForgetter finds documents that still have their key by the partial index over it; field is the time of the request.
func keyForgetter[D any, P document[D]](k kept[D, P], field string, strip func(P)) some {
	return func(w Writer, at time.Time) (int, error) {
		return stripSome(w, k, strip, Exists("idempotency.key"), Below(field, at.Add(-models.KeysKept+time.Second)))
	}
}

// unlink removes the link from visits, reservations and conflicts to their passes. A use of a limit is written down elsewhere first,
// and then taken from the claim, so that readers, who look at claims first, never miss it.
func (s *Store) unlink(ctx context.Context, at time.Time) (int, error) {
	tomorrow := models.DayOf(at).Add(1)
	return s.all(ctx, at, func(w Writer, _ time.Time) (int, error) {
		due, err := claims.find(w, Query{Where: []Condition{Exists("unlink_day"), Below("unlink_day", tomorrow)}, Limit: forgetBatch})
		if err != nil {
			return 0, err
		}
		for i := range due {
			if err := moveUse(w, due[i].Unlink()); err != nil {
				return 0, err
			}
			if err := claims.replace(w, &due[i]); err != nil {
				return 0, err
			}
		}
		return len(due), nil
	})
}

func moveUse(w Writer, u *models.Use) error {
	if u == nil {
		return nil
	}
	moved := use{ID: fmt.Sprintf("%s/%d", u.Key, u.No), Key: u.Key, No: u.No, Destroy: u.Destroy}
	_, err := uses.get(w, moved.ID)
	if !isNotFound(err) {
		return err
	}
	return uses.insert(w, &moved)
}

// forgetUses takes the uses of limits from claims once their periods are over and no upload can come late.
func (s *Store) forgetUses(ctx context.Context, at time.Time) (int, error) {
	tomorrow := models.DayOf(at).Add(1)
	return s.all(ctx, at, func(w Writer, _ time.Time) (int, error) {
		return stripSome(w, claims, func(c *models.Claim) { c.Use = nil }, Exists("use.destroy"), Below("use.destroy", tomorrow))
	})
}

func (s *Store) forgetMovedUses(ctx context.Context, at time.Time) (int, error) {
	tomorrow := models.DayOf(at).Add(1)
	return s.all(ctx, at, func(w Writer, _ time.Time) (int, error) {
		return dropSome(w, uses, Below("destroy", tomorrow))
	})
}

// destroySecrets deletes the secrets of periods: from then on nobody can compute a venue's pseudonyms, or the keys of uses.
func (s *Store) destroySecrets(ctx context.Context, at time.Time) (int, error) {
	tomorrow := models.DayOf(at).Add(1)
	return s.all(ctx, at, func(w Writer, _ time.Time) (int, error) {
		return dropSome(w, secrets, Below("destroy", tomorrow))
	})
}

// stripTombstones leaves of an erased pass only what "passes issued" counts, once none of its codes could still be shown.
func (s *Store) stripTombstones(ctx context.Context, at time.Time) (int, error) {
	strip := func(t *models.Tombstone) { t.CTIs, t.Exp = nil, time.Time{} }
	return s.all(ctx, at, func(w Writer, at time.Time) (int, error) {
		return stripSome(w, tombstones, strip, Below("exp", at.Add(time.Second)))
	})
}

// forgetTallies forgets what was counted over a day ago; a tally's id begins with when it was.
func (s *Store) forgetTallies(ctx context.Context, at time.Time) (int, error) {
	before := at.Add(-models.TalliesKept).Format("2006-01-02T15:04")
	return s.all(ctx, at, func(w Writer, _ time.Time) (int, error) {
		return dropSome(w, tallies, AtLeast("_id", ""), Below("_id", before))
	})
}

func (s *Store) forgetAudit(ctx context.Context, at time.Time) (int, error) {
	before := at.AddDate(-models.AuditYears, 0, 0).Add(time.Second)
	return s.all(ctx, at, func(w Writer, _ time.Time) (int, error) { return dropSome(w, audits, Below("at", before)) })
}

// forgetEndedPasses forgets passes long after their end: those that were revoked, those past their last day and grace, and those of
// pilots that are over.
func (s *Store) forgetEndedPasses(ctx context.Context, at time.Time) (int, error) {
	before := at.Add(-models.EndedPassesKept + time.Second)
	total, err := s.forgetPasses(ctx, at, Exists("ended_at"), Below("ended_at", before))
	if err != nil {
		return total, err
	}
	n, err := s.forgetExpired(ctx, at)
	total += n
	if err != nil {
		return total, err
	}
	all, err := s.Networks(ctx)
	for i := range all {
		if end := all[i].EndsAt(); !end.IsZero() && end.Before(before) {
			n, err := s.forgetPasses(ctx, at, Equal("network", all[i].ID))
			total += n
			if err != nil {
				return total, err
			}
		}
	}
	return total, err
}

// forgetExpired goes from one last day to the next, since a pass may be in a grace that no query knows.
func (s *Store) forgetExpired(ctx context.Context, at time.Time) (int, error) {
	total := 0
	before := models.DayOf(at.Add(-models.EndedPassesKept))
	for from := models.Day(""); ; {
		first, err := list(ctx, s, passes, Query{Where: []Condition{AtLeast("last", from), Below("last", before)}, Order: []string{"last"}, Limit: 1})
		if err != nil || len(first) == 0 {
			return total, err
		}
		n, err := s.forgetPasses(ctx, at, Equal("last", first[0].Last))
		total += n
		if err != nil {
			return total, err
		}
		from = first[0].Last.Add(1)
	}
}

// forgetPasses forgets those of some passes whose time has come, each as if it had been erased.
func (s *Store) forgetPasses(ctx context.Context, at time.Time, which ...Condition) (int, error) {
	total := 0
	for from := ""; ; {
		batch, err := list(ctx, s, passes, Query{
			Where: append(which, AtLeast("_id", from)), Order: []string{"_id"}, Limit: forgetBatch,
		})
		if err != nil {
			return total, err
		}
		for i := range batch {
			done, err := s.forgetPass(ctx, batch[i].ID, at)
			if err != nil {
				return total, err
			}
			if done {
				total++
			}
		}
		if len(batch) < forgetBatch {
			return total, nil
		}
		from = string(batch[len(batch)-1].ID) + "\x00"
	}
}

// forgetPass forgets a pass if it still is to be: a worker may have renewed it a moment ago. What it leaves is swept up at once, and
// once more by the job that ends erasures.
func (s *Store) forgetPass(ctx context.Context, id models.PassID, at time.Time) (bool, error) {
	done := false
	err := s.anew(ctx, func(w Writer) error {
		done = false
		p, err := passes.get(w, string(id))
		if isNotFound(err) {
			return nil
		}
		if err != nil {
			return err
		}
		home, err := networks.get(w, string(p.Network))
		if err != nil || !p.ToForget(&home, at) {
			return err
		}
		done = true
		return forgetNow(w, &p, at)
	})
	if err != nil || !done {
		return false, err
	}
	return true, s.sweep(ctx, id, models.DayOf(at))
}

func forgetNow(w Writer, p *models.Pass, at time.Time) error {
	if _, err := erase(w, p, models.NewID[string](rand.Reader), at); err != nil {
		return err
	}
	return record(w, models.AuditEntry{
		ID: models.NewID[models.AuditID](rand.Reader), At: at, By: "system", Organisation: p.Distributor, Network: p.Network,
		Action: "pass_forgotten", Pass: p.ID,
	})
}
