"""Many bots in one process: one handler, a connection for each, one loop for all.

    python -m ums_actors.examples.many_bots --emulator

Against an account, give ``--logins FILE``, a file of lines ``name:password``.
Each connection is supervised by itself: that of one bot may be down while the others
work. All share one runtime, so that a hundred bots need no more threads than one.
"""

from __future__ import annotations

import collections
import sys
import threading
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ums_actors as ums
from ums_actors.examples.account import account_of, options

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ums_actors.examples.account import Account

__all__ = ["Backend", "main"]

LOCAL_BOTS = 5
"""How many bots a local UMS gets."""


class Backend:
    """Serves all conversations of all bots.

    Args:
        limit: how many conversations there are to be; None is no limit.
    """

    def __init__(self, limit: int | None) -> None:
        self.enough: threading.Event = threading.Event()
        self.served: collections.Counter[str] = collections.Counter()
        self._limit = limit
        self._lock = threading.Lock()

    def handle(
        self, name: str, bot: ums.BrandConnectionProxy, event: ums.Event
    ) -> None:
        """Take one event of one bot.

        Runs on a worker thread: one at a time for each bot, several bots at a time.
        """
        try:
            match event:
                case ums.StateChanged(state="BACKING_OFF" | "FAILED"):
                    print(f"{name}: {event.state} {event.reason}")
                case ums.RingOffered(ring=ring):
                    ring.accept().get(timeout=30)
                case ums.MessageReceived(mine=False, text=str(text)):
                    said = f"{name} has read your {len(text)} letters."
                    bot.send_text(event.conversation_id, said).get(timeout=30)
                    self._count(name)
                case _:  # all the rest; who names kinds in subscribe() gets those alone
                    pass
        except ums.UMSError as error:
            print(f"{name}: {error}")

    def _count(self, name: str) -> None:
        with self._lock:
            self.served[name] += 1
            if self.served.total() == self._limit:
                self.enough.set()


def open_all(backend: Backend, bots: Mapping[str, ums.BrandConnectionProxy]) -> None:
    """Open all connections at a time, and go online with those that are there."""
    for name, bot in bots.items():
        bot.subscribe(partial(backend.handle, name, bot))
    opening = {name: bot.open(timeout=30) for name, bot in bots.items()}
    for name, opened in opening.items():
        try:
            opened.get()
            bots[name].create_routing_task_subscription().get()
            bots[name].set_agent_state(ums.AgentState.ONLINE).get()
        except ums.UMSError as error:  # the others go on without it
            print(f"{name}: {error}")


def logins(account: Account, path: str | None) -> dict[str, dict[str, Any]]:
    """Give the arguments of each bot's connection, by its name."""
    if path is None:
        names = [f"bot{number + 1}" for number in range(LOCAL_BOTS)]
        return {name: account.login(name) for name in names}
    found: dict[str, dict[str, Any]] = {}
    for line in Path(path).read_text("utf-8").splitlines():
        name, _, password = line.partition(":")
        auth = ums.PasswordLogin(name, password)
        found[name] = {**account.address(), "auth": auth}
    return found


def main(argv: Sequence[str] | None = None) -> int:
    """Run the backend; gives the exit code."""
    parser = options(__doc__)
    parser.add_argument("--logins", metavar="FILE", help="lines of name:password")
    arguments = parser.parse_args(argv)
    if not arguments.logins and not arguments.emulator:
        parser.error("give --logins FILE, or --emulator for a local UMS")
    if arguments.emulator:
        arguments.conversations = arguments.conversations or LOCAL_BOTS
    with account_of(arguments, users=LOCAL_BOTS) as account:
        backend = Backend(arguments.conversations)
        refs = {
            name: ums.BrandWebsocketConnection.start(**login)
            for name, login in logins(account, arguments.logins).items()
        }
        try:
            bots = {name: ums.proxy_of(ref) for name, ref in refs.items()}
            open_all(backend, bots)
            account.visitors.come("Hello there!", times=LOCAL_BOTS)
            backend.enough.wait()
        finally:
            stopping = [ref.stop(block=False) for ref in refs.values()]
            for stopped in stopping:  # all at a time
                stopped.get(timeout=15)
        for name, served in sorted(backend.served.items()):
            print(f"{name} has served {served}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
