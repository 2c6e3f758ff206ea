"""Customers who were taken in are screened again: on demand, at an interval, across restarts."""

import json
import time

from gatehouse_client import Attention, Hold, Screening, State, Waits
from harness import Wallet, active, create, history, prove, refused, unique
from test_command_line import runner


def taken_in(connection):
    """An ACTIVE customer, on a server whose third parties are the tests."""
    wallet = Wallet()
    customer = prove(connection, wallet, create(connection, wallet.on()))
    connection.simulator.screen(customer_id=customer.id, outcome=Screening.CLEAR)
    return connection.simulator.verify(customer_id=customer.id).customer


def report(connection, customer, outcome, provider, **fields):
    return connection.reviews.report_screening(
        customer_id=customer.id, outcome=outcome, provider=provider, **fields
    ).customer


def test_a_hit_holds_at_once_and_a_confirmed_one_rejects(manual):
    customer = taken_in(manual)
    opened = manual.reviews.request_screening(customer_id=customer.id, reason="list changed").customer
    assert opened.state == State.ACTIVE and opened.pending.on == Waits.SCREENING and opened.pending.attempt == 2
    assert manual.reviews.request_screening(customer_id=customer.id).customer == opened
    held = report(manual, customer, Screening.HIT, "one", attempt=2)
    assert held.state == State.INACTIVE and [hold.kind for hold in held.holds] == [Hold.RISK]
    assert held.pending.attempt == 3 and held.pending.last_outcome == "HIT"
    assert report(manual, customer, Screening.HIT, "one", attempt=1) == held, "the first screening is long over"
    gone = report(manual, customer, Screening.HIT, "two", attempt=3)
    assert gone.state == State.REJECTED
    causes = [event.cause.reason for event in history(manual, customer.id)]
    assert "list changed" in causes


def test_a_clear_leaves_the_hold_to_a_person(manual):
    customer = taken_in(manual)
    manual.reviews.request_screening(customer_id=customer.id)
    report(manual, customer, Screening.HIT, "one")
    flagged = report(manual, customer, Screening.CLEAR, "two")
    assert flagged.state == State.INACTIVE and flagged.pending.attention == Attention.CONFLICTING_OUTCOMES
    decided = report(manual, customer, Screening.CLEAR, "compliance", final=True)
    assert decided.state == State.INACTIVE and not decided.HasField("pending")
    assert [hold.kind for hold in decided.holds] == [Hold.RISK]
    assert manual.customers.activate(customer_id=customer.id, kinds=[Hold.RISK]).customer.state == State.ACTIVE


def test_without_an_open_screening_there_is_nothing_to_report(manual):
    customer = taken_in(manual)
    with refused("FAILED_PRECONDITION", "ILLEGAL_TRANSITION", **{"from": "ACTIVE", "command": "REPORT_SCREENING"}):
        report(manual, customer, Screening.CLEAR, "one")
    assert report(manual, customer, Screening.HIT, "one", attempt=1) == customer


def test_it_is_claimed_and_is_there_after_a_crash(new_server):
    server = new_server("--sandbox-screening", "manual", "--confirmation-delay", "0")
    with server.connect() as connection:
        customer = taken_in(connection)
        connection.reviews.request_screening(customer_id=customer.id)
        held = report(connection, customer, Screening.HIT, "one")
    server.kill()
    server.start()
    with server.connect() as connection:
        assert connection.customers.get_customer(customer_id=customer.id).customer == held
        (review,) = connection.reviews.claim_reviews(kind=1, max=5, wait_ms=5000).reviews
        assert review.customer == held and review.attempt == 3 and review.hit_provider == "one"
        assert report(connection, customer, Screening.HIT, "two", attempt=3).state == State.REJECTED


def test_at_an_interval(new_server):
    server = new_server("--rescreen-every", "1s")
    with server.connect() as connection:
        customer = active(connection)
        # The sandbox finds it clear each time, and the time begins anew.
        deadline = time.monotonic() + 30
        while True:
            events = history(connection, customer.id)
            asked = [event for event in events if event.cause.reason == "PERIODIC_SCREENING"]
            if len(asked) >= 2:
                break
            assert time.monotonic() < deadline
        assert {event.cause.principal for event in asked} == {"gatehouse"}
        assert {event.to for event in asked} == {State.ACTIVE}
        gap = asked[1].at.ToMicroseconds() - asked[0].at.ToMicroseconds()
        assert gap >= 1_000_000


def test_the_command_line(manual_server):
    go = runner(manual_server)
    with manual_server.connect() as connection:
        customer = taken_in(connection)

    def run(*words):
        return json.loads(go(*words, "--json").stdout)

    assert run("screening", "request", customer.id, "--reason", unique())["pending"]["on"] == "SCREENING"
    held = run("simulate", "screen", customer.id, "hit", "--detail", "list 3")
    assert held["state"] == "INACTIVE" and [hold["kind"] for hold in held["holds"]] == ["RISK"]
    late = run("simulate", "screen", customer.id, "hit", "--attempt", "1", "--times", "3")
    assert late["revision"] == held["revision"]
    flagged = run("simulate", "screen", customer.id, "clear")
    assert flagged["pending"]["attention"] == "CONFLICTING_OUTCOMES"
    listed = [json.loads(line) for line in go("list", "--attention", "--json").stdout.splitlines()]
    assert customer.id in {each["id"] for each in listed}
    commands = [json.loads(line)["cause"]["command"] for line in go("history", customer.id, "--json").stdout.splitlines()]
    assert "REQUEST_SCREENING" in commands
