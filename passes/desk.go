// Package passes is the life of a pass: issued, activated, shown, judged at a door, ended and forgotten. It must never learn who a holder
// is, nor tell a venue more than a number of people.
package passes

import (
	"context"
	"errors"
	"io"
	"time"

	"kaikukortti/models"
)

// A Desk gives passes out and takes care of them as long as they live. A worker at it reads and changes only passes of the own
// distributor, and a holder only the own pass; nothing that it keeps says who a holder is.
type Desk struct {
	store  DeskStore
	keys   *models.Keys
	ring   *Keyring
	now    func() time.Time
	random io.Reader
}

// A Changing changes a pass and says what is kept with the change. It may run more than once and has no other effect.
type Changing = func(*models.Pass) (models.Change, error)

// DeskStore is what a desk needs of the store; each method is one atomic step.
type DeskStore interface {
	Network(ctx context.Context, id models.NetworkID) (models.Network, error)
	Networks(ctx context.Context) ([]models.Network, error)

	IssuePass(ctx context.Context, p models.Pass, answers []models.Counter, audit models.AuditEntry) (models.Pass, error)
	LookupPass(ctx context.Context, id models.PassID) (models.Pass, error)
	PassOf(ctx context.Context, distributor models.OrganisationID, id models.PassID) (models.Pass, error)
	PassByThumbprint(ctx context.Context, thumbprint string) (models.Pass, error)
	PassWithHoldings(ctx context.Context, id models.PassID) (models.Pass, models.Holdings, error)
	FindPasses(ctx context.Context, distributor models.OrganisationID, f models.PassFilter) ([]models.Pass, error)

	ChangePass(ctx context.Context, distributor models.OrganisationID, id models.PassID, change Changing) (models.Pass, error)
	UseActivation(ctx context.Context, hash string, change Changing) (models.Pass, error)
	UseRecovery(ctx context.Context, number models.Digits, change Changing) (models.Pass, error)
	OpenRequest(ctx context.Context, r models.ActivationRequest, at time.Time, perAddress, total int) error
	Request(ctx context.Context, id string) (models.ActivationRequest, models.Pass, error)
	BindRequest(ctx context.Context, distributor models.OrganisationID, id models.PassID, hash string, change func(*models.Pass, *models.ActivationRequest) (models.Change, error)) (models.Pass, error)
	TakeCredential(ctx context.Context, id models.PassID, choose func(p *models.Pass, last *models.Credential) (models.Credential, error)) (models.Credential, models.Pass, error)

	ErasePass(ctx context.Context, distributor models.OrganisationID, id models.PassID, tombstone string, change Changing) (models.Erasure, error)
	OpenErasures(ctx context.Context) ([]models.Erasure, error)
	SweepErased(ctx context.Context, pass models.PassID, today models.Day) error
	Scrub(ctx context.Context) error
	EndErasure(ctx context.Context, pass models.PassID) error
	MovePasses(ctx context.Context, from, to models.OrganisationID, audit func(*models.Pass) models.AuditEntry) (int, error)

	Count(ctx context.Context, tally string, by int) (int, error)
	Counted(ctx context.Context, tallies []string) (int, error)
	SpendJTI(ctx context.Context, id string, until time.Time) error
}

// NewDesk takes what a desk needs.
func NewDesk(store DeskStore, keys *models.Keys, ring *Keyring, now func() time.Time, random io.Reader) *Desk {
	return &Desk{store: store, keys: keys, ring: ring, now: now, random: random}
}

func (d *Desk) clock() time.Time { return d.now().UTC().Truncate(time.Second) }

// What a pass that is not active answers to those who hold it, or a code of it; a venue is never told which.
var (
	errSuspended = &models.Error{Kind: models.Forbidden, Code: "pass_suspended", Detail: "The pass is not in use now. The distributor can say why."}
	errEnded     = &models.Error{Kind: models.Forbidden, Code: "pass_ended", Detail: "The pass has ended."}
	errNotHere   = &models.Error{Kind: models.Unauthenticated, Code: "not_this_phone", Detail: "The pass is not on this phone any more."}
	errDrawAgain = &models.Error{Kind: models.Conflict, Code: "draw_again"}
)

// usable refuses a pass that is suspended or revoked. A holder may not; for a worker it is only not the time.
func usable(by models.Actor, p *models.Pass) error {
	if p.State == models.Suspended {
		return refusal(by, errSuspended)
	}
	return unended(by, p)
}

// unended refuses a pass that is revoked: that is for ever.
func unended(by models.Actor, p *models.Pass) error {
	if p.State == models.Revoked {
		return refusal(by, errEnded)
	}
	return nil
}

func refusal(by models.Actor, e *models.Error) error {
	if by.Role != models.WorkerRole {
		return e
	}
	conflict := *e
	conflict.Kind = models.Conflict
	return &conflict
}

// on refuses a holder whose phone does not carry the pass any more.
func on(by models.Actor, p *models.Pass) error {
	if phone := p.LivePhone(); phone == nil || phone.ID != by.Phone {
		return errNotHere
	}
	return nil
}

// drawing repeats what draws a number at random, until it is a new one.
func drawing(do func() error) error {
	const enough = 50
	var err error
	for range enough {
		if err = do(); !errors.Is(err, errDrawAgain) {
			return err
		}
	}
	return err
}

// change begins what is kept with a change of a pass: its audit row.
func (d *Desk) change(by models.Actor, p *models.Pass, action string, reason models.ReasonForChange) models.Change {
	at := d.clock()
	return models.Change{At: at, Audit: []models.AuditEntry{d.audit(by, p, action, reason, at)}}
}

// audit is a row that the distributor's own people can read, whoever made the change.
func (d *Desk) audit(by models.Actor, p *models.Pass, action string, reason models.ReasonForChange, at time.Time) models.AuditEntry {
	e := by.Audit()
	e.ID, e.At, e.Action, e.Pass, e.Reason = models.NewID[models.AuditID](d.random), at, action, p.ID, reason
	if e.Organisation == "" {
		e.Organisation, e.Network = p.Distributor, p.Network
	}
	return e
}

// byHolder is the actor of what somebody did who had a code of the pass.
func byHolder(p *models.Pass) models.Actor { return models.Actor{Role: models.HolderRole, Pass: p.ID} }

// notice tells the holder something, once for each cause.
func (d *Desk) notice(p *models.Pass, kind models.NoticeKind, cause string, facts map[string]string) models.Notice {
	return models.Notice{
		ID: models.NewID[models.NoticeID](d.random), Pass: p.ID, Cause: string(kind) + "/" + cause, Kind: kind, At: d.clock(), Facts: facts,
	}
}

// moved tells the holder that a phone carries the pass from now on; the same phone may do so again later.
func (d *Desk) moved(p *models.Pass, kind models.NoticeKind, phone models.CarrierID) models.Notice {
	return d.notice(p, kind, string(phone)+"/"+d.clock().Format(time.RFC3339), nil)
}

// DeviceByThumbprint finds the holder's phone that has a key. A phone that carries its pass no more is told so.
func (d *Desk) DeviceByThumbprint(ctx context.Context, thumbprint string) (models.Actor, []byte, error) {
	p, err := d.store.PassByThumbprint(ctx, thumbprint)
	if err != nil {
		return models.Actor{}, nil, err
	}
	phone := p.PhoneByThumbprint(thumbprint)
	if !phone.Live() {
		return models.Actor{}, nil, errNotHere
	}
	return holder(&p, phone), phone.Key, nil
}

func holder(p *models.Pass, phone *models.Phone) models.Actor {
	return models.Actor{Role: models.HolderRole, Pass: p.ID, Phone: phone.ID}
}

// Holding is the holder whose phone carries a pass now; it is asked on every request, so that an ended phone's token is dead at
// once. A phone whose pass is suspended or revoked may still ask why, and erase it.
func (d *Desk) Holding(ctx context.Context, pass models.PassID, phone models.CarrierID) (models.Actor, error) {
	p, err := d.store.LookupPass(ctx, pass)
	if notFound(err) {
		return models.Actor{}, errNotHere
	}
	if err != nil {
		return models.Actor{}, err
	}
	by := models.Actor{Role: models.HolderRole, Pass: pass, Phone: phone}
	return by, on(by, &p)
}

// SpendJTI uses the id of a device's proof up.
func (d *Desk) SpendJTI(ctx context.Context, jti string, until time.Time) error {
	return d.store.SpendJTI(ctx, d.keys.Hash("jti", jti), until)
}

// MyPass is all that is stored about the holder's pass.
func (d *Desk) MyPass(ctx context.Context, by models.Actor) (models.Pass, models.Network, models.Holdings, error) {
	p, held, err := d.store.PassWithHoldings(ctx, by.Pass)
	if err != nil {
		return p, models.Network{}, held, err
	}
	network, err := d.store.Network(ctx, p.Network)
	return p, network, held, err
}

// mayChange refuses a pass that is not in use, and a holder on whose phone it is no more.
func mayChange(by models.Actor, p *models.Pass) error {
	if by.Role == models.HolderRole {
		if err := on(by, p); err != nil {
			return err
		}
	}
	return usable(by, p)
}

// whose is the distributor whose passes an actor may touch. A holder's own pass may be of any; a worker without a distributor has
// none, whatever went wrong before.
func whose(by models.Actor) models.OrganisationID {
	switch {
	case by.Role == models.HolderRole:
		return ""
	case by.Role != models.WorkerRole || by.Organisation == "":
		return "nobody's"
	}
	return by.Organisation
}

// Now is the desk's clock, by which phones correct theirs.
func (d *Desk) Now() time.Time { return d.clock() }
