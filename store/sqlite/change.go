package sqlite

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json/v1"
	"modernc.org/sqlite"

	"kaikukortti/store"
)

// changer writes within the writer's transaction, which others share: an Update has one savepoint, each write of a Step its own.
type changer struct {
	reader
	transacts bool
	begun     bool  // an Update has its savepoint
	failed    error // the first write of an Update that failed: nothing of it may stay
}

// run runs a change to its end. Of an Update that fails, panics or ends its goroutine nothing stays.
func (w *changer) run(change func(store.Writer) error) (err error) {
	returned := false
	defer func() {
		conn := w.conn
		w.end()
		if !w.begun {
			return
		}
		if e := finish(conn, returned && err == nil); e != nil {
			err = e
		}
	}()
	err = change(w)
	returned = true
	if err == nil {
		err = w.failed
	}
	return err
}

// finish keeps what was written since the savepoint, or not.
func finish(conn *conn, keep bool) error {
	if !keep {
		if err := conn.exec("ROLLBACK TO change"); err != nil {
			return err
		}
	}
	return conn.exec("RELEASE change")
}

// write does one write, wholly or not at all. A write of one statement needs no savepoint: SQLite undoes it when it fails.
func (w *changer) write(undoesItself bool, do func() error) error {
	if w.transacts {
		return w.writeWithin(do)
	}
	if undoesItself {
		return do()
	}
	if err := w.conn.exec("SAVEPOINT change"); err != nil {
		return err
	}
	err := do()
	if e := finish(w.conn, err == nil); e != nil {
		return e
	}
	return err
}

func (w *changer) writeWithin(do func() error) error {
	if !w.begun {
		if err := w.conn.exec("SAVEPOINT change"); err != nil {
			return err
		}
		w.begun = true
	}
	err := do()
	if w.failed == nil {
		w.failed = err
	}
	return err
}

// Insert adds a document and its entries in the indexes over arrays.
func (w *changer) Insert(name, id string, doc any) error {
	c, err := w.collection(name)
	if err != nil {
		return err
	}
	d, err := encode(id, doc)
	if err != nil {
		return err
	}
	return w.write(true, func() error { return w.insert(c, d) })
}

// insert undoes itself: to take back the one row costs less in the rare case than a savepoint in each. Nobody sees the row
// before the commit.
func (w *changer) insert(c *collection, d *document) error {
	row, err := w.conn.insert(c.insertSQL, append(c.values(d), d.id)...)
	if err != nil {
		return c.duplicate(err, d)
	}
	err = w.enter(c, d, row)
	if err == nil {
		return nil
	}
	if e := w.conn.exec(c.removeSQL, row); e != nil {
		return e
	}
	return err
}

// enter writes the entries of a document in the indexes over arrays.
func (w *changer) enter(c *collection, d *document, row int64) error {
	for _, s := range c.sides {
		if err := s.enter(w.conn, d, row); err != nil {
			return c.duplicate(err, d)
		}
	}
	return nil
}

// Replace puts a document in the place of the version that was read.
func (w *changer) Replace(name, id string, version int64, doc any) error {
	c, err := w.collection(name)
	if err != nil {
		return err
	}
	d, err := encode(id, doc)
	if err != nil {
		return err
	}
	return w.write(len(c.sides) == 0, func() error { return w.replace(c, d, c.replaceSQL, version) })
}

// replace runs an UPDATE of the whole document that answers its row.
func (w *changer) replace(c *collection, d *document, update string, version ...any) error {
	row, err := w.conn.one(update, append(append(c.values(d), d.id), version...)...)
	if errors.Is(err, store.ErrNotFound) {
		return store.ErrChanged
	}
	if err != nil {
		return c.duplicate(err, d)
	}
	for _, s := range c.sides {
		if err := w.conn.exec(s.clearSQL, row); err != nil {
			return err
		}
	}
	n, _ := row.(int64)
	return w.enter(c, d, n)
}

// Delete removes a document; its entries go with it, by the foreign key.
func (w *changer) Delete(name, id string) error {
	c, err := w.collection(name)
	if err != nil {
		return err
	}
	return w.write(true, func() error { return w.conn.exec(c.deleteSQL, id) })
}

// Add reads and writes the number; between the two nobody else writes, because there is one writer.
func (w *changer) Add(name, id, field string, by int64) (sum int64, err error) {
	c, err := w.collection(name)
	if err != nil {
		return 0, err
	}
	err = w.write(len(c.sides) == 0, func() error {
		sum, err = w.add(c, id, field, by)
		return err
	})
	return sum, err
}

func (w *changer) add(c *collection, id, field string, by int64) (int64, error) {
	old, err := w.conn.one(c.getSQL, id)
	missing := errors.Is(err, store.ErrNotFound)
	if err != nil && !missing {
		return 0, err
	}
	body, sum, err := added(old, strings.Split(field, "."), by)
	if err != nil {
		return 0, fmt.Errorf("add to %s of %s: %w", field, c.name, err)
	}
	d, err := encode(id, json.RawMessage(body))
	if err != nil {
		return 0, err
	}
	if missing {
		return sum, w.insert(c, d)
	}
	return sum, w.replace(c, d, c.overwriteSQL)
}

// added answers the document with by added to the number at path.
func added(old driver.Value, path []string, by int64) (body []byte, sum int64, err error) {
	object := map[string]json.RawMessage{}
	if text, ok := old.(string); ok {
		if err := json.Unmarshal([]byte(text), &object); err != nil {
			return nil, 0, err
		}
	}
	if len(path) > 1 {
		var inner driver.Value
		if raw, ok := object[path[0]]; ok {
			inner = string(raw)
		}
		object[path[0]], sum, err = added(inner, path[1:], by)
	} else {
		object[path[0]], sum, err = addedNumber(object[path[0]], by)
	}
	if err != nil {
		return nil, 0, err
	}
	body, err = json.Marshal(object)
	return body, sum, err
}

func addedNumber(old json.RawMessage, by int64) (json.RawMessage, int64, error) {
	var n int64
	if old != nil {
		if err := json.Unmarshal(old, &n); err != nil {
			return nil, 0, err
		}
	}
	raw, err := json.Marshal(n + by)
	return raw, n + by, err
}

// duplicate names the unique index that stood against d. SQLite says which columns of which table were to be unique: a side
// table belongs to one index, and of several indexes over the same fields the first that d belongs to is meant.
func (c *collection) duplicate(err error, d *document) error {
	failure := new(sqlite.Error)
	if !errors.As(err, &failure) || failure.Code() != codeUnique && failure.Code() != codePrimaryKey {
		return err
	}
	_, columns, _ := strings.Cut(failure.Error(), "UNIQUE constraint failed: ")
	columns, _, _ = strings.Cut(columns, " (")
	for _, s := range c.sides {
		if strings.HasPrefix(columns, s.name+".") {
			return &store.DuplicateError{Collection: c.name, Index: s.index.Name}
		}
	}
	for _, index := range c.plain {
		if index.Unique && columns == failedColumns(c.name, index.Keys) && d.meets(index.Where) {
			return &store.DuplicateError{Collection: c.name, Index: index.Name}
		}
	}
	if columns == c.name+"._id" {
		return &store.DuplicateError{Collection: c.name, Index: "_id"}
	}
	return err
}

// failedColumns is how SQLite lists the columns of a unique index.
func failedColumns(table string, keys []string) string {
	return table + "." + strings.Join(keys, ", "+table+".")
}
