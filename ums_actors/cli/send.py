"""``ums-actors send``: one request, and its answer."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click
import msgspec

import ums_actors as ums
from ums_actors.cli.listening.session import connected
from ums_actors.cli.settings.options import with_settings
from ums_actors.cli.text import visible
from ums_actors.protocol.requests import user_request

if TYPE_CHECKING:
    from ums_actors.cli.settings.settings import Settings

__all__ = ["command"]

_LARGEST_BODY = 1 << 20  # characters read from standard input


@click.command("send")
@with_settings
@click.argument("request_type", required=False)
@click.argument("body", required=False)
@click.option("--text", default=None, help="Say this, in place of a REQUEST_TYPE.")
@click.option("--conversation", default=None, metavar="ID", help="Where it is said.")
@click.option("--dialog", default=None, metavar="ID", help="If not its main dialog.")
@click.option(
    "--timeout",
    type=click.FloatRange(0, min_open=True),
    default=30.0,
    show_default=True,
    help="Seconds for the login and the answer, each.",
)
@click.option("--pretty", is_flag=True, help="The answer over several lines.")
def command(  # noqa: PLR0917  (one argument for each option)
    settings: Settings,
    request_type: str | None,
    body: str | None,
    text: str | None,
    conversation: str | None,
    dialog: str | None,
    timeout: float,
    pretty: bool,
) -> int:
    """Make one request and print the body of its answer as JSON.

    Of an answer that refuses it as well; the exit code is 1 then. REQUEST_TYPE is that
    of the wire (.GetClock, ms.PublishEvent), BODY is JSON; "-" reads it from standard
    input, and {} is the default. With --text and --conversation a message is said, and
    the number that it was given is printed.
    """
    request = _request(request_type, body, text, conversation)
    if dialog is not None and request is not None:
        raise click.UsageError("--dialog belongs to --text")
    with connected(settings, create_default_subscription=False) as connection:
        connection.open(fail_fast=True).get(timeout=timeout)
        if request is None:
            sent: Any = connection.send_text(str(conversation), str(text), dialog)
        else:
            sent = connection.send(request, timeout=timeout)
        try:
            _show(sent.get(timeout=timeout + 1.0), pretty=pretty)
        except ums.RequestRejected as refusal:
            _show(refusal.body, pretty=pretty)
            raise
    return 0


def _show(answer: Any, *, pretty: bool) -> None:
    written = msgspec.json.encode(answer).decode()
    if pretty:
        written = msgspec.json.format(written, indent=2)
    click.echo(visible(written, keep="\n"))


def _request(
    request_type: str | None,
    body: str | None,
    text: str | None,
    conversation: str | None,
) -> dict[str, Any] | None:
    """Give the request; None if a text is to be said.

    Raises:
        click.UsageError: it is neither, or both, or the body is no JSON.
    """
    if text is not None or conversation is not None:
        if text is None or conversation is None or request_type is not None:
            raise click.UsageError(
                "--text and --conversation go together, and without a REQUEST_TYPE"
            )
        return None
    if request_type is None:
        raise click.UsageError(
            "there is nothing to send: give a REQUEST_TYPE such as .GetClock, or "
            "--text and --conversation"
        )
    if body == "-":
        body = sys.stdin.read(_LARGEST_BODY)
    try:
        read: Any = msgspec.json.decode(body.encode() if body else b"{}")
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise click.UsageError(
            f'BODY is not JSON ({error}): write it as \'{{"name": "value"}}\''
        ) from None
    try:
        user_request({"type": request_type, "body": read})
    except ums.LocalProtocolError as error:
        raise click.UsageError(str(error)) from None
    return {"type": request_type, "body": read}
