"""What many connections of a runtime use, made once and closed with its last user."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Protocol, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

__all__ = ["Commons"]


class Closing(Protocol):
    """What can be closed."""

    def close(self) -> object:
        """Give back what it holds; must not block."""
        ...


T = TypeVar("T", bound=Closing)


class _Thing:
    __slots__ = ("key", "users", "value")

    def __init__(self, key: Hashable, value: Closing) -> None:
        self.key = key
        self.value = value
        self.users = 0


class Commons:
    """Things by what they are for; any thread."""

    __slots__ = ("_by_key", "_by_value", "_lock")

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_key: dict[Hashable, _Thing] = {}
        self._by_value: dict[int, _Thing] = {}  # by identity

    def __len__(self) -> int:
        return len(self._by_key)

    def take(self, key: Hashable, make: Callable[[], T]) -> T:
        """Give the thing of this key; what ``make`` makes, if nobody uses one now.

        Args:
            key: equal only for those who may share.
            make: must not block; what it raises is raised here.
        """
        with self._lock:
            thing = self._by_key.get(key)
            if thing is None:
                thing = self._by_key[key] = _Thing(key, make())
                self._by_value[id(thing.value)] = thing
            thing.users += 1
            return cast("T", thing.value)

    def give_back(self, value: Closing) -> None:
        """Use it no longer; closed if that was the last to. Once for each take."""
        with self._lock:
            thing = self._by_value[id(value)]
            thing.users -= 1
            if thing.users:
                return
            del self._by_key[thing.key], self._by_value[id(value)]
        value.close()
