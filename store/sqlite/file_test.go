package sqlite_test

import (
	"bytes"
	"database/sql"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kaikukortti/store/sqlite"
)

func TestFilesAreTheOwnersAlone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "kaikukortti.db")
	mustBeClosedToOthers := func() {
		t.Helper()
		for _, file := range []string{path, path + "-wal", path + "-shm"} {
			info, err := os.Stat(file)
			if err != nil {
				t.Fatal(err)
			}
			if mode := info.Mode().Perm(); mode != 0o600 {
				t.Errorf("%s has the mode %o, want 600", filepath.Base(file), mode)
			}
		}
	}
	engine := open(t, path)
	prepare(t, engine)
	mustBeClosedToOthers()
	if err := engine.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	prepare(t, open(t, path))
	mustBeClosedToOthers()
}

// TestAFileThatIsNotOursIsRefusedAndLeftAsItIs: a wrong path in the settings must not harm what is there.
func TestAFileThatIsNotOursIsRefusedAndLeftAsItIs(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		make func(t *testing.T, path string)
		says string
	}{
		"a database of another application": {func(t *testing.T, path string) {
			t.Helper()
			execSQL(t, path, "PRAGMA application_id = 7; CREATE TABLE accounts (id INTEGER)")
		}, "another application"},
		"a database of nobody in particular": {func(t *testing.T, path string) {
			t.Helper()
			execSQL(t, path, "CREATE TABLE accounts (id INTEGER)")
		}, "another application"},
		"a text":       {fileOf(strings.Repeat("text ", 100)), "not a SQLite database"},
		"a short text": {fileOf("text"), "not a SQLite database"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "other")
			c.make(t, path)
			before := contentOf(t, path)
			engine, err := sqlite.Open(t.Context(), path)
			if err == nil {
				_ = engine.Close()
			}
			if err == nil || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), path) {
				t.Errorf("got %v, want a sentence with %q and the path", err, c.says)
			}
			if !bytes.Equal(before, contentOf(t, path)) {
				t.Error("the file was changed")
			}
		})
	}
}

func fileOf(text string) func(*testing.T, string) {
	return func(t *testing.T, path string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func contentOf(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// execSQL runs statements beside the engine.
func execSQL(t *testing.T, path, text string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), text); err != nil {
		t.Fatal(err)
	}
}

// mustBeSound lets SQLite check the whole file.
func mustBeSound(t *testing.T, path string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, check := range []string{
		"SELECT group_concat(integrity_check) FROM pragma_integrity_check WHERE integrity_check <> 'ok'",
		"SELECT group_concat(\"table\") FROM pragma_foreign_key_check",
	} {
		var wrong sql.NullString
		if err := db.QueryRowContext(t.Context(), check).Scan(&wrong); err != nil || wrong.Valid {
			t.Errorf("the file is not sound: %s, %v", wrong.String, err)
		}
	}
}

func TestAFolderThatIsNotThereIsTold(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "nowhere", "kaikukortti.db")
	if engine, err := sqlite.Open(t.Context(), path); err == nil {
		_ = engine.Close()
		t.Error("a database was made in a folder that is not there")
	} else if !strings.Contains(err.Error(), fs.ErrNotExist.Error()) && !os.IsNotExist(err) && !strings.Contains(err.Error(), "no such file") {
		t.Errorf("got %v", err)
	}
}

func TestAPathMayHoldAnyCharacter(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "ä 100%20?mode=memory&x#y;z.db")
	engine := open(t, path)
	prepare(t, engine)
	if err := insert(t.Context(), engine, 1); err != nil {
		t.Fatal(err)
	}
	if err := engine.Close(); err != nil {
		t.Fatal(err)
	}
	again := open(t, path)
	prepare(t, again)
	mustKeep(t, again, 1)
	if info, err := os.Stat(path); err != nil || info.Size() == 0 {
		t.Errorf("the file is not there: %v", err)
	}
}
