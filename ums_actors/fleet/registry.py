"""Who is in a fleet: each account's user once."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from ums_actors.arguments import identifier, shown
from ums_actors.errors import AgentUnknown, LocalProtocolError, Overloaded

if TYPE_CHECKING:
    from ums_actors.fleet.member import Member
    from ums_actors.fleet.spec import Key

__all__ = ["Registry"]


class Registry:
    """Agents by account and user; any thread.

    Args:
        limit: how many there may be.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._members: dict[Key, Member] = {}
        self._accounts: dict[str, int] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._members)

    def all(self) -> list[Member]:
        """Give all agents."""
        with self._lock:
            return list(self._members.values())

    def keys(self) -> list[Key]:
        """Give account and user of all agents."""
        with self._lock:
            return list(self._members)

    def find(self, key: Key) -> Member | None:
        """Give an agent, or None."""
        return self._members.get(key)

    def has(self, key: object) -> bool:
        """Tell whether an agent is there, by its user or by account and user."""
        if isinstance(key, str):
            with self._lock:
                accounts = tuple(self._accounts)
            return bool(self._matches(accounts, key))
        try:
            pair: Any = key
            member = self._members.get(pair)
        except TypeError:  # it cannot be anybody's
            return False
        return member is not None and member.is_there

    def enter(self, member: Member) -> None:
        """Add an agent; one whose connection somebody has stopped makes way.

        Raises:
            LocalProtocolError: it is there already.
            Overloaded: there are as many as there may be.
        """
        with self._lock:
            known = self._members.get(member.key)
            if known is not None and not known.has_ended:
                account_id, user = member.key
                raise LocalProtocolError(
                    f"user {user!r} of account {account_id} is in the fleet already: "
                    "two connections of one user kill each other's token; "
                    + (
                        "wait for the future of remove() before adding it again"
                        if known.leaving
                        else "use get(), or remove() it first"
                    )
                )
            if known is None and len(self._members) >= self._limit:
                raise Overloaded(
                    f"the fleet has {self._limit} agents, which is its "
                    "Limits.connections: remove some, or make it larger"
                )
            if known is None:
                account_id = member.key[0]
                self._accounts[account_id] = self._accounts.get(account_id, 0) + 1
            self._members[member.key] = member

    def drop(self, member: Member) -> bool:
        """Let an agent be there no more; tell whether it was."""
        with self._lock:
            if self._members.get(member.key) is not member:
                return False
            del self._members[member.key]
            account_id = member.key[0]
            self._accounts[account_id] -= 1
            if not self._accounts[account_id]:
                del self._accounts[account_id]
            return True

    def look_up(self, user: str, account_id: str | None = None) -> Member:
        """Give an agent by its user; the account may be left out if that is clear.

        Raises:
            AgentUnknown: there is none.
            LocalProtocolError: there are several, or these are no names.
        """
        identifier("user", user)
        if account_id is not None:
            found = self._matches((identifier("account_id", account_id),), user)
        else:
            with self._lock:
                accounts = tuple(self._accounts)
            found = self._matches(accounts, user)
        if len(found) > 1:
            accounts = tuple(sorted(member.key[0] for member in found))
            raise LocalProtocolError(
                f"user {shown(user)} is in the fleet for the accounts "
                f"{', '.join(accounts)}: give account_id as well"
            )
        if not found:
            where = "" if account_id is None else f" of account {shown(account_id)}"
            raise AgentUnknown(
                f"user {shown(user)}{where} is not in the fleet: add() it first",
                user=user,
                account_id=account_id,
            )
        return found[0]

    def _matches(self, accounts: tuple[str, ...], user: str) -> list[Member]:
        found = (self._members.get((account_id, user)) for account_id in accounts)
        return [member for member in found if member is not None and member.is_there]
