#!/usr/bin/env python3
"""Makes the golden vectors of the clients, or checks the committed ones, with google.protobuf (upb).

    python clients/vectors/make.py            writes vectors.json
    python clients/vectors/make.py --check    fails when google.protobuf has another opinion than the committed file

A vector is a message's full name and some bytes. Where they are no such message, `refused` is true. Where they are,
`canonical` is the message as a client encodes it (unknown fields dropped, maps in order, defaults left out), and `value`
what it holds, as `describe` says it. Bytes are hexadecimal.
"""

import argparse
import json
import math
import pathlib
import random
import struct
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT / "Tests" / "WireRoundtripTests"))

import differential  # noqa: E402
from google.protobuf.descriptor import FieldDescriptor  # noqa: E402

FILE = HERE / "vectors.json"
RANDOM, SEED = 700, 6
WIDE = {FieldDescriptor.CPPTYPE_INT64, FieldDescriptor.CPPTYPE_UINT64}


class NotComparable(Exception):
    """A NaN: a language may keep its bits or not."""


def describe(message):
    """What a message holds, for JSON: fields that are set by their names; 64-bit integers as decimal text, bytes as
    hexadecimal, enums as numbers, doubles as the hexadecimal of their eight bytes (big-endian), maps as sorted pairs."""
    described = {}
    for field, value in message.ListFields():
        if field.message_type is not None and field.message_type.GetOptions().map_entry:
            key, entry = (field.message_type.fields_by_name[name] for name in ("key", "value"))
            pairs = [[scalar(key, each), scalar(entry, value[each])] for each in value]
            described[field.name] = sorted(pairs, key=lambda pair: str(pair[0]).encode())
        elif field.is_repeated:
            described[field.name] = [scalar(field, each) for each in value]
        else:
            described[field.name] = scalar(field, value)
    return described


def scalar(field, value):
    if field.message_type is not None:
        return describe(value)
    if field.cpp_type in WIDE:
        return str(value)
    if field.type == FieldDescriptor.TYPE_BYTES:
        return value.hex()
    if field.type == FieldDescriptor.TYPE_DOUBLE:
        if math.isnan(value):
            raise NotComparable
        return struct.pack(">d", value).hex()
    return value


def chosen(classes):
    """Messages as they are used, and bytes that are none, picked by hand."""
    customer, event = classes["gatehouse.v1.Customer"], classes["gatehouse.v1.Event"]
    full = customer(id="01a2", tenant="default", external_id="alice \u00e9\U0001f600", wallet="eip155:1:0x", state=5)
    full.labels.update({"b": "2", "a": "1", "": "", "\U00010000": "x", "\uffff": "y"})
    full.created_at.seconds, full.created_at.nanos, full.revision = -62135596800, 999999999, (1 << 64) - 1
    full.pending.on, full.pending.attempt = 1, (1 << 32) - 1
    full.holds.add(kind=1, reason="lost")
    full.holds.add(kind=77)
    yield full
    yield event(revision=1 << 53, to=1, customer=full)
    yield event(revision=(1 << 53) + 1, to=-1)
    yield classes["gatehouse.v1.WatchRequest"](after_revision=0, states=[4, 6, -7], customer_ids=["", "a"])
    yield classes["gatehouse.v1.WatchRequest"]()
    yield classes["gatehouse.v1.ActivateRequest"](kinds=[1, 2, 3], expected_revision=1 << 63)
    yield classes["gatehouse.v1.LogStatus"](chain=(1 << 64) - 1, recovery_estimate_seconds=-0.0)
    yield classes["gatehouse.v1.LogStatus"](recovery_estimate_seconds=1.5)
    yield classes["gatehouse.v1.BackupData"](offset=1 << 40, data=bytes(range(256)), checksum=0xFFFFFFFF)
    yield classes["google.protobuf.Duration"](seconds=-1, nanos=-1)
    yield classes["grpc.health.v1.HealthListResponse"](statuses={"": {}, "b": {"status": 1}})
    for frame in ({"hello": {"version": 1}}, {"call": {"timeout_us": (1 << 64) - 1, "payload": b"\0"}}, {"cancel": {}}):
        yield classes["gatehouse.rpc.v1.Frame"](stream=1, **frame)


def chosen_bytes():
    frame, customer = "gatehouse.rpc.v1.Frame", "gatehouse.v1.Customer"
    yield frame, bytes.fromhex("3a00320208071202")  # the last of a oneof counts; then the end is missing
    yield frame, bytes.fromhex("3a003202080742020801")  # the last of a oneof counts
    yield frame, bytes.fromhex("2202120022020a00")  # the same member twice: merged
    yield customer, bytes.fromhex("0a02c328")  # invalid UTF-8
    yield customer, bytes.fromhex("0a03eda080")  # a surrogate
    yield customer, bytes.fromhex("0a01610a0162")  # the last counts
    yield customer, bytes.fromhex("3a060a0161120162" + "3a060a0161120163")  # the last entry of a key counts
    yield customer, bytes.fromhex("3a080a01611201621801")  # an entry with more in it is dropped as a whole
    yield customer, bytes.fromhex("3a00")  # an empty entry
    yield customer, bytes.fromhex("52ffffffffffffffffff01")  # a known number with another wire type, length too great
    yield customer, bytes.fromhex("50ffffffffffffffffff01")  # the greatest varint
    yield customer, bytes.fromhex("50ffffffffffffffffff7f")  # bits beyond 64
    yield customer, bytes.fromhex("5080808080808080808000")  # longer than needed
    yield customer, bytes.fromhex("508080808080808080808000")  # too long
    yield customer, bytes.fromhex("28ffffffff0f")  # a negative enum in five bytes
    yield customer, bytes.fromhex("28808080808001")  # an enum, bits beyond 32 dropped
    yield customer, bytes.fromhex("0001")  # field number 0
    yield customer, bytes.fromhex("9b06089601109c06")  # an unknown group that does not end
    yield customer, bytes.fromhex("9b060896019c06")  # an unknown group
    yield customer, bytes.fromhex("9c06")  # the end of a group that did not begin
    yield customer, bytes.fromhex("9b06" * 100 + "9c06" * 100)
    yield customer, bytes.fromhex("9b06" * 101 + "9c06" * 101)
    yield "gatehouse.v1.WatchRequest", bytes.fromhex("20042204050620ffffffffffffffffff01")  # packed, unpacked, negative
    yield "gatehouse.v1.WatchRequest", bytes.fromhex("2203048080")  # a packed varint that is cut off
    yield "gatehouse.v1.LogStatus", bytes.fromhex("2101020304")  # a fixed64 that is cut off


def cases(classes):
    for message in chosen(classes):
        yield type(message).DESCRIPTOR.full_name, message.SerializeToString(deterministic=True)
    yield from chosen_bytes()
    for name, data in differential.nested_cases(random.Random(SEED)):
        if name in classes and len(data) < 2000:
            yield name, data
    for name, data in differential.random_cases(classes, RANDOM, SEED):
        if len(data) <= 300:
            yield name, data


def vectors():
    classes = {
        name: message
        for name, message in differential.load_messages("protoc").items()
        if not name.startswith(("conformance.", "gatehouse.journal."))
    }
    reference = differential.Reference(classes)
    seen = set()
    for name, data in cases(classes):
        if (name, data) in seen:
            continue
        seen.add((name, data))
        vector = {"message": name, "bytes": data.hex()}
        canonical = reference.encoding(name, data)
        if canonical is None:
            vector["refused"] = True
        else:
            vector["canonical"] = canonical.hex()
            try:
                vector["value"] = describe(classes[name].FromString(canonical))
            except NotComparable:
                continue
        yield vector


def check_with_protoc(made):
    """`protoc --decode_raw` takes what is accepted, and `--decode` with the proto files does."""
    files = [str(path.relative_to(ROOT / "proto")) for path in sorted((ROOT / "proto").rglob("*.proto"))]
    for vector in [each for each in made if "canonical" in each][:25]:
        command = ["protoc", f"-I{ROOT / 'proto'}", f"--decode={vector['message']}", *files]
        subprocess.run(command, input=bytes.fromhex(vector["canonical"]), stdout=subprocess.DEVNULL, check=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    made = list(vectors())
    check_with_protoc(made)
    text = "[\n" + ",\n".join(json.dumps(each, sort_keys=True) for each in made) + "\n]\n"
    refused = sum("refused" in each for each in made)
    print(f"{len(made)} vectors, {refused} of them refused")
    if options.check:
        return 0 if FILE.read_text() == text else f"{FILE} is not what google.protobuf says; make it anew"
    FILE.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
