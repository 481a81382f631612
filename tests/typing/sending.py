"""Requests and their answers: the same on each façade; checked, never run."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, assert_type

import msgspec

import ums_actors as ums
from ums_actors import aio
from ums_actors import requests as rq
from ums_actors.protocol.files import FileUrl
from ums_actors.protocol.forms import FormKeys
from ums_actors.protocol.profiles import BrandProfile, UserProfile
from ums_actors.protocol.records import MessageEvent


class Token(msgspec.Struct):
    """A user's own record of an answer."""

    token: str = ""


def as_futures(
    proxy: ums.BrandConnectionProxy, consumer: ums.ConsumerConnectionProxy
) -> None:
    assert_type(proxy.send(rq.GetClock()), ums.LoopFuture[int])
    assert_type(proxy.send(rq.GetClock()).get(timeout=5), int)
    assert_type(proxy.send(rq.GetClock(), 5.0, resend=True), ums.LoopFuture[int])
    assert_type(consumer.send(rq.GetClock()), ums.LoopFuture[int])
    said = proxy.send(rq.QueryMessages("d", newer_than=3))
    assert_type(said, ums.LoopFuture[list[MessageEvent]])
    # what is no typed request has an answer of any form
    assert_type(proxy.send({"type": ".GetClock", "body": {}}), ums.LoopFuture[Any])
    assert_type(consumer.send({"type": "GetClock"}), ums.LoopFuture[Any])


def blocking(connection: ums.Connection, consumer: ums.ConsumerConnection) -> None:
    assert_type(connection.send(rq.GetClock()), int)
    assert_type(connection.send(rq.GetUserProfile("u")), UserProfile)
    assert_type(consumer.send(rq.GetUserProfile()), UserProfile)
    assert_type(consumer.send(rq.PublishText("c", "d", "hello")), int)
    told = connection.send({"type": ".GetClock"})
    assert_type(told, Any)


async def awaited(connection: aio.Connection, consumer: aio.ConsumerConnection) -> int:
    asked = connection.send(rq.GetClock())
    counted: Coroutine[Any, Any, int] = assert_type(asked, Coroutine[Any, Any, int])
    assert_type(await consumer.send(rq.RequestConversationAsConsumer("4")), str)
    assert_type(await connection.send({"type": ".GetClock"}), Any)
    return await counted + await connection.send(rq.GetClock(), timeout=5.0)


def from_the_actor_itself(actor: ums.BrandWebsocketConnection) -> None:
    assert_type(actor.send(rq.GetClock()), ums.LoopFuture[int])
    assert_type(actor.send({"type": ".GetClock"}), ums.LoopFuture[Any])


def of_ones_own(connection: ums.Connection) -> None:
    read = msgspec.json.Decoder(Token).decode
    request = rq.Request("ms.GenerateUploadToken", {}, read)
    assert_type(request, rq.Request[Token])
    assert_type(connection.send(request).token, str)


def the_line_and_who_is_who() -> None:
    assert_type(rq.GetClock(), rq.Request[int])
    assert_type(rq.KeepAlive(), rq.Request[None])
    assert_type(rq.GetUserProfile(), rq.Request[UserProfile])
    assert_type(rq.SetUserProfile({"first_name": "Ann"}), rq.Request[str])
    assert_type(rq.GetBrands(), rq.Request[Any])
    assert_type(rq.GetBrandProfile("1"), rq.Request[BrandProfile])
    assert_type(rq.SetBrandProfile("1", {"brandName": "A"}), rq.Request[str])


def what_is_said() -> None:
    assert_type(rq.PublishText("c", "d", "hello"), rq.Request[int])
    assert_type(rq.PublishRich("c", "d", {"type": "vertical"}), rq.Request[int])
    assert_type(rq.PublishFile("c", "d", "/path", "PNG"), rq.Request[int])
    assert_type(rq.PublishAcceptStatus("c", "d", [1, 2]), rq.Request[int])
    assert_type(rq.PublishChatState("c", "d", "COMPOSING"), rq.Request[int])
    assert_type(rq.QueryMessages("d"), rq.Request[list[MessageEvent]])
    assert_type(rq.SubscribeMessagingEvents("c", "d"), rq.Request[None])


def files() -> None:
    assert_type(rq.GenerateURLForUploadFile(1, "PNG"), rq.Request[FileUrl])
    assert_type(rq.GenerateURLForDownloadFile("/path"), rq.Request[FileUrl])
    assert_type(rq.GenerateUploadToken("d", 7, "i"), rq.Request[FormKeys])
    assert_type(rq.PublishFormInvitation("c", "d", 7, "t"), rq.Request[int])
    assert_type(rq.PublishFormSubmission("c", "d", "s", "i"), rq.Request[int])
    assert_type(rq.GenerateDownloadToken("d", "s", "i"), rq.Request[ums.Secret])


def conversations() -> None:
    assert_type(rq.RequestConversation("u", skill_id="4"), rq.Request[str])
    assert_type(rq.RequestConversationAsConsumer(), rq.Request[str])
    assert_type(rq.SubscribeConversations({"stage": "OPEN"}), rq.Request[str])
    assert_type(rq.UpdateConversationSubscription("s", {}), rq.Request[str])
    assert_type(rq.UnsubscribeConversations("s"), rq.Request[str])
    assert_type(rq.CloseConversation("c"), rq.Request[str])
    assert_type(rq.CloseDialog("c", "d"), rq.Request[str])
    assert_type(rq.JoinDialog("c", None, "1.2", "MANAGER"), rq.Request[str])
    assert_type(rq.LeaveDialog("c", None, "1.2", "MANAGER"), rq.Request[str])
    assert_type(rq.TransferConversation("c", skill_id="4"), rq.Request[str])
    assert_type(rq.SetCsat("c", 5), rq.Request[str])
    assert_type(rq.SetDelay("c", 0), rq.Request[str])
    assert_type(rq.SetManualEttr("c", 0), rq.Request[str])
    assert_type(rq.SetNote("c", "note"), rq.Request[str])
    assert_type(rq.SetTopic("c", "topic"), rq.Request[str])
    assert_type(rq.SetTtr("c", "URGENT"), rq.Request[str])
    assert_type(rq.TakeOver("c", "u", "v"), rq.Request[str])


def rings_and_agents() -> None:
    assert_type(rq.SetAgentState("1.2", "ONLINE"), rq.Request[str])
    assert_type(rq.SubscribeAgentsState("1", "1.2"), rq.Request[str])
    assert_type(rq.SubscribeRoutingTasks("1", "1.2"), rq.Request[str])
    assert_type(rq.UpdateRoutingTaskSubscription("1", "s", "1.2"), rq.Request[str])
    assert_type(rq.UpdateRingState("r", "ACCEPTED"), rq.Request[str])
    assert_type(rq.Unsubscribe("s"), rq.Request[str])
