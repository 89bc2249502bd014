package mongo

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/bson"
	driver "go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/mongo/options"

	"kaikukortti/store"
)

// A reader reads in the session of its context, if there is one. It remembers the first error that a transaction cannot outlive,
// since the domain may have turned it into something else on its way back.
type reader struct {
	ctx    context.Context
	engine *Engine
	broken error

	begin func() (*election, error) // before a read, outside a transaction
	once  bool                      // before the first one only
}

func (r *reader) failed(collection string, err error) error {
	said := translate(r.ctx, collection, err)
	if said != nil && r.broken == nil {
		r.broken = err
	}
	return said
}

func (r *reader) Get(collection, id string, into any) error {
	in, err := r.engine.collection(collection)
	if err != nil {
		return err
	}
	var doc bson.Raw
	err = r.sure(func() (err error) {
		doc, err = in.FindOne(r.ctx, byID(id)).Raw()
		return err
	})
	if err == driver.ErrNoDocuments { //nolint:errorlint // an answer, handed over as it is
		return store.ErrNotFound
	}
	if err != nil {
		return r.failed(collection, err)
	}
	return decode(doc, into)
}

func byID(id string) bson.D { return bson.D{{Key: "_id", Value: id}} }

func (r *reader) Find(collection string, q store.Query, each func(decode func(into any) error) error) error {
	r.engine.watch(collection, q)
	return r.each(collection, q, nil, func(doc bson.Raw) error {
		return each(func(into any) error { return decode(doc, into) })
	})
}

// each hands over the documents that q asks for, or only what projection says of them.
func (r *reader) each(collection string, q store.Query, projection bson.D, each func(bson.Raw) error) error {
	in, err := r.engine.collection(collection)
	if err != nil {
		return err
	}
	sorted := orderOf(q)
	var cursor *driver.Cursor
	defer func() { r.close(cursor) }()
	err = r.sure(func() (err error) {
		r.close(cursor)
		cursor, err = in.Find(r.ctx, filter(q.Where), sorted.options().SetProjection(sorted.also(projection)))
		return err
	})
	if err != nil {
		return r.failed(collection, err)
	}
	for cursor.Next(r.ctx) {
		if err := sorted.take(cursor.Current, each); err != nil {
			return unlessEnough(err)
		}
	}
	if err := cursor.Err(); err != nil {
		return r.failed(collection, err)
	}
	return unlessEnough(sorted.flush(each))
}

// close ends a cursor on the server too, when it was not read to its end.
func (r *reader) close(cursor *driver.Cursor) {
	if cursor == nil {
		return
	}
	ctx, cancel := afterwards(r.ctx)
	defer cancel()
	_ = cursor.Close(ctx)
}

func (r *reader) Count(collection string, q store.Query) (int, error) {
	r.engine.watch(collection, q)
	in, err := r.engine.collection(collection)
	if err != nil {
		return 0, err
	}
	count := options.Count()
	if q.Limit > 0 {
		count.SetLimit(int64(q.Limit))
	}
	var n int64
	err = r.sure(func() (err error) {
		n, err = in.CountDocuments(r.ctx, filter(q.Where), count)
		return err
	})
	if err != nil {
		return 0, r.failed(collection, err)
	}
	return int(n), nil
}

func (r *reader) Numbers(collection, field string, q store.Query) ([]int, error) {
	q.Where = append(slices.Clip(q.Where), store.Exists(field))
	r.engine.watch(collection, q)
	var numbers []int
	err := r.each(collection, q, only(field), func(doc bson.Raw) (err error) {
		numbers, err = appendNumbers(numbers, document(doc), path(field))
		return err
	})
	return numbers, err
}

// only is the projection to one field.
func only(field string) bson.D { return bson.D{{Key: "_id", Value: 0}, {Key: field, Value: 1}} }

func path(field string) []string { return strings.Split(field, ".") }

func document(doc bson.Raw) bson.RawValue {
	return bson.RawValue{Type: bson.TypeEmbeddedDocument, Value: doc}
}

// appendNumbers appends what stands at path: a number, or an array of them. What is not there is passed over.
func appendNumbers(numbers []int, value bson.RawValue, path []string) ([]int, error) {
	if n, ok := value.AsInt64OK(); ok && len(path) == 0 {
		return append(numbers, int(n)), nil
	}
	if inside, ok := value.ArrayOK(); ok {
		elements, err := inside.Values()
		for _, element := range elements {
			if err == nil {
				numbers, err = appendNumbers(numbers, element, path)
			}
		}
		return numbers, err
	}
	inside, ok := value.DocumentOK()
	if !ok || len(path) == 0 {
		return nil, fmt.Errorf("mongodb: a %s stands where numbers should be", value.Type)
	}
	next, err := inside.LookupErr(path[0])
	if err != nil {
		return numbers, nil //nolint:nilerr // not there
	}
	return appendNumbers(numbers, next, path[1:])
}
