"""The faults as they stand, and the counting down of those that count."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from ums_actors.emulator.failures import EmulatorError
from ums_actors.emulator.faults.registry import kind_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["MAX_FAULTS", "Fault", "Faults"]

MAX_FAULTS: Final = 1_000
MAX_STRIKES: Final = 1_000_000


@dataclass(eq=False, slots=True)
class Fault:
    """One fault that strikes.

    Attributes:
        user: login name or consumer id; None strikes everyone.
        count: how often it still strikes; None is until it is cleared.
        value: as it was given.
        setting: what the value means; its class depends on the name.
    """

    name: str
    user: str | None
    count: int | None
    value: Any
    setting: Any = field(repr=False)

    def as_dict(self) -> dict[str, Any]:
        """Give it as scripts see it; what says nothing is left out."""
        told = {"user": self.user, "count": self.count, "value": self.value}
        return {"name": self.name} | {
            key: value for key, value in told.items() if value is not None
        }


class Faults:
    """All faults that strike now; of several that fit, the oldest strikes."""

    def __init__(self) -> None:
        self._by_name: dict[str, list[Fault]] = {}

    def __iter__(self) -> Iterator[Fault]:
        for faults in self._by_name.values():
            yield from faults

    def __bool__(self) -> bool:
        return bool(self._by_name)

    def add(
        self,
        name: str,
        *,
        user: str | None = None,
        count: int | None = None,
        value: Any = None,
    ) -> Fault:
        """Add a fault.

        Raises:
            EmulatorError: there is none of that name, it does not take the value, it
                cannot be of one user, or there are too many.
        """
        kind = kind_of(name)
        if count is not None and not 1 <= count <= MAX_STRIKES:
            raise EmulatorError(
                f"{count} is no count; give one of 1 to {MAX_STRIKES}, or none for a "
                "fault that strikes until it is deleted"
            )
        if user is not None and not kind.of_user:
            raise EmulatorError(
                f"the fault {name} strikes before it is known who asks; leave user out"
            )
        if sum(map(len, self._by_name.values())) >= MAX_FAULTS:
            raise EmulatorError(
                f"there are {MAX_FAULTS} faults already; delete some of them first"
            )
        value = kind.default if value is None else value
        fault = Fault(name, user, count, value, kind.setting(value))
        self._by_name.setdefault(name, []).append(fault)
        return fault

    def clear(self, name: str | None = None, user: str | None = None) -> None:
        """Delete all faults, or those of a name, of a user, or of both.

        Raises:
            EmulatorError: there is no fault of that name.
        """
        if name is not None:
            kind_of(name)
        for fault in list(self):
            if name in (None, fault.name) and user in (None, fault.user):
                self._remove(fault)

    def find(self, name: str, user: str | None) -> Fault | None:
        """Find the oldest fault of a name that is for this user."""
        for fault in self._by_name.get(name, ()):
            if fault.user in (None, user):
                return fault
        return None

    def strike(
        self, name: str, user: str | None, hits: Callable[[Fault], bool] | None = None
    ) -> Fault | None:
        """Let a fault strike: with its last strike it is gone.

        Args:
            name: of the fault.
            user: whom it strikes, None if that is not known.
            hits: says whether one of them finds what it strikes; None is always.
        """
        for fault in self._by_name.get(name, ()):
            if fault.user in (None, user) and (hits is None or hits(fault)):
                self._count_down(fault)
                return fault
        return None

    def as_list(self) -> list[dict[str, Any]]:
        """Give all faults as scripts see them."""
        return [fault.as_dict() for fault in self]

    def _count_down(self, fault: Fault) -> None:
        if fault.count is not None:
            fault.count -= 1
            if not fault.count:
                self._remove(fault)

    def _remove(self, fault: Fault) -> None:
        faults = self._by_name[fault.name]
        faults.remove(fault)
        if not faults:
            del self._by_name[fault.name]
