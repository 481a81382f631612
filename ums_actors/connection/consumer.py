"""The connection of a consumer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from ums_actors._version import __version__
from ums_actors.actors import following
from ums_actors.actors.messages import CatchUp
from ums_actors.arguments import identifier, shown
from ums_actors.auth.consumer import CONSUMER_SOCKET_SERVICE, ConsumerTokenSource
from ums_actors.auth.csds import DEFAULT_CSDS_HOST
from ums_actors.auth.source import TokenSource
from ums_actors.connection.access import Access
from ums_actors.connection.model import Model
from ums_actors.connection.setup import Setup
from ums_actors.core.course import State
from ums_actors.errors import LocalProtocolError
from ums_actors.protocol import brand, consumer
from ums_actors.protocol.paths import consumer_socket_path
from ums_actors.protocol.properties import ClientProperties
from ums_actors.protocol.records import read_conversation_id
from ums_actors.secret import Secret

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable, Mapping

    from ums_actors.auth.csds import Csds
    from ums_actors.auth.identities import Identity
    from ums_actors.auth.session import Session
    from ums_actors.connection.publishing import Sought
    from ums_actors.http.client import Http
    from ums_actors.options import Options
    from ums_actors.outbox import Outbox
    from ums_actors.protocol.requests import Request
    from ums_actors.runtime import LoopFuture
    from ums_actors.runtime.steps import Steps
    from ums_actors.transport.proxy import Proxy

__all__ = ["ConsumerWebsocketConnection"]

_HANDSHAKES = ("header", "init")
_UNKNOWN = "unknown"


class ConsumerWebsocketConnection(Access, Model):
    """A supervised connection of one consumer.

    Args:
        account_id: the brand's account.
        auth: who the consumer is: ``Anonymous``, ``AuthenticatedConsumer``,
            ``ReadyJwt``, or any :class:`~ums_actors.auth.source.TokenSource` whose
            sessions hold the JWT as ``token`` and the consumer's id as ``user_id``.
        handshake: ``header`` sends token and properties with the upgrade request,
            ``init`` in the first frame on the line (InitConnection), where something
            on the way does not let headers pass.
        client_properties: what is said of app and device on each line.
        csds: host of the domain service; ``http://127.0.0.1:PORT`` for a local
            server without TLS.
        domains: service → host, for those that are not to be looked up.
        options: see :class:`~ums_actors.options.Options`.
        ca_file: a file of CA certificates to trust instead of the system's.
        extra_ca_file: a file of CA certificates to trust as well.
        ssl_context: a TLS context of your own, taken as it is, such as
            :func:`~ums_actors.system_trust` gives.
        proxy: an HTTP proxy for this connection's websocket and HTTP calls; see
            :class:`~ums_actors.transport.proxy.Proxy`.
        outbox: keeps what :meth:`publish` and its siblings are given; one for each
            connection.
        subscribe: who hears from the first event on: tuples of a target and classes of
            events, as for :meth:`subscribe`.
        memory: what :meth:`save_conversations` gave an earlier process of the same
            user; see there.
        create_default_subscription: subscribe to conversations on each line. Messages
            come of the conversations that a subscription shows, and of those that
            were created here.
        default_subscription_query: to which; open and closed ones if not given.
        app_id: your application's name, for the service's statistics; that of the
            client properties if not given.
        app_version: its version, likewise.
    """

    _follows: ClassVar[bool] = True

    def __init__(
        self,
        account_id: str,
        *,
        auth: Identity | TokenSource,
        handshake: Literal["header", "init"] = "header",
        client_properties: ClientProperties | None = None,
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
        app_id: str | None = None,
        app_version: str | None = None,
    ) -> None:
        if handshake not in _HANDSHAKES:
            raise LocalProtocolError(
                f"handshake={shown(handshake)} is not known: use 'header' or 'init'"
            )
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
        if client_properties is None:
            client_properties = ClientProperties()
        elif not isinstance(client_properties, ClientProperties):
            raise LocalProtocolError(
                "client_properties must be ClientProperties(…), not "
                f"{shown(client_properties)}"
            )
        properties = client_properties
        self._auth = auth
        self._introduces = handshake == "init"
        self._introduced = 0  # the line on which InitConnection was answered
        self._properties = properties
        self._app = (
            _named("app_id", app_id, properties.app_id),
            _named("app_version", app_version, properties.app_version),
        )
        default = brand.subscribe_conversations(_query(default_subscription_query))
        super().__init__(
            setup, (lambda: default) if create_default_subscription else None
        )

    def _wire_name(self, canonical: str) -> str:
        return consumer.short(canonical)

    # -- getting in

    def _token_source(self, csds: Csds, http: Http) -> TokenSource:
        auth = self._auth
        if isinstance(auth, TokenSource):
            return auth
        return ConsumerTokenSource(
            self._setup.account_id, auth, csds, http, clock=self._runtime.clock.now
        )

    def _identify(self, login: Session) -> str:
        return login.user_id

    def _login(self) -> Session:
        login = self._kernel.login
        if login is None:
            raise LocalProtocolError("a line needs a token: _init_token first")
        return login

    def _get_websocket_url(self) -> LoopFuture[Secret]:
        """Look up the host; there is no secret in the path."""
        app_id, app_version = self._app
        path = consumer_socket_path(
            self._setup.account_id,
            integration_version=__version__,
            app_id=app_id,
            app_version=app_version,
        )
        return self._address(CONSUMER_SOCKET_SERVICE, path)

    def _upgrade_headers(self) -> dict[str, Secret]:
        if self._introduces:
            return {}
        return {
            "Authorization": Secret(f"jwt {self._login().token.reveal()}"),
            "Client-Properties": Secret(self._properties.as_header()),
        }

    def _restore(self) -> Steps[None]:
        login = self._login()
        if self._introduces:
            yield from self._introduce(login)
        yield from self._restore_subscriptions()
        source = self._kernel.source
        if isinstance(source, ConsumerTokenSource):
            source.prove(login)

    def _introduce(self, login: Session) -> Steps[None]:
        """Send InitConnection, and nothing else before it is answered."""
        request = consumer.init_connection(login.token, self._properties)
        generation = self._kernel.session.generation
        yield self._submit(
            request.type, request.body, headers=request.headers, internal=True
        )
        self._introduced = generation

    def _line_serves(self) -> bool:
        session = self._kernel.session
        introduced = (
            not self._introduces
            or self._introduced == session.generation
            or session.state is State.READY
        )
        return introduced and super()._line_serves()

    def _look(self, sought: Sought) -> Steps[bool]:
        call = consumer.subscribe_messages(
            sought.conversation_id, sought.dialog_id, sought.base + 1
        )
        yield self._call(call, resend=True)
        # until they have come by themselves: that there are none is not told
        yield from self._until_seen(sought.mark, following.GRACE)
        return False

    # -- what consumers do

    def create_conversation(
        self,
        skill_id: str | None = None,
        context: Any = None,
        campaign_info: Any = None,
    ) -> LoopFuture[str]:
        """Open a conversation; done with its id, which is its main dialog's too.

        Its messages are heard from the first on.

        Args:
            skill_id: the skill that shall answer; the account's own choice if None.
            context: where the consumer is, as ``{"type": "SharkContext", …}``.
            campaign_info: ``{"campaign_id": …, "engagement_id": …}``.

        Raises (through the future):
            RemoteProtocolError: the service gave no id; ``body`` has what it said.
        """
        call = consumer.create_conversation(skill_id, context, campaign_info)
        return self._ask(replace(call, read=self._created))

    def _created(self, answer: Any) -> str:
        conversation_id = read_conversation_id(answer)
        # at once, before a notification behind the answer is taken for history
        self._kernel.streams.begin(conversation_id, conversation_id)
        self._kernel.refs["correlator"].tell(CatchUp())
        return conversation_id

    def create_conversation_subscription(
        self, query: Any = None, wait_for_ready: bool = False
    ) -> LoopFuture[str]:
        """Subscribe to conversations, on this line and all later ones.

        The messages of their open dialogs come then, too.

        Args:
            query: which; see ``ums_actors.protocol.subscription.conversation_query``.
                Open and closed ones if not given.
            wait_for_ready: be done only when the first snapshot has been applied.

        Returns:
            a future of the subscription id on the present line.
        """
        return super().create_conversation_subscription(_query(query), wait_for_ready)

    def update_conversation_subscription(
        self, subscription_id: str, query: Any
    ) -> LoopFuture[None]:
        """Put another query in the place of a subscription's, here and on later lines.

        Args:
            subscription_id: the first id of the subscription or its present one.
            query: as for :meth:`create_conversation_subscription`.

        Raises (through the future):
            RequestRejected: the service would not; the old query stays.
        """
        return super().update_conversation_subscription(subscription_id, _query(query))

    def _query_call(self, query: Any) -> Request[str]:
        return super()._query_call(_query(query))


def _named(name: str, given: str | None, otherwise: str | None) -> str:
    return otherwise or _UNKNOWN if given is None else identifier(name, given)


def _query(query: Any) -> Any:
    return consumer.DEFAULT_QUERY if query is None else query
