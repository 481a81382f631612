"""The two ids of an agent: ``account.user``, which requests name, and the PID.

A brand's socket tells of agents by both. Which PID belongs to whom is learned from
what the service sends: the login and the conversations.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from typing import Any, Final

from ums_actors.arguments import identifier
from ums_actors.errors import LocalProtocolError
from ums_actors.protocol.enums import ParticipantRole
from ums_actors.protocol.lenient import is_object, one_or_many

__all__ = ["ME", "IdTable", "is_pid"]

ME: Final = "me"
"""Stands for the connection's own user wherever an agent is named."""
LIMIT: Final = 10_000
"""Agents that are remembered; the least recently seen is forgotten."""
_PID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def is_pid(value: str) -> bool:
    """Say whether an id has the form of a PID; those of consumers may have it too."""
    return _PID.fullmatch(value) is not None


class IdTable:
    """Who is who; loop thread only.

    Args:
        account_id: the brand's account.
        limit: agents that are remembered.
    """

    __slots__ = ("_agents", "_limit", "_pids", "_prefix")

    def __init__(self, account_id: str, limit: int = LIMIT) -> None:
        self._prefix = f"{account_id}."
        self._limit = limit
        self._pids: OrderedDict[str, str] = OrderedDict()  # account.user → PID
        self._agents: dict[str, str] = {}

    def __len__(self) -> int:
        return len(self._pids)

    def learn(self, agent_id: str, pid: str) -> None:
        """Take note of both ids of an agent; what cannot be such a pair is ignored."""
        if self._pids.get(agent_id) == pid:
            self._pids.move_to_end(agent_id)
            return
        if not pid or pid == agent_id or not agent_id.startswith(self._prefix):
            return
        self._forget(agent_id)
        self._forget(self._agents.get(pid))
        self._pids[agent_id] = pid
        self._agents[pid] = agent_id
        while len(self._pids) > self._limit:
            self._forget(next(iter(self._pids)))

    def learn_all(self, participants: Any, pids: Any) -> None:
        """Take note of the participants of a conversation, as the wire tells of them.

        It pairs them by position in their role; a role whose two lists differ in length
        says nothing.
        """
        if not is_object(participants) or not is_object(pids):
            return
        for role, told in pids.items():
            if not told or role == ParticipantRole.CONSUMER:
                continue  # consumers have one id only
            ours, theirs = one_or_many(participants.get(role)), one_or_many(told)
            if len(ours) == len(theirs):
                for agent_id, pid in zip(ours, theirs, strict=True):
                    if isinstance(agent_id, str) and isinstance(pid, str):
                        self.learn(agent_id, pid)

    def _forget(self, agent_id: str | None) -> None:
        pid = None if agent_id is None else self._pids.pop(agent_id, None)
        if pid is not None:
            del self._agents[pid]

    def pid_of(self, user_id: str) -> str | None:
        """Give the PID of an agent, by either id; None if it is not known."""
        if user_id in self._agents:
            return user_id
        return self._pids.get(user_id)

    def agent_of(self, user_id: str) -> str | None:
        """Give ``account.user`` of an agent, by either id; None if it is not known."""
        if user_id.startswith(self._prefix):
            return user_id
        return self._agents.get(user_id)

    def agent(self, user_id: Any, name: str = "agent_id") -> str:
        """Give the id that requests want: ``account.user``.

        Args:
            user_id: that, the user's id without the account, or a PID.
            name: of the argument, for the error's text.

        Raises:
            LocalProtocolError: it is none of these, or a PID that was not seen yet.
        """
        wanted = identifier(name, user_id)
        if is_pid(wanted):
            known = self._agents.get(wanted)
            if known is None:
                raise LocalProtocolError(
                    f"{name}={wanted!r} is the PID of nobody who has been seen on "
                    f"this connection: give {self._prefix}USER, or wait until a "
                    "conversation shows that agent"
                )
            return known
        return wanted if "." in wanted else self._prefix + wanted
