import enum

import msgspec
import pytest

from ums_actors.protocol import enums

ALL = [getattr(enums, name) for name in enums.__all__]


@pytest.mark.parametrize("values", ALL)
def test_a_member_is_its_wire_value(values):
    assert issubclass(values, enum.StrEnum)
    for member in values:
        assert member == member.name == member.value
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
