from __future__ import annotations

from ums_actors.emulator.world.dialog import Dialog, Participant


def dialog():
    return Dialog(
        "d",
        "MAIN",
        5,
        [
            Participant("carla", "CONSUMER"),
            Participant("one", "ASSIGNED_AGENT"),
            Participant("one", "MANAGER"),
            Participant("two", "ASSIGNED_AGENT", "SUGGESTED"),
        ],
    )


def test_only_the_active_take_part():
    assert dialog().in_role("ASSIGNED_AGENT") == ["one"]
    assert dialog().active("one").role == "ASSIGNED_AGENT"
    assert dialog().active("two") is None


def test_everybody_hears_once_and_consumers_nothing_private():
    assert dialog().audience(is_private=False) == ("carla", "one")
    assert dialog().audience(is_private=True) == ("one",)


def test_when_it_was_changed_is_no_part_of_what_it_is():
    other = dialog()
    assert other.updated == 5
    other.updated = 9
    assert other == dialog()
