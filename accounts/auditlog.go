package accounts

import (
	"context"
	"slices"
	"time"

	"kaikukortti/models"
)

// A page of the audit log has so many rows, a few more where many stand in its last second.
const (
	AuditPageRows = 50
	AuditPageMost = 200
)

// An AuditFilter asks for a page of the audit log.
type AuditFilter struct {
	Mine   bool          // what the actor did
	Pass   models.PassID // what happened to a pass
	Before time.Time     // the page goes on before this; zero: now
	Limit  int
}

// AuditLog reads what the actor may see of the audit log: the people of an organisation what happened there, a coordinator what
// happened in the network, national everything. Who handed a pass out sees its whole history there; a venue sees no pass.
func (r *Registry) AuditLog(ctx context.Context, who models.Actor, f AuditFilter) (models.AuditPage, error) {
	if f.Limit < 1 || f.Limit > AuditPageMost {
		return models.AuditPage{}, models.BadField("limit", "Ask for 1 to 200 rows.")
	}
	q := models.AuditQuery{Organisation: who.Organisation, Pass: f.Pass, Before: f.Before, Limit: f.Limit}
	if f.Before.IsZero() {
		q.Before = r.now().Add(time.Second)
	}
	if who.Role == models.Coordinator {
		q.Network = who.Network
	}
	if f.Mine {
		q.Person = who.Person
	}
	if f.Pass != "" {
		if err := r.maySeePass(ctx, who, f.Pass); err != nil {
			return models.AuditPage{}, err
		}
		q.Organisation, q.Network = "", "" // what the holder did stands at no organisation
	}
	page, err := r.store.AuditRows(ctx, q)
	page.Rows = visible(who, page.Rows)
	return page, err
}

// maySeePass asks whether a pass is the actor's to see. One that is another's answers as one that is not there.
func (r *Registry) maySeePass(ctx context.Context, who models.Actor, id models.PassID) error {
	if who.Role == models.ManagerRole {
		return errNoSuchPass
	}
	p, err := r.store.LookupPass(ctx, id)
	if err != nil {
		return err
	}
	if who.Role == models.WorkerRole && p.Distributor != who.Organisation || who.Role == models.Coordinator && p.Network != who.Network {
		return errNoSuchPass
	}
	return nil
}

var errNoSuchPass = &models.Error{Kind: models.NotFound, Code: "no_such_pass", Detail: "There is no such pass."}

// visible takes out what the actor may not see in rows that are theirs: a worker sees of a pass that was moved only the own
// organisation's and the holder's part, a manager no pass at all.
func visible(who models.Actor, rows []models.AuditEntry) []models.AuditEntry {
	switch who.Role {
	case models.WorkerRole:
		return slices.DeleteFunc(rows, func(e models.AuditEntry) bool { return e.Organisation != "" && e.Organisation != who.Organisation })
	case models.ManagerRole:
		for i := range rows {
			rows[i].Pass = ""
		}
	case models.Nobody, models.HolderRole, models.ScannerRole, models.AnyPersonRole, models.Coordinator, models.National:
	}
	return rows
}
