"""Answer what is easy, and hand the rest over to people: callbacks and transfers.

    python -m ums_actors.examples.transfer_bot --emulator

Who writes "agent" is transferred to the skill of ``--to-skill``. The bot's callback
runs on a worker thread, one event at a time, where it may use blocking calls.
"""

from __future__ import annotations

import contextlib
import sys
import threading
from typing import TYPE_CHECKING

import ums_actors as ums
from ums_actors.examples.account import account_of, options

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["TransferBot", "main"]


class TransferBot:
    """Takes every conversation that is offered.

    Args:
        connection: an open connection.
        skill_id: to whom conversations are handed over.
        limit: how many transfers there are to be; None is no limit.
    """

    def __init__(
        self, connection: ums.Connection, skill_id: str, limit: int | None
    ) -> None:
        self.enough: threading.Event = threading.Event()
        self._connection = connection
        self._skill_id = skill_id
        self._limit = limit
        self._transfers = 0
        self._me = connection.status().agent_id

    def start(self) -> None:
        """Hear of what is to be heard, and become available."""
        connection = self._connection
        connection.subscribe(self.hear, ums.RingOffered, ums.MessageReceived)
        connection.create_routing_task_subscription()
        connection.set_agent_state(ums.AgentState.ONLINE)

    def hear(self, event: ums.RingOffered | ums.MessageReceived) -> None:
        """Take one event."""
        try:
            if isinstance(event, ums.RingOffered):
                event.ring.accept().get(timeout=30)
            elif not event.mine and event.text is not None:
                self._answer(event.conversation_id, event.text)
        except ums.UMSError as error:
            print(f"{event.conversation_id}: {error}")

    def _answer(self, conversation_id: str, text: str) -> None:
        if "agent" not in text.lower():
            self._connection.send_text(conversation_id, "We open at nine.")
            return
        self._connection.send_text(conversation_id, "One moment, somebody will come.")
        self._transfer(conversation_id)
        self._transfers += 1
        print(f"{conversation_id}: transferred to skill {self._skill_id}")
        if self._transfers == self._limit:
            self.enough.set()

    def _transfer(self, conversation_id: str) -> None:
        """Hand over, also if the line goes away just then.

        A transfer that has been carried out is refused when it is asked for again, for
        we are not the assigned agent any more. So it may safely be repeated if nobody
        knows what has become of it.
        """
        try:
            self._ask_for_transfer(conversation_id)
        except ums.RequestRejected:
            raise
        except ums.RequestError:
            with contextlib.suppress(ums.RequestRejected):  # then it had taken place
                self._ask_for_transfer(conversation_id)

    def _ask_for_transfer(self, conversation_id: str) -> None:
        self._connection.transfer_conversation(
            conversation_id, skill_id=self._skill_id, remove_agent_id=self._me
        )


def main(argv: Sequence[str] | None = None) -> int:
    """Run the bot; gives the exit code."""
    parser = options(__doc__)
    parser.add_argument("--to-skill", default="4711", help="the skill of the people")
    arguments = parser.parse_args(argv)
    # in the local UMS the bot serves those who ask for no skill, and they are people
    with account_of(arguments, skills={"bot1": []}) as account:
        account.visitors.come("When do you open?", "I want to talk to an agent!")
        with ums.connect(**account.login()) as connection:
            bot = TransferBot(connection, arguments.to_skill, arguments.conversations)
            bot.start()
            bot.enough.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
