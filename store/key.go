package store

import (
	"context"
	"time"

	"kaikukortti/models"
)

var signingKeys = keep("signing_keys", func(k *models.SigningKey) string { return k.KID },
	// The first key of a use and network is made once, however many servers start on an empty store.
	Index{Name: "first", Keys: []string{"use", "network"}, Unique: true, Where: []Condition{IsTrue("first")}},
	Index{Name: "made", Keys: []string{"made"}},
)

func keyCollections() []Collection { return []Collection{signingKeys.Collection} }

// SigningKeys reads all that were ever made, in the order in which they were made.
func (s *Store) SigningKeys(ctx context.Context) ([]models.SigningKey, error) {
	return list(ctx, s, signingKeys, everyKey)
}

// everyKey reads the whole collection: it holds a few keys for each rotation.
var everyKey = Query{Where: []Condition{AtLeast("made", time.Time{})}, Order: []string{"made"}}

// ChangeKeys shows change all the keys and does, in one transaction, what it answers. change runs again when somebody else changed
// them meanwhile, or when a new key's kid is taken: then that key is thrown away.
func (s *Store) ChangeKeys(ctx context.Context, change func([]models.SigningKey) (models.KeyChange, error)) error {
	return s.updateAgain(ctx, func(w Writer) error {
		all, err := signingKeys.find(w, everyKey)
		if err != nil {
			return err
		}
		c, err := change(all)
		if err != nil {
			return err
		}
		for i := range c.New {
			if err := signingKeys.insert(w, &c.New[i]); err != nil {
				return err
			}
		}
		for i := range c.Changed {
			if err := signingKeys.replace(w, &c.Changed[i]); err != nil {
				return err
			}
		}
		return record(w, c.Audit...)
	}, func(err error) bool { return signingKeys.duplicate(err) })
}

// IssuerInUse says whether a credential that the key signed has not ended.
func (s *Store) IssuerInUse(ctx context.Context, kid string, at time.Time) (bool, error) {
	found, err := list(ctx, s, credentials, Query{Where: []Condition{Equal("issuer", kid), AtLeast("exp", at)}, Limit: 1})
	return len(found) > 0, err
}

// PapersSignedBy lists the papers that carry a pass and that the key signed, as far as they have not ended.
func (s *Store) PapersSignedBy(ctx context.Context, kid string, at time.Time) ([]models.PaperToPrint, error) {
	var papers []models.PaperToPrint
	err := s.view(ctx, func(r Reader) error {
		papers = nil
		signed, err := credentials.find(r, Query{Where: []Condition{
			Equal("issuer", kid), AtLeast("exp", at), Equal("kind", models.CarrierPaper), Absent("revoked"),
		}})
		if err != nil {
			return err
		}
		for i := range signed {
			p, err := passes.get(r, string(signed[i].Pass))
			if isNotFound(err) {
				continue
			}
			if err != nil {
				return err
			}
			papers = append(papers, models.PaperToPrint{Pass: p.ID, Number: p.Number, Distributor: p.Distributor})
		}
		return nil
	})
	return papers, err
}
