"""What breaks when a script says so: sockets, tokens, and faults in general."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from ums_actors.emulator.failures import EmulatorError
from ums_actors.emulator.faults.values import CLOSE_CODES

if TYPE_CHECKING:
    from ums_actors.emulator.service import Service

__all__ = ["Breaking"]


class Breaking:
    """Breaks things of one user, by login name or consumer id, or of everyone."""

    _service: Service

    async def close_sockets(self, code: int, user: str | None = None) -> int:
        """Send close frames and close TCP; give how many sockets it hit."""
        if code not in CLOSE_CODES:
            raise EmulatorError(
                f"close code {code} is out of range; give one of 1000 to 4999"
            )
        hit = [line for line in self._service.lines_of(user) if line.end(code)]
        for line in hit:
            self._service.remove_line(line)
        await asyncio.gather(*(line.wait_ended() for line in hit))
        return len(hit)

    def cut(self, user: str | None = None) -> int:
        """Reset TCP connections without a close frame; give how many it hit."""
        hit = [line for line in self._service.lines_of(user) if line.cut()]
        for line in hit:
            self._service.remove_line(line)
        return len(hit)

    def freeze(self, user: str | None = None) -> int:
        """Make sockets half-open: nothing is read or written; give how many."""
        return sum(line.freeze() for line in self._service.lines_of(user))

    def expire_tokens(self, user: str | None = None) -> int:
        """Kill live tokens, sockets stay up; give how many there were."""
        return self._service.expire_tokens(user)

    # -- faults

    def add_fault(
        self,
        name: str,
        *,
        user: str | None = None,
        count: int | None = None,
        value: Any = None,
    ) -> list[dict[str, Any]]:
        """Let something go wrong from now on; give all that does.

        Args:
            name: which fault; ``GET /emulator`` describes them all.
            user: login name or consumer id whom it strikes; None strikes everyone.
            count: how often it strikes; None is until it is cleared.
            value: what the fault takes; None takes its default.
        """
        if user is not None:
            self._service.require_known(user)
        self._service.faults.add(name, user=user, count=count, value=value)
        self._service.repeater.set()
        return self.faults()

    def clear_faults(
        self, name: str | None = None, user: str | None = None
    ) -> list[dict[str, Any]]:
        """Delete all faults, or those of a name, of a user; give what is left."""
        if user is not None:
            self._service.require_known(user)
        self._service.faults.clear(name, user)
        self._service.repeater.set()
        return self.faults()

    def faults(self) -> list[dict[str, Any]]:
        """Give all faults that strike: ``name``, ``user``, ``count``, ``value``."""
        return self._service.faults.as_list()
