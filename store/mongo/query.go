package mongo

import (
	"fmt"
	"reflect"

	"go.mongodb.org/mongo-driver/bson"

	"kaikukortti/store"
)

// filter is the conditions in MongoDB's words. Each stands for itself in an $and, so that two may speak of one field.
func filter(where []store.Condition) bson.D {
	all := make([]bson.D, 0, len(where))
	for _, c := range where {
		all = append(all, bson.D{{Key: c.Field, Value: comparison(c)}})
	}
	switch len(all) {
	case 0:
		return bson.D{}
	case 1:
		return all[0]
	}
	return bson.D{{Key: "$and", Value: all}}
}

func comparison(c store.Condition) any {
	switch c.Op {
	case store.OpEqual:
		return c.Value
	case store.OpIn:
		return operator("$in", list(c.Value))
	case store.OpBelow:
		return operator("$lt", c.Value)
	case store.OpAtLeast:
		return operator("$gte", c.Value)
	case store.OpExists:
		return operator("$exists", true)
	case store.OpAbsent:
		return operator("$exists", false)
	case store.OpElement:
		conditions, _ := c.Value.([]store.Condition)
		return operator("$elemMatch", filter(conditions))
	}
	panic(fmt.Sprintf("mongo: no comparison %d", c.Op))
}

func operator(name string, value any) bson.D { return bson.D{{Key: name, Value: value}} }

// list keeps a slice that is nil from becoming null, which $in refuses.
func list(values any) any {
	if v := reflect.ValueOf(values); v.Kind() == reflect.Slice && v.Len() == 0 {
		return bson.A{}
	}
	return values
}
