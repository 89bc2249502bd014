package passes

import (
	"context"
	"math/rand/v2"
	"time"

	"kaikukortti/models"
)

// A Recovery is a phone that brings the recovery code and the pass number.
type Recovery struct {
	Number    string // as typed
	Code      string
	Device    DeviceKey
	BirthYear int
}

// recoveryTries is how many wrong recovery codes a pass number takes in an hour.
const recoveryTries = 5

// Recover makes a phone carry a pass without a worker: on a Saturday too. The phone before it ends, the code is used up, and the
// next one is in the answer.
func (d *Desk) Recover(ctx context.Context, r Recovery) (Activated, error) {
	number, err := ParseTyped("pass_number", r.Number, models.PassNumber)
	if err != nil {
		return Activated{}, err
	}
	code, err := ParseTyped("code", r.Code, models.RecoveryCode)
	if err != nil {
		return Activated{}, err
	}
	alarm, err := d.alarm(ctx, r.BirthYear)
	if err != nil {
		return Activated{}, err
	}
	tries, err := d.try(ctx, number)
	if err != nil {
		return Activated{}, err
	}
	p, err := d.store.UseRecovery(ctx, number, func(p *models.Pass) (models.Change, error) {
		if alarm && !bornIn(p, r.BirthYear) {
			return models.Change{}, errCodeUnknown
		}
		return d.recoverTo(p, code, r.Device)
	})
	if err != nil {
		return Activated{}, d.countWrong(ctx, err)
	}
	a := activated(p, r.Device)
	if next := d.nextRecovery(p.ID, code, r.Device); p.Recovery != nil && same(p.Recovery.Hash, d.hashRecovery(p.ID, next)) {
		a.Recovery = next
	}
	_, err = d.store.Count(ctx, tries, -1) // it was not wrong
	return a, err
}

// try counts a try against the number that was typed, before it is known whether it is wrong, so that tries at the same time count
// too. It does so whether or not a pass has that number: the limit must not tell which have. Strangers write nothing to a pass.
func (d *Desk) try(ctx context.Context, number models.Digits) (tally string, err error) {
	hour := d.clock().Truncate(time.Hour)
	tally = hour.Format("2006-01-02T15:04") + "/recovery/" + d.keys.Hash("recovery-tries", string(number))
	n, err := d.store.Count(ctx, tally, 1)
	if err == nil && n > recoveryTries {
		err = &models.Error{
			Kind: models.TooMany, Code: "too_many_tries", Detail: "Too many wrong codes for this pass number. Try again later, or ask for an activation code.",
			RetryAfter: int(hour.Add(time.Hour).Sub(d.clock()).Seconds()),
		}
	}
	return tally, err
}

func (d *Desk) hashRecovery(pass models.PassID, code models.Digits) string {
	return d.keys.Hash("recovery", string(pass), string(code))
}

// recoverTo uses the code up, binds the phone and sets the next code, in one change of one document.
func (d *Desk) recoverTo(p *models.Pass, code models.Digits, device DeviceKey) (models.Change, error) {
	at, hash, kept := d.clock(), d.hashRecovery(p.ID, code), p.Recovery
	switch {
	case kept == nil:
		return models.Change{}, errCodeUnknown
	case same(kept.UsedHash, hash):
		return usedBefore(p, kept.UsedBy, kept.UsedAt, device, at)
	case !same(kept.Hash, hash):
		return models.Change{}, errCodeUnknown
	}
	c, err := d.moveTo(byHolder(p), p, device, true)
	if err != nil {
		return c, err
	}
	p.Recovery = &models.Recovery{
		Hash: d.hashRecovery(p.ID, d.nextRecovery(p.ID, code, device)), At: at,
		UsedHash: hash, UsedBy: device.Thumbprint, UsedAt: at,
	}
	c.Audit[0].Action = "pass_recovered"
	c.Notices = []models.Notice{d.moved(p, models.NoticeRecovered, p.PhoneByThumbprint(device.Thumbprint).ID)}
	return c, nil
}

// nextRecovery is the code that follows one that was used. It is computed and not drawn, since it is shown once and kept only as a
// hash, and yet the same request must have the same answer.
func (d *Desk) nextRecovery(pass models.PassID, used models.Digits, device DeviceKey) models.Digits {
	seed := d.keys.MAC("recovery-next", string(pass), string(used), device.Thumbprint)
	return models.NewDigits(models.RecoveryCode, rand.NewChaCha8([32]byte(seed)))
}

// NewRecoveryCode gives a pass a recovery code, shown once: to the holder's app, or for the sheet that a worker prints. It ends the one
// before.
func (d *Desk) NewRecoveryCode(ctx context.Context, by models.Actor, id models.PassID) (models.Pass, models.Digits, error) {
	code := models.NewDigits(models.RecoveryCode, d.random)
	p, err := d.store.ChangePass(ctx, whose(by), id, func(p *models.Pass) (models.Change, error) {
		if err := mayChange(by, p); err != nil {
			return models.Change{}, err
		}
		c := d.change(by, p, "recovery_code_made", "")
		fresh := models.Recovery{Hash: d.hashRecovery(p.ID, code), At: c.At}
		if old := p.Recovery; old != nil {
			fresh.UsedHash, fresh.UsedBy, fresh.UsedAt = old.UsedHash, old.UsedBy, old.UsedAt
		}
		p.Recovery = &fresh
		return c, nil
	})
	return p, code, err
}
