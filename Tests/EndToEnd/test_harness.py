"""What the other tests stand on."""

import signal
import time

import pytest

from harness import Server

# Begins before the server, and goes on after it.
WRAPPER = ["sh", "-c", '"$@"; exec sleep 600', "sh"]


def test_a_signal_is_for_the_server_and_not_for_its_wrapper(tmp_path):
    server = Server(tmp_path, wrapper=WRAPPER)
    server.start()
    assert server.pid != server.process.pid
    server.signal(signal.SIGTERM)
    deadline = time.monotonic() + 30
    with pytest.raises(ProcessLookupError):
        while time.monotonic() < deadline:
            assert server.pid != server.process.pid
    server.signal(signal.SIGUSR1)
    assert server.kill() == -signal.SIGKILL
