"""One connection: frames, calls, credit, pings, GoAway. Makes nothing again; `channel` does."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Callable, Deque, Dict, Optional, Union

from .errors import Code, GatehouseError
from .generated import gatehouse_rpc_v1 as rpc
from .replies import Replies
from .settings import GREATEST_FRAME, Settings
from .wire import WireError

AGENT = "gatehouse-python/1"
Receiver = Union["asyncio.Future[bytes]", Replies]


class Connection(asyncio.Protocol):
    """For the thread of one event loop."""

    def __init__(self, address: str, token: str, settings: Settings, on_end: Callable[["Connection"], None]) -> None:
        self.address = address
        self.failure: Optional[GatehouseError] = None
        """Why no more calls are taken."""
        self.is_closed = False
        self.store_id = b""
        self._loop = asyncio.get_running_loop()
        self._token, self._settings, self._on_end = token, settings, on_end
        self._transport: Optional[asyncio.Transport] = None
        self._hello: "asyncio.Future[None]" = self._loop.create_future()
        self._calls: Dict[int, Receiver] = {}
        self._last_stream = 0
        self._greatest_streams = 1 << 31
        self._waiting: Deque["asyncio.Future[None]"] = deque()
        self._in = bytearray()
        self._out = bytearray()
        self._is_paused = self._has_pinged = False
        self._received_at = self._loop.time()
        self._timer: Optional[asyncio.TimerHandle] = None

    @classmethod
    async def open(
        cls, address: str, token: str, settings: Settings, on_end: Callable[["Connection"], None]
    ) -> "Connection":
        """Connects and waits for the server's hello."""
        connection = cls(address, token, settings, on_end)
        host, _, port = address.rpartition(":")
        try:
            await asyncio.wait_for(connection._greet(host.strip("[]"), int(port)), settings.connect_timeout)
        except asyncio.TimeoutError:
            connection.end(GatehouseError.lost(f"{address} did not say hello in time"))
        except (OSError, ValueError) as error:
            connection.end(GatehouseError.lost(f"cannot connect to {address}: {error}"))
        except BaseException:
            connection.end(GatehouseError(Code.CANCELLED, "cancelled while connecting"))
            raise
        if connection.failure is not None:
            raise connection.failure
        return connection

    async def _greet(self, host: str, port: int) -> None:
        await self._loop.create_connection(lambda: self, host, port)
        await self._hello

    # --- Calls

    async def call(self, path: str, payload: bytes, timeout: float) -> bytes:
        """The payload of the answer. `timeout` is in seconds, greater than 0. Cancelling the task cancels the call."""
        answer: "asyncio.Future[bytes]" = self._loop.create_future()
        stream = await self._begin(path, payload, timeout, 0, answer)
        try:
            return await asyncio.wait_for(answer, timeout)
        except asyncio.TimeoutError:
            self.cancel(stream)
            raise GatehouseError.late(None) from None
        except asyncio.CancelledError:
            self.cancel(stream)
            raise

    async def stream(self, path: str, payload: bytes, timeout: Optional[float], credit: int) -> Replies:
        """Begins a streaming call."""
        replies = Replies(self, credit)
        replies.stream = await self._begin(path, payload, timeout, credit, replies)
        return replies

    async def _begin(self, path: str, payload: bytes, timeout: Optional[float], credit: int, receiver: Receiver) -> int:
        while self.failure is None and (self._is_paused or len(self._calls) >= self._greatest_streams):
            room: "asyncio.Future[None]" = self._loop.create_future()
            self._waiting.append(room)
            await room
        if self.failure is not None:
            raise self._unbegun(self.failure)
        self._last_stream += 1
        stream = self._last_stream
        self._calls[stream] = receiver
        microseconds = 0 if timeout is None else max(1, int(timeout * 1e6))
        call = rpc.Call(method=path, payload=payload, timeout_us=microseconds, credit=credit)
        self._send(rpc.Frame(stream=stream, call=call))
        if self._timer is None:
            self._received_at = max(self._received_at, self._loop.time() - self._settings.keepalive_after)
            self._look_after_silence()
        return stream

    @staticmethod
    def _unbegun(failure: GatehouseError) -> GatehouseError:
        error = GatehouseError(failure.code, failure.message, failure.reason)
        error.is_unbegun = True
        return error

    def cancel(self, stream: int) -> None:
        """Ends a call from this side; nothing happens when it has ended."""
        if self._forget(stream) is not None:
            self._send(rpc.Frame(stream=stream, cancel=rpc.Cancel()))

    def call_soon(self, callback: Callable[[], None]) -> None:
        """Runs something on the loop, from any thread; not at all when the loop is closed."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(callback)

    def grant(self, stream: int, messages: int) -> None:
        if stream in self._calls:
            self._send(rpc.Frame(stream=stream, credit=rpc.Credit(messages=messages)))

    def _forget(self, stream: int) -> Optional[Receiver]:
        receiver = self._calls.pop(stream, None)
        self._admit()
        if self.failure is not None and not self._calls:
            self.end(self.failure)  # Drained.
        return receiver

    def _admit(self) -> None:
        while self._waiting:
            room = self._waiting.popleft()
            if not room.done():
                room.set_result(None)
                return

    # --- What is sent

    def _send(self, frame: rpc.Frame) -> None:
        body = frame.encode()
        if not self._out:
            self._loop.call_soon(self._flush)
        self._out += len(body).to_bytes(4, "big") + body

    def _flush(self) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(bytes(self._out))
        self._out.clear()

    def pause_writing(self) -> None:
        self._is_paused = True

    def resume_writing(self) -> None:
        self._is_paused = False
        for room in self._waiting:
            if not room.done():
                room.set_result(None)
        self._waiting.clear()

    # --- What comes

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        if self.failure is not None:
            transport.abort()
        authorization = f"Bearer {self._token}" if self._token else ""
        self._send(rpc.Frame(hello=rpc.Hello(version=1, agent=AGENT, authorization=authorization)))

    def connection_lost(self, exception: Optional[Exception]) -> None:
        how = str(exception) if exception is not None else "the connection was closed"
        self.end(GatehouseError.lost(f"{self.address}: {how} before the answer came"))

    def data_received(self, data: bytes) -> None:
        self._received_at = self._loop.time()
        self._has_pinged = False
        self._in += data
        position, held = 0, bytes(self._in)
        while len(held) - position >= 4 and self._transport is not None:
            length = int.from_bytes(held[position : position + 4], "big")
            if length > GREATEST_FRAME:
                return self.violated("a frame is too long")
            end = position + 4 + length
            if len(held) < end:
                break
            try:
                frame = rpc.Frame.decode(held[position + 4 : end])
            except WireError as error:
                return self.violated(f"a frame is none: {error}")
            self._take(frame)
            position = end
        del self._in[:position]

    def _take(self, frame: rpc.Frame) -> None:
        if not self._hello.done() and frame.hello is None and frame.go_away is None:
            return self.violated("the server's first frame is no hello")
        if frame.reply is not None:
            self._reply(frame.stream, frame.reply)
        elif frame.ping is not None:
            self._send(rpc.Frame(pong=rpc.Pong(nonce=frame.ping.nonce)))
        elif frame.go_away is not None:
            self._go_away(frame.go_away)
        elif frame.hello is not None and not self._hello.done() and frame.hello.version == 1:
            self.store_id = frame.hello.store_id
            if frame.hello.limits is not None and frame.hello.limits.max_streams:
                self._greatest_streams = frame.hello.limits.max_streams
            self._hello.set_result(None)
        elif frame.pong is None:
            self.violated("a frame is out of order")

    def _reply(self, stream: int, reply: rpc.Reply) -> None:
        receiver = self._calls.get(stream)
        if receiver is None:
            if stream == 0 or stream > self._last_stream:
                self.violated("a reply is to a call that was not made")
        elif reply.status is None:
            if not isinstance(receiver, Replies) or not receiver.append(reply.payload):
                self.violated("a stream has more messages than were granted")
        else:
            self._forget(stream)
            if reply.status.code != Code.OK:
                _fail(receiver, GatehouseError.of(reply.status))
            elif isinstance(receiver, Replies):
                receiver.finish(None)
            elif not receiver.done():
                receiver.set_result(reply.payload)

    def _go_away(self, notice: rpc.GoAway) -> None:
        self.failure = self.failure or GatehouseError.of(notice.status or rpc.Status(code=int(Code.UNAVAILABLE)))
        self._on_end(self)
        for stream in [each for each in self._calls if each > notice.last_stream]:
            _fail(self._calls.pop(stream), self._unbegun(self.failure))
        self.resume_writing()
        if not self._hello.done() or not self._calls:
            self.end(self.failure)

    def violated(self, what: str) -> None:
        """The server, or what lies between, sends what cannot be."""
        self.end(GatehouseError.lost(f"{self.address}: {what}; the connection is given up"))

    # --- Time and end

    def _look_after_silence(self) -> None:
        self._timer = None
        if not self._calls or self._transport is None:
            return
        patience = self._settings.keepalive_after + (self._settings.keepalive_timeout if self._has_pinged else 0)
        due = self._received_at + patience
        if due <= self._loop.time():
            if self._has_pinged:
                return self.end(GatehouseError.lost(f"{self.address} has not answered for {patience:g} s"))
            self._has_pinged = True
            self._send(rpc.Frame(ping=rpc.Ping(nonce=self._last_stream)))
            due += self._settings.keepalive_timeout
        self._timer = self._loop.call_at(due, self._look_after_silence)

    def end(self, failure: GatehouseError) -> None:
        """Fails every call, and every later one. The first reason counts."""
        self.failure = self.failure or failure
        self.is_closed = True
        self._on_end(self)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        transport, self._transport = self._transport, None
        if transport is not None:
            if self._out:
                transport.write(bytes(self._out))
            transport.close() if not self._calls else transport.abort()
        calls, self._calls = self._calls, {}
        for receiver in calls.values():
            _fail(receiver, failure)
        if not self._hello.done():
            self._hello.set_result(None)
        self.resume_writing()


def _fail(receiver: Receiver, failure: GatehouseError) -> None:
    if isinstance(receiver, Replies):
        receiver.finish(failure)
    elif not receiver.done():
        receiver.set_exception(failure)
