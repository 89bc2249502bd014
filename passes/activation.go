package passes

import (
	"context"
	"crypto/subtle"
	"errors"
	"time"

	"kaikukortti/models"
)

// A DeviceKey is the public key of a holder's phone.
type DeviceKey struct {
	Point      []byte // uncompressed
	Thumbprint string // RFC 7638
}

// An Activation is a phone that brings a worker's code.
type Activation struct {
	Code      string // as typed
	Device    DeviceKey
	Replace   bool // it may take the place of the phone that carries the pass
	BirthYear int  // only asked while too many wrong codes are tried
}

// An Activated is a pass that a phone carries now.
type Activated struct {
	Pass     models.Pass
	Phone    models.CarrierID
	Recovery models.Digits // the next recovery code, after a recovery; shown once
}

// Open requests are few: a phone shows one for ten minutes. A city hall may have 2,000 people behind one address.
const (
	requestsPerAddress = 500
	requestsInAll      = 10_000
)

// alarmAfter is how many wrong activation and recovery codes in an hour make both also ask for the birth year.
const alarmAfter = 1000

// What somebody with a code can meet. A wrong code never tells which part of what was typed is wrong.
var (
	errCodeUnknown = &models.Error{Kind: models.NotFound, Code: "code_unknown", Detail: "The code does not match."}
	errCodeEnded   = &models.Error{Kind: models.Gone, Code: "code_ended", Detail: "The code has ended. Ask for a new one."}
	errCodeUsed    = &models.Error{Kind: models.Conflict, Code: "code_used", Detail: "The code was used by another phone."}
	errReplace     = &models.Error{
		Kind: models.Conflict, Code: "replace_needed", Detail: "Another phone carries the pass. Ask the holder, and send replace: true.",
	}
	errBirthYear = &models.Error{
		Kind: models.Unprocessable, Code: "birth_year_needed", Field: "birth_year", Detail: "For now the holder's birth year is needed too.",
	}
)

// ParseTyped reads digits of one kind that somebody typed. Other digits are told by what they are, so that a mix-up has a sentence
// of its own.
func ParseTyped(field, typed string, want models.DigitsKind) (models.Digits, error) {
	digits, err := models.ParseDigits(typed)
	if err != nil {
		return "", &models.Error{Kind: models.Invalid, Code: "wrong_digits", Field: field, Detail: "The code does not match. Check the digits."}
	}
	if kind := digits.Kind(); kind != want {
		return "", &models.Error{
			Kind: models.Invalid, Code: "wrong_digits_kind", Field: field, Detail: "These digits are something else, which kind names.",
			Extra: map[string]any{"kind": kind, "wanted": want},
		}
	}
	return digits, nil
}

// MakeActivationCode gives a worker a code to read out, once, for 72 hours. It replaces the one before. With newPhone it may take the
// place of the phone that carries the pass, which lives until then.
func (d *Desk) MakeActivationCode(ctx context.Context, by models.Actor, id models.PassID, newPhone bool) (models.Pass, models.Digits, error) {
	var code models.Digits
	var p models.Pass
	err := drawing(func() error {
		code = models.NewDigits(models.ActivationCode, d.random)
		var err error
		p, err = d.store.ChangePass(ctx, whose(by), id, func(p *models.Pass) (models.Change, error) {
			if err := usable(by, p); err != nil {
				return models.Change{}, err
			}
			c := d.change(by, p, "activation_code_made", reasonFor(newPhone))
			p.Activation = &models.Activation{
				Hash: d.keys.Hash("activation", string(code)), Expires: c.At.Add(models.ActivationLife), Replace: newPhone,
			}
			return c, nil
		})
		return err
	})
	return p, code, err
}

func reasonFor(newPhone bool) models.ReasonForChange {
	if newPhone {
		return models.NewPhone
	}
	return ""
}

// CancelCode ends an activation code that was not used yet.
func (d *Desk) CancelCode(ctx context.Context, by models.Actor, id models.PassID) (models.Pass, error) {
	return d.store.ChangePass(ctx, whose(by), id, func(p *models.Pass) (models.Change, error) {
		if p.Activation == nil || !p.Activation.UsedAt.IsZero() {
			return models.Change{Same: true}, nil
		}
		p.Activation = nil
		return d.change(by, p, "activation_code_cancelled", ""), nil
	})
}

// Activate makes a phone carry the pass that a worker's code is for.
func (d *Desk) Activate(ctx context.Context, a Activation) (Activated, error) {
	code, err := ParseTyped("code", a.Code, models.ActivationCode)
	if err != nil {
		return Activated{}, err
	}
	alarm, err := d.alarm(ctx, a.BirthYear)
	if err != nil {
		return Activated{}, err
	}
	p, err := d.store.UseActivation(ctx, d.keys.Hash("activation", string(code)), func(p *models.Pass) (models.Change, error) {
		if alarm && !bornIn(p, a.BirthYear) {
			return models.Change{}, errCodeUnknown
		}
		return d.activate(p, a)
	})
	if err != nil {
		return Activated{}, d.countWrong(ctx, err)
	}
	return activated(p, a.Device), nil
}

func activated(p models.Pass, device DeviceKey) Activated {
	a := Activated{Pass: p}
	if phone := p.PhoneByThumbprint(device.Thumbprint); phone != nil {
		a.Phone = phone.ID
	}
	return a
}

// activate uses the code up and binds the phone, in one change of one document.
func (d *Desk) activate(p *models.Pass, a Activation) (models.Change, error) {
	at, code := d.clock(), p.Activation
	switch {
	case !code.UsedAt.IsZero():
		return usedBefore(p, code.UsedBy, code.UsedAt, a.Device, at)
	case !at.Before(code.Expires):
		return models.Change{}, errCodeEnded
	}
	c, err := d.moveTo(byHolder(p), p, a.Device, a.Replace || code.Replace)
	if err != nil {
		return c, err
	}
	code.UsedAt, code.UsedBy = at, a.Device.Thumbprint
	return c, nil
}

// usedBefore gives the same key the same answer again, so that a lost answer is not "used"; anybody else is refused.
func usedBefore(p *models.Pass, usedBy string, usedAt time.Time, device DeviceKey, at time.Time) (models.Change, error) {
	if usedBy != device.Thumbprint || at.After(usedAt.Add(models.AnswerLife)) || p.PhoneByThumbprint(usedBy) == nil {
		return models.Change{}, errCodeUsed
	}
	return models.Change{Same: true}, nil
}

// moveTo makes a phone carry the pass. One that carries it now is replaced only if that was said.
func (d *Desk) moveTo(by models.Actor, p *models.Pass, device DeviceKey, replace bool) (models.Change, error) {
	if err := usable(by, p); err != nil {
		return models.Change{}, err
	}
	if live := p.LivePhone(); live != nil && live.Thumbprint != device.Thumbprint && !replace {
		return models.Change{}, errReplace
	}
	phone := models.Phone{ID: models.NewID[models.CarrierID](d.random), Thumbprint: device.Thumbprint, Key: device.Point}
	action, kind := "pass_activated", models.NoticeActivated
	if p.MoveTo(phone, d.clock()) {
		action, kind = "phone_replaced", models.NoticeReplaced
	}
	c := d.change(by, p, action, "")
	c.Notices = []models.Notice{d.moved(p, kind, p.PhoneByThumbprint(device.Thumbprint).ID)}
	return c, nil
}

// bornIn compares the year that was said. A community pass is nobody's and has none: asking must not lock it out.
func bornIn(p *models.Pass, year int) bool { return p.Community || p.BirthYear == year }

// wrongSpan is one bucket of the count of wrong codes.
const wrongSpan = 10 * time.Minute

func wrongCodes(at time.Time) string {
	return at.Truncate(wrongSpan).Format("2006-01-02T15:04") + "/codes"
}

// alarm says whether so many wrong codes were tried in the last hour that the birth year is needed too, and refuses if it was not
// said: a step more, never a lockout.
func (d *Desk) alarm(ctx context.Context, birthYear int) (bool, error) {
	var hour []string
	at := d.clock()
	for back := time.Duration(0); back <= time.Hour; back += wrongSpan {
		hour = append(hour, wrongCodes(at.Add(-back)))
	}
	wrong, err := d.store.Counted(ctx, hour)
	if err != nil || wrong <= alarmAfter {
		return false, err
	}
	if birthYear == 0 {
		return true, errBirthYear
	}
	return true, nil
}

// countWrong counts a code that did not match.
func (d *Desk) countWrong(ctx context.Context, err error) error {
	if errors.Is(err, errCodeUnknown) {
		if _, down := d.store.Count(ctx, wrongCodes(d.clock()), 1); down != nil {
			return down
		}
	}
	return err
}

// same compares hashes of codes in constant time.
func same(a, b string) bool { return a != "" && subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
