package store

import (
	"context"
	"slices"
	"time"

	"kaikukortti/models"
)

var passes = keep("passes", func(p *models.Pass) models.PassID { return p.ID },
	// A pass number names one pass.
	Index{Name: "number", Keys: []string{"number"}, Unique: true},
	// A device key speaks for one pass, on one phone: of two that bring the same key one fails.
	Index{Name: "thumbprint", Keys: []string{"phones.thumbprint"}, Array: "phones", Unique: true, Where: []Condition{Exists("phones")}},
	Index{Name: "paper", Keys: []string{"papers.number"}, Array: "papers", Unique: true, Where: []Condition{Exists("papers")}},
	Index{Name: "activation", Keys: []string{"activation.hash"}, Unique: true, Where: []Condition{Exists("activation.hash")}},
	Index{Name: "spoken", Keys: []string{"spoken.hash"}, Unique: true, Where: []Condition{Exists("spoken.hash")}},
	Index{Name: "idempotency", Keys: []string{"idempotency.key"}, Unique: true, Where: []Condition{Exists("idempotency.key")}},
	// The distributor's list: those who asked to renew first, then the newest.
	Index{Name: "distributor_issued", Keys: []string{"distributor", "issued_at"}},
	Index{Name: "distributor_asked", Keys: []string{"distributor", "renew_asked"}, Where: []Condition{Exists("renew_asked")}},
	// What the daily job looks for.
	Index{Name: "last", Keys: []string{"last"}},
	Index{Name: "ended_at", Keys: []string{"ended_at"}, Where: []Condition{Exists("ended_at")}},
	Index{Name: "activation_expires", Keys: []string{"activation.expires"}, Where: []Condition{Exists("activation.expires")}},
	Index{Name: "spoken_at", Keys: []string{"spoken.at"}, Where: []Condition{Exists("spoken.at")}},
	Index{Name: "recovery_used", Keys: []string{"recovery.used_at"}, Where: []Condition{Exists("recovery.used_at")}},
)

var credentials = keep("credentials", func(c *models.Credential) models.CTI { return c.CTI },
	Index{Name: "pass_no", Keys: []string{"pass", "no"}},
	// The revoked list: few of many.
	Index{Name: "off_exp", Keys: []string{"off", "exp"}, Where: []Condition{IsTrue("off")}},
	Index{Name: "network_kind_exp", Keys: []string{"network", "kind", "exp"}},
	Index{Name: "issuer_exp", Keys: []string{"issuer", "exp"}},
	Index{Name: "exp", Keys: []string{"exp"}},
)

var tombstones = keep("tombstones", func(t *models.Tombstone) string { return t.ID },
	Index{Name: "exp", Keys: []string{"exp"}},
	Index{Name: "network_month", Keys: []string{"network", "issued_month"}},
)

func passCollections() []Collection {
	return []Collection{passes.Collection, credentials.Collection, tombstones.Collection}
}

// LookupCredential finds the credential with this cti, and the pass that it speaks for.
func (s *Store) LookupCredential(ctx context.Context, cti models.CTI) (models.Credential, models.Pass, error) {
	var c models.Credential
	var p models.Pass
	err := s.view(ctx, func(r Reader) error {
		var err error
		if c, err = credentials.get(r, string(cti)); err != nil {
			return err
		}
		p, err = passes.get(r, string(c.Pass))
		return err
	})
	return c, p, noSuchPass(err)
}

// LookupPaper finds the pass of a print by the HMAC of its number; the print may have ended.
func (s *Store) LookupPaper(ctx context.Context, number string) (models.Pass, error) {
	return s.findPass(ctx, Exists("papers"), Element("papers", Equal("number", number)))
}

// LookupSpoken finds the pass whose phone showed a spoken code, by its HMAC; it may be too old.
func (s *Store) LookupSpoken(ctx context.Context, hash string) (models.Pass, error) {
	return s.findPass(ctx, Equal("spoken.hash", hash))
}

// LookupPass reads a pass, whoever asks.
func (s *Store) LookupPass(ctx context.Context, id models.PassID) (models.Pass, error) {
	return s.findPass(ctx, Equal("_id", id))
}

func (s *Store) findPass(ctx context.Context, where ...Condition) (models.Pass, error) {
	var p models.Pass
	err := s.view(ctx, func(r Reader) error {
		var err error
		p, err = passes.first(r, where...)
		return err
	})
	return p, noSuchPass(err)
}

// noSuchPass is one answer for a pass that is unknown, another distributor's, or deleted: nobody can learn which.
func noSuchPass(err error) error {
	if isNotFound(err) {
		return &models.Error{Kind: models.NotFound, Code: "no_such_pass", Detail: "There is no such pass."}
	}
	return err
}

// PassesByID reads those of the passes that there still are, in no order.
func (s *Store) PassesByID(ctx context.Context, ids []models.PassID) ([]models.Pass, error) {
	var found []models.Pass
	err := s.view(ctx, func(r Reader) error {
		found = nil
		for some := range slices.Chunk(ids, models.Batch) {
			batch, err := passes.find(r, Query{Where: []Condition{In("_id", some)}})
			if err != nil {
				return err
			}
			found = append(found, batch...)
		}
		return nil
	})
	return found, err
}

// RevokedCTIs lists the cti of every unexpired credential and paper whose pass or carrier is not live, those of erased passes
// and of networks that have ended among them, in no order.
func (s *Store) RevokedCTIs(ctx context.Context, at time.Time, ended []models.NetworkID) ([]models.CTI, error) {
	var revoked []models.CTI
	err := s.view(ctx, func(r Reader) error {
		revoked = nil
		unexpired := AtLeast("exp", at.UTC().Truncate(time.Second).Add(time.Second))
		err := eachCTI(r, Query{Where: []Condition{IsTrue("off"), unexpired}}, func(c revocable) { revoked = append(revoked, c.CTI) })
		if err != nil {
			return err
		}
		for _, network := range ended {
			q := Query{Where: []Condition{Equal("network", network), In("kind", carrierKinds), unexpired}}
			err := eachCTI(r, q, func(c revocable) {
				if !c.Off {
					revoked = append(revoked, c.CTI)
				}
			})
			if err != nil {
				return err
			}
		}
		erased, err := tombstones.find(r, Query{Where: []Condition{unexpired}})
		for _, t := range erased {
			revoked = append(revoked, t.CTIs...)
		}
		return err
	})
	return revoked, err
}

var carrierKinds = []models.CarrierKind{models.CarrierPhone, models.CarrierPaper}

// revocable is as much of a credential as the revoked list needs: there may be 50,000 of them.
type revocable struct {
	CTI models.CTI `json:"_id"`
	Off bool       `json:"off"`
}

func eachCTI(r Reader, q Query, each func(revocable)) error {
	return r.Find(credentials.Name, q, func(decode func(any) error) error {
		var c revocable
		if err := decode(&c); err != nil {
			return err
		}
		each(c)
		return nil
	})
}
