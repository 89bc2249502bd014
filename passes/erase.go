package passes

import (
	"context"

	"kaikukortti/models"
)

// Erase forgets a pass and all that belongs to it: asked by a worker of its distributor, or by the holder of the phone that carries
// it. The pass is gone when this answers; what is left of it elsewhere is swept up now, or by ResumeErasures.
func (d *Desk) Erase(ctx context.Context, by models.Actor, id models.PassID, reason models.ReasonForChange) error {
	if err := checkReason(reason, false); err != nil {
		return err
	}
	tombstone := models.NewID[string](d.random)
	_, err := d.store.ErasePass(ctx, whose(by), id, tombstone, func(p *models.Pass) (models.Change, error) {
		if by.Role == models.HolderRole {
			if err := on(by, p); err != nil {
				return models.Change{}, err
			}
		}
		return d.change(by, p, "pass_erased", reason), nil
	})
	if err != nil {
		return err
	}
	if d.store.SweepErased(ctx, id, models.DayOf(d.clock())) == nil {
		_ = d.store.Scrub(ctx)
	}
	return nil // the intent stands: what failed now is done again
}

// ResumeErasures goes on with erasures that were broken off, and sweeps each once more when all that was in flight has ended: a scan
// may have read the pass before it was deleted. It runs at start and every few minutes. An erasure ends once its traces are out of
// the files too.
func (d *Desk) ResumeErasures(ctx context.Context) error {
	open, err := d.store.OpenErasures(ctx)
	if err != nil || len(open) == 0 {
		return err
	}
	at := d.clock()
	for _, e := range open {
		if err := d.store.SweepErased(ctx, e.Pass, models.DayOf(at)); err != nil {
			return err
		}
	}
	if err := d.store.Scrub(ctx); err != nil {
		return err
	}
	for _, e := range open {
		if at.Sub(e.At) < models.LongestRequest {
			continue
		}
		if err := d.store.EndErasure(ctx, e.Pass); err != nil {
			return err
		}
	}
	return nil
}
