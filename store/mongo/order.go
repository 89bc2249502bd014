package mongo

import (
	"bytes"
	"errors"
	"slices"
	"strconv"
	"strings"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/mongo/options"

	"kaikukortti/store"
)

// batch is how many documents an answer brings at most; the driver's own first batch is so small that reading a session's seats
// would take two answers.
const batch = 2000

// An ordering hands documents over in a query's order.
//
// MongoDB reads an index forwards or backwards as a whole, so from the greatest down it gives ties from the greatest id down as
// well. Asking it for the ids upwards would make it read and sort all that the conditions meet, for each page of a list whose
// newest rows are shown first. So it is asked for what its index gives, and the documents of a tie are turned around here.
type ordering struct {
	sort  bson.D
	limit int

	turn   bool
	fields []string // that make a tie when they are equal
	key    []byte   // of the tie that is held
	held   []bson.Raw
	handed int
}

func orderOf(q store.Query) *ordering {
	o := &ordering{limit: q.Limit}
	if len(q.Order) == 0 {
		return o
	}
	byID := 1
	for _, field := range q.Order {
		name, down := strings.CutPrefix(field, "-")
		direction := 1
		if down {
			direction = -1
		}
		if name == "_id" {
			byID = direction
			break // no two documents are a tie beyond it
		}
		o.turn = down
		o.fields = append(o.fields, name)
		o.sort = append(o.sort, bson.E{Key: name, Value: direction})
	}
	o.turn = o.turn && byID == 1
	if o.turn {
		byID = -1
	}
	o.sort = append(o.sort, bson.E{Key: "_id", Value: byID})
	return o
}

func (o *ordering) options() *options.FindOptions {
	find := options.Find().SetBatchSize(batch)
	if o.sort != nil {
		find.SetSort(o.sort)
	}
	if !o.turn {
		return find.SetLimit(int64(o.limit))
	}
	if o.limit > 0 { // the last tie may be longer than what is asked of it
		find.SetBatchSize(int32(min(o.limit+1, batch)))
	}
	return find
}

// also asks for what is needed to know a tie, beside what was asked for.
func (o *ordering) also(projection bson.D) any {
	if projection == nil {
		return nil
	}
	for _, field := range o.fields {
		if o.turn && !slices.ContainsFunc(projection, func(e bson.E) bool { return e.Key == field }) {
			projection = append(projection, bson.E{Key: field, Value: 1})
		}
	}
	return projection
}

// errEnough ends the reading when as many were handed over as were asked for.
var errEnough = errors.New("enough")

func unlessEnough(err error) error {
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}

// take hands a document over, or holds it until its tie is complete.
func (o *ordering) take(doc bson.Raw, each func(bson.Raw) error) error {
	if !o.turn {
		return each(doc)
	}
	if key := o.keyOf(doc); !bytes.Equal(key, o.key) {
		if err := o.flush(each); err != nil {
			return err
		}
		o.key = key
	}
	o.held = append(o.held, bytes.Clone(doc)) // the cursor uses its bytes again
	return nil
}

// flush hands over the tie that is held, turned around.
func (o *ordering) flush(each func(bson.Raw) error) error {
	for _, doc := range slices.Backward(o.held) {
		if err := each(doc); err != nil {
			return err
		}
		if o.handed++; o.handed == o.limit {
			return errEnough
		}
	}
	o.held = o.held[:0]
	return nil
}

// keyOf is the same for two documents when the server sorts them as equal.
func (o *ordering) keyOf(doc bson.Raw) []byte {
	var key []byte
	for _, field := range o.fields {
		value, err := doc.LookupErr(path(field)...)
		if n, ok := value.AsInt64OK(); ok { // a number is the same in four bytes and in eight
			value = bson.RawValue{Type: bson.TypeInt64, Value: []byte(strconv.FormatInt(n, 10))}
		}
		key = append(key, byte(value.Type))
		if err == nil {
			key = append(key, value.Value...)
		}
		key = append(key, 0)
	}
	return key
}
