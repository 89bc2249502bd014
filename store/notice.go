package store

import (
	"context"
	"time"

	"kaikukortti/models"
)

var notices = keep("notices", func(n *models.Notice) models.NoticeID { return n.ID },
	// One notice for each (holder, cause), whatever is repeated.
	Index{Name: "pass_cause", Keys: []string{"pass", "cause"}, Unique: true},
	Index{Name: "pass_at", Keys: []string{"pass", "at"}},
	Index{Name: "at", Keys: []string{"at"}},
)

var pushes = keep("pushes", func(p *models.Push) models.NoticeID { return p.ID },
	Index{Name: "due", Keys: []string{"due"}, Where: []Condition{Exists("due")}},
	Index{Name: "pass", Keys: []string{"pass"}},
	Index{Name: "ended_at", Keys: []string{"ended_at"}, Where: []Condition{Exists("ended_at")}},
)

var pushAddresses = keep("push_addresses", func(a *models.PushAddress) models.PushAddressID { return a.ID },
	// At most one for each pass: the phone that carries it.
	Index{Name: "pass", Keys: []string{"pass"}, Unique: true},
)

func noticeCollections() []Collection {
	return []Collection{notices.Collection, pushes.Collection, pushAddresses.Collection}
}

// tell puts notices into inboxes, and the nudges for them into the outbox, within the transaction of the change that they tell
// of. What was told before is not told again.
func tell(w Writer, all ...models.Notice) error {
	for i := range all {
		if _, err := tellOnce(w, &all[i]); err != nil {
			return err
		}
	}
	return nil
}

// tellOnce says whether the notice is new.
func tellOnce(w Writer, n *models.Notice) (bool, error) {
	_, err := notices.first(w, Equal("pass", n.Pass), Equal("cause", n.Cause))
	if !isNotFound(err) {
		return false, err
	}
	if err := notices.insert(w, n); err != nil {
		return false, err
	}
	return true, pushes.insert(w, &models.Push{ID: n.ID, Pass: n.Pass, Due: n.Due(), Urgent: n.Urgent})
}

// Inbox reads a holder's notices, the newest first: all of them, or those after one that was read before.
func (s *Store) Inbox(ctx context.Context, pass models.PassID, after *models.InboxPlace, limit int) ([]models.Notice, error) {
	var found []models.Notice
	err := s.view(ctx, func(r Reader) error {
		found = nil
		where := []Condition{Equal("pass", pass)}
		if after != nil {
			var err error
			if found, err = sameSecond(r, pass, after, limit); err != nil {
				return err
			}
			where = append(where, Below("at", after.At))
		}
		if len(found) == limit {
			return nil
		}
		older, err := notices.find(r, Query{Where: where, Order: []string{"-at"}, Limit: limit - len(found)})
		found = append(found, older...)
		return err
	})
	return found, err
}

// sameSecond reads those that came in the same second as the last one read, and stand behind it.
func sameSecond(r Reader, pass models.PassID, after *models.InboxPlace, limit int) ([]models.Notice, error) {
	next := string(after.ID) + "\x00" // the least text behind it
	return notices.find(r, Query{
		Where: []Condition{Equal("pass", pass), Equal("at", after.At), AtLeast("_id", next)}, Order: []string{"_id"}, Limit: limit,
	})
}

// ReadNotice marks a holder's own notice as read. Another's answers as one that is not there.
func (s *Store) ReadNotice(ctx context.Context, pass models.PassID, id models.NoticeID, at time.Time) (models.Notice, error) {
	var n models.Notice
	err := s.update(ctx, func(w Writer) error {
		var err error
		if n, err = notices.get(w, string(id)); err != nil {
			return err
		}
		if n.Pass != pass {
			return ErrNotFound
		}
		if !n.ReadAt.IsZero() {
			return nil
		}
		n.ReadAt = at
		return notices.replace(w, &n)
	})
	if isNotFound(err) {
		return models.Notice{}, &models.Error{Kind: models.NotFound, Code: "no_such_notice", Detail: "There is no such notice in this inbox."}
	}
	return n, err
}

// SetPushAddress keeps where a pass's phone is nudged, in the place of what was kept before.
func (s *Store) SetPushAddress(ctx context.Context, a models.PushAddress) error {
	change := func(w Writer) error {
		if err := dropAddress(w, a.Pass); err != nil {
			return err
		}
		return pushAddresses.insert(w, &a)
	}
	err := s.update(ctx, change)
	if pushAddresses.duplicate(err, "pass") { // two registered at once: the later one stays
		err = s.update(ctx, change)
	}
	return err
}

// RemovePushAddress forgets where a pass's phone is nudged.
func (s *Store) RemovePushAddress(ctx context.Context, pass models.PassID) error {
	return s.update(ctx, func(w Writer) error { return dropAddress(w, pass) })
}

func dropAddress(w Writer, pass models.PassID) error {
	a, err := pushAddresses.first(w, Equal("pass", pass))
	if isNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	return pushAddresses.delete(w, string(a.ID))
}

// ClaimPushes gives one worker the pushes that are due, for itself alone until the lease ends: until then they are due to nobody,
// and after it, if the worker did not say how they ended, to everybody again.
func (s *Store) ClaimPushes(ctx context.Context, owner string, at time.Time, lease time.Duration, limit int) ([]models.PushJob, error) {
	where := []Condition{Exists("due"), Below("due", at.Add(time.Second))}
	if models.Quiet(at) {
		where = append(where, IsTrue("urgent"))
	}
	var jobs []models.PushJob
	err := s.update(ctx, func(w Writer) error {
		jobs = nil
		due, err := pushes.find(w, Query{Where: where, Order: []string{"due"}, Limit: limit})
		if err != nil {
			return err
		}
		for _, p := range due {
			p.LeaseOwner, p.LeaseUntil, p.Due = owner, at.Add(lease), at.Add(lease)
			if err := pushes.replace(w, &p); err != nil {
				return err
			}
			job, err := pushJob(w, p)
			if err != nil {
				return err
			}
			jobs = append(jobs, job)
		}
		return nil
	})
	return jobs, err
}

// pushJob finds whom a push is for. A phone that has stopped carrying the pass loses its address here.
func pushJob(w Writer, p models.Push) (models.PushJob, error) {
	job := models.PushJob{Push: p}
	pass, err := passes.get(w, string(p.Pass))
	if isNotFound(err) {
		return job, nil
	}
	if err != nil {
		return job, err
	}
	job.Language = pass.Language
	address, err := pushAddresses.first(w, Equal("pass", p.Pass))
	if isNotFound(err) {
		return job, nil
	}
	if err != nil {
		return job, err
	}
	if phone := pass.LivePhone(); phone == nil || phone.ID != address.Phone {
		return job, pushAddresses.delete(w, string(address.ID))
	}
	job.Address = &address
	return job, nil
}

// EndPush says how a claimed push ended. An address that the provider knows no more is deleted with it. What another worker has
// claimed since is left to that one.
func (s *Store) EndPush(ctx context.Context, job models.PushJob, outcome models.PushOutcome, at time.Time) error {
	return s.settlePush(ctx, job, func(w Writer, p *models.Push) error {
		p.EndedAt, p.Outcome, p.Due = at, outcome, time.Time{}
		if outcome == models.PushGone && job.Address != nil {
			return pushAddresses.delete(w, string(job.Address.ID))
		}
		return nil
	})
}

// RetryPush puts a claimed push back into the outbox after a try that failed, to be sent later.
func (s *Store) RetryPush(ctx context.Context, job models.PushJob, due time.Time) error {
	return s.settlePush(ctx, job, func(_ Writer, p *models.Push) error {
		p.Tries++
		p.Due = due
		return nil
	})
}

func (s *Store) settlePush(ctx context.Context, job models.PushJob, change func(Writer, *models.Push) error) error {
	return s.update(ctx, func(w Writer) error {
		p, err := pushes.get(w, string(job.Push.ID))
		if isNotFound(err) || err == nil && p.Version != job.Push.Version {
			return nil // the pass was erased, or the lease was over
		}
		if err != nil {
			return err
		}
		p.LeaseOwner, p.LeaseUntil = "", time.Time{}
		if err := change(w, &p); err != nil {
			return err
		}
		return pushes.replace(w, &p)
	})
}

// tellBatch is how many passes are looked at in one transaction: each that is told costs two documents.
const tellBatch = 100

// TellEnding tells a batch of the holders whose passes end on a day, each of them once. It answers where the next batch begins;
// an empty place says that there is none. newID draws the id of a notice.
func (s *Store) TellEnding(ctx context.Context, e models.Ending, from models.PassID, at time.Time, newID func() models.NoticeID) (models.PassID, int, error) {
	var next models.PassID
	var told int
	err := s.anew(ctx, func(w Writer) error {
		batch, err := passes.find(w, endingBatch(e, from))
		if err != nil {
			return err
		}
		next, told = "", 0
		if len(batch) == tellBatch {
			next = batch[len(batch)-1].ID + "\x00"
		}
		homes := map[models.NetworkID]models.Network{}
		for i := range batch {
			n, err := tellEnding(w, e, &batch[i], homes, at, newID)
			if err != nil {
				return err
			}
			told += n
		}
		return nil
	})
	return next, told, err
}

func endingBatch(e models.Ending, from models.PassID) Query {
	which := Equal("last", e.Last)
	if e.Network != "" {
		which = Equal("network", e.Network)
	}
	return Query{Where: []Condition{which, AtLeast("_id", string(from))}, Order: []string{"_id"}, Limit: tellBatch}
}

func tellEnding(w Writer, e models.Ending, p *models.Pass, homes map[models.NetworkID]models.Network, at time.Time, newID func() models.NoticeID) (int, error) {
	home, known := homes[p.Network]
	if !known {
		var err error
		if home, err = networks.get(w, string(p.Network)); err != nil {
			return 0, err
		}
		homes[p.Network] = home
	}
	if !e.Concerns(p, &home) {
		return 0, nil
	}
	n := e.Notice(newID(), p.ID, at)
	told, err := tellOnce(w, &n)
	if !told {
		return 0, err
	}
	return 1, err
}
