from __future__ import annotations

import copy

import pykka
import pytest
from pykka.typing import ActorMemberMixin, proxy_field

from ums_actors.runtime import LoopActor, LoopFuture, LoopProxy, proxy_method

WAIT = 5.0


class Adder(LoopActor):
    """Has a protected method that proxies admit."""

    _proxied = frozenset({"_protected", "_field"})
    nothing = None

    def __init__(self) -> None:
        self.total = 0
        self._field = "f"
        self._private = "p"

    def add(self, number: int) -> int:
        self.total += number
        return self.total

    def later(self, number: int) -> LoopFuture[int]:
        return self._in_worker(lambda: number)

    def _protected(self):
        return "admitted"

    def on_receive(self, message):
        raise message


class AdderProxy(ActorMemberMixin, LoopProxy[Adder]):
    """Typed; checked by tests/typing."""

    total = proxy_field(0)
    add = proxy_method(Adder.add)
    later = proxy_method(Adder.later)


@pytest.fixture
def proxy(runtime):
    return Adder.start(runtime=runtime).proxy()


def test_protected_names_of_the_class_are_admitted(proxy):
    assert proxy._protected().get(timeout=WAIT) == "admitted"
    assert proxy._field.get(timeout=WAIT) == "f"
    proxy._field = "g"
    assert proxy._field.get(timeout=WAIT) == "g"
    assert {"_protected", "_field", "add"} <= set(dir(proxy)) | {"_field"}
    assert "_private" not in dir(proxy)


def test_other_private_names_are_neither_read_nor_set(proxy):
    with pytest.raises(AttributeError, match="no public attribute '_private'"):
        proxy._private  # noqa: B018
    with pytest.raises(AttributeError, match="no public attribute '_private'"):
        proxy._private = "changed"


def test_an_attribute_that_is_none_is_an_attribute(proxy):
    assert proxy.nothing.get(timeout=WAIT) is None
    with pytest.raises(AttributeError, match="no attribute 'nowhere'"):
        proxy.nowhere  # noqa: B018


def test_a_proxy_calls_the_object_that_serves_after_a_restart(proxy):
    add = proxy.add
    assert add(3).get(timeout=WAIT) == 3
    proxy.actor_ref.tell(KeyError())
    assert add(1).get(timeout=WAIT) == 1
    assert proxy.add(1).get(timeout=WAIT) == 2
    assert proxy.total.get(timeout=WAIT) == 2


def test_a_method_is_looked_up_once(proxy):
    assert proxy.add is proxy.add


def test_a_proxy_can_be_copied(proxy):
    again = copy.copy(proxy)
    assert again == proxy
    assert again.add(1).get(timeout=WAIT) == 1
    assert repr(again).startswith("<LoopProxy for Adder")


def test_a_typed_proxy_calls_as_it_is_typed(proxy):
    typed: AdderProxy = proxy
    assert typed.add(2).get(timeout=WAIT) == 2
    assert typed.later(5).get(timeout=WAIT) == 5
    assert typed.total.get(timeout=WAIT) == 2


def test_a_dead_actor_gets_no_proxy(proxy):
    ref = proxy.actor_ref
    ref.stop(timeout=WAIT)
    with pytest.raises(pykka.ActorDeadError):
        LoopProxy(actor_ref=ref)
    with pytest.raises(pykka.ActorDeadError):
        proxy.add(1).get(timeout=WAIT)
