package kp1

import "encoding/binary"

// Major types of RFC 8949 §3.1, as the top three bits of a head.
const (
	majorUint     = 0
	majorNegative = 1
	majorBytes    = 2
	majorText     = 3
	majorArray    = 4
	majorMap      = 5
	majorSimple   = 7
)

// The two simple values in use (RFC 8949 §3.3).
const (
	simpleFalse = 20
	simpleTrue  = 21
)

// reader walks deterministically encoded CBOR (RFC 8949 §4.2.1) along one expected shape.
//
// The shape is closed, so sorted keys, no duplicates, no tags, no floats and a bounded depth need no rules of their
// own: whatever is not the next expected item is wrong. The first thing wrong is kept and everything after it reads
// as empty, so callers read to the end and ask once.
type reader struct {
	rest  []byte
	wrong string
}

func (r *reader) fail(why string) {
	if r.wrong == "" {
		r.wrong = why
	}
	r.rest = nil
}

// head reads one head in its only allowed form, the shortest.
func (r *reader) head() (major byte, argument uint64) {
	if len(r.rest) == 0 {
		r.fail("cut short")
		return 0, 0
	}
	first := r.rest[0]
	r.rest = r.rest[1:]
	if size := first & 0x1f; size >= 24 {
		return first >> 5, r.longArgument(size)
	}
	return first >> 5, uint64(first & 0x1f)
}

// longArgument reads the 1, 2, 4 or 8 bytes that follow a head of size 24 to 27.
func (r *reader) longArgument(size byte) (argument uint64) {
	if size > 27 {
		r.fail("indefinite or reserved length")
		return 0
	}
	width := 1 << (size - 24)
	if len(r.rest) < width {
		r.fail("cut short")
		return 0
	}
	for _, b := range r.rest[:width] {
		argument = argument<<8 | uint64(b)
	}
	r.rest = r.rest[width:]
	if argument < smallestOfWidth(width) {
		r.fail("number longer than needed")
		return 0
	}
	return argument
}

// smallestOfWidth is the smallest argument that needs so many bytes.
func smallestOfWidth(width int) uint64 {
	if width == 1 {
		return 24
	}
	return 1 << (width * 4)
}

// of reads an item of one major type and gives its argument.
func (r *reader) of(major byte) uint64 {
	got, argument := r.head()
	if got != major {
		r.fail("item of another type than expected")
		return 0
	}
	return argument
}

// exactly reads an item of which every bit is known.
func (r *reader) exactly(major byte, argument uint64) {
	if got := r.of(major); got != argument {
		r.fail("another value or length than expected")
	}
}

// integer reads this very integer: a key, or a value that leaves no choice.
func (r *reader) integer(want int64) { r.exactly(integerHead(want)) }

// bytes reads a byte string of any length. It aliases what is read.
func (r *reader) bytes() []byte {
	n := r.of(majorBytes)
	if n > uint64(len(r.rest)) {
		r.fail("cut short")
		return nil
	}
	data := r.rest[:n:n]
	r.rest = r.rest[n:]
	return data
}

// fixedBytes fills all of dst from a byte string of exactly that length.
func (r *reader) fixedBytes(dst []byte) {
	data := r.bytes()
	if len(data) != len(dst) {
		r.fail("byte string of another length than expected")
		return
	}
	copy(dst, data)
}

func (r *reader) bool() bool {
	value := r.of(majorSimple)
	if value != simpleFalse && value != simpleTrue {
		r.fail("neither true nor false")
	}
	return value == simpleTrue
}

// done reports what was wrong first, bytes left over included.
func (r *reader) done() error {
	if len(r.rest) > 0 {
		r.fail("bytes left over")
	}
	if r.wrong != "" {
		return notAPass(r.wrong)
	}
	return nil
}

// integerHead gives the head that writes n: negative numbers count down from −1.
func integerHead(n int64) (major byte, argument uint64) {
	if n < 0 {
		return majorNegative, uint64(-(n + 1))
	}
	return majorUint, uint64(n)
}

// appendHead appends a head in its shortest form.
func appendHead(dst []byte, major byte, argument uint64) []byte {
	major <<= 5
	switch {
	case argument < 24:
		return append(dst, major|byte(argument))
	case argument < 1<<8:
		return append(dst, major|24, byte(argument))
	case argument < 1<<16:
		return binary.BigEndian.AppendUint16(append(dst, major|25), uint16(argument))
	case argument < 1<<32:
		return binary.BigEndian.AppendUint32(append(dst, major|26), uint32(argument))
	default:
		return binary.BigEndian.AppendUint64(append(dst, major|27), argument)
	}
}

func appendInteger(dst []byte, n int64) []byte {
	major, argument := integerHead(n)
	return appendHead(dst, major, argument)
}

func appendBytes(dst, data []byte) []byte {
	return append(appendHead(dst, majorBytes, uint64(len(data))), data...)
}

func appendBool(dst []byte, value bool) []byte {
	if value {
		return appendHead(dst, majorSimple, simpleTrue)
	}
	return appendHead(dst, majorSimple, simpleFalse)
}
