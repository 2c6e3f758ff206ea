"""Servers that ask for tokens, and the tokens."""

import json
import os
import signal
import subprocess

from harness import BINARY


def new_token(principal, tenant, role):
    """What `gatehouse token new` makes: the token, and the line for the file."""
    command = [BINARY, "token", "new", "--principal", principal, "--tenant", tenant, "--role", role, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)
    made = json.loads(done.stdout)
    return made["token"], made["line"]


class Tokens:
    """A tokens file, and the tokens of its lines by principal, or by another name where two have the same."""

    def __init__(self, path, *holders):
        self.path, self.lines, self.of = path, {}, {}
        for holder in holders:
            self.add(*holder)
        self.write()

    def add(self, principal, tenant, role, name=None):
        """A token more; one that the principal had before stays in the file."""
        token, line = new_token(principal, tenant, role)
        self.of[name or principal], self.lines[token] = token, line
        return token

    def revoke(self, token):
        del self.lines[token]

    def write(self, text=None):
        """Writes the file, in one step, as whoever changes it under a running server should."""
        new = self.path.with_suffix(".new")
        new.write_text(text if text is not None else "# by the tests\n" + "".join(f"{x}\n" for x in self.lines.values()))
        os.replace(new, self.path)


class TokenServer:
    """A server with a tokens file; connects as a principal."""

    def __init__(self, server, tokens):
        self.server, self.tokens = server, tokens
        self.readings = {}

    def connect(self, principal, **options):
        return self.server.connect(token=self.tokens.of[principal], **options)

    def read_again(self, expected="tokens read again"):
        """Has the server read the file again, and waits until it says so."""
        self.readings[expected] = self.readings.get(expected, 0) + 1
        self.server.signal(signal.SIGHUP)
        self.server.await_log(expected, self.readings[expected])
