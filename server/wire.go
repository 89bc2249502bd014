package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"kaikukortti/store"
	"kaikukortti/store/mongo"
	"kaikukortti/store/sqlite"
)

// databaseFile is the embedded database in the data folder.
const databaseFile = "kaikukortti.db"

// openStore opens the database that the settings name.
func openStore(ctx context.Context, c Config) (*store.Store, error) {
	engine, err := openEngine(ctx, c)
	if err != nil {
		return nil, err
	}
	s, err := store.Open(ctx, engine)
	if err != nil {
		return nil, errors.Join(err, engine.Close())
	}
	return s, nil
}

func openEngine(ctx context.Context, c Config) (store.Engine, error) {
	if len(c.MongoURI) > 0 {
		return mongo.Open(ctx, string(c.MongoURI), c.MongoDatabase)
	}
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	return sqlite.Open(ctx, filepath.Join(c.Data, databaseFile))
}

// databaseOf is the database that an address of MongoDB names, if it does.
func databaseOf(uri string) string {
	_, rest, _ := strings.Cut(uri, "://")
	_, path, _ := strings.Cut(rest, "/")
	name, _, _ := strings.Cut(path, "?")
	return name
}

// withStore reads the settings, opens the store and closes it again: what every subcommand beside the server's does.
func (p *program) withStore(ctx context.Context, work func(Config, *store.Store) error) (err error) {
	c, err := readConfig(p.env)
	if err != nil {
		return fmt.Errorf("settings:\n%w", err)
	}
	s, err := openStore(ctx, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return work(c, s)
}
