"""Greet everybody who opens a conversation: plain loops and blocking calls.

    python -m ums_actors.examples.greeting_bot --emulator

The bot is a manager-type user: it sees all open conversations and joins those that are
new. The connection looks after itself; there is nothing to do here about reconnecting.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import ums_actors as ums
from ums_actors.examples.account import account_of, options

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["greet", "main"]

GREETING = "Hello, how can I help you?"


def greet(
    openings: Iterable[ums.ConversationOpened], conversations: int | None = None
) -> None:
    """Join and greet, until so many have been greeted."""
    greeted = 0
    for opening in openings:
        conversation = opening.conversation
        if conversation.self_participant is not None:
            continue  # we have been there before
        try:
            conversation.join(ums.ParticipantRole.MANAGER).get()
            conversation.send_text(GREETING).get()
        except ums.RequestError as error:
            # refused (it has been closed meanwhile, say), or the line went away with
            # the request on it: then it is better not to greet than to greet twice
            print(f"{conversation.conversation_id}: {error}")
            continue
        greeted += 1
        print(f"{conversation.conversation_id}: greeted")
        if greeted == conversations:
            return


def main(argv: Sequence[str] | None = None) -> int:
    """Run the bot; gives the exit code."""
    arguments = options(__doc__).parse_args(argv)
    with account_of(arguments) as account:
        account.visitors.come("Hello?")
        # the subscription is made by hand, after somebody listens to what it shows
        with ums.connect(
            **account.login(), create_default_subscription=False
        ) as connection:
            openings = connection.events(ums.ConversationOpened)
            connection.create_conversation_subscription({"stage": ["OPEN"]})
            greet(openings, arguments.conversations)
    return 0


if __name__ == "__main__":
    sys.exit(main())
