"""The blocking client."""

from __future__ import annotations

from typing import Optional, Sequence, Union

from .blocking import BlockingCaller, BlockingWatch, LoopThread
from .channel import Caller
from .generated.blocking_services import Services
from .generated.gatehouse_v1 import CustomerState
from .settings import Settings
from .watching import Watch, WatchOptions


class BlockingClient(Services):
    """A client of a Gatehouse server, for any number of threads. Connects with the first call.

    The services are its attributes: `client.customer.get_customer(customer_id=...)`.
    """

    def __init__(
        self, addresses: Union[str, Sequence[str]], *, token: str = "", settings: Settings = Settings()
    ) -> None:
        """`addresses` are "host:port", tried in turn; `token` is as `gatehouse token new` printed it."""
        self._inner = Caller(addresses, token, settings)
        self._thread = LoopThread()
        super().__init__(BlockingCaller(self._inner, self._thread))

    def __enter__(self) -> "BlockingClient":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the connection and the thread; calls that are open end with CANCELLED."""
        if self._thread.is_running:
            self._thread.run(self._inner.close())
        self._thread.stop()

    def watch(
        self,
        *,
        after_revision: Optional[int] = None,
        snapshot: bool = False,
        store_id: bytes = b"",
        states: Sequence[CustomerState] = (),
        customer_ids: Sequence[str] = (),
        progress_interval_ms: int = 0,
        latest_only: bool = False,
        tenant: str = "",
        snapshot_on_history_lost: bool = False,
        credit: Optional[int] = None,
    ) -> BlockingWatch:
        """Events behind a revision, or behind a snapshot of the present, or from now on; each once and in order,
        whatever becomes of connections and servers. See `WatchOptions`."""
        options = WatchOptions(
            after_revision,
            snapshot,
            store_id,
            states,
            customer_ids,
            progress_interval_ms,
            latest_only,
            tenant,
            snapshot_on_history_lost,
            credit,
        )
        return BlockingWatch(Watch(self._inner, options), self._thread)
