"""Take the conversations that are offered, and serve them: rings, with asyncio.

    python -m ums_actors.examples.agent_bot --emulator

The bot is an agent: ONLINE it is rung, and who accepts becomes the assigned agent. All
that the proxy of a connection gives can be awaited, and events can be iterated over.
"""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

import ums_actors as ums
from ums_actors.examples.account import Account, account_of, options

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main", "serve"]


async def serve(
    connection: ums.BrandConnectionProxy, conversations: int | None = None
) -> None:
    """Serve, until so many conversations have been closed."""
    closed = 0
    async with connection.events(ums.RingOffered, ums.MessageReceived) as events:
        await connection.open(timeout=30)
        await connection.create_routing_task_subscription()
        await connection.set_agent_state(ums.AgentState.ONLINE)
        async for event in events:
            match event:
                case ums.RingOffered(ring=ring):
                    await take(ring)
                case ums.MessageReceived(mine=False, text=str()):
                    closed += await answer(connection, event)
                case ums.MessageReceived():  # our own, or that somebody types
                    pass
            if closed == conversations:
                break


async def take(ring: ums.Ring) -> None:
    """Accept a ring."""
    try:
        await ring.accept()
    except (ums.RingNotWaiting, ums.RequestError) as error:
        print(f"{ring.conversation_id}: {error}")  # somebody else was faster, say
    else:
        print(f"{ring.conversation_id}: accepted")


async def answer(
    connection: ums.BrandConnectionProxy, message: ums.MessageReceived
) -> bool:
    """Answer one message; tell whether the conversation is closed now."""
    conversation_id, ends = message.conversation_id, message.text == "bye"
    text = "Goodbye." if ends else f"You said: {message.text}"
    try:
        await connection.send_text(conversation_id, text)
        if ends:
            await connection.close_conversation(conversation_id)
            print(f"{conversation_id}: closed")
    except ums.RequestError as error:
        # error.delivery says whether it may be tried again, as a real bot would
        print(f"{conversation_id}: {error}")
        return False
    return ends


async def run(account: Account, conversations: int | None) -> None:
    """Start the connection, serve, and stop it, whatever happens."""
    ref = ums.BrandWebsocketConnection.start(**account.login())
    try:
        await serve(ums.proxy_of(ref), conversations)
    finally:
        await asyncio.to_thread(ref.stop, timeout=15)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the bot; gives the exit code."""
    arguments = options(__doc__).parse_args(argv)
    with account_of(arguments) as account:
        account.visitors.come("Hello?", "Is anybody there?", "bye")
        asyncio.run(run(account, arguments.conversations))
    return 0


if __name__ == "__main__":
    sys.exit(main())
