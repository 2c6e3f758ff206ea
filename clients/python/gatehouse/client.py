"""The client for `asyncio`."""

from __future__ import annotations

from typing import Optional, Sequence, Union

from .channel import Caller
from .generated.gatehouse_v1 import CustomerState
from .generated.services import Services
from .settings import Settings
from .watching import Watch, WatchOptions


class Client(Services):
    """A client of a Gatehouse server, for the tasks of one event loop. Connects with the first call.

    The services are its attributes: `await client.customer.get_customer(customer_id=...)`.
    """

    def __init__(
        self, addresses: Union[str, Sequence[str]], *, token: str = "", settings: Settings = Settings()
    ) -> None:
        """`addresses` are "host:port", tried in turn; `token` is as `gatehouse token new` printed it."""
        self._caller = Caller(addresses, token, settings)
        super().__init__(self._caller)

    async def __aenter__(self) -> "Client":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Ends the connection; calls that are open end with CANCELLED."""
        await self._caller.close()

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
    ) -> Watch:
        """Events behind a revision, or behind a snapshot of the present, or from now on; each once and in order,
        whatever becomes of connections and servers. See `WatchOptions`."""
        return Watch(
            self._caller,
            WatchOptions(
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
            ),
        )
