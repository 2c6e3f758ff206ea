"""The judge of every start: a server serves all that was acknowledged, or it refuses and leaves everything as it was.

To serve with less than was acknowledged is the one result that nothing excuses.
"""

import re
import threading
import time

from gatehouse_client import CODES, Refusal, State
from harness import NotStarted, Server, fingerprint, history, list_all, log_verify, present_revision, watch_all
from load import CREATE, REJECT, Answer

STORE_FILE = re.compile(r"(MANIFEST|WATERMARK|segment-\d{20}\.log|snapshot-\d{20}\.snap)")
MANUAL = ("--sandbox-screening", "manual")
# A start that is refused ends within this, in seconds.
REFUSAL_SECONDS = 10
DAMAGED = 4

# Judges on several threads take turns at reading messages that they share: what they gain is in waiting together.
ONE_AT_A_TIME = threading.Lock()

SERVED, CUT, REFUSED = "served", "served with a cut", "refused"


def check_served(server, ledger, chance, samples=20):
    """Everything that the ledger tells of is there and nothing else that it rules out; calls without an answer, made
    again with their keys, are applied exactly once. Afterwards the ledger knows the history as it is now."""
    with server.connect() as connection:
        store_id = connection.wait_hello().store_id
        assert ledger.store_id in (None, store_id), "another history"
        ledger.store_id = store_id
        events = whole_history(connection, ledger)
        check_events(ledger, events)
        check_rejected(ledger, events)
        check_reads(connection, events, ledger.oldest, chance, samples)
        ledger.events, ledger.shown = events, []
        check_repeats(connection, ledger, chance, samples)
        retry_unanswered(connection, ledger)
    return ledger


def whole_history(connection, ledger):
    """The history from revision 1 on: where its beginning is no longer kept, as it was seen before."""
    until = present_revision(connection)
    if not until:
        return []
    try:
        events = watch_all(connection, 0, until=until)
        assert ledger.oldest == 1, "what was no longer kept is there again"
        return events
    except Refusal as refusal:
        assert (refusal.code, refusal.reason) == ("OUT_OF_RANGE", "REVISION_COMPACTED"), refusal
        oldest = int(refusal.metadata["oldest"])
    assert ledger.oldest <= oldest <= len(ledger.events) + 1, "what nobody has read yet is no longer kept"
    ledger.oldest = oldest
    kept = watch_all(connection, oldest - 1, until=until) if until >= oldest else []
    return ledger.events[: oldest - 1] + kept


def check_events(ledger, events):
    assert [event.revision for event in events] == list(range(1, len(events) + 1)), "dense, none repeated"
    assert events[: len(ledger.events)] == ledger.events, (
        f"of {len(ledger.events)} events that were durable, {len(events)} are there, or some have changed"
    )
    for event in ledger.shown:
        assert event.revision <= len(events) and event == events[event.revision - 1], "a watcher saw what is gone"
    for answer in ledger.answers:
        customer = answer.customer
        assert customer.revision <= len(events), f"revision {customer.revision} was acknowledged and is gone"
        assert events[customer.revision - 1].customer == customer, f"revision {customer.revision} has changed"
    times = [(event.at.seconds, event.at.nanos) for event in events[max(0, len(ledger.events) - 1) :]]
    assert times == sorted(times), "times run backwards"


def check_rejected(ledger, events):
    """Nothing that was definitely refused has happened."""
    if not ledger.failures:
        return
    may_be = {subject(each) for each in [*ledger.unanswered, *ledger.answers]}
    created = {event.customer.external_id for event in events if getattr(event, "from") == 0}
    rejected = {event.customer.id for event in events if event.to == State.REJECTED}
    for path, message, status in ledger.failures:
        if subject((path, message)) in may_be:
            continue
        happened = (
            message.external_id in created if path == CREATE else (path == REJECT and message.customer_id in rejected)
        )
        assert not happened, f"{path} was refused with {CODES[status.code]} and happened: {message}"


def subject(call):
    """Who is created, or what is done to whom."""
    path, message = call[:2]
    return path, message.external_id if path == CREATE else message.customer_id


def check_reads(connection, events, oldest, chance, samples):
    """Lists, histories and watches show the same as the whole history does."""
    latest = {event.customer.id: event.customer for event in events}
    assert {each.id: each for each in list_all(connection, page_size=1000)} == latest
    for customer_id in chance.sample(sorted(latest), min(5, len(latest))):
        check_history(connection, customer_id, [each for each in events if each.customer.id == customer_id], oldest)
        assert connection.customers.get_customer(customer_id=customer_id).customer == latest[customer_id]
    beginnings = range(oldest - 1, len(events))
    for after in chance.sample(beginnings, min(samples // 5, len(beginnings))):
        until = min(len(events), after + 200)
        assert watch_all(connection, after, until=until)[: until - after] == events[after:until]


def check_history(connection, customer_id, expected, oldest):
    """A customer's events; refused when some are no longer kept."""
    try:
        found = history(connection, customer_id)
    except Refusal as refusal:
        assert refusal.reason == "REVISION_COMPACTED" and expected[0].revision < oldest, refusal
        return
    assert found == expected


def check_repeats(connection, ledger, chance, samples):
    """Calls that were acknowledged, made again with their keys, get the first answer and change nothing."""
    keyed = [
        answer
        for answer in ledger.answers
        if answer.request.idempotency_key and answer.customer.revision > ledger.lapsed
    ]
    for answer in chance.sample(keyed, min(samples, len(keyed))):
        assert connection.call(answer.path, answer.request).customer == answer.customer, "another answer than the first"
    if keyed:
        assert present_revision(connection) == len(ledger.events), "a repeat was carried out"


def retry_unanswered(connection, ledger):
    """Each call that got no answer is carried out once by now: it happened whole before, or happens now."""
    created = {event.customer.external_id: event for event in ledger.events if getattr(event, "from") == 0}
    rejected = {event.customer.id: event for event in ledger.events if event.to == State.REJECTED}
    for path, message in ledger.unanswered:
        before = created.get(message.external_id) if path == CREATE else rejected.get(message.customer_id)
        if not message.idempotency_key:
            continue
        revision = present_revision(connection)
        customer = connection.call(path, message).customer
        assert connection.call(path, message).customer == customer
        assert customer.revision == (before.revision if before else revision + 1), "applied twice, or half"
        assert present_revision(connection) == max(revision, customer.revision)
        ledger.answers.append(Answer(path, message, customer))
    ledger.unanswered = []
    if (until := present_revision(connection)) > len(ledger.events):
        ledger.events += watch_all(connection, len(ledger.events), until=until)


def check_refused(caught, data, before, seconds):
    """A start that was refused says why and has changed nothing."""
    assert caught.code == DAMAGED, caught
    assert seconds < REFUSAL_SECONDS, f"refused after {seconds} s"
    assert STORE_FILE.search(caught.errors) and len(caught.errors) > 40, f"names no file, or no reason: {caught.errors}"
    assert "Fatal error" not in caught.errors and "stack trace" not in caught.errors, caught.errors
    assert fingerprint(data) == before, "a refused start has changed something"


def judge(data, ledger, chance, samples=10, wrapper=(), finding="", needs_warning=True):
    """Starts a server on a directory and holds it, and `log verify`, against the ledger: SERVED, CUT or REFUSED, and
    what was said.

    - wrapper: a command that runs either.
    - finding: the name of a file that is damaged and that a start may do without. `log verify` finds it damaged.
    - needs_warning: whether a start that serves sees that, and warns.
    """
    before = fingerprint(data)
    code, found, complaint = log_verify(data, wrapper)
    server = Server(data, *MANUAL, wrapper=wrapper)
    began = time.monotonic()
    try:
        server.start()
    except NotStarted as caught:
        check_refused(caught, data, before, time.monotonic() - began)
        assert code == 2, f"log verify ended with {code} {found}, the server: {caught.errors}"
        return REFUSED, caught.errors + complaint
    try:
        with ONE_AT_A_TIME:
            check_served(server, ledger.copy(), chance, samples)
    finally:
        server.kill()
    errors = server.errors.decode(errors="replace")
    is_cut = any(name.startswith("quarantine/") and name not in before for name in fingerprint(data))
    if finding:
        warned = [line for line in errors.splitlines() if finding in line and ("warning" in line or "error" in line)]
        assert warned or not needs_warning, f"{finding} is damaged and nobody is warned: {errors}"
        assert code == 2 and finding in complaint, f"log verify ended with {code} {found}, the server: {errors}"
    else:
        assert code == (1 if is_cut else 0), f"log verify ended with {code} {found}, the server: {errors}"
    if is_cut:
        assert "cut" in errors and STORE_FILE.search(errors), f"a cut is not reported: {errors}"
    return CUT if is_cut else SERVED, errors
