package passes

import (
	"context"

	"kaikukortti/models"
)

// MovePasses gives all the passes of a closed distributor to another, a batch at a time, each with an audit row that its new people can
// read. It can be repeated at every point: a move that was broken off goes on from there.
func (d *Desk) MovePasses(ctx context.Context, by models.Actor, from, to models.OrganisationID) error {
	for {
		moved, err := d.store.MovePasses(ctx, from, to, func(p *models.Pass) models.AuditEntry {
			e := d.audit(by, p, "pass_moved", "", d.clock())
			e.Organisation, e.Network, e.Subject = to, p.Network, string(from)
			return e
		})
		if err != nil || moved == 0 {
			return err
		}
	}
}
