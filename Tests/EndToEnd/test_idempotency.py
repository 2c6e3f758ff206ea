"""The same key with the same request gets the first answer again, byte for byte, whatever happened since."""

import secrets

import pytest

from gatehouse_client import CUSTOMERS, REVIEWS, Hold, Refusal, Screening, State, request
from harness import Wallet, active, await_state, create, history, present_revision, random_wallet_text, refused, unique


def answer(connection, path, message):
    """The reply as it came, refusals too."""
    stream = connection.begin(path, message)
    return connection.reply(stream).SerializeToString(deterministic=True)


def key():
    return secrets.token_hex(16)


class Calls:
    """Mutating calls with a key each, on customers that fit, made once; later they are repeated."""

    def __init__(self, connection):
        self.made = []
        wallet = Wallet()
        creation = request(
            f"{CUSTOMERS}/CreateCustomer",
            wallet=wallet.on(),
            external_id=unique(),
            labels={"b": "2", "a": "1"},
            idempotency_key=key(),
        )
        self.make(connection, f"{CUSTOMERS}/CreateCustomer", creation)
        customer = connection.customers.get_customer(wallet=wallet.on()).customer
        challenge = connection.customers.get_challenge(customer_id=customer.id).challenge
        submit = f"{CUSTOMERS}/SubmitChallenge"
        self.make(
            connection,
            submit,
            request(submit, customer_id=customer.id, signature=Wallet().sign(challenge.message), idempotency_key=key()),
        )
        challenge = connection.customers.get_challenge(customer_id=customer.id).challenge
        self.make(
            connection,
            submit,
            request(submit, customer_id=customer.id, signature=wallet.sign(challenge.message), idempotency_key=key()),
        )
        await_state(connection, customer.id, State.VERIFYING)
        for path, fields in (
            (
                f"{REVIEWS}/StartVerification",
                {"provider": "kyc", "reference": "1", "session_url": "https://kyc.example"},
            ),
            (f"{REVIEWS}/ReportVerification", {"outcome": 3, "provider": "kyc", "reason": "blurred"}),
            (f"{REVIEWS}/ReportVerification", {"outcome": 1, "provider": "kyc"}),
            (f"{CUSTOMERS}/Activate", {}),
            (f"{CUSTOMERS}/Deactivate", {"kind": Hold.RISK, "reason": "odd"}),
            (f"{CUSTOMERS}/Deactivate", {"kind": Hold.RISK, "reason": "odd again"}),
            (f"{CUSTOMERS}/Activate", {"kinds": [Hold.RISK]}),
            (f"{REVIEWS}/ReportScreening", {"attempt": 1, "outcome": 1, "provider": "late"}),
            (f"{REVIEWS}/Reject", {"reason": "evidence"}),
        ):
            self.make(connection, path, request(path, customer_id=customer.id, idempotency_key=key(), **fields))
        self.customer_id = customer.id

    def make(self, connection, path, message):
        self.made.append((path, message, answer(connection, path, message)))

    def repeat(self, connection):
        before = present_revision(connection)
        for path, message, first in self.made:
            assert answer(connection, path, message) == first, (path, message)
        assert present_revision(connection) == before, "a repeated call changes nothing"


def test_repeated_calls_get_the_first_answer(connection):
    calls = Calls(connection)
    calls.repeat(connection)
    calls.repeat(connection)


def test_after_later_changes_and_restarts(new_server):
    server = new_server()
    with server.connect() as connection:
        calls = Calls(connection)
        for _ in range(50):
            create(connection)
        calls.repeat(connection)
    server.restart()
    with server.connect() as connection:
        calls.repeat(connection)
        Calls(connection)
    server.kill()
    server.start()
    with server.connect() as connection:
        calls.repeat(connection)


def test_first_answers_hold_what_was_true_then(connection):
    calls = Calls(connection)
    codes = []
    for path, message, first in calls.made:
        reply = connection.reply(connection.begin(path, message))
        codes.append(reply.status.code)
    assert codes == [0, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]


def test_a_mismatch_that_renewed_the_challenge_is_repeated_as_it_was(connection):
    wallet = Wallet()
    response = create(connection, wallet.on())
    path = f"{CUSTOMERS}/SubmitChallenge"
    wrong = request(
        path,
        customer_id=response.customer.id,
        signature=Wallet().sign(response.challenge.message),
        idempotency_key=key(),
    )
    first = answer(connection, path, wrong)
    renewed = connection.customers.get_challenge(customer_id=response.customer.id).challenge
    for _ in range(3):
        assert answer(connection, path, wrong) == first
    assert connection.customers.get_challenge(customer_id=response.customer.id).challenge == renewed
    assert len(history(connection, response.customer.id)) == 2
    with refused("PERMISSION_DENIED", "SIGNATURE_MISMATCH", attempts_left="9"):
        connection.call(path, wrong)


def test_the_same_key_with_another_request(connection):
    used = key()
    customer = active(connection)
    create(connection, idempotency_key=used)
    for path, fields in (
        (f"{CUSTOMERS}/CreateCustomer", {"wallet": random_wallet_text(), "external_id": unique()}),
        (f"{CUSTOMERS}/Deactivate", {"customer_id": customer.id}),
        (f"{REVIEWS}/Reject", {"customer_id": customer.id, "reason": "r"}),
    ):
        with refused("INVALID_ARGUMENT", "IDEMPOTENCY_KEY_REUSED"):
            connection.call(path, request(path, idempotency_key=used, **fields))
    assert connection.customers.get_customer(customer_id=customer.id).customer == customer


def test_a_failure_that_changed_nothing_is_not_remembered(connection):
    customer = create(connection).customer
    used = key()
    with refused("FAILED_PRECONDITION", "ILLEGAL_TRANSITION"):
        connection.customers.activate(customer_id=customer.id, idempotency_key=used)
    with refused("INVALID_ARGUMENT", "WALLET_INVALID"):
        create(connection, "nonsense", idempotency_key=used)
    fresh = create(connection, idempotency_key=used).customer
    assert fresh.state == State.INITIATING


def test_pipelined_repetitions_make_one_customer(connection):
    path = f"{CUSTOMERS}/CreateCustomer"
    message = request(path, wallet=random_wallet_text(), external_id=unique(), idempotency_key=key())
    streams = [connection.begin(path, message, buffered=True) for _ in range(64)]
    connection.flush()
    replies = [connection.reply(stream).SerializeToString(deterministic=True) for stream in streams]
    assert len(set(replies)) == 1
    customer = connection.customers.get_customer(external_id=message.external_id).customer
    assert len(history(connection, customer.id)) == 1


def test_no_key_is_no_promise(connection):
    wallet, external_id = random_wallet_text(), unique()
    create(connection, wallet, external_id)
    with refused("ALREADY_EXISTS", "CUSTOMER_EXISTS"):
        create(connection, wallet, external_id)


@pytest.mark.parametrize("length", [1, 64])
def test_keys_of_extreme_length(connection, length):
    used = "".join(chr(33 + secrets.randbelow(94)) for _ in range(length))
    path = f"{CUSTOMERS}/CreateCustomer"
    message = request(path, wallet=random_wallet_text(), external_id=unique(), idempotency_key=used)
    try:
        first = connection.call(path, message)
    except Refusal as refusal:  # one character may have been used by an earlier run against the same server
        assert length == 1 and refusal.reason == "IDEMPOTENCY_KEY_REUSED"
        return
    assert connection.call(path, message) == first


def test_screening_reports_with_keys(manual):
    wallet = Wallet()
    response = create(manual, wallet.on())
    manual.customers.submit_challenge(
        customer_id=response.customer.id, signature=wallet.sign(response.challenge.message)
    )
    path = f"{REVIEWS}/ReportScreening"
    hit = request(path, customer_id=response.customer.id, outcome=Screening.HIT, provider="p", idempotency_key=key())
    first = answer(manual, path, hit)
    assert answer(manual, path, hit) == first, "the repeated hit is not its own confirmation"
    customer = manual.customers.get_customer(customer_id=response.customer.id).customer
    assert customer.state == State.SCREENING and customer.pending.attempt == 2
