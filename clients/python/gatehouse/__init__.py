"""A client for Gatehouse. `clients/README.md` says how it behaves, `README.md` beside this package how to use it."""

from .blocking_client import BlockingClient
from .client import Client
from .errors import Code, GatehouseError
from .generated import gatehouse_v1 as v1
from .generated import grpc_health_v1 as health_v1
from .settings import Settings
from .times import to_datetime, to_timestamp
from .watching import Change, SnapshotBegun, SnapshotComplete, Watch
from .wire import WireError

__all__ = [
    "BlockingClient",
    "Change",
    "Client",
    "Code",
    "GatehouseError",
    "Settings",
    "SnapshotBegun",
    "SnapshotComplete",
    "Watch",
    "WireError",
    "health_v1",
    "to_datetime",
    "to_timestamp",
    "v1",
]
