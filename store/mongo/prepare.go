package mongo

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"go.mongodb.org/mongo-driver/bson"
	driver "go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/mongo/options"

	"kaikukortti/store"
)

// preparedAtOnce is how many collections are prepared at the same time.
const preparedAtOnce = 8

// Prepare may run on several servers at once, and while others, also older ones, serve: an index that was declared anew in another
// form is made beside the old one before that is dropped, so no moment is without it.
func (e *Engine) Prepare(ctx context.Context, collections []store.Collection) error {
	there, err := e.db.ListCollectionNames(ctx, bson.D{})
	if err != nil {
		return fmt.Errorf("list collections: %w", translate(ctx, "", err))
	}
	problems := make([]error, len(collections))
	var all sync.WaitGroup
	places := make(chan struct{}, preparedAtOnce)
	for i, c := range collections {
		places <- struct{}{}
		all.Go(func() {
			defer func() { <-places }()
			if err := e.prepare(ctx, c, slices.Contains(there, c.Name)); err != nil {
				problems[i] = fmt.Errorf("prepare %s: %w", c.Name, translate(ctx, c.Name, err))
			}
		})
	}
	all.Wait()
	if err := errors.Join(problems...); err != nil {
		return err
	}
	e.declare(collections)
	return nil
}

func (e *Engine) declare(collections []store.Collection) {
	names := make([]string, 0, len(collections))
	for _, c := range collections {
		names = append(names, c.Name)
	}
	e.declared.Store(&names)
}

// collection refuses one that was not declared: writing into it would make it, without its indexes.
func (e *Engine) collection(name string) (*driver.Collection, error) {
	if names := e.declared.Load(); names == nil || !slices.Contains(*names, name) {
		return nil, fmt.Errorf("mongodb: the collection %q is not declared", name)
	}
	return e.db.Collection(name), nil
}

func (e *Engine) prepare(ctx context.Context, c store.Collection, there bool) error {
	if !there {
		if err := e.make(ctx, c); !hasCode(err, codeNamespaceExists) {
			return err
		}
	}
	indexes := e.db.Collection(c.Name).Indexes()
	has, err := listIndexes(ctx, indexes)
	if err != nil {
		return err
	}
	missing, obsolete, err := compare(has, c.Indexes)
	if err != nil {
		return err
	}
	err = create(ctx, indexes, missing)
	if hasCode(err, codeIndexOptionsConflict, codeIndexKeySpecConflict) {
		// Only the name is new, and MongoDB keeps no two indexes that are alike.
		if err := drop(ctx, indexes, obsolete); err != nil {
			return err
		}
		return create(ctx, indexes, missing)
	}
	if err != nil {
		return err
	}
	return drop(ctx, indexes, obsolete)
}

// make makes a collection under a name that no other server uses, and gives it its own name when it has its indexes: it is never
// there without them, and of several servers that start at once one makes it. (Some builds of MongoDB do not survive it when
// several make the same one.) The others are told that the namespace exists.
func (e *Engine) make(ctx context.Context, c store.Collection) error {
	draft := e.db.Collection(c.Name + ".new." + rand.Text())
	missing, _, err := compare(nil, c.Indexes)
	if err != nil {
		return err
	}
	if len(missing) > 0 {
		err = create(ctx, draft.Indexes(), missing) // makes the collection too
	} else {
		err = e.db.CreateCollection(ctx, draft.Name())
	}
	if err == nil {
		from, to := e.db.Name()+"."+draft.Name(), e.db.Name()+"."+c.Name
		err = e.client.Database("admin").RunCommand(ctx, bson.D{{Key: "renameCollection", Value: from}, {Key: "to", Value: to}}).Err()
	}
	if err != nil {
		return errors.Join(err, draft.Drop(ctx))
	}
	return nil
}

// An index as the server tells it.
type index struct {
	Name   string   `json:"name"`
	Key    bson.Raw `json:"key"`
	Unique bool     `json:"unique"`
	Where  bson.Raw `json:"partialFilterExpression"`
}

func listIndexes(ctx context.Context, in driver.IndexView) ([]index, error) {
	cursor, err := in.List(ctx)
	if err != nil {
		return nil, err
	}
	var has []index
	err = cursor.All(ctx, &has)
	return has, err
}

// compare finds which of the declared indexes are missing, and the names of those that are not declared any more.
func compare(has []index, declared []store.Index) (missing []driver.IndexModel, obsolete []string, err error) {
	kept := []string{"_id_"}
	for _, d := range declared {
		wanted, err := specify(d)
		if err != nil {
			return nil, nil, err
		}
		i := slices.IndexFunc(has, wanted.same)
		if i < 0 {
			wanted.Name = freeName(has, d.Name)
			missing = append(missing, wanted.model())
		} else {
			wanted.Name = has[i].Name
		}
		kept = append(kept, wanted.Name)
	}
	for _, h := range has {
		if !slices.Contains(kept, h.Name) {
			obsolete = append(obsolete, h.Name)
		}
	}
	return missing, obsolete, nil
}

// specify is a declared index as the server will tell it.
func specify(d store.Index) (index, error) {
	key, err := marshal(keys(d))
	if err != nil {
		return index{}, err
	}
	where, err := marshal(restriction(d))
	if err != nil {
		return index{}, err
	}
	wanted := index{Name: d.Name, Key: key, Unique: d.Unique}
	if len(d.Where) > 0 {
		wanted.Where = where
	}
	return wanted, nil
}

func (i index) same(other index) bool {
	return declaredName(other.Name) == i.Name && other.Unique == i.Unique && bytes.Equal(other.Key, i.Key) && bytes.Equal(other.Where, i.Where)
}

func (i index) model() driver.IndexModel {
	how := options.Index().SetName(i.Name).SetUnique(i.Unique)
	if i.Where != nil {
		how.SetPartialFilterExpression(i.Where)
	}
	return driver.IndexModel{Keys: i.Key, Options: how}
}

// keys are the index's keys, and _id after them where that can serve the order of a query, whose ties are broken by it.
func keys(d store.Index) bson.D {
	all := make(bson.D, 0, len(d.Keys)+1)
	for _, key := range d.Keys {
		all = append(all, bson.E{Key: key, Value: int32(1)})
	}
	if !d.Unique && d.Array == "" {
		all = append(all, bson.E{Key: "_id", Value: int32(1)})
	}
	return all
}

// restriction is what a partial index asks of its documents.
func restriction(d store.Index) bson.D {
	all := bson.D{}
	for _, c := range d.Where {
		all = append(all, bson.E{Key: c.Field, Value: comparison(c)})
	}
	return all
}

// A changed index stands beside the old one under its name with a number, as "session_slots~2".
const numbered = "~"

func freeName(has []index, name string) string {
	free := name
	for n := 2; slices.ContainsFunc(has, func(h index) bool { return h.Name == free }); n++ {
		free = name + numbered + strconv.Itoa(n)
	}
	return free
}

// declaredName is the name that the domain knows an index by.
func declaredName(name string) string {
	name, _, _ = strings.Cut(name, numbered)
	return name
}

// create needs only a majority of the members, so that a server starts while one of them is away.
func create(ctx context.Context, in driver.IndexView, missing []driver.IndexModel) error {
	if len(missing) == 0 {
		return nil
	}
	_, err := in.CreateMany(ctx, missing, options.CreateIndexes().SetCommitQuorumMajority())
	return err
}

func drop(ctx context.Context, in driver.IndexView, obsolete []string) error {
	for _, name := range obsolete {
		if _, err := in.DropOne(ctx, name); err != nil && !hasCode(err, codeIndexNotFound) {
			return err
		}
	}
	return nil
}
