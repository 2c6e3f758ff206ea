"""The blocking face: the same calls, for threads. An event loop in a thread of its own does the work."""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
from typing import Any, Callable, Coroutine, Generic, Optional, TypeVar

from .channel import Caller, Stream
from .errors import Code, GatehouseError
from .method import Method
from .watching import Change, Watch
from .wire import Message

Response = TypeVar("Response", bound=Message)
Result = TypeVar("Result")


class LoopThread:
    """An event loop that runs in a thread until it is stopped. What is waited for then ends as cancelled."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._is_stopped = False
        self._submitting = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="gatehouse", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_forever()
        # Nothing is submitted any more: what is left is ended, so that nobody waits for it for ever.
        tasks = asyncio.all_tasks(self.loop)
        for task in tasks:
            task.cancel()
        self.loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self.loop.close()

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Waits for the result. What interrupts the wait cancels the work."""
        with self._submitting:
            if self._is_stopped:
                work.close()
                raise _closed()
            future: "concurrent.futures.Future[Result]" = asyncio.run_coroutine_threadsafe(work, self.loop)
        try:
            return future.result()
        except concurrent.futures.CancelledError:
            raise _closed() from None
        except BaseException:
            future.cancel()
            raise

    @property
    def is_running(self) -> bool:
        return not self._is_stopped

    def notify(self, function: Callable[[], None]) -> None:
        """Has the loop call the function; nothing happens when it is stopped."""
        with self._submitting:
            if not self._is_stopped:
                self.loop.call_soon_threadsafe(function)

    def stop(self) -> None:
        """Once it returns, nothing runs any more. May be called again."""
        with self._submitting:
            if not self._is_stopped:
                self._is_stopped = True
                self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()


def _closed() -> GatehouseError:
    return GatehouseError(Code.CANCELLED, "the client was closed")


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

    def resuming(self) -> "BlockingStream[Response]":
        """The same, called again when its connection is lost or its server stops. See `Stream.resuming`."""
        self._stream.resuming()
        return self

    def __iter__(self) -> "BlockingStream[Response]":
        return self

    def __next__(self) -> Response:
        try:
            return self._thread.run(self._stream.__anext__())
        except StopAsyncIteration:
            raise StopIteration from None

    def cancel(self) -> None:
        """Ends the call, from any thread; it has no more messages."""
        self._thread.notify(self._stream.cancel)


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
        self._thread.notify(self._watch.cancel)
