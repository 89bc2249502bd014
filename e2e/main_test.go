package e2e_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// built is where the binaries of this run are.
var built string

func TestMain(m *testing.M) {
	var err error
	if built, err = os.MkdirTemp("", "kaikukortti-e2e-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	if err := os.RemoveAll(built); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}

// Each program is built once, when the first test wants it.
var (
	serverBinary = sync.OnceValues(func() (string, error) { return build("server", "kaikukortti/server") })
	phoneBinary  = sync.OnceValues(func() (string, error) { return build("phone", "kaikukortti/tools/phone") })
	loadBinary   = sync.OnceValues(func() (string, error) { return build("load", "kaikukortti/tools/load") })
)

func build(name, pkg string) (string, error) {
	path := filepath.Join(built, name)
	out, err := exec.Command("go", "build", "-o", path, pkg).CombinedOutput()
	if err != nil {
		err = fmt.Errorf("build %s: %w\n%s", pkg, err, out)
	}
	return path, err
}

func binary(t testing.TB, which func() (string, error)) string {
	t.Helper()
	path, err := which()
	if err != nil {
		t.Fatal(err)
	}
	return path
}
