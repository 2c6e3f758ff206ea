"""A server of one's own, wallets, and customers in any state."""

import contextlib
import functools
import hashlib
import json
import os
import pathlib
import re
import secrets
import select
import signal
import subprocess
import threading
import time

from eth_account import Account
from eth_account.messages import encode_defunct

from gatehouse_client import CUSTOMERS, SCHEMA, Connection, Refusal, State

CHECKOUT = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(os.environ.get("GATEHOUSE_BINARY", CHECKOUT / ".build/release/gatehouse")).resolve()
LINE = re.compile(r"gatehouse: listening on (127\.0\.0\.1):(\d+)\n")


class NotStarted(Exception):
    """The server ended instead of listening."""

    def __init__(self, code, errors):
        self.code, self.errors = code, errors
        super().__init__(f"exit code {code}: {errors}")


class Server:
    """`gatehouse serve` as a child process, on a port of its own choosing.

    `wrapper` is a command that runs the server's, such as strace with its flags; `environment` is added to its own.
    """

    # Those whose end nobody has waited for.
    running = set()

    def __init__(self, data, *flags, sandbox=True, log=None, wait=30, wrapper=(), environment=None):
        self.data, self.flags, self.sandbox, self.log = pathlib.Path(data), flags, sandbox, log
        self.process, self.address, self.wait = None, None, wait
        self.wrapper, self.environment = wrapper, environment or {}
        self.errors = b""

    def start(self):
        self.launch()
        return self.await_listening()

    def launch(self):
        """Starts the process and does not wait for it to listen."""
        serve = [str(BINARY), "serve", "--listen", "127.0.0.1:0", "--data", str(self.data), *self.flags]
        command = [*map(str, self.wrapper), *serve]
        if self.sandbox:
            command.append("--sandbox")
        environment = {key: value for key, value in os.environ.items() if not key.startswith("GATEHOUSE_")}
        environment |= self.environment
        self.errors = b""
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
        )
        self.running.add(self)
        self.collector = threading.Thread(target=self._collect, args=(self.process,), daemon=True)
        self.collector.start()

    def await_listening(self):
        """Waits until a server that was launched listens; raises NotStarted when it ends instead."""
        ready, _, _ = select.select([self.process.stdout], [], [], self.wait)
        if not ready:
            self.kill()
            raise TimeoutError(f"the server says nothing for {self.wait} s")
        line = self.process.stdout.readline().decode()
        self.startup = time.monotonic() - self.began
        match = LINE.fullmatch(line)
        if match is None:
            code = self.process.wait(self.wait)
            self._release()
            raise NotStarted(code, self.errors.decode(errors="replace") + line)
        self.address = (match[1], int(match[2]))
        return self

    def _collect(self, process):
        for line in process.stderr:
            self.errors = (self.errors + line)[-65536:]

    def connect(self, **options):
        return Connection(self.address, **options)

    @property
    def listen(self):
        return f"{self.address[0]}:{self.address[1]}"

    @property
    def pid(self):
        """The process id of the server itself, whatever it is wrapped in; ProcessLookupError if none runs: a wrapper may
        begin before it and end after it."""
        wrapper = self.process.pid
        children = pathlib.Path(f"/proc/{wrapper}/task/{wrapper}/children").read_text().split()
        for process in (wrapper, *map(int, children)):
            # One that has ended and was not waited for runs no program.
            with contextlib.suppress(FileNotFoundError):
                if os.readlink(f"/proc/{process}/exe") == str(BINARY):
                    return process
        raise ProcessLookupError(f"no server in process {wrapper}")

    def await_log(self, text, count=1, wait=30):
        """Waits until the server has logged a text so often since it was started."""
        deadline = time.monotonic() + wait
        while self.errors.count(text.encode()) < count:
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise TimeoutError(f"no {text!r} in the log: {self.errors.decode(errors='replace')}")
            time.sleep(0.002)

    def resident_bytes(self):
        text = pathlib.Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", text)[1]) * 1024

    def signal(self, number):
        """Sends a signal to the server, if it still runs."""
        if self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError, FileNotFoundError):
                os.kill(self.pid, number)

    def terminate(self, wait=30):
        """SIGTERM; the exit code."""
        self.signal(signal.SIGTERM)
        code = self.process.wait(wait)
        self._release()
        return code

    def kill(self):
        """SIGKILL, to the wrapper if it does not run the server yet or no longer."""
        try:
            os.kill(self.pid, signal.SIGKILL)
        except (ProcessLookupError, FileNotFoundError):
            self.process.kill()
        return self.wait_for_end(30)

    def wait_for_end(self, wait):
        """Waits until the server has ended by itself; the exit code."""
        code = self.process.wait(wait)
        self._release()
        return code

    def _release(self):
        self.running.discard(self)
        self.collector.join(5)
        self.process.stdout.close()

    def restart(self):
        """Stops gracefully, then starts again on the same directory."""
        assert self.terminate() == 0
        return self.start()

    def __enter__(self):
        return self.start()

    def __exit__(self, kind, *_):
        if self.process is None:
            return
        alive = self.process.poll() is None
        code = self.process.poll()
        self.kill()
        if kind is not None and self.errors:
            print(f"--- the server's log\n{self.errors.decode(errors='replace')[-4000:]}")
        assert alive or code == 0, f"the server ended by itself with {code}: {self.errors.decode(errors='replace')}"


class Wallet:
    """A throw-away key, in the hands of eth-account."""

    def __init__(self, key=None):
        self.account = Account.from_key(key) if key is not None else Account.create()
        self.address = self.account.address

    def on(self, chain=1):
        return f"eip155:{chain}:{self.address}"

    def sign(self, message, form="v27"):
        """EIP-191 `personal_sign`: "v27" 65 bytes with v 27 or 28, "v0" 65 bytes with v 0 or 1, "compact" EIP-2098."""
        signature = bytes(self.account.sign_message(encode_defunct(primitive=message)).signature)
        return reshape(signature, form)


def reshape(signature, form):
    """A 65-byte signature with v 27 or 28 in another of the three forms."""
    parity = signature[64] - 27
    if form == "v27":
        return signature
    if form == "v0":
        return signature[:64] + bytes([parity])
    assert form == "compact"
    s = int.from_bytes(signature[32:64], "big") | parity << 255
    return signature[:32] + s.to_bytes(32, "big")


def random_wallet_text(chain=1):
    """A wallet of which nobody has the key: enough for a customer that stays INITIATING."""
    return f"eip155:{chain}:0x{secrets.token_hex(20)}"


def unique(prefix="customer"):
    return f"{prefix}-{secrets.token_hex(8)}"


def create(connection, wallet=None, external_id=None, **fields):
    """A new customer, INITIATING: the response with its customer and challenge."""
    return connection.customers.create_customer(
        wallet=wallet or random_wallet_text(), external_id=external_id or unique(), **fields
    )


def prove(connection, wallet, response, form="v27", **fields):
    """Signs the challenge of a creation and submits it; the customer."""
    return connection.customers.submit_challenge(
        customer_id=response.customer.id, signature=wallet.sign(response.challenge.message, form), **fields
    ).customer


def await_state(connection, customer_id, *states, wait=20):
    """Polls until the customer is in one of the states; the customer."""
    deadline = time.monotonic() + wait
    while True:
        customer = connection.customers.get_customer(customer_id=customer_id).customer
        if customer.state in states:
            return customer
        if time.monotonic() > deadline:
            names = ", ".join(map(State.name, states))
            raise TimeoutError(f"{customer_id} is {State.name(customer.state)}, not {names}")
        time.sleep(0.01)


def verifying(connection, wallet=None, **fields):
    """A customer that waits for its identity verification (the sandbox's screening passes by itself)."""
    wallet = wallet or Wallet()
    response = create(connection, wallet.on(), **fields)
    prove(connection, wallet, response)
    return await_state(connection, response.customer.id, State.VERIFYING)


def active(connection, wallet=None, **fields):
    """A customer that is ACTIVE."""
    customer = verifying(connection, wallet, **fields)
    return connection.simulator.verify(customer_id=customer.id).customer


def history(connection, customer_id):
    return list(connection.customers.get_history(customer_id=customer_id).events)


def list_all(connection, **fields):
    """Every customer, over all pages."""
    customers, token = [], ""
    while True:
        page = connection.customers.list_customers(page_token=token, **fields)
        customers += page.customers
        token = page.next_page_token
        if not token:
            return customers


@contextlib.contextmanager
def refused(code, reason, **metadata):
    """Expects a refusal with this code, reason and at least this metadata, as every refusal has to be."""
    try:
        yield_to = Caught()
        yield yield_to
    except Refusal as refusal:
        check_refusal(refusal, code, reason, **metadata)
        yield_to.refusal = refusal
        return
    raise AssertionError(f"not refused; expected {code} {reason}")


class Caught:
    refusal = None


def check_refusal(refusal, code, reason, **metadata):
    assert (refusal.code, refusal.reason) == (code, reason), refusal
    assert refusal.domain == "gatehouse", refusal
    assert len(refusal.message) >= 10, "a refusal says what to do about it"
    for key, value in metadata.items():
        assert key in refusal.metadata, f"metadata {key} is missing: {refusal}"
        if value is not ...:
            assert refusal.metadata[key] == value, refusal
    if code == "INVALID_ARGUMENT" and reason in FIELD_REASONS:
        assert refusal.fields and all(field and description for field, description in refusal.fields), refusal


FIELD_REASONS = {"FIELD_INVALID", "WALLET_INVALID", "UNSUPPORTED_CHAIN", "SIGNATURE_MALFORMED"}


def watch_all(connection, after=0, until=None, wait=10, **fields):
    """Every event behind a revision, up to one, by Watch."""
    stream = connection.customers.watch(after_revision=after, **fields)
    events = []
    for message in stream.messages(wait):
        events += message.events
        if until is not None and events and events[-1].revision >= until:
            break
    stream.cancel()
    return events


def present_revision(connection):
    """The newest durable revision, as Watch tells it."""
    stream = connection.customers.watch()
    message = stream.next()
    assert message.HasField("progress")
    stream.cancel()
    return message.progress.revision


def fingerprint(directory):
    """A digest of every file below a directory, by path; folders by name alone."""
    root = pathlib.Path(directory)
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "folder"
        for path in sorted(root.rglob("*"))
    }


def log_verify(data, wrapper=()):
    """What `gatehouse log verify --json` says of a directory: exit code, what it printed, and what it complained of.
    `wrapper` is a command that runs it."""
    before = fingerprint(data)
    command = [*wrapper, str(BINARY), "log", "verify", "--json", str(data)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert fingerprint(data) == before, "it changed something"
    assert done.returncode in (0, 1, 2), (done.returncode, done.stderr)
    return done.returncode, json.loads(done.stdout), done.stderr


@functools.cache
def method_class(path):
    method = SCHEMA.method(path)
    return SCHEMA.message(method.input_type.full_name), SCHEMA.message(method.output_type.full_name)


def create_request(**fields):
    return method_class(f"{CUSTOMERS}/CreateCustomer")[0](**fields)
