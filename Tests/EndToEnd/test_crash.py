"""`kill -9` at any moment loses nothing that was acknowledged, and shows nothing that it takes back."""

import random
import time

import pytest

from gatehouse_client import Refusal
from harness import history, list_all, present_revision, watch_all
from load import CREATE, start_load

ROUNDS = 20


@pytest.mark.timeout(600)
def test_twenty_kills_under_load(new_server):
    server = new_server()
    acknowledged = {}  # id -> every customer that an answer showed, by revision
    prefix = []  # every event that a watch has shown
    lost_calls = applied = 0
    chance = random.Random(20)
    for round_number in range(ROUNDS):
        loaders = start_load(server, connections=4, depth=32)
        watcher = server.connect()
        stream = watcher.customers.watch(after_revision=len(prefix), credit=2**31)
        shown = []
        until = time.monotonic() + chance.uniform(0.05, 0.9)
        while (left := until - time.monotonic()) > 0:
            message = stream.next(wait=left)
            shown += message.events if message is not None else []
        server.kill()
        told = [loader.finish() for loader in loaders]
        watcher.close()
        for one in told:
            assert not one.failures, one.failures[0]
            for customer in one.customers:
                acknowledged.setdefault(customer.id, {})[customer.revision] = customer
        server.start()
        with server.connect() as connection:
            prefix = check_history(connection, prefix, shown, acknowledged)
            for one in told:
                lost_calls += len(one.unanswered)
                applied += retry(connection, one.unanswered, prefix, acknowledged)
            prefix = watch_all(connection, 0, until=present_revision(connection))
            check_acknowledged(prefix, acknowledged)
        print(f"round {round_number + 1}: {len(prefix)} events, started in {server.startup:.3f} s")
    assert sum(map(len, acknowledged.values())) > 1000
    print(f"{lost_calls} calls were unanswered when the server was killed; {applied} of them had been applied")


def check_history(connection, prefix, shown, acknowledged):
    """The history is what was seen of it before, and more; the events of it."""
    events = watch_all(connection, 0, until=present_revision(connection)) if present_revision(connection) else []
    assert [event.revision for event in events] == list(range(1, len(events) + 1)), "dense, none repeated"
    assert events[: len(prefix)] == prefix, "what was durable before is unchanged"
    for event in shown:
        assert event == events[event.revision - 1], "a watcher saw what the crash took back"
    check_acknowledged(events, acknowledged)
    return events


def check_acknowledged(events, acknowledged):
    for customer_id, versions in acknowledged.items():
        for revision, customer in versions.items():
            assert revision <= len(events), f"revision {revision} of {customer_id} was acknowledged and is gone"
            assert events[revision - 1].customer == customer


def retry(connection, unanswered, events, acknowledged):
    """The calls that got no answer, made again with their keys: each is applied exactly once. How many already were."""
    by_external_id = {event.customer.external_id: event for event in events if getattr(event, "from") == 0}
    applied = 0
    for path, message in unanswered:
        before = present_revision(connection)
        customer = None
        try:
            customer = connection.call(path, message).customer
        except Refusal as refusal:
            # Another call of the same round may have rejected the customer, with another key.
            assert path != CREATE and refusal.reason == "ILLEGAL_TRANSITION", refusal
            continue
        after = present_revision(connection)
        acknowledged.setdefault(customer.id, {})[customer.revision] = customer
        if path == CREATE:
            already = message.external_id in by_external_id
            assert after == before + (0 if already else 1), "applied once"
            applied += already
            if already:
                assert by_external_id[message.external_id].customer == customer
            assert connection.call(path, message).customer == customer
        else:
            assert after - before in (0, 1)
            applied += after == before
    return applied


@pytest.mark.timeout(120)
def test_a_kill_in_an_idle_server_loses_nothing(new_server):
    server = new_server()
    with server.connect() as connection:
        loaders = start_load(server, connections=1, total=200)
        told = loaders[0].finish()
        before = watch_all(connection, 0, until=present_revision(connection))
    for _ in range(3):
        server.kill()
        server.start()
    with server.connect() as connection:
        assert watch_all(connection, 0, until=len(before)) == before
        listed = {each.id: each for each in list_all(connection, page_size=1000)}
        latest = {}
        for customer in told.customers:
            latest[customer.id] = max(customer, latest.get(customer.id, customer), key=lambda each: each.revision)
        assert listed == latest
        one = told.customers[0].id
        assert history(connection, one) == [event for event in before if event.customer.id == one]
