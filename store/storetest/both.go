// Package storetest holds both stores to the same promises. It never knows which of the two it is asking.
package storetest

import (
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
	engine, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "kaikukortti.db"))
	if err != nil {
		t.Fatal(err)
	}
	return opened(t, engine)
}

// MongoStore is a fresh store in a database of the test's own.
func MongoStore(t testing.TB) *store.Store {
	t.Helper()
	uri, name := MongoDatabase(t)
	engine, err := mongo.Open(t.Context(), uri, name)
	if err != nil {
		t.Fatal(err)
	}
	return opened(t, engine)
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
