"""Stores with a history worth losing: customers in every state, holds, notes, and blocks of many sizes."""

import signal

from gatehouse_client import Hold, Refusal, Screening, Verification
from harness import Server, Wallet, unique
from ledger import ACTIVATE, DEACTIVATE, REPORT_SCREENING, REPORT_VERIFICATION, SUBMIT
from load import CREATE, REJECT, start_load
from oracle import MANUAL


def created(connection, ledger, wallet=None):
    """A customer that has a challenge to sign: the response to its creation."""
    wallet = wallet or Wallet()
    return ledger.call(connection, CREATE, wallet=wallet.on(), external_id=unique(), labels={"plan": "blå"})


def signed(connection, ledger):
    """The id of a customer that is being screened."""
    wallet = Wallet()
    response = created(connection, ledger, wallet)
    signature = wallet.sign(response.challenge.message)
    ledger.call(connection, SUBMIT, customer_id=response.customer.id, signature=signature)
    return response.customer.id


def screened(connection, ledger):
    """The id of a customer that is being verified."""
    customer_id = signed(connection, ledger)
    ledger.call(connection, REPORT_SCREENING, customer_id=customer_id, outcome=Screening.CLEAR, provider="chain-watch")
    return customer_id


def approved(connection, ledger):
    """The id of a customer that is active."""
    customer_id = screened(connection, ledger)
    ledger.call(
        connection, REPORT_VERIFICATION, customer_id=customer_id, outcome=Verification.APPROVED, provider="person-check"
    )
    return customer_id


def live(connection, ledger):
    """Customers in every state, by every way that leads there, and notes that changed nothing."""
    created(connection, ledger)
    mistaken = created(connection, ledger)
    try:
        signature = Wallet().sign(mistaken.challenge.message)
        ledger.call(connection, SUBMIT, customer_id=mistaken.customer.id, signature=signature)
        raise AssertionError("another wallet's signature was accepted")
    except Refusal as refusal:
        assert refusal.reason == "SIGNATURE_MISMATCH"

    def screen(customer_id, outcome, **fields):
        ledger.call(
            connection, REPORT_SCREENING, customer_id=customer_id, outcome=outcome, provider="chain-watch", **fields
        )

    def verify(customer_id, outcome, **fields):
        ledger.call(
            connection, REPORT_VERIFICATION, customer_id=customer_id, outcome=outcome, provider="person-check", **fields
        )

    signed(connection, ledger)
    doubtful = signed(connection, ledger)
    screen(doubtful, Screening.HIT, attempt=1, detail="a mixer", risk="high")
    screen(doubtful, Screening.CLEAR, attempt=1, reference="late")
    screen(doubtful, Screening.CLEAR)
    screen(signed(connection, ledger), Screening.INCONCLUSIVE)
    screen(signed(connection, ledger), Screening.HIT, final=True)
    screened(connection, ledger)
    verify(screened(connection, ledger), Verification.RETRY, reason="the photograph is dark")
    verify(screened(connection, ledger), Verification.DECLINED, detail="not the same person")
    approved(connection, ledger)
    held = approved(connection, ledger)
    for kind in (Hold.PARTNER, Hold.RISK, Hold.OPERATIONAL):
        ledger.call(connection, DEACTIVATE, customer_id=held, kind=kind, reason="card lost", private_detail="as told")
    ledger.call(connection, ACTIVATE, customer_id=held, kinds=[Hold.PARTNER], reason="found")
    lifted = approved(connection, ledger)
    ledger.call(connection, DEACTIVATE, customer_id=lifted, reason="holiday")
    ledger.call(connection, ACTIVATE, customer_id=lifted)
    ledger.call(connection, REJECT, customer_id=approved(connection, ledger), reason="fraud", evidence="a file")


def fill(server, ledger, calls, connections=1, depth=32):
    """Creations, and rejections of every fourth, all answered."""
    ledger.take(*start_load(server, connections=connections, depth=depth, total=calls))


def make_store(data, ledger, stop, segments=3, calls=80):
    """A store whose log goes over several segments, small blocks and large; ended by `stop`, such as Server.kill."""
    server = Server(data, *MANUAL).start()
    for round_number in range(segments):
        if round_number:
            stop(server)
            server.start()
        with server.connect() as connection:
            ledger.store_id = connection.wait_hello().store_id
            if round_number == 0:
                live(connection, ledger)
        fill(server, ledger, calls, depth=64)
        fill(server, ledger, calls // 4, depth=1)
    stop(server)
    return server


def take_snapshot(server):
    """Has a snapshot taken, and waits until it counts."""
    taken = server.errors.count(b"snapshot taken")
    server.signal(signal.SIGUSR1)
    server.await_log("snapshot taken", taken + 1)


def make_snapshots(data, ledger, stop, calls=60, flags=(), **options):
    """A store with two snapshots, segments before both, between them and behind them; ended by `stop`. The first two
    segments are needed by no start."""
    server = Server(data, *MANUAL, *flags, **options).start()
    with server.connect() as connection:
        ledger.store_id = connection.wait_hello().store_id
        live(connection, ledger)
    for has_snapshot in (False, False, True, True, False):
        fill(server, ledger, calls, depth=64)
        if has_snapshot:
            take_snapshot(server)
        fill(server, ledger, calls // 4, depth=1)
        stop(server)
        server.start()
    fill(server, ledger, calls // 4, depth=1)
    stop(server)
    return server
