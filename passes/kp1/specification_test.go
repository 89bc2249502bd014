package kp1

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

const (
	specification = "../../docs/kp1.md"
	exampleStart  = "<!-- example: written by go test ./passes/kp1 -run TestVectors -update -->\n"
	exampleEnd    = "<!-- end of example -->\n"
)

// item is a run of bytes of the example and what it means.
type item struct {
	depth, size int
	meaning     string
}

var exampleCredential = []item{
	{0, 1, "COSE_Sign1 of the issuer: an array of 4"},
	{1, 10, "protected header, 9 bytes: {1: -7, 4: kid}"},
	{1, 1, "unprotected header: {}"},
	{1, 2, "payload, a byte string: the claims"},
	{2, 1, "a map of 4 (of 3 on paper)"},
	{2, 6, "4: exp"},
	{2, 10, "7: cti, 8 bytes"},
}

var exampleCodeKey = []item{
	{2, 3, "8: {1: the code key, a COSE_Key}"},
	{3, 1, "a map of 4"},
	{3, 2, "1: 2, key type EC2"},
	{3, 2, "-1: 1, curve P-256"},
	{3, 3, "-2: 32 bytes:"},
	{4, 32, "x"},
	{3, 2, "-3: whether y is odd"},
}

var exampleCredentialEnd = []item{
	{2, 5, "-70001:"},
	{2, 3, "[kind, children]"},
	{1, 2, "the issuer's signature, 64 bytes:"},
	{2, 64, "r ‖ s"},
}

// exampleCode is a KP1 around its credential.
func exampleCode() []item {
	code := []item{
		{0, 1, "COSE_Sign1 of the code: an array of 4"},
		{1, 4, "protected header, 3 bytes: {1: -7}"},
		{1, 1, "unprotected header: {}"},
		{1, 2, "payload, a byte string of 158"},
		{2, 1, "an array of 2"},
		{2, 2, "the credential, a byte string of 150"},
	}
	for _, i := range slices.Concat(exampleCredential, exampleCodeKey, exampleCredentialEnd) {
		i.depth += 3
		code = append(code, i)
	}
	return append(code,
		item{2, 5, "signed_at"},
		item{1, 2, "the code key's signature, 64 bytes:"},
		item{2, 64, "r ‖ s"})
}

// explained writes bytes with their meaning beside them, at most 16 a line.
func explained(tb testing.TB, data []byte, items []item) string {
	tb.Helper()
	var b strings.Builder
	for _, i := range items {
		meaning := "# " + i.meaning
		for run := range slices.Chunk(data[:i.size], 16) {
			line := fmt.Sprintf("%s%x", strings.Repeat("  ", i.depth), run)
			b.WriteString(strings.TrimRight(fmt.Sprintf("%-46s %s", line, meaning), " ") + "\n")
			meaning = ""
		}
		data = data[i.size:]
	}
	if len(data) > 0 {
		tb.Fatalf("%x is not explained", data)
	}
	return b.String()
}

// example is the worked example of the specification, from the first phone and the first paper of the vectors.
func example(tb testing.TB, file vectors) string {
	tb.Helper()
	phone, paper := file.Rows[0], file.Rows[1]
	code, _ := decodeBase45(phone.Text[4:])
	printed, _ := decodeBase45(paper.Text[4:])
	read, err := readCode(code)
	if err != nil {
		tb.Fatal(err)
	}
	issuer := file.Issuers.Keys[0]
	ofIssuer, ofCode := read.credential.digest(nil), read.digest(aadCode)
	var b strings.Builder
	fmt.Fprintf(&b, "The issuer's key, its kid `%s` (hex `%x`):\n\n", issuer.Kid, issuer.Kid[:])
	fmt.Fprintf(&b, "```text\nx %s\ny %s\n```\n\n", issuer.X, issuer.Y)
	fmt.Fprintf(&b, "A phone, %d characters, says %s:\n\n```text\n%s\n```\n\n", len(phone.Text), says(phone.Expect.OK), phone.Text)
	fmt.Fprintf(&b, "```text\n%s```\n\n", explained(tb, code, exampleCode()))
	fmt.Fprintf(&b, "SHA-256 of what the issuer and the code key signed:\n\n```text\nissuer   %x\ncode key %x\n```\n\n", ofIssuer, ofCode)
	fmt.Fprintf(&b, "A paper, %d characters, says %s:\n\n```text\n%s\n```\n\n", len(paper.Text), says(paper.Expect.OK), paper.Text)
	fmt.Fprintf(&b, "```text\n%s```\n", explained(tb, printed, slices.Concat(exampleCredential, exampleCredentialEnd)))
	return b.String()
}

func says(f *facts) string {
	s := fmt.Sprintf("kind %d, children %d, cti `%s`, exp %d", f.Kind, f.Children, f.CTI, f.Exp)
	if f.SignedAt != 0 {
		s += fmt.Sprintf(", signed_at %d", f.SignedAt)
	}
	return s
}

// splitSpecification gives what stands before, in and after the example.
func splitSpecification(tb testing.TB) (head, kept, tail string) {
	tb.Helper()
	data, err := os.ReadFile(specification)
	if err != nil {
		tb.Fatal(err)
	}
	head, rest, found := strings.Cut(string(data), exampleStart)
	kept, tail, closed := strings.Cut(rest, exampleEnd)
	if !found || !closed {
		tb.Fatalf("%s has no example between its marks", specification)
	}
	return head, kept, tail
}

func writeExample(tb testing.TB, file vectors) {
	tb.Helper()
	head, _, tail := splitSpecification(tb)
	text := []byte(head + exampleStart + "\n" + example(tb, file) + "\n" + exampleEnd + tail)
	if err := os.WriteFile(specification, text, 0o644); err != nil {
		tb.Fatal(err)
	}
}

// checkExample holds the specification to the vectors.
func checkExample(t *testing.T, file vectors) {
	t.Helper()
	if _, kept, _ := splitSpecification(t); kept != "\n"+example(t, file)+"\n" {
		t.Errorf("the example in %s is not that of %s: run this test with -update", specification, vectorsFile)
	}
}
