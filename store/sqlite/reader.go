package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/v1"

	"kaikukortti/store"
)

// reader answers questions on a connection whose transaction others begin and end.
type reader struct {
	engine  *Engine
	schema  *schema
	ctx     context.Context
	conn    *conn
	finding bool // each of a Find runs
}

// end makes later calls errors: another goroutine may have the connection by then.
func (r *reader) end() { r.conn = nil }

// usable says why the reader must not be used now.
func (r *reader) usable() error {
	switch {
	case r.conn == nil:
		return errors.New("the store was used after the function that it was given to had returned")
	case r.finding:
		return errors.New("the store was used while documents of it were read")
	}
	return r.ctx.Err()
}

// collection answers how a collection is kept.
func (r *reader) collection(name string) (*collection, error) {
	if err := r.usable(); err != nil {
		return nil, err
	}
	c := r.schema.collections[name]
	if c == nil {
		return nil, fmt.Errorf("the collection %q was not declared", name)
	}
	return c, nil
}

// asked compiles a query, after the watcher was told.
func (r *reader) asked(name string, q store.Query, compile func(*question) error) (*question, error) {
	c, err := r.collection(name)
	if err != nil {
		return nil, err
	}
	r.engine.watch(name, q)
	return ask(c, q, compile)
}

// Get reads one document by its id.
func (r *reader) Get(name, id string, into any) error {
	c, err := r.collection(name)
	if err != nil {
		return err
	}
	doc, err := r.conn.one(c.getSQL, id)
	if err != nil {
		return err
	}
	return decode(doc, into)
}

func decode(doc driver.Value, into any) error {
	text, _ := doc.(string)
	if err := json.Unmarshal([]byte(text), into); err != nil {
		return fmt.Errorf("decode a document: %w", err)
	}
	return nil
}

// Find reads documents one after the other.
func (r *reader) Find(name string, q store.Query, each func(decode func(into any) error) error) error {
	asked, err := r.asked(name, q, (*question).documents)
	if err != nil {
		return err
	}
	r.finding = true
	defer func() { r.finding = false }()
	return r.conn.query(asked.text(), asked.args, func(row []driver.Value) error {
		if err := r.ctx.Err(); err != nil {
			return err
		}
		return each(func(into any) error { return decode(row[0], into) })
	})
}

// Count counts without reading the documents where an index is enough.
func (r *reader) Count(name string, q store.Query) (int, error) {
	asked, err := r.asked(name, q, (*question).count)
	if err != nil {
		return 0, err
	}
	count, err := r.conn.one(asked.text(), asked.args...)
	n, _ := count.(int64)
	return int(n), err
}

// Numbers reads all values as one row, from the index alone where that is enough: each admission asks for up to a thousand.
func (r *reader) Numbers(name, field string, q store.Query) ([]int, error) {
	asked, err := r.asked(name, q, func(asked *question) error { return asked.numbers(field) })
	if err != nil {
		return nil, err
	}
	list, err := r.conn.one(asked.text(), asked.args...)
	if err != nil {
		return nil, err
	}
	text, _ := list.(string)
	return parseNumbers(text)
}

// parseNumbers reads a JSON array of whole numbers.
func parseNumbers(text string) ([]int, error) {
	text = strings.TrimSuffix(strings.TrimPrefix(text, "["), "]")
	if text == "" {
		return nil, nil
	}
	numbers := make([]int, 0, strings.Count(text, ",")+1)
	for part := range strings.SplitSeq(text, ",") {
		n, err := strconv.Atoi(part)
		if err != nil {
			return nil, fmt.Errorf("the field does not hold numbers alone: %w", err)
		}
		numbers = append(numbers, n)
	}
	return numbers, nil
}

// explain asks SQLite how it would find the documents.
func (r *reader) explain(name string, q store.Query) (store.Plan, error) {
	c, err := r.collection(name)
	if err != nil {
		return store.Plan{}, err
	}
	asked, err := ask(c, q, (*question).documents)
	if err != nil {
		return store.Plan{}, err
	}
	var steps []string
	err = r.conn.query("EXPLAIN QUERY PLAN "+asked.text(), asked.args, func(row []driver.Value) error {
		steps = append(steps, fmt.Sprint(row[3]))
		return nil
	})
	return store.Plan{FullScan: c.readsAll(q, steps), Text: strings.Join(steps, "; ")}, err
}

// readsAll looks for a SCAN of the documents, or of the side table of an array, which are d and s in every question. One through
// a partial index reads no more than that index holds; one through another index stops early only if every document counts.
func (c *collection) readsAll(q store.Query, steps []string) bool {
	for _, step := range steps {
		words := strings.Fields(step)
		if len(words) < 2 || words[0] != "SCAN" || words[1] != "d" && words[1] != "s" {
			continue
		}
		stopsEarly := q.Limit > 0 && len(q.Where) == 0 && len(words) > 2
		if !stopsEarly && !c.isPartial(words[len(words)-1]) {
			return true
		}
	}
	return false
}
