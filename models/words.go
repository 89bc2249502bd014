package models

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Languages are those in which there are texts for people, in the order in which one stands in for another.
func Languages() []string { return []string{"fi", "sv", "en"} }

// ParseText reads a text in one or more languages, each at most so many characters; field is named in the error.
func ParseText(field string, t Text, longest int) (Text, error) {
	text := Text{}
	for language, words := range t {
		if !slices.Contains(Languages(), language) {
			return nil, BadField(field, "The languages are fi, sv and en.")
		}
		clean, err := ParseWords(field+"."+language, words, longest)
		if err != nil {
			return nil, err
		}
		if clean != "" {
			text[language] = clean
		}
	}
	if len(text) == 0 {
		return nil, BadField(field, "It needs words in at least one language.")
	}
	return text, nil
}

// ParseTextOrNone is ParseText for a text that may be left out.
func ParseTextOrNone(field string, t Text, longest int) (Text, error) {
	for _, words := range t {
		if strings.TrimSpace(words) != "" {
			return ParseText(field, t, longest)
		}
	}
	return nil, nil
}

// ParseWords reads words for people, at most so many characters. Line breaks may be in them; other control characters, and those
// that turn the direction of text, may not: what people read must be what is stored.
func ParseWords(field, words string, longest int) (string, error) {
	words = strings.TrimSpace(words)
	if utf8.RuneCountInString(words) > longest {
		return "", BadField(field, "It is too long.")
	}
	if strings.ContainsFunc(words, unseen) || !utf8.ValidString(words) {
		return "", BadField(field, "It has characters that nobody can see.")
	}
	return words, nil
}

// unseen says whether a character is a control character or turns the direction of text (Unicode UAX 9). Zero-width joiners stay:
// some scripts need them.
func unseen(r rune) bool {
	if r == '\n' {
		return false
	}
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)
}

// Municipal says whether a code has the form of a municipality's: three digits (Statistics Finland).
func Municipal(code string) bool { return len(code) == 3 && strings.Trim(code, "0123456789") == "" }
