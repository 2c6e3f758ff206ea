"""What the tests share: a server for all tests that do not mind each other, and servers of their own for the rest."""

import pytest

from harness import BINARY, Server
from scope import FULL, SEED


def pytest_report_header():
    return f"acceptance: {'all of it' if FULL else 'the fast subset (ACCEPTANCE=full for all)'}, ACCEPTANCE_SEED={SEED}"


def pytest_sessionstart(session):
    if not BINARY.is_file():
        pytest.exit(f"no server at {BINARY}: build it (swift build -c release) or set GATEHOUSE_BINARY", returncode=2)


@pytest.fixture(scope="session")
def shared_server(tmp_path_factory):
    """One server in the sandbox, screening passes by itself."""
    with Server(tmp_path_factory.mktemp("shared") / "data") as server:
        yield server


@pytest.fixture
def connection(shared_server):
    with shared_server.connect() as connection:
        yield connection


@pytest.fixture(scope="session")
def manual_server(tmp_path_factory):
    """One server in the sandbox, where the tests play the screening's provider."""
    with Server(tmp_path_factory.mktemp("manual") / "data", "--sandbox-screening", "manual") as server:
        yield server


@pytest.fixture
def manual(manual_server):
    with manual_server.connect() as connection:
        yield connection


@pytest.fixture
def new_server(tmp_path):
    """Makes servers on an empty directory; what is left running at the end of the test is ended."""
    servers = []

    def make(*flags, data=tmp_path / "data", **options):
        server = Server(data, *flags, **options)
        servers.append(server)
        return server.start()

    yield make
    for server in servers:
        if server.process is not None and server.process.poll() is None:
            server.kill()
