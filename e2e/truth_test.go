package e2e_test

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"kaikukortti/models"
)

// A truth is what is stored, as a backup holds it: the same for both databases.
type truth struct {
	claims  []models.Claim
	passes  []models.Pass
	audit   []models.AuditEntry
	notices []models.Notice
}

// truth makes a backup with the real binary and reads it.
func (s *server) truth() truth {
	s.t.Helper()
	folder := s.t.TempDir()
	s.run("backup", "--folder", folder)
	found, err := filepath.Glob(filepath.Join(folder, "*.jsonl.gz"))
	if err != nil || len(found) != 1 {
		s.t.Fatalf("backups: %v %v", found, err)
	}
	return readTruth(s.t, found[0])
}

func readTruth(t testing.TB, path string) truth {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	packed, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	var found truth
	lines := bufio.NewScanner(packed)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		if err := found.add(lines.Bytes()); err != nil {
			t.Fatal(err)
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return found
}

func (f *truth) add(line []byte) error {
	var row struct {
		Collection string          `json:"collection"`
		Document   json.RawMessage `json:"document"`
	}
	if err := json.Unmarshal(line, &row); err != nil {
		return err
	}
	switch row.Collection {
	case "claims":
		return into(&f.claims, row.Document)
	case "passes":
		return into(&f.passes, row.Document)
	case "audit":
		return into(&f.audit, row.Document)
	case "notices":
		return into(&f.notices, row.Document)
	}
	return nil
}

func into[D any](all *[]D, document json.RawMessage) error {
	var d D
	err := json.Unmarshal(document, &d)
	*all = append(*all, d)
	return err
}
