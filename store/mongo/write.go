package mongo

import (
	"fmt"

	"go.mongodb.org/mongo-driver/bson"
	driver "go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/mongo/options"

	"kaikukortti/store"
)

// A writer writes one document at a time, each whole.
type writer struct{ reader }

func (w *writer) Insert(collection, id string, doc any) error {
	in, kept, err := w.ready(collection, id, doc)
	if err != nil {
		return err
	}
	if _, err := in.InsertOne(w.ctx, kept); err != nil {
		return w.failed(collection, err)
	}
	return nil
}

func (w *writer) ready(collection, id string, doc any) (*driver.Collection, bson.Raw, error) {
	in, err := w.engine.collection(collection)
	if err != nil {
		return nil, nil, err
	}
	kept, err := encode(id, doc)
	return in, kept, err
}

func (w *writer) Replace(collection, id string, version int64, doc any) error {
	in, kept, err := w.ready(collection, id, doc)
	if err != nil {
		return err
	}
	was := append(byID(id), bson.E{Key: "version", Value: version})
	result, err := in.ReplaceOne(w.ctx, was, kept)
	if err != nil {
		return w.failed(collection, err)
	}
	if result.MatchedCount == 0 {
		return w.changed()
	}
	return nil
}

// changed says that somebody else was first, and keeps the transaction, if there is one, from committing.
func (w *writer) changed() error {
	if w.broken == nil {
		w.broken = store.ErrChanged
	}
	return store.ErrChanged
}

func (w *writer) Delete(collection, id string) error {
	in, err := w.engine.collection(collection)
	if err != nil {
		return err
	}
	if _, err := in.DeleteOne(w.ctx, byID(id)); err != nil {
		return w.failed(collection, err)
	}
	return nil
}

func (w *writer) Add(collection, id, field string, by int64) (int64, error) {
	in, err := w.engine.collection(collection)
	if err != nil {
		return 0, err
	}
	doc, err := w.increment(in, id, field, by)
	if driver.IsDuplicateKeyError(err) && indexOf(err) == "_id" {
		doc, err = w.increment(in, id, field, by) // two made it at once: now it is there
	}
	if err != nil {
		return 0, w.failed(collection, err)
	}
	sum, err := appendNumbers(nil, document(doc), path(field))
	if err == nil && len(sum) != 1 {
		err = fmt.Errorf("mongodb: %s of %s is no number after adding to it", field, collection)
	}
	if err != nil {
		return 0, err
	}
	return int64(sum[0]), nil
}

func (w *writer) increment(in *driver.Collection, id, field string, by int64) (bson.Raw, error) {
	how := options.FindOneAndUpdate().SetUpsert(true).SetReturnDocument(options.After).SetProjection(only(field))
	change := bson.D{{Key: "$inc", Value: bson.D{{Key: field, Value: by}}}}
	return in.FindOneAndUpdate(w.ctx, byID(id), change, how).Raw()
}
