"""The two dialects of one API: the brand's dotted names, the consumers' short ones.

Inside the emulator everything has its brand name, if it has one. Brand sockets take
short names too (UMS.md 3.2), and are always answered with dotted ones.
"""

from __future__ import annotations

from typing import Final

__all__ = ["canonical", "short_notification", "short_response"]


def canonical(name: str) -> str:
    """Give the brand's name of a request type."""
    return _CANONICAL.get(name, name)


def short_response(kind: str) -> str:
    """Give the consumers' name of a response type."""
    return _RESPONSES.get(kind, kind)


def short_notification(kind: str) -> str:
    """Give the consumers' name of a notification type."""
    return _NOTIFICATIONS.get(kind, kind)


_PACKAGES: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    ".ams.cm": (
        ("cm",),
        (
            "UpdateConversationField",
            "ConsumerRequestConversation",
            "AgentRequestConversation",
            "SubscribeConversations",
            "UnsubscribeConversations",
        ),
    ),
    ".ams.aam": (
        ("cqm",),
        (
            "SubscribeExConversations",
            "UnsubscribeExConversations",
            "UpdateExConversationSubscription",
        ),
    ),
    ".ams.ms": (
        ("ms",),
        (
            "PublishEvent",
            "QueryMessages",
            "SubscribeMessagingEvents",
            "GenerateURLForUploadFile",
            "GenerateURLForDownloadFile",
        ),
    ),
    ".ams.routing": (
        ("routing", "rs"),
        (
            "SetAgentState",
            "SubscribeRoutingTasks",
            "SubscribeAgentsState",
            "UpdateRingState",
            "UpdateRoutingTaskSubscription",
        ),
    ),
    ".ams.userprofile": (
        ("userprofile", "up"),
        ("GetUserProfile", "SetUserProfile"),
    ),
    ".ams.brandprofile": (
        ("brandprofile",),
        ("GetBrands", "GetBrandProfile", "SetBrandProfile"),
    ),
}
"""Brand package → (short packages, request types)."""
_CANONICAL: Final = {
    f"{short}.{name}": f"{package}.{name}"
    for package, (shorts, names) in _PACKAGES.items()
    for short in shorts
    for name in names
} | {
    "GetClock": ".GetClock",
    ".KeepAlive": "KeepAlive",
    ".InitConnection": "InitConnection",
    ".ams.UnsubscribeBody": ".ams.aam.UnsubscribeExConversations",
    "cm.RequestConversation": ".ams.cm.types.RequestConversation",
    "ms.GenerateURL": ".ams.ms.BaseGenerateURL",
    "ms.GenerateDownloadToken": ".ams.ms.token.GenerateDownloadToken",
    "ms.DownloadToken": ".ams.ms.token.GenerateDownloadToken",
    "ms.UploadToken": "ms.GenerateUploadToken",
}
_RESPONSES: Final = {
    ".GetClock$Response": "GetClockResponse",
    ".ReqBody$StringResp": "StringResponse",
    ".ams.GenericSubscribe$Response": "GenericSubscribeResponse",
    ".ams.aam.SubscribeExConversations$Response": (
        "cqm.SubscribeExConversationsResponse"
    ),
    ".ams.cm.RequestConversation$Response": "cm.RequestConversationResponse",
    ".ams.ms.GenerateURL$Response": "ms.GenerateURLResponse",
    ".ams.ms.PublishEvent$Response": "ms.PublishEventResponse",
    ".ams.ms.token.DownloadToken$Response": "ms.DownloadTokenResponse",
    ".ams.ms.token.UploadToken$Response": "ms.UploadTokenResponse",
    ".ams.userprofile.GetUserProfile$Response": "userprofile.GetUserProfileResponse",
    ".ams.brandprofile.GetBrandProfile$Response": (
        "brandprofile.GetBrandProfileResponse"
    ),
}
"""Those of clock and profiles are not published: they follow the others."""
_NOTIFICATIONS: Final = {
    ".ams.aam.ExConversationChangeNotification": (
        "cqm.ExConversationChangeNotification"
    ),
    ".ams.cm.ConversationChangeNotification": "cm.ConversationChangeNotification",
    ".ams.ms.OnlineEventDistribution": "ms.MessagingEventNotification",
}
