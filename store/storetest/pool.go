package storetest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"kaikukortti/store/mongo/mongotest"
)

// databases are shared out among the tests of this process: one test at a time has one. Where Main runs the tests they hand them on
// empty, since making the collections takes seconds; elsewhere each is dropped when its test ends. Nobody waits for one: a test that
// has one may itself wait for its parallel subtests, and these for those who would be waiting.
var databases struct {
	mu    sync.Mutex
	keep  bool
	ready []prepared // empty, with collections and indexes
}

type prepared struct{ uri, name string }

// Main runs the tests of a package that use many databases, and drops those at the end. TestMain calls it:
//
//	func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }
func Main(m *testing.M) int {
	databases.keep = true
	code := m.Run()
	if err := dropReady(); err != nil {
		fmt.Fprintf(os.Stderr, "drop the databases of the tests: %v\n", err)
		code = max(code, 1)
	}
	return code
}

// dropReady drops what was handed on, while nobody kills the primary.
func dropReady() error {
	if len(databases.ready) == 0 {
		return nil
	}
	unlock, err := locked(databases.ready[0].uri, syscall.LOCK_SH)
	if err != nil {
		return err
	}
	defer unlock()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	var failed []error
	for _, d := range databases.ready {
		failed = append(failed, mongotest.Drop(ctx, d.uri, d.name))
	}
	return errors.Join(failed...)
}

// Database is a database without documents that is the test's own while it runs. It may have collections that an earlier test of the
// package has left. MongoDatabase has nothing in it at all.
func Database(t testing.TB) (uri, name string) {
	t.Helper()
	uri = Mongo(t)
	lock(t, uri, syscall.LOCK_SH)
	name = take()
	t.Cleanup(func() { giveBack(t, uri, name) })
	return uri, name
}

func take() string {
	d := &databases
	d.mu.Lock()
	defer d.mu.Unlock()
	if n := len(d.ready); n > 0 {
		name := d.ready[n-1].name
		d.ready = d.ready[:n-1]
		return name
	}
	return "test_" + strings.ToLower(rand.Text())
}

func giveBack(t testing.TB, uri, name string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	d := &databases
	if !d.keep || t.Failed() {
		if err := mongotest.Drop(ctx, uri, name); err != nil {
			t.Errorf("drop the database of the test: %v", err)
		}
		return
	}
	if err := mongotest.Empty(ctx, uri, name); err != nil {
		t.Errorf("empty the database of the test: %v", err)
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.ready = append(d.ready, prepared{uri, name})
}
