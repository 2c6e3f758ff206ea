"""What third parties say, and what the server makes of it."""

import time

from gatehouse_client import Attention, Screening, State, Verification, Waits
from harness import Wallet, active, create, history, list_all, prove, refused, verifying


def screening(connection):
    """A customer whose screening is up to the test."""
    wallet = Wallet()
    response = create(connection, wallet.on())
    customer = prove(connection, wallet, response)
    assert customer.state == State.SCREENING
    assert customer.pending.on == Waits.SCREENING and customer.pending.attempt == 1
    return customer


def report(connection, customer, outcome, attempt=0, provider="chain-watch", **fields):
    return connection.reviews.report_screening(
        customer_id=customer.id, outcome=outcome, attempt=attempt, provider=provider, **fields
    ).customer


def test_clear_goes_on(manual):
    customer = report(manual, screening(manual), Screening.CLEAR, risk="low", detail="nothing", reference="r1")
    assert customer.state == State.VERIFYING and customer.pending.attempt == 1
    event = history(manual, customer.id)[-1]
    assert "nothing" in event.cause.private_detail or "low" in event.cause.private_detail


def test_a_hit_alone_rejects_nobody(manual):
    customer = report(manual, screening(manual), Screening.HIT)
    assert customer.state == State.SCREENING
    assert customer.pending.attempt == 2 and customer.pending.last_outcome == "HIT"
    assert customer.pending.HasField("next_attempt_at")
    assert customer.pending.attention == Attention.UNSPECIFIED


def test_hit_then_hit_of_another_provider_rejects(manual):
    customer = report(manual, screening(manual), Screening.HIT, attempt=1)
    gone = report(manual, customer, Screening.HIT, attempt=2, provider="list-check")
    assert gone.state == State.REJECTED and gone.reason
    with refused("FAILED_PRECONDITION", "PREVIOUSLY_REJECTED"):
        create(manual, gone.wallet)


def test_the_same_hit_twice_is_one_hit(manual):
    customer = report(manual, screening(manual), Screening.HIT, attempt=1)
    again = report(manual, customer, Screening.HIT, attempt=1)
    assert again == customer


def test_the_same_provider_cannot_confirm_its_hit_at_once(manual):
    customer = report(manual, screening(manual), Screening.HIT, attempt=1)
    again = report(manual, customer, Screening.HIT, attempt=2)
    assert again.state == State.SCREENING and again.pending.attempt == 3
    assert again.pending.next_attempt_at == customer.pending.next_attempt_at
    assert report(manual, again, Screening.HIT, attempt=2) == again, "late"


def test_the_same_provider_confirms_its_hit_later(new_server):
    server = new_server("--sandbox-screening", "manual", "--confirmation-delay", "0s")
    with server.connect() as connection:
        customer = report(connection, screening(connection), Screening.HIT, attempt=1)
        assert report(connection, customer, Screening.HIT, attempt=2).state == State.REJECTED


def test_hit_then_clear_asks_for_a_person(manual):
    customer = report(manual, screening(manual), Screening.HIT)
    conflicting = report(manual, customer, Screening.CLEAR)
    assert conflicting.state == State.SCREENING
    assert conflicting.pending.attention == Attention.CONFLICTING_OUTCOMES
    assert customer.id in {each.id for each in list_all(manual, attention_only=True)}
    assert report(manual, customer, Screening.CLEAR).state == State.SCREENING, "only a person decides now"
    decided = report(manual, customer, Screening.CLEAR, final=True)
    assert decided.state == State.VERIFYING
    assert customer.id not in {each.id for each in list_all(manual, attention_only=True)}


def test_a_person_s_hit_needs_no_confirmation(manual):
    assert report(manual, screening(manual), Screening.HIT, final=True).state == State.REJECTED


def test_inconclusive_backs_off_and_never_clears(manual):
    customer = screening(manual)
    delays = []
    for attempt in range(1, 10):
        before = time.time()
        customer = report(manual, customer, Screening.INCONCLUSIVE, attempt=attempt)
        assert customer.state == State.SCREENING and customer.pending.attempt == attempt + 1
        assert customer.pending.last_outcome == "INCONCLUSIVE"
        delays.append(customer.pending.next_attempt_at.ToMicroseconds() / 1e6 - before)
    for index, delay in enumerate(delays):
        whole = min(3600, 30 * 2**index)
        assert whole / 2 - 2 <= delay <= whole + 2, delays
    exhausted = report(manual, customer, Screening.INCONCLUSIVE, attempt=10)
    assert exhausted.state == State.SCREENING
    assert exhausted.pending.attention == Attention.ATTEMPTS_EXHAUSTED
    assert not exhausted.pending.HasField("next_attempt_at")


def test_late_reports_change_nothing(manual):
    customer = report(manual, screening(manual), Screening.INCONCLUSIVE, attempt=1)
    for attempt, outcome in ((1, Screening.CLEAR), (1, Screening.HIT), (3, Screening.CLEAR), (99, Screening.HIT)):
        assert report(manual, customer, outcome, attempt=attempt) == customer
    moved = report(manual, customer, Screening.CLEAR, attempt=2)
    for outcome in (Screening.HIT, Screening.CLEAR, Screening.INCONCLUSIVE):
        assert report(manual, customer, outcome, attempt=2) == moved
    assert len(history(manual, customer.id)) == 4


def test_the_simulator_screens(manual):
    assert (
        manual.simulator.screen(customer_id=screening(manual).id, outcome=Screening.CLEAR).customer.state
        == State.VERIFYING
    )
    assert manual.simulator.screen(customer_id=screening(manual).id, outcome=Screening.HIT).customer.state in {
        State.SCREENING,
        State.REJECTED,
    }
    assert manual.simulator.reject(customer_id=screening(manual).id).customer.state == State.REJECTED


def verification(connection, customer, outcome, attempt=0, **fields):
    return connection.reviews.report_verification(
        customer_id=customer.id, outcome=outcome, attempt=attempt, provider="id-check", **fields
    ).customer


def test_sessions(connection):
    customer = verifying(connection)
    empty = connection.customers.get_verification(customer_id=customer.id).verification
    assert (empty.provider, empty.reference, empty.session_url) == ("", "", "")
    fields = {"provider": "id-check", "reference": "s-1", "session_url": "https://id.example/s-1"}
    expires_at = {"seconds": int(time.time()) + 900}
    started = connection.reviews.start_verification(customer_id=customer.id, expires_at=expires_at, **fields).customer
    assert started.state == State.VERIFYING and started.revision > customer.revision
    seen = connection.customers.get_verification(customer_id=customer.id).verification
    assert (seen.provider, seen.reference, seen.session_url) == tuple(fields.values())
    assert seen.expires_at.seconds == expires_at["seconds"] and seen.attempt == 1
    same = connection.reviews.start_verification(customer_id=customer.id, expires_at=expires_at, **fields).customer
    assert same == started, "the session that is open changes nothing"


def test_retry_opens_the_next_attempt(connection):
    customer = verifying(connection)
    again = verification(connection, customer, Verification.RETRY, reason="the photograph is blurred")
    assert again.state == State.VERIFYING and again.pending.attempt == 2 and again.pending.last_outcome == "RETRY"
    seen = connection.customers.get_verification(customer_id=customer.id).verification
    assert seen.attempt == 2 and seen.reason == "the photograph is blurred" and seen.session_url == ""
    assert verification(connection, customer, Verification.APPROVED, attempt=1) == again, "late"
    assert verification(connection, customer, Verification.DECLINED, attempt=1) == again, "late"
    assert verification(connection, customer, Verification.APPROVED, attempt=2).state == State.ACTIVE
    done = connection.customers.get_customer(customer_id=customer.id).customer
    assert verification(connection, customer, Verification.DECLINED, attempt=2) == done, "late, and ACTIVE stays"


def test_expired_waits_for_a_new_session(connection):
    customer = verifying(connection)
    connection.reviews.start_verification(customer_id=customer.id, provider="id-check", reference="s-1")
    lapsed = verification(connection, customer, Verification.EXPIRED, reference="s-1")
    assert lapsed.state == State.VERIFYING and lapsed.pending.attempt == 1
    assert lapsed.pending.last_outcome == "EXPIRED"
    assert connection.customers.get_verification(customer_id=customer.id).verification.reference == ""


def test_declined_is_final(connection):
    gone = verification(connection, verifying(connection), Verification.DECLINED, detail="forged passport")
    assert gone.state == State.REJECTED and "passport" not in gone.reason


def test_attempts_of_verification_run_out(connection):
    customer = verifying(connection)
    for attempt in range(1, 5):
        customer = verification(connection, customer, Verification.RETRY, attempt=attempt)
        assert customer.pending.attempt == attempt + 1
    last = verification(connection, customer, Verification.RETRY, attempt=5)
    assert last.state == State.VERIFYING and last.pending.attention == Attention.ATTEMPTS_EXHAUSTED
    assert verification(connection, customer, Verification.APPROVED).state == State.ACTIVE, "a person may still approve"


def test_reject_from_every_state(connection, manual):
    for make in (
        lambda: (connection, create(connection).customer),
        lambda: (manual, screening(manual)),
        lambda: (connection, verifying(connection)),
        lambda: (connection, active(connection)),
        lambda: (connection, connection.customers.deactivate(customer_id=active(connection).id).customer),
    ):
        where, customer = make()
        gone = where.reviews.reject(customer_id=customer.id, reason="order 7", evidence="file 12").customer
        assert gone.state == State.REJECTED and gone.reason == "order 7" and not gone.holds
        assert not gone.HasField("pending")
        assert history(where, customer.id)[-1].cause.private_detail == "file 12"
