package client

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"kaikukortti/models"
	"kaikukortti/passes/kp1"
)

// A Carried is all that a phone keeps of one pass. Each pass has a device key of its own, so that nobody can tell that two passes
// are on one phone.
type Carried struct {
	Device     Key           `json:"device"`
	Pass       models.PassID `json:"pass,omitempty"`
	Number     models.Digits `json:"number,omitempty"`
	Request    *Request      `json:"request,omitempty"`  // while the worker types its digits
	NextKey    *Key          `json:"next_key,omitempty"` // a code key whose credential is on its way
	Credential *Credential   `json:"credential,omitempty"`
}

// A Request is eight digits that the holder reads out to the worker.
type Request struct {
	ID      string        `json:"id"`
	Digits  models.Digits `json:"digits"`
	Expires time.Time     `json:"expires"`
}

// A Credential is what codes are shown with, offline too: the server's statement and the code key that it names.
type Credential struct {
	Key        Key        `json:"key"`
	Signed     string     `json:"signed"` // base64url
	Children   int        `json:"children"`
	Exp        time.Time  `json:"exp"`
	RenewAfter time.Time  `json:"renew_after"`
	Last       models.Day `json:"last"`
	Shown      int64      `json:"shown,omitempty"` // the second of the last code that was shown
}

// A Phone carries one pass.
type Phone struct {
	Carried
	prover *prover
}

// NewCarried begins with a new device key, for a pass that is yet to be activated.
func NewCarried() (Carried, error) {
	key, err := NewKey()
	return Carried{Device: key}, err
}

// NewPhone is a phone that keeps what was kept.
func NewPhone(server *Server, clock *Clock, kept Carried) *Phone {
	return &Phone{Carried: kept, prover: &prover{server: server, key: kept.Device, typ: deviceType, clock: clock}}
}

// activated is the answer to whoever carries a pass from now on.
type activated struct {
	Pass struct {
		ID     models.PassID `json:"id"`
		Number models.Digits `json:"number"`
	} `json:"pass"`
	RecoveryCode models.Digits `json:"recovery_code"`
	Now          time.Time     `json:"now"`
}

func (p *Phone) carries(a *activated) {
	p.Pass, p.Number, p.Request = a.Pass.ID, a.Pass.Number, nil
	p.prover.clock.correct(a.Now)
}

// An Activation is how a pass comes onto a phone by a code.
type Activation struct {
	Code      string
	Replace   bool // the phone that carries the pass now ends
	BirthYear int  // when the server asks for it
}

// Activate uses the worker's code up. The same code from the same phone again has the same answer.
func (p *Phone) Activate(ctx context.Context, a Activation) error {
	var answer activated
	err := p.anonymous(ctx, http.MethodPost, "/v1/activations", struct {
		Code      string     `json:"code"`
		DeviceKey models.JWK `json:"device_key"`
		Replace   bool       `json:"replace"`
		BirthYear int        `json:"birth_year,omitempty"`
	}{a.Code, p.Device.JWK(), a.Replace, a.BirthYear}, &answer)
	if err == nil {
		p.carries(&answer)
	}
	return err
}

// Recover brings the pass here by its number and recovery code, and answers the next code.
func (p *Phone) Recover(ctx context.Context, number, code string, birthYear int) (models.Digits, error) {
	var answer activated
	err := p.anonymous(ctx, http.MethodPost, "/v1/recoveries", struct {
		PassNumber string     `json:"pass_number"`
		Code       string     `json:"code"`
		DeviceKey  models.JWK `json:"device_key"`
		BirthYear  int        `json:"birth_year,omitempty"`
	}{number, code, p.Device.JWK(), birthYear}, &answer)
	if err == nil {
		p.carries(&answer)
	}
	return answer.RecoveryCode, err
}

// OpenRequest gets eight digits for the holder to read out.
func (p *Phone) OpenRequest(ctx context.Context) error {
	var opened Request
	err := p.anonymous(ctx, http.MethodPost, "/v1/activation-requests", struct {
		DeviceKey models.JWK `json:"device_key"`
	}{p.Device.JWK()}, &opened)
	if err == nil {
		p.Request = &opened
	}
	return err
}

// ErrRequestEnded says that nobody typed the digits in time.
var ErrRequestEnded = errors.New("nobody typed the digits within their ten minutes; ask for new ones")

// ReadRequest asks whether the worker has typed the digits.
func (p *Phone) ReadRequest(ctx context.Context) (active bool, err error) {
	var answer struct {
		State string `json:"state"`
		activated
	}
	if err := p.anonymous(ctx, http.MethodGet, "/v1/activation-requests/"+url.PathEscape(p.Request.ID), nil, &answer); err != nil {
		return false, err
	}
	switch answer.State {
	case "active":
		p.carries(&answer.activated)
		return true, nil
	case "ended":
		p.Request = nil
		return false, ErrRequestEnded
	}
	return false, nil
}

func (p *Phone) anonymous(ctx context.Context, method, path string, body, into any) error {
	_, err := p.prover.server.do(ctx, call{method: method, path: path, body: body}, into)
	return err
}

// MakeCodeKey makes the key for the next credential. Keep the phone before Renew, so that a lost answer loses nothing.
func (p *Phone) MakeCodeKey() error {
	if p.NextKey != nil {
		return nil
	}
	key, err := NewKey()
	if err == nil {
		p.NextKey = &key
	}
	return err
}

// Renew gets a credential for the key that MakeCodeKey made.
func (p *Phone) Renew(ctx context.Context) error {
	if p.NextKey == nil {
		return errors.New("there is no code key yet")
	}
	var answer struct {
		Credential string     `json:"credential"`
		Children   int        `json:"children"`
		Exp        time.Time  `json:"exp"`
		RenewAfter time.Time  `json:"renew_after"`
		Last       models.Day `json:"last"`
		Now        time.Time  `json:"now"`
	}
	err := p.ask(ctx, http.MethodPost, "/v1/me/credential", struct {
		CodeKey models.JWK `json:"code_key"`
	}{p.NextKey.JWK()}, &answer)
	if err != nil {
		return err
	}
	p.prover.clock.correct(answer.Now)
	p.Credential = &Credential{
		Key: *p.NextKey, Signed: answer.Credential, Children: answer.Children, Exp: answer.Exp, RenewAfter: answer.RenewAfter, Last: answer.Last,
	}
	p.NextKey = nil
	return nil
}

// Code signs what the phone shows at a moment. It needs no network.
func (p *Phone) Code(at time.Time) (string, error) {
	if p.Credential == nil {
		return "", errors.New("there is no credential yet")
	}
	signed, err := base64.RawURLEncoding.DecodeString(p.Credential.Signed)
	if err != nil {
		return "", fmt.Errorf("read the credential: %w", err)
	}
	return kp1.SignCode(p.Credential.Key.PrivateKey, signed, at.Unix())
}

// ask asks in the name of the holder.
func (p *Phone) ask(ctx context.Context, method, path string, body, into any) error {
	return p.prover.ask(ctx, call{method: method, path: path, body: body}, into)
}

// Me is all that the server stores about the pass, as it came.
func (p *Phone) Me(ctx context.Context) (json.RawMessage, error) {
	var stored json.RawMessage
	return stored, p.ask(ctx, http.MethodGet, "/v1/me", nil, &stored)
}

// SpokenCode gets eight digits to say at a door.
func (p *Phone) SpokenCode(ctx context.Context) (code models.Digits, until time.Time, err error) {
	var answer struct {
		Code  models.Digits `json:"code"`
		Until time.Time     `json:"until"`
	}
	err = p.ask(ctx, http.MethodPost, "/v1/me/spoken-code", nil, &answer)
	return answer.Code, answer.Until, err
}

// RecoveryCode gets a code with which the pass can be brought to another phone; it ends the one before.
func (p *Phone) RecoveryCode(ctx context.Context) (number, code models.Digits, err error) {
	var answer struct {
		Number models.Digits `json:"pass_number"`
		Code   models.Digits `json:"recovery_code"`
	}
	err = p.ask(ctx, http.MethodPost, "/v1/me/recovery-code", nil, &answer)
	return answer.Number, answer.Code, err
}

// AskToRenew puts the pass on its distributor's list.
func (p *Phone) AskToRenew(ctx context.Context) error {
	return p.ask(ctx, http.MethodPost, "/v1/me/renewal-request", nil, nil)
}

// A Notice is a message in the holder's inbox.
type Notice struct {
	ID   models.NoticeID   `json:"id"`
	Kind models.NoticeKind `json:"kind"`
	At   time.Time         `json:"at"`
}

// Inbox lists the newest notices.
func (p *Phone) Inbox(ctx context.Context) ([]Notice, error) {
	var page struct {
		Notices []Notice `json:"notices"`
	}
	return page.Notices, p.ask(ctx, http.MethodGet, "/v1/me/notices", nil, &page)
}

// A Reservation is a hold on seats.
type Reservation struct {
	ID    models.ClaimID    `json:"id"`
	State models.ClaimState `json:"state"`
	Title models.Text       `json:"title"`
	Start time.Time         `json:"start"`
	Seats int               `json:"seats"`
	Code  string            `json:"code"` // once, in the answer that made it
}

// Reserve takes seats at a session.
func (p *Phone) Reserve(ctx context.Context, session models.SessionID, party models.Party, key string) (Reservation, error) {
	var made Reservation
	body := struct {
		Session models.SessionID `json:"session"`
		Party   models.Party     `json:"party"`
	}{session, party}
	err := p.prover.ask(ctx, call{method: http.MethodPost, path: "/v1/me/reservations", key: key, body: body}, &made)
	return made, err
}

// Reservations lists the holder's own.
func (p *Phone) Reservations(ctx context.Context) ([]Reservation, error) {
	var list struct {
		Reservations []Reservation `json:"reservations"`
	}
	return list.Reservations, p.ask(ctx, http.MethodGet, "/v1/me/reservations", nil, &list)
}

// Cancel gives a reservation back.
func (p *Phone) Cancel(ctx context.Context, id models.ClaimID) error {
	return p.ask(ctx, http.MethodDelete, "/v1/me/reservations/"+url.PathEscape(string(id)), nil, nil)
}

// Erase makes the server forget the pass.
func (p *Phone) Erase(ctx context.Context) error {
	return p.ask(ctx, http.MethodDelete, "/v1/me", nil, nil)
}
