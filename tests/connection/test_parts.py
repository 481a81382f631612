from __future__ import annotations

import pytest

import ums_actors as ums

UNUSED = ("agents", "catch_ups", "conversations", "marks", "pauses", "rings", "taps")


@pytest.fixture
def proxy(emulator, start):
    return start(emulator, create_default_subscription=False)


def there(proxy):
    kernel = proxy.actor_ref.actor_inbox.keep
    return {part for part in UNUSED if kernel.made(part)}


def test_what_a_bot_that_only_sends_does_not_need_is_not_made(proxy, emulator, events):
    states = events(proxy, ums.StateChanged)
    proxy.open().get(timeout=10)
    proxy.get_clock().get(timeout=5)
    proxy.status().get(timeout=5)
    emulator.cut("bot1")
    states.wait(lambda event: (event.state, event.generation) == ("READY", 2))
    proxy.get_clock().get(timeout=5)
    proxy.close().get(timeout=10)
    assert there(proxy) == set()


def test_what_is_used_is_made_once(proxy):
    proxy.open().get(timeout=10)
    proxy.create_conversation_subscription(wait_for_ready=True).get(timeout=5)
    assert there(proxy) == {"conversations"}
    kernel = proxy.actor_ref.actor_inbox.keep
    assert kernel.conversations is kernel.conversations
    assert kernel.made("conversations")


def test_the_kernel_has_no_way_to_attributes_that_makes_all_of_them_slow(proxy):
    # the interpreter does not specialise reading what such a class has
    kernel = proxy.actor_ref.actor_inbox.keep
    assert not hasattr(type(kernel), "__getattr__")
    assert type(kernel).__getattribute__ is object.__getattribute__


def test_a_name_that_no_part_has_is_an_error(proxy):
    kernel = proxy.actor_ref.actor_inbox.keep
    with pytest.raises(AttributeError, match="no attribute 'surprise'"):
        kernel.surprise  # noqa: B018
    assert not kernel.made("surprise")
