"""A client that knows only the proto files and the wire protocol.

It is written with `protobuf` from PyPI and a socket, shares no code with the server, and can do everything that the
command line can. One `Connection` is used by one thread at a time; it reads from its socket only while a caller waits,
so a caller that does not wait is a client that does not read.
"""

import collections
import functools
import pathlib
import re
import socket
import struct
import tempfile
import time

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from grpc_tools import protoc

PROTO = pathlib.Path(__file__).resolve().parents[2] / "proto"

CODES = [
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
]


class Schema:
    """The proto files, compiled by Google's own compiler into a descriptor pool of their own."""

    def __init__(self, root=PROTO):
        with tempfile.NamedTemporaryFile(suffix=".pb") as out:
            files = sorted(str(path.relative_to(root)) for path in root.rglob("*.proto"))
            arguments = ["protoc", f"-I{root}", "--include_imports", f"--descriptor_set_out={out.name}", *files]
            if protoc.main(arguments) != 0:
                raise RuntimeError("protoc refuses the proto files")
            described = descriptor_pb2.FileDescriptorSet.FromString(pathlib.Path(out.name).read_bytes())
        self.pool = descriptor_pool.DescriptorPool()
        for file in described.file:
            self.pool.Add(file)
        self.services = {}
        for file in described.file:
            for service in file.service:
                name = f"{file.package}.{service.name}"
                self.services[name] = self.pool.FindServiceByName(name)

    @functools.cache
    def message(self, name):
        """The class of the message with the full name given."""
        return message_factory.GetMessageClass(self.pool.FindMessageTypeByName(name))

    def enum(self, name):
        """The values of an enum of `gatehouse.v1`, by name without the type's prefix, and back by number."""
        return Enum(self.pool.FindEnumTypeByName(name))

    def method(self, path):
        service, name = path.split("/")
        return self.services[service].methods_by_name[name]


class Enum:
    """An enum's values without their prefix: `State.ACTIVE`, `State.name(4) == "ACTIVE"`."""

    def __init__(self, descriptor):
        prefix = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", descriptor.name).upper() + "_"
        self.numbers = {value.name.removeprefix(prefix): value.number for value in descriptor.values}
        self.names = {number: name for name, number in self.numbers.items()}

    def __getattr__(self, name):
        try:
            return self.numbers[name]
        except KeyError:
            raise AttributeError(name) from None

    def name(self, number):
        return self.names.get(number, str(number))


SCHEMA = Schema()
State = SCHEMA.enum("gatehouse.v1.CustomerState")
Hold = SCHEMA.enum("gatehouse.v1.HoldKind")
Waits = SCHEMA.enum("gatehouse.v1.PendingOn")
Attention = SCHEMA.enum("gatehouse.v1.Attention")
Command = SCHEMA.enum("gatehouse.v1.Command")
Screening = SCHEMA.enum("gatehouse.v1.ScreeningOutcome")
Verification = SCHEMA.enum("gatehouse.v1.VerificationOutcome")
Kind = SCHEMA.enum("gatehouse.v1.ReviewKind")
Task = SCHEMA.enum("gatehouse.v1.ReviewTask")
Reason = SCHEMA.enum("gatehouse.v1.Reason")
WriteRefusal = SCHEMA.enum("gatehouse.v1.WriteRefusal")
Frame = SCHEMA.message("gatehouse.rpc.v1.Frame")

CUSTOMERS = "gatehouse.v1.CustomerService"
REVIEWS = "gatehouse.v1.ReviewService"
SIMULATOR = "gatehouse.v1.SimulatorService"
ADMIN = "gatehouse.v1.AdminService"
HEALTH = "grpc.health.v1.Health"


class Refusal(Exception):
    """A status other than OK: what the server answers when it does not do what it was asked."""

    def __init__(self, status):
        self.status = status
        self.code = CODES[status.code] if 0 <= status.code < len(CODES) else str(status.code)
        self.message = status.message
        self.reason, self.domain, self.metadata = None, None, {}
        self.retry_seconds, self.fields = None, []
        self.details = [detail.type_url for detail in status.details]
        for detail in status.details:
            kind = detail.type_url.removeprefix("type.googleapis.com/")
            value = SCHEMA.message(kind).FromString(detail.value)
            if kind == "google.rpc.ErrorInfo":
                self.reason, self.domain, self.metadata = value.reason, value.domain, dict(value.metadata)
            elif kind == "google.rpc.RetryInfo":
                self.retry_seconds = value.retry_delay.seconds + value.retry_delay.nanos / 1e9
            elif kind == "google.rpc.BadRequest":
                self.fields = [(each.field, each.description) for each in value.field_violations]
        super().__init__(f"{self.code} {self.reason} {self.metadata}: {self.message}")


class Closed(Exception):
    """The server closed the connection. `go_away` is what it said before, if anything."""

    def __init__(self, go_away):
        self.go_away = go_away
        self.refusal = Refusal(go_away.status) if go_away is not None and go_away.HasField("status") else None
        super().__init__(f"connection closed: {self.refusal}")


def encode_frame(frame):
    """A frame as it goes over the wire: four bytes of big-endian length, then the message."""
    body = frame.SerializeToString()
    return struct.pack(">I", len(body)) + body


class FrameReader:
    """Cuts a stream of bytes into frames, however they arrive."""

    def __init__(self):
        self.buffer = bytearray()
        self.start = 0

    def add(self, data):
        if self.start > 1 << 20:
            del self.buffer[: self.start]
            self.start = 0
        self.buffer += data

    def next(self):
        """The next whole frame, or None until more bytes come."""
        if len(self.buffer) - self.start < 4:
            return None
        (length,) = struct.unpack_from(">I", self.buffer, self.start)
        end = self.start + 4 + length
        if len(self.buffer) < end:
            return None
        frame = Frame.FromString(bytes(self.buffer[self.start + 4 : end]))
        self.start = end
        return frame


class Service:
    """The methods of one service as Python functions: `connection.customers.create_customer(wallet=...)`."""

    def __init__(self, connection, name):
        self._connection, self._name = connection, name
        self._methods = {
            re.sub(r"(?<=[a-z])(?=[A-Z])", "_", method.name).lower(): method for method in SCHEMA.services[name].methods
        }

    def __getattr__(self, name):
        if name not in self._methods:
            raise AttributeError(name)
        method = self._methods[name]
        path = f"{self._name}/{method.name}"
        request_class = SCHEMA.message(method.input_type.full_name)

        def unary(timeout_us=0, wait=30, **fields):
            return self._connection.call(path, request_class(**fields), timeout_us=timeout_us, wait=wait)

        def streaming(credit=0, timeout_us=0, **fields):
            return self._connection.open(path, request_class(**fields), credit=credit, timeout_us=timeout_us)

        return streaming if method.server_streaming else unary


class Stream:
    """A streaming call. Grants nothing by itself but what `messages` is asked to."""

    def __init__(self, connection, number, response_class):
        self.connection, self.number, self.response_class = connection, number, response_class
        self.replies = collections.deque()
        self.status = None
        self.received = 0

    def next(self, wait=10):
        """The next message; None when nothing came within `wait` seconds; raises Refusal when the stream has ended."""
        deadline = time.monotonic() + wait
        while not self.replies:
            if self.status is not None:
                raise Refusal(self.status)
            if not self.connection.pump(deadline):
                return None
        self.received += 1
        return self.response_class.FromString(self.replies.popleft())

    def messages(self, wait=10, grant_each=1):
        """Messages until none comes within `wait` seconds, granting as many as were taken."""
        while True:
            message = self.next(wait)
            if message is None:
                return
            yield message
            if grant_each:
                self.grant(grant_each)

    def grant(self, messages):
        frame = Frame(stream=self.number)
        frame.credit.messages = messages
        self.connection.send(frame)

    def cancel(self):
        self.connection.cancel(self.number)

    def end(self, wait=10):
        """Reads until the stream ends; its status as a Refusal."""
        deadline = time.monotonic() + wait
        while self.status is None:
            if not self.connection.pump(deadline):
                raise TimeoutError("the stream does not end")
        return Refusal(self.status)


class Connection:
    """One connection to a server. Calls may be pipelined with `begin` and `finish`."""

    def __init__(self, address, token=None, hello=True, agent="gatehouse-client.py/1", connect_timeout=10):
        self.socket = socket.create_connection(address, timeout=connect_timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.reader = FrameReader()
        self.last_stream = 0
        self.calls = {}  # stream -> the class of its response
        self.finished = {}  # stream -> the reply that ended it
        self.streams = {}
        self.pongs = collections.deque()
        self.hello = None
        self.go_away = None
        self.closed = False
        self.unsent = bytearray()
        if hello:
            frame = Frame()
            frame.hello.version = 1
            frame.hello.agent = agent
            if token is not None:
                frame.hello.authorization = f"Bearer {token}"
            self.send(frame)

    customers = functools.cached_property(lambda self: Service(self, CUSTOMERS))
    reviews = functools.cached_property(lambda self: Service(self, REVIEWS))
    simulator = functools.cached_property(lambda self: Service(self, SIMULATOR))
    admin = functools.cached_property(lambda self: Service(self, ADMIN))
    health = functools.cached_property(lambda self: Service(self, HEALTH))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.closed = True
        self.socket.close()

    # -- what is sent

    def send(self, frame):
        self.send_raw(encode_frame(frame))

    def send_raw(self, data):
        try:
            self.socket.settimeout(30)
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            self._drain_to_end()
            raise Closed(self.go_away) from None

    def begin(self, path, request, timeout_us=0, credit=0, stream=None, buffered=False):
        """Sends a call and returns its stream number at once. `buffered` keeps it back until `flush`."""
        self.last_stream = stream if stream is not None else self.last_stream + 1
        payload = request if isinstance(request, bytes) else request.SerializeToString()
        frame = Frame(stream=self.last_stream)
        frame.call.method = path
        frame.call.payload = payload
        frame.call.timeout_us = timeout_us
        frame.call.credit = credit
        self.calls[self.last_stream] = path
        if buffered:
            self.unsent += encode_frame(frame)
        else:
            self.send(frame)
        return self.last_stream

    def flush(self):
        data, self.unsent = self.unsent, bytearray()
        self.send_raw(data)

    def cancel(self, stream):
        frame = Frame(stream=stream)
        frame.cancel.SetInParent()
        self.send(frame)

    def ping(self, nonce=1, wait=10):
        """Sends a ping and waits for its pong; the seconds it took."""
        frame = Frame()
        frame.ping.nonce = nonce
        began = time.monotonic()
        self.send(frame)
        while nonce not in self.pongs:
            if not self.pump(began + wait):
                raise TimeoutError("no pong")
        self.pongs.remove(nonce)
        return time.monotonic() - began

    # -- what is received

    def pump(self, deadline):
        """Takes in one frame. False when none came before `deadline`; raises Closed at the end of the connection."""
        frame = self.receive(deadline)
        if frame is None:
            return False
        kind = frame.WhichOneof("kind")
        if kind == "reply":
            if frame.stream in self.streams:
                stream = self.streams[frame.stream]
                if frame.reply.HasField("status"):
                    stream.status = frame.reply.status
                else:
                    stream.replies.append(frame.reply.payload)
            else:
                self.finished[frame.stream] = frame.reply
        elif kind == "hello":
            self.hello = frame.hello
        elif kind == "pong":
            self.pongs.append(frame.pong.nonce)
        elif kind == "ping":
            answer = Frame()
            answer.pong.nonce = frame.ping.nonce
            self.send(answer)
        elif kind == "go_away":
            self.go_away = frame.go_away
        else:
            raise AssertionError(f"the server sent {frame}")
        return True

    def receive(self, deadline):
        """The next frame as it is, or None when none came before `deadline`."""
        while (frame := self.reader.next()) is None:
            left = deadline - time.monotonic()
            if left <= 0:
                return None
            self.socket.settimeout(left)
            try:
                data = self.socket.recv(1 << 18)
            except (TimeoutError, socket.timeout):
                return None
            except ConnectionResetError:
                data = b""
            if not data:
                self.closed = True
                raise Closed(self.go_away)
            self.reader.add(data)
        return frame

    def _drain_to_end(self):
        try:
            while self.pump(time.monotonic() + 1):
                pass
        except (Closed, OSError):
            pass

    def wait_hello(self, wait=10):
        deadline = time.monotonic() + wait
        while self.hello is None:
            if not self.pump(deadline):
                raise TimeoutError("no hello")
        return self.hello

    def wait_closed(self, wait=15):
        """Reads until the server closes; what its GoAway said, as a Refusal, or None if there was none."""
        deadline = time.monotonic() + wait
        try:
            while self.pump(deadline):
                pass
        except Closed as closed:
            return closed.refusal
        raise TimeoutError("the server does not close the connection")

    def reply(self, stream, wait=30):
        """The reply that ended a unary call, as it was sent."""
        deadline = time.monotonic() + wait
        while stream not in self.finished:
            if not self.pump(deadline):
                raise TimeoutError(f"no reply to stream {stream}")
        return self.finished.pop(stream)

    def finish(self, stream, wait=30):
        """The response to a call that was begun; raises Refusal."""
        reply = self.reply(stream, wait)
        path = self.calls.pop(stream)
        if not reply.HasField("status"):
            raise AssertionError("a reply to a unary call has no status")
        if reply.status.code != 0:
            raise Refusal(reply.status)
        return SCHEMA.message(SCHEMA.method(path).output_type.full_name).FromString(reply.payload)

    def call(self, path, request, timeout_us=0, wait=30):
        return self.finish(self.begin(path, request, timeout_us=timeout_us), wait)

    def open(self, path, request, credit=0, timeout_us=0):
        """Begins a streaming call. `credit` 0 lets the server take its default of 64 messages."""
        number = self.begin(path, request, timeout_us=timeout_us, credit=credit)
        stream = Stream(self, number, SCHEMA.message(SCHEMA.method(path).output_type.full_name))
        self.streams[number] = stream
        return stream


def request(path, **fields):
    """A request message of the method named."""
    return SCHEMA.message(SCHEMA.method(path).input_type.full_name)(**fields)
