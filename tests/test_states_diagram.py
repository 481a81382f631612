from __future__ import annotations

import re
from pathlib import Path

import pytest

from ums_actors.core.course import TRANSITIONS, State
from ums_actors.states_diagram import as_mermaid

README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
ARROW = re.compile(r" {4}(\w+) --> (\w+): (\w+(?:, \w+)*)")
BEGIN, END = "<!-- states:begin -->", "<!-- states:end -->"


def arrows():
    """Read the picture again: (before, after, event)."""
    head, start, *lines = as_mermaid().splitlines()
    assert (head, start) == ("stateDiagram-v2", "    [*] --> NEW")
    found = []
    for line in lines:
        before, after, events = ARROW.fullmatch(line).groups()
        found += [(before, after, event) for event in events.split(", ")]
    return found


def test_the_picture_has_every_transition_once_and_no_other():
    wanted = {
        (str(before), str(after), event.__name__)
        for event, table in TRANSITIONS.items()
        for before, targets in table.items()
        for after in targets
        if before is not after
    }
    assert len(arrows()) == len(wanted)
    assert set(arrows()) == wanted


@pytest.mark.parametrize("state", list(State))
def test_every_state_is_in_the_picture_and_can_be_left(state):
    assert any(before == state for before, _, _ in arrows())
    assert any(state in (before, after) for before, after, _ in arrows())


def test_one_arrow_leads_from_one_state_to_another():
    pairs = [line.partition(":")[0] for line in as_mermaid().splitlines()]
    assert len(pairs) == len(set(pairs))


def test_the_readme_shows_the_picture_as_it_is():
    shown = README.partition(BEGIN)[2].partition(END)[0].strip()
    assert shown == f"```mermaid\n{as_mermaid()}\n```"


@pytest.mark.parametrize("state", list(State))
def test_the_readme_says_of_every_state_what_it_means(state):
    part = README.partition("### States")[2].partition(BEGIN)[0]
    assert f"`{state}`" in part
