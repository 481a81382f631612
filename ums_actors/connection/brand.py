"""The connection of a brand's user: an agent or a bot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ums_actors._version import __version__
from ums_actors.actors.dialler import NetworkConnector
from ums_actors.actors.kernel import Kernel, Subscription
from ums_actors.auth.brand import BrandTokenSource
from ums_actors.auth.csds import DEFAULT_CSDS_HOST, SOCKET_SERVICE, Csds
from ums_actors.auth.http import Http
from ums_actors.auth.source import TokenSource
from ums_actors.connection.conversations import BrandConversations
from ums_actors.errors import LocalProtocolError
from ums_actors.options import Options
from ums_actors.protocol import brand
from ums_actors.protocol.paths import brand_socket_path
from ums_actors.runtime.steps import Steps, run_steps
from ums_actors.secret import Secret

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping

    from ums_actors.auth.credentials import Credentials
    from ums_actors.runtime import LoopFuture
    from ums_actors.transport.proxy import Proxy

__all__ = ["BrandWebsocketConnection"]


class BrandWebsocketConnection(BrandConversations):
    """A supervised connection of one agent or bot.

    Args:
        account_id: the brand's account.
        auth: credentials, or any :class:`~ums_actors.auth.source.TokenSource`.
        csds: host of the domain service; ``http://127.0.0.1:PORT`` for a local
            server without TLS.
        domains: service → host, for those that are not to be looked up.
        options: see :class:`~ums_actors.options.Options`.
        ca_file: a file of CA certificates to trust instead of the system's.
        ssl_context: a TLS context of your own, taken as it is.
        proxy: an HTTP proxy for the websocket.
        create_default_subscription: subscribe to conversations on each line.
        default_subscription_query: to which; open ones if not given.
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
        ssl_context: ssl.SSLContext | None = None,
        proxy: Proxy | None = None,
        create_default_subscription: bool = True,
        default_subscription_query: Any = None,
        app_id: str = "unknown",
        app_version: str = "unknown",
    ) -> None:
        if not isinstance(account_id, str) or not account_id:
            raise LocalProtocolError(
                f"account_id={account_id!r} is no account: give its number as a str"
            )
        self._account_id = account_id
        self._auth = auth
        self._options = options or Options()
        self._csds_host = csds
        self._domains = domains
        self._tls = (ca_file, ssl_context)
        self._proxy = proxy
        self._default = create_default_subscription, default_subscription_query
        self._app = app_id, app_version
        if create_default_subscription:
            brand.subscribe_conversations(default_subscription_query)
        super().__init__()
        self._csds, self._http = self._kernel.domains

    def _make_kernel(self) -> Kernel:
        ca_file, ssl_context = self._tls
        options = self._options
        now = self._runtime.clock.now
        http = Http(ca_file=ca_file, ssl_context=ssl_context, clock=now)
        csds = Csds(
            self._csds_host,
            self._account_id,
            http,
            cache_seconds=options.csds_cache,
            overrides=_as_http(self._domains),
            clock=now,
        )
        auth = self._auth
        source: TokenSource = (
            auth
            if isinstance(auth, TokenSource)
            else BrandTokenSource(self._account_id, auth, csds, http)
        )
        runtime = self._runtime
        kernel = Kernel(
            account_id=self._account_id,
            options=options,
            runtime=runtime,
            loop=self._loop,
            root=self.actor_ref,
            source=source,
            connector=runtime.connector
            or NetworkConnector(
                options, ssl_context=ssl_context, ca_file=ca_file, proxy=self._proxy
            ),
        )
        kernel.domains = csds, http
        kernel.closers.append(http.close)
        wanted, query = self._default
        if wanted:
            kernel.subscriptions["default"] = Subscription("default", query)
        return kernel

    # -- hooks

    def _init_token(self) -> LoopFuture[Any]:
        """See to it that there is a token; the token actor logs in at most once."""
        return self._acquire_token()

    def _get_websocket_url(self) -> LoopFuture[Secret]:
        """Look up the host, on a worker, and put the token into the path."""
        login = self._kernel.login
        if login is None:
            raise LocalProtocolError("the address needs a token: _init_token first")
        app_id, app_version = self._app
        path = brand_socket_path(
            self._account_id,
            login.token.reveal(),
            integration_version=__version__,
            app_id=app_id,
            app_version=app_version,
        )
        timeout = self._options.login_timeout
        csds, deadline = self._csds, self._http.deadline(timeout)

        def address() -> Secret:
            return Secret(csds.find(SOCKET_SERVICE, deadline).websocket_url + path)

        return self._runtime.workers("auth").submit(
            self._loop, address, timeout=timeout
        )

    def _restore(self) -> Steps[None]:
        yield from self._restore_subscriptions()
        yield from self._restore_agent_state()

    def get_token(self) -> LoopFuture[str]:
        """Give a valid bearer token; waits for a login that is under way."""
        return run_steps(self._token_text())

    def _token_text(self) -> Steps[str]:
        login = yield self._acquire_token()
        return str(login.token.reveal())

    def set_agent_state(
        self, agent_state: str, agent_id: str | None = None
    ) -> LoopFuture[None]:
        """Set the availability: ONLINE, AWAY, BACK_SOON or OFFLINE.

        The own state is set again on each later line; ``agent_id`` (``account.user``)
        names somebody else's.
        """
        call = brand.set_agent_state(agent_id or self._own_id(), agent_state)
        kernel = self._kernel
        own = agent_id is None or agent_id == kernel.agent_id

        def remember(_: Any) -> None:
            if own:
                kernel.agent_state = agent_state

        return self._call_for(call, remember)


def _as_http(domains: Mapping[str, str] | None) -> dict[str, str]:
    """Let a host be given by a websocket scheme as well."""
    return {
        service: "http" + host[2:] if host.startswith(("ws://", "wss://")) else host
        for service, host in (domains or {}).items()
    }
