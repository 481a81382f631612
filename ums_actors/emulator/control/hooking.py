"""Webhooks that a script asks for."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import msgspec

from ums_actors.emulator.choices import (
    MAX_WEBHOOK_POSTS_AT_A_TIME,
    MAX_WEBHOOK_RETRIES,
    WEBHOOK_RETRIES,
)
from ums_actors.emulator.failures import EmulatorError
from ums_actors.emulator.sides.webhooks import EVENT_NAMES, FORMS, Webhook

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ums_actors.emulator.service import Service

__all__ = ["AskedWebhook", "Hooking"]

ALGORITHMS: Final = ("sha1", "sha256")


class AskedWebhook(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """What a script asks for; see :meth:`Hooking.add_webhook`."""

    url: str
    form: str = FORMS[0]
    secret: str | None = None
    algorithm: str = ALGORITHMS[0]
    events: list[str] | None = None
    retries: int = WEBHOOK_RETRIES
    parallel: int = 1


class Hooking:
    """Has what happens in the account posted to addresses of this machine."""

    _service: Service

    def add_webhook(
        self,
        url: str,
        *,
        form: str = FORMS[0],
        secret: str | None = None,
        algorithm: str = ALGORITHMS[0],
        events: Sequence[str] | None = None,
        retries: int = WEBHOOK_RETRIES,
        parallel: int = 1,
    ) -> list[dict[str, Any]]:
        """Post what happens from now on to an address; give all webhooks.

        Args:
            url: of http, on this machine; one that is there already is replaced.
            form: ``notification`` as documented, ``wrapped`` as lp-messaging-sdk takes
                it, or ``dotted`` as brand sockets hear it.
            secret: signs the bodies; None signs none.
            algorithm: ``sha1`` or ``sha256``, of that signature.
            events: which, by the names that the service has for them; None is all.
            retries: how often one that failed is posted again.
            parallel: how many are posted at a time; with one they come in order.
        """
        names = EVENT_NAMES if events is None else tuple(events)
        _among("form", [form], FORMS)
        _among("algorithm", [algorithm], ALGORITHMS)
        _among("events", names, EVENT_NAMES)
        _within("retries", retries, 0, MAX_WEBHOOK_RETRIES)
        _within("parallel", parallel, 1, MAX_WEBHOOK_POSTS_AT_A_TIME)
        hook = Webhook(
            url=_here(url),
            form=form,
            secret=secret or None,
            algorithm=algorithm,
            events=names,
            retries=retries,
            parallel=parallel,
        )
        self._service.postings.add(hook)
        return self.webhooks()

    def remove_webhook(self, url: str | None = None) -> list[dict[str, Any]]:
        """Post no more to an address, or to none; give what is left."""
        self._service.postings.remove(url)
        return self.webhooks()

    def webhooks(self) -> list[dict[str, Any]]:
        """Give all webhooks, with how many bodies were ``posted``, and more numbers."""
        return self._service.postings.as_list()


def _among(name: str, values: Sequence[str], known: Sequence[str]) -> None:
    for value in values:
        if value not in known:
            raise EmulatorError(
                f"{name} {str(value)[:60]!r} is not known; use {', '.join(known)}"
            )


def _within(name: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise EmulatorError(f"{name} {value} is out of range; give {least} to {most}")


def _here(url: str) -> str:
    """See to it that nothing is posted to another machine."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        is_here = host == "localhost" or ipaddress.ip_address(host).is_loopback
        is_good = is_here and parts.port is not None and parts.scheme == "http"
    except ValueError:
        is_good = False
    if not is_good:
        raise EmulatorError(
            f"{url[:80]!r} is no address of this machine; give http://127.0.0.1:PORT/…"
        )
    return url
