package passes

import (
	"context"
	"time"

	"kaikukortti/models"
)

// An OpenedRequest is what a phone shows: eight digits for the holder to read out.
type OpenedRequest struct {
	ID      string
	Digits  models.Digits
	Expires time.Time
}

// OpenRequest begins an activation from the holder's side. address is where the request came from; it is kept as a hash, until
// the request is used or forgotten.
func (d *Desk) OpenRequest(ctx context.Context, address string, device DeviceKey) (OpenedRequest, error) {
	at := d.clock()
	opened := OpenedRequest{ID: models.NewID[string](d.random), Expires: at.Add(models.RequestLife)}
	err := drawing(func() error {
		opened.Digits = models.NewDigits(models.RequestCode, d.random)
		return d.store.OpenRequest(ctx, models.ActivationRequest{
			ID: opened.ID, Hash: d.keys.Hash("request", string(opened.Digits)), Thumbprint: device.Thumbprint, Key: device.Point,
			Address: d.keys.Hash("address", address), Expires: opened.Expires, Open: true,
		}, at, requestsPerAddress, requestsInAll)
	})
	return opened, err
}

// A RequestState is how far a holder's request has come.
type RequestState string

// The states.
const (
	RequestWaiting RequestState = "waiting"
	RequestActive  RequestState = "active"
	RequestEnded   RequestState = "ended"
)

// Request says how a request went, to the phone that made it: it alone has the id.
func (d *Desk) Request(ctx context.Context, id string) (RequestState, Activated, error) {
	request, p, err := d.store.Request(ctx, id)
	switch {
	case err != nil:
		return "", Activated{}, err
	case request.Pass != "":
		return RequestActive, Activated{Pass: p, Phone: request.Phone}, nil
	case d.clock().Before(request.Expires):
		return RequestWaiting, Activated{}, nil
	default:
		return RequestEnded, Activated{}, nil
	}
}

// Bind makes the phone that shows eight digits carry a pass. The holder reads them out, so the worker knows who that is; with replace
// the worker has checked two facts aloud.
func (d *Desk) Bind(ctx context.Context, by models.Actor, id models.PassID, typed string, replace bool) (models.Pass, error) {
	digits, err := ParseTyped("digits", typed, models.RequestCode)
	if err != nil {
		return models.Pass{}, err
	}
	hash := d.keys.Hash("request", string(digits))
	return d.store.BindRequest(ctx, whose(by), id, hash, func(p *models.Pass, r *models.ActivationRequest) (models.Change, error) {
		return d.bind(by, p, r, replace)
	})
}

func (d *Desk) bind(by models.Actor, p *models.Pass, r *models.ActivationRequest, replace bool) (models.Change, error) {
	at := d.clock()
	switch {
	case r.Pass == p.ID:
		return models.Change{Same: true}, nil // the worker's answer was lost
	case r.Pass != "":
		return models.Change{}, errCodeUsed
	case !at.Before(r.Expires):
		return models.Change{}, errCodeEnded
	}
	c, err := d.moveTo(by, p, DeviceKey{Point: r.Key, Thumbprint: r.Thumbprint}, replace)
	if err != nil {
		return c, err
	}
	r.Open, r.Pass, r.UsedAt = false, p.ID, at
	r.Key, r.Address = nil, ""
	r.Phone = p.PhoneByThumbprint(r.Thumbprint).ID
	return c, nil
}
