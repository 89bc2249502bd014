package sqlite

import (
	"context"
	"database/sql/driver"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/v1"

	"kaikukortti/store"
)

// Prepare brings the tables to what is declared, all of it or, when it fails, nothing.
func (e *Engine) Prepare(ctx context.Context, declared []store.Collection) error {
	s, err := newSchema(declared)
	if err != nil {
		return err
	}
	prepare := func(conn *conn) error {
		for _, d := range declared {
			if err := s.collections[d.Name].prepare(ctx, conn); err != nil {
				return fmt.Errorf("prepare the collection %q: %w", d.Name, err)
			}
		}
		return nil
	}
	return e.writer.do(&call{
		ctx: ctx,
		run: func(conn *conn) error {
			w := &changer{reader: reader{engine: e, ctx: ctx, conn: conn}, transacts: true}
			return w.run(func(store.Writer) error { return w.write(false, func() error { return prepare(conn) }) })
		},
		then: func() { e.schema.Store(s) },
	})
}

// What was made is known by the text that made it: what was declared otherwise then is dropped and made again.
func (c *collection) prepare(ctx context.Context, conn *conn) error {
	if err := conn.exec("CREATE TABLE IF NOT EXISTS " + quote(c.name) +
		" (_row INTEGER PRIMARY KEY, _id TEXT NOT NULL UNIQUE, version INTEGER, doc TEXT NOT NULL)"); err != nil {
		return err
	}
	made, err := c.made(conn)
	if err != nil {
		return err
	}
	wanted := c.wanted()
	for name, text := range made {
		if wanted[name] == text {
			delete(wanted, name)
		} else if err := drop(conn, name, text); err != nil {
			return err
		}
	}
	return c.make(ctx, conn, wanted)
}

// wanted answers the text of each index and side table, by name.
func (c *collection) wanted() map[string]string {
	wanted := map[string]string{}
	for _, index := range c.plain {
		wanted[c.indexName(index)] = c.createIndex(index)
	}
	for _, s := range c.sides {
		wanted[s.name] = s.createTable(c.name)
	}
	return wanted
}

// made answers the same of what the file holds.
func (c *collection) made(conn *conn) (map[string]string, error) {
	made := map[string]string{}
	err := conn.query(`SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = ?1 AND sql IS NOT NULL
		OR type = 'table' AND substr(name, 1, length(?1) + 1) = ?1 || '#'`, []any{c.name}, func(row []driver.Value) error {
		made[fmt.Sprint(row[0])] = fmt.Sprint(row[1])
		return nil
	})
	return made, err
}

func drop(conn *conn, name, text string) error {
	if strings.HasPrefix(text, "CREATE TABLE") {
		return conn.exec("DROP TABLE " + quote(name))
	}
	return conn.exec("DROP INDEX " + quote(name))
}

// make makes side tables, then columns, fills both from the documents, and makes the indexes last, when all is there.
func (c *collection) make(ctx context.Context, conn *conn, wanted map[string]string) error {
	var empty []*side
	for _, s := range c.sides {
		if text := wanted[s.name]; text != "" {
			if err := conn.exec(text); err != nil {
				return err
			}
			delete(wanted, s.name)
			empty = append(empty, s)
		}
	}
	columnsAdded, err := c.changeColumns(conn)
	if err != nil {
		return err
	}
	if columnsAdded || len(empty) > 0 {
		if err := c.fill(ctx, conn, columnsAdded, empty); err != nil {
			return err
		}
	}
	for _, s := range empty {
		wanted[s.name] = s.createIndex()
	}
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		if err := conn.exec(wanted[name]); err != nil {
			return fmt.Errorf("make the index %s: %w", name, err)
		}
	}
	return nil
}

// changeColumns drops the columns that no index asks for any more and adds those that are missing.
func (c *collection) changeColumns(conn *conn) (added bool, err error) {
	var have []string
	err = conn.query("SELECT name FROM pragma_table_info(?)", []any{c.name}, func(row []driver.Value) error {
		have = append(have, fmt.Sprint(row[0]))
		return nil
	})
	if err != nil {
		return false, err
	}
	for _, column := range have {
		if !slices.Contains(c.columns, column) && !slices.Contains(ownColumns, column) {
			if err := conn.exec("ALTER TABLE " + quote(c.name) + " DROP COLUMN " + quote(column)); err != nil {
				return false, err
			}
		}
	}
	for _, column := range c.columns {
		if !slices.Contains(have, column) {
			if err := conn.exec("ALTER TABLE " + quote(c.name) + " ADD COLUMN " + quote(column)); err != nil {
				return false, err
			}
			added = true
		}
	}
	return added, nil
}

// fill writes columns and side tables for all documents that are there, some at a time.
func (c *collection) fill(ctx context.Context, conn *conn, columns bool, sides []*side) error {
	const some = 500
	last := int64(0)
	for {
		rows, err := c.documentsAfter(conn, last, some)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if err := c.fillOne(conn, r, columns, sides); err != nil {
				return err
			}
			last = r.row
		}
		if err := ctx.Err(); err != nil || len(rows) < some {
			return err
		}
	}
}

type keptDocument struct {
	row int64
	*document
}

func (c *collection) documentsAfter(conn *conn, last int64, some int) ([]keptDocument, error) {
	var all []keptDocument
	err := conn.query("SELECT _row, _id, doc FROM "+quote(c.name)+" WHERE _row > ? ORDER BY _row LIMIT ?", []any{last, some},
		func(row []driver.Value) error {
			n, _ := row[0].(int64)
			d, err := encode(fmt.Sprint(row[1]), json.RawMessage(fmt.Sprint(row[2])))
			all = append(all, keptDocument{n, d})
			return err
		})
	return all, err
}

func (c *collection) fillOne(conn *conn, d keptDocument, columns bool, sides []*side) error {
	if columns {
		if err := conn.exec(c.overwriteSQL, append(c.values(d.document), d.id)...); err != nil {
			return err
		}
	}
	for _, s := range sides {
		if err := s.enter(conn, d.document, d.row); err != nil {
			return err
		}
	}
	return nil
}

func (c *collection) createIndex(index store.Index) string {
	keys := quoteAll(index.Keys)
	if !index.Unique {
		keys = append(keys, "_id") // so that the order of those with the same keys is there too
	}
	text := "CREATE INDEX "
	if index.Unique {
		text = "CREATE UNIQUE INDEX "
	}
	text += quote(c.indexName(index)) + " ON " + quote(c.name) + " (" + strings.Join(keys, ", ") + ")"
	if len(index.Where) > 0 {
		text += " WHERE " + strings.Join(restrictions(index.Where), " AND ")
	}
	return text
}

func restrictions(where []store.Condition) []string {
	all := make([]string, len(where))
	for i, condition := range where {
		all[i] = quote(condition.Field) + " IS NOT NULL"
		if condition.Op == store.OpEqual {
			all[i] = quote(condition.Field) + " = 1"
		}
	}
	return all
}

// createTable tells in a comment what its columns do not: the rows are written only where the Where of the index is met, and its
// index may be unique. So a table made for another index has another text.
func (s *side) createTable(collection string) string {
	comment := strings.Join(append([]string{"where"}, restrictions(s.index.Where)...), " ")
	if s.index.Unique {
		comment = "unique " + comment
	}
	return "CREATE TABLE " + quote(s.name) + " (_row INTEGER REFERENCES " + quote(collection) + " ON DELETE CASCADE, _n INTEGER, " +
		strings.Join(quoteAll(s.index.Keys), ", ") + ", PRIMARY KEY (_row, _n) /* " + comment + " */) WITHOUT ROWID"
}

func (s *side) createIndex() string {
	text := "CREATE INDEX "
	if s.index.Unique {
		text = "CREATE UNIQUE INDEX "
	}
	return text + quote(s.name+".keys") + " ON " + quote(s.name) + " (" + strings.Join(quoteAll(s.index.Keys), ", ") + ")"
}

func quoteAll(names []string) []string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = quote(name)
	}
	return quoted
}
