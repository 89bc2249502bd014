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
	if err := s.scrubDaily(ctx, models.DayOf(at), forgotten.Any()); err != nil {
		failed = append(failed, fmt.Errorf("scrub the store: %w", err))
	}
	return forgotten, errors.Join(failed...)
}

// scrubbing is the id of the document that says when the store was scrubbed.
const scrubbing = "scrubbing"

// scrubDaily scrubs the store once on a day, if something was forgotten since the last time: it reads the whole store, and codes and
// proofs are forgotten each hour.
func (s *Store) scrubDaily(ctx context.Context, today models.Day, forgot bool) error {
	m, err := s.soil(ctx, forgot)
	if err != nil || !m.Soiled || m.Scrubbed == today {
		return err
	}
	if err := s.Scrub(ctx); err != nil {
		return err
	}
	err = s.update(ctx, func(w Writer) error {
		clean := m
		clean.Soiled, clean.Scrubbed = false, today
		return metas.replace(w, &clean)
	})
	if errors.Is(err, ErrChanged) {
		return nil // something was forgotten meanwhile, and what had been is scrubbed: the next run scrubs again
	}
	return err
}

// soil notes that something was forgotten, and answers how things stand.
func (s *Store) soil(ctx context.Context, forgot bool) (meta, error) {
	var m meta
	err := s.anew(ctx, func(w Writer) error {
		var err error
		m, err = metas.get(w, scrubbing)
		there := err == nil
		if err := ignoreMissing(err); err != nil || !forgot {
			return err
		}
		m.ID, m.Soiled = scrubbing, true
		if there {
			return metas.replace(w, &m)
		}
		return metas.insert(w, &m)
	})
	return m, err
}

// rows is the table. What was reserved is missed before it can be unlinked, and passes are forgotten before what they leave is.
func (s *Store) rows() []row {
	return []row{
		{"missed_reservations", s.markAllMissed},
		{"enrolment_codes", s.forgetEnrolmentCodes},
		{"activation_codes", s.forgetActivations},
		{"activation_requests", deleting(s, requests, models.AnswerLife, "expires")},
		{"recovery_answers", s.forgetRecoveries},
		{"spoken_codes", s.forgetSpoken},
		{"idempotency_keys", s.forgetKeys},
		{"proofs", deleting(s, jtis, 0, "until")},
		{"tallies", s.forgetTallies},
		{"refused_scans", deleting(s, claims, models.RefusedKept, "at", Equal("state", models.Refused))},
		{"ended_passes", s.forgetEndedPasses},
		{"links", s.unlink},
		{"uses", s.forgetUses},
		{"moved_uses", s.forgetMovedUses},
		{"period_secrets", s.destroySecrets},
		{"credentials", deleting(s, credentials, models.CredentialKept, "exp")},
		{"tombstones", s.stripTombstones},
		{"erasures", deleting(s, erasures, models.BackupsKept, "at", Absent("open"))},
		{"notices", deleting(s, notices, models.NoticesKept, "at")},
		{"pushes", deleting(s, pushes, models.PushesKept, "ended_at", Exists("ended_at"))},
		{"sign_ins", s.forgetSignIns},
		{"audit", s.forgetAudit},
	}
}

// forgetAll lets change, in batches that are each one transaction, change or delete every document that a query asks for. What it has
// changed the query must not find again. A look comes first, so that a row with nothing to forget makes no writer wait.
func forgetAll[D any, P document[D]](ctx context.Context, s *Store, k kept[D, P], change func(Writer, P) error, where ...Condition) (int, error) {
	total := 0
	for {
		some, err := list(ctx, s, k, Query{Where: where, Limit: 1})
		if err != nil || len(some) == 0 {
			return total, err
		}
		n := 0
		err = s.anew(ctx, func(w Writer) error {
			old, err := k.find(w, Query{Where: where, Limit: forgetBatch})
			n = len(old)
			for i := 0; i < n && err == nil; i++ {
				err = change(w, &old[i])
			}
			return err
		})
		if err != nil {
			return total, err
		}
		total += n
	}
}

// deleting deletes documents whose time in a field is past by kept.
func deleting[D any, P document[D]](s *Store, k kept[D, P], kept time.Duration, field string, where ...Condition) func(context.Context, time.Time) (int, error) {
	return func(ctx context.Context, at time.Time) (int, error) {
		return forgetAll(ctx, s, k, k.remove, append(where, past(field, at, kept))...)
	}
}

// past asks for documents whose time in a field is past by kept, to the second.
func past(field string, at time.Time, kept time.Duration) Condition {
	return Below(field, at.Add(-kept+time.Second))
}

// reached asks for documents whose day in a field has come.
func reached(field string, at time.Time) Condition { return Below(field, models.DayOf(at).Add(1)) }

func (k kept[D, P]) remove(w Writer, d P) error { return k.delete(w, k.id(d)) }

// stripping takes something from a document, and keeps the rest.
func stripping[D any, P document[D]](k kept[D, P], strip func(P)) func(Writer, P) error {
	return func(w Writer, d P) error {
		strip(d)
		return k.replace(w, d)
	}
}

// anew runs a change, and runs it again when somebody else was faster at the same: reading again shows what is left to do.
func (s *Store) anew(ctx context.Context, change func(Writer) error) error {
	for range enough {
		err := s.update(ctx, change)
		if d := new(DuplicateError); !errors.As(err, &d) && !errors.Is(err, ErrChanged) {
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
	strip := stripping(passes, func(p *models.Pass) { p.Activation = nil })
	expired := []Condition{Exists("activation.expires"), Below("activation.expires", at)}
	used, err := forgetAll(ctx, s, passes, strip, append(expired, past("activation.used_at", at, models.AnswerLife))...)
	if err != nil {
		return used, err
	}
	unused, err := forgetAll(ctx, s, passes, strip, append(expired, past("activation.expires", at, models.AnswerLife))...)
	return used + unused, err
}

// forgetRecoveries takes from passes which recovery code was used last. The one that is in force stays.
func (s *Store) forgetRecoveries(ctx context.Context, at time.Time) (int, error) {
	strip := stripping(passes, func(p *models.Pass) {
		p.Recovery.UsedBy, p.Recovery.UsedHash, p.Recovery.UsedAt = "", "", time.Time{}
	})
	return forgetAll(ctx, s, passes, strip, Exists("recovery.used_at"), past("recovery.used_at", at, models.AnswerLife))
}

func (s *Store) forgetSpoken(ctx context.Context, at time.Time) (int, error) {
	strip := stripping(passes, func(p *models.Pass) { p.Spoken = nil })
	return forgetAll(ctx, s, passes, strip, Exists("spoken.at"), past("spoken.at", at, models.SpokenCodeLife+models.AnswerLife))
}

// forgetKeys drops idempotency keys a day after the request that they belong to. Invitations have theirs dropped with the sign-ins.
func (s *Store) forgetKeys(ctx context.Context, at time.Time) (int, error) {
	total := 0
	for _, forget := range []func(context.Context, time.Time) (int, error){
		strippingKeys(s, claims, "at", func(c *models.Claim) { c.Idempotency = nil }),
		strippingKeys(s, passes, "issued_at", func(p *models.Pass) { p.Idempotency = nil }),
		strippingKeys(s, networks, "idempotency.at", func(n *models.Network) { n.Idempotency = nil }),
		strippingKeys(s, organisations, "idempotency.at", func(o *models.Organisation) { o.Idempotency = nil }),
		strippingKeys(s, scanners, "idempotency.at", func(c *models.Scanner) { c.Idempotency = nil }),
		strippingKeys(s, offers, "idempotency.at", func(o *models.Offer) { o.Idempotency = nil }),
		strippingKeys(s, sessions, "idempotency.at", func(s *models.Session) { s.Idempotency = nil }),
	} {
		n, err := forget(ctx, at)
		total += n
		if err != nil {
			return total, err
		}
	}
	return total, nil
}

// strippingKeys finds documents that still have their key by the partial index over it; field is the time of the request.
func strippingKeys[D any, P document[D]](s *Store, k kept[D, P], field string, strip func(P)) func(context.Context, time.Time) (int, error) {
	return func(ctx context.Context, at time.Time) (int, error) {
		return forgetAll(ctx, s, k, stripping(k, strip), Exists("idempotency.key"), past(field, at, models.KeysKept))
	}
}

// unlink removes the link from visits, reservations and conflicts to their passes. A use of a limit is written down elsewhere first,
// and then taken from the claim, so that readers, who look at claims first, never miss it.
func (s *Store) unlink(ctx context.Context, at time.Time) (int, error) {
	return forgetAll(ctx, s, claims, func(w Writer, c *models.Claim) error {
		if err := moveUse(w, c.Unlink()); err != nil {
			return err
		}
		return claims.replace(w, c)
	}, Exists("unlink_day"), reached("unlink_day", at))
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
	strip := stripping(claims, func(c *models.Claim) { c.Use = nil })
	return forgetAll(ctx, s, claims, strip, Exists("use.destroy"), reached("use.destroy", at))
}

func (s *Store) forgetMovedUses(ctx context.Context, at time.Time) (int, error) {
	return forgetAll(ctx, s, uses, uses.remove, reached("destroy", at))
}

// destroySecrets deletes the secrets of periods: from then on nobody can compute a venue's pseudonyms, or the keys of uses.
func (s *Store) destroySecrets(ctx context.Context, at time.Time) (int, error) {
	return forgetAll(ctx, s, secrets, secrets.remove, reached("destroy", at))
}

// stripTombstones leaves of an erased pass only what "passes issued" counts, once none of its codes could still be shown.
func (s *Store) stripTombstones(ctx context.Context, at time.Time) (int, error) {
	strip := stripping(tombstones, func(t *models.Tombstone) { t.CTIs, t.Exp = nil, time.Time{} })
	return forgetAll(ctx, s, tombstones, strip, past("exp", at, 0))
}

// forgetTallies forgets what was counted over a day ago; a tally's id begins with when it was.
func (s *Store) forgetTallies(ctx context.Context, at time.Time) (int, error) {
	before := at.Add(-models.TalliesKept).Format("2006-01-02T15:04")
	return forgetAll(ctx, s, tallies, tallies.remove, AtLeast("_id", ""), Below("_id", before))
}

func (s *Store) forgetAudit(ctx context.Context, at time.Time) (int, error) {
	return forgetAll(ctx, s, audits, audits.remove, past("at", at.AddDate(-models.AuditYears, 0, 0), 0))
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
	return true, s.SweepErased(ctx, id, models.DayOf(at))
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
