"""An agent on duty, for examples that need one and are about something else.

It is there in a local UMS only; on an account the real agents are.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import TYPE_CHECKING

import ums_actors as ums
from ums_actors.examples.agent_bot import serve

if TYPE_CHECKING:
    from collections.abc import Generator

    from ums_actors.examples.account import Account

__all__ = ["agent_on_duty"]


@contextlib.contextmanager
def agent_on_duty(account: Account, username: str) -> Generator[None]:
    """Have an agent serve all who come, for the length of a ``with`` block."""
    if not account.is_local:
        yield
        return
    ref = ums.BrandWebsocketConnection.start(**account.login(username))
    thread = threading.Thread(target=_work, args=(ref,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        ref.stop(timeout=15)  # which ends the iteration over events, too
        thread.join()


def _work(ref: ums.LoopRef[ums.BrandWebsocketConnection]) -> None:
    with contextlib.suppress(ums.ConnectionLost):  # the block was over early
        asyncio.run(serve(ums.proxy_of(ref)))
