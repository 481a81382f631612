"""The fixture ``ums_connect``."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, Final

from ums_actors.connection import (
    BrandWebsocketConnection,
    ConsumerWebsocketConnection,
    proxy_of,
)
from ums_actors.pytest_plugin.login import ScriptedLogin
from ums_actors.runtime import Runtime
from ums_actors.testing.network import FakeNetwork
from ums_actors.testing.place import Place
from ums_actors.testing.server import ACCOUNT, USER

if TYPE_CHECKING:
    from ums_actors.connection import BrandConnectionProxy, ConsumerConnectionProxy
    from ums_actors.options import Options
    from ums_actors.pytest_plugin.service import ScriptedService
    from ums_actors.runtime.ports import Observer
    from ums_actors.testing.world import World

__all__ = ["UmsConnect"]

_NOWHERE: Final = "127.0.0.1:1"
"""In the place of services over HTTP: what asks them must not get out of the test."""
_LINES: Final = "ums.example"
_BRAND: Final = {"facadeMsg": _LINES, "asyncMessagingEnt": _NOWHERE}
_CONSUMER: Final = {"asyncMessagingEnt": _LINES}


class UmsConnect:
    """Makes connections to ``ums_server``, without a network.

    They are closed and stopped after the test, whether it did so or not.
    """

    def __init__(
        self, world: World, service: ScriptedService, observer: Observer
    ) -> None:
        self._world = world
        self._observer = observer
        self._service = service
        self._lines = itertools.count(1)
        self._ids = itertools.count(1)
        self._places = itertools.count(1)

    def __call__(
        self,
        user: str = USER,
        *,
        options: Options | None = None,
        open: bool = True,  # noqa: A002  (what it is called in the library)
        kind: type[BrandWebsocketConnection] = BrandWebsocketConnection,
        **more: Any,
    ) -> BrandConnectionProxy:
        """Give the proxy of a new connection of a brand's user.

        Args:
            user: its name; the requests say ``12345678.user``.
            options: all times in it are virtual.
            open: have it READY, and its conversations known; otherwise it is NEW.
            kind: a class of your own.
            more: as for :class:`~ums_actors.BrandWebsocketConnection`.

        Raises:
            LocalProtocolError: an argument breaks a rule.
            UMSError: it cannot be opened, as by ``ums_server.refuse_login()``.

        Example::

            connection = ums_connect(options=ums.Options(request_timeout=3))
        """
        given: dict[str, Any] = {**self.arguments(user), "options": options, **more}
        proxy = proxy_of(kind.start(**given))
        if open:
            proxy.open(wait_for_ready=True).get()
        return proxy

    def consumer(
        self,
        user: str = "consumer-1",
        *,
        options: Options | None = None,
        open: bool = True,  # noqa: A002  (what it is called in the library)
        kind: type[ConsumerWebsocketConnection] = ConsumerWebsocketConnection,
        **more: Any,
    ) -> ConsumerConnectionProxy:
        """Give the proxy of a new connection of a consumer; arguments as for a call.

        Args:
            user: the consumer's id.
            options: all times in it are virtual.
            open: have it READY, and its conversations known; otherwise it is NEW.
            kind: a class of your own.
            more: as for :class:`~ums_actors.ConsumerWebsocketConnection`.
        """
        given: dict[str, Any] = {
            **self.arguments(user, consumer=True),
            "options": options,
            **more,
        }
        proxy = proxy_of(kind.start(**given))
        if open:
            proxy.open(wait_for_ready=True).get()
        return proxy

    def arguments(self, user: str = USER, *, consumer: bool = False) -> dict[str, Any]:
        """Give what code that starts its own connection has to start it with.

        They are ``account_id``, ``auth``, ``csds``, ``domains`` and ``runtime``, for
        the ``start`` of both classes, ``ums.connect`` and ``ums.connect_consumer``.

        Example::

            bot = MyBot(ums.BrandWebsocketConnection.start(**ums_connect.arguments()))
        """
        world, service = self._world, self._service
        place = Place(user, is_brand=not consumer)
        place.user = user if consumer else f"{ACCOUNT}.{user}"
        number = next(self._places)
        network = FakeNetwork(
            world.agenda,
            world.poller,
            service,
            place,
            effort=world.effort,
            chance=world.chance(f"network {number}"),
            numbers=self._lines,
        )
        ids = self._ids
        runtime = Runtime(
            [world.loop],  # a list: no thread is started
            clock=world.clock,
            random=world.chance(f"tree {number}"),
            ids=lambda: f"{next(ids):08x}{0:024x}",
            workers=world.pools,
            observer=self._observer,
            connector=network,
        )
        return {
            "account_id": ACCOUNT,
            "auth": ScriptedLogin(service, place, user, world.effort),
            "csds": _NOWHERE,
            "domains": dict(_CONSUMER if consumer else _BRAND),
            "runtime": runtime,
        }
