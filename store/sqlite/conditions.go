package sqlite

import (
	"fmt"
	"slices"
	"strings"

	"kaikukortti/store"
)

func (q *question) where() error {
	for i, condition := range q.Where {
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
