r"""The account that an example works on: the service's own, or that of a local UMS.

The command line has the options ``--account``, ``--username``, ``--csds`` and ``--ca``;
what is not given comes from UMS_ACCOUNT, UMS_USERNAME, UMS_CSDS and UMS_CA. The
password comes from UMS_PASSWORD alone, so that no list of processes shows it.

``--emulator`` starts a local UMS in this process instead (extra ``emulator``). For one
that runs already, give the ``csds`` and ``ca`` of the line that it printed::

    ums-actors emulator --tls --ca-out ca.pem --user bot1:secret
    UMS_PASSWORD=secret python -m ums_actors.examples.greeting_bot \
        --account 12345678 --username bot1 --csds 127.0.0.1:PORT --ca ca.pem
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING, Any, NoReturn

import ums_actors as ums
from ums_actors.examples.visitors import Visitors

if TYPE_CHECKING:
    from collections.abc import Generator

    from ums_actors.emulator import EmulatorThread

__all__ = ["Account", "account_of", "options"]

_OPTIONS = {
    "account": "the account's number",
    "username": "the bot's login name",
    "csds": "domain service, if not the service's own; http:// only to loopback",
    "ca": "file of CA certificates to trust instead of the system's",
}


def options(description: str | None) -> argparse.ArgumentParser:
    """Give the options that all examples have; add those of your own."""
    parser = argparse.ArgumentParser(
        description=(description or "").partition("\n")[0],
        epilog="The password comes from UMS_PASSWORD, and each of the first four "
        "options from UMS_ACCOUNT … UMS_CA if it is not given.",
    )
    for name, text in _OPTIONS.items():
        default = os.environ.get(f"UMS_{name.upper()}")
        parser.add_argument(f"--{name}", default=default, help=text)
    parser.add_argument(
        "--emulator",
        action="store_true",
        help="start a local UMS, with visitors, and end after them",
    )
    parser.add_argument(
        "--conversations",
        type=int,
        metavar="N",
        help="end after so many; never if not given",
    )
    return parser


class Account:
    """Where to connect to, and as whom."""

    def __init__(
        self, arguments: argparse.Namespace, emulator: EmulatorThread | None
    ) -> None:
        self._arguments = arguments
        self._emulator = emulator
        self.visitors: Visitors = Visitors(emulator)

    @property
    def is_local(self) -> bool:
        """Whether it is that of a local UMS in this process."""
        return self._emulator is not None

    def address(self) -> dict[str, Any]:
        """Give the arguments of a connection that say where to."""
        arguments, emulator = self._arguments, self._emulator
        if emulator is not None:
            scheme = "" if emulator.tls else "http://"
            return {
                "account_id": emulator.account,
                "csds": scheme + emulator.csds,
                "ca_file": emulator.ca,
            }
        account_id = arguments.account or _missing("--account")
        found = {"account_id": account_id, "ca_file": arguments.ca or None}
        return found | ({"csds": arguments.csds} if arguments.csds else {})

    def credentials(self, username: str | None = None) -> tuple[str, str]:
        """Give login name and password of a bot.

        Args:
            username: of a bot of a local UMS; bot1 if not given.
        """
        if self.is_local:
            name = username or "bot1"
            return name, f"{name}-password"
        name = self._arguments.username or _missing("--username")
        return name, os.environ.get("UMS_PASSWORD") or _missing("UMS_PASSWORD")

    def login(self, username: str | None = None) -> dict[str, Any]:
        """Give all arguments of a bot's connection."""
        found = self.address()
        return found | {"auth": ums.PasswordLogin(*self.credentials(username))}

    def post_webhooks(self, url: str, secret: str | None) -> None:
        """Have a local UMS post what happens; for an account that is settled there."""
        if self._emulator is not None:
            self._emulator.add_webhook(url, secret=secret)

    def login_url(self) -> str:
        """Give the address of a local UMS's login."""
        if self._emulator is None:
            _missing("--gateway")
        scheme = "https" if self._emulator.tls else "http"
        path = f"api/account/{self._emulator.account}/login?v=1.3"
        return f"{scheme}://{self._emulator.csds}/{path}"


@contextlib.contextmanager
def account_of(
    arguments: argparse.Namespace, users: int = 1, **emulator: Any
) -> Generator[Account]:
    """Give the account to work on, for the length of a ``with`` block.

    Ctrl-C and SIGTERM end the block in good order; an error of the library ends the
    program with one line on standard error and exit code 1.

    Args:
        arguments: what :func:`options` has parsed.
        users: how many bots a local UMS has; they are called bot1, bot2 ….
        emulator: its other settings.
    """
    with contextlib.ExitStack() as stack:
        local = None
        if arguments.emulator:
            local = stack.enter_context(_local(users, emulator))
            arguments.conversations = arguments.conversations or 1
        stack.enter_context(_interruptible())
        account = Account(arguments, local)
        stack.callback(account.visitors.leave)
        try:
            yield account
            account.visitors.wait()
        except KeyboardInterrupt:
            pass  # that is how it ends
        except ums.UMSError as error:
            sys.exit(f"{type(error).__name__}: {error}")


def _local(users: int, settings: dict[str, Any]) -> EmulatorThread:
    try:
        from ums_actors.emulator import EmulatorThread  # noqa: PLC0415 (an extra)
    except ModuleNotFoundError as error:
        sys.exit(f"{error.name} is missing: run pip install 'ums_actors[emulator]'")
    return EmulatorThread(users=users, **settings)


@contextlib.contextmanager
def _interruptible() -> Generator[None]:
    """Let SIGTERM do what Ctrl-C does."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt


def _missing(what: str) -> NoReturn:
    sys.exit(f"{what} is missing: give it, or --emulator for a local UMS")
