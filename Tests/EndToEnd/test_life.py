"""A customer's whole life, and every way in which a proof of a wallet can be wrong."""

import base64
import hashlib
import time

import coincurve
import pytest
import siwe
from eth_account.messages import encode_typed_data
from eth_utils import keccak

from gatehouse_client import Command, Hold, Screening, State, Waits, request
from harness import (
    Wallet,
    active,
    await_state,
    create,
    history,
    prove,
    refused,
    reshape,
    unique,
    verifying,
)

ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
FIELD = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFC2F


@pytest.mark.parametrize("form", ["v27", "v0", "compact"])
def test_a_whole_life(connection, form):
    wallet, external_id = Wallet(), unique()
    response = create(connection, wallet.on(300), external_id, labels={"plan": "gold", "desk": "7"})
    customer, challenge = response.customer, response.challenge
    assert State.name(customer.state) == "INITIATING"
    assert customer.wallet == wallet.on(300) and customer.external_id == external_id and customer.tenant == "default"
    assert dict(customer.labels) == {"plan": "gold", "desk": "7"}
    assert customer.pending.on == Waits.CHALLENGE and customer.pending.attempt == 1
    assert customer.id[14] == "7" and customer.id == customer.id.lower() and len(customer.id) == 36

    message = siwe.SiweMessage.from_message(challenge.message.decode("ascii"))
    assert message.address == wallet.address and message.chain_id == 300 and message.version == "1"
    assert message.nonce == challenge.nonce and len(challenge.nonce) == 22 and challenge.nonce.isalnum()
    assert message.request_id == customer.id
    assert challenge.expires_at.seconds - challenge.issued_at.seconds == 3600
    assert abs(challenge.issued_at.seconds - time.time()) < 60

    assert connection.customers.get_challenge(customer_id=customer.id).challenge == challenge
    signature = wallet.sign(challenge.message, form)
    if form == "v27":
        message.verify("0x" + signature.hex())
    proved = connection.customers.submit_challenge(
        customer_id=customer.id, signature=signature, message=challenge.message
    ).customer
    assert State.name(proved.state) in {"SCREENING", "VERIFYING"} and proved.revision > customer.revision

    waiting = await_state(connection, customer.id, State.VERIFYING)
    assert waiting.pending.on == Waits.VERIFICATION and waiting.pending.attempt == 1
    verification = connection.customers.get_verification(customer_id=customer.id).verification
    assert verification.customer_id == customer.id and verification.attempt == 1

    now = connection.simulator.verify(customer_id=customer.id).customer
    assert now.state == State.ACTIVE and not now.HasField("pending") and not now.holds
    unchanged = connection.customers.activate(customer_id=customer.id).customer
    assert unchanged == now, "Activate on ACTIVE changes nothing"
    held = connection.customers.deactivate(
        customer_id=customer.id, reason="card lost", private_detail="branch 4"
    ).customer
    assert held.state == State.INACTIVE and held.reason == "card lost"
    assert [(hold.kind, hold.reason) for hold in held.holds] == [(Hold.OPERATIONAL, "card lost")]
    back = connection.customers.activate(customer_id=customer.id, reason="found").customer
    assert back.state == State.ACTIVE and back.reason == "" and not back.holds
    gone = connection.reviews.reject(customer_id=customer.id, reason="fraud", evidence="case 1138").customer
    assert gone.state == State.REJECTED and gone.reason == "fraud"

    events = history(connection, customer.id)
    steps = [(State.name(getattr(event, "from")), State.name(event.to)) for event in events]
    assert steps == [
        ("UNSPECIFIED", "INITIATING"),
        ("INITIATING", "SCREENING"),
        ("SCREENING", "VERIFYING"),
        ("VERIFYING", "ACTIVE"),
        ("ACTIVE", "INACTIVE"),
        ("INACTIVE", "ACTIVE"),
        ("ACTIVE", "REJECTED"),
    ]
    assert [Command.name(event.cause.command) for event in events] == [
        "CREATE_CUSTOMER",
        "SUBMIT_CHALLENGE",
        "REPORT_SCREENING",
        "REPORT_VERIFICATION",
        "DEACTIVATE",
        "ACTIVATE",
        "REJECT",
    ]
    revisions = [event.revision for event in events]
    assert revisions == sorted(set(revisions))
    times = [event.at.ToMicroseconds() for event in events]
    assert times == sorted(times) and all(event.at.nanos % 1000 == 0 for event in events)
    assert events[0].customer == customer and events[-1].customer == gone
    assert events[4].cause.private_detail == "branch 4" and events[6].cause.private_detail == "case 1138"
    assert all(event.cause.principal for event in events)
    assert all(event.customer.revision == event.revision for event in events)


def test_who_was_rejected_never_comes_back(connection):
    wallet, external_id = Wallet(), unique()
    customer = active(connection, wallet, external_id=external_id)
    connection.reviews.reject(customer_id=customer.id, reason="fraud")
    lower = wallet.address.lower()
    upper = "0x" + wallet.address[2:].upper()
    for text in (wallet.on(1), wallet.on(300), f"eip155:1:{lower}", f"eip155:56:{upper}"):
        with refused("FAILED_PRECONDITION", "PREVIOUSLY_REJECTED"):
            create(connection, text)
    with refused("FAILED_PRECONDITION", "PREVIOUSLY_REJECTED"):
        create(connection, external_id=external_id)
    with refused("FAILED_PRECONDITION", "PREVIOUSLY_REJECTED"):
        create(connection, wallet.on(), external_id)


@pytest.mark.parametrize("spelling", [str, str.lower, lambda text: text.lower().upper().replace("X", "x")])
def test_every_spelling_is_one_wallet(connection, spelling):
    wallet = Wallet()
    text = "eip155:1:0x" + spelling(wallet.address[2:])
    customer = create(connection, text).customer
    assert customer.wallet == wallet.on(1)
    for other in (wallet.on(1), wallet.on(1).lower()):
        assert connection.customers.get_customer(wallet=other).customer == customer
        with refused("ALREADY_EXISTS", "WALLET_TAKEN", customer_id=customer.id):
            create(connection, other)
    assert create(connection, wallet.on(5)).customer.wallet == wallet.on(5), "another chain is another wallet"


@pytest.fixture
def initiating(connection):
    """A customer with a challenge to sign, and its wallet."""
    wallet = Wallet()
    return wallet, create(connection, wallet.on())


def submit(connection, response, signature, **fields):
    return connection.customers.submit_challenge(customer_id=response.customer.id, signature=signature, **fields)


def is_present(connection, response):
    """Whether the challenge is still the one of the creation."""
    present = connection.customers.get_challenge(customer_id=response.customer.id).challenge
    return present == response.challenge


def malformed_signatures():
    for length in (0, 1, 63, 66, 96, 132):
        yield pytest.param(lambda signature, length=length: (signature * 3)[:length], id=f"{length} bytes")
    for v in (2, 3, 4, 26, 29, 35, 37, 38, 128, 255):
        yield pytest.param(lambda signature, v=v: signature[:64] + bytes([v]), id=f"v {v}")
    for name, value in (("0", 0), ("n", ORDER), ("n+1", ORDER + 1), ("p", FIELD), ("max", 2**256 - 1)):
        encoded = value.to_bytes(32, "big")
        yield pytest.param(lambda signature, r=encoded: r + signature[32:], id=f"r {name}")
        yield pytest.param(lambda signature, s=encoded: signature[:32] + s + signature[64:], id=f"s {name}")
    yield pytest.param(lambda signature: signature[:32] + bytes(32), id="compact s 0")
    yield pytest.param(lambda signature: b"0x" + signature.hex().encode(), id="hexadecimal text")
    yield pytest.param(lambda signature: signature + b"\x64\x92" * 16, id="ERC-6492 suffix")


@pytest.mark.parametrize("spoil", list(malformed_signatures()))
def test_a_malformed_signature_leaves_the_challenge(connection, initiating, spoil):
    wallet, response = initiating
    with refused("INVALID_ARGUMENT", "SIGNATURE_MALFORMED"):
        submit(connection, response, spoil(wallet.sign(response.challenge.message)))
    assert is_present(connection, response)
    assert prove(connection, wallet, response).state != State.INITIATING


def test_a_high_s_is_malformed_in_both_65_byte_forms(connection, initiating):
    wallet, response = initiating
    signature = wallet.sign(response.challenge.message)
    s = ORDER - int.from_bytes(signature[32:64], "big")
    twin = signature[:32] + s.to_bytes(32, "big") + bytes([55 - signature[64]])
    for form in ("v27", "v0"):
        with refused("INVALID_ARGUMENT", "SIGNATURE_MALFORMED"):
            submit(connection, response, reshape(twin, form))
    assert is_present(connection, response)


def test_a_megabyte_of_signature(connection, initiating):
    _, response = initiating
    with refused("INVALID_ARGUMENT", "SIGNATURE_MALFORMED"):
        submit(connection, response, bytes(900_000))
    assert is_present(connection, response)


def raw_sign(wallet, digest):
    signature = coincurve.PrivateKey(bytes(wallet.account.key)).sign_recoverable(digest, hasher=None)
    return signature[:64] + bytes([signature[64] + 27])


def typed_data(wallet, message):
    signable = encode_typed_data(
        domain_data={"name": "app", "chainId": 1},
        message_types={"Proof": [{"name": "text", "type": "string"}]},
        message_data={"text": message.decode()},
    )
    return bytes(wallet.account.sign_message(signable).signature)


def off_the_curve():
    """An r that is below n but no x-coordinate of the curve."""
    r = 5
    while pow(r**3 + 7, (FIELD - 1) // 2, FIELD) == 1:
        r += 1
    return r.to_bytes(32, "big")


def flip(signature, index):
    return bytes(byte ^ (index == at) for at, byte in enumerate(signature))


MISMATCHES = {
    "another key": lambda wallet, message: Wallet().sign(message),
    "another recovery bit": lambda wallet, message: (lambda s: s[:64] + bytes([55 - s[64]]))(wallet.sign(message)),
    "a bit of s": lambda wallet, message: flip(wallet.sign(message), 63),
    "r off the curve": lambda wallet, message: off_the_curve() + wallet.sign(message)[32:],
    "no prefix (eth_sign)": lambda wallet, message: raw_sign(wallet, keccak(message)),
    "SHA-256": lambda wallet, message: raw_sign(wallet, hashlib.sha256(message).digest()),
    "Base64 of the message": lambda wallet, message: wallet.sign(base64.b64encode(message)),
    "CRLF": lambda wallet, message: wallet.sign(message.replace(b"\n", b"\r\n")),
    "trailing LF": lambda wallet, message: wallet.sign(message + b"\n"),
    "trailing space": lambda wallet, message: wallet.sign(message + b" "),
    "typed data": typed_data,
    "another domain": lambda wallet, message: wallet.sign(b"evil." + message),
    "another chain": lambda wallet, message: wallet.sign(message.replace(b"Chain ID: 1", b"Chain ID: 2")),
    "lower-case address": lambda wallet, message: wallet.sign(
        message.replace(wallet.address.encode(), wallet.address.lower().encode())
    ),
    "another nonce": lambda wallet, message: wallet.sign(message.replace(b"Nonce: ", b"Nonce: A")),
}


@pytest.mark.parametrize("name", MISMATCHES)
def test_another_signature_is_a_mismatch_and_renews_the_challenge(connection, initiating, name):
    wallet, response = initiating
    with refused("PERMISSION_DENIED", "SIGNATURE_MISMATCH", attempts_left="9"):
        submit(connection, response, MISMATCHES[name](wallet, response.challenge.message))
    renewed = connection.customers.get_challenge(customer_id=response.customer.id).challenge
    assert renewed.nonce != response.challenge.nonce
    customer = connection.customers.get_customer(customer_id=response.customer.id).customer
    assert customer.state == State.INITIATING
    assert customer.pending.last_outcome == "SIGNATURE_MISMATCH" and customer.pending.attempt == 2
    with refused("PERMISSION_DENIED", "SIGNATURE_MISMATCH", attempts_left="8"):
        submit(connection, response, wallet.sign(response.challenge.message))
    present = connection.customers.get_challenge(customer_id=response.customer.id).challenge
    proved = submit(connection, response, wallet.sign(present.message), message=present.message).customer
    assert proved.state in {State.SCREENING, State.VERIFYING}
    events = history(connection, customer.id)
    assert [event.to for event in events[:4]] == [State.INITIATING] * 3 + [State.SCREENING]


OTHER_MESSAGES = {
    "userinfo": lambda text: text.replace(b" wants", b"@evil.example wants", 1),
    "domain": lambda text: b"evil." + text,
    "URI": lambda text: text.replace(b"URI: ", b"URI: https://evil.example/?"),
    "chain": lambda text: text.replace(b"Chain ID: 1", b"Chain ID: 10"),
    "CRLF": lambda text: text.replace(b"\n", b"\r\n"),
    "trailing LF": lambda text: text + b"\n",
    "not text": lambda text: b"\xff\xfe\x00",
}


@pytest.mark.parametrize("name", OTHER_MESSAGES)
def test_a_message_that_is_no_challenge_of_this_customer_is_refused_and_changes_nothing(connection, initiating, name):
    wallet, response = initiating
    message = OTHER_MESSAGES[name](response.challenge.message)
    assert message != response.challenge.message
    with refused("INVALID_ARGUMENT", "FIELD_INVALID", field="message"):
        submit(connection, response, wallet.sign(message), message=message)
    assert is_present(connection, response)


@pytest.mark.parametrize("change", [(b"Nonce: ", b"Nonce: 0"), (b"Issued At: 20", b"Issued At: 19")])
def test_another_nonce_or_time_is_a_challenge_that_was_replaced(connection, initiating, change):
    wallet, response = initiating
    message = response.challenge.message.replace(*change)
    with refused("FAILED_PRECONDITION", "CHALLENGE_SUPERSEDED"):
        submit(connection, response, wallet.sign(message), message=message)
    assert is_present(connection, response)


def test_a_renewed_challenge_supersedes_the_first(connection, initiating):
    wallet, response = initiating
    first = response.challenge
    renewed = connection.customers.get_challenge(customer_id=response.customer.id, renew=True).challenge
    assert renewed.nonce != first.nonce
    with refused("FAILED_PRECONDITION", "CHALLENGE_SUPERSEDED"):
        submit(connection, response, wallet.sign(first.message), message=first.message)
    assert submit(connection, response, wallet.sign(renewed.message)).customer.state != State.INITIATING
    events = history(connection, response.customer.id)
    assert Command.name(events[1].cause.command) == "ISSUE_CHALLENGE"


def test_a_challenge_is_used_once(connection, initiating):
    wallet, response = initiating
    prove(connection, wallet, response)
    await_state(connection, response.customer.id, State.VERIFYING)
    with refused("FAILED_PRECONDITION", "ILLEGAL_TRANSITION", command="SUBMIT_CHALLENGE", **{"from": "VERIFYING"}):
        prove(connection, wallet, response)
    with refused("FAILED_PRECONDITION", "ILLEGAL_TRANSITION"):
        connection.customers.get_challenge(customer_id=response.customer.id)


def test_two_submissions_at_once_make_one_transition(connection, initiating):
    wallet, response = initiating
    path = "gatehouse.v1.CustomerService/SubmitChallenge"
    submission = request(path, customer_id=response.customer.id, signature=wallet.sign(response.challenge.message))
    streams = [connection.begin(path, submission, buffered=True) for _ in range(16)]
    connection.flush()
    codes = sorted(connection.reply(stream).status.code for stream in streams)
    assert codes == [0] + [9] * 15
    await_state(connection, response.customer.id, State.VERIFYING)
    assert len(history(connection, response.customer.id)) == 3


def test_a_challenge_expires(new_server):
    server = new_server("--challenge-ttl", "2")
    with server.connect() as connection:
        wallet = Wallet()
        response = create(connection, wallet.on())
        lifetime = response.challenge.expires_at.ToSeconds() - response.challenge.issued_at.ToSeconds()
        assert lifetime == 2
        while time.time() < response.challenge.expires_at.ToMicroseconds() / 1e6:
            time.sleep(0.05)
        with refused("FAILED_PRECONDITION", "CHALLENGE_EXPIRED"):
            submit(connection, response, wallet.sign(response.challenge.message))
        renewed = connection.customers.get_challenge(customer_id=response.customer.id).challenge
        assert renewed.nonce != response.challenge.nonce
        pending = connection.customers.get_customer(customer_id=response.customer.id).customer.pending
        assert pending.last_outcome == "CHALLENGE_EXPIRED"
        assert submit(connection, response, wallet.sign(renewed.message)).customer.state != State.INITIATING


def test_after_ten_mismatches_the_door_is_shut_for_a_while(new_server):
    server = new_server("--challenge-ttl", "30")
    with server.connect() as connection:
        wallet = Wallet()
        response = create(connection, wallet.on())
        wrong = Wallet().sign(response.challenge.message)
        for left in range(9, -1, -1):
            with refused("PERMISSION_DENIED", "SIGNATURE_MISMATCH", attempts_left=str(left)):
                submit(connection, response, wrong)
        present = connection.customers.get_challenge(customer_id=response.customer.id).challenge
        with refused("RESOURCE_EXHAUSTED", "TOO_MANY_ATTEMPTS") as caught:
            submit(connection, response, wallet.sign(present.message))
        assert 0 < caught.refusal.retry_seconds <= 30
        assert len(history(connection, response.customer.id)) == 11


def test_a_challenge_survives_a_restart(new_server):
    server = new_server()
    wallet = Wallet()
    with server.connect() as connection:
        response = create(connection, wallet.on())
    server.restart()
    with server.connect() as connection:
        assert is_present(connection, response)
        prove(connection, wallet, response)
        await_state(connection, response.customer.id, State.VERIFYING)


def test_settings_of_the_challenge_are_in_it(new_server):
    server = new_server(
        "--challenge-domain",
        "bank.example:8443",
        "--challenge-uri",
        "https://bank.example:8443/join",
        "--challenge-statement",
        "Prove that you own this wallet.",
        "--challenge-ttl",
        "120",
    )
    with server.connect() as connection:
        challenge = create(connection).challenge
        message = siwe.SiweMessage.from_message(challenge.message.decode())
        assert message.domain == "bank.example:8443" and message.statement == "Prove that you own this wallet."
        assert str(message.uri) == "https://bank.example:8443/join"
        assert challenge.expires_at.seconds - challenge.issued_at.seconds == 120


def test_the_simulator_rejects(connection):
    customer = verifying(connection)
    gone = connection.simulator.reject(customer_id=customer.id).customer
    assert gone.state == State.REJECTED and gone.reason
    with refused("FAILED_PRECONDITION", "ILLEGAL_TRANSITION"):
        connection.simulator.verify(customer_id=customer.id)


def test_no_simulator_outside_the_sandbox(new_server):
    server = new_server(sandbox=False)
    with server.connect() as connection:
        response = create(connection)
        with refused("UNIMPLEMENTED", "METHOD_UNKNOWN", method="gatehouse.v1.SimulatorService/Verify"):
            connection.simulator.verify(customer_id=response.customer.id)
        wallet = Wallet()
        proved = create(connection, wallet.on())
        prove(connection, wallet, proved)
        customer = connection.customers.get_customer(customer_id=proved.customer.id).customer
        assert customer.state == State.SCREENING, "nothing passes by itself outside the sandbox"
        connection.reviews.report_screening(customer_id=customer.id, outcome=Screening.CLEAR, provider="p")


def test_the_whole_sandbox_by_itself(new_server):
    server = new_server("--sandbox-verification", "auto")
    with server.connect() as connection:
        wallet = Wallet()
        response = create(connection, wallet.on())
        prove(connection, wallet, response)
        assert await_state(connection, response.customer.id, State.ACTIVE).state == State.ACTIVE


def test_two_spellings_at_once_make_one_customer(connection):
    wallet = Wallet()
    path = "gatehouse.v1.CustomerService/CreateCustomer"
    texts = [wallet.on(), wallet.on().lower()] * 8
    streams = [
        connection.begin(path, request(path, wallet=text, external_id=unique()), buffered=True) for text in texts
    ]
    connection.flush()
    codes = sorted(connection.reply(stream).status.code for stream in streams)
    assert codes == [0] + [6] * 15
