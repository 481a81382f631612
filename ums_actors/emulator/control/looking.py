"""Looking inside: the log, the sockets, the state of everything."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ums_actors.emulator.service import Service
    from ums_actors.emulator.wire.framelog import FrameLog

__all__ = ["Looking"]


class Looking:
    """Tells what is and has been; changes nothing."""

    _service: Service

    def log(self, user: str | None = None) -> list[dict[str, Any]]:
        """Give the log: ``t`` (epoch s), ``conn, generation, user, dir, frame``.

        ``generation`` counts the sockets of that user since the start, from 1 on.
        """
        return self._log_of(user).entries(user)

    def log_lines(self, user: str | None = None) -> bytes:
        """Give the log as JSON lines."""
        return b"".join(line + b"\n" for line in self._log_of(user).lines(user))

    def sockets(self, user: str | None = None) -> list[dict[str, Any]]:
        """Give all open sockets, or those of a user or consumer, oldest first."""
        return [
            {
                "conn": line.conn,
                "generation": line.client.generation,
                "user": line.client.name,
                "side": "brand" if line.client.is_brand else "consumer",
                "requests": line.requests,
                "frozen": line.is_frozen,
            }
            for line in self._service.lines_of(user)
        ]

    def history(self, user: str | None = None) -> list[dict[str, Any]]:
        """Give all sockets that are and were, of all or of a user or consumer.

        Each has ``conn, generation, user``, and in epoch seconds ``opened``, ``heard``
        (when something was read of it last, also a ping) and ``closed`` (None: it is
        open).
        """
        if user is not None:
            self._service.require_known(user)
        return list(self._service.visits.all(user))

    def state(self) -> dict[str, Any]:
        """Give counts of all that is and has been."""
        service = self._service
        world = service.world
        stages = Counter(it.details.stage for it in world.conversations.values())
        sockets = dict.fromkeys((user.name for user in service.users), 0)
        for line in service.lines:  # "" is a consumer who has yet to say who they are
            sockets[line.client.name] = sockets.get(line.client.name, 0) + 1
        numbers = asdict(service.counters)
        numbers["requests"] += sum(line.requests for line in service.lines)
        return {
            "account": service.account,
            "sockets": len(service.lines),
            "sockets_by_user": sockets,
            "generations": dict(service.generations),
            "consumers": len(world.consumers),
            "consumer_sockets": sum(not line.client.is_brand for line in service.lines),
            **numbers,
            "conversations": {"open": stages["OPEN"], "closed": stages["CLOSE"]},
            "routing": world.router.counts(),
            "agent_states": {
                user.name: world.agent_state(user) for user in service.users
            },
            "faults": service.faults.as_list(),
            "log": {"entries": len(service.log), "dropped": service.log.dropped},
        }

    def _log_of(self, user: str | None) -> FrameLog:
        if user is not None:
            self._service.require_known(user)
        return self._service.log
