package sqlite

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"strconv"
	"time"
)

// busyTimeout is how long a connection waits for a lock of another process.
const busyTimeout = 5 * time.Second

// applicationID stands in the header of each file that this program made, at the offset that SQLite keeps for it: "KKRT".
const (
	applicationID     = 0x4b4b5254
	applicationOffset = 68
	headerSize        = 100
	headerMagic       = "SQLite format 3\x00"
)

// claimFile makes sure that path is a database of this program's, makes it if there is none, and closes it to other users. It
// looks at the bytes before SQLite does, because opening another application's database as ours would already change it.
func claimFile(ctx context.Context, path string) error {
	for _, file := range []string{path, path + "-wal", path + "-shm"} {
		if err := os.Chmod(file, 0o600); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("close %s to other users: %w", file, err)
		}
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) //nolint:gosec // the path is the operator's setting
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	defer f.Close()
	var header [headerSize]byte
	switch _, err := io.ReadFull(f, header[:]); {
	case errors.Is(err, io.EOF):
		return markFile(ctx, path)
	case errors.Is(err, io.ErrUnexpectedEOF), err == nil && string(header[:len(headerMagic)]) != headerMagic:
		return fmt.Errorf("%s is not a SQLite database: name another file, or move this one away", path)
	case err != nil:
		return fmt.Errorf("read the database's header: %w", err)
	}
	if id := binary.BigEndian.Uint32(header[applicationOffset:]); id != applicationID {
		return fmt.Errorf("%s is a database of another application (application id %#x): name another file", path, id)
	}
	return nil
}

// markFile writes the header of an empty file. That is done without a log, so that the mark is in the file itself from the
// first moment on.
func markFile(ctx context.Context, path string) error {
	conn, err := connect(ctx, location(path)+"?_pragma=synchronous(FULL)")
	if err != nil {
		return err
	}
	return errors.Join(conn.exec("PRAGMA application_id = "+strconv.Itoa(applicationID)), conn.close())
}

// location is path as SQLite's URI.
func location(path string) string { return "file:" + (&url.URL{Path: path}).EscapedPath() }

// dataSource names the database and what each connection to it must set, because SQLite keeps none of this in the file:
// synchronous, without which a commit would be acknowledged before it is on the disk; secure_delete, without which the text of
// deleted documents would stay; temp_store, without which sorting could write documents to files of the system's.
func dataSource(path string, cacheKiB int, pragmas ...string) string {
	values := url.Values{"_dqs": {"0"}, "_pragma": append([]string{
		"busy_timeout(" + strconv.FormatInt(busyTimeout.Milliseconds(), 10) + ")",
		"journal_mode(WAL)",
		"synchronous(FULL)",
		"foreign_keys(1)",
		"secure_delete(1)",
		"temp_store(MEMORY)",
		"wal_autocheckpoint(4000)", // pages: larger than SQLite's 1,000, so that pages that change often are moved once
		"automatic_index(0)",
		"cache_size(-" + strconv.Itoa(cacheKiB) + ")",
	}, pragmas...)}
	return location(path) + "?" + values.Encode()
}
