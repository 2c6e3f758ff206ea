"""What has arrived of a stream and was not read yet."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Deque, Optional

from .errors import GatehouseError

if TYPE_CHECKING:
    from .connection import Connection


class Replies:
    """The messages of one streaming call, for one reader. Bounded by the credit that the server was granted."""

    def __init__(self, connection: "Connection", credit: int) -> None:
        self.stream = 0
        self.connection = connection
        self._credit = max(1, credit)
        self._granted = self._credit
        self._arrived: Deque[bytes] = deque()
        self._taken = 0
        self._is_ended = False
        self._failure: Optional[GatehouseError] = None
        self._reader: Optional["asyncio.Future[None]"] = None

    def append(self, payload: bytes) -> bool:
        """Returns False when it was not granted."""
        self._granted -= 1
        self._arrived.append(payload)
        self._wake()
        return self._granted >= 0

    def finish(self, failure: Optional[GatehouseError]) -> None:
        if not self._is_ended:
            self._is_ended, self._failure = True, failure
            self._wake()

    def _wake(self) -> None:
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)

    async def next(self) -> Optional[bytes]:
        """The next message, or None at the stream's end. Raises what the stream ended with."""
        while not self._arrived:
            if self._failure is not None:
                raise self._failure
            if self._is_ended:
                return None
            self._reader = asyncio.get_running_loop().create_future()
            await self._reader
        payload = self._arrived.popleft()
        self._taken += 1
        if self._taken * 2 >= self._credit and not self._is_ended:
            self._granted += self._taken
            self.connection.grant(self.stream, self._taken)
            self._taken = 0
        return payload

    def cancel(self) -> None:
        """Ends the call from this side."""
        self.finish(None)
        self._arrived.clear()
        self.connection.cancel(self.stream)

    def let_go(self) -> None:
        """Like `cancel`, from any thread, whether the loop runs or not."""
        if not self._is_ended:
            self.connection.call_soon(self.cancel)
