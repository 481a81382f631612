"""Files: where to put one, where to get one, and the key of a secure form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode

from msgspec import Struct

from ums_actors.arguments import identifier, whole
from ums_actors.errors import RemoteProtocolError
from ums_actors.protocol.lenient import read_record
from ums_actors.protocol.requests import Request
from ums_actors.secret import Secret

if TYPE_CHECKING:
    import msgspec

    from ums_actors.protocol.envelopes import Frame

__all__ = [
    "DOWNLOAD_TOKEN",
    "DOWNLOAD_URL",
    "MAX_KIND",
    "MAX_PATH",
    "UPLOAD_URL",
    "FileUrl",
    "download_token",
    "download_url",
    "grants_access",
    "read_download_token",
    "read_file_url",
    "upload_url",
]

UPLOAD_URL: Final = ".ams.ms.GenerateURLForUploadFile"
DOWNLOAD_URL: Final = ".ams.ms.GenerateURLForDownloadFile"
DOWNLOAD_TOKEN: Final = ".ams.ms.token.GenerateDownloadToken"  # noqa: S105 - a name
_OF_FORMS: Final = "ms.GenerateUploadToken"
_GRANTS: Final = frozenset(
    each.rpartition(".")[2]
    for each in (UPLOAD_URL, DOWNLOAD_URL, DOWNLOAD_TOKEN, _OF_FORMS)
)
"""Without their rooms, which a consumer's names lack or shorten."""
_SECURE_FORM: Final = "SecureForm"
MAX_KIND: Final = 64
"""Characters of the kind of a file."""
MAX_PATH: Final = 2_048
"""Characters of a path on the file service."""


def grants_access(request_type: str) -> bool:
    """Tell whether the answer to such a request lets whoever has it in."""
    return request_type.rpartition(".")[2] in _GRANTS


class FileUrl(Struct, frozen=True):
    """Where a file is put or got, for about a minute.

    Attributes:
        relative_path: its path on the file service, to be published in ``hosted/file``.
        target: the same with the signed query, for the request itself.
    """

    relative_path: str
    target: Secret


class _FileUrl(Struct, frozen=True, rename="camel"):
    relative_path: str = ""
    query_params: dict[str, str] = {}


class _Key(Struct, frozen=True, rename="camel"):
    read_otk: str = ""


class _DownloadToken(Struct, frozen=True):
    token: _Key = _Key()


def upload_url(file_size: int, file_type: str) -> Request[FileUrl]:
    """Ask where to put a file.

    Args:
        file_size: bytes.
        file_type: such as PNG.
    """
    size = whole("file_size", file_size, 1)
    kind = identifier("file_type", file_type, MAX_KIND).upper()
    return Request(UPLOAD_URL, {"fileSize": str(size), "fileType": kind}, read_file_url)


def download_url(relative_path: str) -> Request[FileUrl]:
    """Ask where to get a file, by the path that its message names."""
    path = identifier("relative_path", relative_path, MAX_PATH)
    return Request(DOWNLOAD_URL, {"relativePath": path}, read_file_url)


def download_token(
    dialog_id: str, submission_id: str, invitation_id: str
) -> Request[Secret]:
    """Ask for the key with which a submitted secure form can be read, once."""
    downloadable = {
        "type": _SECURE_FORM,
        "dialogId": identifier("dialog_id", dialog_id),
        "submissionId": identifier("submission_id", submission_id),
        "invitationId": identifier("invitation_id", invitation_id),
    }
    return Request(DOWNLOAD_TOKEN, {"downloadable": downloadable}, read_download_token)


def read_file_url(raw: msgspec.Raw | Frame) -> FileUrl:
    """Read the answer to the request for a file's place.

    Raises:
        RemoteProtocolError: it names none.
    """
    found = read_record(raw, _FileUrl)
    if not found.relative_path:
        raise RemoteProtocolError("the server's answer holds no relativePath")
    target = "/" + quote(found.relative_path.lstrip("/"))
    if found.query_params:
        target += "?" + urlencode(found.query_params)
    return FileUrl(found.relative_path, Secret(target))


def read_download_token(raw: msgspec.Raw | Frame) -> Secret:
    """Read the key of a secure form.

    Raises:
        RemoteProtocolError: there is none.
    """
    found: Any = read_record(raw, _DownloadToken).token.read_otk
    if not found:
        raise RemoteProtocolError("the server's answer holds no readOtk")
    return Secret(found)
