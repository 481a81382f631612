"""Every name on the wire, in both dialects.

Inside the library a request or notification has its canonical name: the brand's dotted
one where there is one. ``protocol.consumer.short`` gives the consumers'.
"""

from __future__ import annotations

import functools
from typing import Final, NamedTuple

__all__ = ["NOTIFICATIONS", "REQUESTS", "Name", "canonical", "spellings"]


class Name(NamedTuple):
    """What one request or notification is called.

    Attributes:
        brand: on a brand's socket; empty if a brand has no such thing.
        consumer: on a consumer's socket; empty if a consumer has no such thing.
        others: older or alternative names of the same.
        note: why a side has none, or why the library does not build or read it.
    """

    brand: str
    consumer: str
    others: tuple[str, ...] = ()
    note: str = ""

    @property
    def canonical(self) -> str:
        """The name that is used inside the library."""
        return self.brand or self.consumer


_NO_V3: Final = "no v3 name is published; the short one follows the others of its kind"
_RAW: Final = "its body is not published: send() takes it raw"
_OLD: Final = "an older form of what another request does: send() takes it raw"

REQUESTS: Final = (
    Name(".GetClock", "GetClock"),
    Name("KeepAlive", "KeepAlive", (".KeepAlive",)),
    Name("", "InitConnection", note="a brand's token is in the address"),
    Name(".ams.cm.UpdateConversationField", "cm.UpdateConversationField"),
    Name(
        ".ams.cm.ConsumerRequestConversation",
        "cm.ConsumerRequestConversation",
    ),
    Name(".ams.cm.AgentRequestConversation", "cm.AgentRequestConversation"),
    Name(
        ".ams.cm.types.RequestConversation",
        "cm.RequestConversation",
        note=_OLD,
    ),
    Name(".ams.cm.SubscribeConversations", "cm.SubscribeConversations", note=_OLD),
    Name(".ams.cm.UnsubscribeConversations", "cm.UnsubscribeConversations", note=_OLD),
    Name(".ams.aam.SubscribeExConversations", "cqm.SubscribeExConversations"),
    Name(".ams.aam.UnsubscribeExConversations", "cqm.UnsubscribeExConversations"),
    Name(
        ".ams.aam.UpdateExConversationSubscription",
        "cqm.UpdateExConversationSubscription",
    ),
    Name(".ams.UnsubscribeBody", ".ams.UnsubscribeBody"),
    Name(".ams.ms.PublishEvent", "ms.PublishEvent"),
    Name(
        "",
        "ms.SubscribeMessagingEvents",
        (".ams.ms.SubscribeMessagingEvents",),
        "a brand's user is sent the events of its conversations unasked",
    ),
    Name(
        ".ams.ms.QueryMessages",
        "",
        note="a consumer subscribes to its dialogs instead",
    ),
    Name(".ams.ms.GenerateURLForUploadFile", "ms.GenerateURLForUploadFile"),
    Name(".ams.ms.GenerateURLForDownloadFile", "ms.GenerateURLForDownloadFile"),
    Name(".ams.ms.BaseGenerateURL", "ms.GenerateURL", note=_OLD),
    Name("", "ms.GenerateUploadToken", note="only consumers fill forms in"),
    Name("", "ms.UploadToken", note=_RAW),
    Name(".ams.ms.token.GenerateDownloadToken", "ms.GenerateDownloadToken"),
    Name("", "ms.DownloadToken", note=_RAW),
    Name(".ams.routing.SetAgentState", "rs.SetAgentState", ("routing.SetAgentState",)),
    Name(
        ".ams.routing.UpdateRingState",
        "rs.UpdateRingState",
        ("routing.UpdateRingState",),
    ),
    Name(
        ".ams.routing.SubscribeRoutingTasks",
        "rs.SubscribeRoutingTasks",
        ("routing.SubscribeRoutingTasks",),
    ),
    Name(
        ".ams.routing.SubscribeAgentsState",
        "rs.SubscribeAgentsState",
        ("routing.SubscribeAgentsState",),
    ),
    Name(
        ".ams.routing.UpdateRoutingTaskSubscription",
        "",
        note="no v3 name is published, and no consumer is rung",
    ),
    Name(
        ".ams.userprofile.GetUserProfile",
        "userprofile.GetUserProfile",
        ("up.GetUserProfile",),
    ),
    Name(
        ".ams.userprofile.SetUserProfile",
        "userprofile.SetUserProfile",
        ("up.SetUserProfile",),
    ),
    Name(".ams.brandprofile.GetBrands", "brandprofile.GetBrands", note=_NO_V3),
    Name(".ams.brandprofile.GetBrandProfile", "brandprofile.GetBrandProfile"),
    Name(".ams.brandprofile.SetBrandProfile", "brandprofile.SetBrandProfile"),
)
"""All requests that are known of."""

NOTIFICATIONS: Final = (
    Name(
        ".ams.aam.ExConversationChangeNotification",
        "cqm.ExConversationChangeNotification",
    ),
    Name(
        ".ams.ms.OnlineEventDistribution",
        "ms.MessagingEventNotification",
        ("ms.OnlineEventDistribution",),
    ),
    Name(
        ".ams.routing.RoutingTaskNotification",
        "rs.RoutingTaskNotification",
        ("routing.RoutingTaskNotification",),
    ),
    Name(
        ".ams.routing.AgentStateNotification",
        "rs.AgentStateNotification",
        ("routing.AgentStateNotification",),
    ),
    Name(
        ".ams.routing.RingUpdated",
        "",
        note="given up by the service: heard as NotificationReceived alone",
    ),
    Name(
        ".ams.cm.ConversationChangeNotification",
        "",
        note="belongs to the older subscription: heard as NotificationReceived alone",
    ),
)
"""All notifications that are known of."""


@functools.cache
def _by_spelling() -> dict[str, Name]:
    found: dict[str, Name] = {}
    for name in REQUESTS + NOTIFICATIONS:
        for spelling in (name.brand, name.consumer, *name.others):
            if spelling:
                found[spelling] = name
    return found


def canonical(spelling: str) -> str:
    """Give the library's own name of a request or notification; others stay."""
    name = _by_spelling().get(spelling)
    return spelling if name is None else name.canonical


def spellings(spelling: str) -> frozenset[str]:
    """Give all names under which the same comes; an unknown one stands for itself."""
    name = _by_spelling().get(spelling)
    if name is None:
        return frozenset({spelling})
    return frozenset({name.brand, name.consumer, *name.others} - {""})
