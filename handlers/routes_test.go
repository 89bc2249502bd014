package handlers

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"kaikukortti/models"
)

var update = flag.Bool("update", false, "write what is held to the code")

// everyRoute is the table of routes as the server has it.
func everyRoute(t *testing.T) []route {
	t.Helper()
	return routes(Domain{}, front{}, &prover{}, newLimiters(DefaultLimits(), time.Now), Outside{Now: time.Now})
}

// apiRoutes are those of the API: the app's files, which are the same for everybody, stand before them.
func apiRoutes(t *testing.T) []route {
	t.Helper()
	return everyRoute(t)[len(appRoutes(nil)):]
}

func (r *route) String() string {
	var names []string
	for _, role := range r.roles {
		if role == models.Nobody {
			role = "nobody"
		}
		names = append(names, string(role))
	}
	return fmt.Sprintf("%-6s %-45s %s", r.method, r.path, strings.Join(names, " "))
}

// A route that appears, or changes who may ask it, must change this file too, where everybody sees it.
func TestEveryRouteStandsInTheGoldenFileWithItsRoles(t *testing.T) {
	t.Parallel()
	lines := make([]string, 0, 100)
	for _, r := range everyRoute(t) {
		if len(r.roles) == 0 {
			t.Errorf("%s %s names no role", r.method, r.path)
		}
		lines = append(lines, r.String())
	}
	slices.Sort(lines)
	if double := len(lines) - len(slices.Compact(slices.Clone(lines))); double > 0 {
		t.Errorf("%d routes stand twice", double)
	}
	got := strings.Join(lines, "\n") + "\n"
	const golden = "testdata/routes.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the routes are not those of %s; look at the difference, then go test ./handlers -run Golden -update\n%s", golden, got)
	}
}

// The running server has the routes of the table and no others: nothing of a demo's, no profiles, no debugging.
func TestNothingIsRoutedBesideTheTable(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	known := map[string]bool{}
	for _, r := range everyRoute(t) {
		known[r.method+" "+r.path] = true
		if r.method == fiber.MethodGet {
			known[fiber.MethodHead+" "+r.path] = true
		}
	}
	for _, r := range w.server.app.GetRoutes(true) {
		if !known[r.Method+" "+r.Path] {
			t.Errorf("%s %s is not in the table", r.Method, r.Path)
		}
		delete(known, r.Method+" "+r.Path)
	}
	for missing := range known {
		t.Errorf("%s is in the table and not in the server", missing)
	}
}

func TestARequestThatWasBegunIsFinishedAtAStop(t *testing.T) {
	t.Parallel()
	begun, finish := make(chan struct{}), make(chan struct{})
	app, _ := bare(t, Settings{}, func(app *fiber.App) {
		app.Get("/slow", func(c *fiber.Ctx) error {
			close(begun)
			<-finish
			return c.JSON(fiber.Map{"done": true})
		})
	})
	base, cancel := context.WithCancel(t.Context())
	s := &Server{app: app, cancel: cancel}
	at := servedBy(t, s)
	status := make(chan int, 1)
	go func() { status <- statusOf(t, at+"/slow") }()
	<-begun
	stopped := make(chan error, 1)
	go func() { stopped <- s.Stop(t.Context()) }()
	eventually(t, "no new connection is taken", func() bool { return statusOf(t, at+"/none") == 0 })
	close(finish)
	if err := errors.Join(<-stopped); err != nil {
		t.Error(err)
	}
	if got := <-status; got != 200 {
		t.Errorf("the request that was begun got %d", got)
	}
	if base.Err() == nil {
		t.Error("what still runs is not told to end")
	}
}
