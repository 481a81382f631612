"""Requests by name, for ``send``, which knows what their answers are.

Each name is a function that makes one; it says what it takes, and what the answer is::

    from ums_actors.requests import GetClock, QueryMessages

    now = connection.send(GetClock()).get(timeout=10)  # an int: milliseconds
    said = connection.send(QueryMessages(dialog_id, newer_than=17))

They go out as they are, under the name that the connection's side has for them. The
connection's own methods do more: they know the own user by ``ums_actors.ME``, make
subscriptions again on each line, hear a new conversation from its first message on.
Arguments are checked where a request is made: ``LocalProtocolError`` says which of them
breaks which rule.

A request that is not here is a mapping, whose answer is its body; or typed by
:class:`Request`, with a function that reads the answer::

    Request("ms.DownloadToken", {}, read=msgspec.json.Decoder(Mine).decode)
"""

from __future__ import annotations

from typing import Final

from ums_actors.protocol import (
    agents,
    brand,
    consumer,
    fields,
    files,
    forms,
    profiles,
    publishing,
    routing,
)
from ums_actors.protocol.requests import Request

__all__ = [
    "CloseConversation",
    "CloseDialog",
    "GenerateDownloadToken",
    "GenerateURLForDownloadFile",
    "GenerateURLForUploadFile",
    "GenerateUploadToken",
    "GetBrandProfile",
    "GetBrands",
    "GetClock",
    "GetUserProfile",
    "JoinDialog",
    "KeepAlive",
    "LeaveDialog",
    "PublishAcceptStatus",
    "PublishChatState",
    "PublishFile",
    "PublishFormInvitation",
    "PublishFormSubmission",
    "PublishRich",
    "PublishText",
    "QueryMessages",
    "Request",
    "RequestConversation",
    "RequestConversationAsConsumer",
    "SetAgentState",
    "SetBrandProfile",
    "SetCsat",
    "SetDelay",
    "SetManualEttr",
    "SetNote",
    "SetTopic",
    "SetTtr",
    "SetUserProfile",
    "SubscribeAgentsState",
    "SubscribeConversations",
    "SubscribeMessagingEvents",
    "SubscribeRoutingTasks",
    "TakeOver",
    "TransferConversation",
    "Unsubscribe",
    "UnsubscribeConversations",
    "UpdateConversationSubscription",
    "UpdateRingState",
    "UpdateRoutingTaskSubscription",
]

# the line, and who is who
GetClock: Final = brand.get_clock
KeepAlive: Final = brand.keep_alive
GetUserProfile: Final = brand.get_user_profile
SetUserProfile: Final = profiles.set_user_profile
GetBrands: Final = profiles.get_brands
GetBrandProfile: Final = profiles.get_brand_profile
SetBrandProfile: Final = profiles.set_brand_profile

# what is said
PublishText: Final = publishing.publish_text
PublishRich: Final = publishing.publish_rich
PublishFile: Final = publishing.publish_file
PublishAcceptStatus: Final = publishing.publish_accept_status
PublishChatState: Final = publishing.publish_chat_state
PublishFormInvitation: Final = forms.publish_form_invitation
PublishFormSubmission: Final = forms.publish_form_submission
QueryMessages: Final = brand.query_messages
SubscribeMessagingEvents: Final = consumer.subscribe_messages

# files
GenerateURLForUploadFile: Final = files.upload_url
GenerateURLForDownloadFile: Final = files.download_url
GenerateDownloadToken: Final = files.download_token
GenerateUploadToken: Final = forms.upload_token

# conversations
RequestConversation: Final = brand.create_conversation
RequestConversationAsConsumer: Final = consumer.create_conversation
SubscribeConversations: Final = brand.subscribe_conversations
UpdateConversationSubscription: Final = brand.update_subscription
UnsubscribeConversations: Final = brand.unsubscribe_conversations
CloseConversation: Final = brand.close_conversation
CloseDialog: Final = brand.close_dialog
JoinDialog: Final = brand.join_dialog
LeaveDialog: Final = brand.leave_dialog
TransferConversation: Final = brand.transfer_conversation
SetCsat: Final = fields.set_csat
SetDelay: Final = fields.set_delay
SetManualEttr: Final = fields.set_manual_ettr
SetNote: Final = fields.set_note
SetTopic: Final = fields.set_topic
SetTtr: Final = fields.set_ttr
TakeOver: Final = fields.take_over

# rings and agents
SetAgentState: Final = brand.set_agent_state
SubscribeAgentsState: Final = agents.subscribe_agents_state
SubscribeRoutingTasks: Final = routing.subscribe_routing_tasks
UpdateRoutingTaskSubscription: Final = routing.update_routing_tasks
UpdateRingState: Final = routing.update_ring_state
Unsubscribe: Final = agents.unsubscribe
