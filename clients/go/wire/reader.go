// Package wire is the encoding of messages: proto3, with what protobuf's reference parser takes and refuses. Unknown fields
// are skipped and not kept.
package wire

import (
	"encoding/binary"
	"errors"
	"math"
	"unicode/utf8"
)

// Message is what the generated types are.
type Message interface {
	FullName() string
	MergeWire(*Reader)
	AppendWire(*Writer)
}

// greatestDepth is how many levels of messages and groups may lie within each other.
const greatestDepth = 100

// greatestLength is that of anything that has a length, in bytes.
const greatestLength = math.MaxInt32

// What bytes that are no message end with.
var (
	ErrTruncated       = errors.New("truncated")
	ErrVarintTooLong   = errors.New("varint too long")
	ErrInvalidTag      = errors.New("invalid tag")
	ErrInvalidWireType = errors.New("invalid wire type")
	ErrLengthTooGreat  = errors.New("length too great")
	ErrNestingTooDeep  = errors.New("nesting too deep")
	ErrUnmatchedGroup  = errors.New("unmatched group")
	ErrInvalidUTF8     = errors.New("invalid UTF-8")
)

// Decode merges bytes into a message, and says why when they are none.
func Decode(data []byte, message Message) error {
	r := Reader{data: data, end: len(data), depth: greatestDepth}
	message.MergeWire(&r)
	return r.err
}

// Reader reads values up to the end of the innermost message. The first error counts; behind it everything read is zero.
type Reader struct {
	data     []byte
	position int
	end      int
	depth    int
	err      error
}

// More is whether there are further fields.
func (r *Reader) More() bool { return r.position < r.end && r.err == nil }

func (r *Reader) fail(err error) {
	if r.err == nil {
		r.err = err
	}
	r.position = r.end
}

func (r *Reader) varint(limit int) uint64 {
	var value uint64
	for index := 0; index < limit; index++ {
		if r.position >= r.end {
			r.fail(ErrTruncated)
			return 0
		}
		b := r.data[r.position]
		r.position++
		value |= uint64(b&0x7f) << (7 * index) // Bits beyond 64 are dropped.
		if b < 0x80 {
			return value
		}
	}
	r.fail(ErrVarintTooLong)
	return 0
}

// Tag reads the number of a field with its wire type.
func (r *Reader) Tag() uint32 {
	tag := r.varint(5)
	if tag > math.MaxUint32 {
		r.fail(ErrInvalidTag)
		return 0
	}
	return uint32(tag)
}

// take goes so many bytes on; they are the data's own.
func (r *Reader) take(count int) []byte {
	if count > r.end-r.position {
		r.fail(ErrTruncated)
		return nil
	}
	start := r.position
	r.position += count
	return r.data[start:r.position]
}

// length reads a length that fits before the end.
func (r *Reader) length() int {
	length := r.varint(5)
	if length > greatestLength {
		r.fail(ErrLengthTooGreat)
		return 0
	}
	if int(length) > r.end-r.position {
		r.fail(ErrTruncated)
		return 0
	}
	return int(length)
}

// within reads what lies in the next bytes, one level down where `levels` is 1.
func (r *Reader) within(levels int, body func()) {
	length := r.length()
	if r.err != nil {
		return
	}
	if r.depth < levels {
		r.fail(ErrNestingTooDeep)
		return
	}
	outer := r.end
	r.end = r.position + length
	r.depth -= levels
	body()
	if r.err == nil {
		r.position = r.end
	}
	r.depth += levels
	r.end = outer
}

// Message merges the next bytes into a message.
func (r *Reader) Message(message Message) { r.within(1, func() { message.MergeWire(r) }) }

// Packed reads values as long as there are any in the next bytes.
func (r *Reader) Packed(one func()) {
	r.within(0, func() {
		for r.More() {
			one()
		}
	})
}

// Entry reads an entry of a map, and says whether it counts.
func (r *Reader) Entry(keyTag, valueTag uint32, key, value func()) bool {
	isKnown := true
	r.within(1, func() {
		for r.More() {
			switch tag := r.Tag(); tag {
			case keyTag:
				key()
			case valueTag:
				value()
			default:
				// As the reference parser has it, an entry with more in it than key and value is unknown as a whole.
				r.Skip(tag)
				isKnown = false
			}
		}
	})
	return isKnown && r.err == nil
}

// Skip passes over the field behind a tag of no interest.
func (r *Reader) Skip(tag uint32) {
	if r.err == nil && tag < 8 {
		r.fail(ErrInvalidTag)
		return
	}
	r.skipValue(tag)
}

// SkipAll passes over everything: as the reference parser has it, field number 0 is not looked for in a message without
// fields.
func (r *Reader) SkipAll() {
	for r.More() {
		r.skipValue(r.Tag())
	}
}

func (r *Reader) skipValue(tag uint32) {
	if r.err != nil {
		return
	}
	switch tag & 7 {
	case 0:
		r.varint(10)
	case 1:
		r.take(8)
	case 2:
		r.take(r.length())
	case 3:
		r.skipGroup(tag >> 3)
	case 4:
		r.fail(ErrUnmatchedGroup)
	case 5:
		r.take(4)
	default:
		r.fail(ErrInvalidWireType)
	}
}

func (r *Reader) skipGroup(number uint32) {
	if r.depth == 0 {
		r.fail(ErrNestingTooDeep)
		return
	}
	r.depth--
	for r.More() {
		// As the reference parser has it, field number 0 is not looked for within a group.
		tag := r.Tag()
		if r.err == nil && tag&7 == 4 {
			if tag>>3 != number {
				r.fail(ErrUnmatchedGroup)
				return
			}
			r.depth++
			return
		}
		r.skipValue(tag)
	}
	r.fail(ErrUnmatchedGroup)
}

// The scalar types. Bits that are too many are dropped.

func (r *Reader) Int32() int32   { return int32(r.varint(10)) }
func (r *Reader) Int64() int64   { return int64(r.varint(10)) }
func (r *Reader) Uint32() uint32 { return uint32(r.varint(10)) }
func (r *Reader) Uint64() uint64 { return r.varint(10) }
func (r *Reader) Bool() bool     { return r.varint(10) != 0 }

func (r *Reader) Sint32() int32 {
	bits := uint32(r.varint(10))
	return int32(bits>>1) ^ -int32(bits&1)
}

func (r *Reader) Sint64() int64 {
	bits := r.varint(10)
	return int64(bits>>1) ^ -int64(bits&1)
}

func (r *Reader) Fixed32() uint32 {
	if bytes := r.take(4); bytes != nil {
		return binary.LittleEndian.Uint32(bytes)
	}
	return 0
}

func (r *Reader) Fixed64() uint64 {
	if bytes := r.take(8); bytes != nil {
		return binary.LittleEndian.Uint64(bytes)
	}
	return 0
}

func (r *Reader) Sfixed32() int32 { return int32(r.Fixed32()) }
func (r *Reader) Sfixed64() int64 { return int64(r.Fixed64()) }
func (r *Reader) Float() float32  { return math.Float32frombits(r.Fixed32()) }
func (r *Reader) Double() float64 { return math.Float64frombits(r.Fixed64()) }

func (r *Reader) String() string {
	bytes := r.take(r.length())
	if !utf8.Valid(bytes) {
		r.fail(ErrInvalidUTF8)
		return ""
	}
	return string(bytes)
}

// Bytes is a copy.
func (r *Reader) Bytes() []byte { return append([]byte{}, r.take(r.length())...) }
