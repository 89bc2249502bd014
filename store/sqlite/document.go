package sqlite

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/v1"

	"kaikukortti/store"
)

// document is what is written: the JSON text, and its fields as far as indexes ask for them. They are read from the text and not
// from the struct, so that an index can never hold something else than the document.
type document struct {
	id     string
	text   string
	fields fields
}

type fields map[string]json.RawMessage

// encode writes a document as JSON. Its text always holds its id, whether the struct does or not.
func encode(id string, doc any) (*document, error) {
	text, err := json.Marshal(doc)
	if err != nil {
		return nil, fmt.Errorf("encode the document %q: %w", id, err)
	}
	d := &document{id: id}
	if err := json.Unmarshal(text, &d.fields); err != nil {
		return nil, fmt.Errorf("the document %q is no object: %w", id, err)
	}
	if held, ok := d.fields["_id"]; !ok {
		text = withID(id, text, len(d.fields) == 0)
	} else if value(held) != any(id) {
		return nil, fmt.Errorf("the document %q says that its _id is %s", id, held)
	}
	d.text = string(text)
	return d, nil
}

func withID(id string, text []byte, empty bool) []byte {
	name, _ := json.Marshal(id) // a string always has a JSON text
	parts := [][]byte{[]byte(`{"_id":`), name, []byte(","), text[1:]}
	if empty {
		parts[2] = nil
	}
	return bytes.Join(parts, nil)
}

// at answers the value at a path, nil if there is none or it is null.
func (f fields) at(path string) json.RawMessage {
	name, rest, deeper := strings.Cut(path, ".")
	raw := f[name]
	if string(raw) == "null" {
		return nil
	}
	if !deeper || raw == nil {
		return raw
	}
	return inside(raw, rest)
}

// inside answers the value at a path inside an object, or in the first element of an array that has one there.
func inside(raw json.RawMessage, path string) json.RawMessage {
	switch raw[0] {
	case '{':
		var inner fields
		if json.Unmarshal(raw, &inner) == nil {
			return inner.at(path)
		}
	case '[':
		for _, element := range elements(raw) {
			if found := inside(element, path); found != nil {
				return found
			}
		}
	}
	return nil
}

func elements(raw json.RawMessage) []json.RawMessage {
	var all []json.RawMessage
	_ = json.Unmarshal(raw, &all) // what is not an array has no elements
	return all
}

// value is a JSON value as columns hold it. That an array or a sub-document is there is all that a column tells of it.
func value(raw json.RawMessage) any {
	if len(raw) == 0 {
		return nil
	}
	switch raw[0] {
	case '"':
		return unquoted(raw)
	case 't':
		return int64(1)
	case 'f':
		return int64(0)
	case 'n':
		return nil
	case '[', '{':
		return string(raw[:1])
	default:
		return number(raw)
	}
}

func unquoted(raw json.RawMessage) any {
	if bytes.IndexByte(raw, '\\') < 0 {
		return string(raw[1 : len(raw)-1])
	}
	var text string
	_ = json.Unmarshal(raw, &text) // it is part of a document that was read
	return text
}

func number(raw json.RawMessage) any {
	if n, err := strconv.ParseInt(string(raw), 10, 64); err == nil {
		return n
	}
	f, _ := strconv.ParseFloat(string(raw), 64) // beyond its range it is infinite, and so it sorts
	return f
}

// meets says whether a document belongs to a partial index.
func (d *document) meets(where []store.Condition) bool {
	for _, condition := range where {
		raw := d.fields.at(condition.Field)
		if raw == nil || condition.Op == store.OpEqual && string(raw) != "true" {
			return false
		}
	}
	return true
}
