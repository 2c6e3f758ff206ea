#!/usr/bin/env python3
"""Holds our protobuf decoder against upb, protobuf's reference parser.

Makes random messages of every committed proto file and of conformance.proto, mutates their bytes, and gives each case to
both parsers: they have to agree on whether it is a message, and on its canonical encoding (unknown fields dropped, maps in
order). A sample goes through `protoc --decode` and `--encode` as well.

Needs the package `protobuf` (upb) and `protoc`:

    python3 -m venv VENV && VENV/bin/pip install protobuf
    swift build -c release --product WireRoundtrip
    VENV/bin/python Tests/WireRoundtripTests/differential.py --count 20000 --driver .build/release/WireRoundtrip

Exits with 1 and prints the cases when the parsers differ. `--write-corpus FILE` keeps cases for the replay in `swift test`.
"""

import argparse
import collections
import os
import random
import struct
import subprocess
import sys
import tempfile

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.internal import api_implementation
from google.protobuf.message import DecodeError

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PROTO_FOLDERS = [os.path.join(ROOT, "proto"), os.path.join(ROOT, "Tests", "WireRoundtrip", "proto")]

VARINT, FIXED64, DELIMITED, START_GROUP, END_GROUP, FIXED32 = range(6)


# --- Schema -----------------------------------------------------------------------------------------------------------


def proto_files():
    for folder in PROTO_FOLDERS:
        for parent, _, names in sorted(os.walk(folder)):
            for name in sorted(names):
                if name.endswith(".proto"):
                    yield os.path.relpath(os.path.join(parent, name), folder)


def load_messages(protoc):
    """The message classes by full name, those of map entries left out."""
    folders = [f"-I{folder}" for folder in PROTO_FOLDERS]
    files = descriptor_pb2.FileDescriptorSet()
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "descriptors")
        command = [protoc, *folders, f"--descriptor_set_out={path}", "--include_imports", *proto_files()]
        subprocess.run(command, check=True)
        with open(path, "rb") as file:
            files.ParseFromString(file.read())
    pool = descriptor_pool.DescriptorPool()
    for file in files.file:
        pool.Add(file)
    classes = {}

    def add(descriptor):
        if not descriptor.GetOptions().map_entry:
            classes[descriptor.full_name] = message_factory.GetMessageClass(descriptor)
        for nested in descriptor.nested_types:
            add(nested)

    for file in files.file:
        for message in pool.FindFileByName(file.name).message_types_by_name.values():
            add(message)
    return classes


# --- The wire ---------------------------------------------------------------------------------------------------------


def varint(value, padding=0):
    """`padding` bytes longer than it needs to be."""
    value &= (1 << 70) - 1
    out = bytearray()
    while True:
        byte = value & 0x7F
        value >>= 7
        if value:
            out.append(byte | 0x80)
            continue
        if padding == 0:
            out.append(byte)
            return bytes(out)
        out.append(byte | 0x80)
        out += b"\x80" * (padding - 1) + b"\x00"
        return bytes(out)


def tag(number, kind):
    return varint(number << 3 | kind)


def delimited(number, body):
    return tag(number, DELIMITED) + varint(len(body)) + body


def read_varint(data, at):
    value = shift = 0
    while at < len(data) and shift < 70:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at += 1
        shift += 7
        if byte < 0x80:
            return value, at
    return None, at


def records(data):
    """The fields of a message, as far as it is one: (start, end of tag, start of value, end, number, type)."""
    found = []
    at = 0
    while at < len(data):
        raw, after_tag = read_varint(data, at)
        if raw is None or raw >> 3 == 0:
            break
        kind, value = raw & 7, after_tag
        if kind == VARINT:
            _, end = read_varint(data, value)
        elif kind == FIXED64:
            end = value + 8
        elif kind == FIXED32:
            end = value + 4
        elif kind == DELIMITED:
            length, value = read_varint(data, value)
            if length is None:
                break
            end = value + length
        else:
            break
        if end > len(data):
            break
        found.append((at, after_tag, value, end, raw >> 3, kind))
        at = end
    return found


# --- Making cases -----------------------------------------------------------------------------------------------------

TEXTS = [
    "", "a", "0", "eipe155", "customer", "\0", "\u00e9", "e\u0301", "\uffff", "\U0001f600", "\U0010ffff", "\u4e2d\u6587",
    "a" * 15, "a" * 16, "a" * 127, "a" * 128, "\u00e9" * 8, "x" * 300, "abcdefgh\u00e9", "abcdefg\u00e9h",
]
BAD_TEXTS = [
    b"\x80", b"\xff", b"\xc0\x80", b"\xc1\xbf", b"\xe0\x80\x80", b"\xe0\x9f\xbf", b"\xed\xa0\x80", b"\xed\xbf\xbf",
    b"\xf0\x80\x80\x80", b"\xf0\x8f\xbf\xbf", b"\xf4\x90\x80\x80", b"\xf5\x80\x80\x80", b"\xc3", b"\xe4\xb8", b"\xf0\x9f\x98",
    b"aaaaaaa\x80", b"aaaaaaaa\xc3", b"aaaaaaaaaaaaaaaa\xff", b"a" * 200 + b"\xed\xa0\x80", b"\xc3a", b"\xe4\xb8a",
]
INTEGERS = [0, 1, 2, 127, 128, 255, 256, 16383, 16384, 2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**63 - 1, 2**63, 2**64 - 1]

WIRE_TYPES = {
    1: FIXED64, 2: FIXED32, 3: VARINT, 4: VARINT, 5: VARINT, 6: FIXED64, 7: FIXED32, 8: VARINT, 9: DELIMITED,
    11: DELIMITED, 12: DELIMITED, 13: VARINT, 14: VARINT, 15: FIXED32, 16: FIXED64, 17: VARINT, 18: VARINT,
}


class Maker:
    """Makes cases for one message type after another. `wildness` is how likely each detail is to be odd."""

    def __init__(self, chance, wildness):
        self.chance = chance
        self.wildness = wildness

    def odd(self):
        return self.chance.random() < self.wildness

    def integer(self):
        if self.chance.random() < 0.5:
            return self.chance.choice(INTEGERS)
        return self.chance.getrandbits(self.chance.choice([3, 7, 8, 14, 31, 32, 33, 63, 64]))

    def varint(self):
        if self.odd():
            return varint(self.chance.getrandbits(70), self.chance.choice([0, 0, 1, 2]))
        padding = self.chance.choice([1, 2, 3, 8]) if self.odd() else 0
        return varint(self.integer(), padding)

    def length(self, body):
        if not self.odd():
            return varint(len(body))
        choice = self.chance.randrange(4)
        if choice == 0:
            return varint(max(0, len(body) + self.chance.choice([-2, -1, 1, 2, 100])))
        if choice == 1:
            return varint(self.chance.choice([2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**63, 2**64 - 1]))
        return varint(len(body), self.chance.choice([1, 2, 3, 4, 5, 9]))

    def tag(self, number, kind):
        padding = self.chance.choice([1, 2, 3, 4, 5]) if self.odd() else 0
        if self.odd():
            kind = self.chance.randrange(8)
        return varint(number << 3 | kind, padding)

    def text(self):
        if self.odd():
            return self.chance.choice(BAD_TEXTS)
        return self.chance.choice(TEXTS).encode()

    def scalar(self, kind):
        """The value of a field that is no message, without tag, by its wire type."""
        if kind == VARINT:
            return self.varint()
        size = 8 if kind == FIXED64 else 4
        special = [b"\0" * size, b"\0" * (size - 1) + b"\x80", b"\xff" * size, b"\0" * (size - 2) + b"\xf0\x7f"]
        return self.chance.choice(special) if self.chance.random() < 0.4 else self.chance.randbytes(size)

    def unknown(self, depth):
        number = self.chance.choice([1, 2, 15, 16, 99, 2047, 2048, 100000, 2**29 - 1, self.chance.randrange(1, 40)])
        kind = self.chance.choice([VARINT, FIXED64, DELIMITED, START_GROUP, FIXED32])
        head = self.tag(number, kind)
        if kind == START_GROUP:
            body = b"".join(self.unknown(depth - 1) for _ in range(self.chance.randrange(3))) if depth > 0 else b""
            end = number + 1 if self.odd() else number
            return head + body + (b"" if self.odd() else self.tag(end, END_GROUP))
        if kind == DELIMITED:
            body = self.text()
            return head + self.length(body) + body
        return head + self.scalar(kind)

    def field(self, field, depth):
        kind = WIRE_TYPES[field.type]
        if self.odd():
            return self.tag(field.number, kind) + self.chance.randbytes(self.chance.randrange(4))
        if field.message_type is not None:
            if depth <= 0:
                return b""
            entry = field.message_type.GetOptions().map_entry
            body = self.entry(field.message_type, depth - 1) if entry else self.message(field.message_type, depth - 1)
            return self.tag(field.number, DELIMITED) + self.length(body) + body
        if kind == DELIMITED:
            body = self.text() if field.type == 9 else self.chance.randbytes(self.chance.choice([0, 1, 5, 130]))
            return self.tag(field.number, DELIMITED) + self.length(body) + body
        if field.is_repeated and self.chance.random() < 0.6:
            body = b"".join(self.scalar(kind) for _ in range(self.chance.choice([0, 1, 2, 5, 40])))
            if self.odd():
                body = body[: len(body) - 1]
            return self.tag(field.number, DELIMITED) + self.length(body) + body
        return self.tag(field.number, kind) + self.scalar(kind)

    def entry(self, descriptor, depth):
        parts = [self.field(field, depth) for field in descriptor.fields if self.chance.random() < 0.85]
        if self.odd():
            parts += [self.field(field, depth) for field in descriptor.fields]
        if self.odd():
            parts.append(self.unknown(2))
        if self.odd():
            self.chance.shuffle(parts)
        return b"".join(parts)

    def message(self, descriptor, depth):
        parts = []
        fields = list(descriptor.fields)
        for _ in range(self.chance.choice([0, 1, 1, 2, 3, 5, 8])):
            if fields and self.chance.random() < 0.93:
                parts.append(self.field(self.chance.choice(fields), depth))
            else:
                parts.append(self.unknown(3))
        return b"".join(parts)


def mutate(chance, data, others):
    """One odd change to the bytes of a message."""
    data = bytearray(data)
    choice = chance.randrange(10)
    at = chance.randrange(len(data)) if data else 0
    if choice == 0 and data:
        data[at] ^= 1 << chance.randrange(8)
    elif choice == 1 and data:
        data[at] = chance.choice([0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256)])
    elif choice == 2:
        del data[at:]
    elif choice == 3 and data:
        del data[at : at + chance.choice([1, 1, 2, 4, 8])]
    elif choice == 4:
        data[at:at] = chance.randbytes(chance.choice([1, 1, 2, 5]))
    elif choice == 5:
        other = chance.choice(others)
        data[at:] = other[chance.randrange(len(other)) if other else 0 :]
    else:
        return mutate_record(chance, bytes(data), choice)
    return bytes(data)


def mutate_record(chance, data, choice):
    found = records(data)
    if not found:
        return data
    start, after_tag, value, end, number, kind = chance.choice(found)
    if kind == DELIMITED and chance.random() < 0.5:
        inner = mutate_record(chance, data[value:end], choice)
        return data[:start] + data[start:after_tag] + varint(len(inner)) + inner + data[end:]
    if choice == 6:  # the length, or the varint, longer than it needs to be
        whole, after = read_varint(data, after_tag)
        if kind in (VARINT, DELIMITED) and whole is not None:
            return data[:after_tag] + varint(whole, chance.randrange(1, 10)) + data[after:]
        return data
    if choice == 7:  # another tag
        new = chance.choice(
            [tag(number, chance.randrange(8)), tag(chance.randrange(1, 24), kind), varint(number << 3 | kind, 3), b"\0"]
        )
        return data[:start] + new + data[after_tag:]
    if choice == 8:  # the field twice
        return data[:end] + data[start:end] + data[end:]
    if choice == 9:  # within a group
        group = chance.choice([number, 3, 2**29 - 1])
        return data[:start] + tag(group, START_GROUP) + data[start:end] + tag(group, END_GROUP) + data[end:]
    return data


def nested_cases(chance):
    """Messages, map entries and groups within each other around the limit of 100."""
    cases = []
    for depth in (98, 99, 100, 101, 102):
        for _ in range(40):
            kinds = chance.choice([[2], [3], [5], [4], ["g"], [2, 3, 5], [2, 4], [2, "g"], [2, 3, 4, 5, "g"]])
            inner = chance.choice([b"", b"\x0a\x01a", b"\x38\x01", b"\x9b\x06\x9c\x06", b"\x0a\x01\xff"])
            levels = 0
            while levels < depth:
                kind = chance.choice(kinds)
                # Whatever lies within a group is not looked at: once inside, only groups count.
                if kind == "g":
                    inner = tag(99, START_GROUP) + (inner if chance.random() < 0.5 else b"") + tag(99, END_GROUP)
                    levels += 1
                elif kind == 4:
                    inner = delimited(4, delimited(1, b"k") + delimited(2, inner))
                    levels += 2
                else:
                    inner = delimited(kind, inner)
                    levels += 1
            cases.append(("conformance.Node", inner))
            even = b""
            for level in range(depth):
                even = delimited(1, even) + b"\x10\x01"
            cases.append(("conformance.Even", even))
    for depth in (99, 100, 101):
        cases.append(("conformance.Empty", tag(1, START_GROUP) * depth + tag(1, END_GROUP) * depth))
    return cases


def chosen_cases():
    """One case for each rule that random bytes seldom meet."""
    full = b"\xff" * 9
    cases = []
    for name in ("conformance.Scalars", "conformance.Empty"):
        for number, kind, values in [
            (6, VARINT, [full + b"\x01", full + b"\x02", full + b"\x7f", full + b"\x80\x00", full, b"\x80", b"\x80" * 9 + b"\x02"]),
            (13, VARINT, [b"\x02", b"\x80\x80\x80\x80\x10", b"\x80" * 9 + b"\x01", b"\x80" * 9 + b"\x02", b"\x80\x00"]),
            (7, VARINT, [b"\x81\x80\x80\x80\x30", b"\xff\xff\xff\xff\x0f", b"\xff\xff\xff\xff\x1f"]),
            (3, VARINT, [b"\xff\xff\xff\xff\x0f", full + b"\x01", b"\x80\x80\x80\x80\x08"]),
            (16, VARINT, [full + b"\x01", b"\xff\xff\xff\xff\x07", b"\x07"]),
            (14, DELIMITED, [b"\x81\x80\x80\x80\x00a", b"\x81\x80\x80\x80\x80\x00a", b"\x81\x80\x80\x80\x10a", b"\xff\xff\xff\xff\x07a"]),
            (14, DELIMITED, [b"\x80\x80\x80\x80\x08", b"\x81" + b"\x80" * 8 + b"\x00a", b"\x02a", b"\x81", b""]),
            (17, DELIMITED, [b"\x02\x7b\x7c", b"\x01\x7b\x7c", b"\x03\x08\x96\x01", b"\x02\x08\x96\x01", b"\x01\x0d\0\0\0\0"]),
            (9, FIXED32, [b"\0\0\0", b"\0\0\0\x80", b""]),
            (2, FIXED32, [b"\0\0\0\x80", b"\0\0\xc0\x7f", b"\x01\0\x80\x7f"]),
            (1, FIXED64, [b"\0" * 7, b"\0" * 7 + b"\x80", b"\1" + b"\0" * 5 + b"\xf0\x7f"]),
            (20, START_GROUP, [b"", tag(20, END_GROUP), tag(21, END_GROUP), b"\x08\x01" + tag(20, END_GROUP), b"\x0e", b"\x08", b"\0"]),
            (20, END_GROUP, [b""]),
            (20, 6, [b"", b"\0"]),
            (20, 7, [b"", b"\0"]),
            (0, VARINT, [b"\0"]),
            (2**29 - 1, VARINT, [b"\1"]),
        ]:
            for value in values:
                cases.append((name, tag(number, kind) + value))
                cases.append((name, delimited(17, tag(number, kind) + value)))
        for raw in [
            b"\x98\x80\x80\x80\x00\x05", b"\x98\x80\x80\x80\x80\x00\x05", b"\xf8\xff\xff\xff\x0f\x05", b"\x98\x80\x80\x80\x10\x05",
            b"\x98\x80\x80\x80\x70\x05", b"\x80\x00\x05", b"\x98", b"\x98\x80\x80\x80\x80", b"\x80\x80\x80\x80\x80\x80",
            # Field number 0: upb looks at it only where it looks a field up.
            b"\0\0", b"\1" + b"\0" * 8, b"\2\0", b"\3\4", b"\4", b"\5\0\0\0\0", b"\6", b"\0",
            b"\x0b\0\0\x0c", b"\x0b\2\0\x0c", b"\x0b\3\4\x0c", b"\x0b\4\x0c", b"\x0b\3\x0c\4", b"\x0b\6\x0c",
        ]:
            cases.append((name, raw))
        for text in BAD_TEXTS + [text.encode() for text in TEXTS]:
            cases.append((name, delimited(14, text)))
            cases.append((name, delimited(15, text)))
            cases.append((name, delimited(17, delimited(14, text))))
            cases.append(("conformance.Maps", delimited(12, delimited(1, text))))
            cases.append(("conformance.Maps", delimited(34, delimited(2, text))))
            cases.append(("conformance.Maps", delimited(35, delimited(2, text))))
            cases.append(("conformance.Packed", delimited(14, text)))
            cases.append(("conformance.Choices", delimited(14, text)))
            cases.append(("gatehouse.v1.CreateCustomerRequest", delimited(1, text) + delimited(3, delimited(1, text) + delimited(2, text))))
    maps = "conformance.Maps"
    key, value = delimited(1, b"k"), b"\x10\x07"
    for entry in [
        b"", key, value, key + value, value + key, key + value + b"\x18\x01", key + b"\x12\x00", b"\x08\x01" + value, key + key + value + b"\x10\x08",
        key + value + b"\x1b\x1c", b"\x18\x01", key + b"\x15\0\0\0\0",
    ]:
        cases.append((maps, delimited(12, entry)))
        cases.append((maps, delimited(12, key + value) + delimited(12, entry)))
    for first, second in [(b"\x18\x01", b"\x20\x02"), (b"\x18\x01", b"\x18\x02"), (b"\x72\x01a", b""), (b"", b"")]:
        scalar = delimited(37, key + delimited(2, first) + delimited(2, second))
        cases.append((maps, scalar))
        cases.append((maps, delimited(37, key + delimited(2, first)) + delimited(37, key + delimited(2, second))))
        cases.append(("conformance.Scalars", delimited(17, first) + delimited(17, second)))
        cases.append(("conformance.Choices", delimited(17, first) + delimited(17, second)))
        cases.append(("conformance.Choices", delimited(17, first) + b"\x18\x05" + delimited(17, second)))
        cases.append(("conformance.Choices", delimited(17, first) + delimited(19, b"") + delimited(18, delimited(17, second))))
        cases.append(("conformance.Choices", delimited(3000, b"") + b"\xa0\x01\x00" + b"\xa8\x01\x05" + delimited(22, b"")))
    cases.append((maps, delimited(12, delimited(1, "\u00e9".encode()) + value) + delimited(12, delimited(1, "e\u0301".encode()) + value)))
    for count in (31, 32, 33, 70):
        forwards = [delimited(12, delimited(1, b"%d" % index) + value) for index in range(count)]
        cases.append((maps, b"".join(forwards)))
        cases.append((maps, b"".join(reversed(forwards)) + forwards[5]))
        signed = [delimited(1, tag(1, VARINT) + varint((index * 7919 % 97 - 48) & (2**64 - 1)) + value) for index in range(count)]
        cases.append((maps, b"".join(signed)))
    for packed in [b"\x01\x02", b"\x01\x82", b"\x82\x01", b"", b"\x80" * 10, full + b"\x01", full + b"\x7f", full + b"\x80\x00"]:
        cases.append(("conformance.Packed", delimited(3, packed) + b"\x18\x09"))
        cases.append(("conformance.Unpacked", delimited(3, packed) + b"\x18\x09"))
        cases.append(("conformance.Packed", delimited(16, packed)))
    for size in (3, 4, 5, 7, 8, 9, 12):
        cases.append(("conformance.Packed", delimited(9, b"\1" * size)))
        cases.append(("conformance.Packed", delimited(10, b"\1" * size)))
    return cases


def random_cases(classes, count, seed):
    """Yields (name, bytes): messages as they should be, odd ones, and mutations of both."""
    chance = random.Random(seed)
    names = sorted(classes)
    # The committed messages and the ones made to be hard, in equal parts.
    weights = [len(names) / 12 if name.startswith("conformance.") else 1 for name in names]
    kept = collections.defaultdict(lambda: collections.deque([b""], maxlen=50))
    made = 0
    while made < count:
        name = chance.choices(names, weights)[0]
        maker = Maker(chance, chance.choice([0, 0, 0.005, 0.02, 0.1]))
        data = maker.message(classes[name].DESCRIPTOR, chance.choice([1, 2, 3, 4]))[:4000]
        yield name, data
        made += 1
        for _ in range(chance.choice([1, 3, 6])):
            mutated = data
            for _ in range(chance.choice([1, 1, 1, 2, 4])):
                mutated = mutate(chance, mutated, kept[name])
            yield name, mutated[:4000]
            made += 1
        kept[name].append(data)


# --- Judging ----------------------------------------------------------------------------------------------------------


class Reference:
    """What upb says of bytes: their canonical encoding, or None when it refuses them.

    Canonical is: known fields in the order of their numbers, map entries in the order of their keys. upb's own order of
    keys is another one, the same for the same map but in no sense ascending, and it drops unknown fields only to a certain
    depth. So where a message has maps, or can be deep, its output is put right here.
    """

    def __init__(self, classes):
        self.classes = classes
        self.plain = {name for name in classes if self.is_plain(classes[name].DESCRIPTOR, [])}

    def is_plain(self, descriptor, parents):
        if descriptor in parents or descriptor.GetOptions().map_entry:
            return False
        nested = [field.message_type for field in descriptor.fields if field.message_type is not None]
        return all(self.is_plain(message, parents + [descriptor]) for message in nested)

    def encoding(self, name, data):
        message = self.classes[name]()
        try:
            message.ParseFromString(data)
        except DecodeError:
            return None
        message.DiscardUnknownFields()
        encoded = message.SerializeToString(deterministic=True)
        return encoded if name in self.plain else self.canonical(message.DESCRIPTOR, encoded)

    def stays(self, name, data):
        """Whether the outcome stays the same when a proto file gets further fields: conformance.proto never does, in the
        others what is unknown today may be known tomorrow."""
        if name.startswith("conformance."):
            return True
        message = self.classes[name]()
        try:
            message.ParseFromString(data)
        except DecodeError:
            return True
        whole = message.ByteSize()
        message.DiscardUnknownFields()
        return message.ByteSize() == whole

    def canonical(self, descriptor, data):
        """The same message, from upb's encoding of it."""
        fields = descriptor.fields_by_number
        out = []
        entries = collections.defaultdict(list)
        at = 0
        while at < len(data):
            start = at
            raw, at = read_varint(data, at)
            field = fields.get(raw >> 3)
            if raw & 7 == START_GROUP:
                at = skip_group(data, at)
                continue
            body, at = read_value(data, at, raw & 7)
            if field is None:
                continue
            if field.message_type is None:
                out.append((raw >> 3, data[start:at]))
                continue
            body = self.canonical(field.message_type, body)
            record = delimited(raw >> 3, body)
            if field.message_type.GetOptions().map_entry:
                entries[raw >> 3].append((map_key(field.message_type, body), record))
            else:
                out.append((raw >> 3, record))
        for number, pairs in entries.items():
            out += [(number, record) for _, record in sorted(pairs)]
        return b"".join(record for _, record in sorted(out, key=lambda pair: pair[0]))


def read_value(data, at, kind):
    if kind == VARINT:
        return read_varint(data, at)
    if kind == DELIMITED:
        length, at = read_varint(data, at)
        return data[at : at + length], at + length
    size = 8 if kind == FIXED64 else 4
    return data[at : at + size], at + size


def skip_group(data, at):
    """From behind the tag that begins a group to behind the one that ends it."""
    while True:
        raw, at = read_varint(data, at)
        if raw & 7 == END_GROUP:
            return at
        if raw & 7 == START_GROUP:
            at = skip_group(data, at)
        else:
            _, at = read_value(data, at, raw & 7)


def map_key(descriptor, entry):
    """What an entry, as upb writes it, is sorted by."""
    key = descriptor.fields_by_number[1]
    _, at = read_varint(entry, 0)
    value, _ = read_value(entry, at, WIRE_TYPES[key.type])
    if key.type in (9,):
        return value
    if key.type in (6, 7, 15, 16):
        return int.from_bytes(value, "little", signed=key.type in (15, 16))
    if key.type in (3, 5):
        return value - (1 << 64) if value >> 63 else value
    if key.type in (17, 18):
        return value >> 1 ^ -(value & 1)
    return value


class Driver:
    """Our decoder, in a process of its own."""

    def __init__(self, path):
        self.process = subprocess.Popen([path], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def run(self, cases):
        """The answers to a batch: (kind, bytes) each."""
        # The batch is small enough that both pipes hold what the other end has not read yet.
        answers = []
        for name, data in cases:
            self.process.stdin.write(bytes([len(name)]) + name.encode() + struct.pack("<I", len(data)) + data)
        self.process.stdin.write(b"\0")
        self.process.stdin.flush()
        for case in cases:
            head = self.process.stdout.read(5)
            if len(head) < 5:
                self.process.wait()
                sys.exit(f"the driver ended with {self.process.returncode}; one of: {[(n, d.hex()) for n, d in cases]}")
            kind, length = struct.unpack("<BI", head)
            answers.append((kind, self.process.stdout.read(length)))
            if kind == 2:
                sys.exit(f"the driver does not know {case[0]}")
        return answers


def batches(cases, greatest=32 << 10):
    batch, size = [], 0
    for case in cases:
        batch.append(case)
        size += len(case[1]) + 64
        if size > greatest:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


class Comparison:
    def __init__(self, classes, driver):
        self.reference = Reference(classes)
        self.driver = driver
        self.counts = collections.Counter()
        self.differences = []
        # Accepted cases for protoc, refused and accepted ones for the corpus.
        self.kept = collections.defaultdict(list)
        self.chance = random.Random(1)

    def run(self, cases, label):
        for batch in batches(cases):
            for (name, data), (kind, answer) in zip(batch, self.driver.run(batch)):
                self.judge(label, name, data, kind, answer)

    def judge(self, label, name, data, kind, answer):
        expected = self.reference.encoding(name, data)
        ours = answer if kind == 0 else None
        self.counts["cases"] += 1
        self.counts["accepted" if expected is not None else "refused"] += 1
        if kind == 1:
            self.counts["refused as " + answer.decode()] += 1
        if ours != expected:
            self.differences.append((name, data, expected, kind, answer))
        key = (label, "accepted" if kind == 0 else answer.decode())
        kept = self.kept[key]
        # A reservoir of each kind, of short ones.
        if len(data) <= (160 if label == "random" else 1000) and self.reference.stays(name, data):
            self.counts[key] += 1
            if label == "chosen" or len(kept) < 400:
                kept.append((name, data, ours))
            elif (place := self.chance.randrange(self.counts[key])) < 400:
                kept[place] = (name, data, ours)

    def report(self):
        for key, count in sorted((k, v) for k, v in self.counts.items() if isinstance(k, str)):
            print(f"{key}: {count}")
        print(f"differences: {len(self.differences)}")
        for name, data, expected, kind, answer in self.differences[:20]:
            print(f"  {name} {data.hex()}")
            print(f"    upb  {'refuses' if expected is None else expected.hex()}")
            print(f"    ours {answer.decode() if kind == 1 else answer.hex()}")


def check_with_protoc(protoc, comparison, count):
    """What we encode is what protoc reads, and what protoc writes from that is what we read."""
    accepted = [case for (label, kind), cases in comparison.kept.items() if kind == "accepted" for case in cases]
    comparison.chance.shuffle(accepted)
    folders = [f"-I{folder}" for folder in PROTO_FOLDERS]
    files = list(proto_files())
    wrong = 0
    sample = accepted[:count]
    encoded = []
    for name, data, ours in sample:
        text = subprocess.run([protoc, *folders, f"--decode={name}", *files], input=ours, capture_output=True)
        if text.returncode != 0:
            print(f"  protoc does not decode {name} {ours.hex()}: {text.stderr.decode().strip()}")
            wrong += 1
            continue
        back = subprocess.run([protoc, *folders, f"--encode={name}", *files], input=text.stdout, capture_output=True)
        # A NaN loses its payload in text.
        if back.returncode == 0 and b"nan" not in text.stdout:
            encoded.append((name, back.stdout, ours))
    for batch in batches(encoded):
        for (name, data, ours), (kind, answer) in zip(batch, comparison.driver.run([case[:2] for case in batch])):
            if kind != 0 or answer != ours:
                print(f"  what protoc encodes is another {name}: {data.hex()} ours {ours.hex()}")
                wrong += 1
    print(f"through protoc: {len(sample)} decoded, {len(encoded)} encoded again, {wrong} wrong")
    return wrong


# --- Corpus -----------------------------------------------------------------------------------------------------------


NESTED_IN_CORPUS = 30  # of each outcome: they are long


def write_corpus(path, comparison, count):
    """Count of names; each name; then each case: name (1 byte), length (2 bytes), message, outcome: 0 refused, 1 accepted
    and canonical as it is, 2 accepted, followed by length (2 bytes) and canonical bytes. Numbers are little-endian."""
    cases = {}
    for (label, kind), kept in sorted(comparison.kept.items()):
        if label == "chosen":
            for case in kept:
                cases.setdefault(case[:2], case)
    groups = [list(kept) for (label, _), kept in sorted(comparison.kept.items()) if label != "chosen"]
    for group in groups:
        comparison.chance.shuffle(group)
        nested = [case for case in group if len(case[1]) > 160]
        group[:] = [case for case in group if len(case[1]) <= 160] + nested[:NESTED_IN_CORPUS]
    while len(cases) < count and any(groups):
        for group in groups:
            if group:
                case = group.pop()
                cases.setdefault(case[:2], case)
    cases = sorted(cases.values(), key=lambda case: (case[0], len(case[1]), case[1]))
    names = sorted({name for name, _, _ in cases})
    out = bytearray([len(names)])
    for name in names:
        out += bytes([len(name)]) + name.encode()
    for name, data, ours in cases:
        out += struct.pack("<BH", names.index(name), len(data)) + data
        if ours is None:
            out += b"\0"
        elif ours == data:
            out += b"\1"
        else:
            out += b"\2" + struct.pack("<H", len(ours)) + ours
    with open(path, "wb") as file:
        file.write(out)
    print(f"corpus: {len(cases)} cases, {len(out)} bytes")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--driver", required=True, help="the built WireRoundtrip")
    parser.add_argument("--count", type=int, default=20000, help="how many random cases")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--protoc", default="protoc")
    parser.add_argument("--protoc-count", type=int, default=100, help="how many cases go through protoc")
    parser.add_argument("--write-corpus", metavar="FILE")
    parser.add_argument("--corpus-count", type=int, default=3000)
    options = parser.parse_args()
    if api_implementation.Type() != "upb":
        sys.exit(f"the package protobuf runs on {api_implementation.Type()}, not on upb")

    classes = load_messages(options.protoc)
    comparison = Comparison(classes, Driver(options.driver))
    comparison.run(chosen_cases(), "chosen")
    comparison.run(nested_cases(random.Random(options.seed)), "nested")
    comparison.run(random_cases(classes, options.count, options.seed), "random")
    comparison.report()
    wrong = check_with_protoc(options.protoc, comparison, options.protoc_count)
    if options.write_corpus:
        write_corpus(options.write_corpus, comparison, options.corpus_count)
    return 1 if comparison.differences or wrong else 0


if __name__ == "__main__":
    sys.exit(main())
