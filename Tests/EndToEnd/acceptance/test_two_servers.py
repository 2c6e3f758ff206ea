"""Case 18: two servers on one directory. One serves, the other says who does, and leaves the directory alone."""

import re
import time

from harness import NotStarted, Server, fingerprint
from ledger import Ledger
from load import start_load
from oracle import MANUAL, check_served
from scope import bounded, rounds
from stores import fill, make_store

IN_USE = 3
# A server that finds the directory in use ends within this, in seconds.
LOSES_WITHIN = 2


def race(data, count):
    """Starts servers at the same moment; those that serve, and why the others do not."""
    servers = [Server(data, *MANUAL) for _ in range(count)]
    for server in servers:
        server.launch()
    winners, losers = [], []
    for server in servers:
        try:
            winners.append(server.await_listening())
        except NotStarted as caught:
            losers.append((caught, server.startup))
    return winners, losers


@bounded(120, 120)
def test_case_18_two_servers(tmp_path, chance):
    ledger, data = Ledger(), tmp_path / "data"
    make_store(data, ledger, Server.kill)
    with Server(data, *MANUAL) as first:
        loaders = start_load(first, connections=4)
        for _ in range(rounds(5, 50)):
            winners, losers = race(data, 1)
            assert not winners
            for caught, seconds in losers:
                assert caught.code == IN_USE and seconds < LOSES_WITHIN, caught
                assert str(data) in caught.errors and re.search(rf"\b{first.pid}\b", caught.errors), caught
        ledger.take(*loaders)
        assert not ledger.unanswered and not any(loader.told.failures for loader in loaders)
        before = fingerprint(data)
        race(data, 2)
        assert fingerprint(data) == before
        check_served(first, ledger, chance)


@bounded(120, 600)
def test_case_18_racing_starts(tmp_path, chance):
    """Also on a directory that is not there yet, and right behind a `kill -9`."""
    ledger, data = Ledger(), tmp_path / "data"
    for number in range(rounds(12, 50)):
        winners, losers = race(data, 4)
        assert len(winners) == 1, [caught for caught, _ in losers]
        for caught, seconds in losers:
            assert caught.code == IN_USE and seconds < LOSES_WITHIN, caught
            assert str(data) in caught.errors
        fill(winners[0], ledger, 20)
        check_served(winners[0], ledger, chance)
        winners[0].kill()
        if number % 2:
            began = time.monotonic()
            with Server(data, *MANUAL) as server:
                assert time.monotonic() - began < LOSES_WITHIN, "a killed server's lock lingers"
                check_served(server, ledger, chance)
