"""A value that must not be printed."""

from __future__ import annotations

__all__ = ["Secret", "reveal"]


class Secret:
    """A string whose ``repr``, ``str`` and format show nothing of it.

    Equality and hashing work; :meth:`reveal` gives the value and is to be called
    only where it goes onto the wire.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Give the value."""
        return self._value

    def __repr__(self) -> str:
        return "Secret('…')"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return format(repr(self), spec)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(("Secret", self._value))

    def __bool__(self) -> bool:
        return bool(self._value)

    def __reduce__(self) -> str:
        raise TypeError("a Secret is not pickled; send what can fetch it instead")


def reveal(value: str | Secret) -> str:
    """Give the string in ``value``, whether wrapped or not."""
    return value.reveal() if isinstance(value, Secret) else value
