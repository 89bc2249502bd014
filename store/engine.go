// Package store fulfils what the domain packages declare: each of its methods is one atomic step, named for what happens.
// It never decides who may do a thing, and it knows nothing of the engine beneath but this file.
package store

import (
	"context"
	"errors"
	"fmt"
)

// An Engine keeps documents in collections and holds unique indexes over them. store/sqlite and store/mongo are the two;
// storetest holds both to the same promises. Documents are Go structs with JSON tags; both engines use those names, and leave a
// field tagged omitempty (for a time: "omitempty,omitzero") out when it is zero, because partial indexes ask what exists.
type Engine interface {
	// Prepare makes what is missing of the collections and their indexes, and drops indexes that are declared no more.
	// It runs at start, before the first request; inserting never makes a collection.
	Prepare(ctx context.Context, collections []Collection) error
	// View runs read on one consistent state of the store that holds every write acknowledged before View was called.
	View(ctx context.Context, read func(Reader) error) error
	// Update runs change in one transaction. When it returns nil all of it is durable; otherwise nothing of it happened.
	// change may run more than once and must have no other effect. After a DuplicateError or ErrChanged it must return that error.
	Update(ctx context.Context, change func(Writer) error) error
	// Step runs change without a transaction around it: change makes at most one successful write, which is atomic and durable by
	// itself, and may go on after a DuplicateError or ErrChanged (read again, decide again). This is how claims are made: where a
	// unique index decides, a transaction would only add conflicts.
	Step(ctx context.Context, change func(Writer) error) error
	// Explain says how the engine would find what q asks for.
	Explain(ctx context.Context, collection string, q Query) (Plan, error)
	// Scrub removes from the files what deleting and overwriting left behind, as far as the engine can.
	Scrub(ctx context.Context) error
	// Ping answers nil when the store can take a write now.
	Ping(ctx context.Context) error
	Close() error
}

// A Reader reads documents. Its methods must not be called after the function that was given it has returned.
type Reader interface {
	// Get reads the document with this id into a struct, or says ErrNotFound.
	Get(collection, id string, into any) error
	// Find calls each for every document that q asks for, in q's order. each must not call the Reader.
	Find(collection string, q Query, each func(decode func(into any) error) error) error
	// Count counts the documents that q asks for, at most q.Limit of them if there is a limit.
	Count(collection string, q Query) (int, error)
	// Numbers reads all the values of one field that holds numbers, or an array of them, from the documents that q asks for.
	Numbers(collection, field string, q Query) ([]int, error)
}

// A Writer also changes them.
type Writer interface {
	Reader
	// Insert adds a document, or says which unique index (or "_id") stands against it with a *DuplicateError.
	Insert(collection, id string, doc any) error
	// Replace puts doc in the place of the document with this id if that one's field "version" still is version; otherwise
	// ErrChanged. The caller has given doc the next version. A unique index can stand against it as in Insert.
	Replace(collection, id string, version int64, doc any) error
	// Delete removes the document with this id, if there is one.
	Delete(collection, id string) error
	// Add adds by to the number in field of the document with this id, which it makes if there is none, and answers the sum.
	// Two Adds never lose one of their amounts.
	Add(collection, id, field string, by int64) (int64, error)
}

// What engines say. Any other error means that the store could not answer; such errors wrap ErrUnavailable where the engine
// knows that it is out of reach or full, and not that the question was wrong.
var (
	ErrNotFound    = errors.New("no such document")
	ErrChanged     = errors.New("the document was changed by somebody else")
	ErrUnavailable = errors.New("the store is unavailable")
	ErrNewer       = errors.New("the store was written by a newer version of this program")
)

// A DuplicateError says that a unique index already holds what was to be written. It says that something is there, not what: when
// several indexes stand against a write, the engine names the one it met first.
type DuplicateError struct{ Collection, Index string }

func (d *DuplicateError) Error() string {
	return fmt.Sprintf("%s already holds this (index %s)", d.Collection, d.Index)
}

// A Collection is declared once, for both engines.
type Collection struct {
	Name    string
	New     func() any // an empty document, to decode into; for backup and restore
	Indexes []Index
}

// An Index is over one or more fields, named by their JSON names, dotted into sub-documents. When Array is set it is the one
// field of the collection that holds an array and through which the keys run (one entry for each element): "slots" for numbers,
// with the key "slots"; "scans" for sub-documents, with keys such as "scans.by".
type Index struct {
	Name   string
	Keys   []string
	Array  string
	Unique bool
	// Where restricts the index to documents that meet all of these: only Exists and IsTrue conditions.
	Where []Condition
}

// A Query asks for documents that meet all conditions. A query that is to use a partial index names the fields of its Where.
type Query struct {
	Where []Condition
	Order []string // field names; a leading "-" means from the greatest down. Ties are broken by _id.
	Limit int      // 0 is no limit
}

// A Condition is made by the functions below. Value is a string, an integer, a bool or a time.Time, or a slice of those for In.
type Condition struct {
	Field string
	Op    Op
	Value any
}

// An Op is how a condition compares.
type Op int

// The comparisons that both engines know.
const (
	OpEqual Op = iota
	OpIn
	OpBelow
	OpAtLeast
	OpExists
	OpAbsent
	OpElement // Value is []Condition: one element of the array Field meets them all; Fields inside are relative to the element
)

// Equal asks for documents whose field is value; when the field is an array of plain values, that one of them is.
func Equal(field string, value any) Condition { return Condition{field, OpEqual, value} }

// In asks for documents whose field is one of values.
func In[T any](field string, values []T) Condition { return Condition{field, OpIn, values} }

// Below asks for documents whose field is there and less than value.
func Below(field string, value any) Condition { return Condition{field, OpBelow, value} }

// AtLeast asks for documents whose field is there and not less than value.
func AtLeast(field string, value any) Condition { return Condition{field, OpAtLeast, value} }

// Exists asks for documents that have the field.
func Exists(field string) Condition { return Condition{field, OpExists, nil} }

// Absent asks for documents that do not have the field.
func Absent(field string) Condition { return Condition{field, OpAbsent, nil} }

// IsTrue asks for documents whose field is true. Engines write it as a literal, so that a partial index over it is found.
func IsTrue(field string) Condition { return Condition{field, OpEqual, true} }

// Element asks for documents in which one element of the array field meets all the conditions.
func Element(field string, conditions ...Condition) Condition {
	return Condition{field, OpElement, conditions}
}

// A Plan is how an engine would answer a query.
type Plan struct {
	FullScan bool   // it would read every document of the collection
	Text     string // in the engine's words
}

// A Watcher is told of each query before an engine runs it; tests collect them to explain them.
type Watcher func(collection string, q Query)
