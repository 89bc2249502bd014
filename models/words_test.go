package models_test

import (
	"maps"
	"strings"
	"testing"
	"unicode/utf8"

	"kaikukortti/models"
)

func TestTextsForPeople(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		given, want models.Text
	}{
		"in three languages":         {models.Text{"fi": "a", "sv": "b", "en": "c"}, models.Text{"fi": "a", "sv": "b", "en": "c"}},
		"blanks around, and nothing": {models.Text{"fi": " a\n", "sv": "  "}, models.Text{"fi": "a"}},
		"Arabic with a joiner":       {models.Text{"en": "می\u200cخواهم"}, models.Text{"en": "می\u200cخواهم"}},
		"none":                       {models.Text{}, nil},
		"blanks alone":               {models.Text{"fi": " "}, nil},
		"another language":           {models.Text{"fi": "a", "ru": "b"}, nil},
		"ten letters, not bytes":     {models.Text{"fi": "åäöåäöåäöå"}, models.Text{"fi": "åäöåäöåäöå"}},
		"eleven letters":             {models.Text{"fi": "abcdefghijk"}, nil},
		"a null":                     {models.Text{"fi": "a\x00"}, nil},
		"an escape":                  {models.Text{"fi": "\x1b[2J"}, nil},
		"an override of direction":   {models.Text{"fi": "\u202ea"}, nil},
		"an isolate":                 {models.Text{"fi": "\u2066a"}, nil},
		"not UTF-8":                  {models.Text{"fi": "\xff"}, nil},
	} {
		got, err := models.ParseText("title", c.given, 10)
		if (err == nil) != (c.want != nil) || !maps.Equal(got, c.want) {
			t.Errorf("%s: got %v, %v", name, got, err)
		}
	}
	if none, err := models.ParseTextOrNone("description", models.Text{"fi": " "}, 10); none != nil || err != nil {
		t.Errorf("a text that was left out is %v, %v", none, err)
	}
}

func FuzzParseWords(f *testing.F) {
	f.Add("Näytelmä")
	f.Add("\u202ea")
	f.Fuzz(func(t *testing.T, words string) {
		got, err := models.ParseWords("title", words, 20)
		if err != nil {
			return
		}
		if !utf8.ValidString(got) || utf8.RuneCountInString(got) > 20 || strings.TrimSpace(got) != got {
			t.Fatalf("%q reads as %q", words, got)
		}
	})
}
