"""Supervised UMS websocket connections as Pykka actors."""

from __future__ import annotations

from ums_actors._version import __version__

# what is heard
from ums_actors.actors.conversation_events import (
    BackToQueue,
    ConsumerSteppedUp,
    ConversationClosed,
    ConversationEvent,
    ConversationOpened,
    ConversationRemoved,
    CsatChanged,
    DialogClosed,
    DialogEvent,
    DialogOpened,
    GroupChanged,
    ManualEttrChanged,
    NoteChanged,
    ParticipantAdded,
    ParticipantEvent,
    ParticipantRemoved,
    ParticipantRoleChanged,
    ParticipantSuggested,
    ParticipantSuggestionWithdrawn,
    SkillChanged,
    TransferredToAgent,
    TransferredToSkill,
    TtrChanged,
)
from ums_actors.actors.events import (
    AgentStateChanged,
    AttemptFailed,
    ConversationChanged,
    ErrorOccurred,
    Event,
    ExitReported,
    IdentityChanged,
    MessageReceived,
    MessagesMissed,
    PublishSettled,
    RingOffered,
    RingUpdated,
    StateChanged,
)
from ums_actors.actors.iterator import EventIterator
from ums_actors.actors.message_events import ChatStateChanged, MessageStatusChanged
from ums_actors.actors.shift_events import (
    ShiftStatusFailed,
    ShiftStatusReceived,
    SkillEnteredOffHours,
    SkillEnteredWorkHours,
)
from ums_actors.actors.snapshot_events import SnapshotCut
from ums_actors.actors.timing_events import (
    ConnectEnded,
    ConnectStarted,
    TokenFailed,
    TokenInvalidated,
    TokenObtained,
    TokenRefreshed,
    TokenRequested,
)
from ums_actors.actors.traffic_events import (
    NotificationReceived,
    RequestSent,
    ResponseReceived,
    Tap,
)

# auth
from ums_actors.auth.credentials import (
    AssertionLogin,
    ExistingSession,
    OAuth1Login,
    PasswordLogin,
    ReadyBearer,
)
from ums_actors.auth.identities import Anonymous, AuthenticatedConsumer, ReadyJwt
from ums_actors.auth.session import Session
from ums_actors.auth.source import TokenSource

# connection
from ums_actors.connection import (
    BrandConnectionProxy,
    BrandRestConnection,
    BrandRestConnectionProxy,
    BrandWebsocketConnection,
    ConnectionStatus,
    ConnectionType,
    ConsumerConnectionProxy,
    ConsumerWebsocketConnection,
    NullConnection,
    NullConnectionProxy,
    UserType,
    WebsocketConnection,
    create_connection,
    proxy_of,
)

# core
from ums_actors.core.course import State

# errors
from ums_actors.errors import (
    AgentUnknown,
    AuthenticationRejected,
    ClusterError,
    ConnectError,
    ConnectionLost,
    Delivery,
    FileError,
    LeaseLost,
    LeaseStoreError,
    LocalProtocolError,
    LoginError,
    NotSupported,
    OutboxError,
    Overloaded,
    RemoteProtocolError,
    RequestError,
    RequestForgotten,
    RequestRejected,
    RequestTimedOut,
    RestartBudgetExhausted,
    RingNotWaiting,
    StatusError,
    UMSError,
    WouldDeadlock,
)

# fleet
from ums_actors.fleet import (
    AgentContested,
    AgentEvent,
    AgentFailed,
    AgentReady,
    AgentSpec,
    Fleet,
    FleetStatus,
    Limits,
    Pacing,
    Trials,
)

# settings
from ums_actors.http.tls import system_trust

# objects that events carry
from ums_actors.model.conversation import Conversation
from ums_actors.model.dialog import Dialog
from ums_actors.model.message import Message
from ums_actors.model.notes import AgentNote, NoteSaved
from ums_actors.model.participant import Participant
from ums_actors.model.ring import Ring
from ums_actors.options import Options

# outbox
from ums_actors.outbox import Outbox
from ums_actors.outbox.publication import Publication

# protocol
from ums_actors.protocol.contexts import (
    ConversationContext,
    CustomContext,
    FacebookContext,
    MobileAppContext,
    ProactiveContext,
    SharkContext,
    SMSContext,
    VoiceContext,
)
from ums_actors.protocol.enums import (
    AgentState,
    ChannelType,
    ChatState,
    ContentType,
    ConversationContextType,
    ConversationState,
    CsatStatus,
    DeliveryStatus,
    DialogCloseReason,
    DialogState,
    DialogType,
    EventType,
    MessageAudience,
    ParticipantRole,
    ParticipantState,
    RingState,
    TTRType,
)
from ums_actors.protocol.ids import ME
from ums_actors.protocol.metadata import (
    ActionReason,
    BotResponse,
    BusinessCase,
    EscalationSummary,
    ExternalId,
    IBMWatsonInfo,
    Intent,
)
from ums_actors.protocol.properties import (
    OS,
    ClientProperties,
    DeviceFamily,
    Feature,
    Integration,
)
from ums_actors.protocol.shifts import SkillShift
from ums_actors.protocol.signature import verify_webhook

# runtime
from ums_actors.runtime import LoopActor, LoopFuture, LoopRef, PacedGate, Runtime
from ums_actors.secret import Secret

# façade
from ums_actors.sync import (
    Connection,
    ConsumerConnection,
    RestConnection,
    connect,
    connect_consumer,
    connect_null,
    connect_rest,
    stop_on_signal,
)

# transport
from ums_actors.transport.proxy import Proxy

__all__ = [
    "ME",
    "OS",
    "ActionReason",
    "AgentContested",
    "AgentEvent",
    "AgentFailed",
    "AgentNote",
    "AgentReady",
    "AgentSpec",
    "AgentState",
    "AgentStateChanged",
    "AgentUnknown",
    "Anonymous",
    "AssertionLogin",
    "AttemptFailed",
    "AuthenticatedConsumer",
    "AuthenticationRejected",
    "BackToQueue",
    "BotResponse",
    "BrandConnectionProxy",
    "BrandRestConnection",
    "BrandRestConnectionProxy",
    "BrandWebsocketConnection",
    "BusinessCase",
    "ChannelType",
    "ChatState",
    "ChatStateChanged",
    "ClientProperties",
    "ClusterError",
    "ConnectEnded",
    "ConnectError",
    "ConnectStarted",
    "Connection",
    "ConnectionLost",
    "ConnectionStatus",
    "ConnectionType",
    "ConsumerConnection",
    "ConsumerConnectionProxy",
    "ConsumerSteppedUp",
    "ConsumerWebsocketConnection",
    "ContentType",
    "Conversation",
    "ConversationChanged",
    "ConversationClosed",
    "ConversationContext",
    "ConversationContextType",
    "ConversationEvent",
    "ConversationOpened",
    "ConversationRemoved",
    "ConversationState",
    "CsatChanged",
    "CsatStatus",
    "CustomContext",
    "Delivery",
    "DeliveryStatus",
    "DeviceFamily",
    "Dialog",
    "DialogCloseReason",
    "DialogClosed",
    "DialogEvent",
    "DialogOpened",
    "DialogState",
    "DialogType",
    "ErrorOccurred",
    "EscalationSummary",
    "Event",
    "EventIterator",
    "EventType",
    "ExistingSession",
    "ExitReported",
    "ExternalId",
    "FacebookContext",
    "Feature",
    "FileError",
    "Fleet",
    "FleetStatus",
    "GroupChanged",
    "IBMWatsonInfo",
    "IdentityChanged",
    "Integration",
    "Intent",
    "LeaseLost",
    "LeaseStoreError",
    "Limits",
    "LocalProtocolError",
    "LoginError",
    "LoopActor",
    "LoopFuture",
    "LoopRef",
    "ManualEttrChanged",
    "Message",
    "MessageAudience",
    "MessageReceived",
    "MessageStatusChanged",
    "MessagesMissed",
    "MobileAppContext",
    "NotSupported",
    "NoteChanged",
    "NoteSaved",
    "NotificationReceived",
    "NullConnection",
    "NullConnectionProxy",
    "OAuth1Login",
    "Options",
    "Outbox",
    "OutboxError",
    "Overloaded",
    "PacedGate",
    "Pacing",
    "Participant",
    "ParticipantAdded",
    "ParticipantEvent",
    "ParticipantRemoved",
    "ParticipantRole",
    "ParticipantRoleChanged",
    "ParticipantState",
    "ParticipantSuggested",
    "ParticipantSuggestionWithdrawn",
    "PasswordLogin",
    "ProactiveContext",
    "Proxy",
    "Publication",
    "PublishSettled",
    "ReadyBearer",
    "ReadyJwt",
    "RemoteProtocolError",
    "RequestError",
    "RequestForgotten",
    "RequestRejected",
    "RequestSent",
    "RequestTimedOut",
    "ResponseReceived",
    "RestConnection",
    "RestartBudgetExhausted",
    "Ring",
    "RingNotWaiting",
    "RingOffered",
    "RingState",
    "RingUpdated",
    "Runtime",
    "SMSContext",
    "Secret",
    "Session",
    "SharkContext",
    "ShiftStatusFailed",
    "ShiftStatusReceived",
    "SkillChanged",
    "SkillEnteredOffHours",
    "SkillEnteredWorkHours",
    "SkillShift",
    "SnapshotCut",
    "State",
    "StateChanged",
    "StatusError",
    "TTRType",
    "Tap",
    "TokenFailed",
    "TokenInvalidated",
    "TokenObtained",
    "TokenRefreshed",
    "TokenRequested",
    "TokenSource",
    "TransferredToAgent",
    "TransferredToSkill",
    "Trials",
    "TtrChanged",
    "UMSError",
    "UserType",
    "VoiceContext",
    "WebsocketConnection",
    "WouldDeadlock",
    "__version__",
    "connect",
    "connect_consumer",
    "connect_null",
    "connect_rest",
    "create_connection",
    "proxy_of",
    "stop_on_signal",
    "system_trust",
    "verify_webhook",
]
