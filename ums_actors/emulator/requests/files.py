"""Requests about files: where to put one, where to get it, a key for a form."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, Final

from ums_actors.emulator.failures import Refused
from ums_actors.emulator.requests.messages import dialog_of
from ums_actors.emulator.requests.routes import Routes, body_of
from ums_actors.emulator.values import as_id, as_object
from ums_actors.emulator.wire.frames import Answer, Request

if TYPE_CHECKING:
    from ums_actors.emulator.sides.client import Client
    from ums_actors.emulator.world.world import World

__all__ = ["BOTH"]

MAX_DIGITS: Final = 18
_URL: Final = ".ams.ms.GenerateURL$Response"
_TOKEN: Final = ".ams.ms.token.DownloadToken$Response"  # noqa: S105 - a type
_UPLOAD_TOKEN: Final = ".ams.ms.token.UploadToken$Response"  # noqa: S105 - a type
_SECURE_FORM: Final = "SecureForm"


def _upload(world: World, _client: Client, request: Request) -> Answer:
    body = body_of(request)
    kind = str(body.get("fileType")).upper()
    path = world.files.announce(kind, _size(body))
    return Answer(world.files.signed("PUT", path), _URL)


def _size(body: dict[str, Any]) -> int:
    """Read the size, which comes as text from one client, as a number from another."""
    text = as_id(body.get("fileSize")) or ""
    if not (text.isascii() and text.isdigit()) or len(text) > MAX_DIGITS:
        raise Refused(400, "The fileSize is no number of bytes")
    if int(text) == 0:
        raise Refused(400, "The file is empty")
    return int(text)


def _download(world: World, _client: Client, request: Request) -> Answer:
    path = body_of(request).get("relativePath")
    if not isinstance(path, str) or not path.strip("/"):
        raise Refused(400, "The relativePath is missing")
    return Answer(world.files.signed("GET", path), _URL)


def _either(world: World, client: Client, request: Request) -> Answer:
    """Carry out the request of which those two are the forms, by what it names."""
    is_download = "relativePath" in body_of(request)
    return (_download if is_download else _upload)(world, client, request)


def _upload_token(world: World, _client: Client, request: Request) -> Answer:
    """Give the keys with which a form can be submitted, once.

    Body and answer are those of LivePerson's public clients.
    """
    body = body_of(request)
    form = as_object(body.get("uploadable", body))
    if form is None or form.get("type", _SECURE_FORM) != _SECURE_FORM:
        raise Refused(400, "The uploadable is no SecureForm")
    _require(form, "invitationId")
    dialog_of(world, form)
    keys = {name: secrets.token_hex(16) for name in ("writeOtk", "readOtk")}
    return Answer({"token": keys}, _UPLOAD_TOKEN)


def _require(form: dict[str, Any], *names: str) -> None:
    for name in names:
        if as_id(form.get(name)) is None:
            raise Refused(400, f"The SecureForm needs a {name}")


def _download_token(world: World, _client: Client, request: Request) -> Answer:
    form = as_object(body_of(request).get("downloadable"))
    if form is None or form.get("type") != _SECURE_FORM:
        raise Refused(400, "The downloadable is no SecureForm")
    _require(form, "submissionId", "invitationId")
    dialog_of(world, form)
    return Answer({"token": {"readOtk": secrets.token_hex(16)}}, _TOKEN)


BOTH: Final[Routes] = {
    ".ams.ms.GenerateURLForUploadFile": _upload,
    ".ams.ms.GenerateURLForDownloadFile": _download,
    ".ams.ms.BaseGenerateURL": _either,
    ".ams.ms.token.GenerateDownloadToken": _download_token,
    "ms.GenerateUploadToken": _upload_token,
}
