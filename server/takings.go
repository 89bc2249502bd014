package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"kaikukortti/models"
	"kaikukortti/passes"
	"kaikukortti/store"
)

// takingsFile is the log of erasures and revocations, beside the backups.
const takingsFile = "forgotten.log"

// Rows of the audit log are written a moment after the time that stands in them; a follower looks this far back.
const takingsOverlap = models.LongestRequest

// A takingsLog copies what was taken away from the audit log into a file of its own: one line each, on the disk before it counts as
// written. Only the running server writes it.
type takingsLog struct {
	path string
	keep time.Duration // as long as the oldest backup
	now  func() time.Time

	last  time.Time
	known map[models.AuditID]time.Time
}

func newTakingsLog(folder string, keepDays int, now func() time.Time) *takingsLog {
	return &takingsLog{path: filepath.Join(folder, takingsFile), keep: time.Duration(keepDays) * 24 * time.Hour, now: now}
}

// follow appends what is new. At the first call it reads the file, leaving out what is older than any backup.
func (l *takingsLog) follow(ctx context.Context, s *store.Store) error {
	if l.known == nil {
		if err := l.open(); err != nil {
			return fmt.Errorf("the log of erasures and revocations: %w", err)
		}
	}
	begun := l.now()
	taken, err := s.Takings(ctx, l.last.Add(-takingsOverlap))
	if err != nil {
		return err
	}
	var fresh []store.Taking
	for _, t := range taken {
		if _, known := l.known[t.ID]; !known {
			fresh = append(fresh, t)
		}
	}
	if len(fresh) > 0 {
		if err := l.add(fresh); err != nil {
			return fmt.Errorf("the log of erasures and revocations: %w", err)
		}
	}
	l.remember(fresh)
	l.seen(begun)
	return nil
}

// seen begins the next look at this one, so that it does not read the audit log of weeks again.
func (l *takingsLog) seen(at time.Time) {
	if at.After(l.last) {
		l.last = at
	}
}

func (l *takingsLog) open() error {
	if err := os.MkdirAll(filepath.Dir(l.path), 0o700); err != nil {
		return err
	}
	all, err := readTakings(l.path)
	if err != nil {
		return err
	}
	oldest := l.now().Add(-l.keep)
	var kept []store.Taking
	for _, t := range all {
		if t.At.After(oldest) {
			kept = append(kept, t)
		}
	}
	l.known, l.last = map[models.AuditID]time.Time{}, oldest
	l.remember(kept)
	return writeWhole(l.path, func(f *os.File) error { return writeTakings(f, kept) })
}

// remember keeps the ids of what may come up again.
func (l *takingsLog) remember(taken []store.Taking) {
	for _, t := range taken {
		l.known[t.ID] = t.At
		l.seen(t.At)
	}
	for id, at := range l.known {
		if at.Before(l.last.Add(-2 * takingsOverlap)) {
			delete(l.known, id)
		}
	}
}

func (l *takingsLog) add(taken []store.Taking) error {
	f, err := os.OpenFile(l.path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(appendWhole(f, taken), f.Close())
}

// An appendable file can be put back to what it was.
type appendable interface {
	io.WriteSeeker
	Truncate(size int64) error
	Sync() error
}

// appendWhole appends all lines or none: half a line on a full disk would be in the way of the next ones.
func appendWhole(f appendable, taken []store.Taking) error {
	end, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	if err := errors.Join(writeTakings(f, taken), f.Sync()); err != nil {
		return errors.Join(err, f.Truncate(end), f.Sync())
	}
	return nil
}

func writeTakings(to io.Writer, taken []store.Taking) error {
	var lines bytes.Buffer
	enc := json.NewEncoder(&lines)
	for _, t := range taken {
		if err := enc.Encode(t); err != nil { //nolint:gosec // the random id of a pass is no secret
			return err
		}
	}
	_, err := to.Write(lines.Bytes())
	return err
}

// readTakings reads the log; a last line that a crash cut off was never counted as written.
func readTakings(path string) ([]store.Taking, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var all []store.Taking
	for lines := bufio.NewReader(f); ; {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		var t store.Taking
		if err == nil {
			err = json.Unmarshal(line, &t)
		}
		if err != nil {
			return nil, fmt.Errorf("%s, after line %d: %w", path, len(all), err)
		}
		all = append(all, t)
	}
}

// reapply does again what was taken away after a backup was made, and says how much of it there was.
func (p *program) reapply(ctx context.Context, s *store.Store, ring *passes.Keyring, all []store.Taking, made time.Time) (int, error) {
	again := 0
	for _, t := range store.MissedBy(made, all) {
		if use, lost := t.Keys(); lost {
			done, err := p.withdrawAgain(ctx, s, ring, use, t.At)
			if err != nil {
				return again, err
			}
			again += done
			continue
		}
		entry := models.Actor{}.Audit()
		entry.ID, entry.At = models.NewID[models.AuditID](p.random), p.now().UTC().Truncate(time.Second)
		done, err := s.TakeAgain(ctx, t, entry, models.NewID[string](p.random))
		if err != nil {
			return again, err
		}
		if done {
			again++
		}
	}
	return again, nil
}

// withdrawAgain withdraws the keys that signed when somebody else may have had them, and makes new ones, unless the archive knows of it.
func (p *program) withdrawAgain(ctx context.Context, s *store.Store, ring *passes.Keyring, use models.KeyUse, at time.Time) (int, error) {
	all, err := s.SigningKeys(ctx)
	if err != nil {
		return 0, err
	}
	known := func(k models.SigningKey) bool { return k.Use == use && k.Compromised && k.Withdrawn.Equal(at) }
	lost := func(k models.SigningKey) bool {
		return k.Use == use && k.Published() && !k.Waits() && !k.Made.After(at)
	}
	if slices.ContainsFunc(all, known) || !slices.ContainsFunc(all, lost) {
		return 0, nil
	}
	return 1, p.rotateKeys(ctx, ring, use, true)
}
