from __future__ import annotations

import pytest

from ums_actors.emulator import choices
from ums_actors.emulator.failures import Refused
from ums_actors.emulator.world.consumers import Consumers


def test_a_new_consumer_is_anonymous_and_found_by_id():
    consumers = Consumers()
    consumer = consumers.new()
    assert consumer.is_anonymous
    assert consumers.find(consumer.consumer_id) is consumer
    assert consumers.find("nobody") is None
    assert [it.consumer_id for it in consumers] == [consumer.consumer_id]
    assert consumers.new().consumer_id != consumer.consumer_id
    assert len(consumers) == 2


def test_meeting_somebody_twice_makes_one_consumer():
    consumers = Consumers()
    assert consumers.meet("c1") is consumers.meet("c1")
    assert len(consumers) == 1


def test_a_login_of_their_own_makes_a_consumer_known():
    consumers = Consumers()
    met = consumers.meet("c1")
    known = consumers.authenticate("c1", {"sub": "c1"})
    assert known is met
    assert not known.is_anonymous
    assert known.claims == {"sub": "c1"}


def test_the_close_code_says_who_renews_the_identity():
    consumers = Consumers()
    consumers.meet("anonymous")
    consumers.authenticate("known", {})
    assert consumers.close_code("anonymous") == 4407
    assert consumers.close_code("known") == 4401
    assert consumers.close_code("stranger") == 4401


def test_there_are_only_so_many(monkeypatch):
    monkeypatch.setattr(choices, "MAX_CONSUMERS", 2)
    consumers = Consumers()
    consumers.new()
    consumers.meet("c1")
    with pytest.raises(Refused) as refused:
        consumers.new()
    assert refused.value.code == 429
    assert consumers.meet("c1").consumer_id == "c1"
