"""Waiting for events of a conversation."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from ums_actors.emulator.world.listener import Listener

if TYPE_CHECKING:
    from ums_actors.emulator.world.conversation import Conversation, Event

__all__ = ["Arrivals"]


class Arrivals(Listener):
    """Wakes who waits for a conversation's next event; a listener of the world."""

    def __init__(self) -> None:
        self._waiters: dict[str, list[asyncio.Future[None]]] = {}

    async def wait(self, conversation_id: str, timeout: float) -> bool:  # noqa: ASYNC109
        """Wait for the next event at most ``timeout`` seconds; False if none came."""
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        waiters = self._waiters.setdefault(conversation_id, [])
        waiters.append(waiter)
        try:
            async with asyncio.timeout(timeout):
                await waiter
        except TimeoutError:
            return False
        finally:
            waiters.remove(waiter)
            if not waiters:
                self._waiters.pop(conversation_id, None)
        return True

    def event_published(self, conversation: Conversation, event: Event) -> None:
        """Wake those who wait for an event that is kept."""
        if event.sequence is None:
            return
        for waiter in self._waiters.get(conversation.conversation_id, ()):
            if not waiter.done():
                waiter.set_result(None)
