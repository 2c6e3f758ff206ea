"""How often the release binary asks for memory, by call: each call alone, and many that come together.

    python Tests/EndToEnd/allocations.py            prints what is measured beside what is kept in allocations.json
    python Tests/EndToEnd/allocations.py --keep     keeps what is measured
"""

import argparse
import json
import pathlib
import struct
import tempfile
import time

from gatehouse_client import CUSTOMERS, request
from harness import Server, Wallet, random_wallet_text, unique
from preload import compiled

HERE = pathlib.Path(__file__).resolve().parent
KEPT = HERE / "allocations.json"

# Calls that are measured, after as many that are not: what grows by doubling has its room then.
CALLS = 512
# How many are sent together where many come at once.
TOGETHER = 64
# Signatures are slow to make in Python.
PROOFS = 128
WATCHERS = 8


class CountedServer(Server):
    """A server whose allocations are counted."""

    def __init__(self, folder, *flags, **options):
        folder = pathlib.Path(folder)
        self.counts = folder / "counts"
        self.counts.write_bytes(bytes(16))
        library = compiled((HERE / "allocations.c").read_text(), folder)
        environment = {"LD_PRELOAD": str(library), "ALLOCATION_COUNTS": str(self.counts)}
        super().__init__(folder / "data", *flags, environment=environment, **options)

    def allocations(self):
        return struct.unpack("=QQ", self.counts.read_bytes())[0]


def per_call(server, count, run):
    """How many allocations each of `count` calls makes, in the least disturbed of three rounds."""
    rounds = []
    for _ in range(3):
        before = server.allocations()
        run()
        rounds.append((settled(server) - before) / count)
    return min(rounds)


def settled(server):
    """The count once it stands still: after an answer, threads may still have something to put away."""
    last, since = server.allocations(), time.monotonic()
    while time.monotonic() - since < 0.02:
        now = server.allocations()
        if now != last:
            last, since = now, time.monotonic()
        time.sleep(0.002)
    return last


def creation():
    return f"{CUSTOMERS}/CreateCustomer", request(
        f"{CUSTOMERS}/CreateCustomer", wallet=random_wallet_text(), external_id=unique()
    )


def alone(connection, calls):
    """Sends each call when the one before is answered."""
    for path, message in calls:
        connection.finish(connection.begin(path, message))


def together(connection, calls):
    """Sends TOGETHER calls in one piece, then reads the answers."""
    for start in range(0, len(calls), TOGETHER):
        streams = [connection.begin(*call, buffered=True) for call in calls[start : start + TOGETHER]]
        connection.flush()
        for stream in streams:
            connection.finish(stream)


def proofs(connection, number):
    """SubmitChallenge for customers that are made for it, and each of whom signs."""
    path = f"{CUSTOMERS}/SubmitChallenge"
    calls = []
    for _ in range(number):
        wallet = Wallet()
        made = connection.customers.create_customer(wallet=wallet.on(), external_id=unique())
        signature = wallet.sign(made.challenge.message)
        calls.append((path, request(path, customer_id=made.customer.id, signature=signature)))
    return calls


def measure(folder):
    """Allocations by what was done: "GetCustomer alone", "Watch event, each watcher" and so on."""
    flags = ("--sandbox-screening", "manual")
    with CountedServer(folder, *flags) as server, server.connect() as connection:
        made = connection.customers.create_customer(wallet=random_wallet_text(), external_id=unique())
        get = (f"{CUSTOMERS}/GetCustomer", request(f"{CUSTOMERS}/GetCustomer", customer_id=made.customer.id))
        figures = {}
        for way in (alone, together):
            name = way.__name__
            way(connection, [creation() for _ in range(CALLS)])
            batches = iter([[creation() for _ in range(CALLS)] for _ in range(3)])
            figures[f"CreateCustomer {name}"] = per_call(server, CALLS, lambda: way(connection, next(batches)))
            way(connection, [get] * CALLS)
            figures[f"GetCustomer {name}"] = per_call(server, CALLS, lambda: way(connection, [get] * CALLS))
            signed = iter([proofs(connection, PROOFS) for _ in range(4)])
            way(connection, next(signed))
            figures[f"SubmitChallenge {name}"] = per_call(server, PROOFS, lambda: way(connection, next(signed)))
        figures |= watched(server, connection)
        return figures


def watched(server, connection):
    """What each watcher adds to an event, live and read from what is retained."""

    def creations():
        alone(connection, [creation() for _ in range(CALLS)])

    unwatched = per_call(server, CALLS, creations)
    watchers = [server.connect() for _ in range(WATCHERS)]
    streams = [watcher.customers.watch(credit=1 << 20) for watcher in watchers]
    for stream in streams:
        assert stream.next().HasField("progress")
    with_watchers = per_call(server, CALLS, creations)
    for watcher in watchers:
        watcher.close()
    last = connection.customers.create_customer(wallet=random_wallet_text(), external_id=unique())
    events = last.customer.revision

    def replay():
        with server.connect() as watcher:
            stream = watcher.customers.watch(after_revision=0, credit=1 << 20)
            seen = 0
            while seen < events:
                seen = stream.next().events[-1].revision

    return {
        "Watch event, each watcher": max(with_watchers - unwatched, 0) / WATCHERS,
        "Watch event, from the first on": per_call(server, events, replay),
    }


def main():
    parser = argparse.ArgumentParser(description="Allocations of the release binary, by call.")
    parser.add_argument("--keep", action="store_true", help="keep what is measured in allocations.json")
    keep = parser.parse_args().keep
    with tempfile.TemporaryDirectory() as folder:
        figures = {name: round(value, 2) for name, value in measure(folder).items()}
    kept = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    for name, value in figures.items():
        print(f"{value:8.2f}  (kept: {kept.get(name, '-')})  {name}")
    if keep:
        KEPT.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
