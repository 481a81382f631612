"""SAML assertions: whom they let in, and that each does so once."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import uuid
from collections import OrderedDict
from typing import Final
from xml.sax.saxutils import escape, unescape

from ums_actors.emulator.choices import (
    ASSERTION_NAME,
    ASSERTION_SERVES_ONCE,
    KEPT_ASSERTIONS,
    MAX_ASSERTION_LENGTH,
)

__all__ = ["Served", "assertion_of", "subject_of"]

_NAME: Final = re.compile(rf"<(?:[\w.-]+:)?{ASSERTION_NAME}(?:\s[^>]*)?>([^<]+)</")
_QUOTES: Final = {"&quot;": '"', "&apos;": "'"}
_ASSERTION: Final = (
    '<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_{id}">'
    "<saml:Subject><saml:{tag}>{name}</saml:{tag}></saml:Subject></saml:Assertion>"
)


def subject_of(assertion: object) -> str | None:
    """Give the login name in an assertion in base64, line breaks or not; None if none.

    Nothing of it is checked but its form: the emulator knows no identity provider.
    """
    if not isinstance(assertion, str) or len(assertion) > MAX_ASSERTION_LENGTH:
        return None
    try:
        text = base64.b64decode("".join(assertion.split()), validate=True).decode()
    except (binascii.Error, ValueError):
        return None
    found = _NAME.search(text)
    return unescape(found[1].strip(), _QUOTES) or None if found else None


def assertion_of(name: str) -> str:
    """Make an assertion with which a user logs in here, once."""
    text = _ASSERTION.format(id=uuid.uuid4().hex, tag=ASSERTION_NAME, name=escape(name))
    return base64.b64encode(text.encode()).decode()


class Served:
    """The assertions that have let somebody in; the oldest are forgotten."""

    def __init__(self) -> None:
        self._known: OrderedDict[bytes, None] = OrderedDict()

    def takes(self, assertion: str) -> bool:
        """Say whether an assertion is good still, and let it be good no more."""
        digest = hashlib.sha256("".join(assertion.split()).encode()).digest()
        if ASSERTION_SERVES_ONCE and digest in self._known:
            return False
        self._known[digest] = None
        while len(self._known) > KEPT_ASSERTIONS:
            self._known.popitem(last=False)
        return True
