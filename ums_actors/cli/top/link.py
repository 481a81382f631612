"""The way to a process: blocking calls on one thread, awaited; found again if lost."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from ums_actors.errors import StatusError
from ums_actors.status.client import Client

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ums_actors.status.messages import Detail, Page

__all__ = ["Link"]

R = TypeVar("R")


class Link:
    """Asks the process that was chosen, and attaches again after it has hung up.

    All calls of it run on a thread of their own, one after the other.

    Args:
        find: gives the endpoints that there are.
        path: which of them; None: that is yet to be chosen.
    """

    def __init__(self, find: Callable[[], list[Path]], path: Path | None) -> None:
        self.path: Path | None = path
        self._find = find
        self._client: Client | None = None
        self._thread = ThreadPoolExecutor(1, "ums-top")

    async def pages(self) -> list[Page]:
        """Ask for all connections.

        Raises:
            StatusError: nobody answers.
        """
        return await self._run(lambda client: list(client.pages()))

    async def show(self, connection_id: str) -> Detail:
        """Ask for one connection; raises as the client does."""
        return await self._run(lambda client: client.show(connection_id))

    async def reconnect(self, connection_id: str) -> str:
        """Let it have a new line; raises as the client does."""
        return await self._run(lambda client: client.reconnect(connection_id))

    async def close_connection(self, connection_id: str) -> str:
        """Let it close; raises as the client does."""
        return await self._run(lambda client: client.close_connection(connection_id))

    async def choices(self) -> list[Path]:
        """Give the endpoints that there are; none if there is none."""
        return await self._on_thread(self._found)

    def choose(self, path: Path) -> None:
        """Ask another process from now on."""
        self.path = path

    def close(self) -> None:
        """Let go of the process; what is under way ends by its own deadline."""
        self._thread.submit(self._detach)
        self._thread.shutdown(wait=False)

    # -- its own thread

    async def _on_thread(self, function: Callable[[], R]) -> R:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, function)

    async def _run(self, ask: Callable[[Client], R]) -> R:
        return await self._on_thread(lambda: self._ask(ask))

    def _ask(self, ask: Callable[[Client], R]) -> R:
        client = self._attached()
        try:
            return ask(client)
        except StatusError:
            if not client.usable:
                self._detach()
            raise

    def _attached(self) -> Client:
        path = self.path
        if path is None:
            raise StatusError("no process is chosen")
        if self._client is not None and self._client.path != path:
            self._detach()
        if self._client is None:
            self._client = self._attach(path)
        return self._client

    def _attach(self, path: Path) -> Client:
        """Attach; if the process is gone for good, to the only other that is found."""
        try:
            return Client(path)
        except StatusError:
            others = self._found()
            if len(others) != 1 or others == [path]:
                raise
            self.path = others[0]
            return Client(others[0])

    def _found(self) -> list[Path]:
        try:
            return self._find()
        except StatusError:
            return []

    def _detach(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None
