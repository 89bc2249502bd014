package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"kaikukortti/models"
)

// SchemaVersion is what this program writes. A store from a newer program is refused; an older one is brought up to it by the
// migrations, each of which runs once.
const SchemaVersion = 1

// Store is every verb on one engine.
type Store struct{ engine Engine }

// Open makes the collections, indexes and migrations that are missing, and answers ErrNewer for a store that a newer program
// has written.
func Open(ctx context.Context, engine Engine) (*Store, error) {
	s := &Store{engine: engine}
	if err := engine.Prepare(ctx, Collections()); err != nil {
		return nil, fmt.Errorf("prepare the store: %w", err)
	}
	if err := s.migrate(ctx); err != nil {
		return nil, fmt.Errorf("migrate the store: %w", err)
	}
	return s, nil
}

// Collections is every collection with its indexes, declared in the file of its noun.
func Collections() []Collection {
	return slices.Concat(
		metaCollections(), passCollections(), claimCollections(), venueCollections(), keyCollections(), peopleCollections(),
		noticeCollections(),
	)
}

// Close closes the engine.
func (s *Store) Close() error { return s.engine.Close() }

// Ping answers nil when the store can take a write now.
func (s *Store) Ping(ctx context.Context) error { return s.engine.Ping(ctx) }

// view, update and step are the engine's, with the one error that a request can meet in any verb made fit for people.
func (s *Store) view(ctx context.Context, read func(Reader) error) error {
	return available(s.engine.View(ctx, read))
}

func (s *Store) update(ctx context.Context, change func(Writer) error) error {
	return available(s.engine.Update(ctx, change))
}

func (s *Store) step(ctx context.Context, change func(Writer) error) error {
	return available(s.engine.Step(ctx, change))
}

func available(err error) error {
	if errors.Is(err, ErrUnavailable) {
		down := &models.Error{Kind: models.Unavailable, Code: "unavailable", Detail: "The store cannot answer now.", RetryAfter: 2}
		return fmt.Errorf("%w: %w", down, err)
	}
	return err
}

// meta is a document about the store itself: which program wrote it, whether it is being restored, when it was scrubbed.
type meta struct {
	ID            string `json:"_id"`
	models.Record `json:",inline"`
	Schema        int        `json:"schema"`
	Soiled        bool       `json:"soiled,omitempty"`   // something was forgotten since
	Scrubbed      models.Day `json:"scrubbed,omitempty"` // the day of the last scrub
}

var metas = keep("meta", func(m *meta) string { return m.ID })

func metaCollections() []Collection { return []Collection{metas.Collection, audits.Collection} }

// migrations[n] brings a store from version n+1 to n+2.
var migrations []func(Writer) error

func (s *Store) migrate(ctx context.Context) error {
	err := s.engine.Update(ctx, func(w Writer) error {
		m, err := metas.get(w, "schema")
		if errors.Is(err, ErrNotFound) {
			return metas.insert(w, &meta{ID: "schema", Schema: SchemaVersion})
		}
		if err != nil {
			return err
		}
		if m.Schema > SchemaVersion {
			return fmt.Errorf("%w: it has version %d, this program knows %d", ErrNewer, m.Schema, SchemaVersion)
		}
		if m.Schema == SchemaVersion {
			return nil
		}
		for _, migration := range migrations[m.Schema-1:] {
			if err := migration(w); err != nil {
				return err
			}
		}
		m.Schema = SchemaVersion
		return metas.replace(w, &m)
	})
	if d := new(DuplicateError); errors.As(err, &d) && d.Collection == metas.Name {
		return s.migrate(ctx) // two servers started at once: look again
	}
	return err
}

// document is a pointer to a kept struct with a models.Record in it.
type document[D any] interface {
	*D
	Revision() *int64
}

// kept is a collection of documents of one type.
type kept[D any, P document[D]] struct {
	Collection
	id func(P) string
}

func keep[D any, P document[D], ID ~string](name string, id func(P) ID, indexes ...Index) kept[D, P] {
	return kept[D, P]{
		Collection: Collection{Name: name, New: func() any { return new(D) }, Indexes: indexes},
		id:         func(d P) string { return string(id(d)) },
	}
}

func (k kept[D, P]) get(r Reader, id string) (D, error) {
	var d D
	err := r.Get(k.Name, id, &d)
	return d, err
}

func (k kept[D, P]) find(r Reader, q Query) ([]D, error) {
	var all []D
	err := r.Find(k.Name, q, func(decode func(any) error) error {
		var d D
		if err := decode(&d); err != nil {
			return err
		}
		all = append(all, d)
		return nil
	})
	return all, err
}

// first finds at most one; ErrNotFound if there is none.
func (k kept[D, P]) first(r Reader, where ...Condition) (D, error) {
	all, err := k.find(r, Query{Where: where, Limit: 1})
	if err == nil && len(all) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		var none D
		return none, err
	}
	return all[0], nil
}

func (k kept[D, P]) insert(w Writer, d P) error {
	*d.Revision() = 1
	return w.Insert(k.Name, k.id(d), d)
}

// replace writes d over the version that was read, and counts it up.
func (k kept[D, P]) replace(w Writer, d P) error {
	was := *d.Revision()
	*d.Revision() = was + 1
	err := w.Replace(k.Name, k.id(d), was, d)
	if err != nil {
		*d.Revision() = was
	}
	return err
}

func (k kept[D, P]) delete(w Writer, id string) error { return w.Delete(k.Name, id) }

func isNotFound(err error) bool { return errors.Is(err, ErrNotFound) }

// duplicate says whether err is a duplicate in one of the named indexes of the collection; with none named, in any.
func (k kept[D, P]) duplicate(err error, indexes ...string) bool {
	d := new(DuplicateError)
	return errors.As(err, &d) && d.Collection == k.Name && (len(indexes) == 0 || slices.Contains(indexes, d.Index))
}
