"""What type checkers see of the public API; checked, never run."""

from __future__ import annotations

from typing import Any, assert_type

import ums_actors as ums
from ums_actors.fleet import Reloaded
from ums_actors.protocol.profiles import UserProfile
from ums_actors.protocol.records import MessageEvent
from ums_actors.pytest_plugin import ServerRequest, UmsClock, UmsConnect, UmsServer
from ums_actors.runtime import LoopFuture, LoopRef


def fixtures(
    ums_clock: UmsClock, ums_connect: UmsConnect, ums_server: UmsServer
) -> None:
    assert_type(ums_connect(), ums.BrandConnectionProxy)
    assert_type(ums_connect.consumer(), ums.ConsumerConnectionProxy)
    assert_type(ums_clock.get(ums_connect().get_clock()), int)
    assert_type(ums_server.expect("ms.PublishEvent"), ServerRequest)


def futures(ref: LoopRef[ums.BrandWebsocketConnection]) -> None:
    proxy = ums.proxy_of(ref)
    assert_type(proxy.open(), LoopFuture[None])
    assert_type(proxy.open(timeout=5.0, fail_fast=True), LoopFuture[None])
    assert_type(proxy.close(), LoopFuture[None])
    assert_type(proxy.wait_ready(5.0), LoopFuture[None])
    assert_type(proxy.wait_closed(), LoopFuture[tuple[str, ...]])
    assert_type(proxy.get_clock(), LoopFuture[int])
    assert_type(proxy.get_clock().get(), int)
    assert_type(proxy.get_token(), LoopFuture[str])
    assert_type(proxy.refresh_token(), LoopFuture[None])
    assert_type(proxy.send({"type": ".GetClock"}), LoopFuture[Any])
    assert_type(proxy.send_text("c", "hello"), LoopFuture[int])
    assert_type(proxy.process_webhooks_notification(b"{}"), LoopFuture[None])
    assert_type(proxy.process_webhooks_notification({"type": "x"}), LoopFuture[None])
    assert_type(proxy.query_messages("d"), LoopFuture[list[MessageEvent]])
    assert_type(proxy.close_conversation("c"), LoopFuture[str])
    assert_type(proxy.create_conversation_subscription(), LoopFuture[str])
    assert_type(proxy.create_routing_task_subscription(), LoopFuture[str])
    assert_type(proxy.status(), LoopFuture[ums.ConnectionStatus])
    assert_type(proxy.status().get().state, str)
    assert_type(proxy.subscribe(print, ums.MessageReceived), LoopFuture[str])
    assert_type(proxy.unsubscribe("handle"), LoopFuture[bool])
    assert_type(proxy.actor_ref, LoopRef[ums.BrandWebsocketConnection])
    assert_type(proxy.open(wait_for_ready=True), LoopFuture[None])
    assert_type(
        proxy.update_conversation_subscription("s", {"stage": "OPEN"}), LoopFuture[None]
    )
    assert_type(proxy.subscribe_agents_state(ums.ME), LoopFuture[str])
    assert_type(proxy.update_routing_task_subscription("s"), LoopFuture[None])
    assert_type(proxy.join_dialog("c", participant_role="MANAGER"), LoopFuture[str])
    assert_type(proxy.leave_dialog("c", "d", "MANAGER", ums.ME), LoopFuture[str])
    assert_type(proxy.subscribe_notifications(print, ".x"), LoopFuture[str])
    assert_type(proxy.get_user_profile("c"), LoopFuture[UserProfile])
    assert_type(proxy.send({"type": ".x"}, encoded_metadata="e30="), LoopFuture[Any])


def signed(body: bytes, headers: dict[str, str]) -> None:
    secret = ums.Secret("the app's")
    ums.verify_webhook(body, headers.get("x-liveperson-signature"), secret)


def by_rest(ref: LoopRef[ums.BrandRestConnection]) -> None:
    proxy = ums.proxy_of(ref)
    assert_type(proxy, ums.BrandRestConnectionProxy)
    assert_type(proxy.actor_ref, LoopRef[ums.BrandRestConnection])
    assert_type(proxy.send_text("c", "hello"), LoopFuture[int])
    assert_type(proxy.query_messages("d"), LoopFuture[list[MessageEvent]])
    assert_type(proxy.get_conversation_by_id("c"), LoopFuture[Any])
    assert_type(proxy.get_dialog("c", "d"), LoopFuture[Any])
    assert_type(proxy.get_participant("c", ums.ME), LoopFuture[Any])
    assert_type(proxy.remove_participant("c"), LoopFuture[str])
    auth = ums.PasswordLogin("a", "b")
    with ums.connect_rest("12345678", auth=auth) as connection:
        assert_type(connection, ums.RestConnection)
        assert_type(connection.proxy, ums.BrandRestConnectionProxy)
        assert_type(connection.send_text("c", "hello"), int)
        assert_type(connection.remove_participant("c"), str)


def of_any_kind(way: str) -> None:
    auth = ums.PasswordLogin("a", "b")
    brand = ums.create_connection("1", auth=auth)
    assert_type(brand, LoopRef[ums.BrandWebsocketConnection])
    rest = ums.create_connection(
        "1",
        user_type=ums.UserType.BRAND,
        connection_type=ums.ConnectionType.REST,
        auth=auth,
    )
    assert_type(rest, LoopRef[ums.BrandRestConnection])
    consumer = ums.create_connection("1", user_type=ums.UserType.CONSUMER)
    assert_type(consumer, LoopRef[ums.ConsumerWebsocketConnection])
    null = ums.create_connection("1", connection_type="null")
    assert_type(null, LoopRef[ums.NullConnection])
    assert_type(ums.create_connection("1", connection_type=way), LoopRef[Any])


def hearing(ref: LoopRef[ums.NullConnection]) -> None:
    assert_type(ums.proxy_of(ref), ums.NullConnectionProxy)
    assert_type(ums.proxy_of(ref).process_webhooks_notification("{}"), LoopFuture[None])
    with ums.connect_null("12345678", user_id="12345678.7") as connection:
        assert_type(connection.proxy, ums.NullConnectionProxy)
        connection.process_webhooks_notification({"type": "x", "body": {}})


def reports(proxy: ums.BrandConnectionProxy, connection: ums.Connection) -> None:
    shifts = proxy.get_shift_status()
    assert_type(shifts, LoopFuture[tuple[ums.SkillShift, ...]])
    assert_type(proxy.get_skills(), LoopFuture[tuple[ums.SkillShift, ...]])
    assert_type(proxy.process_shift_status_response([]), LoopFuture[None])
    assert_type(proxy.get_message_statistics(ums.ME), LoopFuture[dict[str, Any]])
    (shift,) = connection.get_skills()
    assert_type(shift.next_on, int | None)
    assert_type(shift.is_in_off_hours(), bool)
    assert_type(connection.get_message_statistics()["brandId"], Any)


async def iterated(proxy: ums.BrandConnectionProxy) -> None:
    heard = proxy.events(ums.MessageReceived, where=lambda event: not event.mine)
    assert_type(heard, ums.EventIterator[ums.MessageReceived])
    async for event in heard:
        assert_type(event, ums.MessageReceived)
    either: ums.EventIterator[ums.ErrorOccurred | ums.AttemptFailed]
    either = proxy.events(ums.ErrorOccurred, ums.AttemptFailed)
    async with either:
        async for failure in either:
            assert_type(failure, ums.ErrorOccurred | ums.AttemptFailed)


def consumers_futures(ref: LoopRef[ums.ConsumerWebsocketConnection]) -> None:
    proxy = ums.proxy_of(ref)
    assert_type(proxy, ums.ConsumerConnectionProxy)
    assert_type(proxy.open(), LoopFuture[None])
    assert_type(proxy.get_clock(), LoopFuture[int])
    assert_type(proxy.get_token(), LoopFuture[str])
    assert_type(proxy.refresh_token(), LoopFuture[None])
    assert_type(proxy.send_text("c", "hello"), LoopFuture[int])
    assert_type(proxy.create_conversation(), LoopFuture[str])
    assert_type(proxy.create_conversation(skill_id="4").get(), str)
    assert_type(proxy.get_user_profile(), LoopFuture[UserProfile])
    assert_type(proxy.create_conversation_subscription(), LoopFuture[str])
    assert_type(proxy.actor_ref, LoopRef[ums.ConsumerWebsocketConnection])


def rings(offer: ums.RingOffered, update: ums.RingUpdated) -> None:
    assert_type(offer.ring, ums.Ring)
    assert_type(offer.ring.state, str)
    assert_type(offer.ring.accept(), LoopFuture[None])
    assert_type(offer.ring.accept(wait_for_conversation=True, timeout=5.0).get(), None)
    assert_type(offer.ring.reject(), LoopFuture[None])
    assert_type(offer.ring.expiration, int | None)
    assert_type(update.state, str)


async def awaited(ref: LoopRef[ums.BrandWebsocketConnection]) -> int:
    return await ums.proxy_of(ref).get_clock()


def started() -> None:
    ref = ums.BrandWebsocketConnection.start("1", auth=ums.PasswordLogin("a", "b"))
    assert_type(ref, LoopRef[ums.BrandWebsocketConnection])


def consumers_started() -> None:
    ref = ums.ConsumerWebsocketConnection.start(
        "1",
        auth=ums.AuthenticatedConsumer("con", lambda: "jwt"),
        handshake="init",
        client_properties=ums.ClientProperties(
            os=ums.OS.LINUX, features=[ums.Feature.RICH_CONTENT]
        ),
    )
    assert_type(ref, LoopRef[ums.ConsumerWebsocketConnection])


def consumers_blocking() -> None:
    with ums.connect_consumer("1", auth=ums.Anonymous()) as connection:
        conversation = connection.create_conversation(skill_id="4")
        assert_type(conversation, str)
        assert_type(connection.send_text(conversation, "hello"), int)
        either: ums.EventIterator[ums.MessageReceived | ums.IdentityChanged]
        either = connection.events(ums.MessageReceived, ums.IdentityChanged)
        for event in either:
            assert_type(event, ums.MessageReceived | ums.IdentityChanged)


def blocking() -> None:
    with ums.connect("1", auth=ums.PasswordLogin("a", "b")) as connection:
        assert_type(connection.get_clock(), int)
        assert_type(connection.create_routing_task_subscription(), str)
        for event in connection.events(ums.MessageReceived, timeout=1.0):
            assert_type(event, ums.MessageReceived)
            assert_type(event.text, str | None)


def conversations(proxy: ums.BrandConnectionProxy) -> None:
    found = proxy.get_conversation("C").get()
    assert_type(found, ums.Conversation | None)
    everything = proxy.get_all_known_conversations().get()
    assert_type(everything, tuple[ums.Conversation, ...])
    for conversation in everything:
        assert_type(conversation.open_dialog, ums.Dialog | None)
        assert_type(conversation.cobrowse_dialog, ums.Dialog | None)
        assert_type(conversation.assigned_agent, ums.Participant | None)
        assert_type(conversation.send_text("hello").get(), int)
        assert_type(conversation.query_messages().get(), list[ums.Message])


def changes_heard(event: ums.SkillChanged, came: ums.ParticipantAdded) -> None:
    assert_type(event.conversation, ums.Conversation)
    assert_type(event.previous, str | None)
    assert_type(came.participant, ums.Participant)
    assert_type(came.dialog_id, str)


def fleets(fleet: ums.Fleet, spec: ums.AgentSpec) -> None:
    made = ums.Fleet(
        "agents.toml",
        handler=lambda event: (event.user, event.missed),
        kinds=(ums.MessageReceived, ums.RingOffered),
        pacing=ums.Pacing(connects=20, logins=5),
        limits=ums.Limits(connections=5_000),
        trials=ums.Trials(first=600),
        loops=2,
    )
    assert_type(made, ums.Fleet)
    ums.Fleet(lambda: [spec], trials=None)
    ums.Fleet([spec], handler=ums.LoopActor.start())
    assert_type(fleet.open(timeout=60), LoopFuture[ums.FleetStatus])
    assert_type(fleet.reload(), LoopFuture[Reloaded])
    assert_type(fleet.add(spec), ums.BrandConnectionProxy | ums.ConsumerConnectionProxy)
    assert_type(
        fleet.get("bot"), ums.BrandConnectionProxy | ums.ConsumerConnectionProxy
    )
    assert_type(fleet.get("bot").get_clock(), LoopFuture[int])
    assert_type(fleet.remove("bot", "12345678"), LoopFuture[None])
    assert_type(fleet.status(), ums.FleetStatus)
    assert_type(fleet.close(), LoopFuture[None])
    assert_type(list(fleet), list[tuple[str, str]])
    for event in fleet.events(ums.MessageReceived, timeout=1.0):
        assert_type(event, ums.AgentEvent)
        match event.event:
            case ums.AgentFailed(retry_in=pause):
                assert_type(pause, float | None)
            case ums.AgentContested() | ums.AgentReady():
                pass
            case _:
                assert_type(event.user, str)


def unknown(error: ums.AgentUnknown) -> None:
    assert_type(error.user, str)
    assert_type(error.account_id, str | None)


def kept(proxy: ums.BrandConnectionProxy, conversation: ums.Conversation) -> None:
    assert_type(proxy.save_conversations(bodies=False), LoopFuture[bytes])
    known = proxy.load_conversations(b"{}")
    assert_type(known, LoopFuture[tuple[ums.Conversation, ...]])
    assert_type(proxy.load_conversation({"schema": 1}), LoopFuture[ums.Conversation])
    assert_type(conversation.serialize(), LoopFuture[bytes])
    assert_type(conversation.unload(), LoopFuture[None])
    assert_type(conversation.main_dialog.serialize(bodies=False), LoopFuture[bytes])
    assert_type(ums.Dialog.deserialize(conversation, "{}"), LoopFuture[ums.Dialog])
    assert_type(conversation.main_dialog.messages[0].digest, str)


def kept_by_a_script(data: bytes) -> None:
    auth = ums.PasswordLogin("a", "b")
    with ums.connect("1", auth=auth, memory=data) as connection:
        assert_type(connection.save_conversations(), bytes)
        assert_type(connection.load_conversation(data), ums.Conversation)
        known = connection.load_conversations(data)
        assert_type(known, tuple[ums.Conversation, ...])
