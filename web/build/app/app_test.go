package app_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kaikukortti/web/build/app"
)

const root = "../../.."

func builder(t *testing.T) *app.Builder {
	t.Helper()
	b, err := app.New(root)
	if errors.Is(err, app.ErrNoPackages) && os.Getenv("CI") == "" {
		t.Skipf("%v. Until then nobody compares what is built with what is committed.", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func built(t *testing.T) *app.Made {
	t.Helper()
	made, err := builder(t).App()
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// What a phone of somebody short of money has to load, in bytes after brotli. A phone on a slow network waits a second for each 50 kB.
func TestEachRoleStaysWithinItsBudget(t *testing.T) {
	t.Parallel()
	const kB = 1000
	made := built(t)
	for role, budget := range map[string]app.Size{
		"holder": {First: 30 * kB, Later: 60 * kB, Page: 15 * kB},
		"scan":   {First: 60 * kB, Later: 60 * kB, Page: 15 * kB, Worker: 350 * kB},
		"desk":   {First: 70 * kB, Later: 90 * kB, Page: 15 * kB},
		"office": {First: 90 * kB, Later: 90 * kB, Page: 15 * kB},
	} {
		t.Run(role, func(t *testing.T) {
			t.Parallel()
			is := made.Size(role)
			t.Logf("%+v", is)
			for what, of := range map[string][2]int{
				"first JavaScript": {is.First, budget.First}, "later JavaScript": {is.Later, budget.Later},
				"HTML and CSS": {is.Page, budget.Page}, "decoder": {is.Worker, budget.Worker},
			} {
				if of[0] > of[1] {
					t.Errorf("the %s takes %d bytes of %d", what, of[0], of[1])
				}
			}
		})
	}
}

func TestWhatIsEmbeddedIsWhatTheSourcesMake(t *testing.T) {
	t.Parallel()
	differ, err := built(t).Drift(filepath.Join(root, "web", "dist"))
	if err != nil {
		t.Fatal(err)
	}
	if len(differ) > 0 {
		t.Errorf("go run ./web/build has not been run since web/src changed; these differ: %s", strings.Join(differ, ", "))
	}
}

func TestTheStageIsWhatItsSourcesMake(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(root, "server", "demo", "stage", "dist")
	differ, err := builder(t).StageDrift(folder)
	if err != nil {
		t.Fatal(err)
	}
	if len(differ) > 0 {
		t.Errorf("go run ./web/build -stage server/demo/stage/dist has not been run since its sources changed; these differ: %s",
			strings.Join(differ, ", "))
	}
}

func TestBuiltTwiceIsTheSame(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "dist")
	if err := built(t).Write(folder); err != nil {
		t.Fatal(err)
	}
	differ, err := built(t).Drift(folder)
	if err != nil || len(differ) > 0 {
		t.Errorf("these differ: %v (%v)", differ, err)
	}
}
