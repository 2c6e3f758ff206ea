"""What the acceptance cases share: the seed, room for copies, and stores to damage."""

import pathlib
import random
import tempfile

import pytest

from harness import Server
from ledger import Ledger
from scope import SEED
from stores import make_store
from trials import Stored

ENDS = {"after kill -9": Server.kill, "after a clean stop": Server.terminate}


@pytest.fixture
def chance(request):
    """The choices of a test, which the seed and the test's name repeat."""
    print(f"ACCEPTANCE_SEED={SEED}")
    return random.Random(f"{SEED} {request.node.name}")


@pytest.fixture(autouse=True)
def nothing_left():
    """Ends the servers that a failed test leaves running."""
    before = set(Server.running)
    yield
    for server in Server.running - before:
        server.kill()


@pytest.fixture(scope="session")
def scratch():
    """A folder for copies of directories, in memory where that can be."""
    memory = pathlib.Path("/dev/shm")
    with tempfile.TemporaryDirectory(prefix="gatehouse-", dir=memory if memory.is_dir() else None) as name:
        yield pathlib.Path(name)


@pytest.fixture(scope="session", params=ENDS)
def stored(request, scratch):
    """A store of several segments, whose server was killed, or stopped."""
    ledger = Ledger()
    data = scratch / f"store {request.param}"
    make_store(data, ledger, ENDS[request.param])
    return Stored(data, ledger, scratch)
