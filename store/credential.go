package store

import (
	"context"
	"slices"
	"time"

	"kaikukortti/models"
)

var credentials = keep("credentials", func(c *models.Credential) models.CTI { return c.CTI },
	Index{Name: "pass_no", Keys: []string{"pass", "no"}},
	// The revoked list: nothing else is read to make it.
	Index{Name: "revoked", Keys: []string{"exp", "revoked"}, Array: "revoked", Where: []Condition{Exists("revoked")}},
	Index{Name: "network_kind_exp", Keys: []string{"network", "kind", "exp"}},
	Index{Name: "issuer_exp", Keys: []string{"issuer", "exp"}},
	Index{Name: "exp", Keys: []string{"exp"}},
)

// spokenFor reads the credential with this cti and the pass that it speaks for; nil if there is none any more.
func spokenFor(r Reader, cti models.CTI) (*models.SpokenFor, error) {
	c, err := credentials.get(r, string(cti))
	if err != nil {
		return nil, orNone(err)
	}
	p, err := passes.get(r, string(c.Pass))
	if err != nil {
		return nil, orNone(err)
	}
	return &models.SpokenFor{Pass: p, Carrier: c.Carrier}, nil
}

func orNone(err error) error {
	if isNotFound(err) {
		return nil
	}
	return err
}

// TakeCredential gives a pass's phone its credential: choose is shown the pass and its last credential, nil if there is none, and
// answers that one again, or the next, which is then kept and counted in the same transaction. Of many who ask at once, all get one.
func (s *Store) TakeCredential(ctx context.Context, id models.PassID, choose func(p *models.Pass, last *models.Credential) (models.Credential, error)) (models.Credential, models.Pass, error) {
	var chosen models.Credential
	var p models.Pass
	err := s.update(ctx, func(w Writer) error {
		var err error
		if p, err = passes.get(w, string(id)); err != nil {
			return err
		}
		last, err := lastCredential(w, &p)
		if err != nil {
			return err
		}
		if chosen, err = choose(&p, last); err != nil || last != nil && chosen.CTI == last.CTI {
			return err
		}
		p.CredentialNo = chosen.No
		if err := passes.replace(w, &p); err != nil {
			return err
		}
		return credentials.insert(w, &chosen)
	})
	return chosen, p, noSuchPass(err)
}

func lastCredential(r Reader, p *models.Pass) (*models.Credential, error) {
	if p.CredentialNo == 0 {
		return nil, nil
	}
	last, err := credentials.first(r, Equal("pass", p.ID), Equal("no", p.CredentialNo))
	if isNotFound(err) { // forgotten long after it ended
		return nil, nil
	}
	return &last, err
}

// settle lets the unexpired credentials of a pass stand or fall with it and with their carriers. It runs in the transaction of each
// change of a pass, so that the revoked list is never behind.
func settle(w Writer, p *models.Pass, at time.Time) error {
	mine, err := credentials.find(w, Query{Where: []Condition{Equal("pass", p.ID)}})
	if err != nil {
		return err
	}
	carrying := p.Carrying()
	for i := range mine {
		c := &mine[i]
		off := !slices.Contains(carrying, c.Carrier)
		if c.Off() == off || !c.Exp.After(at) {
			continue
		}
		c.Switch(off)
		if err := credentials.replace(w, c); err != nil {
			return err
		}
	}
	return nil
}

// RevokedCTIs lists the cti of every unexpired credential and paper whose pass or carrier is not live, those of erased passes
// and of networks that have ended among them, in no order.
func (s *Store) RevokedCTIs(ctx context.Context, at time.Time, ended []models.NetworkID) ([]models.CTI, error) {
	var revoked []models.CTI
	err := s.view(ctx, func(r Reader) error {
		unexpired := AtLeast("exp", at.UTC().Truncate(time.Second).Add(time.Second))
		numbers, err := r.Numbers(credentials.Name, "revoked", Query{Where: []Condition{Exists("revoked"), unexpired}})
		if err != nil {
			return err
		}
		revoked = make([]models.CTI, len(numbers))
		for i, n := range numbers {
			revoked[i] = models.NumberedCTI(int64(n))
		}
		if revoked, err = appendEnded(revoked, r, ended, unexpired); err != nil {
			return err
		}
		erased, err := tombstones.find(r, Query{Where: []Condition{unexpired}})
		for _, t := range erased {
			for _, c := range t.CTIs {
				if c.Exp.After(at) {
					revoked = append(revoked, c.CTI)
				}
			}
		}
		return err
	})
	return revoked, err
}

// appendEnded adds what still speaks for passes of networks that have ended; what is off stands on the list already.
func appendEnded(list []models.CTI, r Reader, ended []models.NetworkID, unexpired Condition) ([]models.CTI, error) {
	kinds := In("kind", []models.CarrierKind{models.CarrierPhone, models.CarrierPaper})
	for _, network := range ended {
		q := Query{Where: []Condition{Equal("network", network), kinds, unexpired, Absent("revoked")}}
		err := r.Find(credentials.Name, q, func(decode func(any) error) error {
			var c struct {
				CTI models.CTI `json:"_id"`
			}
			err := decode(&c)
			list = append(list, c.CTI)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}
