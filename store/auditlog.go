package store

import (
	"context"
	"slices"
	"time"

	"kaikukortti/models"
)

// AuditRows reads a page of the audit log, the newest first, with the names of the people in it.
func (s *Store) AuditRows(ctx context.Context, q models.AuditQuery) (models.AuditPage, error) {
	var page models.AuditPage
	err := s.view(ctx, func(r Reader) error {
		var err error
		if page.Rows, page.Next, err = auditRows(r, q); err != nil {
			return err
		}
		page.Names, err = namesIn(r, page.Rows)
		return err
	})
	return page, err
}

// auditRows reads one row more than asked, to know whether there are more; then the page is filled up to the end of its last
// second, because the next one begins before that.
func auditRows(r Reader, q models.AuditQuery) ([]models.AuditEntry, time.Time, error) {
	where := auditConditions(q)
	rows, err := audits.find(r, Query{Where: append(where, Below("at", q.Before)), Order: []string{"-at"}, Limit: q.Limit + 1})
	if err != nil || len(rows) <= q.Limit {
		return rows, time.Time{}, err
	}
	last := rows[q.Limit-1].At
	rows = slices.DeleteFunc(rows, func(e models.AuditEntry) bool { return !e.At.After(last) })
	second, err := audits.find(r, Query{Where: append(where, Equal("at", last))})
	if err != nil {
		return nil, time.Time{}, err
	}
	older, err := audits.find(r, Query{Where: append(where, Below("at", last)), Order: []string{"-at"}, Limit: 1})
	if len(older) == 0 {
		last = time.Time{}
	}
	return append(rows, second...), last, err
}

// auditConditions names the most telling field first; every query leans on an index that begins with one of them.
func auditConditions(q models.AuditQuery) []Condition {
	var where []Condition
	if q.Pass != "" {
		where = append(where, Exists("pass"), Equal("pass", q.Pass))
	}
	if q.Person != "" {
		where = append(where, Exists("person"), Equal("person", q.Person))
	}
	if q.Organisation != "" {
		where = append(where, Equal("organisation", q.Organisation))
	}
	if q.Network != "" {
		where = append(where, Equal("network", q.Network))
	}
	return slices.Clip(where)
}

func namesIn(r Reader, rows []models.AuditEntry) (map[models.PersonID]string, error) {
	names := map[models.PersonID]string{}
	for _, e := range rows {
		if _, known := names[e.Person]; known || e.Person == "" {
			continue
		}
		p, err := people.get(r, string(e.Person))
		if err := ignoreMissing(err); err != nil {
			return nil, err
		}
		names[e.Person] = p.Name
	}
	return names, nil
}
