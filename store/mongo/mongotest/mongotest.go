// Package mongotest starts a MongoDB for tests. It never touches a server that it did not start, but for databases that it is
// told to drop.
package mongotest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/mongo/options"
	"go.mongodb.org/mongo-driver/mongo/readpref"
)

// ErrNoServer says that there is no mongod on the PATH.
var ErrNoServer = errors.New("there is no mongod on the PATH")

// startTimeout is how long a server may take to be the primary of its set.
const startTimeout = 2 * time.Minute

// keeper runs the server until its own input ends, which it does when this process ends, however it does: the shell then ends the
// server and removes its folder.
const keeper = `mongod --replSet rs0 --dbpath "$1" --port "$2" --bind_ip 127.0.0.1 --logpath "$1/log" >/dev/null 2>&1 &
read -r _
kill $!; wait $!
rm -rf "$1"`

// kept is the end of the server's input that this process holds.
var kept io.Closer

// Start runs one server, once in this process, as a replica set of one in a folder of its own, and gives its address.
var Start = sync.OnceValues(start)

func start() (string, error) {
	if _, err := exec.LookPath("mongod"); err != nil {
		return "", ErrNoServer
	}
	folder, err := os.MkdirTemp("", "kaikukortti-mongod-")
	if err != nil {
		return "", err
	}
	port, err := freePort()
	if err != nil {
		return "", err
	}
	shell := exec.CommandContext(context.Background(), "sh", "-c", keeper, "sh", folder, port) //nolint:gosec // both are this process's own
	if kept, err = shell.StdinPipe(); err != nil {
		return "", err
	}
	if err := shell.Start(); err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	host := net.JoinHostPort("127.0.0.1", port)
	if err := initiate(ctx, host); err != nil {
		return "", fmt.Errorf("start mongod, which logs to %s: %w", filepath.Join(folder, "log"), errors.Join(err, kept.Close()))
	}
	return "mongodb://" + host + "/?replicaSet=rs0", nil
}

func freePort() (string, error) {
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer func() { _ = l.Close() }()
	address, ok := l.Addr().(*net.TCPAddr)
	if !ok {
		return "", errors.New("no TCP port")
	}
	return strconv.Itoa(address.Port), nil
}

// initiate makes the server a replica set of one and waits until it takes writes.
func initiate(ctx context.Context, host string) error {
	alone := options.Client().SetHosts([]string{host}).SetDirect(true).SetServerSelectionTimeout(startTimeout)
	err := with(ctx, alone, func(c *mongo.Client) error {
		members := bson.A{bson.D{{Key: "_id", Value: 0}, {Key: "host", Value: host}}}
		config := bson.D{{Key: "_id", Value: "rs0"}, {Key: "members", Value: members}}
		return c.Database("admin").RunCommand(ctx, bson.D{{Key: "replSetInitiate", Value: config}}).Err()
	})
	if err != nil {
		return err
	}
	set := options.Client().SetHosts([]string{host}).SetReplicaSet("rs0").SetServerSelectionTimeout(startTimeout)
	return with(ctx, set, func(c *mongo.Client) error { return c.Ping(ctx, readpref.Primary()) })
}

// Drop removes a database with all that is in it.
func Drop(ctx context.Context, uri, database string) error {
	return with(ctx, options.Client().ApplyURI(uri), func(c *mongo.Client) error { return c.Database(database).Drop(ctx) })
}

// Members counts the members of the replica set that are its primary or follow it, and all of them.
func Members(ctx context.Context, uri string) (whole, all int, err error) {
	var status struct {
		Members []struct {
			State int `bson:"state"`
		} `bson:"members"`
	}
	err = with(ctx, options.Client().ApplyURI(uri), func(c *mongo.Client) error {
		return c.Database("admin").RunCommand(ctx, bson.D{{Key: "replSetGetStatus", Value: 1}}).Decode(&status)
	})
	for _, m := range status.Members {
		if m.State == primary || m.State == secondary {
			whole++
		}
	}
	return whole, len(status.Members), err
}

// ReapAfter sets how long each member of a replica set lets a transaction stay open whose client has gone; MongoDB's own limit is a
// minute.
func ReapAfter(ctx context.Context, uri string, limit time.Duration) error {
	set := options.Client().ApplyURI(uri)
	var failed []error
	for _, host := range set.Hosts {
		alone := options.Client().SetHosts([]string{host}).SetDirect(true)
		failed = append(failed, with(ctx, alone, func(c *mongo.Client) error {
			return c.Database("admin").RunCommand(ctx, bson.D{
				{Key: "setParameter", Value: 1}, {Key: "transactionLifetimeLimitSeconds", Value: int(limit / time.Second)},
			}).Err()
		}))
	}
	return errors.Join(failed...)
}

// States of members, in the server's numbers.
const (
	primary   = 1
	secondary = 2
)

func with(ctx context.Context, how *options.ClientOptions, do func(*mongo.Client) error) error {
	client, err := mongo.Connect(ctx, how)
	if err != nil {
		return err
	}
	return errors.Join(do(client), client.Disconnect(ctx))
}
