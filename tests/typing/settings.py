"""Who one is, and how it shall be done; checked, never run."""

from __future__ import annotations

import ssl
import threading
from typing import assert_type

import pykka

import ums_actors as ums
from ums_actors.emulator import (
    DEFAULT_ACCOUNT,
    PASSWORD_PATTERN,
    Controls,
    Emulator,
    EmulatorError,
    EmulatorProcess,
    EmulatorThread,
    Opened,
    Refused,
    RemoteControls,
    assertion_of,
    password_of,
    running_emulator,
)
from ums_actors.metrics.opentelemetry import OpenTelemetryMetrics, OpenTelemetryTraces
from ums_actors.metrics.prometheus import PrometheusMetrics


class Vault:
    """A user's own source of tokens."""

    def login(self, timeout: float) -> ums.Session:
        assert_type(timeout, float)
        return ums.Session(token=ums.Secret("t"), user_id="u")

    def refresh(self, session: ums.Session, timeout: float) -> ums.Session | None:
        return session if timeout else None

    def logout(self, session: ums.Session, timeout: float) -> None: ...

    def close(self) -> None: ...


def sources() -> ums.TokenSource:
    return Vault()


def brands(proxy: ums.Proxy, context: ssl.SSLContext) -> None:
    for auth in (
        ums.PasswordLogin("bot1", ums.Secret("password")),
        ums.OAuth1Login("bot1", "key", "secret", "token", "token's secret"),
        ums.AssertionLogin("PHNhbWw+"),
        ums.ExistingSession("token", user_id="u"),
        ums.ReadyBearer("token", "u"),
        Vault(),
    ):
        ref = ums.BrandWebsocketConnection.start(
            "1", auth=auth, proxy=proxy, ssl_context=context
        )
        assert_type(ref, ums.LoopRef[ums.BrandWebsocketConnection])
        assert_type(ums.proxy_of(ref), ums.BrandConnectionProxy)
        assert_type(ums.stop_on_signal(ref), threading.Event)


def consumers() -> None:
    properties = ums.ClientProperties(
        device_family=ums.DeviceFamily.DESKTOP,
        os=ums.OS.LINUX,
        integration=ums.Integration.WEB_SDK,
        features=[ums.Feature.RICH_CONTENT],
    )
    for auth in (
        ums.Anonymous(),
        ums.AuthenticatedConsumer("connector", lambda: "jwt"),
        ums.ReadyJwt("jwt"),
    ):
        ums.ConsumerWebsocketConnection.start(
            "1", auth=auth, client_properties=properties
        )


def how() -> None:
    options = ums.Options(request_timeout=5.0)
    assert_type(options.request_timeout, float)
    runtime = ums.Runtime(
        gate=ums.PacedGate(20),
        instruments=[
            PrometheusMetrics(),
            OpenTelemetryMetrics(),
            OpenTelemetryTraces(),
        ],
    )
    ums.connect(
        "1",
        auth=ums.PasswordLogin("bot1", "password"),
        options=options,
        runtime=runtime,
        ssl_context=ums.system_trust(),
        outbox=ums.Outbox("bot1.db"),
        proxy=ums.Proxy("proxy.example", 8080),
    )
    assert_type(ums.__version__, str)


def beside(connection: ums.Connection) -> None:
    metadata = [
        ums.ActionReason(reason="escalated_by_bot"),
        ums.BotResponse(intents=[ums.Intent(id="1", confidence_score=0.5)]),
        ums.EscalationSummary(business_cases=[ums.BusinessCase(id="1")]),
        ums.ExternalId(id="mine"),
        ums.IBMWatsonInfo(info={"a": 1}),
    ]
    assert_type(connection.send_text("c", "hello", metadata=metadata), int)
    publication = connection.publish_text("c", "hello")
    assert_type(publication, ums.Publication)
    assert_type(publication.sent, ums.LoopFuture[int])
    connection.set_agent_state(ums.AgentState.ONLINE)
    connection.join_dialog("c", participant_role=ums.ParticipantRole.MANAGER)
    connection.close_dialog("c", "d", ums.DialogCloseReason.AGENT)


def notes(conversation: ums.Conversation, ring: ums.Ring) -> None:
    assert_type(ums.AgentNote(note_content="call back").note_content, str)
    saved = conversation.set_agent_note("n", truncate_enabled=True)
    assert_type(saved, ums.LoopFuture[ums.NoteSaved])
    assert_type(conversation.agent_notes, tuple[ums.AgentNote, ...])
    conversation.set_csat("4", status=ums.CsatStatus.FILLED)
    conversation.set_csat(None, status=ums.CsatStatus.SKIPPED)
    conversation.set_manual_ettr(None)
    assert_type(conversation.set_note("call back"), ums.LoopFuture[None])
    assert_type(ring.state == ums.RingState.WAITING, bool)


def values(
    conversation: ums.Conversation, received: ums.MessageReceived, message: ums.Message
) -> None:
    dialog = conversation.dialog(ums.DialogType.POST_SURVEY)
    assert dialog is not None
    assert_type(dialog.set_chat_state(ums.ChatState.COMPOSING), ums.LoopFuture[None])
    dialog.send_accept_status([1], ums.DeliveryStatus.ACCESS)
    conversation.set_ttr(ums.TTRType.URGENT)
    conversation.set_csat(4, status=ums.CsatStatus.PARTIALLY_FILLED)
    assert_type(conversation.stage == ums.ConversationState.OPEN, bool)
    assert_type(dialog.state == ums.DialogState.CLOSE, bool)
    assert_type(dialog.channel_type == ums.ChannelType.COBROWSE, bool)
    assert_type(received.event_type == ums.EventType.RICH_CONTENT, bool)
    assert_type(message.content_type == ums.ContentType.HOSTED_FILE, bool)
    audience = ums.MessageAudience.AGENTS_AND_MANAGERS
    assert_type(message.message_audience == audience, bool)
    asked = ums.ParticipantState.SUGGESTED
    assert_type([each.state == asked for each in dialog.participants], list[bool])
    assert_type(str(ums.ConversationContextType.CUSTOM), str)


class Listener(ums.LoopActor):
    """An actor of a user's on the library's loop."""

    def on_receive(self, message: object) -> object:
        return message


def actors(connection: ums.WebsocketConnection) -> None:
    assert_type(Listener.start(), ums.LoopRef[Listener])
    assert_type(connection.status(), ums.ConnectionStatus)
    ref: pykka.ActorRef[Listener] = Listener.start()
    ref.tell("hello")


def local_service(process: EmulatorProcess) -> Emulator:
    assert_type(process, EmulatorProcess)
    with running_emulator(users=3, tls=True) as emulator:
        assert_type(emulator, EmulatorThread)
        assert_type(emulator.emulator, Emulator)
    assert_type(password_of("bot1"), str)
    assert_type(assertion_of("bot1"), str)
    assert_type(len(DEFAULT_ACCOUNT + PASSWORD_PATTERN), int)
    return Emulator()


def controlled(controls: Controls, remote: RemoteControls) -> None:
    try:
        opened = controls.open_conversation(text="hello")
        assert_type(opened, Opened)
        assert_type(remote.close_sockets(4401), int)
    except Refused as error:
        assert_type(error, Refused)
    except EmulatorError as error:
        assert_type(error, EmulatorError)


def where_it_comes_from(
    consumer: ums.ConsumerConnectionProxy, conversation: ums.Conversation
) -> None:
    for context in (
        ums.SharkContext(lang="en-US", visitor_id="v", session_id="s"),
        ums.MobileAppContext(lang="de"),
        ums.CustomContext(name="n", description="d", more={"x": 1}),
        ums.ProactiveContext(origin_conversation_id="c"),
        ums.FacebookContext(),
        ums.SMSContext(),
        ums.VoiceContext(),
    ):
        consumer.create_conversation("4", context, {"campaign_id": "1"})
    assert_type(conversation.context_record, ums.ConversationContext | None)
