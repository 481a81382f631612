"""What both sides are started with, and the kernel that is made of it."""

from __future__ import annotations

import logging
import ssl
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypeGuard

from ums_actors.actors.courier import Courier
from ums_actors.actors.dialler import NetworkConnector
from ums_actors.actors.kernel import Kernel
from ums_actors.actors.loading import Prepared, check_owner, load_at_start, prepared
from ums_actors.actors.selection import selection
from ums_actors.actors.tenancy import permits_of
from ums_actors.actors.trouble import observed
from ums_actors.arguments import identifier, shown
from ums_actors.auth.csds import DEFAULT_CSDS_HOST, Csds
from ums_actors.errors import LocalProtocolError
from ums_actors.http.origin import parse_origin
from ums_actors.http.tls import OnceNeeded
from ums_actors.options import Options
from ums_actors.outbox import Outbox
from ums_actors.transport.proxy import Proxy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ums_actors.actors.carrier import Carrier
    from ums_actors.auth.session import Session
    from ums_actors.auth.source import TokenSource
    from ums_actors.connection.root import Root
    from ums_actors.files.storage import Storage
    from ums_actors.http.client import Http
    from ums_actors.http.tls import TlsSource
    from ums_actors.runtime import Runtime
    from ums_actors.runtime.commons import Commons
    from ums_actors.transport.proxy import Place

__all__ = ["Services", "Setup"]


_DEFAULT_OPTIONS = Options()
"""What all share who give none; it cannot be changed."""


class Services(NamedTuple):
    """What a connection calls beside its websocket; blocking, for workers."""

    csds: Csds
    http: Http
    storage: Storage
    courier: Courier | None
    commons: Commons

    def close(self) -> None:
        """End all calls; the domains serve others further; once, any thread."""
        self.http.close()
        self.commons.give_back(self.csds)


class Setup:
    """The arguments that every connection takes, checked.

    Raises:
        LocalProtocolError: an argument breaks a rule.
    """

    __slots__ = (
        "_ca_file",
        "_csds_host",
        "_domains",
        "_extra_ca_file",
        "_memory",
        "_outbox",
        "_proxy",
        "_ssl_context",
        "_subscribe",
        "account_id",
        "options",
    )

    def __init__(
        self,
        account_id: str,
        *,
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
    ) -> None:
        self.account_id: str = identifier("account_id", account_id)
        for name, value, kind in (
            ("csds", csds, str),
            ("domains", domains, Mapping),
            ("options", options, Options),
            ("ssl_context", ssl_context, ssl.SSLContext),
            ("proxy", proxy, Proxy),
            ("outbox", outbox, Outbox),
        ):
            if value is not None or name == "csds":
                _of_kind(name, value, kind)
        self.options: Options = _DEFAULT_OPTIONS if options is None else options
        self._csds_host = csds
        self._domains = _as_http(domains)
        self._ca_file = ca_file
        self._extra_ca_file = extra_ca_file
        self._ssl_context = ssl_context
        self._proxy = proxy
        self._outbox = outbox
        self._check_trust()
        self._memory: Prepared | None = None
        if memory is not None:
            self._memory = prepared(memory, self.options)
        self._subscribe = tuple([checked_listener(each) for each in subscribe])
        if outbox is not None:
            outbox.take()
        if proxy is None and self.options.proxy_from_environment:
            place = parse_origin(csds, allow_plain=self.options.allow_plain)
            self._proxy_of(place)  # a bad variable fails here

    def kernel(
        self,
        root: Root,
        source: Callable[[Csds, Http], TokenSource],
        identify: Callable[[Session], str],
        *,
        follows: bool = False,
        carrier: type[Carrier] | None = None,
    ) -> Kernel:
        """Make the kernel of a connection; in the thread that starts it.

        Args:
            root: the actor that begins to be.
            source: makes the source of tokens; the HTTP client is closed after it.
            identify: gives the user's id on the wire.
            follows: whether messages come only of dialogs that are subscribed to.
            carrier: plays the part of the socket, where there is none.
        """
        from ums_actors.files.storage import Storage  # noqa: PLC0415  (see _http)

        runtime, options = root._runtime, self.options
        earlier, self._memory = self._memory, None  # it may be large
        if earlier is not None:
            check_owner(earlier.kept, self.account_id, follows=follows)
        tls = self._tls_source(runtime)
        http = self._http(runtime, tls, permits_of(runtime.tenure))
        csds = self._shared_csds(runtime, tls)
        kernel = Kernel(
            account_id=self.account_id,
            options=options,
            runtime=runtime,
            loop=root._loop,
            root=root.actor_ref,
            source=source(csds, http),
            connector=runtime.connector
            or NetworkConnector(
                options, tls=tls, proxy=self._proxy_of, loop=root._loop
            ),
            identify=identify,
            follows=follows,
            carrier=carrier,
        )
        for target, kinds in self._subscribe:
            kernel.subscribers.add(target, kinds)
        if earlier is not None:
            load_at_start(kernel, earlier)
        courier = None
        if self._outbox is not None:
            courier = Courier(kernel, self._outbox)
        storage = Storage(csds, http)
        kernel.services = Services(csds, http, storage, courier, runtime.commons)
        kernel.departure.closers.append(kernel.services.close)
        if self._outbox is not None:
            kernel.departure.closers.append(self._outbox.close)
        self._warn(kernel)
        return kernel

    def _shared_csds(self, runtime: Runtime, tls: TlsSource) -> Csds:
        """Give the domains of the account, one for all who ask and trust alike.

        It has an HTTP client of its own, since it outlives the connection that was
        first. A thousand agents of an account ask once, not a thousand times.
        """
        options = self.options
        trust = (
            self._ca_file,
            self._extra_ca_file,
            self._ssl_context,
            options.verify_tls,
            id(self._proxy),  # it lives as long as what is made here
            options.proxy_from_environment,
        )
        caching = options.csds_cache, options.csds_stale, options.allow_plain
        key = self._csds_host, self.account_id, self._domains, caching, trust
        return runtime.commons.take(
            key,
            lambda: Csds(
                self._csds_host,
                self.account_id,
                self._http(runtime, tls),
                cache_seconds=options.csds_cache,
                overrides=dict(self._domains),
                stale_seconds=options.csds_stale,
                allow_plain=options.allow_plain,
                clock=runtime.clock.now,
            ),
        )

    def _http(
        self,
        runtime: Runtime,
        tls: TlsSource,
        permits: Callable[[], Callable[[], bool]] | None = None,
    ) -> Http:
        """Make an HTTP client; in the thread that starts a connection.

        It is imported here, not above: with urllib3 it would be a fifth of what
        importing the library takes.
        """
        from ums_actors.http.client import Http  # noqa: PLC0415

        return Http(
            tls=tls, proxy=self._proxy_of, clock=runtime.clock.now, permits=permits
        )

    def _check_trust(self) -> None:
        """Refuse settings of TLS that contradict each other."""
        files = self._ca_file is not None or self._extra_ca_file is not None
        if files and self._ssl_context is not None:
            raise LocalProtocolError(
                "give ssl_context, or ca_file and extra_ca_file, not both"
            )
        if not self.options.verify_tls and (files or self._ssl_context is not None):
            raise LocalProtocolError(
                "Options(verify_tls=False) believes every certificate: leave "
                "ssl_context, ca_file and extra_ca_file out, or verify"
            )

    def _tls_source(self, runtime: Runtime) -> TlsSource:
        """Give what makes the connection's one TLS context, once and when needed."""
        given = self._ssl_context
        if given is not None:
            return lambda: given
        verify = self.options.verify_tls
        source = OnceNeeded(runtime.tls, self._ca_file, self._extra_ca_file, verify)
        if self._ca_file is not None or self._extra_ca_file is not None:
            source()  # a file that cannot be read fails here
        return source

    def _warn(self, kernel: Kernel) -> None:
        """Say aloud what was switched off."""
        fields = {"account": self.account_id}
        if not self.options.verify_tls:
            observed(kernel, "connection.tls_not_verified", logging.WARNING, fields)
        if self.options.allow_plain:
            observed(kernel, "connection.plain_allowed", logging.WARNING, fields)

    def _proxy_of(self, place: Place) -> Proxy | None:
        """Give the proxy for a place; worker thread.

        Raises:
            LocalProtocolError: the environment names something else.
        """
        if self._proxy is not None or not self.options.proxy_from_environment:
            return self._proxy
        return Proxy.from_environment(place)


def checked_listener(listener: Any) -> tuple[Any, tuple[Any, ...]]:
    """Take apart ``(target, kind, …)``: who hears what from the first event on.

    Raises:
        LocalProtocolError: it is no such tuple, or a kind is no class of events.
    """
    if not _is_tuple(listener) or not listener:
        raise LocalProtocolError(
            f"subscribe has a {type(listener).__name__}: give tuples of a target and "
            "classes of events, such as (handler, MessageReceived)"
        )
    target, *kinds = listener
    selection(kinds)
    return target, tuple(kinds)


def _is_tuple(value: Any) -> TypeGuard[tuple[Any, ...]]:
    return isinstance(value, tuple)


def _of_kind(name: str, value: object, kind: type[Any]) -> None:
    if not isinstance(value, kind):
        raise LocalProtocolError(
            f"{name} must be a {kind.__name__}, not {shown(value)}"
        )


def _as_http(domains: Mapping[str, str] | None) -> tuple[tuple[str, str], ...]:
    """Let a host be given by a websocket scheme as well; by the services' names."""
    hosts = {
        identifier("a service of domains", service): _host(service, host)
        for service, host in (domains or {}).items()
    }
    return tuple(sorted(hosts.items()))


def _host(service: str, host: Any) -> str:
    where = identifier(f"domains[{service!r}]", host)
    return "http" + where[2:] if where.startswith(("ws://", "wss://")) else where
