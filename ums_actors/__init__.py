"""Supervised UMS websocket connections as Pykka actors."""

from __future__ import annotations

from ums_actors._version import __version__

# what is heard
from ums_actors.actors.events import (
    ConversationChanged,
    Event,
    MessageReceived,
    NotificationReceived,
    StateChanged,
)

# auth
from ums_actors.auth.credentials import (
    AssertionLogin,
    ExistingSession,
    OAuth1Login,
    PasswordLogin,
    ReadyBearer,
)
from ums_actors.auth.session import Session
from ums_actors.auth.source import TokenSource

# connection
from ums_actors.connection import (
    BrandConnectionProxy,
    BrandWebsocketConnection,
    ConnectionStatus,
    WebsocketConnection,
    proxy_of,
)

# core
from ums_actors.core.session import State

# errors
from ums_actors.errors import (
    AuthenticationRejected,
    ConnectError,
    ConnectionLost,
    Delivery,
    LocalProtocolError,
    LoginError,
    NotSupported,
    Overloaded,
    RemoteProtocolError,
    RequestError,
    RequestRejected,
    RequestTimedOut,
    RestartBudgetExhausted,
    UMSError,
    WouldDeadlock,
)

# settings
from ums_actors.options import Options

# protocol
from ums_actors.protocol.enums import AgentState, DialogCloseReason, ParticipantRole

# runtime
from ums_actors.runtime import LoopActor, LoopFuture, LoopRef, Runtime
from ums_actors.secret import Secret

# façade
from ums_actors.sync import Connection, connect

# transport
from ums_actors.transport.proxy import Proxy

__all__ = [
    "AgentState",
    "AssertionLogin",
    "AuthenticationRejected",
    "BrandConnectionProxy",
    "BrandWebsocketConnection",
    "ConnectError",
    "Connection",
    "ConnectionLost",
    "ConnectionStatus",
    "ConversationChanged",
    "Delivery",
    "DialogCloseReason",
    "Event",
    "ExistingSession",
    "LocalProtocolError",
    "LoginError",
    "LoopActor",
    "LoopFuture",
    "LoopRef",
    "MessageReceived",
    "NotSupported",
    "NotificationReceived",
    "OAuth1Login",
    "Options",
    "Overloaded",
    "ParticipantRole",
    "PasswordLogin",
    "Proxy",
    "ReadyBearer",
    "RemoteProtocolError",
    "RequestError",
    "RequestRejected",
    "RequestTimedOut",
    "RestartBudgetExhausted",
    "Runtime",
    "Secret",
    "Session",
    "State",
    "StateChanged",
    "TokenSource",
    "UMSError",
    "WebsocketConnection",
    "WouldDeadlock",
    "__version__",
    "connect",
    "proxy_of",
]
