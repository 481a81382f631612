from __future__ import annotations

import msgspec
import pytest

from ums_actors.emulator import EmulatorError
from ums_actors.emulator.faults.registry import KINDS, kind_of

GOOD = [
    ("delay", 0.5),
    ("delay", {"seconds": 1, "types": ["GetClock"]}),
    ("drop", "GetClock"),
    ("drop", ["GetClock", ".ams.ms.PublishEvent"]),
    ("reject", {"code": 503, "type": "GetClock", "text": "no"}),
    ("too-many", 0),
    ("duplicate", "response"),
    ("duplicate", "ms.MessagingEventNotification"),
    ("malformed", "null"),
    ("unknown-enum", "stage"),
    ("half-open", 3),
    ("close", {"code": 0, "after": 2}),
    ("close", {"code": 4407, "on": ["GetClock"]}),
    ("process-then-disconnect", "ms.PublishEvent"),
    ("csds", 503),
    ("login", {"status": 429}),
    ("refresh", {"delay": 1.5}),
    ("handshake", {"status": 0}),
    ("idp", {"body": "nonsense", "delay": 1}),
    ("init", "unanswered"),
]
BAD = [
    ("delay", -1),
    ("delay", "long"),
    ("delay", {"types": []}),
    ("delay", {"seconds": 1, "typo": 1}),
    ("drop", []),
    ("drop", ""),
    ("drop", 7),
    ("reject", 400),
    ("reject", {"code": 200}),
    ("too-many", -1),
    ("too-many", True),
    ("duplicate", ""),
    ("reorder", 1),
    ("malformed", "politely"),
    ("malformed", {}),
    ("unknown-enum", "mood"),
    ("half-open", 1.5),
    ("close", {"code": 999}),
    ("close", {"code": 5000}),
    ("close", {"after": 1}),
    ("close", {"code": 1011, "after": -1}),
    ("csds", 100),
    ("csds", {"status": 600}),
    ("csds", {}),
    ("login", {"body": "right"}),
    ("login", {"delay": 3601}),
    ("init", "late"),
    ("mute-pings", False),
]


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_fault_says_what_it_does_and_takes_its_default(kind):
    assert kind_of(kind.name) is kind
    assert kind.does.endswith(".")
    assert kind.takes
    kind.setting(kind.default)


@pytest.mark.parametrize(("name", "value"), GOOD)
def test_good_values_are_read(name, value):
    kind_of(name).setting(value)


@pytest.mark.parametrize(("name", "value"), BAD)
def test_a_bad_value_is_refused_with_value_rule_and_names(name, value):
    with pytest.raises(EmulatorError) as caught:
        kind_of(name).setting(value)
    text = str(caught.value)
    shown = msgspec.json.encode(value).decode()
    assert text.replace(" ", "").startswith(shown.replace(" ", ""))
    assert kind_of(name).takes in text
    assert ", ".join(KINDS) in text


def test_an_unknown_name_is_refused_with_all_names():
    with pytest.raises(EmulatorError, match="no fault 'typo'; the faults are delay, "):
        kind_of("typo")


def test_a_huge_value_is_not_repeated_whole():
    with pytest.raises(EmulatorError) as caught:
        kind_of("malformed").setting("x" * 10_000)
    assert len(str(caught.value)) < 1_000
