"""Many bots in one process: a fleet, and one handler for all of them.

    python -m ums_actors.examples.many_bots --emulator

Against an account, give ``--agents FILE``, a TOML file with a table for each bot; see
:mod:`ums_actors.fleet.agents_file`. They connect and log in at a pace that a service
can bear, each is supervised by itself, and one that fails or blocks holds up no other.
A thousand bots need no more threads than one.
"""

from __future__ import annotations

import collections
import sys
import threading
from typing import TYPE_CHECKING

import ums_actors as ums
from ums_actors.examples.account import account_of, options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ums_actors.examples.account import Account

__all__ = ["Backend", "main"]

LOCAL_BOTS = 5
"""How many bots a local UMS gets."""


class Backend:
    """Serves all conversations of all bots.

    Args:
        agents: as for :class:`ums_actors.Fleet`.
        limit: how many conversations there are to be; None is no limit.
    """

    def __init__(self, agents: list[ums.AgentSpec] | str, limit: int | None) -> None:
        self.fleet: ums.Fleet = ums.Fleet(agents, handler=self.handle)
        self.enough: threading.Event = threading.Event()
        self.served: collections.Counter[str] = collections.Counter()
        self._limit = limit
        self._lock = threading.Lock()

    def handle(self, event: ums.AgentEvent) -> None:
        """Take one event of one bot.

        Runs on a worker thread: one at a time for each bot, several bots at a time.
        """
        name = event.user
        match event.event:
            case (
                ums.AgentFailed(reason=reason)
                | ums.StateChanged(state="BACKING_OFF", reason=reason)
            ):
                print(f"{name}: {reason}")
            case ums.RingOffered(ring=ring):
                ring.accept().get(timeout=30)
            case ums.MessageReceived(mine=False, text=str(text)) as message:
                said = f"{name} has read your {len(text)} letters."
                bot = self.fleet.get(name, event.account_id)
                bot.send_text(message.conversation_id, said).get(timeout=30)
                self._count(name)
            case ums.ErrorOccurred(context="fleet.handler_failed", error=error):
                print(f"{name}: {error}")  # of what went wrong above, for example
            case _:  # all the rest; Fleet(kinds=…) names those that are wanted
                pass

    def _count(self, name: str) -> None:
        with self._lock:
            self.served[name] += 1
            if self.served.total() == self._limit:
                self.enough.set()


def local_bots(account: Account) -> list[ums.AgentSpec]:
    """Give the bots of a local UMS."""
    found: list[ums.AgentSpec] = []
    for number in range(LOCAL_BOTS):
        login = account.login(name := f"bot{number + 1}")
        account_id, auth = login.pop("account_id"), login.pop("auth")
        found.append(
            ums.AgentSpec(
                user=name, account_id=account_id, auth=auth, online=True, settings=login
            )
        )
    return found


def main(argv: Sequence[str] | None = None) -> int:
    """Run the backend; gives the exit code."""
    parser = options(__doc__)
    parser.add_argument("--agents", metavar="FILE", help="TOML, a table for each bot")
    arguments = parser.parse_args(argv)
    if not arguments.agents and not arguments.emulator:
        parser.error("give --agents FILE, or --emulator for a local UMS")
    if arguments.emulator:
        arguments.conversations = arguments.conversations or LOCAL_BOTS
    with account_of(arguments, users=LOCAL_BOTS) as account:
        agents = arguments.agents or local_bots(account)
        backend = Backend(agents, arguments.conversations)
        with backend.fleet as fleet:
            fleet.open().get()
            account.visitors.come("Hello there!", times=LOCAL_BOTS)
            backend.enough.wait()
        for name, served in sorted(backend.served.items()):
            print(f"{name} has served {served}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
