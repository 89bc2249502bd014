package handlers

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"kaikukortti/models"
)

type party struct {
	Children int `json:"children"`
}

type sample struct {
	Code    string            `json:"code"`
	At      time.Time         `json:"at"`
	Party   *party            `json:"party"`
	Parties []party           `json:"parties"`
	Words   map[string]string `json:"words"`
	Key     json.RawMessage   `json:"key"`
	hidden  string            //nolint:unused // a name that JSON must not find
	Untold  string            `json:"-"`
}

func TestABodyIsReadStrictly(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ body, code, field string }{
		"all is well":             {`{"code":"1","at":"2026-11-23T10:00:00Z","party":{"children":2},"parties":[{"children":1}],"words":{"fi":"a"},"key":{"kty":"EC"}}`, "", ""},
		"nothing given":           {`{}`, "", ""},
		"empty":                   {``, "invalid_json", ""},
		"cut off":                 {`{"code":"1`, "invalid_json", ""},
		"cut off after a member":  {`{"code":"1"`, "invalid_json", ""},
		"more after it":           {`{} {}`, "invalid_json", ""},
		"not UTF-8":               {"{\"code\":\"\xff\"}", "invalid_json", ""},
		"an unknown name":         {`{"name":"Aino"}`, "unknown_field", ""},
		"an unknown name inside":  {`{"party":{"name":"Aino"}}`, "unknown_field", "party"},
		"an unknown name in many": {`{"parties":[{"children":1},{"name":"Aino"}]}`, "unknown_field", "parties"},
		"another case":            {`{"Code":"1"}`, "unknown_field", ""},
		"an untold field":         {`{"Untold":"1"}`, "unknown_field", ""},
		"a dash":                  {`{"-":"1"}`, "unknown_field", ""},
		"the empty name":          {`{"":"1"}`, "unknown_field", ""},
		"a name twice":            {`{"code":"1","code":"2"}`, "invalid_json", ""},
		"a name twice in raw":     {`{"key":{"x":1,"x":2}}`, "invalid_json", ""},
		"the wrong type":          {`{"code":1}`, "invalid_field", "code"},
		"the wrong type inside":   {`{"party":{"children":"two"}}`, "invalid_field", "party.children"},
		"a text for an object":    {`{"party":"two"}`, "invalid_field", "party"},
		"an array for all":        {`[]`, "invalid_field", ""},
		"half a child":            {`{"party":{"children":1.5}}`, "invalid_field", "party.children"},
		"a number beyond":         {`{"party":{"children":99999999999999999999}}`, "invalid_field", "party.children"},
		"not a time":              {`{"at":"yesterday"}`, "invalid_field", "at"},
		"not a text of its own":   {`{"words":{"Aino":1}}`, "invalid_field", "words"},
		"nested":                  {strings.Repeat("[", 5000) + strings.Repeat("]", 5000), "invalid_field", ""},
		"nested in raw, cut off":  {`{"key":` + strings.Repeat("[", 50), "invalid_json", ""},
		"oversized":               {`{"code":"` + strings.Repeat("1", MaxBody) + `"}`, "too_large", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := parse[sample]([]byte(c.body))
			e := new(models.Error)
			if got := errors.As(err, &e); got != (c.code != "") || e.Code != c.code || e.Field != c.field {
				t.Fatalf("got %v (code %q, field %q), want code %q, field %q", err, e.Code, e.Field, c.code, c.field)
			}
			if err != nil && strings.Contains(err.Error(), "Aino") {
				t.Fatalf("%q repeats what was sent", err)
			}
		})
	}
}

func FuzzBody(f *testing.F) {
	f.Add([]byte(`{"code":"1","party":{"children":2}}`))
	f.Add([]byte(`{"parties":[{"children":1},{}],"key":[{}]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, err := parse[sample](raw)
		if err != nil {
			if e := new(models.Error); !errors.As(err, &e) || e.Kind == models.Internal {
				t.Fatalf("%v is no answer to a client", err)
			}
			return
		}
		again, err := json.Marshal(got)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parse[sample](again); err != nil && len(again) <= MaxBody {
			t.Fatalf("what was read does not read again: %v: %s", err, again)
		}
	})
}
