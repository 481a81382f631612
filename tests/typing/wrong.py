"""What type checkers must refuse: each line says with which of mypy's codes.

One that passes is told by mypy (``warn_unused_ignores``) and by basedpyright (below).
"""

# pyright: reportUnnecessaryTypeIgnoreComment=true

from __future__ import annotations

import ums_actors as ums
from ums_actors import aio
from ums_actors.requests import GetClock, PublishText, Request, SetNote


def arguments(proxy: ums.BrandConnectionProxy) -> None:
    proxy.open(timeout="soon")  # type: ignore[arg-type]
    proxy.send_text("c")  # type: ignore[call-arg]
    proxy.send_txt("c", "hello")  # type: ignore[attr-defined]
    proxy.events(int)  # type: ignore[type-var]
    proxy.subscribe(print, "MessageReceived")  # type: ignore[arg-type]


def requests(proxy: ums.BrandConnectionProxy) -> None:
    proxy.send("GetClock")  # type: ignore[call-overload]
    proxy.send(GetClock)  # type: ignore[call-overload]
    proxy.send(GetClock(), timeout="soon")  # type: ignore[call-overload]
    PublishText("c", "d")  # type: ignore[call-arg]
    SetNote("c", 4)  # type: ignore[arg-type]
    Request(".GetClock", {})  # type: ignore[call-arg]


def answers(
    proxy: ums.BrandConnectionProxy,
    connection: ums.Connection,
    awaitable: aio.Connection,
) -> None:
    later: ums.LoopFuture[str] = proxy.send(GetClock())  # type: ignore[arg-type]
    now: str = connection.send(GetClock())  # type: ignore[assignment]
    at: int = awaitable.send(GetClock())  # type: ignore[assignment]
    del later, now, at


def sides(
    consumer: ums.ConsumerConnectionProxy, connection: ums.ConsumerConnection
) -> None:
    consumer.create_conversation(4)  # type: ignore[arg-type]
    consumer.join_dialog("c")  # type: ignore[attr-defined]
    connection.query_messages("d")  # type: ignore[attr-defined]


async def forgotten(connection: aio.Connection) -> int:
    clock = connection.get_clock()
    return clock + 1  # type: ignore[operator]


def objects(
    offer: ums.RingOffered, conversation: ums.Conversation, event: ums.SkillChanged
) -> None:
    offer.ring.reject(True)  # type: ignore[call-arg]
    conversation.main_dialog.close(reson="AGENT")  # type: ignore[call-arg]
    event.current = "4"  # type: ignore[misc]
    conversation.skill_id = "4"  # type: ignore[misc]


def settings() -> None:
    ums.PasswordLogin("bot1")  # type: ignore[call-arg]
    ums.Options(request_timeout="5 s")  # type: ignore[arg-type]
    ums.Options(request_timout=5.0)  # type: ignore[call-arg]
    ums.ExistingSession("token", "user")  # type: ignore[call-arg]


class NoSource:
    """It cannot refresh, log out or close."""

    def login(self, timeout: float) -> ums.Session:
        raise ums.LoginError(f"not within {timeout} s")


def takes(source: ums.TokenSource) -> None:
    del source


takes(NoSource())  # type: ignore[arg-type]
