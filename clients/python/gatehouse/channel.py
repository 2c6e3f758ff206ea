"""Calls over one connection at a time: connects, connects again, and makes calls again where that is safe."""

from __future__ import annotations

import asyncio
import uuid
from typing import Generic, List, Optional, Sequence, Set, TypeVar, Union

from .connection import Connection
from .errors import Code, GatehouseError
from .method import Method
from .replies import Replies
from .resumption import Resumption
from .settings import Backoff, Settings
from .wire import Message, WireError

Response = TypeVar("Response", bound=Message)


class Caller:
    """What the generated services make their calls with."""

    def __init__(self, addresses: Union[str, Sequence[str]], token: str, settings: Settings) -> None:
        self.settings = settings
        self._addresses: List[str] = [addresses] if isinstance(addresses, str) else list(addresses)
        if not self._addresses:
            raise ValueError("a client needs an address")
        self._token = token
        self._next = 0
        self._connection: Optional[Connection] = None
        self._open: Set[Connection] = set()
        self._connecting: Optional["asyncio.Task[Optional[Connection]]"] = None
        self._waiting = 0
        self._last: Optional[GatehouseError] = None
        self._is_closed = False

    # --- Calls

    async def call(self, method: Method[Response], request: Message, timeout: Optional[float]) -> Response:
        """Makes a unary call, again where needed and safe, within its deadline."""
        deadline = asyncio.get_running_loop().time() + (self.settings.timeout if timeout is None else timeout)
        if method.has_key and not getattr(request, "idempotency_key"):
            setattr(request, "idempotency_key", uuid.uuid4().hex)
        payload = request.encode()
        backoff = Backoff(self.settings)
        last: Optional[GatehouseError] = None
        while True:
            try:
                connection = await self.connected(deadline, last)
                left = deadline - asyncio.get_running_loop().time()
                if left <= 0:
                    raise GatehouseError.late(last)
                return _decoded(method, await connection.call(method.path, payload, left))
            except GatehouseError as error:
                pause = self._pause(method, error, backoff)
                if pause is None or asyncio.get_running_loop().time() + pause >= deadline:
                    raise
                last = error
            await asyncio.sleep(pause)

    @staticmethod
    def _pause(method: Method[Response], error: GatehouseError, backoff: Backoff) -> Optional[float]:
        """How long to wait before the call is made again; None where it must not be."""
        if error.code == Code.RESOURCE_EXHAUSTED and error.retry_after is not None:
            return max(error.retry_after, backoff.pause())
        if error.is_unbegun and error.code == Code.UNAVAILABLE:
            return backoff.pause()
        if error.code == Code.UNAVAILABLE and (method.is_repeatable or method.has_key):
            return backoff.pause()
        return None

    def stream(
        self, method: Method[Response], request: Message, timeout: Optional[float], credit: Optional[int]
    ) -> "Stream[Response]":
        return Stream(self, method, request, timeout, credit or self.settings.credit)

    # --- The connection

    async def connected(self, deadline: Optional[float], last: Optional[GatehouseError] = None) -> Connection:
        """The connection that takes calls, once there is one."""
        while True:
            if self._is_closed:
                raise GatehouseError(Code.CANCELLED, "the client was closed")
            if self._connection is not None and self._connection.failure is None:
                return self._connection
            if self._connecting is None or self._connecting.done():
                self._connecting = asyncio.ensure_future(self._connect())
            left = None if deadline is None else max(0.0, deadline - asyncio.get_running_loop().time())
            self._waiting += 1
            try:
                await asyncio.wait_for(asyncio.shield(self._connecting), left)
            except asyncio.TimeoutError:
                raise GatehouseError.late(self._last or last) from None
            finally:
                self._waiting -= 1

    async def _connect(self) -> None:
        """Tries the addresses in turn until one takes the connection, or nobody waits any longer."""
        backoff = Backoff(self.settings)
        backoff.pause()
        while not self._is_closed:
            for _ in self._addresses:
                address = self._addresses[self._next % len(self._addresses)]
                try:
                    opened = await Connection.open(address, self._token, self.settings, self._has_ended)
                    self._connection = opened
                    self._open.add(opened)
                    self._last = None
                    return
                except GatehouseError as error:
                    self._last = error
                    self._next += 1
                    if error.code == Code.UNAUTHENTICATED:
                        raise
                if self._is_closed:
                    return
            await asyncio.sleep(backoff.pause())
            if not self._waiting:
                return

    def _has_ended(self, connection: Connection) -> None:
        if connection.is_closed:
            self._open.discard(connection)
        if connection is self._connection:
            self._connection = None
            self._next += 1

    async def close(self) -> None:
        """Ends the connection; calls that are open end with CANCELLED."""
        self._is_closed = True
        if self._connecting is not None and not self._connecting.done():
            self._connecting.cancel()
        # Those that only finish their calls are among them.
        for connection in list(self._open):
            connection.end(GatehouseError(Code.CANCELLED, "the client was closed"))
        await asyncio.sleep(0)


def _decoded(method: Method[Response], payload: bytes) -> Response:
    try:
        return method.response.decode(payload)
    except WireError as error:
        raise GatehouseError(Code.INTERNAL, f"the answer is no {method.response.full_name}: {error}") from None


class Stream(Generic[Response]):
    """The messages of a streaming call, read with `async for`. Begins with the first one asked for; letting go of it,
    or `cancel`, ends the call."""

    def __init__(
        self, caller: Caller, method: Method[Response], request: Message, timeout: Optional[float], credit: int
    ) -> None:
        self._caller, self._method, self._request = caller, method, request
        self._timeout, self._credit = timeout, credit
        self._replies: Optional[Replies] = None
        self._resumption: Optional[Resumption] = None
        self._is_cancelled = False

    def resuming(self) -> "Stream[Response]":
        """The same, called again with the same request when its connection is lost or its server stops. For methods
        whose messages say each what is so now, like those of statistics and health; for customers and their events
        there is `Client.watch`."""
        self._resumption = Resumption(self._caller.settings)
        return self

    def __aiter__(self) -> "Stream[Response]":
        return self

    async def __anext__(self) -> Response:
        if self._resumption is None:
            return await self._read()
        while not self._is_cancelled:
            try:
                message = await self._read()
                self._resumption.reset()
                return message
            except GatehouseError as error:
                pause = self._resumption.pause_after(error, self.break_connection)
                self._replies = None
            await asyncio.sleep(pause)
        raise StopAsyncIteration

    async def _read(self) -> Response:
        if self._replies is None:
            deadline = None if self._timeout is None else asyncio.get_running_loop().time() + self._timeout
            connection = await self._caller.connected(deadline)
            path, payload = self._method.path, self._request.encode()
            self._replies = await connection.stream(path, payload, self._timeout, self._credit)
        payload_or_end = await self._replies.next()
        if payload_or_end is None:
            raise StopAsyncIteration
        return _decoded(self._method, payload_or_end)

    def cancel(self) -> None:
        """Ends the call; it has no more messages."""
        self._is_cancelled = True
        if self._replies is not None:
            self._replies.cancel()

    def break_connection(self, what: str) -> None:
        """Gives up the connection that the stream came over."""
        if self._replies is not None:
            self._replies.connection.violated(what)

    def __del__(self) -> None:
        if self._replies is not None:
            self._replies.let_go()
