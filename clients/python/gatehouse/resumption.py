"""When a stream that was interrupted is asked for again."""

from __future__ import annotations

from typing import Callable

from .errors import Code, GatehouseError
from .settings import Backoff, Settings

UNREADABLE_IN_A_ROW = 5
"""So many messages that are none, with nothing handed out in between, end what is resumed."""


class Resumption:
    """What has gone wrong since something was last handed out."""

    def __init__(self, settings: Settings) -> None:
        self._backoff = Backoff(settings)
        self._unreadable = 0

    def reset(self) -> None:
        """Something was handed out."""
        self._backoff.reset()
        self._unreadable = 0

    def pause(self) -> float:
        """How long to wait before it is asked for again, whatever the reason."""
        return self._backoff.pause()

    def pause_after(self, error: GatehouseError, break_connection: Callable[[str], None]) -> float:
        """How long to wait before it is asked for again; raises the error where it must not be."""
        if error.code == Code.INTERNAL and not error.reason:
            self._unreadable += 1
            break_connection("a message of a stream is none")
            if self._unreadable < UNREADABLE_IN_A_ROW:
                return self.pause()
        elif error.code == Code.UNAVAILABLE:
            return self.pause()
        elif error.code == Code.RESOURCE_EXHAUSTED and error.retry_after is not None:
            return max(error.retry_after, self.pause())
        raise error
