package sqlite

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json/v1"

	"kaikukortti/store"
)

// schema is how the declared collections are kept. It is made once and then only read.
type schema struct{ collections map[string]*collection }

// collection is one table: the document as JSON text, and a column for each field that a plain index asks for. An index through
// an array is a side table with a row for each element, since SQLite has no such index.
type collection struct {
	name    string
	columns []string // the fields with a column of their own, beside _id and version
	plain   []store.Index
	sides   []*side
	arrays  map[string]bool // the fields that hold arrays

	insertSQL, replaceSQL, overwriteSQL, getSQL, deleteSQL, removeSQL string
}

// side is the table of an index through an array.
type side struct {
	index store.Index
	name  string

	insertSQL, clearSQL string
}

// The columns that each table has beside those of fields. Only fields of these two names may be asked for by an index.
var ownColumns = []string{"_row", "_id", "version", "doc"}

func newSchema(declared []store.Collection) (*schema, error) {
	s := &schema{collections: map[string]*collection{}}
	for _, d := range declared {
		c, err := newCollection(d)
		if err != nil {
			return nil, fmt.Errorf("declare the collection %q: %w", d.Name, err)
		}
		s.collections[d.Name] = c
	}
	return s, nil
}

func newCollection(declared store.Collection) (*collection, error) {
	c := &collection{name: declared.Name, arrays: map[string]bool{}}
	if declared.New != nil {
		findArrays(reflect.TypeOf(declared.New()), "", c.arrays)
	}
	for _, index := range declared.Indexes {
		if index.Array != "" {
			c.arrays[index.Array] = true
			c.sides = append(c.sides, newSide(c.name, index))
		} else {
			c.plain = append(c.plain, index)
			c.addColumns(index)
		}
	}
	if err := c.check(); err != nil {
		return nil, err
	}
	c.write()
	return c, nil
}

func (c *collection) addColumns(index store.Index) {
	for _, field := range fieldsOf(index) {
		if !slices.Contains(c.columns, field) && field != "_id" && field != "version" {
			c.columns = append(c.columns, field)
		}
	}
}

// fieldsOf answers the fields that an index asks for, those of its Where too.
func fieldsOf(index store.Index) []string {
	all := slices.Clone(index.Keys)
	for _, condition := range index.Where {
		all = append(all, condition.Field)
	}
	return all
}

func (c *collection) check() error {
	if c.name == "" || strings.ContainsAny(c.name, `"#.`) {
		return errors.New("its name is empty or has one of \"#. in it")
	}
	for _, field := range c.columns {
		if strings.Contains(field, `"`) || slices.Contains(ownColumns, field) {
			return fmt.Errorf("no index can be over a field named %q", field)
		}
	}
	for _, index := range c.plain {
		for _, key := range index.Keys {
			if c.arrayOf(key) != "" {
				return fmt.Errorf("the index %s runs through the array %s and does not say so", index.Name, c.arrayOf(key))
			}
		}
	}
	return nil
}

// arrayOf answers the array that a field is or is in, "" if none.
func (c *collection) arrayOf(field string) string {
	for path := field; path != ""; {
		if c.arrays[path] {
			return path
		}
		path = path[:max(0, strings.LastIndexByte(path, '.'))]
	}
	return ""
}

// findArrays collects the JSON names of the fields that hold arrays.
func findArrays(t reflect.Type, prefix string, found map[string]bool) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case t.Kind() == reflect.Slice && t.Elem().Kind() != reflect.Uint8:
		if !found[prefix] {
			found[prefix] = true
			findArrays(t.Elem(), prefix, found)
		}
	case t.Kind() == reflect.Struct && t != reflect.TypeFor[time.Time]():
		for field := range t.Fields() {
			findArrays(field.Type, nameWithin(prefix, field), found)
		}
	}
}

// nameWithin answers the path of a field; an embedded struct without a name has that of what it is in.
func nameWithin(prefix string, field reflect.StructField) string {
	name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
	switch {
	case name == "" && field.Anonymous:
		return prefix
	case name == "":
		name = field.Name
	}
	if prefix == "" {
		return name
	}
	return prefix + "." + name
}

// write writes the statements that change the collection.
func (c *collection) write() {
	table, columns := quote(c.name), append([]string{"version", "doc"}, c.columns...)
	set := make([]string, len(columns))
	for i, column := range columns {
		columns[i] = quote(column)
		set[i] = columns[i] + " = ?"
	}
	c.insertSQL = "INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ", _id) VALUES (?" +
		strings.Repeat(", ?", len(columns)) + ")"
	c.overwriteSQL = "UPDATE " + table + " SET " + strings.Join(set, ", ") + " WHERE _id = ? RETURNING _row"
	c.replaceSQL = "UPDATE " + table + " SET " + strings.Join(set, ", ") +
		" WHERE _id = ? AND ifnull(version, 0) = ? RETURNING _row"
	c.getSQL = "SELECT doc FROM " + table + " WHERE _id = ?"
	c.removeSQL = "DELETE FROM " + table + " WHERE _row = ?"
	c.deleteSQL = "DELETE FROM " + table + " WHERE _id = ?"
}

// values answers a document in the order of the columns.
func (c *collection) values(d *document) []any {
	values := make([]any, 0, len(c.columns)+4)
	values = append(values, value(d.fields.at("version")), d.text)
	for _, field := range c.columns {
		values = append(values, value(d.fields.at(field)))
	}
	return values
}

func (c *collection) isPartial(index string) bool {
	for _, i := range c.plain {
		if c.indexName(i) == index {
			return len(i.Where) > 0
		}
	}
	return false
}

// indexName is what SQLite calls an index: its names are those of the whole file.
func (c *collection) indexName(index store.Index) string { return c.name + "." + index.Name }

func newSide(collection string, index store.Index) *side {
	s := &side{index: index, name: collection + "#" + index.Name}
	s.insertSQL = "INSERT INTO " + quote(s.name) + " VALUES (?, ?" + strings.Repeat(", ?", len(index.Keys)) + ")"
	s.clearSQL = "DELETE FROM " + quote(s.name) + " WHERE _row = ?"
	return s
}

// within answers the path of a field inside an element of an array, "" for the element itself; ok is false for a field of the
// document.
func within(array, field string) (path string, ok bool) {
	if field == array {
		return "", true
	}
	return strings.CutPrefix(field, array+".")
}

// enter writes a row for each element of a document, and one without an element for an array that is empty, so that each
// document with the array is found. Elements that are alike to the index are one: a document does not stand against itself.
func (s *side) enter(conn *conn, d *document, row int64) error {
	array := d.fields.at(s.index.Array)
	if array == nil || !d.meets(s.index.Where) {
		return nil
	}
	all := elements(array)
	if len(all) == 0 {
		all = append(all, nil)
	}
	entered := map[string]bool{}
	for n, element := range all {
		keys, alike := s.keys(d, element)
		if entered[alike] {
			continue
		}
		entered[alike] = true
		if err := conn.exec(s.insertSQL, append([]any{row, n}, keys...)...); err != nil {
			return err
		}
	}
	return nil
}

// keys answers the keys of one element; two elements with the same alike have the same keys.
func (s *side) keys(d *document, element json.RawMessage) (keys []any, alike string) {
	var parts strings.Builder
	var inner fields
	if len(element) > 0 && element[0] == '{' {
		_ = json.Unmarshal(element, &inner) // it is part of a document that was read
	}
	for _, key := range s.index.Keys {
		path, ofElement := within(s.index.Array, key)
		if !ofElement {
			keys = append(keys, value(d.fields.at(key)))
			continue
		}
		raw := element
		if path != "" {
			raw = inner.at(path)
		}
		keys = append(keys, value(raw))
		parts.Write(raw)
		parts.WriteByte('\n') // the JSON texts of documents have no line breaks in them
	}
	return keys, parts.String()
}

func quote(name string) string { return `"` + name + `"` }
