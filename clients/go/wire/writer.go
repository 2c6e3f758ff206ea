package wire

import (
	"encoding/binary"
	"math"
	"unicode/utf8"
)

// Encode gives a message's bytes. The only error is a string that is not UTF-8.
func Encode(message Message) ([]byte, error) {
	return Append(nil, message)
}

// Append puts a message's bytes behind others.
func Append(bytes []byte, message Message) ([]byte, error) {
	w := Writer{bytes: bytes}
	message.AppendWire(&w)
	return w.bytes, w.err
}

// Writer has bytes in the making. The first error counts.
type Writer struct {
	bytes []byte
	err   error
}

func (w *Writer) varint(value uint64) {
	for value > 0x7f {
		w.bytes = append(w.bytes, byte(value)|0x80)
		value >>= 7
	}
	w.bytes = append(w.bytes, byte(value))
}

// Tag writes the number of a field with its wire type.
func (w *Writer) Tag(tag uint32) { w.varint(uint64(tag)) }

// Delimited writes a length and what `body` writes.
func (w *Writer) Delimited(body func()) {
	start := len(w.bytes)
	body()
	var head [binary.MaxVarintLen64]byte
	count := binary.PutUvarint(head[:], uint64(len(w.bytes)-start))
	w.bytes = append(w.bytes, head[:count]...)
	copy(w.bytes[start+count:], w.bytes[start:])
	copy(w.bytes[start:], head[:count])
}

// Message writes a message with its length.
func (w *Writer) Message(message Message) { w.Delimited(func() { message.AppendWire(w) }) }

// The scalar types.

func (w *Writer) Int32(value int32)    { w.varint(uint64(int64(value))) }
func (w *Writer) Int64(value int64)    { w.varint(uint64(value)) }
func (w *Writer) Uint32(value uint32)  { w.varint(uint64(value)) }
func (w *Writer) Uint64(value uint64)  { w.varint(value) }
func (w *Writer) Sint32(value int32)   { w.varint(uint64(uint32(value)<<1 ^ uint32(value>>31))) }
func (w *Writer) Sint64(value int64)   { w.varint(uint64(value)<<1 ^ uint64(value>>63)) }
func (w *Writer) Fixed32(value uint32) { w.bytes = binary.LittleEndian.AppendUint32(w.bytes, value) }
func (w *Writer) Fixed64(value uint64) { w.bytes = binary.LittleEndian.AppendUint64(w.bytes, value) }
func (w *Writer) Sfixed32(value int32) { w.Fixed32(uint32(value)) }
func (w *Writer) Sfixed64(value int64) { w.Fixed64(uint64(value)) }
func (w *Writer) Float(value float32)  { w.Fixed32(math.Float32bits(value)) }
func (w *Writer) Double(value float64) { w.Fixed64(math.Float64bits(value)) }
func (w *Writer) Bytes(value []byte) {
	w.varint(uint64(len(value)))
	w.bytes = append(w.bytes, value...)
}

func (w *Writer) Bool(value bool) {
	if value {
		w.bytes = append(w.bytes, 1)
	} else {
		w.bytes = append(w.bytes, 0)
	}
}

func (w *Writer) String(value string) {
	if w.err == nil && !utf8.ValidString(value) {
		w.err = ErrInvalidUTF8
	}
	w.varint(uint64(len(value)))
	w.bytes = append(w.bytes, value...)
}
