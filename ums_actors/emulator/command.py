"""Running the emulator in the foreground until a signal."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import resource
import signal
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec

from ums_actors.emulator.choices import DEFAULT_RING_TIMEOUT
from ums_actors.emulator.emulator import DEFAULT_ACCOUNT, Emulator
from ums_actors.emulator.failures import EmulatorError
from ums_actors.emulator.ready import Ready
from ums_actors.emulator.world.users import numbered_users

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = ["DEFAULT_USERS", "MAX_USERS", "Command", "run_command"]

DEFAULT_USERS: Final = 1
MAX_USERS: Final = 10_000
MAX_DESCRIPTORS: Final = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What the command line asks for.

    Attributes:
        user: ``NAME:PASSWORD`` words.
        users: as many of bot1..botN beside them; None means one if there are no words.
        ring_timeout: seconds that a ring waits for its agent.
        skills: ``NAME=SKILL,SKILL`` words; who is not named has every skill.
        survey: whether a survey follows every MAIN dialog that is closed.
        state: directory in which the account's facts outlive a stop.
        i_know: serve other machines as well.
        exit_with_parent: end, and keep no state, when standard input, a pipe, is
            closed.
    """

    host: str = "127.0.0.1"
    port: int = 0
    tls: bool = False
    ca_out: str | None = None
    account: str = DEFAULT_ACCOUNT
    user: Sequence[str] = ()
    users: int | None = None
    log: bool = True
    ring_timeout: float = DEFAULT_RING_TIMEOUT
    skills: Sequence[str] = ()
    survey: bool = False
    state: str | None = None
    i_know: bool = False
    exit_with_parent: bool = False


def run_command(command: Command) -> None:
    """Print the ready line on standard output and serve until SIGINT or SIGTERM.

    Belongs to the main thread, which it blocks.

    Raises:
        EmulatorError: it cannot start; the text ends with what to do.
    """
    emulator = Emulator(
        host=command.host,
        port=command.port,
        tls=command.tls,
        ca_out=command.ca_out,
        account=command.account,
        users=_passwords(command),
        log=command.log,
        ring_timeout=command.ring_timeout,
        skills=_skills(command),
        survey=command.survey,
        state=command.state,
        i_know=command.i_know,
    )
    _allow_descriptors()
    asyncio.run(_serve(emulator, exit_with_parent=command.exit_with_parent))


def _allow_descriptors() -> None:
    """Let the process have as many sockets as it may have at all."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MAX_DESCRIPTORS if hard == resource.RLIM_INFINITY else hard
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(OSError, ValueError):  # then with those it has
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


async def _serve(emulator: Emulator, *, exit_with_parent: bool) -> None:
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    if exit_with_parent:

        def parent_gone() -> None:
            if not stop.is_set():
                emulator.keep_in(None)  # nobody is left who would come back to it
            stop.set()

        _watch_parent(loop, parent_gone)
    async with emulator:
        if emulator.is_exposed:
            sys.stderr.write(
                f"warning: {emulator.csds} is not loopback: whoever reaches it can log "
                "in, read everything and use the control endpoint\n"
            )
        sys.stdout.write(_ready_line(emulator) + "\n")
        sys.stdout.flush()
        await stop.wait()
    if exit_with_parent:
        loop.remove_reader(sys.stdin.fileno())


def _watch_parent(
    loop: asyncio.AbstractEventLoop, parent_gone: Callable[[], None]
) -> None:
    descriptor = sys.stdin.fileno()

    def read() -> None:
        if not os.read(descriptor, 4_096):
            loop.remove_reader(descriptor)
            parent_gone()

    try:
        loop.add_reader(descriptor, read)
    except PermissionError:
        raise EmulatorError(
            "--exit-with-parent watches standard input, which is no pipe; "
            "give it a pipe or leave the option out"
        ) from None


def _ready_line(emulator: Emulator) -> str:
    return json.dumps(msgspec.to_builtins(Ready.of(emulator)))


def _skills(command: Command) -> dict[str, list[str]]:
    skills: dict[str, list[str]] = {}
    for word in command.skills:
        name, sign, listed = word.partition("=")
        if not name or not sign:
            raise EmulatorError(f"--skills {word} names nobody; give NAME=SKILL,SKILL")
        known = skills.setdefault(name, [])
        known.extend(filter(None, map(str.strip, listed.split(","))))
    return skills


def _passwords(command: Command) -> int | Mapping[str, str]:
    named: dict[str, str] = {}
    for word in command.user:
        name, _, password = word.partition(":")
        if not name or not password:
            # the word is not shown: half of it may be a password
            raise EmulatorError(
                "a --user has no name or no password; give NAME:PASSWORD"
            )
        if name in named:
            raise EmulatorError(f"--user {name} is given twice; give each name once")
        named[name] = password
    users = command.users
    if users is None:
        return named or DEFAULT_USERS
    if not 0 <= users <= MAX_USERS:
        raise EmulatorError(
            f"--users {users} is out of range; give a number from 1 to {MAX_USERS}"
        )
    return numbered_users(users) | named if named else users
