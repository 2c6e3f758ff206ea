"""The judge of a start behind a snapshot, where a segment that it did not read is damaged.

Such a start is not refused, for the state is whole. But nobody is given the damaged part of the history for a whole
one, or a shorter one, and it is reported.
"""

import time

from directory import blocks
from gatehouse_client import HEALTH, SCHEMA, Closed, Refusal
from harness import NotStarted, Server, fingerprint, history, list_all, log_verify, present_revision
from oracle import MANUAL, ONE_AT_A_TIME, REFUSED, SERVED, check_refused

SERVING, NOT_SERVING = 1, 2
# Fast enough to come around within a moment.
SCRUB = ("--scrub-rate", "1GiB")


def read_events(connection, after, until):
    """What a watch delivers behind a revision, and the refusal that ended it before it came to another one; or None."""
    stream = connection.customers.watch(after_revision=after, credit=2**31)
    events = []
    try:
        while not events or events[-1].revision < until:
            message = stream.next(wait=10)
            assert message is not None, f"a watch stands still at {events[-1].revision if events else after}"
            events += message.events
    except Refusal as refusal:
        return events, refusal
    stream.cancel()
    return events, None


def check_reading(connection, ledger, damaged, chance):
    """Every part of the history is as it was, or an error; outside of the segment it is as it was. Where the header of
    a block is damaged, the way to the rest of the segment may be lost with it."""
    segment = blocks(damaged.path)
    last, segment_end = len(ledger.events), segment[-1].last_revision
    for after in [0, damaged.first_revision - 1, segment_end, *chance.sample(range(last), 5)]:
        events, refusal = read_events(connection, after, last)
        assert events == ledger.events[after : after + len(events)], "a history that is not the one that was"
        if after < damaged.last_revision:
            assert refusal is not None and after + len(events) < damaged.last_revision, "damage was read as history"
        assert refusal is None or after < segment_end and refusal.code == "DATA_LOSS", refusal
    hurt = {event.customer.id for event in ledger.events[damaged.first_revision - 1 : damaged.last_revision]}
    near = {event.customer.id for event in ledger.events[segment[0].first_revision - 1 : segment_end]}
    for customer_id in {event.customer.id for event in ledger.events}:
        expected = [event for event in ledger.events if event.customer.id == customer_id]
        try:
            assert history(connection, customer_id) == expected, "a history that is not the one that was"
            assert customer_id not in hurt, "damage was read as history"
        except Refusal as refusal:
            assert customer_id in near and refusal.code == "DATA_LOSS", refusal


def check_state(connection, ledger):
    latest = {event.customer.id: event.customer for event in ledger.events}
    assert {each.id: each for each in list_all(connection, page_size=1000)} == latest
    assert present_revision(connection) == len(ledger.events)
    for answer in [each for each in ledger.answers if each.request.idempotency_key][::7]:
        try:
            assert connection.call(answer.path, answer.request).customer == answer.customer
        except Refusal as refusal:
            assert refusal.code == "DATA_LOSS", refusal
    assert present_revision(connection) == len(ledger.events), "a repeat was carried out"


def journal_health(connection):
    check = SCHEMA.message("grpc.health.v1.HealthCheckRequest")(service="gatehouse.journal")
    return connection.call(f"{HEALTH}/Check", check).status


def await_finding(server, name, wait=60):
    """Waits until the scrubber has reported a file, in log and health."""
    server.await_log(name, wait=wait)
    deadline = time.monotonic() + wait
    with server.connect() as connection:
        while journal_health(connection) != NOT_SERVING:
            assert time.monotonic() < deadline, "health says nothing of what the scrubber found"
            time.sleep(0.01)


def judge_behind(data, ledger, chance, damaged):
    """Starts a server on a directory of which a block that the start has no need of is damaged: SERVED or REFUSED."""
    before = fingerprint(data)
    code, found, complaint = log_verify(data)
    assert code == 2 and damaged.path.name in complaint, f"log verify ended with {code} {found}"
    server = Server(data, *MANUAL, *SCRUB)
    began = time.monotonic()
    try:
        server.start()
    except NotStarted as caught:
        check_refused(caught, data, before, time.monotonic() - began)
        return REFUSED, caught.errors
    try:
        with ONE_AT_A_TIME, server.connect() as connection:
            check_state(connection, ledger)
            check_reading(connection, ledger, damaged, chance)
            check_state(connection, ledger)
        await_finding(server, damaged.path.name)
        with ONE_AT_A_TIME, server.connect() as connection:
            check_state(connection, ledger)
    except Closed as closed:
        raise AssertionError(f"the server has ended: {server.errors.decode()}") from closed
    finally:
        server.kill()
    after = fingerprint(data)
    assert after[damaged.path.name] == before[damaged.path.name], "a finding was acted on"
    return SERVED, server.errors.decode(errors="replace")
