"""What a client can be told, with what holds when nothing is said. Times are in seconds."""

from __future__ import annotations

import random
from dataclasses import dataclass

GREATEST_FRAME = (1 << 24) - 1
"""Of a frame, in bytes: the protocol's own bound."""


@dataclass(frozen=True)
class Settings:
    """How a client behaves. `clients/README.md` says what each is about."""

    timeout: float = 10.0
    """The deadline of a unary call that names none."""
    connect_timeout: float = 5.0
    """For one address to take the connection and say hello."""
    keepalive_after: float = 4.0
    """After so long a silence with calls open a ping is sent."""
    keepalive_timeout: float = 4.0
    """When nothing comes for so long behind the ping, the connection is lost."""
    least_pause: float = 0.05
    """Between two rounds of attempts; doubled each time."""
    greatest_pause: float = 2.0
    credit: int = 64
    """How many messages of a stream may lie here unread."""


class Backoff:
    """The pauses between attempts: none before the second, then growing ones with jitter."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._failures = 0

    def pause(self) -> float:
        self._failures += 1
        if self._failures == 1:
            return 0.0
        exponent = min(self._failures - 2, 30)
        pause = min(self._settings.least_pause * (1 << exponent), self._settings.greatest_pause)
        return pause * random.uniform(0.5, 1.0)

    def reset(self) -> None:
        self._failures = 0
