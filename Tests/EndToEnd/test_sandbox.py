"""The sandbox's levers: by external id, and told to the simulator."""

import subprocess
import time

import pytest

from gatehouse_client import Attention, Screening, State, Verification
from harness import BINARY, Server, Wallet, create, history, prove, unique

# Where a customer with the lever comes to, when attempts are due at once.
ENDS = {
    "clear": (State.VERIFYING, Attention.UNSPECIFIED),
    "hit": (State.REJECTED, Attention.UNSPECIFIED),
    "false-positive": (State.SCREENING, Attention.CONFLICTING_OUTCOMES),
    "inconclusive": (State.SCREENING, Attention.ATTEMPTS_EXHAUSTED),
    "outage": (State.VERIFYING, Attention.UNSPECIFIED),
    "silent": (State.SCREENING, Attention.DEADLINE_PASSED),
    "slow": (State.VERIFYING, Attention.UNSPECIFIED),
    "repeated": (State.VERIFYING, Attention.UNSPECIFIED),
    "late-hit": (State.VERIFYING, Attention.UNSPECIFIED),
    "rescreen-hit": (State.VERIFYING, Attention.UNSPECIFIED),
    "rescreen-false-positive": (State.VERIFYING, Attention.UNSPECIFIED),
    "approve": (State.ACTIVE, Attention.UNSPECIFIED),
    "decline": (State.REJECTED, Attention.UNSPECIFIED),
    "retry": (State.ACTIVE, Attention.UNSPECIFIED),
    "retry-always": (State.VERIFYING, Attention.ATTEMPTS_EXHAUSTED),
    "expire": (State.ACTIVE, Attention.UNSPECIFIED),
    "abandon": (State.VERIFYING, Attention.DEADLINE_PASSED),
    "slow-approve": (State.ACTIVE, Attention.UNSPECIFIED),
    "repeated-approve": (State.ACTIVE, Attention.UNSPECIFIED),
}


@pytest.fixture(scope="module")
def quick(tmp_path_factory):
    flags = ("--confirmation-delay", "0", "--backoff-base", "0", "--screening-deadline", "4s")
    data = tmp_path_factory.mktemp("sandbox") / "data"
    with Server(data, "--sandbox-screening", "manual", "--verification-deadline", "4s", *flags) as server:
        with server.connect() as connection:
            yield connection


def test_every_lever_is_in_the_help():
    text = subprocess.run([BINARY, "simulate", "--help"], capture_output=True, text=True, check=True).stdout
    listed = {line.split(":")[0][1:] for line in text.splitlines() if line.startswith("~")}
    assert listed == set(ENDS)


def test_levers_lead_where_they_say(quick):
    ids = {}
    for lever in ENDS:
        wallet = Wallet()
        parts = lever if list(ENDS).index(lever) < 11 else f"clear~{lever}"
        response = create(quick, wallet.on(), f"{unique()}~{parts}")
        prove(quick, wallet, response)
        ids[lever] = response.customer.id
    deadline = time.monotonic() + 60
    left = dict(ids)
    while left:
        for lever, customer_id in list(left.items()):
            now = quick.customers.get_customer(customer_id=customer_id).customer
            if (now.state, now.pending.attention) == ENDS[lever]:
                del left[lever]
        assert time.monotonic() < deadline, left
    words = [event.customer.pending.last_outcome for event in history(quick, ids["outage"])]
    assert words.count("INCONCLUSIVE") == 2
    details = [event.cause.private_detail for event in history(quick, ids["outage"])]
    assert any("503" in detail for detail in details)


def test_the_simulator_is_told_when_and_how_often(quick):
    wallet = Wallet()
    customer = prove(quick, wallet, create(quick, wallet.on()))
    tell = quick.simulator.screen
    assert tell(customer_id=customer.id, outcome=Screening.INCONCLUSIVE, times=3).customer.pending.attempt == 2
    assert tell(customer_id=customer.id, outcome=Screening.CLEAR, delay_ms=50).customer.state == State.SCREENING
    deadline = time.monotonic() + 30
    while quick.customers.get_customer(customer_id=customer.id).customer.state == State.SCREENING:
        assert time.monotonic() < deadline
    tell = quick.simulator.verify
    blurred = tell(customer_id=customer.id, outcome=Verification.RETRY, reason="blurred").customer
    assert blurred.pending.attempt == 2
    assert tell(customer_id=customer.id, outcome=Verification.DECLINED, attempt=1).customer == blurred
    assert tell(customer_id=customer.id).customer.state == State.ACTIVE
