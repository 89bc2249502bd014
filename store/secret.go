package store

import (
	"context"

	"kaikukortti/models"
)

// secret is random bytes that belong to a period. While it is there, pseudonyms and uses of the period can be computed; once it is
// destroyed nobody can, the server included.
type secret struct {
	ID            string `json:"_id"` // "venue/<organisation>/<month>", "use/<period>"
	models.Record `json:",inline"`
	Sealed        []byte     `json:"sealed"`
	Destroy       models.Day `json:"destroy"` // on this day it is deleted
}

var secrets = keep("secrets", func(s *secret) string { return s.ID }, Index{Name: "destroy", Keys: []string{"destroy"}})

// PeriodSecret reads the sealed secret of a period. If there is none yet, fresh becomes it; of two that come at once, one wins and
// both get it.
func (s *Store) PeriodSecret(ctx context.Context, id string, fresh []byte, destroy models.Day) ([]byte, error) {
	var sealed []byte
	err := s.step(ctx, func(w Writer) error {
		kept, err := secrets.get(w, id)
		if isNotFound(err) {
			err = secrets.insert(w, &secret{ID: id, Sealed: fresh, Destroy: destroy})
			if secrets.duplicate(err) {
				kept, err = secrets.get(w, id)
			} else {
				kept.Sealed = fresh
			}
		}
		sealed = kept.Sealed
		return err
	})
	return sealed, err
}
