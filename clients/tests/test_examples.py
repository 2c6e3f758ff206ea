"""The worked examples of every client, run: who copies one copies something that works."""

import contextlib
import re
import subprocess
import threading

import pytest

from faulty_proxy import FaultyProxy
from harness import Server, Wallet, create, unique

pytestmark = pytest.mark.timeout(300)


class Example:
    """An example as a child process, read line by line."""

    def __init__(self, language, name, *arguments):
        if name not in language.examples:
            pytest.skip(f"{language}: no example of that name is run")
        assert language.is_built
        self.process = subprocess.Popen(
            [*language.examples[name], *arguments],
            cwd=language.folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
        )
        self.lines = []
        # Whoever waits for a line that never comes finds the end of the output.
        self.deadline = threading.Timer(60, self.process.kill)
        self.deadline.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.deadline.cancel()
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()

    def read_until(self, pattern):
        """The lines up to one that matches."""
        lines = []
        for line in self.process.stdout:
            lines.append(line.rstrip("\n"))
            if re.search(pattern, line):
                return lines
        raise AssertionError(f"{pattern} never came: {lines}")


def test_onboard(language, tmp_path):
    wallet = Wallet()
    with Server(tmp_path / "data", "--sandbox-verification", "auto") as server:
        with Example(language, "onboard", server.listen, wallet.on(), unique()) as example:
            message = "\n".join(example.read_until("^Request ID: "))
            example.process.stdin.write(f"0x{wallet.sign(message.encode()).hex()}\n")
            example.process.stdin.flush()
            states = [line.rsplit(" ", 1)[1] for line in example.read_until(r"is \w*ACTIVE")]
            assert states[0].endswith("SCREENING") and len(states) == 3, states
            assert example.process.wait(30) == 0


def test_dashboard(language, tmp_path):
    with Server(tmp_path / "data") as server, contextlib.closing(FaultyProxy(server.address)) as proxy:
        with server.connect() as connection:
            create(connection)
        with Example(language, "dashboard", proxy.listen) as example:
            example.read_until(r"revision 1\b.*INITIATING\W+1\b")
            server.restart()
            proxy.target = server.address
            with server.connect() as connection:
                create(connection)
            example.read_until(r"revision 2\b.*INITIATING\W+2\b")
