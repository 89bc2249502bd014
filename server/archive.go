package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"kaikukortti/store"
)

var backupCommand = command{
	name: "backup", args: "[--folder DIR]", says: "write everything that is stored into one file",
	about: "Writes the whole store, as it is at one moment, into one compressed file that both databases can be restored from, and deletes\n" +
		"backups that are older than KAIKU_BACKUP_DAYS. It can run beside the server. The file is readable by its owner alone; keep the\n" +
		"master key somewhere else.",
	setUp: func(p *program, flags *flag.FlagSet) func(context.Context, []string) error {
		folder := flags.String("folder", "", "where to write it (KAIKU_BACKUPS if not given)")
		return func(ctx context.Context, args []string) error {
			if err := p.nothingMore(args); err != nil {
				return err
			}
			return p.withStore(ctx, func(c Config, s *store.Store) error {
				if *folder == "" {
					*folder = c.Backups
				}
				return p.backUp(ctx, s, *folder, c.BackupKeptDays)
			})
		}
	},
}

var restoreCommand = command{
	name: "restore", args: "FILE", says: "fill an empty store from a backup",
	about: "Checks the whole file first and then fills the store with it, which must be empty. Then everything that the log of erasures and\n" +
		"revocations (forgotten.log in KAIKU_BACKUPS) holds is done again: what was erased, ended or withdrawn after the backup stays so. The\n" +
		"server must not run meanwhile, and does not start until all of it is done. If it is broken off, run it again.",
	setUp: func(p *program, _ *flag.FlagSet) func(context.Context, []string) error {
		return func(ctx context.Context, args []string) error {
			if len(args) != 1 {
				fmt.Fprintln(p.err, "Name the one backup to restore.")
				return errUsage
			}
			return p.withStore(ctx, func(c Config, s *store.Store) error { return p.restore(ctx, c, s, args[0]) })
		}
	},
}

// Names of backups tell when they were made, in UTC, so that they sort by age.
const (
	backupPrefix = "kaikukortti-"
	backupSuffix = ".jsonl.gz"
	backupTime   = "20060102T150405Z"
)

func (p *program) backUp(ctx context.Context, s *store.Store, folder string, keepDays int) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("make the folder of backups: %w", err)
	}
	at := p.now().UTC().Truncate(time.Second)
	path := filepath.Join(folder, backupPrefix+at.Format(backupTime)+backupSuffix)
	var made store.Archive
	err := writeWhole(path, func(f *os.File) (err error) {
		made, err = s.Back(ctx, f, at)
		return err
	})
	if err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	fmt.Fprintf(p.out, "%s: %d documents, SHA-256 %s\n", path, made.Documents, made.SHA256)
	dropped, err := dropOldBackups(folder, at.AddDate(0, 0, -keepDays))
	for _, path := range dropped {
		fmt.Fprintf(p.out, "%s: deleted, too old\n", path)
	}
	return err
}

// writeWhole writes a file under another name and renames it once all of it is on the disk: there is a whole file or none.
func writeWhole(path string, write func(*os.File) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".unfinished-*") // readable by its owner alone
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	if err := errors.Join(write(f), f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// syncFolder makes the names in a folder durable. Windows has no such thing: there it is the file system's.
func syncFolder(folder string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// dropOldBackups deletes backups made before an instant: what was forgotten must not live on in them.
func dropOldBackups(folder string, before time.Time) (dropped []string, err error) {
	all, err := filepath.Glob(filepath.Join(folder, backupPrefix+"*"+backupSuffix))
	if err != nil {
		return nil, err
	}
	for _, path := range all {
		name := filepath.Base(path)
		made, err := time.Parse(backupTime, strings.TrimSuffix(strings.TrimPrefix(name, backupPrefix), backupSuffix))
		if err != nil || !made.Before(before) {
			continue
		}
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) { // the server and a command may both be at it
			return dropped, fmt.Errorf("delete an old backup: %w", err)
		}
		dropped = append(dropped, path)
	}
	return dropped, nil
}

func (p *program) restore(ctx context.Context, c Config, s *store.Store, path string) error {
	taken, err := readTakings(filepath.Join(c.Backups, takingsFile))
	if err != nil {
		return fmt.Errorf("read the log of erasures and revocations: %w", err)
	}
	made, err := wire(s, c.MasterKey, p.now, p.random)
	if err != nil {
		return err
	}
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("open the backup: %w", err)
	}
	defer f.Close()
	_, err = s.Restore(ctx, f, func(ctx context.Context, a store.Archive) error {
		fmt.Fprintf(p.out, "restored %d documents of %s\n", a.Documents, a.At.Format(time.RFC3339))
		again, err := p.reapply(ctx, s, made.domain.Keyring, taken, a.At)
		if err != nil {
			return fmt.Errorf("do again what the log of erasures and revocations holds: %w", err)
		}
		fmt.Fprintf(p.out, "erased, ended or withdrawn again: %d\n", again)
		return nil
	})
	if err != nil {
		return fmt.Errorf("restore %s: %w", path, err)
	}
	return nil
}
