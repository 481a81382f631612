"""The connection of a brand's user: an agent or a bot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ums_actors._version import __version__
from ums_actors.arguments import identifier
from ums_actors.auth.csds import BRAND_SOCKET_SERVICES, DEFAULT_CSDS_HOST
from ums_actors.connection.brand_access import BrandAccess
from ums_actors.connection.setup import Setup
from ums_actors.errors import LocalProtocolError
from ums_actors.protocol import brand
from ums_actors.protocol.paths import brand_socket_path

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable, Mapping

    from ums_actors.auth.credentials import Credentials
    from ums_actors.auth.source import TokenSource
    from ums_actors.options import Options
    from ums_actors.outbox import Outbox
    from ums_actors.runtime import LoopFuture
    from ums_actors.runtime.steps import Steps
    from ums_actors.secret import Secret
    from ums_actors.transport.proxy import Proxy

__all__ = ["BrandWebsocketConnection"]


class BrandWebsocketConnection(BrandAccess):
    """A supervised connection of one agent or bot.

    Args:
        account_id: the brand's account.
        auth: credentials, or any :class:`~ums_actors.auth.source.TokenSource`.
        csds: host of the domain service; ``http://127.0.0.1:PORT`` for a local
            server without TLS.
        domains: service → host, for those that are not to be looked up.
        options: see :class:`~ums_actors.options.Options`.
        ca_file: a file of CA certificates to trust instead of the system's.
        extra_ca_file: a file of CA certificates to trust as well.
        ssl_context: a TLS context of your own, taken as it is, such as
            :func:`~ums_actors.system_trust` gives.
        proxy: an HTTP proxy for this connection's websocket and HTTP calls; see
            :class:`~ums_actors.Proxy`.
        outbox: keeps what :meth:`publish` and its siblings are given; one for each
            connection.
        subscribe: who hears from the first event on: tuples of a target and classes of
            events, as for :meth:`subscribe`.
        memory: what :meth:`save_conversations` gave an earlier process of the same
            user; see there.
        create_default_subscription: subscribe to conversations on each line.
        default_subscription_query: to which; open ones if not given.
        poll_shift_status: ask for the working hours of skills from the first line on,
            about every minute (``Options.shift_poll_interval``); one poll for all
            connections of an account in the runtime.
        app_id: your application's name, for the service's statistics.
        app_version: its version.

    One connection a user: a second login of the same user kills the first one's
    token.
    """

    def __init__(
        self,
        account_id: str,
        *,
        auth: Credentials | TokenSource,
        csds: str = DEFAULT_CSDS_HOST,
        domains: Mapping[str, str] | None = None,
        options: Options | None = None,
        ca_file: str | None = None,
        extra_ca_file: str | None = None,
        ssl_context: ssl.SSLContext | None = None,
        proxy: Proxy | None = None,
        outbox: Outbox | None = None,
        subscribe: Iterable[tuple[Any, ...]] = (),
        memory: bytes | str | Mapping[str, Any] | None = None,
        create_default_subscription: bool = True,
        default_subscription_query: Any = None,
        poll_shift_status: bool = False,
        app_id: str = "unknown",
        app_version: str = "unknown",
    ) -> None:
        setup = Setup(
            account_id,
            csds=csds,
            domains=domains,
            options=options,
            ca_file=ca_file,
            extra_ca_file=extra_ca_file,
            ssl_context=ssl_context,
            proxy=proxy,
            outbox=outbox,
            subscribe=subscribe,
            memory=memory,
        )
        self._app = (
            identifier("app_id", app_id),
            identifier("app_version", app_version),
        )
        query = default_subscription_query
        brand.subscribe_conversations(query)  # a bad query fails here
        super().__init__(
            setup,
            auth,
            (lambda: self._query_call(query)) if create_default_subscription else None,
            poll_shift_status=poll_shift_status,
        )

    def _get_websocket_url(self) -> LoopFuture[Secret]:
        """Look up the host, and put the token into the path."""
        login = self._kernel.login
        if login is None:
            raise LocalProtocolError("the address needs a token: _init_token first")
        app_id, app_version = self._app
        path = brand_socket_path(
            self._setup.account_id,
            login.token.reveal(),
            integration_version=__version__,
            app_id=app_id,
            app_version=app_version,
        )
        return self._address(BRAND_SOCKET_SERVICES, path)

    def _restore(self) -> Steps[None]:
        yield from self._restore_subscriptions()
        yield from self._restore_agent_state()
        yield from super()._restore()
