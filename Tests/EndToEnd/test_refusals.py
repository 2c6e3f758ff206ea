"""Every reason to refuse a call that a client without a token can meet, with its code, metadata and message."""

import secrets
import uuid

import pytest

from gatehouse_client import (
    CUSTOMERS,
    HEALTH,
    REVIEWS,
    SIMULATOR,
    Hold,
    Refusal,
    Screening,
    State,
    Verification,
    request,
)
from harness import Wallet, active, create, random_wallet_text, refused, unique, verifying

ADDRESS = "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf"
DIGITS = ADDRESS[2:]

INVALID_WALLETS = {
    "empty": "",
    "leading zero": f"eip155:0300:{ADDRESS}",
    "plus": f"eip155:+300:{ADDRESS}",
    "minus": f"eip155:-1:{ADDRESS}",
    "hexadecimal chain": f"eip155:0x1:{ADDRESS}",
    "chain too great": f"eip155:{2**64}:{ADDRESS}",
    "chain of 40 digits": f"eip155:{'9' * 40}:{ADDRESS}",
    "no chain": f"eip155::{ADDRESS}",
    "no address": "eip155:300",
    "empty address": "eip155:300:",
    "zero address": f"eip155:300:0x{'0' * 40}",
    "39 digits": f"eip155:300:{ADDRESS[:-1]}",
    "41 digits": f"eip155:300:{ADDRESS}0",
    "no 0x": f"eip155:300:{DIGITS}",
    "0X": f"eip155:300:0X{DIGITS}",
    "leading space": f" eip155:300:{ADDRESS}",
    "trailing space": f"eip155:300:{ADDRESS} ",
    "inner space": f"eip155:300: {ADDRESS}",
    "NUL": f"eip155:300:{ADDRESS}\0",
    "trailing LF": f"eip155:300:{ADDRESS}\n",
    "four parts": f"eip155:300:{ADDRESS}:1",
    "percent": f"eip155:300:%30x{DIGITS}",
    "full-width digits": f"eip155:３００:{ADDRESS}",
    "full-width x": f"eip155:300:0ｘ{DIGITS}",
    "no hexadecimal digit": f"eip155:300:0x{'g' * 40}",
    "wrong checksum": f"eip155:300:0x{DIGITS[:-1]}F",
    "one letter of the checksum": f"eip155:300:0x7e{DIGITS[2:]}",
    "address alone": ADDRESS,
    "colons": "::",
}

OTHER_NAMESPACES = {
    "tron": "tron:0x2b6653dc:TRqhxK4dYJX6ScNAd4rGeVMzZ7v3MbyM2j",
    "solana": "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp:7S3P4HxJpyyigGzodYwHtCxZyUQe9JiBMHyRWXArAaKv",
    "bip122": "bip122:000000000019d6689c085ae165831e93:128Lkh3S7CkDTBZ8W7BbpsN3YYizJMp8p6",
    "cosmos": "cosmos:cosmoshub-3:cosmos1t2uflqwqe0fsj0shcfkrvpukewcw40yjj6hdc0",
}


@pytest.mark.parametrize("name", INVALID_WALLETS)
def test_invalid_wallets(connection, name):
    text = INVALID_WALLETS[name]
    with refused("INVALID_ARGUMENT", "WALLET_INVALID") as caught:
        connection.customers.create_customer(wallet=text, external_id=unique())
    assert caught.refusal.fields[0][0] == "wallet"
    # GetCustomer takes an empty wallet for one that is not given.
    with refused("INVALID_ARGUMENT", "WALLET_INVALID" if text else "FIELD_INVALID"):
        connection.customers.get_customer(wallet=text)


def test_case_45_of_the_namespace(connection):
    """`EIP155` is no CAIP-2 namespace, which are lower-case: either of the two reasons says so."""
    for text in (f"EIP155:300:{ADDRESS}", f"Eip155:300:{ADDRESS}"):
        with pytest.raises(Refusal) as caught:
            create(connection, text)
        assert caught.value.code == "INVALID_ARGUMENT"
        assert caught.value.reason in {"WALLET_INVALID", "UNSUPPORTED_CHAIN"}


@pytest.mark.parametrize("name", OTHER_NAMESPACES)
def test_other_namespaces(connection, name):
    with refused("INVALID_ARGUMENT", "UNSUPPORTED_CHAIN", namespace=name, supported=...):
        create(connection, OTHER_NAMESPACES[name])


FIELDS_OF_CREATE = {
    "external_id empty": ({"external_id": ""}, "external_id"),
    "external_id too long": ({"external_id": "x" * 257}, "external_id"),
    "external_id too long in bytes": ({"external_id": "é" * 129}, "external_id"),
    "external_id with LF": ({"external_id": "a\nb"}, "external_id"),
    "external_id with NUL": ({"external_id": "a\0b"}, "external_id"),
    "external_id with DEL": ({"external_id": "a\x7fb"}, "external_id"),
    "external_id with C1": ({"external_id": "a\u0085b"}, "external_id"),
    "17 labels": ({"labels": {f"k{n}": "v" for n in range(17)}}, "labels"),
    "label key empty": ({"labels": {"": "v"}}, "labels"),
    "label key too long": ({"labels": {"k" * 65: "v"}}, "labels"),
    "label value too long": ({"labels": {"k": "v" * 257}}, "labels"),
    "label value with control": ({"labels": {"k": "a\tb"}}, "labels"),
    "label key with control": ({"labels": {"a\tb": "v"}}, "labels"),
    "idempotency_key too long": ({"idempotency_key": "k" * 65}, "idempotency_key"),
    "idempotency_key not ASCII": ({"idempotency_key": "ké"}, "idempotency_key"),
    "idempotency_key with LF": ({"idempotency_key": "k\n"}, "idempotency_key"),
}


@pytest.mark.parametrize("name", FIELDS_OF_CREATE)
def test_fields_of_create(connection, name):
    fields, field = FIELDS_OF_CREATE[name]
    wallet = random_wallet_text()
    with refused("INVALID_ARGUMENT", "FIELD_INVALID", field=...) as caught:
        connection.customers.create_customer(**({"wallet": wallet, "external_id": unique()} | fields))
    assert caught.refusal.metadata["field"].startswith(field)
    assert caught.refusal.fields[0][0].startswith(field)
    with refused("NOT_FOUND", "CUSTOMER_NOT_FOUND"):
        connection.customers.get_customer(wallet=wallet)


def test_the_greatest_allowed_fields(connection):
    external_id = "é" * 112 + secrets.token_hex(16)
    labels = {f"{n:02}" + "k" * 62: "v" * 256 for n in range(16)}
    customer = create(
        connection, None, external_id, labels=labels, idempotency_key="~" * 32 + secrets.token_hex(16)
    ).customer
    assert customer.external_id == external_id and dict(customer.labels) == labels
    assert connection.customers.get_customer(external_id=external_id).customer == customer


UNKNOWN_IDS = {
    "another UUIDv7": "01890a5d-ac96-774b-bcce-b302099a8057",
    "random": str(uuid.uuid4()),
    "nil": str(uuid.UUID(int=0)),
}
NOT_IDS = [
    "x",
    "01890a5d-ac96-774b-bcce-b302099a805",
    "01890a5dac96774bbcceb302099a8057",
    "é" * 18,
    "-" * 36,
    "x" * 5000,
]

BY_ID = [
    (f"{CUSTOMERS}/GetChallenge", {}),
    (f"{CUSTOMERS}/SubmitChallenge", {"signature": bytes(65)}),
    (f"{CUSTOMERS}/GetVerification", {}),
    (f"{CUSTOMERS}/Activate", {}),
    (f"{CUSTOMERS}/Deactivate", {}),
    (f"{CUSTOMERS}/GetCustomer", {}),
    (f"{CUSTOMERS}/GetHistory", {}),
    (f"{REVIEWS}/ReportScreening", {"outcome": Screening.CLEAR, "provider": "p"}),
    (f"{REVIEWS}/StartVerification", {"provider": "p"}),
    (f"{REVIEWS}/ReportVerification", {"outcome": Verification.APPROVED, "provider": "p"}),
    (f"{REVIEWS}/RequestScreening", {}),
    (f"{REVIEWS}/Reject", {"reason": "r"}),
    (f"{SIMULATOR}/Verify", {}),
    (f"{SIMULATOR}/Reject", {}),
    (f"{SIMULATOR}/Screen", {"outcome": Screening.CLEAR}),
]


@pytest.mark.parametrize("path,fields", BY_ID, ids=[path for path, _ in BY_ID])
def test_ids(connection, path, fields):
    for text in UNKNOWN_IDS.values():
        with refused("NOT_FOUND", "CUSTOMER_NOT_FOUND"):
            connection.call(path, request(path, customer_id=text, **fields))
    for text in NOT_IDS:
        with pytest.raises(Refusal) as caught:
            connection.call(path, request(path, customer_id=text, **fields))
        assert (caught.value.code, caught.value.reason) in {
            ("INVALID_ARGUMENT", "FIELD_INVALID"),
            ("NOT_FOUND", "CUSTOMER_NOT_FOUND"),
        }
    with refused("INVALID_ARGUMENT", "FIELD_INVALID", field=...):
        connection.call(path, request(path, **fields))


def test_get_customer_by_exactly_one(connection):
    wallet, external_id = random_wallet_text(), unique()
    customer = create(connection, wallet, external_id).customer
    get = connection.customers.get_customer
    assert get(customer_id=customer.id) == get(external_id=external_id) == get(wallet=wallet)
    for fields in (
        {},
        {"customer_id": customer.id, "wallet": wallet},
        {"external_id": external_id, "wallet": wallet},
        {"customer_id": customer.id, "external_id": external_id, "wallet": wallet},
    ):
        with refused("INVALID_ARGUMENT", "FIELD_INVALID"):
            get(**fields)
    with refused("NOT_FOUND", "CUSTOMER_NOT_FOUND"):
        get(external_id=unique())
    with refused("NOT_FOUND", "CUSTOMER_NOT_FOUND"):
        get(wallet=random_wallet_text())


def test_taken(connection):
    wallet, external_id = Wallet(), unique()
    customer = create(connection, wallet.on(), external_id).customer
    with refused("ALREADY_EXISTS", "CUSTOMER_EXISTS", customer_id=customer.id):
        create(connection, wallet.on(), external_id)
    with refused("ALREADY_EXISTS", "WALLET_TAKEN", customer_id=customer.id):
        create(connection, wallet.on())
    with refused("ALREADY_EXISTS", "EXTERNAL_ID_TAKEN", customer_id=customer.id):
        create(connection, None, external_id)
    other = create(connection).customer
    with pytest.raises(Refusal) as caught:
        create(connection, wallet.on(), other.external_id)
    assert (caught.value.code, caught.value.reason) in {
        ("ALREADY_EXISTS", "WALLET_TAKEN"),
        ("ALREADY_EXISTS", "EXTERNAL_ID_TAKEN"),
    }


def test_illegal_transitions(connection):
    initiating = create(connection).customer
    waiting = verifying(connection)
    running = active(connection)
    gone = active(connection)
    connection.reviews.reject(customer_id=gone.id, reason="r")
    illegal = [
        (initiating, "ACTIVATE", connection.customers.activate, {}),
        (initiating, "DEACTIVATE", connection.customers.deactivate, {}),
        (
            initiating,
            "REPORT_SCREENING",
            connection.reviews.report_screening,
            {"outcome": Screening.CLEAR, "provider": "p"},
        ),
        (initiating, "START_VERIFICATION", connection.reviews.start_verification, {"provider": "p"}),
        (
            initiating,
            "REPORT_VERIFICATION",
            connection.reviews.report_verification,
            {"outcome": Verification.APPROVED, "provider": "p"},
        ),
        (waiting, "ACTIVATE", connection.customers.activate, {}),
        (waiting, "DEACTIVATE", connection.customers.deactivate, {}),
        (waiting, "SUBMIT_CHALLENGE", connection.customers.submit_challenge, {"signature": b"\1" * 64 + b"\1"}),
        (
            waiting,
            "REPORT_SCREENING",
            connection.reviews.report_screening,
            {"outcome": Screening.CLEAR, "provider": "p"},
        ),
        (running, "SUBMIT_CHALLENGE", connection.customers.submit_challenge, {"signature": b"\1" * 64 + b"\1"}),
        (
            running,
            "REPORT_VERIFICATION",
            connection.reviews.report_verification,
            {"outcome": Verification.DECLINED, "provider": "p"},
        ),
        (gone, "ACTIVATE", connection.customers.activate, {}),
        (gone, "DEACTIVATE", connection.customers.deactivate, {}),
        (gone, "REJECT", connection.reviews.reject, {"reason": "again"}),
    ]
    for customer, command, call, fields in illegal:
        before = connection.customers.get_customer(customer_id=customer.id)
        state = State.name(before.customer.state)
        with refused("FAILED_PRECONDITION", "ILLEGAL_TRANSITION", command=command, allowed=..., **{"from": state}):
            call(customer_id=customer.id, **fields)
        assert connection.customers.get_customer(customer_id=customer.id) == before
    for customer in (initiating, running):
        with pytest.raises(Refusal) as caught:
            connection.customers.get_verification(customer_id=customer.id)
        assert (caught.value.code, caught.value.reason) == ("FAILED_PRECONDITION", "ILLEGAL_TRANSITION")
    with refused("FAILED_PRECONDITION", "ILLEGAL_TRANSITION"):
        connection.simulator.verify(customer_id=initiating.id)
    with refused("FAILED_PRECONDITION", "ILLEGAL_TRANSITION"):
        connection.simulator.screen(customer_id=running.id, outcome=Screening.CLEAR)


def test_revision_mismatch(connection):
    customer = active(connection)
    for wrong in (1, customer.revision - 1, customer.revision + 1, 2**64 - 1):
        with refused("ABORTED", "REVISION_MISMATCH", revision=str(customer.revision)):
            connection.customers.deactivate(customer_id=customer.id, expected_revision=wrong)
        with refused("ABORTED", "REVISION_MISMATCH", revision=str(customer.revision)):
            connection.customers.activate(customer_id=customer.id, expected_revision=wrong)
    held = connection.customers.deactivate(customer_id=customer.id, expected_revision=customer.revision).customer
    assert held.state == State.INACTIVE
    back = connection.customers.activate(customer_id=customer.id, expected_revision=held.revision).customer
    assert back.state == State.ACTIVE


LONG_FIELDS = [
    (f"{CUSTOMERS}/Activate", "reason", 256, {}),
    (f"{CUSTOMERS}/Deactivate", "reason", 256, {}),
    (f"{CUSTOMERS}/Deactivate", "private_detail", 1024, {}),
    (f"{REVIEWS}/Reject", "reason", 256, {}),
    (f"{REVIEWS}/Reject", "evidence", 1024, {"reason": "r"}),
    (f"{REVIEWS}/ReportScreening", "provider", 64, {"outcome": 1}),
    (f"{REVIEWS}/ReportScreening", "reference", 256, {"outcome": 1, "provider": "p"}),
    (f"{REVIEWS}/ReportScreening", "risk", 64, {"outcome": 1, "provider": "p"}),
    (f"{REVIEWS}/ReportScreening", "detail", 1024, {"outcome": 1, "provider": "p"}),
    (f"{REVIEWS}/StartVerification", "provider", 64, {}),
    (f"{REVIEWS}/StartVerification", "reference", 256, {"provider": "p"}),
    (f"{REVIEWS}/StartVerification", "session_url", 2048, {"provider": "p"}),
    (f"{REVIEWS}/ReportVerification", "provider", 64, {"outcome": 1}),
    (f"{REVIEWS}/ReportVerification", "reference", 256, {"outcome": 1, "provider": "p"}),
    (f"{REVIEWS}/ReportVerification", "detail", 1024, {"outcome": 1, "provider": "p"}),
    (f"{REVIEWS}/ReportVerification", "reason", 256, {"outcome": 3, "provider": "p"}),
]


@pytest.mark.parametrize("path,field,limit,fields", LONG_FIELDS)
def test_fields_that_are_too_long(connection, path, field, limit, fields):
    customer = active(connection)
    before = connection.customers.get_customer(customer_id=customer.id)
    with refused("INVALID_ARGUMENT", "FIELD_INVALID", field=field):
        connection.call(path, request(path, customer_id=customer.id, **(fields | {field: "x" * (limit + 1)})))
    assert connection.customers.get_customer(customer_id=customer.id) == before


def test_enums_out_of_range(connection):
    customer = active(connection)
    bad = [
        (f"{CUSTOMERS}/Deactivate", {"kind": 99}),
        (f"{CUSTOMERS}/Activate", {"kinds": [99]}),
        (f"{CUSTOMERS}/Activate", {"kinds": [0]}),
        (f"{REVIEWS}/ReportScreening", {"outcome": 0, "provider": "p"}),
        (f"{REVIEWS}/ReportScreening", {"outcome": -1, "provider": "p"}),
        (f"{REVIEWS}/ReportVerification", {"outcome": 77, "provider": "p"}),
        (f"{REVIEWS}/Reject", {"reason": ""}),
        (f"{SIMULATOR}/Screen", {"outcome": 0}),
    ]
    for path, fields in bad:
        with refused("INVALID_ARGUMENT", "FIELD_INVALID", field=...):
            connection.call(path, request(path, customer_id=customer.id, **fields))
    for fields in ({"states": [99]}, {"states": [0]}, {"page_size": 1001}):
        with refused("INVALID_ARGUMENT", "FIELD_INVALID", field=...):
            connection.customers.list_customers(**fields)


def test_page_tokens(connection):
    for _ in range(3):
        create(connection)
    page = connection.customers.list_customers(page_size=2)
    assert page.next_page_token
    token = page.next_page_token
    for wrong in ("x", "é", token[:-1], token + "A", token[::-1], "A" * 5000, "\0"):
        with refused("INVALID_ARGUMENT", "PAGE_TOKEN_INVALID"):
            connection.customers.list_customers(page_size=2, page_token=wrong)
    with refused("INVALID_ARGUMENT", "PAGE_TOKEN_INVALID"):
        connection.customers.list_customers(page_size=2, page_token=token, states=[State.REJECTED])


def test_payloads_that_do_not_parse_fail_their_stream_only(connection):
    for payload in (b"\x0a", b"\x0a\x05ab", b"\xff" * 11, b"\x07", b"\x0b\x0a\x01", b"\x0a\x02\xc3\x28", b"\x00\x00"):
        with refused("INVALID_ARGUMENT", "PAYLOAD_MALFORMED"):
            connection.finish(connection.begin(f"{CUSTOMERS}/CreateCustomer", payload))
        stream = connection.open(f"{CUSTOMERS}/Watch", payload)
        if payload not in (b"\x0a\x02\xc3\x28",):
            assert stream.end().reason == "PAYLOAD_MALFORMED"
        else:
            stream.cancel()
    assert create(connection).customer.state == State.INITIATING


def test_unknown_fields_are_skipped(connection):
    known = request(f"{CUSTOMERS}/CreateCustomer", wallet=random_wallet_text(), external_id=unique())
    unknown = b"\xfa\x07\x03abc" + b"\xf8\x07\x01" + b"\xfb\x07\x08\x01\xfc\x07" + b"\x08\x05"
    response = connection.finish(connection.begin(f"{CUSTOMERS}/CreateCustomer", unknown + known.SerializeToString()))
    assert response.customer.external_id == known.external_id


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "x",
        "gatehouse.v1.CustomerService",
        "gatehouse.v1.CustomerService/",
        "/gatehouse.v1.CustomerService/Get",
        "gatehouse.v1.CustomerService/createCustomer",
        "gatehouse.v1.CustomerService/CreateCustomer ",
        "gatehouse.v1.CustomerService/CreateCustome",
        "/gatehouse.v1.CustomerService/CreateCustomer",
        "é/é",
        "x" * 4000,
    ],
)
def test_unknown_methods(connection, path):
    with refused("UNIMPLEMENTED", "METHOD_UNKNOWN", method=...):
        connection.finish(connection.begin(path, b""))
    assert connection.health.check().status == 1


def test_health(connection):
    for service in ("", CUSTOMERS, REVIEWS, SIMULATOR, HEALTH):
        assert connection.health.check(service=service).status == 1, service
    with refused("NOT_FOUND", "SERVICE_NOT_FOUND", service="nobody"):
        connection.health.check(service="nobody")
    statuses = connection.health.list().statuses
    assert set(statuses) >= {"", CUSTOMERS, REVIEWS, HEALTH}
    assert all(each.status == 1 for each in statuses.values())
    watch = connection.health.watch(service=CUSTOMERS)
    assert watch.next().status == 1
    watch.cancel()
    unknown = connection.health.watch(service="nobody")
    assert unknown.next().status == 3
    assert unknown.next(wait=0.2) is None, "the stream of an unknown service stays open"
    unknown.cancel()
    assert unknown.end().code == "CANCELLED"


def test_holds_of_the_platform(connection):
    kinds = [Hold.PARTNER, Hold.OPERATIONAL, Hold.RISK]
    for first in kinds:
        for second in kinds:
            customer = active(connection)
            held = connection.customers.deactivate(customer_id=customer.id, kind=first, reason="first").customer
            assert held.state == State.INACTIVE and [hold.kind for hold in held.holds] == [first]
            again = connection.customers.deactivate(customer_id=customer.id, kind=second, reason="second").customer
            if first == second:
                assert again == held, "the same kind changes nothing"
            else:
                assert [hold.kind for hold in again.holds] == [first, second] and again.reason == "second"
                part = connection.customers.activate(customer_id=customer.id, kinds=[first]).customer
                assert part.state == State.INACTIVE and [hold.kind for hold in part.holds] == [second]
                same = connection.customers.activate(customer_id=customer.id, kinds=[first]).customer
                assert same == part, "nothing of that kind is left"
            assert connection.customers.activate(customer_id=customer.id).customer.state == State.ACTIVE
