"""How a connection gets in: its token and the address of its websocket."""

from __future__ import annotations

import abc
from typing import TYPE_CHECKING, Any, ClassVar

from ums_actors.actors.subscription import Kind, Subscription
from ums_actors.connection.base import WebsocketConnection
from ums_actors.errors import LoginError
from ums_actors.runtime.steps import Steps, run_steps
from ums_actors.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.actors.carrier import Carrier
    from ums_actors.actors.kernel import Kernel
    from ums_actors.auth.csds import Csds
    from ums_actors.auth.session import Session
    from ums_actors.auth.source import TokenSource
    from ums_actors.connection.setup import Setup
    from ums_actors.http.client import Http
    from ums_actors.http.origin import Origin
    from ums_actors.protocol.requests import Call
    from ums_actors.runtime import LoopFuture

__all__ = ["Access"]


class Access(WebsocketConnection, abc.ABC):
    """A connection that is made by a :class:`Setup` and looks its hosts up.

    Args:
        setup: the arguments of both sides.
        default: gives the conversation subscription that is made on each line, if any.
    """

    _follows: ClassVar[bool] = False
    """Whether messages come only of dialogs that are subscribed to."""
    _carrier: ClassVar[type[Carrier] | None] = None
    """What plays the part of the socket, where there is none."""

    def __init__(self, setup: Setup, default: Callable[[], Call] | None) -> None:
        self._setup = setup
        self._default = default
        super().__init__()
        self._csds, self._http = self._kernel.services[:2]

    @abc.abstractmethod
    def _token_source(self, csds: Csds, http: Http) -> TokenSource:
        """Make the source of tokens; once."""

    @abc.abstractmethod
    def _identify(self, login: Session) -> str:
        """Give the user's id on the wire."""

    def _make_kernel(self) -> Kernel:
        kernel = self._setup.kernel(
            self,
            self._token_source,
            self._identify,
            follows=self._follows,
            carrier=self._carrier,
        )
        default = self._default
        if default is not None:
            kernel.subscriptions["default"] = Subscription(
                "default", Kind.CONVERSATIONS, default
            )
        return kernel

    def _init_token(self) -> LoopFuture[Any]:
        """See to it that there is a token; the token actor logs in at most once."""
        return self._acquire_token()

    def get_token(self) -> LoopFuture[str]:
        """Give a valid token; waits for a login that is under way."""
        return run_steps(self._token_text())

    def _token_text(self) -> Steps[str]:
        login = yield self._init_token()
        return str(login.token.reveal())

    def _address(self, service: str | tuple[str, ...], path: str) -> LoopFuture[Secret]:
        """Look up a service's host, on a worker, and give the websocket's address.

        Of several services the first is taken that the account has.
        """
        services = (service,) if isinstance(service, str) else service
        return run_steps(self._found(services, path))

    def _found(self, services: tuple[str, ...], path: str) -> Steps[Secret]:
        origin = yield from self._origin_of(services)
        return Secret(origin.websocket_url + path)

    def _origin_of(self, services: tuple[str, ...]) -> Steps[Origin]:
        """Look up, on a worker, where the first of these is that the account has."""
        timeout = self._setup.options.login_timeout
        csds, deadline = self._csds, self._http.deadline(timeout)
        try:
            origin: Origin = yield self._runtime.workers("auth").submit(
                self._loop, lambda: csds.find_first(services, deadline), timeout=timeout
            )
        except TimeoutError:
            raise LoginError(
                "the domain look-up did not end in time", step="csds"
            ) from None
        return origin
