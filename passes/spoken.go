package passes

import (
	"context"
	"time"

	"kaikukortti/models"
)

// SpokenCode gives the holder eight digits to say at a door, for five minutes and one scan. They end the ones before.
func (d *Desk) SpokenCode(ctx context.Context, by models.Actor) (models.Digits, time.Time, error) {
	var code models.Digits
	var until time.Time
	err := drawing(func() error {
		code = models.NewDigits(models.SpokenCode, d.random)
		_, err := d.store.ChangePass(ctx, "", by.Pass, func(p *models.Pass) (models.Change, error) {
			if err := mayChange(by, p); err != nil {
				return models.Change{}, err
			}
			at := d.clock()
			until = at.Add(models.SpokenCodeLife)
			p.Spoken = &models.Spoken{Hash: d.keys.Hash("spoken", string(code)), At: at, Phone: by.Phone}
			return models.Change{At: at}, nil // nothing to account for: it says no more than the phone shows anyway
		})
		return err
	})
	return code, until, err
}
