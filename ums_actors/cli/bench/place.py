"""The server that is asked: a local UMS of the bench's own, or one that runs here.

Nothing else is loaded, whatever is given: a bench is no visitor for somebody's account.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Final, NamedTuple

import click

import ums_actors as ums
from ums_actors.auth.csds import BRAND_SOCKET_SERVICES, LOGIN_SERVICE, Csds
from ums_actors.emulator import EmulatorProcess
from ums_actors.http.client import Http
from ums_actors.http.origin import is_loopback, parse_origin
from ums_actors.http.tls import client_context

if TYPE_CHECKING:
    from collections.abc import Generator

    from ums_actors.http.origin import Origin

__all__ = ["Place", "given", "own"]

_TIMEOUT: Final = 10.0
_SERVICES: Final = {"login": (LOGIN_SERVICE,), "websocket": BRAND_SOCKET_SERVICES}


class Place(NamedTuple):
    """Where connections lead.

    Attributes:
        csds: with its scheme.
        ca: path of the file of its authority; None if it needs none.
        pid: of the server's process, if it is ours.
    """

    csds: str
    account: str
    ca: str | None
    pid: int | None = None

    @property
    def tls(self) -> bool:
        """Whether it is spoken there."""
        return self.csds.startswith("https")


@contextlib.contextmanager
def own(users: int, *, tls: bool) -> Generator[Place]:
    """Run a local UMS in a process of its own."""
    with EmulatorProcess(users=users, tls=tls, log=False) as server:
        scheme = "https" if tls else "http"
        csds = f"{scheme}://{server.csds}"
        yield Place(csds, server.account, server.ca, server.pid)


def given(csds: str, account: str, ca: str | None) -> Place:
    """Take a UMS that runs on this machine, with all that it names.

    Raises:
        click.UsageError: it is not on this machine, or names a service that is not.
        UMSError: it does not answer.
    """
    try:
        origin = parse_origin(csds)
        _refuse_others(origin, "--csds")
        http = Http(tls=lambda: client_context(ca))
        found = Csds(csds, account, http)
        with contextlib.closing(http):
            for name, services in _SERVICES.items():
                service = found.find_first(services, http.deadline(_TIMEOUT))
                _refuse_others(service, f"the {name} that --csds names")
    except ums.LocalProtocolError as error:
        raise click.UsageError(str(error)) from None
    return Place(origin.http_url, account, ca)


def _refuse_others(origin: Origin, name: str) -> None:
    """See that a host is this machine.

    Raises:
        click.UsageError: it is not.
    """
    if not is_loopback(origin.host):
        raise click.UsageError(
            f"{name} is {origin.host}, and a bench loads this machine alone: run "
            "'ums-actors emulator --users N', give the address that it prints, or "
            "leave --csds out"
        )
