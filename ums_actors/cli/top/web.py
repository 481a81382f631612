"""The same view in a browser of this machine, for whoever knows the address.

Loopback is open to all users of a machine, and to every page that a browser shows: the
socket's own protection ends here. So there is a key in the address that is printed; it
becomes a cookie, without which nothing is served. Names other than this host's (DNS
rebinding) and pages of other origins are refused as well.
"""

from __future__ import annotations

import asyncio
import hmac
import html
import logging
import secrets
import shlex
import signal
import socket
import sys
from typing import TYPE_CHECKING, Final

from aiohttp import web
from textual_serve.server import Server

import ums_actors.cli.main as program
from ums_actors.cli.top.window import running_view
from ums_actors.errors import StatusError

if TYPE_CHECKING:
    from aiohttp.typedefs import Handler

__all__ = ["WebTop", "serve"]

HOST: Final = "127.0.0.1"
SESSIONS: Final = 4
"""Browser windows at a time: each is a process."""
_LONGEST_KEY: Final = 100
_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "font-src 'self'; img-src 'self' data:; connect-src 'self' ws://{host}; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_PAGE: Final = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>ums-actors top</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/static/css/xterm.css">
<style>
@font-face {{
  font-family: "Roboto Mono";
  src: url("/static/fonts/RobotoMono-VariableFont_wght.ttf");
}}
body {{ background: #121212; margin: 0; }}
.closed-dialog {{ display: none; }}
body.-closed .closed-dialog {{
  display: block; position: absolute; z-index: 10; padding: 2em;
  color: white; font-family: monospace;
}}
</style>
<script src="/static/js/textual.js"></script>
</head>
<body>
<div class="closed-dialog">The view has ended. <a href="/">Begin again</a></div>
<div id="terminal" class="textual-terminal"
  data-session-websocket-url="{websocket}" data-font-size="14"></div>
</body>
</html>
"""


class WebTop(Server):
    """Serves the view to browsers that have the key.

    Args:
        command: the shell command of the view.
        port: on loopback.
    """

    def __init__(self, command: str, port: int) -> None:
        super().__init__(  # pyright: ignore[reportUnknownMemberType]
            command, host=HOST, port=port, title="ums-actors top"
        )
        self.key: str = secrets.token_urlsafe(24)
        self._hosts = {f"{HOST}:{port}", f"localhost:{port}"}
        self._cookie = f"ums_actors_top_{port}"  # cookies know nothing of ports
        self._windows: set[web.WebSocketResponse] = set()

    @property
    def address(self) -> str:
        """What to open in a browser; nobody else is to know it."""
        return f"{self.public_url}/?key={self.key}"

    async def make(self) -> web.Application:
        """Give the application."""
        made = await self._make_app()

        @web.middleware
        async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
            return await self._guarded(request, handler)

        made.middlewares.append(guard)
        return made

    async def on_startup(self, app: web.Application) -> None:
        """Print nothing: the address is told by who has bound the port."""

    async def handle_index(self, request: web.Request) -> web.Response:
        """Give the page, which loads nothing from elsewhere."""
        websocket = html.escape(f"ws://{request.host}/ws")
        return web.Response(
            text=_PAGE.format(websocket=websocket), content_type="text/html"
        )

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """Run the view for a browser window, unless there are too many."""
        if len(self._windows) >= SESSIONS:
            raise web.HTTPServiceUnavailable(
                text=f"{SESSIONS} windows are open: close one of them"
            )
        window = web.WebSocketResponse(heartbeat=15)
        self._windows.add(window)
        try:
            await window.prepare(request)
            async with running_view(self.command, window, request.query) as view:
                await self._process_messages(window, view)
        finally:
            self._windows.discard(window)
        return window

    async def on_shutdown(self, app: web.Application) -> None:
        """Let all windows end, and with them their processes."""
        del app
        await asyncio.gather(*(window.close() for window in [*self._windows]))

    async def _guarded(
        self, request: web.Request, handler: Handler
    ) -> web.StreamResponse:
        """Let through who has the key; it comes in the first address only."""
        self._check_origin(request)
        if "key" in request.query and request.path == "/":
            return self._let_in(request.query["key"])
        if not self._knows(request.cookies.get(self._cookie, "")):
            raise _refusal()
        answer = await handler(request)
        if not answer.prepared:
            answer.headers.update(_HEADERS)
            policy = _POLICY.format(host=request.host)
            answer.headers["Content-Security-Policy"] = policy
        return answer

    def _check_origin(self, request: web.Request) -> None:
        """Refuse other names of this host, and pages of other hosts."""
        origin = request.headers.get("Origin")
        named = request.host in self._hosts
        if not named or (origin is not None and origin != f"http://{request.host}"):
            raise web.HTTPForbidden(text="this is for pages of its own only")
        if request.path == "/ws" and origin is None:
            raise web.HTTPForbidden(text="this is for browsers, which name an origin")

    def _knows(self, key: str) -> bool:
        given = key[:_LONGEST_KEY].encode()
        return hmac.compare_digest(given, self.key.encode())

    def _let_in(self, key: str) -> web.StreamResponse:
        """Take the key out of the address, where a history would keep it."""
        if not self._knows(key):
            raise _refusal()
        answer = web.Response(status=303, headers={"Location": "/", **_HEADERS})
        answer.set_cookie(
            self._cookie, self.key, httponly=True, samesite="Strict", path="/"
        )
        return answer


def _refusal() -> web.HTTPForbidden:
    return web.HTTPForbidden(text="open the address that ums-actors top --web printed")


def serve(given: str | None, port: int) -> int:
    """Serve until Ctrl-C or SIGTERM, which is how it ends; give the exit code.

    Raises:
        StatusError: the port cannot be had.
    """
    try:
        listener = socket.create_server((HOST, port))
    except OSError as error:
        raise StatusError(
            f"port {port} of {HOST} cannot be had: {error.strerror}; choose another "
            "--port, or 0"
        ) from None
    words = [sys.executable, "-m", program.__name__, "top", "--served"]
    if given is not None:
        words += ["--socket", given]
    view = WebTop(f"exec {shlex.join(words)}", listener.getsockname()[1])
    logging.getLogger("textual-serve").addHandler(logging.NullHandler())
    try:
        asyncio.run(_serve(view, listener))
    finally:
        listener.close()
    return 0


async def _serve(view: WebTop, listener: socket.socket) -> None:
    runner = web.AppRunner(await view.make(), access_log=None, shutdown_timeout=10.0)
    await runner.setup()
    try:
        await web.SockSite(runner, listener).start()
        sys.stdout.write(f"{view.address}\n")
        sys.stdout.flush()
        ended = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, ended.set)
        await ended.wait()
    finally:
        await runner.cleanup()
