from __future__ import annotations

import pytest

from ums_actors.metrics.bounded import OTHER, Few, event_label, type_label
from ums_actors.protocol.names import REQUESTS


@pytest.mark.parametrize("name", REQUESTS, ids=lambda name: name.canonical)
def test_both_dialects_of_a_type_have_one_label(name):
    spelled = [each for each in (name.brand, name.consumer, *name.others) if each]
    assert {type_label(each) for each in spelled} == {name.canonical}


@pytest.mark.parametrize("made_up", ["", "user-4711", ".getclock"])
def test_a_type_that_is_not_known_is_other(made_up):
    assert type_label(made_up) == OTHER


def test_events_of_the_log_have_labels_and_others_are_other():
    assert event_label("connection.state") == "connection.state"
    assert event_label("a.subclass's own") == OTHER


def test_the_first_few_texts_are_let_through_and_go_on_to_be():
    few = Few(2)
    assert [few(text) for text in "abacb"] == ["a", "b", "a", OTHER, "b"]
