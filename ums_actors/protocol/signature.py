"""Who sent a webhook: the signature beside its body.

As the service's documentation has it (Connector API, webhooks, protocol and security),
the header ``x-liveperson-signature`` is ``sha1=``, or for some accounts ``sha256=``,
and the HMAC of the payload with the secret of the installed app, in base64, or in
hexadecimal where that was configured.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any, Final

from ums_actors.arguments import shown
from ums_actors.errors import LocalProtocolError, RemoteProtocolError
from ums_actors.secret import Secret, reveal

__all__ = ["SIGNATURE_HEADER", "verify_webhook"]

SIGNATURE_HEADER: Final = "x-liveperson-signature"
_ALGORITHMS: Final = {"sha1": hashlib.sha1, "sha256": hashlib.sha256}


def verify_webhook(
    body: bytes | bytearray | str, signature: str | None, secret: Secret | str
) -> None:
    """Make sure that a webhook was sent by one who knows the app's secret.

    Any thread; it takes as long whether the signature fits or not.

    Args:
        body: as it came, not decoded and encoded again: that need not give the same.
        signature: the header ``x-liveperson-signature``; None if there is none.
        secret: of the installed app (its ``client_secret``); shown nowhere.

    Raises:
        RemoteProtocolError: it is not signed, or not so: do not take it.
        LocalProtocolError: an argument is of no use.
    """
    data, key, told = _data(body), _key(secret), _header(signature)
    algorithm, equals, given = told.partition("=")
    if not equals:
        raise RemoteProtocolError(
            f"the webhook is not signed: its {SIGNATURE_HEADER} must be sha1=… or "
            "sha256=…"
        )
    digest = _ALGORITHMS.get(algorithm.lower())
    if digest is None:
        raise RemoteProtocolError(
            f"the webhook's {SIGNATURE_HEADER} is of kind {shown(algorithm, 20)}: "
            "known are sha1 and sha256"
        )
    expected = hmac.new(key, data, digest).digest()
    digits = given.encode(errors="replace")
    fits = hmac.compare_digest(base64.b64encode(expected), digits)
    fits |= hmac.compare_digest(expected.hex().encode(), digits.lower())
    if not fits:
        raise RemoteProtocolError(
            f"the webhook's {SIGNATURE_HEADER} does not fit: somebody else sent it, or "
            "the secret is another app's, or the body is not as it came"
        )


def _data(body: Any) -> bytes:
    if isinstance(body, (bytes, bytearray)):
        return bytes(body)
    if isinstance(body, str):
        return body.encode(errors="replace")
    raise LocalProtocolError(
        f"body={shown(body)} must be the bytes or the text of a webhook as it came"
    )


def _header(signature: Any) -> str:
    if signature is None or isinstance(signature, str):
        return (signature or "").strip()
    raise LocalProtocolError(
        f"signature must be the text of the header {SIGNATURE_HEADER}, or None if "
        f"there is none, not {type(signature).__name__}: decode bytes from latin-1"
    )


def _key(secret: Any) -> bytes:
    key = reveal(secret)
    if not isinstance(key, str) or not key:
        raise LocalProtocolError(
            "secret must be a non-empty Secret, or str: the secret of the installed app"
        )
    return key.encode(errors="replace")
