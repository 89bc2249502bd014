package store

import (
	"context"
	"slices"

	"kaikukortti/models"
)

var passes = keep("passes", func(p *models.Pass) models.PassID { return p.ID },
	// A pass number names one pass.
	Index{Name: "number", Keys: []string{"number"}, Unique: true},
	// A device key speaks for one pass, on one phone: of two that bring the same key one fails.
	Index{Name: "thumbprint", Keys: []string{"phones.thumbprint"}, Array: "phones", Unique: true, Where: []Condition{Exists("phones")}},
	Index{Name: "paper", Keys: []string{"papers.number"}, Array: "papers", Unique: true, Where: []Condition{Exists("papers")}},
	Index{Name: "activation", Keys: []string{"activation.hash"}, Unique: true, Where: []Condition{Exists("activation.hash")}},
	Index{Name: "spoken", Keys: []string{"spoken.hash"}, Unique: true, Where: []Condition{Exists("spoken.hash")}},
	Index{Name: "idempotency", Keys: []string{"idempotency.key"}, Unique: true, Where: []Condition{Exists("idempotency.key")}},
	// The distributor's list: those who asked to renew first, then the newest.
	Index{Name: "distributor_issued", Keys: []string{"distributor", "issued_at"}},
	Index{Name: "distributor_asked", Keys: []string{"distributor", "renew_asked"}, Where: []Condition{Exists("renew_asked")}},
	// What the daily job looks for.
	Index{Name: "last", Keys: []string{"last"}},
	Index{Name: "network", Keys: []string{"network"}},
	Index{Name: "ended_at", Keys: []string{"ended_at"}, Where: []Condition{Exists("ended_at")}},
	Index{Name: "activation_expires", Keys: []string{"activation.expires"}, Where: []Condition{Exists("activation.expires")}},
	Index{Name: "spoken_at", Keys: []string{"spoken.at"}, Where: []Condition{Exists("spoken.at")}},
	Index{Name: "recovery_used", Keys: []string{"recovery.used_at"}, Where: []Condition{Exists("recovery.used_at")}},
)

// counters are all that is kept of voluntary background answers.
var counters = keep("counters", func(c *models.Counter) string { return c.ID },
	Index{Name: "network_month", Keys: []string{"network", "month"}},
)

func passCollections() []Collection {
	return []Collection{
		passes.Collection, counters.Collection, credentials.Collection, tombstones.Collection, erasures.Collection, requests.Collection,
		tallies.Collection, jtis.Collection,
	}
}

// LookupPaper finds the pass of a print by the HMAC of its number; the print may have ended.
func (s *Store) LookupPaper(ctx context.Context, number string) (models.Pass, error) {
	return s.findPass(ctx, Exists("papers"), Element("papers", Equal("number", number)))
}

// LookupSpoken finds the pass whose phone showed a spoken code, by its HMAC; it may be too old.
func (s *Store) LookupSpoken(ctx context.Context, hash string) (models.Pass, error) {
	return s.findPass(ctx, Equal("spoken.hash", hash))
}

// LookupPass reads a pass, whoever asks.
func (s *Store) LookupPass(ctx context.Context, id models.PassID) (models.Pass, error) {
	p, err := read(ctx, s, passes, string(id))
	return p, noSuchPass(err)
}

// PassByThumbprint finds the pass that a device key carries, or carried.
func (s *Store) PassByThumbprint(ctx context.Context, thumbprint string) (models.Pass, error) {
	return s.findPass(ctx, withPhone(thumbprint)...)
}

func withPhone(thumbprint string) []Condition {
	return []Condition{Exists("phones"), Element("phones", Equal("thumbprint", thumbprint))}
}

// PassOf reads a distributor's pass. What is unknown, another distributor's or deleted is looked for in the same way.
func (s *Store) PassOf(ctx context.Context, distributor models.OrganisationID, id models.PassID) (models.Pass, error) {
	return s.findPass(ctx, of(distributor, id)...)
}

// of asks for a pass of a distributor; of any, if none is named.
func of(distributor models.OrganisationID, id models.PassID) []Condition {
	where := []Condition{Equal("_id", id)}
	if distributor != "" {
		where = append(where, Equal("distributor", distributor))
	}
	return where
}

func (s *Store) findPass(ctx context.Context, where ...Condition) (models.Pass, error) {
	var p models.Pass
	err := s.view(ctx, func(r Reader) error {
		var err error
		p, err = passes.first(r, where...)
		return err
	})
	return p, noSuchPass(err)
}

// noSuchPass is one answer for a pass that is unknown, another distributor's, or deleted: nobody can learn which.
func noSuchPass(err error) error {
	if isNotFound(err) {
		return &models.Error{Kind: models.NotFound, Code: "no_such_pass", Detail: "There is no such pass."}
	}
	return err
}

// PassesByID reads those of the passes that there still are, in no order.
func (s *Store) PassesByID(ctx context.Context, ids []models.PassID) ([]models.Pass, error) {
	var found []models.Pass
	err := s.view(ctx, func(r Reader) error {
		found = nil
		for some := range slices.Chunk(ids, models.Batch) {
			batch, err := passes.find(r, Query{Where: []Condition{In("_id", some)}})
			if err != nil {
				return err
			}
			found = append(found, batch...)
		}
		return nil
	})
	return found, err
}

// IssuePass adds a pass and counts the background answers, which are kept nowhere else. An earlier request with the same idempotency
// key has made the pass already: it is the answer.
func (s *Store) IssuePass(ctx context.Context, p models.Pass, answers []models.Counter, audit models.AuditEntry) (models.Pass, error) {
	var issued models.Pass
	err := s.updateAgain(ctx, func(w Writer) error {
		found, err := earlier(w, passes, p.Idempotency, func(p *models.Pass) *models.Idempotency { return p.Idempotency })
		if !isNotFound(err) {
			issued = found
			return err
		}
		issued = p
		if err := passes.insert(w, &issued); err != nil {
			return err
		}
		if err := count(w, answers); err != nil {
			return err
		}
		return record(w, audit)
	}, func(err error) bool { return passes.duplicate(err, "idempotency") || counters.duplicate(err) })
	return issued, drawn(err)
}

// count adds one to each counter, which it makes if there is none.
func count(w Writer, answers []models.Counter) error {
	for i := range answers {
		_, err := counters.get(w, answers[i].ID)
		if isNotFound(err) {
			err = counters.insert(w, &answers[i])
		}
		if err != nil {
			return err
		}
		if _, err := w.Add(counters.Name, answers[i].ID, "count", 1); err != nil {
			return err
		}
	}
	return nil
}

// updateAgain is update, repeated when somebody else was first with something that changes what is to be done.
func (s *Store) updateAgain(ctx context.Context, change func(Writer) error, first func(error) bool) error {
	for range enough {
		if err := s.update(ctx, change); err == nil || !first(err) {
			return err
		}
	}
	return errCrowded
}

// drawn says that a number or code which was drawn at random is taken, so that another can be drawn; and that a device key is.
func drawn(err error) error {
	switch {
	case passes.duplicate(err, "thumbprint"):
		return &models.Error{
			Kind: models.Conflict, Code: "key_taken", Field: "device_key", Detail: "This device key carries another pass. Make a new one for each pass.",
		}
	case passes.duplicate(err), requests.duplicate(err, "hash"):
		return &models.Error{Kind: models.Conflict, Code: "draw_again", Detail: "A number that was drawn at random is taken."}
	}
	return err
}

// ChangePass changes a distributor's pass (any, if none is named) in one transaction with the audit rows, the notices, and the
// credentials that stand or fall with it. change may run more than once.
func (s *Store) ChangePass(ctx context.Context, distributor models.OrganisationID, id models.PassID, change func(*models.Pass) (models.Change, error)) (models.Pass, error) {
	return s.changeFound(ctx, noSuchPass, change, of(distributor, id)...)
}

// changeFound is ChangePass for a pass that is found by something else than its id.
func (s *Store) changeFound(ctx context.Context, unknown func(error) error, change func(*models.Pass) (models.Change, error), where ...Condition) (models.Pass, error) {
	var p models.Pass
	err := s.update(ctx, func(w Writer) error {
		var err error
		if p, err = passes.first(w, where...); err != nil {
			return unknown(err)
		}
		return changePass(w, &p, change)
	})
	return p, drawn(err)
}

func changePass(w Writer, p *models.Pass, change func(*models.Pass) (models.Change, error)) error {
	carried := p.Carrying()
	c, err := change(p)
	if err != nil || c.Same {
		return err
	}
	if err := passes.replace(w, p); err != nil {
		return err
	}
	if !slices.Equal(carried, p.Carrying()) {
		if err := settle(w, p, c.At); err != nil {
			return err
		}
	}
	if c.Credential != nil {
		if err := credentials.insert(w, c.Credential); err != nil {
			return err
		}
	}
	if err := tell(w, c.Notices...); err != nil {
		return err
	}
	return record(w, c.Audit...)
}

// FindPasses lists a distributor's passes: those whose holder asked to renew first, then the others, the newest first.
func (s *Store) FindPasses(ctx context.Context, distributor models.OrganisationID, f models.PassFilter) ([]models.Pass, error) {
	var page []models.Pass
	err := s.view(ctx, func(r Reader) error {
		page = nil
		for _, q := range pages(distributor, f) {
			if q.Limit = f.Limit - len(page); q.Limit <= 0 {
				return nil
			}
			more, err := passes.find(r, q)
			if err != nil {
				return err
			}
			page = append(page, more...)
		}
		return nil
	})
	return page, err
}

// pages are the queries that make a list one after the other, from where the last page ended.
func pages(distributor models.OrganisationID, f models.PassFilter) []Query {
	asked := Query{Where: append(wanted(distributor, f), Exists("renew_asked")), Order: []string{"-renew_asked", "_id"}}
	others := Query{Where: append(wanted(distributor, f), Absent("renew_asked")), Order: []string{"-issued_at", "_id"}}
	switch {
	case f.After == nil && f.Asked:
		return []Query{asked}
	case f.After == nil:
		return []Query{asked, others}
	case f.After.Asked == "":
		return after(others, "issued_at", f.After.IssuedAt, f.After.ID)
	case f.Asked:
		return after(asked, "renew_asked", f.After.Asked, f.After.ID)
	default:
		return append(after(asked, "renew_asked", f.After.Asked, f.After.ID), others)
	}
}

// after splits what comes after (value, id) into the rest with the same value, and what has a lower one.
func after(q Query, field string, value any, id models.PassID) []Query {
	same, lower := q, q
	// All ids are of one length, so this is the next text after the id's own.
	same.Where = append(slices.Clone(q.Where), Equal(field, value), AtLeast("_id", string(id)+" "))
	lower.Where = append(slices.Clone(q.Where), Below(field, value))
	return []Query{same, lower}
}

// wanted are a filter's conditions.
func wanted(distributor models.OrganisationID, f models.PassFilter) []Condition {
	where := []Condition{Equal("distributor", distributor)}
	add := func(asked bool, more ...Condition) {
		if asked {
			where = append(where, more...)
		}
	}
	add(f.Number != "", Equal("number", f.Number))
	add(f.IssuedBy != "", Equal("issued_by", f.IssuedBy))
	add(f.Month != "", Equal("issued_month", f.Month))
	add(f.BirthYear != 0, Equal("birth_year", f.BirthYear))
	add(f.PostalCode != "", Equal("postal_code", f.PostalCode))
	add(f.State != "", Equal("state", f.State))
	if f.Children != nil {
		add(true, Equal("children", *f.Children))
	}
	add(f.EndsTo != "", AtLeast("last", f.EndsFrom), Below("last", f.EndsTo.Add(1)),
		In("state", []models.PassState{models.Issued, models.Active, models.Suspended}))
	return where
}

// MovePasses gives up to a batch of a closed distributor's passes to another, each with an audit row, and says how many they were. The
// closed organisation names its heir: that is the intent, which stands until there is nothing left to move.
func (s *Store) MovePasses(ctx context.Context, from, to models.OrganisationID, audit func(*models.Pass) models.AuditEntry) (int, error) {
	var moved int
	err := s.update(ctx, func(w Writer) error {
		some, err := passes.find(w, Query{Where: []Condition{Equal("distributor", from)}, Limit: models.Batch})
		if err != nil {
			return err
		}
		moved = len(some)
		for i := range some {
			some[i].Distributor = to
			if err := passes.replace(w, &some[i]); err != nil {
				return err
			}
			if err := record(w, audit(&some[i])); err != nil {
				return err
			}
		}
		return nil
	})
	return moved, err
}

// PassWithHoldings reads a pass and counts what is stored with it.
func (s *Store) PassWithHoldings(ctx context.Context, id models.PassID) (models.Pass, models.Holdings, error) {
	var p models.Pass
	var h models.Holdings
	err := s.view(ctx, func(r Reader) error {
		var err error
		if p, err = passes.get(r, string(id)); err != nil {
			return err
		}
		if h.Notices, err = r.Count(notices.Name, Query{Where: []Condition{Equal("pass", id)}}); err != nil {
			return err
		}
		nudged, err := r.Count(pushAddresses.Name, Query{Where: []Condition{Equal("pass", id)}})
		if err != nil {
			return err
		}
		h.PushAddress = nudged > 0
		if h.Credentials, err = r.Count(credentials.Name, Query{Where: []Condition{Equal("pass", id)}}); err != nil {
			return err
		}
		mine, err := claims.find(r, Query{Where: []Condition{Equal("pass", id)}})
		for i := range mine {
			if mine[i].State == models.Used {
				h.Visits++
			} else {
				h.Reservations++
			}
		}
		return err
	})
	return p, h, noSuchPass(err)
}
