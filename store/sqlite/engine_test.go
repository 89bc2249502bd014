package sqlite_test

import (
	"path/filepath"
	"testing"

	"kaikukortti/store"
	"kaikukortti/store/sqlite"
	"kaikukortti/store/storetest"
)

func open(t testing.TB, path string, opts ...sqlite.Option) *sqlite.Engine {
	t.Helper()
	engine, err := sqlite.Open(t.Context(), path, opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := engine.Close(); err != nil {
			t.Error(err)
		}
	})
	return engine
}

func TestSQLiteKeepsThePromisesOfAnEngine(t *testing.T) {
	t.Parallel()
	storetest.Engine(t, func(t *testing.T, watcher store.Watcher) store.Engine {
		t.Helper()
		path := filepath.Join(t.TempDir(), "kaikukortti.db")
		if watcher == nil {
			return open(t, path)
		}
		return open(t, path, sqlite.WithWatcher(watcher))
	})
}
