"""Varints, lengths and scalars: the bottom of the encoding."""

from __future__ import annotations

import struct
from typing import Any, Callable, Dict, NamedTuple, Tuple

VARINT, FIXED64, DELIMITED, START_GROUP, END_GROUP, FIXED32 = range(6)

GREATEST_LENGTH = (1 << 31) - 1
"""Of anything that has a length, in bytes."""
_ALL = (1 << 64) - 1


class WireError(ValueError):
    """Bytes that are no message."""


def read_varint(data: bytes, position: int, end: int, limit: int = 10) -> Tuple[int, int]:
    """A varint of at most `limit` bytes and where it ends. Bits beyond 64 are dropped."""
    if position < end and data[position] < 0x80:
        return data[position], position + 1
    value = shift = 0
    stop = min(end, position + limit)
    while position < stop:
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & _ALL, position
        shift += 7
    raise WireError("varint too long" if shift == 7 * limit else "truncated")


def read_tag(data: bytes, position: int, end: int) -> Tuple[int, int]:
    """The number of a field with its wire type, and where it ends."""
    tag, position = read_varint(data, position, end, 5)
    if tag >> 32:
        raise WireError("invalid tag")
    return tag, position


def read_length(data: bytes, position: int, end: int) -> Tuple[int, int]:
    """A length that fits before `end`, and where it ends."""
    if position < end and data[position] < 0x80:
        length = data[position]
        position += 1
    else:
        length, position = read_varint(data, position, end, 5)
    if length > GREATEST_LENGTH:
        raise WireError("length too great")
    if length > end - position:
        raise WireError("truncated")
    return length, position


def write_varint(out: bytearray, value: int) -> None:
    """Appends a number from 0 to 2^64 - 1."""
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)


def skip(data: bytes, position: int, end: int, tag: int, depth: int) -> int:
    """Where the field behind a tag of no interest ends."""
    if tag < 8:
        raise WireError("invalid tag")
    return skip_value(data, position, end, tag, depth)


def skip_value(data: bytes, position: int, end: int, tag: int, depth: int) -> int:
    """Like `skip`, whatever the number of the field is."""
    wire_type = tag & 7
    if wire_type == VARINT:
        return read_varint(data, position, end)[1]
    if wire_type == DELIMITED:
        length, position = read_length(data, position, end)
        return position + length
    if wire_type in (FIXED32, FIXED64):
        position += 4 if wire_type == FIXED32 else 8
        if position > end:
            raise WireError("truncated")
        return position
    if wire_type == START_GROUP:
        return _skip_group(data, position, end, tag >> 3, depth)
    raise WireError("unmatched group" if wire_type == END_GROUP else "invalid wire type")


def _skip_group(data: bytes, position: int, end: int, number: int, depth: int) -> int:
    if depth == 0:
        raise WireError("nesting too deep")
    while position < end:
        # As the reference parser has it, field number 0 is not looked for within a group.
        tag, position = read_tag(data, position, end)
        if tag & 7 == END_GROUP:
            if tag >> 3 != number:
                raise WireError("unmatched group")
            return position
        position = skip_value(data, position, end, tag, depth - 1)
    raise WireError("unmatched group")


class Scalar(NamedTuple):
    """How values of one scalar type are read and written."""

    wire_type: int
    default: Any
    read: Callable[[bytes, int, int], Tuple[Any, int]]
    write: Callable[[bytearray, Any], None]
    is_default: Callable[[Any], bool]
    order: Callable[[Any], Any]
    """What maps are sorted by, so that a message has one encoding."""


def _signed(value: int, bits: int) -> int:
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> (bits - 1) else value


def _zigzag(value: int) -> int:
    return value >> 1 ^ -(value & 1)


def _integer(least: int, greatest: int, of_wire: Callable[[int], int], to_wire: Callable[[int], int]) -> Scalar:
    def read(data: bytes, position: int, end: int) -> Tuple[int, int]:
        value, position = read_varint(data, position, end)
        return of_wire(value), position

    def write(out: bytearray, value: int) -> None:
        if not least <= value <= greatest:
            raise ValueError(f"{value} is not between {least} and {greatest}")
        write_varint(out, to_wire(value))

    return Scalar(VARINT, 0, read, write, lambda value: value == 0, int)


def _fixed(form: str, wire_type: int) -> Scalar:
    packing = struct.Struct(form)

    def read(data: bytes, position: int, end: int) -> Tuple[Any, int]:
        stop = position + packing.size
        if stop > end:
            raise WireError("truncated")
        return packing.unpack_from(data, position)[0], stop

    def write(out: bytearray, value: Any) -> None:
        try:
            out += packing.pack(value)
        except struct.error as error:
            raise ValueError(str(error)) from None

    zero = packing.unpack(bytes(packing.size))[0]
    # By the bytes: minus zero is not the default.
    return Scalar(
        wire_type, zero, read, write, lambda value: packing.pack(value) == bytes(packing.size), lambda key: key
    )


def _read_string(data: bytes, position: int, end: int) -> Tuple[str, int]:
    length, position = read_length(data, position, end)
    try:
        return data[position : position + length].decode("utf-8"), position + length
    except UnicodeDecodeError:
        raise WireError("invalid UTF-8") from None


def _read_bytes(data: bytes, position: int, end: int) -> Tuple[bytes, int]:
    length, position = read_length(data, position, end)
    return data[position : position + length], position + length


def _write_bytes(out: bytearray, value: Any) -> None:
    write_varint(out, len(value))
    out += value


def _read_bool(data: bytes, position: int, end: int) -> Tuple[bool, int]:
    value, position = read_varint(data, position, end)
    return value != 0, position


SCALARS: Dict[str, Scalar] = {
    "int32": _integer(-(1 << 31), (1 << 31) - 1, lambda value: _signed(value, 32), lambda value: value & _ALL),
    "int64": _integer(-(1 << 63), (1 << 63) - 1, lambda value: _signed(value, 64), lambda value: value & _ALL),
    "uint32": _integer(0, (1 << 32) - 1, lambda value: value & (1 << 32) - 1, lambda value: value),
    "uint64": _integer(0, _ALL, lambda value: value, lambda value: value),
    "sint32": _integer(
        -(1 << 31), (1 << 31) - 1, lambda value: _zigzag(value & (1 << 32) - 1), lambda value: value << 1 ^ value >> 31
    ),
    "sint64": _integer(-(1 << 63), (1 << 63) - 1, _zigzag, lambda value: value << 1 ^ value >> 63),
    "fixed32": _fixed("<I", FIXED32),
    "fixed64": _fixed("<Q", FIXED64),
    "sfixed32": _fixed("<i", FIXED32),
    "sfixed64": _fixed("<q", FIXED64),
    "float": _fixed("<f", FIXED32),
    "double": _fixed("<d", FIXED64),
    "bool": Scalar(VARINT, False, _read_bool, lambda out, value: out.append(bool(value)), lambda value: not value, int),
    "string": Scalar(
        DELIMITED,
        "",
        _read_string,
        lambda out, value: _write_bytes(out, value.encode("utf-8")),
        lambda value: value == "",
        lambda key: key.encode("utf-8"),
    ),
    "bytes": Scalar(DELIMITED, b"", _read_bytes, _write_bytes, lambda value: len(value) == 0, bytes),
}
