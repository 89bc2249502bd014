package app_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
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

// once builds for all tests.
var once = sync.OnceValues(func() (*app.Made, error) {
	b, err := app.New(root)
	if err != nil {
		return nil, err
	}
	return b.App()
})

func built(t *testing.T) *app.Made {
	t.Helper()
	builder(t) // skips where there is nothing to build with
	made, err := once()
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// some names a few of many.
func some(paths []string) string {
	const few = 5
	if len(paths) <= few {
		return strings.Join(paths, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(paths[:few], ", "), len(paths)-few)
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

// Somebody with several of the apps on one home screen tells them apart by their names.
func TestEachAppIsCalledInTheLanguageOfItsPage(t *testing.T) {
	t.Parallel()
	files, err := built(t).Files()
	if err != nil {
		t.Fatal(err)
	}
	for page, want := range map[string][2]string{
		"holder.html": {"holder.webmanifest", "Kaikukortti"}, "holder.sv.html": {"holder.webmanifest", "Kaikukortti"},
		"scan.html": {"scan.webmanifest", "Kaiku ovi"}, "scan.en.html": {"scan.en.webmanifest", "Kaiku door"},
		"desk.sv.html": {"desk.sv.webmanifest", "Kaiku arbete"}, "office.en.html": {"office.en.webmanifest", "Kaiku office"},
	} {
		manifest, short := want[0], want[1]
		for _, part := range []string{`<link rel="manifest" href="/` + manifest + `">`, `web-app-title" content="` + short + `">`} {
			if !strings.Contains(string(files[page]), part) {
				t.Errorf("%s has no %s", page, part)
			}
		}
		if !strings.Contains(string(files[manifest]), `"short_name": "`+short+`"`) {
			t.Errorf("%s is not called %s: %s", manifest, short, files[manifest])
		}
	}
}

func TestWhatIsEmbeddedIsWhatTheSourcesMake(t *testing.T) {
	t.Parallel()
	differ, err := built(t).Drift(filepath.Join(root, "web", "dist"))
	if err != nil {
		t.Fatal(err)
	}
	if len(differ) > 0 {
		t.Errorf("go run ./web/build has not been run since web/src changed; these differ: %s", some(differ))
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
			some(differ))
	}
}
