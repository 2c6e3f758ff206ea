"""The encoding of messages: proto3, with what protobuf's reference parser takes and refuses.

Generated classes name their fields in a table; everything else is here. Unknown fields are skipped and not kept.
"""

from __future__ import annotations

import enum
from typing import Any, Callable, ClassVar, Dict, List, NamedTuple, Optional, Tuple, Type, TypeVar

from .wire_values import DELIMITED, SCALARS, VARINT, read_length, read_tag, skip, skip_value, write_varint
from .wire_values import WireError as WireError

GREATEST_DEPTH = 100
"""How many levels of messages and groups may lie within each other."""

Reader = Callable[[Any, bytes, int, int, int], int]
Writer = Callable[[Any, bytearray], None]
Self = TypeVar("Self", bound="Message")


class OpenEnum(enum.IntEnum):
    """An enum that keeps numbers that have no name, such as those of a newer server."""

    @classmethod
    def _missing_(cls, value: object) -> Any:
        if not isinstance(value, int) or not -(1 << 31) <= value < 1 << 31:
            return None
        member = int.__new__(cls, value)
        member._name_ = str(value)
        member._value_ = value
        return member


class Field(NamedTuple):
    """A field of a message, as the generated code describes it."""

    name: str
    """The attribute."""
    number: int
    type: str
    """A scalar's name, "enum" or "message"."""
    shape: str = "single"
    """"single", "optional" (with presence), "repeated", "packed" or "map"."""
    of: Optional[Callable[[], Any]] = None
    """The class of an enum or message, of a map's values too."""
    key: str = ""
    """The type of a map's keys."""
    oneof: str = ""
    """The name of the oneof that it is a member of."""


class Message:
    """A message. Compared by its fields; made with `Class(field=value)`; fields left out are at their default."""

    __slots__ = ()
    full_name: ClassVar[str]
    fields: ClassVar[Tuple[Field, ...]]
    _readers: ClassVar[Optional[Dict[int, Reader]]] = None
    _writers: ClassVar[Optional[List[Writer]]] = None

    def encode(self) -> bytes:
        """The message's bytes. Raises `ValueError` or `TypeError` when a field holds what its type cannot."""
        out = bytearray()
        _write(self, out)
        return bytes(out)

    @classmethod
    def decode(cls: Type[Self], data: bytes) -> Self:
        """Reads a message; raises `WireError` when the bytes are none."""
        message = cls()
        try:
            _merge(message, data, 0, len(data), GREATEST_DEPTH)
        except IndexError:
            raise WireError("truncated") from None
        return message

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return all(getattr(self, field.name) == getattr(other, field.name) for field in self.fields)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        shown = []
        for field in self.fields:
            value = getattr(self, field.name)
            if value or (field.shape == "optional" and value is not None):
                shown.append(f"{field.name}={value!r}")
        return f"{type(self).__name__}({', '.join(shown)})"


# --- Reading


def _merge(message: Any, data: bytes, position: int, end: int, depth: int) -> None:
    readers = type(message)._readers
    if readers is None:
        readers = _compile_readers(type(message))
    while position < end:
        tag = data[position]
        if tag < 0x80:
            position += 1
        else:
            tag, position = read_tag(data, position, end)
        reader = readers.get(tag)
        if reader is not None:
            position = reader(message, data, position, end, depth)
        elif readers:
            position = skip(data, position, end, tag, depth)
        else:
            # As the reference parser has it, field number 0 is not looked for in a message without fields.
            position = skip_value(data, position, end, tag, depth)
    if position > end:
        raise WireError("truncated")


def _enter(message: Any, data: bytes, position: int, end: int, depth: int) -> int:
    length, position = read_length(data, position, end)
    if depth == 0:
        raise WireError("nesting too deep")
    _merge(message, data, position, position + length, depth - 1)
    return position + length


def _compile_readers(cls: Type[Message]) -> Dict[int, Reader]:
    readers: Dict[int, Reader] = {}
    for field in cls.fields:
        others = tuple(
            each.name for each in cls.fields if field.oneof and each.oneof == field.oneof and each is not field
        )
        if field.shape == "map":
            readers[field.number << 3 | DELIMITED] = _map_reader(field)
        elif field.type == "message":
            readers[field.number << 3 | DELIMITED] = _message_reader(field, others)
        else:
            wire_type = VARINT if field.type == "enum" else SCALARS[field.type].wire_type
            read = _value_reader(field.type, field.of)
            repeated = field.shape in ("repeated", "packed")
            readers[field.number << 3 | wire_type] = (
                _appending(field.name, read) if repeated else _setting(field.name, read, others)
            )
            if repeated and wire_type != DELIMITED:
                readers[field.number << 3 | DELIMITED] = _packed_reader(field.name, read)
    cls._readers = readers
    return readers


def _value_reader(type_name: str, of: Optional[Callable[[], Any]]) -> Callable[[bytes, int, int], Tuple[Any, int]]:
    if type_name != "enum":
        return SCALARS[type_name].read
    assert of is not None
    read_number, enumeration = SCALARS["int32"].read, of()

    def read(data: bytes, position: int, end: int) -> Tuple[Any, int]:
        number, position = read_number(data, position, end)
        return enumeration(number), position

    return read


def _setting(name: str, read: Any, others: Tuple[str, ...]) -> Reader:
    def reader(message: Any, data: bytes, position: int, end: int, depth: int) -> int:
        value, position = read(data, position, end)
        setattr(message, name, value)
        for other in others:
            setattr(message, other, None)
        return int(position)

    return reader


def _appending(name: str, read: Any) -> Reader:
    def reader(message: Any, data: bytes, position: int, end: int, depth: int) -> int:
        value, position = read(data, position, end)
        getattr(message, name).append(value)
        return int(position)

    return reader


def _packed_reader(name: str, read: Any) -> Reader:
    def reader(message: Any, data: bytes, position: int, end: int, depth: int) -> int:
        length, position = read_length(data, position, end)
        stop = position + length
        values = getattr(message, name)
        while position < stop:
            value, position = read(data, position, stop)
            values.append(value)
        if position > stop:
            raise WireError("truncated")
        return position

    return reader


def _message_reader(field: Field, others: Tuple[str, ...]) -> Reader:
    assert field.of is not None
    name, cls = field.name, field.of()

    def single(message: Any, data: bytes, position: int, end: int, depth: int) -> int:
        value = getattr(message, name)
        if value is None:
            value = cls()
        position = _enter(value, data, position, end, depth)
        setattr(message, name, value)
        for other in others:
            setattr(message, other, None)
        return position

    def repeated(message: Any, data: bytes, position: int, end: int, depth: int) -> int:
        value = cls()
        position = _enter(value, data, position, end, depth)
        getattr(message, name).append(value)
        return position

    return repeated if field.shape == "repeated" else single


def _map_reader(field: Field) -> Reader:
    name, key_scalar = field.name, SCALARS[field.key]
    key_tag = 1 << 3 | key_scalar.wire_type
    value_tag = 2 << 3 | _wire_type(field)
    is_message = field.type == "message"
    read_value = None if is_message else _value_reader(field.type, field.of)

    def initial() -> Any:
        if field.of is None:
            return SCALARS[field.type].default
        return field.of()() if is_message else field.of()(0)

    def reader(message: Any, data: bytes, position: int, end: int, depth: int) -> int:
        length, position = read_length(data, position, end)
        if depth == 0:
            raise WireError("nesting too deep")
        stop = position + length
        key, value, is_known = key_scalar.default, initial(), True
        while position < stop:
            tag, position = read_tag(data, position, stop)
            if tag == key_tag:
                key, position = key_scalar.read(data, position, stop)
            elif tag == value_tag and is_message:
                position = _enter(value, data, position, stop, depth - 1)
            elif tag == value_tag and read_value is not None:
                value, position = read_value(data, position, stop)
            else:
                # As the reference parser has it, an entry with more in it than key and value is unknown as a whole.
                position, is_known = skip(data, position, stop, tag, depth - 1), False
        if position > stop:
            raise WireError("truncated")
        if is_known:
            getattr(message, name)[key] = value
        return position

    return reader


# --- Writing


def _write(message: Any, out: bytearray) -> None:
    writers = type(message)._writers
    if writers is None:
        writers = _compile_writers(type(message))
    for writer in writers:
        writer(message, out)


def _compile_writers(cls: Type[Message]) -> List[Writer]:
    cls._writers = [_writer(field) for field in sorted(cls.fields, key=lambda field: field.number)]
    return cls._writers


def _wire_type(field: Field) -> int:
    if field.type == "message":
        return DELIMITED
    return VARINT if field.type == "enum" else SCALARS[field.type].wire_type


def _writer(field: Field) -> Writer:
    name, shape = field.name, field.shape
    tag = bytearray()
    write_varint(tag, field.number << 3 | (DELIMITED if shape in ("packed", "map") else _wire_type(field)))
    write = _write_nested if field.type == "message" else SCALARS["int32" if field.type == "enum" else field.type].write
    is_default = (
        SCALARS["int32" if field.type == "enum" else field.type].is_default if field.type != "message" else None
    )

    def single(message: Any, out: bytearray) -> None:
        value = getattr(message, name)
        if value is not None and (is_default is None or not is_default(value)):
            out += tag
            write(out, value)

    def optional(message: Any, out: bytearray) -> None:
        value = getattr(message, name)
        if value is not None:
            out += tag
            write(out, value)

    def repeated(message: Any, out: bytearray) -> None:
        for value in getattr(message, name):
            out += tag
            write(out, value)

    def packed(message: Any, out: bytearray) -> None:
        values = getattr(message, name)
        if values:
            body = bytearray()
            for value in values:
                write(body, value)
            out += tag
            write_varint(out, len(body))
            out += body

    def entries(message: Any, out: bytearray) -> None:
        key_scalar = SCALARS[field.key]
        for key, value in sorted(getattr(message, name).items(), key=lambda entry: key_scalar.order(entry[0])):
            body = bytearray([1 << 3 | key_scalar.wire_type])
            key_scalar.write(body, key)
            body.append(2 << 3 | _wire_type(field))
            write(body, value)
            out += tag
            write_varint(out, len(body))
            out += body

    return {"single": single, "optional": optional, "repeated": repeated, "packed": packed, "map": entries}[shape]


def _write_nested(out: bytearray, message: Message) -> None:
    body = bytearray()
    _write(message, body)
    write_varint(out, len(body))
    out += body
