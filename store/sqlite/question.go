package sqlite

import (
	"fmt"
	"slices"
	"strings"

	"kaikukortti/store"
)

// question is a query as SQL. The documents are d in it, the side table of an array s, the elements of an array without one e.
// Values are parameters, so that a query has one text however often it is asked; only true and false are written out, because a
// partial index is found by them.
type question struct {
	*collection
	store.Query
	sql  strings.Builder
	args []any
}

func ask(c *collection, q store.Query, compile func(*question) error) (*question, error) {
	asked := &question{collection: c, Query: q}
	if err := compile(asked); err != nil {
		return nil, fmt.Errorf("ask the collection %s: %w", c.name, err)
	}
	return asked, nil
}

func (q *question) text() string { return q.sql.String() }

func (q *question) write(parts ...string) {
	for _, part := range parts {
		q.sql.WriteString(part)
	}
}

// documents asks for the texts of the documents.
func (q *question) documents() error { return q.from("SELECT d.doc", q.order) }

func (q *question) count() error {
	if q.Limit == 0 {
		return q.from("SELECT count(*)", nil)
	}
	q.write("SELECT count(*) FROM (")
	err := q.from("SELECT 1", nil)
	q.write(")")
	return err
}

func (q *question) from(what string, order func()) error {
	q.write(what, " FROM ", quote(q.name), " AS d")
	if err := q.where(); err != nil {
		return err
	}
	if order != nil {
		order()
	}
	if q.Limit > 0 {
		q.write(" LIMIT ?")
		q.args = append(q.args, q.Limit)
	}
	return nil
}

func (q *question) order() {
	if len(q.Order) == 0 {
		return
	}
	q.write(" ORDER BY ")
	for _, field := range q.Order {
		if name, down := strings.CutPrefix(field, "-"); down {
			q.write(q.field(name), " DESC, ")
		} else {
			q.write(q.field(name), ", ")
		}
	}
	q.write("d._id")
}

// numbers asks for all values of a field in one row. The side table is enough if it has every field that the query asks for.
func (q *question) numbers(field string) error {
	for _, s := range q.sides {
		if q.answers(s, field) {
			q.write("SELECT json_group_array(", quote(field), ") FROM ", quote(s.name), " AS s WHERE ", quote(field), " IS NOT NULL")
			return q.alongside(s)
		}
	}
	array, value := q.arrayOf(field), "e.value"
	if array == "" {
		array = field
	}
	if rest, _ := within(array, field); rest != "" {
		value = extract("e.value", rest)
	}
	q.write("SELECT json_group_array(", value, ") FROM (")
	err := q.documents()
	q.write(") AS d, json_each(d.doc, ", path(array), ") AS e WHERE ", value, " IS NOT NULL")
	return err
}

// answers says whether the rows of a side table are those that q asks for: it must not pick documents by their elements, since
// of those it wants all numbers, and not by fields that the side table lacks.
func (q *question) answers(s *side, field string) bool {
	if s.index.Array != field || q.Limit > 0 || !q.implies(s.index.Where, field) {
		return false
	}
	for _, condition := range q.Where {
		ofArray := q.arrayOf(condition.Field) == field
		if ofArray && condition.Op != store.OpExists || !ofArray && !slices.Contains(s.index.Keys, condition.Field) {
			return false
		}
	}
	return true
}

// implies says whether all that q asks for belongs to a partial index. That one field is there is known already.
func (q *question) implies(where []store.Condition, known string) bool {
	for _, needed := range where {
		if needed.Field == known && needed.Op == store.OpExists {
			continue
		}
		if !slices.ContainsFunc(q.Where, func(asked store.Condition) bool { return impliesOne(asked, needed) }) {
			return false
		}
	}
	return true
}

func impliesOne(asked, needed store.Condition) bool {
	if needed.Op != store.OpExists {
		return asked.Op == needed.Op && asked.Field == needed.Field && asked.Value == needed.Value
	}
	if asked.Op == store.OpElement {
		inner, _ := asked.Value.([]store.Condition)
		return asked.Field == needed.Field || slices.ContainsFunc(inner, func(i store.Condition) bool {
			i.Field = asked.Field + "." + i.Field
			return impliesOne(i, needed)
		})
	}
	return asked.Op != store.OpAbsent && (asked.Field == needed.Field || strings.HasPrefix(asked.Field, needed.Field+"."))
}

// field is a field of the document: a column if there is one.
func (q *question) field(name string) string {
	if name == "_id" || name == "version" || slices.Contains(q.columns, name) {
		return "d." + quote(name)
	}
	return extract("d.doc", name)
}

func extract(json, field string) string { return "json_extract(" + json + ", " + path(field) + ")" }

// path writes a field as SQLite's JSON path, in a literal.
func path(field string) string {
	return `'$."` + strings.NewReplacer(".", `"."`, "'", "''").Replace(field) + `"'`
}
