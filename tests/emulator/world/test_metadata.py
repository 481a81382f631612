from __future__ import annotations

import pytest

from ums_actors.emulator import Refused
from ums_actors.emulator.world.metadata import checked_metadata

ENTRY = {"type": "ExternalId", "id": "card-1"}


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        (None, None),
        ([], None),
        (ENTRY, [ENTRY]),
        ([ENTRY], [ENTRY]),
        ([{"type": "Unknown", "x": [1]}], [{"type": "Unknown", "x": [1]}]),
        ([{"type": "ExternalId", "id": "x" * 64}],) * 2,
        ([{"type": "BotResponse", "intents": [{"id": "i"}] * 16}],) * 2,
    ],
)
def test_entries_are_told_as_a_list(told, kept):
    assert checked_metadata(told) == kept


@pytest.mark.parametrize(
    "told",
    [
        "text",
        5,
        ["text"],
        [ENTRY, None],
        [[ENTRY]],
        {"type": "ExternalId", "id": "x" * 65},
        {"type": "ActionReason", "reasonId": "x" * 65, "reason": "r"},
        {"type": "ActionReason", "reasonId": "r", "reason": "x" * 65},
        {"type": "BotResponse", "intents": [{"id": "i"}] * 17},
        [ENTRY] * 101,
        {"type": "Unknown", "text": "x" * 15_000},
    ],
)
def test_too_much_or_nonsense_is_refused(told):
    with pytest.raises(Refused) as caught:
        checked_metadata(told)
    assert caught.value.code == 400
