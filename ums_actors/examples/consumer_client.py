"""Be a consumer: open a conversation, say what is typed, print what is answered.

    python -m ums_actors.examples.consumer_client --emulator

Needs no login name: it is an anonymous visitor of the account. With ``--say`` it says
just that; without, each line of standard input, until its end.
"""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING

import ums_actors as ums
from ums_actors.examples.account import account_of, options
from ums_actors.examples.staff import agent_on_duty

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["main", "talk"]


def talk(
    connection: ums.ConsumerConnection, lines: Iterable[str], patience: float
) -> None:
    """Say these lines in a new conversation, wait for an answer, and close it."""
    answered = threading.Event()

    def hear(message: ums.MessageReceived) -> None:
        if not message.mine and message.text is not None:
            print(f"{message.role}: {message.text}", flush=True)
            answered.set()

    connection.subscribe(hear, ums.MessageReceived)
    conversation_id = connection.create_conversation()
    for line in lines:
        connection.send_text(conversation_id, line)
    if not answered.wait(patience):
        print("nobody has answered")
    connection.close_conversation(conversation_id)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the client; gives the exit code."""
    parser = options(__doc__)
    parser.add_argument("--say", action="append", help="instead of standard input")
    parser.add_argument(
        "--patience",
        type=float,
        default=60.0,
        metavar="SECONDS",
        help="how long to wait for an answer",
    )
    arguments = parser.parse_args(argv)
    with account_of(arguments) as account:
        said = arguments.say or (["Hello?"] if arguments.emulator else None)
        lines = said or (line.rstrip("\n") for line in sys.stdin)
        with (
            agent_on_duty(account, "bot1"),
            ums.connect_consumer(**account.address(), auth=ums.Anonymous()) as client,
        ):
            talk(client, lines, arguments.patience)
    return 0


if __name__ == "__main__":
    sys.exit(main())
