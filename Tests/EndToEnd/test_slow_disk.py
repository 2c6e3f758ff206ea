"""A disk that is slow: told while it is, and everything is answered in the end."""

import re
import shutil
import time

import pytest

from gatehouse_client import CUSTOMERS, request
from harness import create, random_wallet_text, unique

# More than a start flushes, and in microseconds.
FLUSHES, DELAY = 60, 2_500_000


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not there")
@pytest.mark.timeout(120)
def test_a_flush_that_hangs_is_told_while_it_does(new_server, tmp_path):
    inject = f"inject=fdatasync:delay_enter={DELAY}:when={FLUSHES}"
    server = new_server(
        wrapper=["strace", "-f", "-qq", "-o", tmp_path / "strace.log", "-e", "trace=fdatasync", "-e", inject])
    with server.connect() as connection:
        deadline = time.monotonic() + 60
        # One after the other, so that each is a flush; one of them is held up.
        while b"the disk is slow" not in server.errors:
            assert time.monotonic() < deadline, server.errors
            path = f"{CUSTOMERS}/CreateCustomer"
            stream = connection.begin(path, request(path, wallet=random_wallet_text(), external_id=unique()))
            assert connection.reply(stream).status.code == 0
        warning = next(line for line in server.errors.decode().splitlines() if "the disk is slow" in line)
        assert "a flush has not come to an end" in warning, "it is told before the flush is over"
        figures = {name: int(value) for name, value in re.findall(r"(\w+)=(\d+)", warning)}
        assert 1000 <= figures["milliseconds"] <= DELAY // 1000 and figures["slow_flushes"] == 1
        assert figures["waiting_bytes"] > 0
        assert create(connection).customer.revision > 1
    assert server.terminate() == 0
