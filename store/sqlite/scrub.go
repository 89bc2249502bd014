package sqlite

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"kaikukortti/store"
)

// Scrub overwrites what deleting has left in the file and cuts the log to nothing. SQLite zeroes deleted cells and pages itself
// (secure_delete), but not the copies that stay behind when it puts the cells of a page in order: those lie in the gap between
// the list of the page's cells and their content, where they would outlive the document. A VACUUM would remove them too, but it
// writes the whole file anew while everybody waits.
//
// Pages are looked at beside the writer and only those with something in the gap are written, some at a time, together with
// what else waits.
func (e *Engine) Scrub(ctx context.Context) error {
	const some = 500
	for first := int64(1); ; first += some {
		soiled, last, err := e.soiledPages(ctx, first, first+some)
		if err != nil {
			return fmt.Errorf("look for what was deleted: %w", err)
		}
		if err := e.cleanPages(ctx, soiled); err != nil {
			return fmt.Errorf("overwrite what was deleted: %w", err)
		}
		if last {
			break
		}
	}
	return e.emptyLog(ctx)
}

const readPage = "SELECT data FROM sqlite_dbpage WHERE pgno = ?"

// soiledPages answers those of the pages first … end-1 that have something in the gap, and whether the file ends there.
func (e *Engine) soiledPages(ctx context.Context, first, end int64) (soiled []int64, last bool, err error) {
	err = e.View(ctx, func(r store.Reader) error {
		conn := r.(*reader).conn
		for page := first; page < end; page++ {
			data, err := readOne(conn, page)
			if errors.Is(err, store.ErrNotFound) {
				last = true
				return nil
			}
			if err != nil {
				return err
			}
			if from, to := gap(page, data); slices.ContainsFunc(data[from:to], func(b byte) bool { return b != 0 }) {
				soiled = append(soiled, page)
			}
		}
		return nil
	})
	return soiled, last, err
}

func readOne(conn *conn, page int64) ([]byte, error) {
	value, err := conn.one(readPage, page)
	data, _ := value.([]byte)
	return data, err
}

// cleanPages zeroes the gap of pages. Each is read again: it may have changed since it was looked at.
func (e *Engine) cleanPages(ctx context.Context, pages []int64) error {
	if len(pages) == 0 {
		return nil
	}
	return e.writer.do(&call{ctx: ctx, run: func(conn *conn) error {
		for _, page := range pages {
			data, err := readOne(conn, page)
			if err != nil {
				return err
			}
			from, to := gap(page, data)
			clear(data[from:to])
			if err := conn.exec("UPDATE sqlite_dbpage SET data = ? WHERE pgno = ?", data, page); err != nil {
				return err
			}
		}
		return nil
	}})
}

// The kinds of b-tree pages, as https://www.sqlite.org/fileformat.html has them. The first byte of every other page is that of
// another page's number, which is below the smallest of these in files up to 128 GiB, or zero.
const (
	interiorIndex = 2
	interiorTable = 5
	leafIndex     = 10
	leafTable     = 13

	largestPage = interiorIndex<<24 - 1
)

// gap answers where the unused middle of a b-tree page is: behind the list of the cells, before their content.
func gap(page int64, data []byte) (from, to int) {
	header := 0
	if page == 1 {
		header = headerSize
	}
	if page > largestPage || len(data) < header+12 {
		return 0, 0
	}
	switch data[header] {
	case interiorIndex, interiorTable:
		from = header + 12
	case leafIndex, leafTable:
		from = header + 8
	default:
		return 0, 0
	}
	from += 2 * int(binary.BigEndian.Uint16(data[header+3:]))
	to = int(binary.BigEndian.Uint16(data[header+5:]))
	if to < from || to > len(data) {
		return 0, 0 // not a page as the format has it: SQLite's to judge
	}
	return from, to
}

// How often the log is tried to be emptied while somebody reads an older state, and for how long at a time: writers wait for one try at
// the most, and a scrub for all of them.
const (
	emptyTries = 40
	emptyTry   = 25 * time.Millisecond
)

var errRead = errors.New("somebody reads an older state, a backup perhaps: the log keeps what was deleted until the next scrub")

// emptyLog cuts the log to nothing, which needs a moment at which nobody reads an older state.
func (e *Engine) emptyLog(ctx context.Context) error {
	wait := time.NewTicker(2 * emptyTry)
	defer wait.Stop()
	for range emptyTries {
		empty := false
		err := e.writer.do(&call{ctx: ctx, alone: true, run: func(conn *conn) (err error) {
			empty, err = tryToEmptyLog(conn)
			return err
		}})
		if empty || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-wait.C:
		}
	}
	return errRead
}

func tryToEmptyLog(conn *conn) (bool, error) {
	if err := setBusyTimeout(conn, emptyTry); err != nil {
		return false, err
	}
	busy, err := conn.one("PRAGMA wal_checkpoint(TRUNCATE)")
	return busy == any(int64(0)), errors.Join(err, setBusyTimeout(conn, busyTimeout))
}

func setBusyTimeout(conn *conn, d time.Duration) error {
	_, err := conn.one("PRAGMA busy_timeout = " + strconv.FormatInt(d.Milliseconds(), 10))
	return err
}
