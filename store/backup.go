package store

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"time"
)

// An archive holds every document as one line of JSON, between a line that says what it is and one that says that it is whole. It
// is the same for both engines, and what was written by one is read by the other.
type (
	archiveHead struct {
		What   string    `json:"what"` // archiveName
		Format int       `json:"format"`
		Schema int       `json:"schema"`
		At     time.Time `json:"at"`
	}
	archiveLine struct {
		Collection string          `json:"collection"`
		Document   json.RawMessage `json:"document"`
	}
	archiveEnd struct {
		Documents int    `json:"documents"`
		SHA256    string `json:"sha256"` // of all the lines before this one
	}
)

const (
	archiveName   = "kaikukortti archive"
	archiveFormat = 1
	archiveBatch  = 500
)

// An Archive says what an archive holds.
type Archive struct {
	At        time.Time // everything in it was true then
	Documents int
	SHA256    string
}

// Back writes the whole store, as it is at one moment, compressed.
func (s *Store) Back(ctx context.Context, to io.Writer, at time.Time) (Archive, error) {
	packed := gzip.NewWriter(to)
	w := &archiveWriter{to: bufio.NewWriterSize(packed, 1<<16), sum: sha256.New()}
	w.line(archiveHead{What: archiveName, Format: archiveFormat, Schema: SchemaVersion, At: at})
	err := s.view(ctx, func(r Reader) error {
		for _, c := range Collections() {
			if err := w.collection(r, c); err != nil {
				return fmt.Errorf("back up %s: %w", c.Name, err)
			}
		}
		return nil
	})
	if err != nil {
		return Archive{}, err
	}
	made := Archive{At: at, Documents: w.documents, SHA256: hex.EncodeToString(w.sum.Sum(nil))}
	w.line(archiveEnd{Documents: made.Documents, SHA256: made.SHA256})
	return made, errors.Join(w.err, w.to.Flush(), packed.Close())
}

// archiveWriter writes lines and keeps their sum. After an error it writes no more.
type archiveWriter struct {
	to        *bufio.Writer
	sum       hash.Hash
	documents int
	err       error
}

func (w *archiveWriter) line(v any) {
	if w.err != nil {
		return
	}
	var b []byte
	if b, w.err = json.Marshal(v); w.err != nil {
		return
	}
	b = append(b, '\n')
	w.sum.Write(b)
	_, w.err = w.to.Write(b)
}

func (w *archiveWriter) collection(r Reader, c Collection) error {
	all := Query{Where: []Condition{AtLeast("_id", "")}, Order: []string{"_id"}}
	return r.Find(c.Name, all, func(decode func(any) error) error {
		doc := c.New()
		if err := decode(doc); err != nil {
			return err
		}
		b, err := json.Marshal(doc)
		if err != nil {
			return err
		}
		w.documents++
		w.line(archiveLine{Collection: c.Name, Document: b})
		return w.err
	})
}

// What a restore refuses.
var (
	ErrNotEmpty  = errors.New("the store is not empty: restore into an empty one")
	ErrArchive   = errors.New("this is not a whole archive")
	ErrRestoring = errors.New("a restore into this store was broken off: run it again")
)

// restoring is the id of the mark that stands in a store while it is being filled.
const restoring = "restoring"

// Complete answers ErrRestoring when a restore into the store was broken off. A server does not start on such a store.
func (s *Store) Complete(ctx context.Context) error {
	return s.view(ctx, func(r Reader) error {
		switch _, err := metas.get(r, restoring); {
		case err == nil:
			return ErrRestoring
		case isNotFound(err):
			return nil
		default:
			return err
		}
	})
}

// Restore fills an empty store from an archive, and then does what is given: all that the archive does not know of. It is read to its
// end first, so that one that is cut or changed changes nothing. A restore that is broken off anywhere leaves its mark, and run again it
// begins anew.
func (s *Store) Restore(ctx context.Context, from io.ReadSeeker, then func(context.Context, Archive) error) (Archive, error) {
	made, err := readArchive(from, func(string, json.RawMessage) error { return nil })
	if err != nil {
		return Archive{}, err
	}
	if err := s.beginRestore(ctx); err != nil {
		return Archive{}, err
	}
	if _, err := from.Seek(0, io.SeekStart); err != nil {
		return Archive{}, fmt.Errorf("read the archive again: %w", err)
	}
	fill := &filler{store: s, new: map[string]func() any{}}
	for _, c := range Collections() {
		fill.new[c.Name] = c.New
	}
	if _, err := readArchive(from, func(c string, doc json.RawMessage) error { return fill.add(ctx, c, doc) }); err != nil {
		return Archive{}, err
	}
	if err := fill.flush(ctx); err != nil {
		return Archive{}, err
	}
	if err := then(ctx, made); err != nil {
		return Archive{}, err
	}
	return made, s.update(ctx, func(w Writer) error { return metas.delete(w, restoring) })
}

// beginRestore sets the mark if the store is empty, or empties it if the mark is there already.
func (s *Store) beginRestore(ctx context.Context) error {
	switch err := s.Complete(ctx); {
	case errors.Is(err, ErrRestoring):
		return s.empty(ctx)
	case err != nil:
		return err
	}
	return s.update(ctx, func(w Writer) error {
		for _, c := range Collections() {
			n, err := w.Count(c.Name, Query{Where: []Condition{AtLeast("_id", "")}, Limit: 1})
			if err != nil {
				return err
			}
			if n > 0 && c.Name != metas.Name {
				return fmt.Errorf("%w (there is something in %s)", ErrNotEmpty, c.Name)
			}
		}
		return metas.insert(w, &meta{ID: restoring, Schema: SchemaVersion})
	})
}

// empty deletes what a broken-off restore has written, a batch at a time.
func (s *Store) empty(ctx context.Context) error {
	for _, c := range Collections() {
		for more := c.Name != metas.Name; more; {
			err := s.update(ctx, func(w Writer) error {
				ids, err := someIDs(w, c.Name)
				more = len(ids) > 0
				for _, id := range ids {
					err = errors.Join(err, w.Delete(c.Name, id))
				}
				return err
			})
			if err != nil {
				return fmt.Errorf("empty %s: %w", c.Name, err)
			}
		}
	}
	return nil
}

func someIDs(r Reader, collection string) ([]string, error) {
	var ids []string
	q := Query{Where: []Condition{AtLeast("_id", "")}, Order: []string{"_id"}, Limit: archiveBatch}
	err := r.Find(collection, q, func(decode func(any) error) error {
		var d identified
		err := decode(&d)
		ids = append(ids, d.ID)
		return err
	})
	return ids, err
}

type identified struct {
	ID string `json:"_id"`
}

// filler inserts documents in batches, each of them one transaction.
type filler struct {
	store *Store
	new   map[string]func() any
	batch []filled
}

type filled struct {
	collection, id string
	doc            any
}

func (f *filler) add(ctx context.Context, collection string, raw json.RawMessage) error {
	var d identified
	doc := f.new[collection]
	if doc == nil {
		return fmt.Errorf("%w: it has a collection %q that is not known", ErrArchive, collection)
	}
	into := doc()
	if err := errors.Join(json.Unmarshal(raw, &d), json.Unmarshal(raw, into)); err != nil {
		return fmt.Errorf("%w: a document of %s does not read: %w", ErrArchive, collection, err)
	}
	if collection == metas.Name {
		return nil // the store has its own
	}
	f.batch = append(f.batch, filled{collection, d.ID, into})
	if len(f.batch) < archiveBatch {
		return nil
	}
	return f.flush(ctx)
}

func (f *filler) flush(ctx context.Context) error {
	err := f.store.update(ctx, func(w Writer) error {
		for _, d := range f.batch {
			if err := w.Insert(d.collection, d.id, d.doc); err != nil {
				return fmt.Errorf("restore %s: %w", d.collection, err)
			}
		}
		return nil
	})
	f.batch = f.batch[:0]
	return err
}

// longestLine is more than any document has.
const longestLine = 16 << 20

// readArchive reads an archive to its end and hands on its documents. It says ErrArchive if it is cut or changed anywhere.
func readArchive(from io.Reader, each func(collection string, doc json.RawMessage) error) (Archive, error) {
	packed, err := gzip.NewReader(bufio.NewReaderSize(from, 1<<16))
	if err != nil {
		return Archive{}, fmt.Errorf("%w: %w", ErrArchive, err)
	}
	lines := bufio.NewScanner(packed)
	lines.Buffer(make([]byte, 1<<16), longestLine)
	sum := sha256.New()
	head, err := readHead(lines, sum)
	if err != nil {
		return Archive{}, err
	}
	made := Archive{At: head.At}
	for lines.Scan() {
		var l archiveLine
		if err := strictly(lines.Bytes(), &l); err != nil {
			return made.end(lines, sum)
		}
		if err := each(l.Collection, bytes.Clone(l.Document)); err != nil {
			return Archive{}, err
		}
		made.Documents++
		sum.Write(lines.Bytes())
		sum.Write([]byte{'\n'})
	}
	return Archive{}, errors.Join(fmt.Errorf("%w: its end is missing", ErrArchive), lines.Err())
}

func readHead(lines *bufio.Scanner, sum hash.Hash) (archiveHead, error) {
	var head archiveHead
	if !lines.Scan() || strictly(lines.Bytes(), &head) != nil || head.What != archiveName || head.Format != archiveFormat {
		return head, fmt.Errorf("%w: it does not begin as one", ErrArchive)
	}
	if head.Schema != SchemaVersion {
		return head, fmt.Errorf("%w: it is of store version %d and this program writes %d; restore it with the program that made it, "+
			"then start this one", ErrArchive, head.Schema, SchemaVersion)
	}
	sum.Write(lines.Bytes())
	sum.Write([]byte{'\n'})
	return head, nil
}

// end judges the last line, which the scanner stands on: nothing may follow, and its sum must fit.
func (a Archive) end(lines *bufio.Scanner, sum hash.Hash) (Archive, error) {
	var end archiveEnd
	if err := strictly(lines.Bytes(), &end); err != nil || lines.Scan() || lines.Err() != nil {
		return Archive{}, fmt.Errorf("%w: a line of it does not read", ErrArchive)
	}
	a.SHA256 = hex.EncodeToString(sum.Sum(nil))
	if end.SHA256 != a.SHA256 || end.Documents != a.Documents {
		return Archive{}, fmt.Errorf("%w: its sum does not fit; it was changed", ErrArchive)
	}
	return a, nil
}

// strictly reads a line into a struct that has all its names, so that one kind of line is not read as another.
func strictly(line []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.DisallowUnknownFields()
	return dec.Decode(into)
}
