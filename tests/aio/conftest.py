from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

import pytest

import ums_actors as ums
from ums_actors import aio
from ums_actors.emulator import EmulatorThread, password_of, running_emulator

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

MOST = 30.0
"""Seconds that a coroutine of a test may take."""


def run(work: Callable[[], Awaitable[Any]]) -> Any:
    async def bounded() -> Any:
        async with asyncio.timeout(MOST):
            return await work()

    return asyncio.run(bounded())


@pytest.fixture
def emulator() -> Iterator[EmulatorThread]:
    with running_emulator(users=2) as emulator:
        yield emulator


def arguments(emulator: EmulatorThread, user: str = "bot1") -> dict[str, Any]:
    return {
        "account_id": emulator.account,
        "auth": ums.PasswordLogin(user, password_of(user)),
        "csds": f"http://{emulator.csds}",
        "options": ums.Options(backoff_base=0.05, close_timeout=3.0),
    }


@pytest.fixture(params=["threads", "hosted"])
def connected(request, emulator):
    """Give what opens a connection, on loops of its own kind."""

    @contextlib.asynccontextmanager
    async def connect(user: str = "bot1", **more: Any) -> AsyncIterator[aio.Connection]:
        async with contextlib.AsyncExitStack() as stack:
            if request.param == "hosted":
                runtime = await stack.enter_async_context(aio.hosted_runtime())
            else:
                runtime = ums.Runtime()
                stack.callback(runtime.close)
            given = {**arguments(emulator, user), "runtime": runtime, **more}
            async with aio.connect(**given) as connection:
                yield connection

    return connect
