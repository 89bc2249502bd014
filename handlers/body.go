package handlers

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"mime"
	"reflect"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/gofiber/fiber/v2"

	"kaikukortti/models"
)

// MaxBody is the most bytes that a request may have. A full batch of 100 uploaded scans is just within it.
const MaxBody = 64 << 10

// body reads the JSON of a request into a T: one value, each name spelled exactly and at most once, and none that T does not
// have. What there is no field for cannot reach the server.
func body[T any](c *fiber.Ctx) (T, error) {
	var into T
	kind, _, err := mime.ParseMediaType(c.Get(fiber.HeaderContentType))
	if err != nil || kind != fiber.MIMEApplicationJSON {
		return into, &models.Error{Kind: models.Invalid, Code: "not_json", Detail: "Send the body as application/json."}
	}
	if coding := c.Get(fiber.HeaderContentEncoding); coding != "" {
		return into, &models.Error{Kind: models.Invalid, Code: "content_encoded", Detail: "Send the body as it is, without a Content-Encoding."}
	}
	return parse[T](c.BodyRaw())
}

// parse is body without the request around it.
func parse[T any](raw []byte) (T, error) {
	var into T
	if len(raw) > MaxBody {
		return into, errTooLarge
	}
	err := json.Unmarshal(raw, &into, json.RejectUnknownMembers(true))
	return into, unreadable(reflect.TypeFor[T](), err)
}

// missing is for a field whose zero would mean something that nobody said.
func missing(field string) error {
	return models.BadField(field, "It is missing. What is sent takes the place of all that there was.")
}

var errTooLarge = &models.Error{Kind: models.TooLarge, Code: "too_large", Detail: fmt.Sprintf("A request has at most %d bytes.", MaxBody)}

// unreadable says why a body is no t. It never repeats what was sent.
func unreadable(t reflect.Type, err error) error {
	syntax, meaning := new(jsontext.SyntacticError), new(json.SemanticError)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, jsontext.ErrDuplicateName):
		return badJSON("A name stands twice in one object.")
	case errors.As(err, &syntax):
		return badJSON("The body is not one JSON value in UTF-8, or it is cut off.")
	case !errors.As(err, &meaning):
		return models.BadField("", "A value does not have the form that it needs.")
	case errors.Is(err, json.ErrUnknownName):
		field, at := fieldAt(t, meaning.JSONPointer.Parent())
		return &models.Error{
			Kind: models.Invalid, Code: "unknown_field", Field: field,
			Detail: "An object has a name that is not known here.", Extra: map[string]any{"known": namesOf(at)},
		}
	}
	field, _ := fieldAt(t, meaning.JSONPointer)
	if kind, told := kinds[meaning.JSONKind]; told && meaning.Err == nil {
		return models.BadField(field, "This is a JSON "+kind+", which does not fit here.")
	}
	return models.BadField(field, "A value does not have the form that it needs.")
}

func badJSON(detail string) error {
	return &models.Error{Kind: models.Invalid, Code: "invalid_json", Detail: detail}
}

var kinds = map[jsontext.Kind]string{
	jsontext.KindNull: "null", jsontext.KindFalse: "boolean", jsontext.KindTrue: "boolean", jsontext.KindString: "string",
	jsontext.KindNumber: "number", jsontext.KindBeginObject: "object", jsontext.KindBeginArray: "array",
}

// fieldAt follows a pointer (RFC 6901) into a t: it answers the names of the fields on the way, with dots between them, and the type at its
// end. Numbers in arrays are left out, and what the client itself has named.
func fieldAt(t reflect.Type, to jsontext.Pointer) (field string, at reflect.Type) {
	var names []string
	t = plain(t)
	for token := range to.Tokens() {
		if t.Kind() == reflect.Slice || t.Kind() == reflect.Array {
			t = plain(t.Elem())
			continue
		}
		f, known := fieldsOf(t)[token]
		if !known {
			break
		}
		names, t = append(names, token), plain(f)
	}
	return strings.Join(names, "."), t
}

// plain takes pointers off a type.
func plain(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
}

// namesOf are the names that an object of a type may have.
func namesOf(t reflect.Type) []string {
	return slices.Sorted(maps.Keys(fieldsOf(t)))
}

// fieldsOf are the fields of a struct by the names that JSON has for them, those of embedded structs among them; none of another type.
func fieldsOf(t reflect.Type) map[string]reflect.Type {
	fields := map[string]reflect.Type{}
	if t.Kind() != reflect.Struct {
		return fields
	}
	for _, f := range reflect.VisibleFields(t) {
		tag, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.IsExported() && tag != "" && tag != "-" {
			fields[tag] = f.Type
		}
	}
	return fields
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
		Body: digest(c.Method(), c.Path(), string(c.BodyRaw())),
	}, nil
}

// digest is SHA-256 over lines, as text.
func digest(lines ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
