"""What a call ends with when it does not succeed."""

from __future__ import annotations

import enum
from typing import Dict, List, Optional, Tuple

from .generated import google_rpc
from .generated.gatehouse_rpc_v1 import Status
from .wire import WireError


class Code(enum.IntEnum):
    """gRPC's status codes."""

    OK = 0
    CANCELLED = 1
    UNKNOWN = 2
    INVALID_ARGUMENT = 3
    DEADLINE_EXCEEDED = 4
    NOT_FOUND = 5
    ALREADY_EXISTS = 6
    PERMISSION_DENIED = 7
    RESOURCE_EXHAUSTED = 8
    FAILED_PRECONDITION = 9
    ABORTED = 10
    OUT_OF_RANGE = 11
    UNIMPLEMENTED = 12
    INTERNAL = 13
    UNAVAILABLE = 14
    DATA_LOSS = 15
    UNAUTHENTICATED = 16

    @classmethod
    def _missing_(cls, value: object) -> "Code":
        return cls.UNKNOWN


class GatehouseError(Exception):
    """A call that was refused or failed."""

    def __init__(self, code: Code, message: str, reason: str = "") -> None:
        super().__init__(f"{code.name} {reason}: {message}" if reason else f"{code.name}: {message}")
        self.code = code
        self.message = message
        """For a person: what happened and what to do about it."""
        self.reason = reason
        """A name of `gatehouse.v1.Reason` without its prefix; empty when the failure is this side's."""
        self.metadata: Dict[str, str] = {}
        """What the reason is about."""
        self.fields: List[Tuple[str, str]] = []
        """Which fields of the request were wrong, and what is wrong with each."""
        self.retry_after: Optional[float] = None
        """How long to wait before trying again, in seconds, where the server says so."""
        self.is_lost = False
        """The connection went away: whether the call was carried out is not known."""
        self.is_unbegun = False
        """The server did not begin the call."""

    @classmethod
    def of(cls, status: Status) -> "GatehouseError":
        """From what the server answered."""
        info, retry, request = google_rpc.ErrorInfo(), None, google_rpc.BadRequest()
        for detail in status.details:
            kind = detail.type_url.rpartition("/")[2]
            try:
                if kind == google_rpc.ErrorInfo.full_name:
                    info = google_rpc.ErrorInfo.decode(detail.value)
                elif kind == google_rpc.RetryInfo.full_name:
                    retry = google_rpc.RetryInfo.decode(detail.value).retry_delay
                elif kind == google_rpc.BadRequest.full_name:
                    request = google_rpc.BadRequest.decode(detail.value)
            except WireError:
                pass  # The code and the message still say what happened.
        error = cls(Code(status.code), status.message, info.reason)
        error.metadata = info.metadata
        error.fields = [(each.field, each.description) for each in request.field_violations]
        if retry is not None:
            error.retry_after = max(0.0, retry.seconds + retry.nanos / 1e9)
        error.is_unbegun = info.reason == "SHUTTING_DOWN"
        return error

    @classmethod
    def lost(cls, message: str) -> "GatehouseError":
        error = cls(Code.UNAVAILABLE, message)
        error.is_lost = True
        return error

    @classmethod
    def late(cls, last: Optional["GatehouseError"]) -> "GatehouseError":
        """The deadline has passed; `last` is why the call was not answered before."""
        why = f"; the last failure was: {last}" if last is not None else ""
        error = cls(Code.DEADLINE_EXCEEDED, "the call's deadline has passed" + why, "DEADLINE_EXCEEDED")
        error.__cause__ = last
        return error
