package kp1

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strings"
	"testing"
)

// The reasons of the vectors.
const (
	accepted      = ""
	notPass       = "not_a_pass"
	badSignature  = "bad_signature"
	unknownIssuer = "unknown_issuer"
	unknownKind   = "unknown_kind"
)

// row is one vector: how it is forged and what a verifier must answer.
type row struct {
	name, reason string
	forgery      *forgery
}

// forger collects rows. The stranger's key is in nobody's key set.
type forger struct {
	tb               testing.TB
	issuer, stranger *ecdsa.PrivateKey
	rows             []row
}

// phone adds a row that starts from a right KP1, paper one that starts from a right KPP.
func (w *forger) phone(name, reason string, change func(f *forgery)) {
	w.tb.Helper()
	w.add("phone: "+name, reason, forgePhone(w.tb, w.issuer), change)
}

func (w *forger) paper(name, reason string, change func(f *forgery)) {
	w.tb.Helper()
	w.add("paper: "+name, reason, forgePaper(w.tb, w.issuer), change)
}

func (w *forger) add(name, reason string, f *forgery, change func(f *forgery)) {
	change(f)
	w.rows = append(w.rows, row{name: name, reason: reason, forgery: f})
}

// edits adds a row for each edit of one part, in the order of their names.
func (w *forger) edits(add func(string, string, func(*forgery)), reason, part string, edits map[string]edit) {
	names := make([]string, 0, len(edits))
	for name := range edits {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		add(part+": "+name, reason, func(f *forgery) { f.change(part, edits[name]) })
	}
}

// allRows is every row of the vectors, forged anew.
func allRows(tb testing.TB) *forger {
	tb.Helper()
	w := &forger{tb: tb, issuer: newKey(tb), stranger: newKey(tb)}
	w.right()
	w.twins()
	w.wrongTexts()
	w.wrongFrames()
	w.wrongHeaders()
	w.wrongClaims()
	w.wrongCodeKeys()
	w.wrongMoments()
	w.wrongCarriers()
	w.wrongSignatures()
	w.strangers()
	w.laterKinds()
	return w
}

// right codes, at the edges of every field.
func (w *forger) right() {
	w.phone("a person's", accepted, func(*forgery) {})
	w.paper("a person's", accepted, func(*forgery) {})
	w.phone("a community's", accepted, func(f *forgery) { f.claims.kind, f.claims.children = 3, 0 })
	w.paper("a community's", accepted, func(f *forgery) { f.claims.kind, f.claims.children = 4, 0 })
	for _, children := range []uint64{0, 15} {
		w.phone(fmt.Sprint(children, " children"), accepted, func(f *forgery) { f.claims.children = children })
	}
	for _, odd := range []bool{false, true} {
		w.phone(fmt.Sprintf("y odd: %t", odd), accepted, func(f *forgery) {
			for f.claims.odd != odd {
				f.codeKey = newKey(w.tb)
				f.nameCodeKey()
			}
		})
	}
	for _, n := range []uint64{0, 23, 24, 1<<8 - 1, 1 << 8, 1<<16 - 1, 1 << 16, 1<<32 - 1, 1 << 32, 1<<40 - 1} {
		w.phone(fmt.Sprint("exp and signed_at ", n), accepted, func(f *forgery) { f.claims.exp, f.signedAt = n, n })
		w.paper(fmt.Sprint("exp ", n), accepted, func(f *forgery) { f.claims.exp = n })
	}
	w.phone("cti all zeros", accepted, func(f *forgery) { f.claims.cti = CTI{} })
	w.paper("cti all ones", accepted, func(f *forgery) { f.claims.cti = CTI(bytes.Repeat([]byte{0xff}, 8)) })
	w.phone("r of the code's signature begins with a zero byte", accepted, func(f *forgery) {
		f.codeSignatureMust = func(signature []byte) bool { return signature[0] == 0 }
	})
	w.phone("s of the code's signature begins with a zero byte", accepted, func(f *forgery) {
		f.codeSignatureMust = func(signature []byte) bool { return signature[32] == 0 }
	})
}

// twins: s → n−s verifies, so bytes are no identity of a code; (cti, signed_at) is.
func (w *forger) twins() {
	w.phone("the twin of the code's signature", accepted, func(f *forgery) { f.change(codeSignaturePart, twin) })
	w.phone("the twin of the issuer's signature", accepted, func(f *forgery) { f.change(issuerSignaturePart, twin) })
	w.paper("the twin of the issuer's signature", accepted, func(f *forgery) { f.change(issuerSignaturePart, twin) })
}

func twin(_ testing.TB, signature []byte) []byte {
	n := elliptic.P256().Params().N
	s := new(big.Int).SetBytes(signature[32:])
	new(big.Int).Sub(n, s).FillBytes(signature[32:])
	return signature
}

// wrongTexts are right but for the letters that carry them.
func (w *forger) wrongTexts() {
	texts := map[string]edit{
		"empty":                       replaced(""),
		"a prefix of lower case":      onText(func(s string) string { return strings.ToLower(s[:4]) + s[4:] }),
		"base45 of lower case":        onText(func(s string) string { return s[:4] + strings.ToLower(s[4:]) }),
		"no prefix":                   onText(func(s string) string { return s[4:] }),
		"the prefix alone":            onText(func(s string) string { return s[:4] }),
		"three letters of the prefix": onText(func(s string) string { return s[:3] }),
		"the prefix twice":            onText(func(s string) string { return s[:4] + s }),
		"a prefix of another service": onText(func(s string) string { return "HC1:" + s[4:] }),
		"a prefix without colon":      onText(func(s string) string { return s[:3] + s[4:] }),
		"a space before":              onText(func(s string) string { return " " + s }),
		"a space after":               onText(func(s string) string { return s + " " }),
		"a line break after":          onText(func(s string) string { return s + "\n" }),
		"cut in half":                 onText(func(s string) string { return s[:len(s)/2] }),
		"cut by one letter":           onText(func(s string) string { return s[:len(s)-1] }),
		"one letter more":             onText(func(s string) string { return s + "0" }),
		"a letter outside base45":     onText(func(s string) string { return s[:20] + "_" + s[21:] }),
		"three letters above 65535":   onText(overflowTriple),
	}
	w.edits(w.phone, notPass, textPart, texts)
	texts["two last letters above 255"] = onText(overflowPair)
	w.edits(w.paper, notPass, textPart, texts)
}

func onText(change func(string) string) edit {
	return func(_ testing.TB, part []byte) []byte { return []byte(change(string(part))) }
}

// overflowTriple adds 65536 to a triple of letters: a reader that drops high bits would read the same bytes.
func overflowTriple(text string) string {
	for at := 4; ; at += 3 {
		n, _ := base45Number(text[at : at+3])
		if n += 1 << 16; n < 45*45*45 {
			return text[:at] + string([]byte{alphabet[n%45], alphabet[n/45%45], alphabet[n/45/45]}) + text[at+3:]
		}
	}
}

// overflowPair does the same to the two letters of a last single byte.
func overflowPair(text string) string {
	at := len(text) - 2
	n, _ := base45Number(text[at:])
	n += 1 << 8
	return text[:at] + string([]byte{alphabet[n%45], alphabet[n/45]})
}

// wrongFrames are COSE_Sign1 in another form than the only one, in each place where one stands.
func (w *forger) wrongFrames() {
	w.frame(w.phone, codeFramePart, "43a10126", "9e")
	w.frame(w.phone, issuerFramePart, "49a201260444", "46")
	w.frame(w.paper, issuerFramePart, "49a201260444", "19")
	w.edits(w.phone, notPass, codeFramePart, map[string]edit{
		"protected header of indefinite length": swap("43a10126", "5f43a10126ff"),
		"protected header not in a byte string": swap("43a10126", "a10126"),
	})
	w.edits(w.phone, notPass, codeSignaturePart, wrongLengths)
	w.edits(w.phone, notPass, issuerSignaturePart, wrongLengths)
	w.edits(w.paper, notPass, issuerSignaturePart, wrongLengths)
}

var wrongLengths = map[string]edit{
	"63 bytes": cutBy(1),
	"65 bytes": after("00"),
	"empty":    replaced(""),
	"as DER":   func(_ testing.TB, signature []byte) []byte { return appendDER(nil, signature) },
}

// frame knows how the protected header begins and the payload's length, both in hex.
func (w *forger) frame(add func(string, string, func(*forgery)), part, header, payload string) {
	w.edits(add, notPass, part, map[string]edit{
		"tagged as COSE_Sign1":                    before("d2"),
		"tagged as CWT":                           before("d83d"),
		"tagged twice":                            before("d83dd2"),
		"a byte before":                           before("00"),
		"a byte after":                            after("00"),
		"cut by one byte":                         cutBy(1),
		"empty":                                   replaced(""),
		"three items":                             both(swap("84"+header, "83"+header), cutBy(66)),
		"five items":                              both(swap("84"+header, "85"+header), after("00")),
		"array of indefinite length":              both(swap("84"+header, "9f"+header), after("ff")),
		"array head longer than needed":           swap("84"+header, "9804"+header),
		"header length longer than needed":        swap("84"+header, "84580"+header[1:]),
		"payload length longer than needed":       swap("a058"+payload, "a05900"+payload),
		"unprotected header with a kid":           swap("a058"+payload, "a104413158"+payload),
		"unprotected header with an alg":          swap("a058"+payload, "a1012658"+payload),
		"unprotected header as an array":          swap("a058"+payload, "8058"+payload),
		"unprotected header null":                 swap("a058"+payload, "f658"+payload),
		"unprotected header of indefinite length": swap("a058"+payload, "bfff58"+payload),
		"payload as a text string":                swap("a058"+payload, "a078"+payload),
		"payload of a length past the end":        swap("a058"+payload, "a05bffffffffffffffff"),
		"payload of indefinite length":            remade(func(b []byte, s sign1) []byte { return append(appendBytes(append(b, 0x5f), s.payload), 0xff) }),
		"payload null":                            remade(func(b []byte, _ sign1) []byte { return append(b, 0xf6) }),
		"payload not in a byte string":            remade(func(b []byte, s sign1) []byte { return append(b, s.payload...) }),
		"signature length longer than needed":     signatureLengthLong,
		"nothing but 1,000 nested arrays":         replaced(strings.Repeat("81", 1000) + "00"),
		"an array of 2^32 items":                  replaced("9b0000000100000000"),
	})
}

// remade writes the frame anew around another payload item.
func remade(payload func(dst []byte, s sign1) []byte) edit {
	return func(tb testing.TB, part []byte) []byte {
		tb.Helper()
		s := mustReadSign1(tb, part)
		b := payload(append(appendBytes([]byte{0x84}, s.protected), 0xa0), s)
		return appendBytes(b, s.signature)
	}
}

func signatureLengthLong(_ testing.TB, part []byte) []byte {
	at := len(part) - signatureSize
	return slices.Concat(part[:at-2], []byte{0x59, 0x00, 0x40}, part[at:])
}

// wrongHeaders are protected headers other than the one allowed.
func (w *forger) wrongHeaders() {
	issuer := map[string]edit{
		"no alg":                     swap("a20126", "a1"),
		"no kid":                     replaced("a10126"),
		"empty":                      replaced(""),
		"an empty map":               replaced("a0"),
		"alg ESP256":                 swap("0126", "0128"),
		"alg ES384":                  swap("0126", "013822"),
		"alg as text":                swap("0126", "01654553323536"),
		"alg longer than needed":     swap("0126", "013806"),
		"key longer than needed":     swap("0126", "180126"),
		"map longer than needed":     swap("a20126", "b8020126"),
		"map of indefinite length":   both(swap("a20126", "bf0126"), after("ff")),
		"alg twice":                  swap("a20126", "a301260126"),
		"kid before alg":             kidFirst,
		"a content type":             swap("a20126", "a301260300"),
		"a critical header":          swap("a20126", "a30126028101"),
		"a header of a text label":   both(swap("a20126", "a30126"), after("616100")),
		"kid of 3 bytes":             both(swap("0444", "0443"), cutBy(1)),
		"kid of 5 bytes":             both(swap("0444", "0445"), after("00")),
		"kid as text":                replaced("a20126046431323334"),
		"kid length longer":          swap("0444", "045804"),
		"a byte after":               after("00"),
		"a tag on the map":           before("d903e7"),
		"an array instead of a map":  swap("a20126", "840126"),
		"a content type, a map of 2": replaced("a201260300"),
	}
	w.edits(w.phone, notPass, issuerHeaderPart, issuer)
	w.edits(w.paper, notPass, issuerHeaderPart, issuer)
	w.edits(w.phone, notPass, codeHeaderPart, map[string]edit{
		"empty":                    replaced(""),
		"an empty map":             replaced("a0"),
		"a kid":                    replaced("a20126044431323334"),
		"alg ESP256":               replaced("a10128"),
		"alg ES384":                replaced("a1013822"),
		"alg longer than needed":   replaced("a1013806"),
		"alg twice":                replaced("a201260126"),
		"map of indefinite length": replaced("bf0126ff"),
		"a content type":           replaced("a201260300"),
		"a byte after":             after("00"),
	})
}

// kidFirst swaps the two headers: {4: kid, 1: -7}.
func kidFirst(_ testing.TB, header []byte) []byte {
	return slices.Concat(header[:1], header[3:], header[1:3])
}

// wrongClaims are credentials, rightly signed, that say something else or say it in another way.
func (w *forger) wrongClaims() {
	w.edits(w.phone, notPass, issuerPayloadPart, claimEdits(0xa4, KindPhone))
	w.edits(w.paper, notPass, issuerPayloadPart, claimEdits(0xa3, KindPaper))
	w.edits(w.paper, notPass, issuerPayloadPart, map[string]edit{
		"kind before exp":        passFirst,
		"a claim after the last": both(swap("a3", "a4"), after("3a0001117100")),
		"map longer than needed": swap("a3", "b803"),
		"tagged as a CWT":        before("d83d"),
	})
}

// claimEdits are for claims that begin with this head of a map and name this kind.
func claimEdits(head byte, kind Kind) map[string]edit {
	exp := fmt.Sprintf("041a%08x", uint64(exampleExp))
	cti := fmt.Sprintf("0748%x", exampleCTI[:])
	pass := fmt.Sprintf("3a0001117082%02x", kind)
	count := func(more int) string { return fmt.Sprintf("%02x", int(head)+more) }
	start := count(0) + exp
	children := func(item string) edit { return both(cutBy(1), after(item)) }
	return map[string]edit{
		"empty":                            replaced(""),
		"an array instead of a map":        replaced("80"),
		"a byte after":                     after("00"),
		"map of indefinite length":         both(swap(start, "bf"+exp), after("ff")),
		"no exp":                           swap(start, count(-1)),
		"no cti":                           both(swap(start, count(-1)+exp), swap(cti, "")),
		"no kind":                          both(swap(start, count(-1)+exp), cutBy(8)),
		"exp twice":                        swap(start, count(1)+exp+exp),
		"an issued-at claim":               both(swap(start, count(1)+exp), swap(cti, "0600"+cti)),
		"an issuer claim":                  swap(start, count(1)+"016131"+exp),
		"a claim of a text key":            both(swap(start, count(1)+exp), after("616100")),
		"exp longer than needed":           swap(exp, "041b00000000"+exp[4:]),
		"exp of 2^40":                      swap(exp, "041b0000010000000000"),
		"exp of 2^64-1":                    swap(exp, "041bffffffffffffffff"),
		"exp negative":                     swap(exp, "0420"),
		"exp as a float":                   swap(exp, fmt.Sprintf("04fb%016x", math.Float64bits(exampleExp))),
		"exp as text":                      swap(exp, "046131"),
		"exp tagged as a time":             swap(exp, "04c1"+exp[2:]),
		"exp as a big number":              swap(exp, "04c244"+exp[4:]),
		"exp null":                         swap(exp, "04f6"),
		"exp of a reserved length":         swap(exp, "041c"),
		"cti of 7 bytes":                   swap(cti, "0747"+cti[4:18]),
		"cti of 9 bytes":                   swap(cti, "0749"+cti[4:]+"00"),
		"cti as text":                      swap(cti, "07683132333435363738"),
		"cti length longer than needed":    swap(cti, "075808"+cti[4:]),
		"cti of indefinite length":         swap(cti, "075f48"+cti[4:]+"ff"),
		"cti in two pieces":                swap(cti, "075f44"+cti[4:12]+"44"+cti[12:]+"ff"),
		"cti before exp":                   swap(exp+cti, cti+exp),
		"key longer than needed":           swap(exp, "18"+exp),
		"key -70001 longer than needed":    swap("3a00011170", "3b0000000000011170"),
		"key 70001 instead of -70001":      swap("3a00011170", "1a00011171"),
		"kind longer than needed":          swap(pass, fmt.Sprintf("3a000111708218%02x", kind)),
		"kind -1":                          swap(pass, "3a000111708220"),
		"kind as text":                     swap(pass, "3a00011170826131"),
		"kind alone":                       both(swap(pass, fmt.Sprintf("3a0001117081%02x", kind)), cutBy(1)),
		"kind and children in a map":       swap("3a0001117082", "3a00011170a1"),
		"kind and children without bounds": both(swap("3a0001117082", "3a000111709f"), after("ff")),
		"a third number after children":    both(swap("3a0001117082", "3a0001117083"), after("00")),
		"children longer than needed":      children("1802"),
		"16 children":                      children("10"),
		"children -1":                      children("20"),
		"children as true":                 children("f5"),
		"2^64-1 children":                  children("1bffffffffffffffff"),
		"children in nine nested arrays":   children("81818181818181818100"),
	}
}

// passFirst moves the claim -70001 to the front.
func passFirst(_ testing.TB, payload []byte) []byte {
	at := len(payload) - 8
	return slices.Concat(payload[:1], payload[at:], payload[1:at])
}

// wrongCodeKeys are claims 8 that hold something else than one P-256 key in its shortest form.
func (w *forger) wrongCodeKeys() {
	const key = "08a101a40102200121"
	w.edits(w.phone, notPass, issuerPayloadPart, map[string]edit{
		"no code key":                         withoutCodeKey,
		"code key: kty symmetric":             swap("a40102", "a40104"),
		"code key: curve P-384":               swap("200121", "200221"),
		"code key: kty longer than needed":    swap("a40102", "a4011802"),
		"code key: kty and curve exchanged":   swap("01022001", "20010102"),
		"code key: kty twice":                 swap("a40102", "a501020102"),
		"code key: a kid":                     swap("a4010220", "a5010202413120"),
		"code key: an alg":                    swap("a4010220", "a50102032620"),
		"code key: no curve":                  swap("a401022001", "a30102"),
		"code key: x of 31 bytes":             onX(func(x []byte) []byte { return x[1:] }),
		"code key: x of 33 bytes":             onX(func(x []byte) []byte { return append([]byte{0}, x...) }),
		"code key: x length longer":           swap("215820", "21590020"),
		"code key: y as 0 or 1":               onY("00"),
		"code key: y as bytes":                onY("5820" + strings.Repeat("ab", 32)),
		"code key: y null":                    onY("f6"),
		"code key: y undefined":               onY("f7"),
		"code key: y as a long simple value":  onY("f815"),
		"code key: y as a half float":         onY("f93c00"),
		"code key: in an array":               swap("08a101a4", "0881a4"),
		"code key: encrypted":                 swap("08a101a4", "08a102a4"),
		"code key: a kid beside it":           swap(key, "08a2034131"+key[4:]),
		"code key: claim 8 longer":            swap("08a101a4", "1808a101a4"),
		"code key: member longer":             swap("08a101a4", "08a11801a4"),
		"code key: map longer than needed":    swap("08a101a4", "08a101b804"),
		"code key: of indefinite length":      both(swap("08a101a4", "08a101bf"), onYAfter("ff")),
		"code key: holder of indefinite size": both(swap("08a101a4", "08bf01a4"), onYAfter("ff")),
	})
	w.phone("x off the curve", badSignature, func(f *forgery) { f.claims.x = offCurve() })
	w.phone("x above the prime", badSignature, func(f *forgery) { f.claims.x = [32]byte(bytes.Repeat([]byte{0xff}, 32)) })
	w.phone("y of the other sign", badSignature, func(f *forgery) { f.claims.odd = !f.claims.odd })
}

// The code key begins 10 bytes before x in the claims of a phone; y stands right behind x.
const (
	codeKeyAt = 1 + 6 + 10
	xAt       = codeKeyAt + 1 + 1 + 1 + 1 + 2 + 2 + 1 + 2
	yAt       = xAt + 32 + 1
)

func withoutCodeKey(_ testing.TB, payload []byte) []byte {
	return slices.Concat([]byte{0xa3}, payload[1:codeKeyAt], payload[yAt+1:])
}

func onX(change func(x []byte) []byte) edit {
	return func(_ testing.TB, payload []byte) []byte {
		x := change(payload[xAt : xAt+32 : xAt+32])
		return slices.Concat(appendBytes(payload[:xAt-2:xAt-2], x), payload[xAt+32:])
	}
}

func onY(value string) edit {
	return func(tb testing.TB, payload []byte) []byte {
		tb.Helper()
		return slices.Concat(payload[:yAt], unhex(tb, value), payload[yAt+1:])
	}
}

// onYAfter puts bytes behind y, where the code key ends.
func onYAfter(extra string) edit {
	return func(tb testing.TB, payload []byte) []byte {
		tb.Helper()
		return slices.Concat(payload[:yAt+1], unhex(tb, extra), payload[yAt+1:])
	}
}

// offCurve is the smallest x of no point.
func offCurve() (x [32]byte) {
	for ; ; x[31]++ {
		if _, err := CodeKeyFromXY(x, false); err != nil {
			return x
		}
	}
}

// wrongMoments are payloads of a code other than [credential, signed_at].
func (w *forger) wrongMoments() {
	signedAt := fmt.Sprintf("1a%08x", uint64(exampleSignedAt))
	w.edits(w.phone, notPass, codePayloadPart, map[string]edit{
		"empty":                              replaced(""),
		"a byte after":                       after("00"),
		"the credential alone":               both(swap("825896", "815896"), cutBy(5)),
		"a third item":                       both(swap("825896", "835896"), after("00")),
		"of indefinite length":               both(swap("825896", "9f5896"), after("ff")),
		"array head longer than needed":      swap("825896", "98025896"),
		"credential length longer":           swap("825896", "82590096"),
		"credential not in a byte string":    swap("825896", "82"),
		"credential as a text string":        swap("825896", "827896"),
		"credential of indefinite length":    creditInPieces,
		"signed_at before the credential":    momentFirst,
		"signed_at longer than needed":       swap(signedAt, "1b00000000"+signedAt[2:]),
		"signed_at of 2^40":                  swap(signedAt, "1b0000010000000000"),
		"signed_at of 2^64-1":                swap(signedAt, "1bffffffffffffffff"),
		"signed_at negative":                 swap(signedAt, "20"),
		"signed_at as a float":               swap(signedAt, fmt.Sprintf("fb%016x", math.Float64bits(exampleSignedAt))),
		"signed_at tagged as a time":         swap(signedAt, "c1"+signedAt),
		"signed_at as text":                  swap(signedAt, "6131"),
		"tagged":                             before("d903e7"),
		"a map instead of an array":          swap("825896", "a15896"),
		"credential and signed_at in a list": before("81"),
	})
}

func creditInPieces(tb testing.TB, payload []byte) []byte {
	tb.Helper()
	at := len(payload) - 5
	return slices.Concat([]byte{0x82, 0x5f}, payload[1:at], []byte{0xff}, payload[at:])
}

func momentFirst(_ testing.TB, payload []byte) []byte {
	at := len(payload) - 5
	return slices.Concat(payload[:1], payload[at:], payload[1:at])
}

// wrongCarriers are right credentials in the place of another.
func (w *forger) wrongCarriers() {
	w.phone("its credential lifted out and shown as paper", notPass, (*forgery).lift)
	w.phone("a community's credential lifted out and shown as paper", notPass, func(f *forgery) {
		f.claims.kind, f.claims.children = 3, 0
		f.lift()
	})
	w.phone("the whole code shown as paper", notPass, func(f *forgery) { f.prefix = prefixPaper })
	w.paper("shown as a phone", notPass, func(f *forgery) { f.prefix = prefixPhone })
	w.paper("its credential inside a code", notPass, func(f *forgery) {
		f.prefix, f.omitCode, f.codeKey, f.codeAAD, f.signedAt = prefixPhone, false, newKey(w.tb), aadCode, exampleSignedAt
	})
	for kind := range uint64(5) {
		if kind != 1 && kind != 3 {
			w.phone(fmt.Sprint("kind ", kind), notPass, func(f *forgery) { f.claims.kind, f.claims.children = kind, 0 })
		}
		if kind != 2 && kind != 4 {
			w.paper(fmt.Sprint("kind ", kind), notPass, func(f *forgery) { f.claims.kind, f.claims.children = kind, 0 })
		}
	}
	for _, kind := range []uint64{2, 4} {
		w.phone(fmt.Sprintf("kind %d with a code key, shown as paper", kind), notPass, func(f *forgery) {
			f.claims.kind, f.claims.children = kind, 0
			f.lift()
		})
	}
	w.phone("a community's with a child", notPass, func(f *forgery) { f.claims.kind, f.claims.children = 3, 1 })
	w.paper("a community's with a child", notPass, func(f *forgery) { f.claims.kind, f.claims.children = 4, 1 })
	w.phone("a community's with 15 children", notPass, func(f *forgery) { f.claims.kind, f.claims.children = 3, 15 })
}

// wrongSignatures are codes in form that somebody else made, or that were changed since.
func (w *forger) wrongSignatures() {
	numbers := map[string]edit{
		"r of 0":              scalar(0, big.NewInt(0)),
		"s of 0":              scalar(32, big.NewInt(0)),
		"r and s of 0":        replaced(strings.Repeat("00", 64)),
		"r of n":              scalar(0, elliptic.P256().Params().N),
		"s of n":              scalar(32, elliptic.P256().Params().N),
		"r of 2^256-1":        replacedAt(0, bytes.Repeat([]byte{0xff}, 32)),
		"s of 2^256-1":        replacedAt(32, bytes.Repeat([]byte{0xff}, 32)),
		"r and s of 1":        both(scalar(0, big.NewInt(1)), scalar(32, big.NewInt(1))),
		"r and s exchanged":   func(_ testing.TB, s []byte) []byte { return slices.Concat(s[32:], s[:32]) },
		"the last bit turned": func(_ testing.TB, s []byte) []byte { s[63] ^= 1; return s },
	}
	w.edits(w.phone, badSignature, codeSignaturePart, numbers)
	w.edits(w.phone, badSignature, issuerSignaturePart, numbers)
	w.edits(w.paper, badSignature, issuerSignaturePart, numbers)
	w.changedAfterwards()
	w.signedOtherwise()
}

func scalar(at int, value *big.Int) edit { return replacedAt(at, value.FillBytes(make([]byte, 32))) }

func replacedAt(at int, with []byte) edit {
	return func(_ testing.TB, part []byte) []byte { return slices.Replace(part, at, at+len(with), with...) }
}

// changedAfterwards are right codes in which a fact was changed after the signing.
func (w *forger) changedAfterwards() {
	exp := fmt.Sprintf("041a%08x", uint64(exampleExp))
	later := fmt.Sprintf("041a%08x", uint64(exampleExp)+86400)
	signedAt, moved := fmt.Sprintf("1a%08x5840", uint64(exampleSignedAt)), fmt.Sprintf("1a%08x5840", uint64(exampleSignedAt)+20)
	w.phone("signed_at moved after signing", badSignature, func(f *forgery) { f.change(codeFramePart, swap(signedAt, moved)) })
	w.edits(w.phone, badSignature, issuerFramePart, map[string]edit{
		"exp moved after signing":      swap(exp, later),
		"children added after signing": swap("3a00011170820102", "3a00011170820103"),
		"cti changed after signing":    swap("0748a1", "0748a0"),
	})
	w.edits(w.paper, badSignature, issuerFramePart, map[string]edit{
		"exp moved after signing":             swap(exp, later),
		"children added after signing":        swap("3a00011170820202", "3a00011170820203"),
		"a person's to a community's, signed": swap("3a00011170820202", "3a00011170820400"),
	})
}

// signedOtherwise are codes whose signatures are right by another key or over something else.
func (w *forger) signedOtherwise() {
	w.phone("signed by another key than the credential names", badSignature, func(f *forgery) { f.codeKey = newKey(w.tb) })
	w.phone("its credential signed by another issuer", badSignature, func(f *forgery) { f.issuer = w.stranger })
	w.paper("signed by another issuer", badSignature, func(f *forgery) { f.issuer = w.stranger })
	w.phone("its credential signed by its own code key", badSignature, func(f *forgery) { f.issuer = f.codeKey })
	w.phone("the code signed without external AAD", badSignature, func(f *forgery) { f.codeAAD = nil })
	w.phone("the code signed with the AAD KPP", badSignature, func(f *forgery) { f.codeAAD = []byte("KPP") })
	w.phone("the credential signed with the AAD KP1", badSignature, func(f *forgery) { f.issuerAAD = aadCode })
	w.paper("signed with the AAD KPP", badSignature, func(f *forgery) { f.issuerAAD = []byte("KPP") })
	w.paper("signed as COSE_Sign signs", badSignature, func(f *forgery) {
		f.change(issuerFramePart, func(tb testing.TB, part []byte) []byte {
			tb.Helper()
			digest := sha256.Sum256(sigStructure(tb, "Signature", part))
			return resigned(tb, part, f.issuer, digest[:])
		})
	})
	w.paper("signed over SHA-384", badSignature, func(f *forgery) {
		f.change(issuerFramePart, func(tb testing.TB, part []byte) []byte {
			tb.Helper()
			digest := sha512.Sum384(sigStructure(tb, "Signature1", part))
			return resigned(tb, part, f.issuer, digest[:])
		})
	})
}

// sigStructure is RFC 9052 §4.4 written out, for an issuer's frame of small parts and no AAD.
func sigStructure(tb testing.TB, context string, frame []byte) []byte {
	tb.Helper()
	s := mustReadSign1(tb, frame)
	b := append([]byte{0x84, 0x60 + byte(len(context))}, context...)
	b = append(append(b, 0x40+byte(len(s.protected))), s.protected...)
	b = append(b, 0x40, 0x58, byte(len(s.payload)))
	if len(s.payload) < 24 || len(s.payload) > 255 {
		tb.Fatal("this payload has another head")
	}
	return append(b, s.payload...)
}

// resigned is the frame with a signature over another digest.
func resigned(tb testing.TB, frame []byte, key *ecdsa.PrivateKey, digest []byte) []byte {
	tb.Helper()
	s := mustReadSign1(tb, frame)
	der, err := ecdsa.SignASN1(rand.Reader, key, digest)
	if err != nil {
		tb.Fatal(err)
	}
	if s.signature, err = rawSignature(der); err != nil {
		tb.Fatal(err)
	}
	return s.encode()
}

func mustReadSign1(tb testing.TB, frame []byte) sign1 {
	tb.Helper()
	s, err := readSign1(frame)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// strangers: nobody knows the kid. What is wrong without the issuer's key is wrong first.
func (w *forger) strangers() {
	foreign := func(f *forgery) { f.issuer, f.kid = w.stranger, KeyID(&w.stranger.PublicKey) }
	w.phone("of an issuer nobody knows", unknownIssuer, foreign)
	w.paper("of an issuer nobody knows", unknownIssuer, foreign)
	w.phone("a right issuer under a kid nobody knows", unknownIssuer, func(f *forgery) { f.kid = KID{1, 2, 3, 4} })
	w.phone("of a later kind and an issuer nobody knows", unknownIssuer, func(f *forgery) { foreign(f); f.claims.kind = 5 })
	unknownBut := func(name, reason string, change func(*forgery)) {
		w.phone("of an issuer nobody knows, "+name, reason, func(f *forgery) { foreign(f); change(f) })
	}
	unknownBut("its signature not the issuer's either", unknownIssuer, func(f *forgery) { f.issuer = newKey(w.tb) })
	unknownBut("the code signed by another key", badSignature, func(f *forgery) { f.codeKey = newKey(w.tb) })
	unknownBut("r of the issuer's signature 0", badSignature, func(f *forgery) { f.change(issuerSignaturePart, scalar(0, big.NewInt(0))) })
	unknownBut("x off the curve", badSignature, func(f *forgery) { f.claims.x = offCurve() })
	unknownBut("kind 2", notPass, func(f *forgery) { f.claims.kind = 2 })
	w.paper("of an issuer nobody knows, s of its signature n", badSignature, func(f *forgery) {
		foreign(f)
		f.change(issuerSignaturePart, scalar(32, elliptic.P256().Params().N))
	})
}

// laterKinds are for the server to judge: prefixes and kinds that do not exist yet.
func (w *forger) laterKinds() {
	for _, prefix := range []string{"KP0:", "KP2:", "KP9:", "KPA:", "KPO:", "KPZ:"} {
		w.phone("the prefix "+prefix, unknownKind, func(f *forgery) { f.prefix = prefix })
	}
	w.paper("a later prefix before what base45 has not", unknownKind, func(f *forgery) { f.change(textPart, onText(func(string) string { return "KP2:{}" })) })
	w.paper("a later prefix alone", unknownKind, func(f *forgery) { f.change(textPart, onText(func(string) string { return "KP2:" })) })
	for _, prefix := range []string{"KPa:", "KP::", "KP-:", "KPÄ:", "KPP1:", "KP12:", "KQ1:"} {
		w.phone("the prefix "+prefix, notPass, func(f *forgery) { f.prefix = prefix })
	}
	for _, kind := range []uint64{5, 6, 23, 24, 255, 256, 257, 1 << 32, 1<<64 - 1} {
		w.phone(fmt.Sprint("kind ", kind), unknownKind, func(f *forgery) { f.claims.kind = kind })
		w.paper(fmt.Sprint("kind ", kind), unknownKind, func(f *forgery) { f.claims.kind = kind })
	}
	w.phone("kind 5 with 15 children", unknownKind, func(f *forgery) { f.claims.kind, f.claims.children = 5, 15 })
	later := func(name, reason string, change func(*forgery)) {
		w.phone("kind 5, "+name, reason, func(f *forgery) { f.claims.kind = 5; change(f) })
	}
	later("16 children", notPass, func(f *forgery) { f.claims.children = 16 })
	later("its credential lifted out and shown as paper", notPass, (*forgery).lift)
	later("no code key", notPass, func(f *forgery) { f.change(issuerPayloadPart, withoutCodeKey) })
	later("exp of 2^40", notPass, func(f *forgery) { f.claims.exp = timeLimit })
	later("signed by another key", badSignature, func(f *forgery) { f.codeKey = newKey(w.tb) })
	later("its credential signed by another issuer", badSignature, func(f *forgery) { f.issuer = w.stranger })
}
