"""Timestamps and Python's own times."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from .generated.google_protobuf import Timestamp

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def to_datetime(timestamp: Timestamp) -> datetime:
    """In UTC; the server's whole microseconds are kept."""
    return _EPOCH + timedelta(seconds=timestamp.seconds, microseconds=timestamp.nanos // 1000)


def to_timestamp(moment: datetime) -> Timestamp:
    """From a time that knows its zone; raises `ValueError` for one that does not."""
    if moment.tzinfo is None:
        raise ValueError("a time without a zone is no point in time")
    microseconds = (moment - _EPOCH) // timedelta(microseconds=1)
    return Timestamp(seconds=microseconds // 1_000_000, nanos=microseconds % 1_000_000 * 1000)
