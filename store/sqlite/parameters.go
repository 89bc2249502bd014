package sqlite

import (
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/go-json-experiment/json/v1"
)

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
