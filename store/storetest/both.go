// Package storetest holds both stores to the same promises. It never knows which of the two it is asking.
package storetest

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"kaikukortti/store"
	"kaikukortti/store/mongo"
	"kaikukortti/store/sqlite"
)

// Both runs a test on a fresh SQLite store and on a fresh MongoDB database. Without a MongoDB that half skips (under CI it fails).
func Both(t *testing.T, test func(t *testing.T, s *store.Store)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, SQLite(t))
	})
	t.Run("mongo", func(t *testing.T) {
		t.Parallel()
		test(t, MongoStore(t))
	})
}

// SQLite is a fresh store in a folder of the test's own.
func SQLite(t testing.TB) *store.Store {
	t.Helper()
	return SQLiteWith(t, nil)
}

// MongoStore is a fresh store in a database of the test's own.
func MongoStore(t testing.TB) *store.Store {
	t.Helper()
	return mongoWith(t, nil)
}

func mongoWith(t testing.TB, documents Documents) *store.Store {
	t.Helper()
	uri, name := Database(t)
	engine, err := mongo.Open(t.Context(), uri, name)
	if err != nil {
		t.Fatal(err)
	}
	s := opened(t, engine)
	load(t, engine, documents)
	return s
}

func opened(t testing.TB, engine store.Engine) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), engine)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// Documents are raw documents by collection, as a test vector holds them.
type Documents map[string][]json.RawMessage

// Load puts raw documents into a fresh store on both engines and runs a test on each.
func Load(t *testing.T, documents Documents, test func(t *testing.T, s *store.Store)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, SQLiteWith(t, documents))
	})
	t.Run("mongo", func(t *testing.T) {
		t.Parallel()
		test(t, mongoWith(t, documents))
	})
}

func load(t testing.TB, engine store.Engine, documents Documents) {
	t.Helper()
	fresh := make(map[string]func() any)
	for _, c := range store.Collections() {
		fresh[c.Name] = c.New
	}
	err := engine.Update(t.Context(), func(w store.Writer) error {
		for name, all := range documents {
			for _, raw := range all {
				var id struct {
					ID string `json:"_id"`
				}
				doc := fresh[name]()
				if err := errors.Join(json.Unmarshal(raw, &id), json.Unmarshal(raw, doc)); err != nil {
					return err
				}
				if err := w.Insert(name, id.ID, doc); err != nil {
					return fmt.Errorf("%s %s: %w", name, id.ID, err)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// SQLiteWith is a fresh SQLite store with documents in it.
func SQLiteWith(t testing.TB, documents Documents) *store.Store {
	t.Helper()
	engine, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "kaikukortti.db"))
	if err != nil {
		t.Fatal(err)
	}
	s := opened(t, engine)
	load(t, engine, documents)
	return s
}

// Fill inserts n documents of each kind that draw gives, in transactions of a thousand, into a fresh SQLite store: for measuring.
func Fill(t testing.TB, documents Documents, n int, draw func(i int) map[string]Document) *store.Store {
	t.Helper()
	engine, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "kaikukortti.db"))
	if err != nil {
		t.Fatal(err)
	}
	s := opened(t, engine)
	load(t, engine, documents)
	const batch = 1000
	for from := 0; from < n; from += batch {
		err := engine.Update(t.Context(), func(w store.Writer) error {
			for i := from; i < min(n, from+batch); i++ {
				for collection, doc := range draw(i) {
					if err := w.Insert(collection, doc.ID, doc.Doc); err != nil {
						return err
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// A Document is a document with its id.
type Document struct {
	ID  string
	Doc any
}

// Engines runs a test on both engines with the collections made, past the verbs: for what indexes alone must hold.
func Engines(t *testing.T, test func(t *testing.T, engine store.Engine)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		engine, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "kaikukortti.db"))
		if err != nil {
			t.Fatal(err)
		}
		opened(t, engine)
		test(t, engine)
	})
	t.Run("mongo", func(t *testing.T) {
		t.Parallel()
		uri, name := Database(t)
		engine, err := mongo.Open(t.Context(), uri, name)
		if err != nil {
			t.Fatal(err)
		}
		opened(t, engine)
		test(t, engine)
	})
}
