"""The process behind one browser window, begun and ended with it."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Final

from textual_serve.app_service import AppService
from textual_serve.download_manager import DownloadManager

if TYPE_CHECKING:
    from asyncio.subprocess import Process
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
    try:
        with contextlib.suppress(OSError):
            await _stop(view)
    finally:
        view.stdin.close()  # or its transport would outlive the event loop
        await _reap(process)


async def _reap(process: Process) -> None:
    try:
        await asyncio.wait_for(process.wait(), _ENDING)
    except TimeoutError:
        process.kill()
        await process.wait()


async def _stop(view: AppService) -> None:
    """Have it stop, for a while; of a process that died early it says it was cancelled.

    A task of its own keeps that apart from being cancelled ourselves.
    """
    stopping = asyncio.create_task(view.stop())
    try:
        await asyncio.wait({stopping}, timeout=_ENDING)
    finally:
        stopping.cancel()
    await asyncio.wait({stopping})
    error = None if stopping.cancelled() else stopping.exception()
    if error is not None:
        raise error


def _within(told: str | None, usual: int) -> int:
    if told is None or not told.isascii() or not told.isdigit():
        return usual
    return max(1, min(_MOST, int(told[:4])))


def _closing(window: web.WebSocketResponse) -> Callable[[], Awaitable[None]]:
    async def close() -> None:
        await window.close()

    return close
