package e2e_test

import (
	"bytes"
	"os/exec"
	"regexp"
	"testing"
)

// The load generator does what its help says, on a server that is empty.
func TestLoadGeneratorRuns(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	invitation := s.invitation()
	s.start()
	var out, progress bytes.Buffer
	c := exec.CommandContext(t.Context(), binary(t, loadBinary), "--server", s.url, "--invitation", s.url+"/invitation#"+invitation,
		"--phones", "12", "--doors", "4", "--scanners", "1", "--seats", "5", "--sessions", "2", "--address-header", addressHeader)
	c.Stdout, c.Stderr = &out, &progress
	if err := c.Run(); err != nil {
		t.Fatalf("%v\n%s", err, progress.String())
	}
	for _, want := range []string{`(?m)^decisions +24 in .* a second$`, `(?m)^p50 +\S`, `(?m)^p99 +\S`, `(?m)^admitted +10$`, `(?m)^no_seats +14$`} {
		if !regexp.MustCompile(want).Match(out.Bytes()) {
			t.Errorf("%s is missing in\n%s", want, out.String())
		}
	}
	if !bytes.Contains(progress.Bytes(), []byte("passes 12 of 12")) {
		t.Errorf("the progress is %q", progress.String())
	}
	s.stop()
}
