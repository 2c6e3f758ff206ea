"""Watch, exactly: nothing missed, nothing twice, nothing before it is due, at no cost to others."""

import os
import socket
import threading
import time

import pytest

from gatehouse_client import Closed, Hold, Refusal, State
from harness import Server, active, create, history, list_all, present_revision, refused, verifying, watch_all
from load import start_load


def from_state(event):
    return getattr(event, "from")


def watch_ended(connection, **fields):
    return connection.customers.watch(**fields).end()


@pytest.fixture(scope="module")
def busy(tmp_path_factory):
    """A server with some history, which the tests of this file add to."""
    with Server(tmp_path_factory.mktemp("watch") / "data") as server:
        for loader in start_load(server, connections=2, total=400):
            loader.finish()
        yield server


@pytest.fixture
def watcher(busy):
    with busy.connect() as connection:
        yield connection


@pytest.fixture
def writer(busy):
    with busy.connect() as connection:
        yield connection


def test_after_zero_is_everything(watcher):
    present = present_revision(watcher)
    events = watch_all(watcher, 0, until=present)
    assert [event.revision for event in events][:present] == list(range(1, present + 1))
    by_customer = {}
    for event in events:
        previous = by_customer.get(event.customer.id)
        assert from_state(event) == (previous.state if previous is not None else State.UNSPECIFIED)
        assert event.to == event.customer.state and event.customer.revision == event.revision
        by_customer[event.customer.id] = event.customer
    assert {each.id: each for each in list_all(watcher, page_size=1000)} == by_customer
    some = list(by_customer)[::200]
    for customer_id in some:
        assert history(watcher, customer_id) == [event for event in events if event.customer.id == customer_id]


@pytest.mark.parametrize("back", [0, 1, 2, 17])
def test_after_n(watcher, writer, back):
    present = present_revision(watcher)
    stream = watcher.customers.watch(after_revision=present - back)
    customer = create(writer).customer
    seen = []
    while not seen or seen[-1].revision < customer.revision:
        seen += stream.next().events
    assert [event.revision for event in seen] == list(range(present - back + 1, customer.revision + 1))
    assert seen[-1].customer == customer
    stream.cancel()


def test_after_the_future(watcher):
    present = present_revision(watcher)
    for wrong in (present + 1000, 2**63, 2**64 - 1):
        ended = watch_ended(watcher, after_revision=wrong)
        assert (ended.code, ended.reason) == ("OUT_OF_RANGE", "REVISION_IN_FUTURE")
        assert int(ended.metadata["current"]) >= present and ended.message


def test_another_store(watcher):
    own = watcher.wait_hello().store_id
    for wrong in (bytes(16), own[:-1] + bytes([own[-1] ^ 1]), b"x", own + b"\0"):
        for fields in ({"after_revision": 0}, {"snapshot": True}, {}):
            ended = watch_ended(watcher, store_id=wrong, **fields)
            assert (ended.code, ended.reason) in {
                ("FAILED_PRECONDITION", "STORE_CHANGED"),
                ("INVALID_ARGUMENT", "FIELD_INVALID"),
            }
            if len(wrong) == 16:
                assert ended.reason == "STORE_CHANGED" and "store_id" in ended.metadata
    stream = watcher.customers.watch(store_id=own)
    assert stream.next().store_id == own
    stream.cancel()


BAD_WATCHES = {
    "both": {"after_revision": 0, "snapshot": True},
    "state": {"states": [99]},
    "state 0": {"states": [0]},
    "progress too often": {"progress_interval_ms": 9},
    "ids": {"customer_ids": ["x"]},
    "too many ids": {"customer_ids": ["01890a5d-ac96-774b-bcce-b302099a8057"] * 1001},
}


@pytest.mark.parametrize("name", BAD_WATCHES)
def test_bad_watches(watcher, name):
    ended = watch_ended(watcher, **BAD_WATCHES[name])
    assert (ended.code, ended.reason) == ("INVALID_ARGUMENT", "FIELD_INVALID") and ended.fields


def test_neither_begins_with_the_present_revision(watcher, writer):
    present = present_revision(watcher)
    stream = watcher.customers.watch()
    first = stream.next()
    assert first.progress.revision == present and len(first.store_id) == 16 and not first.events
    customer = create(writer).customer
    assert [event.revision for event in stream.next().events] == [customer.revision]
    stream.cancel()


def test_a_snapshot_then_live(watcher, writer):
    stream = watcher.customers.watch(snapshot=True)
    current, end = read_snapshot(stream)
    assert end.customers == len(current) == len({each.id for each in current})
    listed = {each.id: each for each in list_all(watcher, page_size=1000)}
    assert {each.id: each for each in current} == listed
    customer = create(writer).customer
    assert customer.revision == end.revision + 1
    assert stream.next().events[0].customer == customer
    stream.cancel()


def read_snapshot(stream, wait=10):
    """The customers of a snapshot and its end; no event comes before the end."""
    current = []
    for message in stream.messages(wait):
        assert not message.events
        current += message.current
        if message.HasField("snapshot_complete"):
            assert len(message.store_id) == 16
            return current, message.snapshot_complete
    raise AssertionError("the snapshot does not end")


def test_an_empty_snapshot_is_complete_too(new_server):
    server = new_server()
    with server.connect() as connection:
        current, end = read_snapshot(connection.customers.watch(snapshot=True))
        assert current == [] and (end.revision, end.customers) == (0, 0)
        assert connection.customers.watch(after_revision=0).next(wait=0.2) is None
        ended = watch_ended(connection, after_revision=1)
        assert ended.reason == "REVISION_IN_FUTURE" and ended.metadata["current"] == "0"


@pytest.mark.parametrize("kind", ["snapshot", "states"])
def test_filtered_snapshots(watcher, writer, kind):
    customers = [create(writer).customer for _ in range(3)]
    writer.reviews.reject(customer_id=customers[1].id, reason="r")
    if kind == "states":
        current, end = read_snapshot(watcher.customers.watch(snapshot=True, states=[State.REJECTED]))
        assert {each.state for each in current} == {State.REJECTED}
        assert customers[1].id in {each.id for each in current}
    else:
        ids = [each.id for each in customers[:2]]
        current, end = read_snapshot(watcher.customers.watch(snapshot=True, customer_ids=ids))
        assert {each.id for each in current} == set(ids)
    assert end.customers == len(current)


def test_a_state_filter_sees_who_enters_and_who_leaves(watcher, writer):
    customer = verifying(writer)
    other = create(writer).customer
    stream = watcher.customers.watch(after_revision=other.revision, states=[State.ACTIVE])
    now = writer.simulator.verify(customer_id=customer.id).customer
    held = writer.customers.deactivate(customer_id=customer.id, kind=Hold.PARTNER).customer
    writer.customers.deactivate(customer_id=customer.id, kind=Hold.RISK)  # INACTIVE to INACTIVE
    back = writer.customers.activate(customer_id=customer.id).customer
    gone = writer.reviews.reject(customer_id=customer.id, reason="r").customer
    writer.reviews.reject(customer_id=other.id, reason="r")
    seen = []
    while len(seen) < 4:
        seen += stream.next().events
    assert [event.customer for event in seen] == [now, held, back, gone]
    assert stream.next(wait=0.3) is None
    stream.cancel()


def test_an_id_filter(watcher, writer):
    customers = [create(writer).customer for _ in range(4)]
    wanted = {customers[0].id, customers[3].id}
    stream = watcher.customers.watch(after_revision=0, customer_ids=sorted(wanted))
    for customer in customers:
        writer.reviews.reject(customer_id=customer.id, reason="r")
    seen = []
    while len(seen) < 4:
        seen += stream.next().events
    assert {event.customer.id for event in seen} == wanted
    assert [event.to for event in seen] == [State.INITIATING] * 2 + [State.REJECTED] * 2
    stream.cancel()


def test_progress_when_nothing_matches(watcher, writer):
    stream = watcher.customers.watch(states=[State.ACTIVE], progress_interval_ms=20)
    last = stream.next().progress.revision
    customer = create(writer).customer
    deadline = time.monotonic() + 10
    while last < customer.revision and time.monotonic() < deadline:
        message = stream.next()
        stream.grant(1)
        assert not message.events and message.progress.revision >= last and len(message.store_id) == 16
        last = message.progress.revision
    assert last >= customer.revision
    began, count = time.monotonic(), 0
    while count < 5:
        message = stream.next()
        stream.grant(1)
        assert message.HasField("progress") and message.progress.revision >= last
        count += 1
    assert time.monotonic() - began < 8
    stream.cancel()


def test_progress_promises_that_nothing_is_owed(watcher, busy):
    loaders = start_load(busy, connections=2, total=300)
    stream = watcher.customers.watch(after_revision=0, progress_interval_ms=10)
    promised, events = 0, []
    until = None
    deadline = time.monotonic() + 60
    for message in stream.messages(wait=5):
        for event in message.events:
            assert event.revision > promised, "an event behind a progress that promised it"
            assert not events or event.revision == events[-1] + 1
            events.append(event.revision)
        if message.HasField("progress"):
            assert not events or message.progress.revision >= events[-1]
            promised = message.progress.revision
        if until is None and not any(loader.is_alive() for loader in loaders):
            with busy.connect() as other:
                until = present_revision(other)
        if until is not None and events[-1] >= until and promised >= until:
            break
        assert time.monotonic() < deadline
    stream.cancel()
    for loader in loaders:
        loader.finish()


@pytest.mark.parametrize("start", ["snapshot", "after"])
def test_under_load_there_is_no_gap_and_no_repeat(busy, start):
    """Watchers that begin at any moment of a load end with what the lists say."""
    with busy.connect() as connection:
        base = {each.id: each for each in list_all(connection, page_size=1000)}
    loaders = start_load(busy, connections=3, depth=16)
    results, errors = [], []
    finished = threading.Event()
    end_revision = []

    def follow(delay):
        try:
            time.sleep(delay)
            with busy.connect() as connection:
                stream = connection.customers.watch(
                    **({"snapshot": True} if start == "snapshot" else {"after_revision": 0}), progress_interval_ms=50
                )
                view, last, complete = {}, 0, start != "snapshot"
                for message in stream.messages(wait=20):
                    for customer in message.current:
                        assert not complete and customer.id not in view
                        view[customer.id] = customer
                    if message.HasField("snapshot_complete"):
                        assert message.snapshot_complete.customers == len(view)
                        assert all(each.revision <= message.snapshot_complete.revision for each in view.values())
                        last, complete = message.snapshot_complete.revision, True
                    for event in message.events:
                        assert complete and event.revision == last + 1, (event.revision, last)
                        last = event.revision
                        known = view.get(event.customer.id)
                        assert from_state(event) == (known.state if known is not None else 0)
                        view[event.customer.id] = event.customer
                    if finished.is_set() and last >= end_revision[0]:
                        break
                stream.cancel()
                results.append((last, view))
        except BaseException as error:
            errors.append(error)

    followers = [threading.Thread(target=follow, args=(index * 0.2,), daemon=True) for index in range(6)]
    for follower in followers:
        follower.start()
    time.sleep(2.5)
    told = [loader.finish() for loader in loaders]
    with busy.connect() as connection:
        end_revision.append(present_revision(connection))
        finished.set()
        for follower in followers:
            follower.join(60)
        if errors:
            raise errors[0]
        assert len(results) == len(followers), "a watcher did not reach the end"
        listed = {each.id: each for each in list_all(connection, page_size=1000)}
    for last, view in results:
        assert last == end_revision[0]
        assert view == listed
    created = {each.id for one in told for each in one.customers}
    assert len(created) > 100 and created <= set(listed) and set(base) <= set(listed)
    assert not any(one.failures for one in told)


def test_credit_is_never_exceeded(watcher, busy):
    for grant in (1, 3):
        stream = watcher.customers.watch(credit=grant, after_revision=0, progress_interval_ms=10)
        for _ in range(grant):
            assert stream.next() is not None
        assert stream.next(wait=0.5) is None, "a message beyond what was granted"
        assert watcher.ping() < 2, "a stream without credit does not hold up the connection"
        stream.grant(2)
        assert stream.next() is not None and stream.next() is not None
        assert stream.next(wait=0.3) is None
        stream.cancel()
        assert stream.end().code == "CANCELLED"


def test_the_default_credit_is_64(watcher):
    stream = watcher.customers.watch(progress_interval_ms=10)
    count = 0
    while stream.next(wait=1) is not None:
        count += 1
        assert count <= 64
    assert count == 64
    stream.grant(2**32 - 1)
    stream.grant(2**32 - 1)
    assert stream.next() is not None
    stream.cancel()


def test_batches_are_of_64_kib(watcher):
    stream = watcher.customers.watch(after_revision=0, credit=1000)
    sizes = []
    while True:
        message = stream.next(wait=1)
        if message is None or message.HasField("progress"):
            break
        sizes.append(message.ByteSize())
    stream.cancel()
    assert len(sizes) > 1 and max(sizes) <= 72 * 1024 and max(sizes) > 16 * 1024


SLEEPERS = 8


def asleep(server, **fields):
    """A watcher that grants without end and reads nothing, with as little room in the kernel as there is."""
    connection = server.connect()
    connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
    return connection.customers.watch(after_revision=0, credit=2**31, progress_interval_ms=60_000, **fields)


# One round of load is enough to tell; a longer sleep by the clock is tried with this set.
STALL_SECONDS = float(os.environ.get("GATEHOUSE_STALL_SECONDS", "0"))


def growth_under_load(server, rounds=None, events=40_000):
    """How much the resident memory grows while so many customers are created, and in how many rounds."""
    with server.connect() as connection:
        create(connection)
    before, began, done = server.resident_bytes(), time.monotonic(), 0
    while done < rounds if rounds else done == 0 or time.monotonic() - began < STALL_SECONDS:
        for loader in start_load(server, connections=2, depth=64, total=events // 2):
            assert not loader.finish().failures
        done += 1
    return server.resident_bytes() - before, done


@pytest.mark.timeout(240 + 20 * STALL_SECONDS)
def test_watchers_that_stop_reading_cost_nobody_anything(new_server, tmp_path):
    """They sleep through a load that is far more than what is kept in memory for them, then get every event."""
    server = new_server(data=tmp_path / "watched")
    sleepers = [asleep(server) for _ in range(SLEEPERS - 1)]
    coalescing = asleep(server, latest_only=True)
    watched, rounds = growth_under_load(server)
    alone, _ = growth_under_load(new_server(data=tmp_path / "alone"), rounds)
    with server.connect() as other:
        assert other.ping() < 1
        present = present_revision(other)
        listed = {each.id: each for each in list_all(other, page_size=1000)}
    unsent = present * 300 * SLEEPERS
    print(f"{present} events: memory grew by {alone} bytes alone, {watched} bytes with {SLEEPERS} sleeping watchers")
    assert watched - alone < unsent / 3, "what a watcher has not been sent is not kept for it"
    for stream, latest_only in ((sleepers[0], False), (sleepers[-1], False), (coalescing, True)):
        revisions, skipped, view = read_to(stream, present)
        assert view == listed
        if latest_only:
            assert revisions == sorted(set(revisions)) and len(revisions) + skipped == present
        else:
            assert revisions == list(range(1, present + 1)) and skipped == 0
    for stream in [*sleepers, coalescing]:
        stream.connection.close()


def read_to(stream, present):
    """What a stream has to say up to a revision: the revisions, how many were skipped, and each customer's newest."""
    revisions, skipped, view = [], 0, {}
    while not revisions or revisions[-1] < present:
        message = stream.next(wait=20)
        assert message is not None, f"stuck at {revisions[-1:]} of {present}"
        skipped += message.skipped
        for event in message.events:
            revisions.append(event.revision)
            view[event.customer.id] = event.customer
    return revisions, skipped, view


def test_behind_by_tells_the_distance(watcher):
    present = present_revision(watcher)
    stream = watcher.customers.watch(after_revision=0, credit=1)
    message = stream.next()
    assert message.behind_by == present - message.events[-1].revision
    stream.cancel()


def test_latest_only_skips_and_counts(new_server):
    server = new_server()
    with server.connect() as connection:
        customers = [active(connection) for _ in range(3)]
        for _ in range(50):
            for customer in customers:
                connection.customers.deactivate(customer_id=customer.id)
                connection.customers.activate(customer_id=customer.id)
        present = present_revision(connection)
        stream = connection.customers.watch(after_revision=0, latest_only=True)
        revisions, skipped = [], 0
        while not revisions or revisions[-1] < present:
            message = stream.next()
            revisions += [event.revision for event in message.events]
            skipped += message.skipped
        assert revisions == sorted(set(revisions)) and len(revisions) + skipped == present
        assert len(revisions) < present / 2
        stream.cancel()


def test_stats(new_server):
    server = new_server()
    with server.connect() as connection:
        empty = connection.customers.watch_stats(interval_ms=100)
        first = empty.next()
        assert first.revision == 0 and not first.counts and not first.transitions and first.attention == 0
        gone = active(connection)
        connection.reviews.reject(customer_id=gone.id, reason="r")
        create(connection)
        waiting = verifying(connection)
        deadline = time.monotonic() + 10
        present = present_revision(connection)
        latest = first
        while latest.revision < present and time.monotonic() < deadline:
            latest = empty.next() or latest
        assert latest.revision == present
        counts = {State.name(each.state): each.customers for each in latest.counts}
        assert counts == {"INITIATING": 1, "VERIFYING": 1, "REJECTED": 1}
        moves = {(State.name(getattr(each, "from")), State.name(each.to)): each.count for each in latest.transitions}
        assert moves == {
            ("UNSPECIFIED", "INITIATING"): 3,
            ("INITIATING", "SCREENING"): 2,
            ("SCREENING", "VERIFYING"): 2,
            ("VERIFYING", "ACTIVE"): 1,
            ("ACTIVE", "REJECTED"): 1,
        }
        assert empty.next(wait=0.5) is None, "later messages only when something changed"
        assert waiting.id
        for wrong in (99, 3_600_001):
            ended = connection.customers.watch_stats(interval_ms=wrong).end()
            assert ended.reason == "FIELD_INVALID"
    server.restart()
    with server.connect() as connection:
        again = connection.customers.watch_stats().next()
        assert (again.revision, again.counts, again.transitions) == (latest.revision, latest.counts, latest.transitions)


def test_lists_are_stable_while_customers_change(busy):
    with busy.connect() as connection:
        before = [each.id for each in list_all(connection, page_size=1000)]
        loaders = start_load(busy, connections=2, depth=8, total=1000)
        for size in (7, 100):
            seen = [each.id for each in list_all(connection, page_size=size)]
            assert len(seen) == len(set(seen)), "twice in one listing"
            assert seen[: len(before)] == before, "oldest first, and whoever was there is listed"
        for loader in loaders:
            loader.finish()
        states = list_all(connection, states=[State.REJECTED, State.ACTIVE], page_size=50)
        assert {each.state for each in states} <= {State.REJECTED, State.ACTIVE}


def test_watch_over_a_restart(new_server):
    """A client resumes where it was and misses nothing; revisions go on densely."""
    server = new_server()
    with server.connect() as connection:
        for _ in range(20):
            create(connection)
        first = watch_all(connection, 0, until=20)
        own = connection.wait_hello().store_id
    server.restart()
    with server.connect() as connection:
        assert connection.wait_hello().store_id == own
        create(connection)
        assert watch_all(connection, 0, until=21)[:20] == first
        resumed = watch_all(connection, 10, until=21, store_id=own)
        assert [event.revision for event in resumed] == list(range(11, 22))


def test_the_end_of_a_watch_on_a_dead_server(new_server):
    server = new_server()
    connection = server.connect()
    stream = connection.customers.watch()
    assert stream.next()
    server.kill()
    with pytest.raises((Closed, Refusal)):
        stream.next()


def test_refusals_of_watch_are_complete(watcher):
    with refused("OUT_OF_RANGE", "REVISION_IN_FUTURE", current=...):
        stream = watcher.customers.watch(after_revision=2**62)
        stream.next()
