"""The Python adapters of the third parties, against local stand-ins with their faults and a real server."""

import asyncio
import contextlib
import sys
import threading
import time
import urllib.error
import urllib.request

import pytest

from conftest import ROOT
from harness import Server, State, Wallet, await_state, create, prove, verifying
from provider_stand_in import Chainalysis, Sumsub, webhook

sys.path[:0] = [str(ROOT / "clients/python"), str(ROOT / "clients/python/examples")]

import screening_worker  # noqa: E402
import verification_worker  # noqa: E402
from gatehouse import BlockingClient, Client  # noqa: E402

pytestmark = pytest.mark.timeout(120)
SECRET = "a secret of webhooks"


@pytest.fixture
def server(tmp_path):
    with Server(tmp_path / "data", "--sandbox-screening", "manual") as server:
        yield server


@contextlib.contextmanager
def running(work):
    """An adapter's coroutine in a thread; what it raised, in a list."""
    raised, loop = [], asyncio.new_event_loop()
    task = loop.create_task(work())

    def run():
        try:
            loop.run_until_complete(task)
        except asyncio.CancelledError:
            pass
        except Exception as error:
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield raised
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join(20)
        loop.close()
        assert not thread.is_alive()


def screening(server, stand_in, **options):
    async def work():
        async with Client(server.listen) as client:
            api = screening_worker.SanctionsAPI(stand_in.base, "key", timeout=0.5)
            await screening_worker.Worker(client, api, pause=0.01, **options).run()

    return running(work)


def proven(connection):
    wallet = Wallet()
    response = create(connection, wallet.on())
    prove(connection, wallet, response)
    return wallet, response.customer.id


PASSING = ["time-out", 429, 500, 503, "reset", "garbage", b"not JSON", {"identifications": None}, {}, [], {"x": 1}]
PASSING += [{"identifications": [{}]}, {"identifications": [{"category": 7}]}]


@pytest.mark.parametrize("fault", PASSING, ids=str)
def test_what_is_no_answer_is_asked_again_and_never_clear(server, fault):
    stand_in = Chainalysis("key", script=[fault, fault])
    with server.connect() as connection:
        _, customer_id = proven(connection)
        with screening(server, stand_in):
            await_state(connection, customer_id, State.VERIFYING)
        assert len(stand_in.requests) == 3
    stand_in.close()


@pytest.mark.parametrize("fault", ["time-out", 500, "garbage", {}], ids=str)
def test_without_an_answer_the_server_is_told_that_it_is_inconclusive(server, fault):
    stand_in = Chainalysis("key", script=[fault] * 1000)
    with server.connect() as connection:
        _, customer_id = proven(connection)
        with screening(server, stand_in, tries=2):
            deadline = time.monotonic() + 20
            while connection.customers.get_customer(customer_id=customer_id).customer.pending.last_outcome == "":
                assert time.monotonic() < deadline
        customer = connection.customers.get_customer(customer_id=customer_id).customer
        assert customer.state == State.SCREENING and customer.pending.last_outcome == "INCONCLUSIVE"
        assert len(stand_in.requests) == 2
    stand_in.close()


def test_a_finding_is_confirmed_by_a_second_screening(tmp_path):
    flags = ("--sandbox-screening", "manual", "--confirmation-delay", "300ms")
    with Server(tmp_path / "data", *flags) as server, server.connect() as connection:
        wallet, customer_id = proven(connection)
        stand_in = Chainalysis("key", sanctioned=[wallet.address])
        with screening(server, stand_in):
            await_state(connection, customer_id, State.REJECTED)
        outcomes = [event.to for event in connection.customers.get_history(customer_id=customer_id).events]
        assert outcomes.count(State.SCREENING) == 2, "the first finding alone rejected"
    assert len(stand_in.requests) == 2
    stand_in.close()


def test_two_workers_screen_everybody_once(server):
    stand_in = Chainalysis("key")
    with server.connect() as connection:
        with screening(server, stand_in), screening(server, stand_in):
            made = [proven(connection)[1] for _ in range(30)]
            for customer_id in made:
                await_state(connection, customer_id, State.VERIFYING)
    assert len(stand_in.requests) == len(made)
    stand_in.close()


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_what_will_not_pass_stops_the_worker_and_changes_nothing(server, status):
    stand_in = Chainalysis("key", script=[status] * 10)
    with server.connect() as connection:
        _, customer_id = proven(connection)
        with screening(server, stand_in) as raised:
            deadline = time.monotonic() + 20
            while not raised:
                assert time.monotonic() < deadline
                time.sleep(0.01)
        assert isinstance(raised[0], screening_worker.Lasting)
        customer = connection.customers.get_customer(customer_id=customer_id).customer
        assert customer.state == State.SCREENING and customer.pending.last_outcome == ""
    stand_in.close()


# --- Verification


@pytest.fixture
def verification(tmp_path):
    """A server whose screening passes by itself, and the receiver of webhooks."""
    with Server(tmp_path / "data") as server, BlockingClient(server.listen) as client:
        receiver = verification_worker.Receiver(client, SECRET, "basic-kyc-level")
        http = verification_worker.serve(receiver, ("127.0.0.1", 0))
        threading.Thread(target=http.serve_forever, daemon=True).start()

        def post(headers, body):
            url = "http://127.0.0.1:{}/webhooks".format(http.server_address[1])
            try:
                with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=20) as answer:
                    return answer.status
            except urllib.error.HTTPError as error:
                with error:
                    return error.code

        yield server, post
        http.shutdown()
        http.server_close()


def sessions(server, stand_in):
    async def work():
        async with Client(server.listen) as client:
            api = verification_worker.SumsubAPI(stand_in.base, "token", "secret", "basic-kyc-level", timeout=0.5)
            await verification_worker.Sessions(client, api, "https://example.org/verify", pause=0.01).run()

    return running(work)


def session(connection, customer_id, attempt):
    deadline = time.monotonic() + 20
    while True:
        held = connection.customers.get_verification(customer_id=customer_id).verification
        if held.attempt == attempt and held.reference:
            return held
        assert time.monotonic() < deadline, held
        time.sleep(0.01)


def test_verification_with_every_fault_of_the_provider(verification):
    server, post = verification
    stand_in = Sumsub(
        "secret", script=["time-out", 429, 500, "garbage", "reset", b"[]", {"userId": "another", "token": "t"}]
    )
    with server.connect() as connection, sessions(server, stand_in):
        customer_id = verifying(connection).id
        held = session(connection, customer_id, 1)
        assert (held.provider, held.reference) == ("sumsub", f"{customer_id}:1")
        assert held.session_url.endswith(f"#_act-{customer_id}:1")
        first, second = f"{customer_id}:1", f"{customer_id}:2"

        # Neither unsigned nor wrongly signed, of another level, a test's, garbage: nothing of it changes anything.
        headers, body = webhook(first, "GREEN", SECRET)
        revision = connection.customers.get_customer(customer_id=customer_id).customer.revision
        assert post({}, body) == 401
        assert post(headers | {"X-Payload-Digest": "0" * 64}, body) == 401
        assert post(headers | {"X-Payload-Digest-Alg": "HMAC_SHA1_HEX"}, body) == 401
        assert post(headers, body + b" ") == 401
        assert post(*webhook(first, "GREEN", "another secret")) == 401
        assert post(*webhook(first, "GREEN", SECRET, level="lower")) == 422
        assert post(*webhook(first, "GREEN", SECRET, testMode=True)) == 422
        assert post(*webhook(first, "YELLOW", SECRET)) == 422
        assert post(*webhook(first, "RED", SECRET)) == 422
        assert post(*webhook("nobody", "GREEN", SECRET)) == 400
        assert post(*webhook(first, "GREEN", SECRET, reviewStatus="pending")) == 200
        assert connection.customers.get_customer(customer_id=customer_id).customer.revision == revision

        # A refusal that can be mended, three times: one attempt more, with a session of its own.
        for _ in range(3):
            assert post(*webhook(first, "RED", SECRET, kind="RETRY")) == 200
        held = session(connection, customer_id, 2)
        assert held.reason == "The photograph is dark."

        # What comes late about the first attempt changes nothing.
        assert post(*webhook(first, "RED", SECRET, kind="FINAL")) == 200
        assert post(*webhook(first, "GREEN", SECRET)) == 200
        customer = connection.customers.get_customer(customer_id=customer_id).customer
        assert customer.state == State.VERIFYING and customer.pending.attempt == 2

        for _ in range(3):
            assert post(*webhook(second, "GREEN", SECRET)) == 200
        assert connection.customers.get_customer(customer_id=customer_id).customer.state == State.ACTIVE
        # A contradiction is for a person: nothing single writes REJECTED here.
        assert post(*webhook(second, "RED", SECRET, kind="FINAL")) == 200
        assert connection.customers.get_customer(customer_id=customer_id).customer.state == State.ACTIVE
    stand_in.close()


def test_a_final_refusal_rejects(verification):
    server, post = verification
    stand_in = Sumsub("secret")
    with server.connect() as connection, sessions(server, stand_in):
        customer_id = verifying(connection).id
        session(connection, customer_id, 1)
        assert post(*webhook(f"{customer_id}:1", "RED", SECRET, kind="FINAL")) == 200
        assert connection.customers.get_customer(customer_id=customer_id).customer.state == State.REJECTED
    stand_in.close()


def test_a_result_that_cannot_be_kept_is_asked_for_again(verification):
    server, post = verification
    with server.connect() as connection:
        customer_id = verifying(connection).id
    server.terminate()
    assert post(*webhook(f"{customer_id}:1", "GREEN", SECRET)) == 503
