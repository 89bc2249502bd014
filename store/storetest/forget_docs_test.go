package storetest_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"kaikukortti/store/storetest"
)

const root = "../.."

func page(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "docs", name))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestThePrivacyPageHasEveryLine holds docs/privacy.md to what the job counts.
func TestThePrivacyPageHasEveryLine(t *testing.T) {
	t.Parallel()
	privacy := page(t, "privacy.md")
	forgotten, err := storetest.SQLite(t).Forget(t.Context(), noon)
	if err != nil || len(forgotten) < 20 {
		t.Fatalf("the job counts %v, %v", forgotten, err)
	}
	for what := range forgotten {
		if !bytes.Contains(privacy, []byte("`"+what+"`")) {
			t.Errorf("the page says nothing of %s", what)
		}
	}
}

var namedTests = regexp.MustCompile("`((?:Test|Fuzz)[A-Za-z0-9]+)`")

// TestEachDefenceNamesATestThatThereIs holds the pages to the tests that they name: a test that is renamed or dropped is missed here.
func TestEachDefenceNamesATestThatThereIs(t *testing.T) {
	t.Parallel()
	written := testsOf(t)
	for _, name := range []string{"threat-model.md", "privacy.md"} {
		named := namedTests.FindAllSubmatch(page(t, name), -1)
		if len(named) == 0 {
			t.Errorf("%s names no test", name)
		}
		for _, n := range named {
			if !written[string(n[1])] {
				t.Errorf("%s names %s, which is not there", name, n[1])
			}
		}
	}
}

var writtenTests = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)[A-Za-z0-9]+)\(`)

// testsOf are the names of all tests of the project.
func testsOf(t *testing.T) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		code, err := os.ReadFile(path)
		for _, n := range writtenTests.FindAllSubmatch(code, -1) {
			found[string(n[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
