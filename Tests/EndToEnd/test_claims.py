"""Workers who claim reviews: nobody holds what another holds, and nothing that is due is lost."""

import collections
import threading
import time

import pytest
from gatehouse_client import REVIEWS, Attention, Command, Kind, Screening, State, Task
from harness import Wallet, active, create, history, method_class, prove, refused, verifying
from test_reviews import report, screening

MANUAL = ("--sandbox-screening", "manual")


@pytest.fixture
def server(new_server):
    return new_server(*MANUAL)


@pytest.fixture
def platform(server):
    with server.connect() as connection:
        yield connection


def claim(connection, kind=Kind.SCREENING, **fields):
    return connection.reviews.claim_reviews(kind=kind, **fields).reviews


def ids(reviews):
    return [review.customer.id for review in reviews]


def test_a_life_by_claims(platform):
    customer = screening(platform)
    (review,) = claim(platform, lease_ms=5000)
    assert review.customer == customer and review.task == Task.SCREEN and review.attempt == 1
    assert review.due_at == customer.pending.since
    assert 4 < review.lease_expires_at.ToMicroseconds() / 1e6 - time.time() < 6
    assert not claim(platform, max=100)
    report(platform, customer, Screening.CLEAR, attempt=review.attempt)
    (review,) = claim(platform, Kind.VERIFICATION)
    assert review.task == Task.OPEN_SESSION and review.customer.state == State.VERIFYING
    expires_at = {"seconds": int(time.time()) - 1}
    platform.reviews.start_verification(
        customer_id=customer.id, attempt=1, provider="id-check", reference="s-1", expires_at=expires_at)
    (review,) = claim(platform, Kind.VERIFICATION, wait_ms=5000)
    assert review.task == Task.SESSION_LAPSED and review.session.reference == "s-1"
    platform.reviews.start_verification(customer_id=customer.id, attempt=1, provider="id-check", reference="s-2")
    assert not claim(platform, Kind.VERIFICATION)


def test_a_hit_is_given_out_to_be_confirmed(new_server):
    with new_server(*MANUAL, "--confirmation-delay", "300ms").connect() as platform:
        customer = report(platform, screening(platform), Screening.HIT)
        (review,) = claim(platform, wait_ms=10_000)
        assert review.task == Task.CONFIRM_HIT and review.hit_provider == "chain-watch" and review.attempt == 2
        assert time.time() >= customer.pending.next_attempt_at.ToMicroseconds() / 1e6
        assert report(platform, customer, Screening.HIT, attempt=2).state == State.REJECTED


def test_a_long_poll_is_woken(server, platform):
    with server.connect() as other:
        stream = other.begin(f"{REVIEWS}/ClaimReviews", method_request(wait_ms=60_000))
        other.ping()
        customer = screening(platform)
        waiting = other.finish(stream, wait=10).reviews
    assert ids(waiting) == [customer.id]


def method_request(**fields):
    return method_class(f"{REVIEWS}/ClaimReviews")[0](kind=Kind.SCREENING, **fields)


def test_a_wait_ends_with_nothing(platform):
    began = time.monotonic()
    assert not claim(platform, wait_ms=300)
    assert time.monotonic() - began >= 0.3


def test_a_claim_that_is_cancelled_has_claimed_nothing(server, platform):
    with server.connect() as other:
        cancelled = other.begin(f"{REVIEWS}/ClaimReviews", method_request(wait_ms=60_000, lease_ms=3_600_000))
        other.ping()
        other.cancel(cancelled)
        with refused("CANCELLED", "CANCELLED"):
            other.finish(cancelled)
        with refused("DEADLINE_EXCEEDED", "DEADLINE_EXCEEDED"):
            other.reviews.claim_reviews(kind=Kind.SCREENING, wait_ms=60_000, lease_ms=3_600_000, timeout_us=50_000)
        other.begin(f"{REVIEWS}/ClaimReviews", method_request(wait_ms=60_000, lease_ms=3_600_000))
        other.ping()
    customer = screening(platform)
    assert ids(claim(platform, wait_ms=10_000)) == [customer.id], "not the one whose connection is gone"


def test_leases_are_renewed_and_given_back(platform):
    customer = screening(platform)
    (review,) = claim(platform, lease_ms=300)
    assert list(platform.reviews.renew_reviews(leases=[review.lease], lease_ms=60_000).leases) == [review.lease]
    assert not claim(platform, wait_ms=600), "the first lease has lapsed by now, the second has not"
    assert list(platform.reviews.renew_reviews(leases=[review.lease], lease_ms=0).leases) == [review.lease]
    assert ids(claim(platform)) == [customer.id]
    assert not platform.reviews.renew_reviews(leases=[review.lease], lease_ms=1000).leases


def test_a_worker_that_dies_delays_its_review_by_one_lease(server, platform):
    customer = screening(platform)
    worker = server.connect()
    (review,) = claim(worker, lease_ms=1000)
    claimed_by = time.monotonic()
    worker.socket.close()
    (again,) = claim(platform, wait_ms=30_000)
    assert again.customer.id == customer.id and again.attempt == review.attempt
    assert time.monotonic() - claimed_by < 10, "one lease, and what a busy machine takes"
    assert again.lease != review.lease
    moved = report(platform, customer, Screening.CLEAR, attempt=again.attempt)
    assert moved.state == State.VERIFYING
    assert report(platform, customer, Screening.HIT, attempt=review.attempt) == moved, "the dead one's report is late"


def test_workers_under_load_never_hold_the_same(server):
    """Every lease is long, so whoever is given a customer's attempt twice was given what another holds."""
    customers, workers = 300, 6
    given, errors, done = collections.Counter(), [], threading.Event()
    lock = threading.Lock()

    def work(number):
        try:
            with server.connect() as connection:
                while not done.is_set():
                    for review in claim(connection, max=1 + number, wait_ms=500, lease_ms=600_000):
                        with lock:
                            given[review.customer.id, review.attempt] += 1
                        outcome = Screening.CLEAR if review.attempt == 2 or number % 2 else Screening.INCONCLUSIVE
                        report(connection, review.customer, outcome, attempt=review.attempt)
                    with lock:
                        if len({customer for customer, attempt in given}) == customers:
                            done.set()
        except Exception as error:  # told by the test's own thread
            errors.append(error)
            done.set()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(workers)]
    for thread in threads:
        thread.start()
    with server.connect() as connection:
        made = [screening(connection).id for _ in range(customers)]
    for thread in threads:
        thread.join(60)
    assert not errors and not any(thread.is_alive() for thread in threads)
    assert {customer for customer, attempt in given} == set(made)
    assert max(given.values()) == 1


def test_a_restart_loses_leases_and_nothing_that_is_due(new_server):
    server = new_server(*MANUAL)
    with server.connect() as connection:
        due = [screening(connection).id for _ in range(5)]
        held = ids(claim(connection, max=2, lease_ms=3_600_000))
        assert held == due[:2]
        hit = report(connection, connection.customers.get_customer(customer_id=due[4]).customer, Screening.HIT)
    server.kill()
    with server.start().connect() as connection:
        assert ids(claim(connection, max=100)) == due[:4]
        found = connection.customers.get_customer(customer_id=due[4]).customer
        assert found == hit


def test_tenants_take_turns(platform):
    for _ in range(20):
        with_tenant(platform, "big")
    small = with_tenant(platform, "small")
    assert small in ids(claim(platform, max=2))


def with_tenant(connection, tenant):
    wallet = Wallet()
    return prove(connection, wallet, create(connection, wallet.on(), tenant=tenant)).id


def test_a_deadline_asks_for_a_person(new_server):
    server = new_server("--sandbox-screening", "manual", "--screening-deadline", "500ms")
    with server.connect() as connection:
        customer = screening(connection)
        late = await_attention(connection, customer.id)
        assert late.state == State.SCREENING and late.pending.attention == Attention.DEADLINE_PASSED
        cause = history(connection, customer.id)[-1].cause
        assert cause.command == Command.PASS_DEADLINE and cause.principal == "gatehouse"
        assert not claim(connection)
        assert report(connection, customer, Screening.CLEAR) == late, "kept, not followed"
        stats = connection.customers.watch_stats().next()
        assert stats.attention == 1
        assert [(each.attention, each.customers) for each in stats.attention_reasons] == [
            (Attention.DEADLINE_PASSED, 1)]
        assert report(connection, customer, Screening.CLEAR, final=True).state == State.VERIFYING


def await_attention(connection, customer_id, wait=20):
    """Waits until a person has to look at the customer."""
    deadline = time.monotonic() + wait
    while time.monotonic() < deadline:
        customer = connection.customers.get_customer(customer_id=customer_id).customer
        if customer.pending.attention:
            return customer
        time.sleep(0.02)
    raise TimeoutError("nobody has to look at the customer")


def test_stats_tell_what_is_due(platform):
    first, second = screening(platform), screening(platform)
    verifying_customer = report(platform, screening(platform), Screening.CLEAR)
    claim(platform)
    stream = platform.customers.watch_stats(interval_ms=100)
    stats = stream.next()
    reviews = {each.kind: each for each in stats.reviews}
    assert (reviews[Kind.SCREENING].due, reviews[Kind.SCREENING].leased) == (1, 1)
    assert reviews[Kind.SCREENING].oldest_due_at == second.pending.since
    assert reviews[Kind.VERIFICATION].due == 1
    since = {each.state: each.oldest_since for each in stats.counts}
    assert since[State.SCREENING] == first.pending.since
    assert since[State.VERIFYING] == verifying_customer.pending.since
    claim(platform)
    later = stream.next()
    assert later.revision == stats.revision
    assert {each.kind: each.leased for each in later.reviews}[Kind.SCREENING] == 2
    assert stream.next(wait=0.5) is None, "nothing has changed"


def test_who_is_through_waits_for_nobody(connection):
    assert not active(connection).HasField("pending")
    customer = verifying(connection)
    assert customer.id in ids(claim(connection, Kind.VERIFICATION, max=100, lease_ms=100))
