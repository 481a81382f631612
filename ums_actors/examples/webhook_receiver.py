"""Hear what webhooks bring: a small HTTP server before a connection without a line.

    python -m ums_actors.examples.webhook_receiver --emulator

The service posts to https alone, so let something that speaks TLS pass requests on to
this. The secret of the installed app comes from UMS_WEBHOOK_SECRET: without it nobody
knows who posts. A body is answered with 200 once it has been handed on; what is
answered with something else, or not within five seconds, the service posts again.
"""

from __future__ import annotations

import os
import queue
import secrets
import sys
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, cast

import pykka

import ums_actors as ums
from ums_actors.examples.account import account_of, options
from ums_actors.examples.staff import agent_on_duty

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any, TypeAlias

    Take: TypeAlias = Callable[[bytes, str | None], HTTPStatus]

__all__ = ["Endpoint", "Receiver", "main"]

MOST_BYTES = 1 << 20
"""Of a body. A message has 8,000 characters; much is left for what stands beside it."""
MOST_AT_A_TIME = 32
"""Requests; more are told to come again."""
PATIENCE = 4.0
"""Seconds that a request may take on each way; the service waits for five."""


class Endpoint(ThreadingHTTPServer):
    """Serves POST requests; each on a thread of its own, so many at a time.

    Args:
        port: of 127.0.0.1.
        take: is given body and signature, and gives the status of the answer.
    """

    daemon_threads = True

    def __init__(self, port: int, take: Take) -> None:
        super().__init__(("127.0.0.1", port), _Request)
        self.take: Take = take
        self.room: threading.BoundedSemaphore = threading.BoundedSemaphore(
            MOST_AT_A_TIME
        )

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}/"


class _Request(BaseHTTPRequestHandler):
    """One POST; what cannot be read in time is given up."""

    timeout = PATIENCE

    def do_POST(self) -> None:
        """Answer with no more than a status."""
        endpoint = cast("Endpoint", self.server)
        if endpoint.room.acquire(blocking=False):
            try:
                status = self._status(endpoint.take)
            finally:
                endpoint.room.release()
        else:
            status = HTTPStatus.SERVICE_UNAVAILABLE
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _status(self, take: Take) -> HTTPStatus:
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdecimal()):
            return HTTPStatus.LENGTH_REQUIRED
        if len(length) > len(str(MOST_BYTES)) or int(length) > MOST_BYTES:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            return HTTPStatus.BAD_REQUEST
        return take(body, self.headers.get("x-liveperson-signature"))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (its name)
        """Write no line for each request."""
        del format, args


class Receiver:
    """Hands on what is posted, and prints what comes of it.

    Args:
        account_id: the brand's account.
        secret: of the installed app; None takes what anybody posts.
    """

    def __init__(self, account_id: str, secret: ums.Secret | None) -> None:
        self._secret = secret
        self._events: queue.Queue[ums.Event] = queue.Queue(10_000)
        kinds = (ums.ConversationClosed, ums.MessageReceived, ums.MessagesMissed)
        self.ref: ums.LoopRef[ums.NullConnection] = ums.NullConnection.start(
            account_id, subscribe=[(self._events, *kinds)]
        )
        self._connection = ums.proxy_of(self.ref)

    def take(self, body: bytes, signature: str | None) -> HTTPStatus:
        """Hand on a webhook; any thread."""
        try:
            if self._secret is not None:
                ums.verify_webhook(body, signature, self._secret)
            taken = self._connection.process_webhooks_notification(body)
            taken.get(timeout=PATIENCE)
        except ums.RemoteProtocolError as error:
            print(f"refused: {error}", file=sys.stderr)
            return HTTPStatus.BAD_REQUEST
        except (ums.UMSError, pykka.Timeout, pykka.ActorDeadError):
            return HTTPStatus.SERVICE_UNAVAILABLE
        return HTTPStatus.OK

    def run(self, conversations: int | None) -> None:
        """Print, until so many conversations have been closed."""
        closed = 0
        while conversations is None or closed < conversations:
            match self._events.get():
                case ums.ConversationClosed(conversation=talk):
                    print(f"{talk.conversation_id} closed by {talk.close_reason}")
                    closed += 1
                case ums.MessageReceived(text=str()) as event:
                    print(f"{event.conversation_id} {event.role}: {event.text}")
                case ums.MessagesMissed() as event:
                    print(f"{event.conversation_id} {event.first} … {event.last} lost")
                case _:  # that somebody types, or has read something
                    pass


def main(argv: Sequence[str] | None = None) -> int:
    """Receive; gives the exit code."""
    parser = options(__doc__)
    parser.add_argument("--port", type=int, default=0, help="of 127.0.0.1; 0: any")
    arguments = parser.parse_args(argv)
    with account_of(arguments) as account, agent_on_duty(account, "bot1"):
        given = os.environ.get("UMS_WEBHOOK_SECRET")
        if account.is_local:
            given = secrets.token_hex()
        secret = ums.Secret(given) if given else None
        receiver = Receiver(account.address()["account_id"], secret)
        with Endpoint(arguments.port, receiver.take) as endpoint:
            serving = threading.Thread(target=endpoint.serve_forever, daemon=True)
            serving.start()
            try:
                print(f"listening on {endpoint.url}", flush=True)
                account.post_webhooks(endpoint.url, given)
                account.visitors.come("Hello?", "Is anybody listening?", "bye")
                receiver.run(arguments.conversations)
            finally:
                endpoint.shutdown()
                receiver.ref.stop(timeout=15)
    return 0


if __name__ == "__main__":
    sys.exit(main())
