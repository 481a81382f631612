"""The process behind one browser window, begun and ended with it."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Final

from textual_serve.app_service import AppService
from textual_serve.download_manager import DownloadManager

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping

    from aiohttp import web

__all__ = ["running_view"]

_ENDING: Final = 5.0
"""Seconds that a process has to end by itself."""
_MOST: Final = 500
"""Columns, or lines, of a window."""


@contextlib.asynccontextmanager
async def running_view(
    command: str, window: web.WebSocketResponse, size: Mapping[str, str]
) -> AsyncGenerator[AppService, None]:
    """Run a view for a window; its process is gone in the end.

    Args:
        command: of the shell.
        window: where it is shown.
        size: ``width`` and ``height`` in characters, as the window tells them.
    """
    view = AppService(
        command,
        write_bytes=window.send_bytes,
        write_str=window.send_str,
        close=_closing(window),
        download_manager=DownloadManager(),
    )
    await view.start(_within(size.get("width"), 80), _within(size.get("height"), 24))
    try:
        yield view
    finally:
        await _end(view)


async def _end(view: AppService) -> None:
    process = view._process
    if process is None:
        return
    with contextlib.suppress(TimeoutError, OSError):
        await asyncio.wait_for(view.stop(), _ENDING)
    view.stdin.close()  # or its transport would outlive the event loop
    try:
        await asyncio.wait_for(process.wait(), _ENDING)
    except TimeoutError:
        process.kill()
        await process.wait()


def _within(told: str | None, usual: int) -> int:
    if told is None or not told.isascii() or not told.isdigit():
        return usual
    return max(1, min(_MOST, int(told[:4])))


def _closing(window: web.WebSocketResponse) -> Callable[[], Awaitable[None]]:
    async def close() -> None:
        await window.close()

    return close
