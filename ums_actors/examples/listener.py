"""Listen to all conversations and say nothing: a queue, fed by the connection.

    python -m ums_actors.examples.listener --emulator

The user is of the manager type. It sees each open conversation, and joins as READER,
for only participants are sent what is said; who joins hears what was said before, too.
"""

from __future__ import annotations

import queue
import sys
from typing import TYPE_CHECKING

import ums_actors as ums
from ums_actors.examples.account import account_of, options
from ums_actors.examples.staff import agent_on_duty

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Listener", "main"]

LIMIT = 10_000
"""Events that may wait to be printed; the oldest are dropped beyond."""


class Listener:
    """Prints what happens.

    Args:
        connection: not opened yet, so that nothing is missed.
    """

    def __init__(self, connection: ums.BrandConnectionProxy) -> None:
        self._events: queue.Queue[ums.Event] = queue.Queue(LIMIT)
        connection.subscribe(
            self._events,
            ums.StateChanged,
            ums.ConversationOpened,
            ums.ConversationClosed,
            ums.MessageReceived,
        ).get(timeout=10)

    def run(self, conversations: int | None) -> None:
        """Print, until so many conversations have been closed."""
        closed = 0
        while conversations is None or closed < conversations:
            match self._events.get():
                case ums.StateChanged() as event:
                    print(f"connection: {event.state} {event.reason}")
                case ums.ConversationOpened(conversation=talk):
                    print(f"{talk.conversation_id} skill {talk.skill_id}")
                    joining = talk.join(ums.ParticipantRole.READER)
                    joining.add_done_callback(report)
                case ums.ConversationClosed(conversation=talk):
                    print(f"{talk.conversation_id} closed by {talk.close_reason}")
                    closed += 1
                case ums.MessageReceived(text=str()) as event:
                    print(f"{event.conversation_id} {event.role}: {event.text}")
                case _:  # that somebody types, or has read something
                    pass


def report(joining: ums.LoopFuture[None]) -> None:
    """Say why somebody could not be listened to; runs on the loop's thread."""
    error = joining.exception()
    if error is not None:
        print(f"not joined: {error}")


def main(argv: Sequence[str] | None = None) -> int:
    """Listen; gives the exit code."""
    arguments = options(__doc__).parse_args(argv)
    with account_of(arguments, users=2) as account, agent_on_duty(account, "bot2"):
        ref = ums.BrandWebsocketConnection.start(**account.login())
        try:
            connection = ums.proxy_of(ref)
            listener = Listener(connection)
            connection.open(timeout=30).get()
            account.visitors.come("Hello?", "Is anybody listening?", "bye")
            listener.run(arguments.conversations)
        finally:
            ref.stop(timeout=15)
    return 0


if __name__ == "__main__":
    sys.exit(main())
