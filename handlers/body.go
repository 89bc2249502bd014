package handlers

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"kaikukortti/models"
)

// MaxBody is the most bytes that a request may have. A full batch of 100 uploaded scans is just within it.
const MaxBody = 64 << 10

// maxDepth is how deep JSON may nest; no request needs half of it.
const maxDepth = 12

// body reads the JSON of a request into a T: one value, each name spelled exactly and at most once, and none that T does not
// have. What there is no field for cannot reach the server.
func body[T any](c *fiber.Ctx) (T, error) {
	var into T
	kind, _, err := mime.ParseMediaType(c.Get(fiber.HeaderContentType))
	if err != nil || kind != fiber.MIMEApplicationJSON {
		return into, &models.Error{Kind: models.Invalid, Code: "not_json", Detail: "Send the body as application/json."}
	}
	return parse[T](c.Body())
}

// parse is body without the request around it.
func parse[T any](raw []byte) (T, error) {
	var into T
	switch {
	case len(raw) > MaxBody:
		return into, errTooLarge
	case !utf8.Valid(raw):
		return into, badJSON("The body is not UTF-8.")
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	if err := walk(dec, reflect.TypeFor[T](), "", 0); err != nil {
		return into, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return into, badJSON("There is more after the JSON value.")
	}
	if err := json.Unmarshal(raw, &into); err != nil {
		return into, wrongType(err)
	}
	return into, nil
}

func badJSON(detail string) error {
	return &models.Error{Kind: models.Invalid, Code: "invalid_json", Detail: detail}
}

var errTooLarge = &models.Error{Kind: models.TooLarge, Code: "too_large", Detail: fmt.Sprintf("A request has at most %d bytes.", MaxBody)}

// wrongType names the field whose value does not fit. It never repeats the value.
func wrongType(err error) error {
	if t := new(json.UnmarshalTypeError); errors.As(err, &t) {
		return models.BadField(t.Field, "This is a JSON "+firstWord(t.Value)+", which does not fit here.")
	}
	return models.BadField("", "A value does not have the form that it needs.")
}

func firstWord(s string) string {
	word, _, _ := strings.Cut(s, " ")
	return word
}

// walk reads one JSON value and compares its names with the fields of t; t is nil where anything may stand.
func walk(dec *json.Decoder, t reflect.Type, path string, depth int) error {
	token, err := dec.Token()
	if err != nil {
		return badJSON("The body is not JSON, or it is cut off.")
	}
	if depth > maxDepth {
		return badJSON(fmt.Sprintf("JSON nests at most %d deep.", maxDepth))
	}
	switch token {
	case json.Delim('{'):
		return walkObject(dec, t, path, depth)
	case json.Delim('['):
		return walkArray(dec, t, path, depth)
	}
	return nil
}

func walkArray(dec *json.Decoder, t reflect.Type, path string, depth int) error {
	t = plain(t)
	if t != nil && (t.Kind() == reflect.Slice || t.Kind() == reflect.Array) {
		t = t.Elem()
	} else {
		t = nil
	}
	for dec.More() {
		if err := walk(dec, t, path, depth+1); err != nil {
			return err
		}
	}
	return closing(dec)
}

func walkObject(dec *json.Decoder, t reflect.Type, path string, depth int) error {
	seen := map[string]bool{}
	for dec.More() {
		token, err := dec.Token()
		if err != nil {
			return badJSON("The body is not JSON, or it is cut off.")
		}
		name, _ := token.(string)
		if seen[name] {
			return badJSON("A name stands twice in one object.")
		}
		seen[name] = true
		member, err := memberOf(plain(t), name, path)
		if err != nil {
			return err
		}
		if err := walk(dec, member, path+"."+name, depth+1); err != nil {
			return err
		}
	}
	return closing(dec)
}

// closing reads the delimiter that ends an object or array.
func closing(dec *json.Decoder) error {
	if _, err := dec.Token(); err != nil {
		return badJSON("The body is not JSON, or it is cut off.")
	}
	return nil
}

// memberOf is the type of a member of an object of type t, or unknown_field if it has no such member. What was sent is not
// repeated; what would be known is told.
func memberOf(t reflect.Type, name, path string) (reflect.Type, error) {
	switch {
	case t == nil:
		return nil, nil
	case t.Kind() == reflect.Map:
		return t.Elem(), nil
	case t.Kind() != reflect.Struct:
		return nil, nil // the wrong type; json.Unmarshal says so
	}
	members := membersOf(t)
	if member, known := members[name]; known {
		return member, nil
	}
	return nil, &models.Error{
		Kind: models.Invalid, Code: "unknown_field", Field: strings.TrimPrefix(path, "."),
		Detail: "An object has a name that is not known here.", Extra: map[string]any{"known": slices.Sorted(maps.Keys(members))},
	}
}

// membersOf are the names that JSON has for the fields of a struct, those of embedded structs among them.
func membersOf(t reflect.Type) map[string]reflect.Type {
	members := map[string]reflect.Type{}
	for _, f := range reflect.VisibleFields(t) {
		tag, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.IsExported() && tag != "" && tag != "-" {
			members[tag] = f.Type
		}
	}
	return members
}

var unmarshaler = reflect.TypeFor[json.Unmarshaler]()

// plain takes pointers off a type; one that reads its own JSON is nil: its names are its own matter.
func plain(t reflect.Type) reflect.Type {
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t == nil || t.Kind() == reflect.Interface || t.Implements(unmarshaler) || reflect.PointerTo(t).Implements(unmarshaler) {
		return nil
	}
	return t
}

// idempotent reads the header that makes a request safe to repeat. The client's key is kept as its hash, so that nothing which
// somebody writes there is stored; method and path belong to what was asked, so that one key never answers for two things.
func idempotent(c *fiber.Ctx) (*models.Idempotency, error) {
	key := c.Get("Idempotency-Key")
	if key == "" {
		return nil, &models.Error{
			Kind: models.Invalid, Code: "idempotency_key_missing", Detail: "Send a random Idempotency-Key, and the same one when you repeat the request.",
		}
	}
	if len(key) < 8 || len(key) > 128 {
		return nil, &models.Error{Kind: models.Invalid, Code: "idempotency_key_invalid", Detail: "An Idempotency-Key has 8 to 128 characters."}
	}
	return &models.Idempotency{
		Key:  asks(actor(c)) + "/" + digest(key),
		Body: digest(c.Method(), c.Path(), string(c.Body())),
	}, nil
}

// digest is SHA-256 over lines, as text.
func digest(lines ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
