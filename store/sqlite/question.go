package sqlite

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

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
	if err := q.where(q.Where); err != nil {
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

func (q *question) where(conditions []store.Condition) error {
	for i, condition := range conditions {
		q.write([]string{" WHERE ", " AND "}[min(i, 1)])
		if err := q.condition(condition); err != nil {
			return err
		}
	}
	return nil
}

func (q *question) condition(c store.Condition) error {
	array := q.arrayOf(c.Field)
	switch {
	case c.Op == store.OpElement:
		inner, _ := c.Value.([]store.Condition)
		return q.element(c.Field, inner)
	case array == "" || c.Op == store.OpExists && slices.Contains(q.columns, c.Field):
		return q.compare(q.field(c.Field), c)
	case c.Op == store.OpExists && q.isImplied(c):
		q.write("1")
		return nil
	case c.Op == store.OpExists:
		return q.exists(array, c)
	case c.Op == store.OpAbsent:
		q.write("NOT ")
		return q.inDocument(array, ofElement(array, store.Exists(c.Field)))
	default:
		return q.element(array, ofElement(array, c))
	}
}

// ofElement turns a condition on the documents into one on the elements of an array. That the array is there asks nothing of
// them: it may be empty.
func ofElement(array string, c store.Condition) []store.Condition {
	if c.Op == store.OpExists && c.Field == array {
		return nil
	}
	c.Field, _ = within(array, c.Field)
	return []store.Condition{c}
}

// isImplied says whether another condition already asks for the field to be there.
func (q *question) isImplied(c store.Condition) bool {
	return slices.ContainsFunc(q.Where, func(other store.Condition) bool { return other.Op != store.OpExists && impliesOne(other, c) })
}

// exists asks whether an array is there, or a field of its elements. The side table finds such documents; where another index
// does that, a look at the document is cheaper.
func (q *question) exists(array string, c store.Condition) error {
	if slices.ContainsFunc(q.plain, func(index store.Index) bool { return q.finds(index) }) {
		return q.inDocument(array, ofElement(array, c))
	}
	return q.element(array, ofElement(array, c))
}

// finds says whether q asks for the first key of a plain index that holds all that q asks for.
func (q *question) finds(index store.Index) bool {
	return q.implies(index.Where, "") && asks(q.Where, index.Keys[0])
}

// asks says whether a field is compared with a value.
func asks(conditions []store.Condition, field string) bool {
	return slices.ContainsFunc(conditions, func(c store.Condition) bool {
		return c.Field == field && c.Op != store.OpExists && c.Op != store.OpAbsent && c.Op != store.OpElement
	})
}

// element asks for documents in which one element of an array meets all the conditions; their fields are those of the element.
func (q *question) element(array string, conditions []store.Condition) error {
	if s := q.sideFor(array, conditions); s != nil {
		return q.through(s, conditions)
	}
	return q.inDocument(array, conditions)
}

// inDocument asks the document itself.
func (q *question) inDocument(array string, conditions []store.Condition) error {
	if len(conditions) == 0 {
		q.write("ifnull(json_type(d.doc, ", path(array), "), 'null') <> 'null'")
		return nil
	}
	q.write("EXISTS (SELECT 1 FROM json_each(d.doc, ", path(array), ") AS e WHERE e.type <> 'null'")
	for _, c := range conditions {
		expression := "e.value"
		if c.Field != "" {
			expression = "CASE e.type WHEN 'object' THEN " + extract("e.value", c.Field) + " END"
		}
		q.write(" AND ")
		if err := q.compare(expression, c); err != nil {
			return err
		}
	}
	q.write(")")
	return nil
}

// sideFor answers the side table that finds such elements: it holds all the fields that are asked for, the first of its keys
// among them. If there are several, the one of whose keys most are asked for.
func (q *question) sideFor(array string, conditions []store.Condition) (best *side) {
	most := 0
	for _, s := range q.sides {
		if s.index.Array != array || !q.implies(s.index.Where, "") || !s.holds(conditions) {
			continue
		}
		if n := q.found(s, conditions); n > most {
			best, most = s, n
		}
	}
	return best
}

func (s *side) holds(conditions []store.Condition) bool {
	for _, c := range conditions {
		if !slices.Contains(s.index.Keys, joined(s.index.Array, c.Field)) {
			return false
		}
	}
	return true
}

func joined(array, field string) string { return strings.TrimSuffix(array+"."+field, ".") }

// found counts the first keys of a side table that are asked for.
func (q *question) found(s *side, conditions []store.Condition) int {
	for n, key := range s.index.Keys {
		path, ofElement := within(s.index.Array, key)
		if ofElement && !asks(conditions, path) || !ofElement && !asks(q.Where, key) {
			return n
		}
	}
	return len(s.index.Keys)
}

// through asks the side table for elements that meet the conditions, and for what else it knows of the documents.
func (q *question) through(s *side, conditions []store.Condition) error {
	q.write("d._row IN (SELECT s._row FROM ", quote(s.name), " AS s WHERE 1")
	for _, c := range conditions {
		q.write(" AND ")
		if err := q.compare("s."+quote(joined(s.index.Array, c.Field)), c); err != nil {
			return err
		}
	}
	err := q.alongside(s)
	q.write(")")
	return err
}

// alongside adds what q asks of the fields that are in a side table and not of its array.
func (q *question) alongside(s *side) error {
	for _, c := range q.Where {
		if _, ofArray := within(s.index.Array, c.Field); ofArray || !slices.Contains(s.index.Keys, c.Field) {
			continue
		}
		q.write(" AND ")
		if err := q.compare("s."+quote(c.Field), c); err != nil {
			return err
		}
	}
	return nil
}

// compare writes one comparison. What is not there compares with nothing.
func (q *question) compare(expression string, c store.Condition) error {
	q.write(expression)
	switch c.Op {
	case store.OpExists:
		q.write(" IS NOT NULL")
	case store.OpAbsent:
		q.write(" IS NULL")
	case store.OpEqual:
		return q.parameter(" = ", c.Value)
	case store.OpBelow:
		return q.parameter(" < ", ceiling(c.Value))
	case store.OpAtLeast:
		return q.parameter(" >= ", ceiling(c.Value))
	case store.OpIn:
		return q.list(c.Value)
	case store.OpElement:
		return fmt.Errorf("the field %q stands inside an element of another array", c.Field)
	default:
		return fmt.Errorf("the comparison %d is not known", c.Op)
	}
	return nil
}

func (q *question) parameter(operator string, value any) error {
	v, err := parameter(value)
	if err != nil {
		return err
	}
	if is, ok := v.(bool); ok {
		q.write(operator, map[bool]string{false: "0", true: "1"}[is])
		return nil
	}
	q.write(operator, "?")
	q.args = append(q.args, v)
	return nil
}

// list takes all values as one parameter, so that the text is the same for any number of them.
func (q *question) list(values any) error {
	all := reflect.ValueOf(values)
	if all.Kind() != reflect.Slice {
		return fmt.Errorf("%T is not a slice of values", values)
	}
	list := make([]any, all.Len())
	for i := range list {
		v, err := parameter(all.Index(i).Interface())
		if err != nil {
			return err
		}
		list[i] = v
	}
	text, err := json.Marshal(list)
	if err != nil {
		return err
	}
	q.write(" IN (SELECT value FROM json_each(?))")
	q.args = append(q.args, string(text))
	return nil
}

// parameter answers a value as documents hold it.
func parameter(value any) (any, error) {
	if at, ok := value.(time.Time); ok {
		return at.UTC().Format(time.RFC3339Nano), nil
	}
	switch v := reflect.ValueOf(value); {
	case !v.IsValid():
		return nil, errors.New("there is nothing to compare with")
	case v.Kind() == reflect.String:
		return v.String(), nil
	case v.Kind() == reflect.Bool:
		return v.Bool(), nil
	case v.CanInt():
		return v.Int(), nil
	default:
		return nil, fmt.Errorf("a %T cannot be compared with", value)
	}
}

// ceiling rounds a time up to the whole second. Documents hold whole seconds, so what is below or not below a bound is so for
// the next whole second too, and texts of whole seconds sort as the times do.
func ceiling(value any) any {
	at, ok := value.(time.Time)
	if !ok {
		return value
	}
	if whole := at.Truncate(time.Second); !whole.Equal(at) {
		return whole.Add(time.Second)
	}
	return at
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
