"""Golden directories: stores that a binary of this format version has made, which every later one must open for ever.

Each is a folder's files in a NAME.tar.gz, with what a server must serve from it in a NAME.jsonl: the store's id, each
event with the customer as it then was, each call with the revision that it was answered with.

`python Tests/EndToEnd/acceptance/golden.py NAME…` makes those that are not there; what is there stays as it is.
"""

import io
import json
import os
import pathlib
import random
import sys
import tarfile
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from google.protobuf import json_format

import damage
from directory import Layout
from gatehouse_client import SCHEMA, request
from harness import Server
from ledger import Ledger
from load import Answer
from oracle import MANUAL, check_served
from stores import fill, live, make_snapshots

FOLDER = pathlib.Path(__file__).resolve().parents[1] / "golden"


# -- making them


def make_empty(data, ledger):
    """Started and stopped, never used."""
    server = Server(data, *MANUAL).start()
    assert server.terminate() == 0


def make_killed(data, ledger, stop=Server.kill):
    """Customers in every state, holds, notes, keys; two segments."""
    server = Server(data, *MANUAL).start()
    with server.connect() as connection:
        live(connection, ledger)
    stop(server)
    server.start()
    fill(server, ledger, 12, depth=4)
    stop(server)


def make_stopped(data, ledger):
    """The same, stopped cleanly."""
    make_killed(data, ledger, Server.terminate)


def make_torn(data, ledger):
    """The same, with half a block behind the end."""
    make_killed(data, ledger)
    layout = Layout(data)
    last = layout.all_blocks[-1]
    half = bytearray(damage.read(last.path, last.start, last.end - last.start))
    damage.overwrite(last.path, last.end + 128, bytes(half[128:]))


def make_snapshotted(data, ledger):
    """Two snapshots, with log before, between and behind them."""
    make_snapshots(data, ledger, Server.kill, calls=8)


MAKERS = {
    "v1-empty": make_empty,
    "v1-killed": make_killed,
    "v1-stopped": make_stopped,
    "v1-torn": make_torn,
    "v1-snapshots": make_snapshotted,
}


def pack(data, archive):
    with tarfile.open(archive, "w:gz", compresslevel=9) as tar:
        for path in sorted(data.iterdir()):
            member = tarfile.TarInfo(path.name)
            member.size, member.mode = path.stat().st_size, 0o640
            tar.addfile(member, io.BytesIO(path.read_bytes()))


def unpack(name, data):
    data.mkdir()
    with tarfile.open(FOLDER / f"{name}.tar.gz") as tar:
        tar.extractall(data, filter="data")


def make(name):
    with tempfile.TemporaryDirectory() as folder:
        data, ledger = pathlib.Path(folder) / "data", Ledger()
        MAKERS[name](data, ledger)
        FOLDER.mkdir(exist_ok=True)
        pack(data, FOLDER / f"{name}.tar.gz")
        with Server(data, *MANUAL) as server:
            check_served(server, ledger, random.Random(0))
    write_expectation(ledger, FOLDER / f"{name}.jsonl")


# -- what is expected of them


def plain(message):
    return json_format.MessageToDict(message, preserving_proto_field_name=True)


def write_expectation(ledger, file):
    lines = [{"store_id": ledger.store_id.hex(), "made_at": int(time.time())}]
    lines += [{"event": plain(event)} for event in ledger.events]
    lines += [
        {"path": path, "request": plain(message), "revision": customer.revision}
        for path, message, customer in ledger.answers
    ]
    file.write_text("".join(json.dumps(line, sort_keys=True, ensure_ascii=False) + os.linesep for line in lines))


class Expectation:
    """What a server must serve from a golden directory."""

    def __init__(self, name):
        self.ledger = Ledger()
        for line in (FOLDER / f"{name}.jsonl").read_text().splitlines():
            value = json.loads(line)
            if "store_id" in value:
                self.ledger.store_id, self.made_at = bytes.fromhex(value["store_id"]), value["made_at"]
            elif "event" in value:
                self.ledger.events.append(message("Event", value["event"]))
            else:
                asked = json_format.ParseDict(value["request"], request(value["path"]))
                answered = self.ledger.events[value["revision"] - 1].customer
                self.ledger.answers.append(Answer(value["path"], asked, answered))
        self.customers = {event.customer.id: event.customer for event in self.ledger.events}


def message(name, value):
    return json_format.ParseDict(value, SCHEMA.message(f"gatehouse.v1.{name}")())


if __name__ == "__main__":
    for each in sys.argv[1:]:
        if (FOLDER / f"{each}.tar.gz").exists():
            print(f"{each} is there, and stays as it is")
        else:
            make(each)
            print(f"{each} made")
