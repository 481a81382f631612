"""The brand users that may log in."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from ums_actors.emulator.choices import DEFAULT_SKILL
from ums_actors.emulator.failures import EmulatorError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["PASSWORD_PATTERN", "User", "Users", "numbered_users", "password_of"]

PASSWORD_PATTERN: Final = "{name}-password"  # noqa: S105 - documented
"""Password of the users that are made by number: bot1 has ``bot1-password``."""

FIRST_USER_ID: Final = 1001
_NAMESPACE: Final = uuid.UUID("6f1d3c1e-7b1f-5c55-9d0e-2f8f2d1c7a10")


def numbered_users(count: int) -> dict[str, str]:
    """Give names and passwords of bot1..botN."""
    names = [f"bot{number}" for number in range(1, count + 1)]
    return {name: password_of(name) for name in names}


def password_of(name: str) -> str:
    """Give the password of a user that was made by number."""
    return PASSWORD_PATTERN.format(name=name)


@dataclass(frozen=True, slots=True)
class User:
    """One brand user: ``old_id`` stands in requests, ``pid`` is a UUID."""

    name: str
    password: str = field(repr=False)
    user_id: str
    pid: str
    old_id: str
    skills: frozenset[str] | None = None
    """Skills they can be rung for, beside the unassigned one; None stands for all."""

    def has_skill(self, skill: str) -> bool:
        """Say whether they can be rung for a skill."""
        if self.skills is None or skill == DEFAULT_SKILL:
            return True
        return skill in self.skills


class Users:
    """All users of the account, found by name or by either identity.

    Args:
        account: the account they belong to.
        users: a number N for bot1..botN, or passwords by name.
        skills: ids of the skills of users by name; who is not named has every skill.

    Raises:
        EmulatorError: no users, one without name or password, or skills of nobody.
    """

    def __init__(
        self,
        account: str,
        users: int | Mapping[str, str],
        skills: Mapping[str, Iterable[str]] | None = None,
    ) -> None:
        if isinstance(users, int):
            users = numbered_users(users)
        if not users or not all(name and word for name, word in users.items()):
            raise EmulatorError(
                "the emulator needs users with a name and a password; give "
                "--user NAME:PASSWORD, or --users N with N of 1 or more"
            )
        limited = {
            name: frozenset([it] if isinstance(it, str) else it)
            for name, it in (skills or {}).items()
        }
        self.by_name: dict[str, User] = {}
        self._by_id: dict[str, User] = {}
        for number, (name, password) in enumerate(users.items(), FIRST_USER_ID):
            pid = str(uuid.uuid5(_NAMESPACE, f"{account}/{name}"))
            old_id = f"{account}.{number}"
            user = User(name, password, str(number), pid, old_id, limited.get(name))
            self.by_name[name] = user
            self._by_id[user.old_id] = self._by_id[pid] = user
        for name in limited:
            self.named(name)

    def __iter__(self) -> Iterator[User]:
        return iter(self.by_name.values())

    def find(self, identity: str) -> User | None:
        """Find a user by old id or PID."""
        return self._by_id.get(identity)

    def named(self, name: str) -> User:
        """Find a user by login name.

        Raises:
            EmulatorError: there is none of that name.
        """
        if (user := self.by_name.get(name)) is None:
            raise EmulatorError(
                f"there is no user {name!r}; use one of {', '.join(self.by_name)}"
            )
        return user
