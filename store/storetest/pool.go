package storetest

import (
	"context"
	"crypto/rand"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"kaikukortti/store/mongo/mongotest"
)

// atOnce is how many databases with all the product's collections a test process has on a server at the same time. Each collection and
// each index is a file to the server, and a few hundred parallel tests would take more than it can open.
const atOnce = 4

// databases are shared out among the tests of this process: one test at a time has one, and hands it on empty, or drops it when
// nobody waits.
var databases = struct {
	slots chan struct{}

	mu      sync.Mutex
	waiting int
	ready   []string // empty, with collections and indexes
}{slots: make(chan struct{}, atOnce)}

// preparedDatabase is a database that is the test's own while it runs, and may have its collections already.
func preparedDatabase(t testing.TB) (uri, name string) {
	t.Helper()
	uri = Mongo(t)
	name = take()
	t.Cleanup(func() { giveBack(t, uri, name) })
	lock(t, uri, syscall.LOCK_SH)
	return uri, name
}

func take() string {
	d := &databases
	d.mu.Lock()
	d.waiting++
	d.mu.Unlock()
	d.slots <- struct{}{}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.waiting--
	if n := len(d.ready); n > 0 {
		name := d.ready[n-1]
		d.ready = d.ready[:n-1]
		return name
	}
	return "test_" + strings.ToLower(rand.Text())
}

func giveBack(t testing.TB, uri, name string) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	d := &databases
	defer func() { <-d.slots }()
	d.mu.Lock()
	wanted := d.waiting > len(d.ready)
	d.mu.Unlock()
	if !wanted {
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
	d.ready = append(d.ready, name)
}
