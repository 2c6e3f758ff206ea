"""A Watch that goes on by itself behind the last event that it handed out."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import Deque, Optional, Sequence, Tuple

from .channel import Caller, Stream
from .errors import GatehouseError
from .generated.gatehouse_v1 import Customer, CustomerState, Event, WatchRequest, WatchResponse
from .method import Method
from .resumption import Resumption

METHOD = Method("gatehouse.v1.CustomerService/Watch", WatchResponse, is_repeatable=True, has_key=False)
HISTORY_LOST = ("REVISION_COMPACTED", "STORE_CHANGED", "REVISION_IN_FUTURE")


@dataclass(frozen=True)
class SnapshotBegun:
    """A snapshot follows: forget what you hold."""

    reason: str
    """Why it begins again: a reason of the server's, or "INTERRUPTED"; empty the first time."""


@dataclass(frozen=True)
class SnapshotComplete:
    """The snapshot is whole."""

    revision: int
    """What it is true of."""
    customers: int
    """How many customers it held."""


@dataclass(frozen=True)
class Change:
    """One of four."""

    event: Optional[Event] = None
    current: Optional[Customer] = None
    """A customer of the snapshot."""
    snapshot_begun: Optional[SnapshotBegun] = None
    snapshot_complete: Optional[SnapshotComplete] = None


@dataclass
class WatchOptions:
    """What to watch. The fields are those of `WatchRequest`, and two more."""

    after_revision: Optional[int] = None
    snapshot: bool = False
    store_id: bytes = b""
    states: Sequence[CustomerState] = ()
    customer_ids: Sequence[str] = ()
    progress_interval_ms: int = 0
    latest_only: bool = False
    tenant: str = ""
    snapshot_on_history_lost: bool = False
    """Begin again with a snapshot when the history cannot be gone on with, instead of ending with the error."""
    credit: Optional[int] = None


@dataclass
class WatchCore:
    """What a Watch knows, without any input or output: what to ask for, and what a message hands out."""

    options: WatchOptions
    position: Optional[int] = None
    store_id: bytes = b""
    behind_by: int = 0
    skipped: int = 0
    is_in_snapshot: bool = False
    reason: str = ""
    pending: Deque[Tuple[Optional[Change], Optional[int]]] = field(default_factory=deque)
    """What is yet to be handed out, with the position that it leads to."""

    def __post_init__(self) -> None:
        self.position = self.options.after_revision
        self.store_id = self.options.store_id
        self.is_in_snapshot = self.options.snapshot

    def request(self) -> WatchRequest:
        """Asks for what is behind everything that was handed out."""
        options = self.options
        request = WatchRequest(
            states=options.states,
            customer_ids=options.customer_ids,
            progress_interval_ms=options.progress_interval_ms,
            latest_only=options.latest_only,
            tenant=options.tenant,
        )
        if self.is_in_snapshot:
            self.pending.append((Change(snapshot_begun=SnapshotBegun(self.reason)), None))
            self.reason = "INTERRUPTED"
            request.snapshot = True
            # Both is a mistake, and the server's to refuse.
            request.after_revision = options.after_revision if options.snapshot else None
        else:
            request.after_revision = self.position
            request.store_id = self.store_id
        return request

    def take(self, message: WatchResponse) -> None:
        self.behind_by = message.behind_by
        self.skipped += message.skipped
        self.store_id = message.store_id or self.store_id
        for customer in message.current:
            self.pending.append((Change(current=customer), None))
        for event in message.events:
            self.pending.append((Change(event=event), event.revision))
        if message.snapshot_complete is not None:
            self.is_in_snapshot, self.reason = False, ""
            complete = SnapshotComplete(message.snapshot_complete.revision, message.snapshot_complete.customers)
            self.pending.append((Change(snapshot_complete=complete), complete.revision))
        if message.progress is not None:
            self.pending.append((None, message.progress.revision))

    def next(self) -> Optional[Change]:
        """What is handed out next; None when nothing has come."""
        while self.pending:
            change, position = self.pending.popleft()
            if change is not None and change.event is not None and change.event.revision <= (self.position or 0):
                continue  # Handed out before.
            if position is not None:
                self.position = max(position, self.position or 0)
            if change is not None:
                return change
        return None

    def is_history_lost(self, error: GatehouseError) -> bool:
        """Whether the Watch begins again with a snapshot; it is told so."""
        if error.reason not in HISTORY_LOST or not self.options.snapshot_on_history_lost:
            return False
        self.position, self.store_id, self.is_in_snapshot, self.reason = None, b"", True, error.reason
        return True


class Watch:
    """The changes, read with `async for`. Letting go of it, or `cancel`, ends it."""

    def __init__(self, caller: Caller, options: WatchOptions) -> None:
        self._caller = caller
        self._core = WatchCore(options)
        self._stream: Optional[Stream[WatchResponse]] = None
        self._resumption = Resumption(caller.settings)
        self._is_over = False

    @property
    def position(self) -> Optional[int]:
        """Everything up to this revision was handed out; None while nothing is known of it."""
        return self._core.position

    @property
    def store_id(self) -> bytes:
        """The history that `position` belongs to."""
        return self._core.store_id

    @property
    def behind_by(self) -> int:
        """How many revisions the server was ahead of the last message when it was made."""
        return self._core.behind_by

    @property
    def skipped(self) -> int:
        """How many events `latest_only` left out so far."""
        return self._core.skipped

    def __aiter__(self) -> "Watch":
        return self

    async def __anext__(self) -> Change:
        while not self._is_over:
            change = self._core.next()
            if change is not None:
                return change
            await self._fill()
        raise StopAsyncIteration

    def next_held(self) -> Optional[Change]:
        """What has come already; None where the network is to be waited for. For the reader's thread."""
        return None if self._is_over else self._core.next()

    async def _fill(self) -> None:
        """Waits for a message, on a new stream where the one before was interrupted."""
        try:
            if self._stream is None:
                request, credit = self._core.request(), self._core.options.credit or self._caller.settings.credit
                self._stream = Stream(self._caller, METHOD, request, None, credit)
            self._core.take(await self._stream.__anext__())
            self._resumption.reset()
        except StopAsyncIteration:
            self._stream = None  # The server ends no Watch well; should it, the Watch goes on.
            await asyncio.sleep(self._resumption.pause())
        except GatehouseError as error:
            stream, self._stream = self._stream, None
            pause = self._pause(error, stream)
            await asyncio.sleep(pause)

    def _pause(self, error: GatehouseError, stream: Optional[Stream[WatchResponse]]) -> float:
        """How long to wait before the Watch is asked for again; raises the error where it must not be."""
        if self._is_over:
            return 0.0
        if self._core.is_history_lost(error):
            return self._resumption.pause()
        try:
            return self._resumption.pause_after(error, stream.break_connection if stream is not None else lambda _: None)
        except GatehouseError:
            self._is_over = True
            raise

    def cancel(self) -> None:
        """Ends the Watch."""
        self._is_over = True
        if self._stream is not None:
            self._stream.cancel()
