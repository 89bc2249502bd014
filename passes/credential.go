package passes

import (
	"context"
	"crypto/ecdsa"
	"strconv"
	"time"

	"kaikukortti/models"
	"kaikukortti/passes/kp1"
)

// A SignedCredential is what a phone shows codes with.
type SignedCredential struct {
	Bytes []byte
	models.Credential
	Pass models.Pass
}

// CTIOf is the id of a pass's n-th credential: the server can name the next ones before they exist.
func CTIOf(keys *models.Keys, pass models.PassID, n int64) kp1.CTI {
	return kp1.CTI(keys.MAC("cti", string(pass), strconv.FormatInt(n, 10))[:len(kp1.CTI{})])
}

// Credential signs a statement that a code key speaks for the holder's pass. Until the last one is half a week old, or the facts or
// the phone have changed, it says the same under the same id: a holder cannot get fresh ids by asking again.
func (d *Desk) Credential(ctx context.Context, by models.Actor, codeKey *ecdsa.PublicKey) (SignedCredential, error) {
	p, err := d.store.LookupPass(ctx, by.Pass)
	if err != nil {
		return SignedCredential{}, err
	}
	network, err := d.store.Network(ctx, p.Network)
	if err != nil {
		return SignedCredential{}, err
	}
	issuer, kid, err := d.ring.Issuer(ctx, &network)
	if err != nil {
		return SignedCredential{}, err
	}
	c, p, err := d.store.TakeCredential(ctx, by.Pass, func(p *models.Pass, last *models.Credential) (models.Credential, error) {
		return d.choose(by, p, last, &network, kid)
	})
	if err != nil {
		return SignedCredential{}, err
	}
	signed, err := kp1.SignCredential(issuer, said(c, codeKey))
	return SignedCredential{Bytes: signed, Credential: c, Pass: p}, err
}

// choose is the last credential if it still says what is true, and otherwise the next.
func (d *Desk) choose(by models.Actor, p *models.Pass, last *models.Credential, network *models.Network, kid kp1.KID) (models.Credential, error) {
	if err := mayChange(by, p); err != nil {
		return models.Credential{}, err
	}
	at, until := d.clock(), p.UsableUntil(network)
	if !until.After(at) {
		return models.Credential{}, &models.Error{
			Kind: models.Forbidden, Code: "pass_expired", Detail: "The pass is past its last day.", Extra: map[string]any{"last": p.Last},
		}
	}
	next := models.Credential{
		CTI: models.CTI(CTIOf(d.keys, p.ID, p.CredentialNo+1).String()), Pass: p.ID, Carrier: by.Phone, Kind: models.CarrierPhone,
		Network: p.Network, No: p.CredentialNo + 1, Issued: at, Exp: expires(at, until), Issuer: kid.String(),
		CodeKind: int(kindOf(p, models.CarrierPhone)), Children: p.Children,
	}
	if last != nil && at.Before(last.Issued.Add(models.CredentialRenew)) && !last.Off() && last.Carrier == next.Carrier &&
		last.CodeKind == next.CodeKind && last.Children == next.Children && last.Exp.Equal(expires(last.Issued, until)) {
		return *last, nil
	}
	return next, nil
}

// expires is 14 days later, or when the pass can be used no more.
func expires(issued, until time.Time) time.Time {
	if exp := issued.Add(models.CredentialLife); exp.Before(until) {
		return exp
	}
	return until
}

func kindOf(p *models.Pass, carrier models.CarrierKind) kp1.Kind {
	switch {
	case p.Community && carrier == models.CarrierPaper:
		return kp1.KindCommunityPaper
	case p.Community:
		return kp1.KindCommunityPhone
	case carrier == models.CarrierPaper:
		return kp1.KindPaper
	default:
		return kp1.KindPhone
	}
}

// said is a kept credential as it is signed. codeKey is nil on paper.
func said(c models.Credential, codeKey *ecdsa.PublicKey) kp1.Credential {
	cti, err := kp1.ParseCTI(string(c.CTI))
	if err != nil {
		panic("passes: a credential was kept with a cti that is none") // the store keeps what String wrote
	}
	return kp1.Credential{Kind: kp1.Kind(c.CodeKind), Children: c.Children, CTI: cti, Exp: c.Exp.Unix(), CodeKey: codeKey}
}
