from __future__ import annotations

import pytest

from ums_actors.errors import LocalProtocolError
from ums_actors.protocol.ids import IdTable, is_pid

PID = "0a1b2c3d-0000-5000-8000-00000000000a"
OTHER = "0a1b2c3d-0000-5000-8000-00000000000b"


@pytest.fixture
def table():
    table = IdTable("A", limit=3)
    table.learn("A.u1", PID)
    return table


@pytest.mark.parametrize(
    ("given", "expected"),
    [("A.u1", "A.u1"), (PID, "A.u1"), ("u1", "A.u1"), ("A.u9", "A.u9"), ("7", "A.7")],
)
def test_an_agent_may_be_named_by_either_id(table, given, expected):
    assert table.agent(given) == expected


def test_both_ids_lead_to_each_other(table):
    assert (table.pid_of("A.u1"), table.pid_of(PID)) == (PID, PID)
    assert (table.agent_of(PID), table.agent_of("A.u1")) == ("A.u1", "A.u1")
    assert table.pid_of("A.u9") is None
    assert table.agent_of(OTHER) is None


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (OTHER, "agent_id=.* is the PID of nobody who has been seen"),
        ("", "agent_id='' must be a non-empty string"),
        (None, "agent_id=None must be"),
        (7, "agent_id=7 must be"),
    ],
)
def test_an_id_of_no_use_says_what_is_wrong(table, given, text):
    with pytest.raises(LocalProtocolError, match=text):
        table.agent(given)


@pytest.mark.parametrize(
    ("agent_id", "pid"),
    [("cons", "cons"), ("A.u2", ""), ("A.u2", "A.u2"), ("B.u2", OTHER), ("", OTHER)],
)
def test_what_is_no_pair_of_an_agents_ids_is_not_learned(table, agent_id, pid):
    table.learn(agent_id, pid)
    assert len(table) == 1


def test_an_agent_that_changes_its_pid_has_the_new_one_alone(table):
    table.learn("A.u1", OTHER)
    assert table.pid_of("A.u1") == OTHER
    assert table.agent_of(PID) is None
    assert len(table) == 1


def test_a_pid_that_changes_hands_is_the_last_ones(table):
    table.learn("A.u2", PID)
    assert table.agent(PID) == "A.u2"
    assert table.pid_of("A.u1") is None
    assert len(table) == 1


def test_who_was_not_seen_for_longest_is_forgotten(table):
    for number in range(2, 4):
        table.learn(f"A.u{number}", f"pid-{number}")
    table.learn("A.u1", PID)  # seen again
    table.learn("A.u4", "pid-4")
    assert len(table) == 3
    assert table.pid_of("A.u2") is None
    assert table.agent_of("pid-2") is None
    assert table.pid_of("A.u1") == PID


def test_a_pid_is_known_by_its_form():
    assert is_pid(PID.upper())
    assert not is_pid("A.u1")
    assert not is_pid(PID + "0")


@pytest.mark.parametrize(
    ("participants", "pids", "known"),
    [
        ({"MANAGER": ["A.u2"]}, {"MANAGER": ["p2"]}, {"A.u2": "p2"}),
        ({"MANAGER": "A.u2"}, {"MANAGER": "p2"}, {"A.u2": "p2"}),
        ({"MANAGER": ["A.u2", "A.u3"]}, {"MANAGER": ["p2"]}, {}),
        ({"MANAGER": ["A.u2"]}, {"READER": ["p2"]}, {}),
        ({"CONSUMER": ["A.u2"]}, {"CONSUMER": ["p2"]}, {}),
        ({"MANAGER": [5]}, {"MANAGER": [6]}, {}),
        ({"MANAGER": []}, {"MANAGER": []}, {}),
        ([{"id": "p2", "role": "MANAGER"}], None, {}),
        (None, {"MANAGER": ["p2"]}, {}),
    ],
)
def test_participants_are_learned_as_the_wire_pairs_them(participants, pids, known):
    table = IdTable("A")
    table.learn_all(participants, pids)
    assert {agent: table.pid_of(agent) for agent in known} == known
    assert len(table) == len(known)
