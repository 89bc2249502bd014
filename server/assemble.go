package main

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"time"

	"kaikukortti/accounts"
	"kaikukortti/handlers"
	"kaikukortti/models"
	"kaikukortti/notifications"
	"kaikukortti/offers"
	"kaikukortti/passes"
	"kaikukortti/store"
	"kaikukortti/web"
)

// parts are the wired parts of a server.
type parts struct {
	store   *store.Store
	domain  handlers.Domain
	app     fs.FS // what browsers load
	endings *notifications.Endings
	outbox  *notifications.Worker
	takings *takingsLog
	// dropBackups deletes backups in which what was forgotten would live on.
	dropBackups func(context.Context) error
	now         func() time.Time
}

// wire makes the parts over a store.
func wire(s *store.Store, master models.Secret, now func() time.Time, random io.Reader, people ...accounts.Option) (*parts, error) {
	keys, err := models.NewKeys(master)
	if err != nil {
		return nil, err
	}
	ring := passes.NewKeyring(s, keys, now, random)
	desk := passes.NewDesk(s, keys, ring, now, random)
	return &parts{
		store: s, now: now, app: web.Files(), endings: notifications.NewEndings(s, now, random),
		domain: handlers.Domain{
			Desk:      desk,
			Doors:     passes.NewDoors(s, keys, ring, now, random),
			Keyring:   ring,
			Registry:  accounts.NewRegistry(s, keys, now, random, people...),
			Directory: accounts.NewDirectory(s, keys, ring, desk, now, random),
			Programme: offers.NewProgramme(s, keys, now, random),
			Inbox:     notifications.NewInbox(s, keys, now, random),
		},
	}, nil
}

// assemble wires the parts of a server that is to answer: its store is whole and its keys are made.
func (p *program) assemble(ctx context.Context, c Config, s *store.Store, log *slog.Logger) (*parts, error) {
	if err := s.Complete(ctx); err != nil {
		return nil, err
	}
	made, err := wire(s, c.MasterKey, p.now, p.random, p.people...)
	if err != nil {
		return nil, err
	}
	if err := made.domain.Keyring.EnsureKeys(ctx); err != nil {
		return nil, fmt.Errorf("make the signing keys: %w", err)
	}
	keys, err := models.NewKeys(c.MasterKey)
	if err != nil {
		return nil, err
	}
	senders := map[models.PushKind]notifications.Sender{}
	if len(c.FCM) > 0 {
		if senders[models.PushFCM], err = notifications.NewFCM(ctx, c.FCM); err != nil {
			return nil, err
		}
	}
	made.outbox = notifications.NewWorker(s, keys, senders, p.now, p.random, log)
	made.takings = newTakingsLog(c.Backups, c.BackupKeptDays, p.now)
	made.dropBackups = func(context.Context) error {
		_, err := dropOldBackups(c.Backups, p.now().AddDate(0, 0, -c.BackupKeptDays))
		return err
	}
	return made, nil
}

// jobs are what the server does by itself. Each goes on with what was broken off.
func (p *parts) jobs() []job {
	d := p.domain
	return []job{
		{"forget", time.Hour, p.forget},
		{"erasures", time.Minute, d.Desk.ResumeErasures},
		{"moves", time.Hour, d.Directory.Resume},
		{"programme", 10 * time.Minute, d.Programme.Resume},
		{"endings", time.Hour, func(ctx context.Context) error { _, err := p.endings.Tell(ctx); return err }},
		{"keys", time.Hour, p.keys},
		{"outbox", 5 * time.Second, p.outbox.Send},
		{"backups", time.Hour, p.dropBackups},
		{"takings", 2 * time.Second, func(ctx context.Context) error { return p.takings.follow(ctx, p.store) }},
	}
}

func (p *parts) forget(ctx context.Context) error {
	_, err := p.store.Forget(ctx, p.now())
	return err
}

// keys makes keys that are missing, and withdraws those with which nothing is valid any more.
func (p *parts) keys(ctx context.Context) error {
	if err := p.domain.Keyring.EnsureKeys(ctx); err != nil {
		return err
	}
	return p.domain.Keyring.Retire(ctx)
}
