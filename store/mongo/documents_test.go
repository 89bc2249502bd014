package mongo

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/bson"
)

type word string

// paper has a field of every kind that documents have.
type paper struct {
	ID      string `json:"_id"`
	Record  `json:",inline"`
	Words   []word            `json:"words"`
	Pages   map[word]int      `json:"pages,omitempty"`
	Inner   *inner            `json:"inner"`
	Plain   inner             `json:"plain,omitzero"`
	Key     []byte            `json:"key,omitempty"`
	Seal    seal              `json:"seal,omitzero"`
	Marked  map[string]*inner `json:"marked,omitempty"`
	At      time.Time         `json:"at"`
	EndedAt time.Time         `json:"ended_at,omitempty,omitzero"`
	Hidden  string            `json:"-"`
	Untold  uint16
}

type Record struct {
	Number int64 `json:"number"`
}

type seal struct {
	Broken bool `json:"broken,omitempty"`
	No     int  `json:"no"`
}

func (s seal) IsZero() bool { return s.No == 0 }

type inner struct {
	Tags []string `json:"tags"`
	No   int      `json:"no,omitempty"`
}

func TestDocumentsAreKeptByTheirJSONTags(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		doc  paper
		want string
	}{
		"what is nil or left out is not there": {
			paper{At: at, Hidden: "x"},
			`{"_id":"p","number":0,"at":{"$date":"2026-11-23T12:00:00Z"},"Untold":0}`,
		},
		"what is empty is": {
			paper{At: at, Words: []word{}, Inner: &inner{Tags: []string{}}},
			`{"_id":"p","number":0,"words":[],"inner":{"tags":[]},"at":{"$date":"2026-11-23T12:00:00Z"},"Untold":0}`,
		},
		"nil is left out deep inside too, but for elements of arrays": {
			paper{At: at, Plain: inner{No: 1}, Marked: map[string]*inner{"a": {No: 2}, "b": nil}},
			`{"_id":"p","number":0,"plain":{"no":1},"marked":{"a":{"no":2}},"at":{"$date":"2026-11-23T12:00:00Z"},"Untold":0}`,
		},
		"a struct that says itself whether it is zero": {
			paper{At: at, Seal: seal{Broken: true}},
			`{"_id":"p","number":0,"at":{"$date":"2026-11-23T12:00:00Z"},"Untold":0}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			raw, err := encode("p", &c.doc)
			if err != nil {
				t.Fatal(err)
			}
			if got := relaxed(t, raw); got != c.want {
				t.Errorf("kept as\n%s, want\n%s", got, c.want)
			}
		})
	}
}

func relaxed(t *testing.T, raw bson.Raw) string {
	t.Helper()
	text, err := bson.MarshalExtJSON(raw, false, false)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestDocumentsComeBackAsTheyWere(t *testing.T) {
	t.Parallel()
	want := paper{
		ID: "p", Record: Record{Number: 1<<62 + 1}, Words: []word{"a", ""}, Pages: map[word]int{"x.$y": -7}, Inner: &inner{No: 1, Tags: []string{"t"}},
		Plain: inner{No: 2}, Key: []byte{0, 1, 255}, Seal: seal{No: 4}, Marked: map[string]*inner{"": {No: 3}},
		At: time.Date(2026, 3, 29, 1, 0, 0, 0, time.UTC), EndedAt: time.Date(1, 1, 1, 0, 0, 1, 0, time.UTC), Untold: 65535,
	}
	raw, err := encode("p", &want)
	if err != nil {
		t.Fatal(err)
	}
	var got paper
	if err := decode(raw, &got); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v; want %+v", got, err, want)
	}
}

// A change that runs again reads into what its first run filled.
func TestWhatADocumentDoesNotHaveBecomesZero(t *testing.T) {
	t.Parallel()
	raw, err := encode("p", &paper{Pages: map[word]int{"new": 1}, Plain: inner{No: 5}})
	if err != nil {
		t.Fatal(err)
	}
	got := paper{
		Words: []word{"old"}, Pages: map[word]int{"old": 1}, Inner: &inner{No: 1}, Plain: inner{Tags: []string{"old"}}, EndedAt: time.Now(),
		Key: []byte("old"),
	}
	want := paper{ID: "p", Pages: map[word]int{"new": 1}, Plain: inner{No: 5}}
	if err := decode(raw, &got); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v; want %+v", got, err, want)
	}
}

func TestDocumentsThatCannotBeKeptAreRefused(t *testing.T) {
	t.Parallel()
	for name, doc := range map[string]any{
		"a type with JSON of its own": struct {
			Raw json.RawMessage `json:"raw"`
		}{json.RawMessage(`{"a":1}`)},
		"a type with text of its own": struct {
			From netip.Addr `json:"from"`
		}{netip.MustParseAddr("::1")},
		"a pointer to a time": struct {
			At *time.Time `json:"at"`
		}{new(time.Time)},
		"a key with a zero byte": struct {
			Words map[string]int `json:"words"`
		}{map[string]int{"a\x00b": 1}},
		"a number beyond 63 bits": struct {
			N uint64 `json:"n"`
		}{1 << 63},
		"no struct": 7,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if raw, err := encode("p", doc); err == nil {
				t.Errorf("kept as %s", raw)
			} else if !strings.HasPrefix(err.Error(), fmt.Sprintf("encode %T: ", doc)) {
				t.Errorf("the error does not say what it is about: %v", err)
			}
		})
	}
}
