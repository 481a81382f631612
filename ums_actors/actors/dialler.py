"""The connector of real networks: the transport behind the port."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from ums_actors.errors import ConnectError
from ums_actors.http.tls import TlsSource, client_context
from ums_actors.transport.attempt import Attempt
from ums_actors.transport.frame import mask_pool
from ums_actors.transport.nonblocking import Websocket
from ums_actors.transport.opener import open_websocket
from ums_actors.transport.target import Target

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator, Mapping

    from ums_actors.core.laps import Laps
    from ums_actors.options import Options
    from ums_actors.runtime import Loop
    from ums_actors.secret import Secret
    from ums_actors.transport.proxy import Proxy

__all__ = ["NetworkConnector"]


class _Dialling:
    """One attempt over the network."""

    __slots__ = (
        "_attempt",
        "_connector",
        "_headers",
        "_lock",
        "_target",
        "_timeout",
        "_websocket",
        "steps",
    )

    def __init__(
        self,
        connector: NetworkConnector,
        target: Target,
        timeout: float,
        headers: Mapping[str, Secret],
        permit: Callable[[], bool] | None,
    ) -> None:
        self._connector = connector
        self._target = target
        self._timeout = timeout
        self._headers = headers
        self._attempt = Attempt(permit)
        self._lock = threading.Lock()
        self._websocket: Websocket | None = None
        self.steps: Laps = ()

    def run(self) -> Websocket:
        """Resolve, connect, encrypt, upgrade."""
        try:
            return self._run()
        finally:
            self.steps = self._attempt.steps(time.monotonic())

    def _run(self) -> Websocket:
        connector = self._connector
        opened = open_websocket(
            self._target,
            timeout=self._timeout,
            headers=self._headers,
            ssl_context=connector.context_of(self._target),
            proxy=connector.proxy_of(self._target),
            attempt=self._attempt,
        )
        options = connector.options
        websocket = Websocket(
            opened,
            max_frame_size=options.max_frame_size,
            max_message_size=options.max_message_size,
            write_limit=options.write_buffer_limit,
            masks=connector.masks,
        )
        with self._lock:
            if not self._attempt.aborted:
                self._websocket = websocket
                return websocket
        websocket.shutdown()
        raise ConnectError(
            "the attempt was given up as it came through", step="upgrade"
        )

    def abort(self) -> None:
        """Shut what it waits for, or what has come of it.

        Whoever gave up may do so just when the websocket is on its way to nobody.
        """
        with self._lock:
            self._attempt.abort()
            websocket = self._websocket
        if websocket is not None:
            websocket.shutdown()


_POOLS: WeakKeyDictionary[Loop, Iterator[int]] = WeakKeyDictionary()
_POOLS_LOCK = threading.Lock()


def _masks_of(loop: Loop) -> Iterator[int]:
    """Give the masks that all websockets of a loop share: a pool is a kilobyte."""
    with _POOLS_LOCK:
        pool = _POOLS.get(loop)
        if pool is None:
            pool = _POOLS[loop] = mask_pool()
        return pool


class NetworkConnector:
    """Dials with one connection's TLS and proxy settings.

    Args:
        options: of the connection.
        tls: gives the TLS context.
        proxy: gives the proxy of a target.
        loop: whose thread will send; None: the websocket may be any thread's.
    """

    __slots__ = ("_proxy", "_tls", "masks", "options")

    def __init__(
        self,
        options: Options,
        *,
        tls: TlsSource = client_context,
        proxy: Callable[[Target], Proxy | None] | None = None,
        loop: Loop | None = None,
    ) -> None:
        self.options: Options = options
        self.masks: Iterator[int] | None = None if loop is None else _masks_of(loop)
        self._proxy = proxy
        self._tls = tls

    def context_of(self, target: Target) -> ssl.SSLContext | None:
        """Give the TLS context for a target that is spoken to over TLS; worker thread.

        Not asked for before: reading certificates takes long.
        """
        return self._tls() if target.secure else None

    def proxy_of(self, target: Target) -> Proxy | None:
        """Give the proxy through which a target is dialled, if any; worker thread."""
        return None if self._proxy is None else self._proxy(target)

    def dial(
        self,
        url: Secret,
        timeout: float,
        headers: Mapping[str, Secret],
        permit: Callable[[], bool] | None = None,
    ) -> _Dialling:
        """Prepare one attempt; a bad header makes its ``run`` fail.

        Raises:
            LocalProtocolError: the URL breaks a rule.
        """
        target = Target(url, allow_plain=self.options.allow_plain)
        return _Dialling(self, target, timeout, headers, permit)

    def close(self) -> None:
        """Hold nothing."""
