package kp1

import (
	"bytes"
	"strings"
	"testing"
)

func TestBase45(t *testing.T) {
	t.Parallel()
	for text, data := range map[string]string{ // the examples of RFC 9285 §4.3 and §4.4
		"BB8":          "AB",
		"%69 VD92EX0":  "Hello!!",
		"UJCLQE7W581":  "base-45",
		"QED8WEX0":     "ietf!",
		"":             "",
		"00":           "\x00",
		"000":          "\x00\x00",
		"U5":           "\xff",
		"FGW":          "\xff\xff",
		"FGWFGWFGWFGW": strings.Repeat("\xff", 8),
	} {
		if got := string(appendBase45(nil, []byte(data))); got != text {
			t.Errorf("%q is written %q, want %q", data, got, text)
		}
		if got, ok := decodeBase45(text); !ok || string(got) != data {
			t.Errorf("%q is read as %q, %t, want %q", text, got, ok, data)
		}
	}
}

func TestNotBase45(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"one letter alone":             "0",
		"a letter too many":            "BB80",
		"three letters above 65535":    "GGW",
		"the largest three letters":    ":::",
		"two letters above 255":        "V5",
		"the largest two letters":      "::",
		"lower case":                   "bb8",
		"a letter outside":             "B_8",
		"a line break":                 "BB\n",
		"a zero byte":                  "BB\x00",
		"letters of more than a byte":  "BBÄ",
		"the last two outside":         "BB8__",
		"padding of another alphabet":  "BB8=",
		"a sign that UTF-8 cannot say": "B\xff8",
	} {
		if got, ok := decodeBase45(text); ok {
			t.Errorf("%s: %q is read as %q", name, text, got)
		}
	}
}

// FuzzBase45: what is read is written back to the letter, and what is written is read back to the bit.
func FuzzBase45(f *testing.F) {
	f.Add("BB8", []byte("AB"))
	f.Add("QED8WEX0", []byte("ietf!"))
	f.Add("GGW", []byte{})
	f.Fuzz(func(t *testing.T, text string, data []byte) {
		if read, ok := decodeBase45(text); ok && string(appendBase45(nil, read)) != text {
			t.Errorf("%q is read as %x, which is written otherwise", text, read)
		}
		if read, ok := decodeBase45(string(appendBase45(nil, data))); !ok || !bytes.Equal(read, data) {
			t.Errorf("%x is read back as %x, %t", data, read, ok)
		}
	})
}
