"""The suite uses the harness of the end-to-end tests: a server, wallets, and a client made with google.protobuf."""

import pathlib
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests" / "EndToEnd" / "acceptance"))
sys.path.insert(0, str(ROOT / "Tests" / "EndToEnd"))

from harness import BINARY  # noqa: E402
from languages import chosen  # noqa: E402


def pytest_sessionstart(session):
    if not BINARY.is_file():
        pytest.exit(f"no server at {BINARY}: build it (swift build -c release) or set GATEHOUSE_BINARY", returncode=2)


@pytest.fixture(params=chosen(), ids=str)
def language(request):
    """Each client whose language is installed."""
    if request.param.missing:
        pytest.skip(f"{request.param}: not installed: {', '.join(request.param.missing)}")
    return request.param
