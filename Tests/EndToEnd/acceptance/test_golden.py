"""Directories that earlier binaries made open for ever, and hold what they held."""

import time

import pytest

from clock import ShiftedClock
from golden import FOLDER, Expectation, unpack
from harness import Server, list_all, log_verify
from oracle import MANUAL, check_served
from stores import fill

NAMES = sorted(path.name.removesuffix(".tar.gz") for path in FOLDER.glob("*.tar.gz"))
# What `log verify` says of those with a tail to be cut.
TORN = {"v1-torn"}


def test_there_are_golden_directories():
    assert {"v1-empty", "v1-killed", "v1-stopped", "v1-torn"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_golden_directory(tmp_path, chance, name):
    data, expected, clock = tmp_path / "data", Expectation(name), ShiftedClock(tmp_path)
    unpack(name, data)
    code, found, errors = log_verify(data)
    assert code == (1 if name in TORN else 0), (found, errors)
    assert int(found["revision"]) == len(expected.ledger.events)
    # The time at which it was made, when its keys had not lapsed.
    clock.set(expected.made_at + 60 - time.time())
    server = Server(data, *MANUAL, environment=clock.environment).start()
    assert (data / "quarantine").exists() == (name in TORN), "what is torn is set aside, and nothing else"
    check_served(server, expected.ledger, chance, samples=10**6)
    with server.connect() as connection:
        assert {each.id: each for each in list_all(connection, page_size=1000)} == expected.customers
    server.kill()
    # And without that clock, years later: all but the keys.
    expected.ledger.lapsed = len(expected.ledger.events)
    again = Server(data, *MANUAL).start()
    check_served(again, expected.ledger, chance, samples=10**6)
    fill(again, expected.ledger, 30)
    again.restart()
    check_served(again, expected.ledger, chance)
    again.kill()
