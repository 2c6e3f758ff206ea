"""The blocking face: the same calls, for threads. An event loop in a thread of its own does the work."""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
from typing import Any, Coroutine, Generic, Optional, TypeVar

from .channel import Caller, Stream
from .method import Method
from .watching import Change, Watch
from .wire import Message

Response = TypeVar("Response", bound=Message)
Result = TypeVar("Result")


class LoopThread:
    """An event loop that runs in a thread until it is stopped."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="gatehouse", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_forever()
        self.loop.close()

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Waits for the result. What interrupts the wait cancels the work."""
        future: "concurrent.futures.Future[Result]" = asyncio.run_coroutine_threadsafe(work, self.loop)
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise

    def stop(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()


class BlockingCaller:
    """What the generated services make their calls with."""

    def __init__(self, caller: Caller, thread: LoopThread) -> None:
        self._caller, self._thread = caller, thread

    def call(self, method: Method[Response], request: Message, timeout: Optional[float]) -> Response:
        return self._thread.run(self._caller.call(method, request, timeout))

    def stream(
        self, method: Method[Response], request: Message, timeout: Optional[float], credit: Optional[int]
    ) -> "BlockingStream[Response]":
        return BlockingStream(self._caller.stream(method, request, timeout, credit), self._thread)


class BlockingStream(Generic[Response]):
    """The messages of a streaming call, read with `for`."""

    def __init__(self, stream: Stream[Response], thread: LoopThread) -> None:
        self._stream, self._thread = stream, thread

    def __iter__(self) -> "BlockingStream[Response]":
        return self

    def __next__(self) -> Response:
        try:
            return self._thread.run(self._stream.__anext__())
        except StopAsyncIteration:
            raise StopIteration from None

    def cancel(self) -> None:
        """Ends the call, from any thread; it has no more messages."""
        self._thread.loop.call_soon_threadsafe(self._stream.cancel)


class BlockingWatch:
    """The changes, read with `for`, by one thread. See `Watch`."""

    def __init__(self, watch: Watch, thread: LoopThread) -> None:
        self._watch, self._thread = watch, thread

    @property
    def position(self) -> Optional[int]:
        """Everything up to this revision was handed out; None while nothing is known of it."""
        return self._watch.position

    @property
    def store_id(self) -> bytes:
        """The history that `position` belongs to."""
        return self._watch.store_id

    @property
    def behind_by(self) -> int:
        """How many revisions the server was ahead of the last message when it was made."""
        return self._watch.behind_by

    @property
    def skipped(self) -> int:
        """How many events `latest_only` left out so far."""
        return self._watch.skipped

    def __iter__(self) -> "BlockingWatch":
        return self

    def __next__(self) -> Change:
        # Most changes have come with one before them: the loop is not asked for those.
        change = self._watch.next_held()
        if change is not None:
            return change
        try:
            return self._thread.run(self._watch.__anext__())
        except StopAsyncIteration:
            raise StopIteration from None

    def cancel(self) -> None:
        """Ends the Watch, from any thread."""
        self._thread.loop.call_soon_threadsafe(self._watch.cancel)
