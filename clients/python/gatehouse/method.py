"""What the generated code says of a method."""

from __future__ import annotations

from typing import Generic, Type, TypeVar

from .wire import Message

Response = TypeVar("Response", bound=Message)


class Method(Generic[Response]):
    """A method of a service."""

    __slots__ = ("path", "response", "is_repeatable", "has_key")

    def __init__(self, path: str, response: Type[Response], *, is_repeatable: bool, has_key: bool) -> None:
        self.path = path
        """The full name of the service, a slash, the name of the method."""
        self.response = response
        self.is_repeatable = is_repeatable
        """A second call does nothing more, so one whose answer was lost is made again."""
        self.has_key = has_key
        """The request has an idempotency key."""
