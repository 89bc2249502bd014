package passes

import (
	"context"
	"fmt"
	"io"
	"time"

	"kaikukortti/models"
	"kaikukortti/passes/kp1"
)

// A Print is a paper, shown once: the worker prints it now or prints anew.
type Print struct {
	Pass   models.Pass
	Code   string        // what the QR says
	Number models.Digits // to be typed at a door
	Exp    time.Time
}

// PrintPaper makes a paper carry a pass. The paper before it ends, and an issued pass is active by that.
func (d *Desk) PrintPaper(ctx context.Context, by models.Actor, id models.PassID) (Print, error) {
	p, err := d.store.PassOf(ctx, whose(by), id)
	if err != nil {
		return Print{}, err
	}
	network, err := d.store.Network(ctx, p.Network)
	if err != nil {
		return Print{}, err
	}
	issuer, kid, err := d.ring.Issuer(ctx, &network)
	if err != nil {
		return Print{}, err
	}
	var printed Print
	var c models.Credential
	err = drawing(func() error {
		printed.Number = models.NewDigits(models.PaperNumber, d.random)
		printed.Pass, err = d.store.ChangePass(ctx, whose(by), id, func(p *models.Pass) (models.Change, error) {
			change, err := d.print(by, p, &network, kid, printed.Number)
			if change.Credential != nil {
				c = *change.Credential
			}
			return change, err
		})
		return err
	})
	if err != nil {
		return Print{}, err
	}
	signed, err := kp1.SignCredential(issuer, said(c, nil))
	if err != nil {
		return Print{}, err
	}
	printed.Exp = c.Exp
	printed.Code, err = kp1.PaperCode(signed)
	return printed, err
}

// print is the change of a pass that a print makes. Its cti is random: a paper is one credential for its whole life, and nothing needs
// to foretell the next.
func (d *Desk) print(by models.Actor, p *models.Pass, network *models.Network, kid kp1.KID, number models.Digits) (models.Change, error) {
	if err := usable(by, p); err != nil {
		return models.Change{}, err
	}
	at := d.clock()
	if !p.UsableUntil(network).After(at) {
		return models.Change{}, &models.Error{Kind: models.Conflict, Code: "pass_expired", Detail: "Renew the pass first."}
	}
	var cti kp1.CTI
	if _, err := io.ReadFull(d.random, cti[:]); err != nil {
		return models.Change{}, fmt.Errorf("draw a cti: %w", err)
	}
	paper := models.Paper{
		ID: models.NewID[models.CarrierID](d.random), Number: d.keys.Hash("paper", string(number)), CTI: models.CTI(cti.String()),
		Exp: p.PaperUntil(),
	}
	p.Print(paper, at)
	c := d.change(by, p, "paper_printed", "")
	c.Credential = &models.Credential{
		CTI: paper.CTI, Pass: p.ID, Carrier: paper.ID, Kind: models.CarrierPaper, Network: p.Network, Issued: at, Exp: paper.Exp,
		Issuer: kid.String(), CodeKind: int(kindOf(p, models.CarrierPaper)), Children: p.Children,
	}
	return c, nil
}
