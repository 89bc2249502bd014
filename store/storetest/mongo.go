package storetest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"kaikukortti/store/mongo/mongotest"
)

// The addresses of servers for tests. Without the first a mongod on the PATH is started; what asks for the others is skipped
// without them.
const (
	mongoURI        = "MONGODB_TEST_URI"        // a replica set
	mongoCTL        = "MONGODB_TEST_CTL"        // a command for that set: primary, kill N, start N
	mongoStandalone = "MONGODB_TEST_STANDALONE" // a server that is in no replica set
)

// Mongo is the address of a MongoDB replica set. Without one the test is skipped; under CI it fails.
func Mongo(t testing.TB) string {
	t.Helper()
	if uri := environment(mongoURI); uri != "" {
		return uri
	}
	uri, err := mongotest.Start()
	if errors.Is(err, mongotest.ErrNoServer) {
		missing(t, "there is no MongoDB: set "+mongoURI+" to the address of a replica set, or put mongod on the PATH")
	}
	if err != nil {
		t.Fatal(err)
	}
	return uri
}

// MongoDatabase is a database of the test's own, which is dropped when the test ends. While the test runs nobody kills the
// primary.
func MongoDatabase(t testing.TB) (uri, name string) {
	t.Helper()
	uri = Mongo(t)
	lock(t, uri, syscall.LOCK_SH)
	return uri, database(t, uri)
}

func database(t testing.TB, uri string) string {
	t.Helper()
	name := "test_" + strings.ToLower(rand.Text())
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
		defer cancel()
		if err := mongotest.Drop(ctx, uri, name); err != nil {
			t.Errorf("drop the database of the test: %v", err)
		}
	})
	return name
}

// reaped is how soon a test's servers end what a killed client left open, and unreaped what they do by themselves.
const (
	reaped   = 5 * time.Second
	unreaped = time.Minute
)

// MongoReaping lets a set whose members tests may kill end transactions soon whose client was killed, while the test runs: what they
// hold, others wait for. On another set the test takes a minute longer each time.
func MongoReaping(t testing.TB, uri string) {
	t.Helper()
	if environment(mongoCTL) == "" {
		return
	}
	if err := mongotest.ReapAfter(t.Context(), uri, reaped); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := mongotest.ReapAfter(ctx, uri, unreaped); err != nil {
			t.Error(err)
		}
	})
}

// MongoStandalone is the address of a MongoDB server that is in no replica set.
func MongoStandalone(t testing.TB) string {
	t.Helper()
	uri := environment(mongoStandalone)
	if uri == "" {
		missing(t, "set "+mongoStandalone+" to the address of a MongoDB server that is in no replica set")
	}
	return uri
}

// A MongoSet is a replica set whose members a test may kill. It has the set to itself: other tests wait, those of other packages
// too.
type MongoSet struct {
	URI, Database string

	t       testing.TB
	command string
}

// MongoMembers gives the test a set of several members to itself. When the test ends all of them run again.
func MongoMembers(t testing.TB) *MongoSet {
	t.Helper()
	command := environment(mongoCTL)
	if command == "" {
		missing(t, "set "+mongoCTL+" to a command that takes primary, kill N and start N for the members at "+mongoURI)
	}
	uri := Mongo(t)
	lock(t, uri, syscall.LOCK_EX)
	if _, all, err := mongotest.Members(t.Context(), uri); err != nil || all < 3 {
		missing(t, fmt.Sprintf("the replica set at %s has %d members (%v); killing one takes three", mongoURI, all, err))
	}
	s := &MongoSet{URI: uri, Database: database(t, uri), t: t, command: command}
	t.Cleanup(s.AwaitWhole)
	s.AwaitWhole() // after a run that was broken off a member may still be catching up
	return s
}

// Primary is the number of the primary.
func (s *MongoSet) Primary() int {
	s.t.Helper()
	n, err := strconv.Atoi(strings.TrimSpace(s.control("primary")))
	if err != nil {
		s.t.Fatalf("which member is the primary: %v", err)
	}
	return n
}

// Kill ends a member as a power cut would.
func (s *MongoSet) Kill(n int) { s.t.Helper(); s.control("kill", strconv.Itoa(n)) }

// Start runs a member again, on the data that it left.
func (s *MongoSet) Start(n int) { s.t.Helper(); s.control("start", strconv.Itoa(n)) }

// AwaitWhole waits until every member has caught up.
func (s *MongoSet) AwaitWhole() {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	for {
		whole, all, err := mongotest.Members(ctx, s.URI)
		if err == nil && whole == all {
			return
		}
		if ctx.Err() != nil {
			s.t.Errorf("the replica set has %d of %d members: %v", whole, all, err)
			return
		}
	}
}

// control runs the command, which may have arguments of its own.
func (s *MongoSet) control(args ...string) string {
	s.t.Helper()
	all := append([]string{"-c", s.command + ` "$@"`, "sh"}, args...)
	out, err := exec.CommandContext(context.Background(), "sh", all...).Output() //nolint:gosec // whoever runs the tests gave it
	if err != nil {
		s.t.Fatalf("%s %s: %v", mongoCTL, strings.Join(args, " "), err)
	}
	return string(out)
}

// lock keeps tests that kill a server apart from all others on it, in whatever process those are, until the test ends.
func lock(t testing.TB, uri string, how int) {
	t.Helper()
	unlock, err := locked(uri, how)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(unlock)
}

func locked(uri string, how int) (unlock func(), err error) {
	sum := sha256.Sum256([]byte(uri))
	name := filepath.Join(os.TempDir(), "kaikukortti-mongo-"+hex.EncodeToString(sum[:8])+".lock")
	file, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600) //nolint:gosec // a name made of a hash
	if err != nil {
		return nil, err
	}
	for {
		err := syscall.Flock(int(file.Fd()), how)
		switch {
		case err == nil:
			return func() { _ = file.Close() }, nil // which unlocks
		case !errors.Is(err, syscall.EINTR):
			return nil, errors.Join(err, file.Close())
		}
	}
}

// environment is what whoever runs the tests has set; a test has no table of settings.
func environment(name string) string {
	return os.Getenv(name) //nolint:forbidigo // see above
}

// missing skips the test with a sentence, or, under CI, fails it.
func missing(t testing.TB, sentence string) {
	t.Helper()
	if environment("CI") != "" {
		t.Fatal(sentence)
	}
	t.Skip(sentence)
}
