import enum

import msgspec
import pytest

from ums_actors.errors import LocalProtocolError
from ums_actors.protocol import enums

ALL = [getattr(enums, name) for name in enums.__all__]


DESCRIBED = (enums.ContentType, enums.ConversationContextType, enums.EventType)
"""Those whose values are no names."""


@pytest.mark.parametrize("values", ALL)
def test_a_member_is_its_wire_value(values):
    assert issubclass(values, enum.StrEnum)
    for member in values:
        assert member == member.value
        assert values in DESCRIBED or member.name == member.value
        assert msgspec.json.encode({"x": member}) == b'{"x":"%s"}' % member.encode()


def test_values_are_those_of_the_protocol():
    assert list(enums.AgentState) == [
        "ONLINE",
        "OFFLINE",
        "AWAY",
        "BACK_SOON",
        "OCCUPIED",
    ]
    assert "SUGGESTED" in list(enums.ParticipantState)
    assert list(enums.MessageAudience) == ["ALL", "AGENTS_AND_MANAGERS"]


REFERENCE = {
    "AgentState": "ONLINE OFFLINE AWAY BACK_SOON",
    "ConversationState": "OPEN CLOSE LOCKED",
    "DialogState": "OPEN CLOSE",
    "DialogType": "MAIN AGENTS OTHER POST_SURVEY PRE_CONVERSATION_OPT_IN",
    "ChannelType": "MESSAGING LIVE_CHAT COBROWSE",
    "DialogChangeType": "CREATE UPDATE",
    "DialogCloseReason": "CONSUMER AGENT SYSTEM",
    "ParticipantRole": (
        "CONSUMER ASSIGNED_AGENT AGENT MANAGER READER BRAND_BOT CONTROLLER"
    ),
    "ParticipantChangeType": "ADD REMOVE SUGGEST",
    "ParticipantState": "ACTIVE SUGGESTED",
    "ChatState": "ACTIVE INACTIVE GONE COMPOSING PAUSE BACKGROUND",
    "DeliveryStatus": "ACCEPT READ ENRICH ACTION ACCESS NACK VIEWED ABORTED ERROR",
    "CsatStatus": "FILLED PARTIALLY_FILLED SKIPPED EMPTY",
    "TTRType": "NORMAL URGENT PRIORITIZED CUSTOM",
    "RingState": "WAITING CANCELLED EXPIRED ACCEPTED REJECTED AUTO_ACCEPT",
    "ConversationContextType": (
        "SharkContext FacebookContext CustomContext MobileAppContext SMSContext "
        "ProactiveContext VoiceContext"
    ),
    "MessageAudience": "ALL AGENTS_AND_MANAGERS",
    "ContentType": "text/plain hosted/file",
    "EventType": "ContentEvent RichContentEvent AcceptStatusEvent ChatStateEvent",
}
"""The reference's enumerations of what is on the wire. Its local values (CLOSING,
REMOVED, UNKNOWN) and its UserType, ConnectionType and SubscriptionState are none of
that: here they are classes of connections, and a subscription has no state."""


@pytest.mark.parametrize("name", REFERENCE)
def test_an_enumeration_has_all_that_the_reference_has(name):
    assert set(REFERENCE[name].split()) <= set(getattr(enums, name))


def test_an_argument_is_one_of_an_enumeration_or_the_error_says_which_there_are():
    assert enums.one_of("state", "ONLINE", enums.AgentState) == "ONLINE"
    for value in ("online", None, 5, []):
        with pytest.raises(LocalProtocolError, match="must be one of ONLINE, OFFLINE"):
            enums.one_of("state", value, enums.AgentState)
