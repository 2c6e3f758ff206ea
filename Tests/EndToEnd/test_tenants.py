"""Two tenants that look for each other: whatever one of them asks with the other's ids, wallets, keys, tokens and
revisions is answered as if the other were not there."""

import os
import time
import uuid

import pytest

from access import TokenServer, Tokens
from gatehouse_client import ADMIN, CUSTOMERS, HEALTH, REVIEWS, SCHEMA, SIMULATOR, Hold, Refusal, Screening, State, request
from harness import (
    Server,
    Wallet,
    active,
    await_state,
    create,
    history,
    list_all,
    present_revision,
    random_wallet_text,
    refused,
    unique,
    verifying,
    watch_all,
)

# What the other tenant must never read, whatever it asks for.
SECRET = "acme-secret"


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tenants")
    tokens = Tokens(
        folder / "tokens",
        ("shop", "acme", "partner"),
        ("other", "globex", "partner"),
        ("watcher", "globex", "observer"),
        ("ops", "*", "platform"),
        ("app", "acme", "partner", "app of acme"),
        ("app", "globex", "partner", "app of globex"),
    )
    with Server(folder / "data", "--tokens", str(tokens.path)) as server:
        yield TokenServer(server, tokens)


@pytest.fixture
def shop(guarded):
    with guarded.connect("shop") as connection:
        yield connection


@pytest.fixture
def other(guarded):
    with guarded.connect("other") as connection:
        yield connection


@pytest.fixture
def watcher(guarded):
    with guarded.connect("watcher") as connection:
        yield connection


@pytest.fixture
def ops(guarded):
    with guarded.connect("ops") as connection:
        yield connection


class Victim:
    """A customer of acme, its wallet, and the challenge that it has or had to sign."""

    def __init__(self, shop, ops, state):
        self.wallet, self.state = Wallet(), state
        made = create(shop, self.wallet.on(), unique(SECRET), labels={"note": SECRET})
        self.challenge = made.challenge.message
        self.id = made.customer.id
        if state != State.INITIATING:
            shop.customers.submit_challenge(customer_id=self.id, signature=self.wallet.sign(self.challenge))
            await_state(shop, self.id, State.VERIFYING)
        if state in (State.ACTIVE, State.INACTIVE, State.REJECTED):
            shop.simulator.verify(customer_id=self.id)
        if state == State.INACTIVE:
            shop.customers.deactivate(customer_id=self.id, reason=SECRET)
        if state == State.REJECTED:
            ops.reviews.reject(customer_id=self.id, reason=SECRET, evidence=SECRET)

    def look(self, shop):
        return shop.customers.get_customer(customer_id=self.id).customer


STATES = [State.INITIATING, State.VERIFYING, State.ACTIVE, State.INACTIVE, State.REJECTED]


def unknown_id():
    """A UUIDv7 of now that nobody has."""
    milliseconds = int(time.time() * 1000)
    bits = milliseconds << 80 | uuid.uuid4().int & (1 << 80) - 1
    return str(uuid.UUID(int=bits & ~(0xF << 76) & ~(0x3 << 62) | 0x7 << 76 | 0x2 << 62))


# Every method that names a customer by id, and what else to ask with.
BY_ID = [
    (f"{CUSTOMERS}/GetChallenge", {}),
    (f"{CUSTOMERS}/GetChallenge", {"renew": True}),
    (f"{CUSTOMERS}/SubmitChallenge", {"signature": "genuine"}),
    (f"{CUSTOMERS}/SubmitChallenge", {"signature": "genuine", "idempotency_key": "k"}),
    (f"{CUSTOMERS}/SubmitChallenge", {"signature": "foreign"}),
    (f"{CUSTOMERS}/GetVerification", {}),
    (f"{CUSTOMERS}/Activate", {}),
    (f"{CUSTOMERS}/Activate", {"expected_revision": "present", "idempotency_key": "a"}),
    (f"{CUSTOMERS}/Activate", {"kinds": [Hold.PARTNER]}),
    (f"{CUSTOMERS}/Deactivate", {"reason": "mine now"}),
    (f"{CUSTOMERS}/Deactivate", {"expected_revision": "present", "idempotency_key": "d"}),
    (f"{CUSTOMERS}/Deactivate", {"expected_revision": 1}),
    (f"{CUSTOMERS}/Deactivate", {"kind": Hold.RISK}),
    (f"{CUSTOMERS}/GetCustomer", {}),
    (f"{CUSTOMERS}/GetHistory", {}),
    (f"{SIMULATOR}/Verify", {}),
    (f"{SIMULATOR}/Reject", {}),
    (f"{SIMULATOR}/Screen", {"outcome": Screening.HIT}),
]
# Refused to all who are no platform, whatever they ask.
PLATFORM = [
    (f"{REVIEWS}/ReportScreening", {"outcome": Screening.CLEAR}),
    (f"{REVIEWS}/StartVerification", {"provider": "p"}),
    (f"{REVIEWS}/ReportVerification", {"outcome": 1}),
    (f"{REVIEWS}/RequestScreening", {}),
    (f"{REVIEWS}/Reject", {"reason": "r"}),
    (f"{REVIEWS}/ClaimReviews", None),
    (f"{REVIEWS}/RenewReviews", None),
    (f"{ADMIN}/GetStatus", None),
    (f"{ADMIN}/TakeSnapshot", None),
]
# Looked at by tests of their own.
APART = {
    f"{CUSTOMERS}/{name}" for name in ("CreateCustomer", "ListCustomers", "Watch", "WatchStats")
} | {f"{HEALTH}/{name}" for name in ("Check", "List", "Watch")} | {f"{ADMIN}/Backup"}


def test_every_method_is_asked():
    """A new method is looked at by one of these tests, or this one fails."""
    methods = {f"{name}/{method.name}" for name, service in SCHEMA.services.items() for method in service.methods}
    assert methods == {path for path, _ in BY_ID + PLATFORM} | APART


def answer(connection, path, fields, victim, customer_id, present):
    """The whole status of a refusal: code, message and details, byte for byte."""
    fields = dict(fields)
    if "signature" in fields:
        wallet = victim.wallet if fields["signature"] == "genuine" else Wallet("0x" + "17" * 32)
        fields["signature"] = wallet.sign(victim.challenge)
    if fields.get("expected_revision") == "present":
        fields["expected_revision"] = present
    stream = connection.begin(path, request(path, customer_id=customer_id, **fields))
    reply = connection.reply(stream)
    assert reply.status.code != 0, f"{path} was answered: {reply}"
    return reply.status.SerializeToString(deterministic=True)


@pytest.mark.parametrize("state", STATES, ids=State.name)
def test_another_tenants_customer_is_one_that_does_not_exist(shop, other, watcher, ops, state):
    victim = Victim(shop, ops, state)
    before, events = victim.look(shop), history(shop, victim.id)
    for connection in (other, watcher):
        for path, fields in BY_ID:
            asked = [
                answer(connection, path, fields, victim, customer_id, before.revision)
                for customer_id in (victim.id, unknown_id())
            ]
            assert asked[0] == asked[1], (path, fields)
            assert SECRET.encode() not in asked[0] and b"acme" not in asked[0]
        for path, fields in PLATFORM:
            if fields is None:
                with refused("PERMISSION_DENIED", "ROLE_NOT_ALLOWED", method=path):
                    connection.call(path, request(path))
            else:
                asked = [answer(connection, path, fields, victim, each, 0) for each in (victim.id, unknown_id(), "")]
                assert asked[0] == asked[1] == asked[2], path
    assert victim.look(shop) == before and history(shop, victim.id) == events


@pytest.mark.parametrize("state", STATES, ids=State.name)
def test_nor_is_it_found_by_wallet_or_external_id(shop, other, ops, state):
    victim = Victim(shop, ops, state)
    customer = victim.look(shop)
    for fields in ({"wallet": customer.wallet}, {"external_id": customer.external_id}):
        with refused("NOT_FOUND", "CUSTOMER_NOT_FOUND") as caught:
            other.customers.get_customer(**fields)
        with refused("NOT_FOUND", "CUSTOMER_NOT_FOUND") as unknown:
            other.customers.get_customer(**{name: random_wallet_text() for name in fields})
        assert caught.refusal.status == unknown.refusal.status


def test_only_the_platform_names_a_tenant(other, watcher, ops):
    create(ops, tenant="acme")
    wallet = random_wallet_text()
    for connection in (other, watcher):
        for path, fields in [
            (f"{CUSTOMERS}/GetCustomer", {"external_id": "e"}),
            (f"{CUSTOMERS}/ListCustomers", {}),
            (f"{CUSTOMERS}/CreateCustomer", {"wallet": wallet, "external_id": "e"}),
        ]:
            if connection is watcher and path.endswith("CreateCustomer"):
                continue
            statuses = []
            for tenant in ("acme", "nobody"):
                stream = connection.begin(path, request(path, tenant=tenant, **fields))
                statuses.append(connection.reply(stream).status.SerializeToString(deterministic=True))
            assert statuses[0] == statuses[1], path
        for stream in (
            connection.customers.watch(tenant="acme"),
            connection.customers.watch(tenant="nobody", snapshot=True),
            connection.customers.watch_stats(tenant="acme"),
            connection.customers.watch_stats(tenant="nobody"),
        ):
            end = stream.end()
            assert (end.code, end.reason) == ("INVALID_ARGUMENT", "FIELD_INVALID"), end
        # Its own name is nothing to hide.
        connection.customers.list_customers(tenant="globex")


def test_lists_are_the_tenants_own(shop, other, watcher, ops):
    mine = {create(other).customer.id for _ in range(3)}
    theirs = {create(shop).customer.id for _ in range(3)}
    for connection in (other, watcher):
        listed = list_all(connection, page_size=2)
        assert mine <= {each.id for each in listed}
        assert {each.tenant for each in listed} == {"globex"}
    assert mine | theirs <= {each.id for each in list_all(ops)}
    assert {each.tenant for each in list_all(ops, tenant="acme")} == {"acme"}
    # The platform's pages and another tenant's are no way in.
    for connection, fields in ((shop, {}), (ops, {}), (ops, {"tenant": "acme"})):
        token = connection.customers.list_customers(page_size=1, **fields).next_page_token
        with refused("INVALID_ARGUMENT", "PAGE_TOKEN_INVALID") as theirs_:
            other.customers.list_customers(page_token=token)
        with refused("INVALID_ARGUMENT", "PAGE_TOKEN_INVALID") as made_up:
            other.customers.list_customers(page_token="p1.1.1")
        assert theirs_.refusal.status == made_up.refusal.status


def test_watches_are_the_tenants_own(shop, other, watcher, ops):
    victim = Victim(shop, ops, State.INACTIVE)
    mine = create(other).customer
    present = present_revision(other)
    for connection in (other, watcher):
        events = watch_all(connection, until=mine.revision)
        assert {event.customer.tenant for event in events} == {"globex"}
        assert events[-1].customer.id == mine.id
        for fields in (
            {"after_revision": 0, "customer_ids": [victim.id]},
            {"after_revision": 0, "customer_ids": [unknown_id()]},
            {"after_revision": 0, "customer_ids": [victim.id], "latest_only": True, "states": [State.INACTIVE]},
        ):
            stream = connection.customers.watch(progress_interval_ms=10, **fields)
            message = stream.next()
            assert not message.events and not message.skipped and message.progress.revision >= present
            stream.cancel()
        stream = connection.customers.watch(snapshot=True)
        seen = []
        while not (message := stream.next()).HasField("snapshot_complete"):
            seen += message.current
        assert {each.tenant for each in seen} == {"globex"} and mine.id in {each.id for each in seen}
        assert message.snapshot_complete.customers == len(seen)
        stream.cancel()


def test_counts_are_the_tenants_own(shop, other, watcher, ops):
    def counted(connection, **fields):
        stream = connection.customers.watch_stats(**fields)
        message = stream.next()
        stream.cancel()
        return {each.state: each.customers for each in message.counts}, message.attention

    create(other)
    before = [counted(connection) for connection in (other, watcher)]
    everybody = counted(ops)
    verifying(shop)
    Victim(shop, ops, State.INACTIVE)
    assert [counted(connection) for connection in (other, watcher)] == before
    assert counted(ops) != everybody
    assert counted(ops, tenant="globex") == before[0]
    assert before[0][0] == {
        state: sum(each.state == state for each in list_all(other)) for state in {each.state for each in list_all(other)}
    }


def test_two_tenants_may_have_the_same_customer(shop, other):
    wallet, external_id = random_wallet_text(), unique()
    theirs = create(shop, wallet, external_id).customer
    mine = create(other, wallet, external_id).customer
    assert theirs.id != mine.id
    for fields, reason in (
        ((wallet, external_id), "CUSTOMER_EXISTS"),
        ((wallet, unique()), "WALLET_TAKEN"),
        ((random_wallet_text(), external_id), "EXTERNAL_ID_TAKEN"),
    ):
        with refused("ALREADY_EXISTS", reason, customer_id=mine.id):
            create(other, *fields)
    assert other.customers.get_customer(wallet=wallet).customer.id == mine.id
    assert other.customers.get_customer(external_id=external_id).customer.id == mine.id


def test_the_bar_of_rejected_wallets_tells_nothing_but_itself(shop, other, ops):
    victim = Victim(shop, ops, State.REJECTED)
    external_id = victim.look(shop).external_id
    own = Wallet()
    rejected = active(other, own, external_id=unique())
    ops.reviews.reject(customer_id=rejected.id, reason="r")
    for chain in (1, 137):
        with refused("FAILED_PRECONDITION", "PREVIOUSLY_REJECTED") as theirs:
            create(other, victim.wallet.on(chain))
        with refused("FAILED_PRECONDITION", "PREVIOUSLY_REJECTED") as mine:
            create(other, own.on(chain))
        # Not even whether it was its own or another tenant's.
        assert theirs.refusal.status == mine.refusal.status and not theirs.refusal.metadata
    # The external id is the tenant's own.
    assert create(other, external_id=external_id).customer.external_id == external_id


def test_idempotency_keys_are_the_tenants_own(guarded):
    """Also where principals of two tenants have the same name, and after a restart."""
    wallet, external_id = random_wallet_text(), unique()
    fields = {"wallet": wallet, "external_id": external_id, "idempotency_key": unique("key")}

    def ask(name, **other_fields):
        with guarded.connect(name) as connection:
            return create(connection, **(fields | other_fields)).customer

    theirs = ask("app of acme")
    mine = ask("app of globex")
    assert (theirs.tenant, mine.tenant) == ("acme", "globex") and theirs.id != mine.id
    guarded.server.restart()
    guarded.readings.clear()
    assert ask("app of acme") == theirs and ask("app of globex") == mine
    with refused("INVALID_ARGUMENT", "IDEMPOTENCY_KEY_REUSED"):
        ask("app of globex", external_id=unique())
    # A key that only the other tenant has used is new.
    key = unique("key")
    assert ask("app of acme", external_id=unique(), wallet=random_wallet_text(), idempotency_key=key).tenant == "acme"
    made = ask("app of globex", external_id=unique(), wallet=random_wallet_text(), idempotency_key=key)
    assert made.tenant == "globex"


def test_private_details_are_for_the_platform(guarded, shop, ops):
    """In Watch and GetHistory alike, of recent events and of those that are read from the log."""
    secrets = [f"private-{os.urandom(8).hex()}" for _ in range(2)]
    customer = active(shop)
    ops.customers.deactivate(customer_id=customer.id, kind=Hold.RISK, reason="public", private_detail=secrets[0])
    ops.customers.activate(customer_id=customer.id, kinds=[Hold.RISK])
    ops.reviews.reject(customer_id=customer.id, reason="public", evidence=secrets[1])

    def seen(connection):
        events = history(connection, customer.id)
        last = events[-1].revision
        for latest_only in (False, True):
            events += watch_all(connection, until=last, customer_ids=[customer.id], latest_only=latest_only)
        return events

    for _ in range(2):
        with guarded.connect("shop") as partner, guarded.connect("ops") as platform:
            partners, platforms = seen(partner), seen(platform)
        assert not any(event.cause.private_detail for event in partners)
        text = b"".join(event.SerializeToString() for event in partners)
        assert not any(secret.encode() in text for secret in secrets)
        assert {event.cause.private_detail for event in platforms} - {""} == set(secrets)
        assert [event.cause.reason for event in partners] == [event.cause.reason for event in platforms]
        guarded.server.restart()
        guarded.readings.clear()


def test_the_platform_names_the_tenant(ops, shop):
    with refused("INVALID_ARGUMENT", "FIELD_INVALID", field="tenant"):
        create(ops)
    with refused("INVALID_ARGUMENT", "FIELD_INVALID", field="tenant"):
        create(ops, tenant="*")
    with refused("INVALID_ARGUMENT", "FIELD_INVALID", field="tenant"):
        ops.customers.get_customer(external_id="e")
    customer = create(ops, tenant="acme").customer
    assert shop.customers.get_customer(customer_id=customer.id).customer == customer
    assert ops.customers.get_customer(external_id=customer.external_id, tenant="acme").customer == customer
    assert history(shop, customer.id)[0].cause.principal == "ops"


def test_health_is_for_all(shop, other, watcher, ops):
    for connection in (shop, other, watcher, ops):
        assert connection.health.check(service="").status == 1
        assert "gatehouse.v1.CustomerService" in connection.health.list().statuses


def test_a_partner_places_holds_of_its_own_kind_only(shop, ops):
    customer = active(shop)
    for kind in (Hold.OPERATIONAL, Hold.RISK):
        with refused("PERMISSION_DENIED", "HOLD_KIND_NOT_ALLOWED", kind=...):
            shop.customers.deactivate(customer_id=customer.id, kind=kind)
    with pytest.raises(Refusal):
        shop.customers.deactivate(customer_id=customer.id, private_detail="mine")
    ops.customers.deactivate(customer_id=customer.id, kind=Hold.RISK)
    with refused("PERMISSION_DENIED", "ON_HOLD", holds=...):
        shop.customers.activate(customer_id=customer.id)
