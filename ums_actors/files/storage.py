"""The service that keeps files: bytes are put there and got from there."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from ums_actors.errors import FileError, LoginError
from ums_actors.files.kinds import media_type_of
from ums_actors.http.client import Payload

if TYPE_CHECKING:
    from ums_actors.auth.csds import Csds
    from ums_actors.files.parcel import Parcel
    from ums_actors.http.client import Answer, Http
    from ums_actors.protocol.files import FileUrl

__all__ = ["SERVICE", "Storage"]

SERVICE: Final = "swift"
"""Its name at CSDS. UMS.md 3.12 and 4.1 are not sure of it: ``domains={"swift": …}``
of a connection names another host."""
_ENOUGH: Final = 64 << 10
"""Bytes of the answer to an upload that are read; it has none."""


class Storage:
    """Puts and gets files at signed addresses; blocking, for workers.

    What an address is signed with is all that lets one in: no token goes there.
    """

    __slots__ = ("_csds", "_http")

    def __init__(self, csds: Csds, http: Http) -> None:
        self._csds = csds
        self._http = http

    def put(self, where: FileUrl, parcel: Parcel, timeout: float) -> None:
        """Put a file; ``timeout`` is seconds for all of it.

        Raises:
            FileError: it is not there now; its text holds nothing of the address.
        """
        payload = Payload(parcel.data, media_type_of(parcel.kind))
        self._call("PUT", where, timeout, limit=_ENOUGH, payload=payload)

    def get(self, where: FileUrl, timeout: float, limit: int) -> bytes:
        """Get a file of ``limit`` bytes at most.

        Raises:
            FileError: it is not there, or is too large.
        """
        return self._call("GET", where, timeout, limit=limit).body

    def _call(
        self,
        method: str,
        where: FileUrl,
        timeout: float,
        *,
        limit: int,
        payload: Payload | None = None,
    ) -> Answer:
        step = "download" if payload is None else "upload"
        deadline = self._http.deadline(timeout)
        try:
            origin = self._csds.find(SERVICE, deadline)
        except LoginError as error:
            text = f"the host of the file service is not to be had: {error}"
            raise FileError(text, step="csds", status=error.status) from None
        answer = self._http.call(
            method,
            origin,
            where.target.reveal(),
            step=step,
            deadline=deadline,
            body=payload,
            body_limit=limit,
            error=FileError,
        )
        if answer.status // 100 == 2:  # noqa: PLR2004
            return answer
        raise FileError(
            f"the file service refused the {step} with HTTP status {answer.status}"
            f"{_HINTS.get(answer.status, '')}",
            step=step,
            status=answer.status,
        )


_HINTS: Final[dict[int, str]] = {
    HTTPStatus.UNAUTHORIZED: ": its address was good for a minute, and is over",
    HTTPStatus.NOT_FOUND: ": there is no such file (any more)",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: ": it is too large for it",
}
