"""The storage service: files are put here and fetched from here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aiohttp import web

from ums_actors.emulator import choices
from ums_actors.emulator.failures import Refused
from ums_actors.emulator.http.answers import failure
from ums_actors.emulator.world.files import CONTAINER

if TYPE_CHECKING:
    from ums_actors.emulator.service import Service

__all__ = ["Storage"]

_READ_SIZE: Final = 64 << 10


class Storage:
    """Handlers of uploads and downloads; the signature in the query lets one in."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def add_to(self, app: web.Application) -> None:
        """Add the addresses; there may be a second slash before the path."""
        for slashes in ("/", "//"):
            path = slashes + CONTAINER + "/{account}/{name}"
            app.router.add_put(path, self._put)
            app.router.add_get(path, self._get, allow_head=False)

    async def _put(self, request: web.Request) -> web.Response:
        if not self._may(request):
            return _unauthorised()
        data = await _body(request)
        if data is None:
            return failure(413, f"A file has at most {choices.MAX_FILE_BYTES:,} bytes")
        try:
            self._service.world.files.store(request.path, data)
        except Refused as refused:
            return failure(refused.code, refused.text)
        return web.Response(status=201)

    async def _get(self, request: web.Request) -> web.Response:
        if not self._may(request):
            return _unauthorised()
        try:
            file = self._service.world.files.load(request.path)
        except Refused as refused:
            return failure(refused.code, refused.text)
        return web.Response(body=file.data, content_type=file.media_type)

    def _may(self, request: web.Request) -> bool:
        query = request.query
        return self._service.world.files.may(
            request.method,
            request.path,
            query.get("temp_url_sig", ""),
            query.get("temp_url_expires", ""),
        )


def _unauthorised() -> web.Response:
    return failure(401, "The signature is wrong or has expired")


async def _body(request: web.Request) -> bytes | None:
    """Read the body; None as soon as it is too long."""
    if (request.content_length or 0) > choices.MAX_FILE_BYTES:
        return None
    data = bytearray()
    async for part in request.content.iter_chunked(_READ_SIZE):
        data += part
        if len(data) > choices.MAX_FILE_BYTES:
            return None
    return bytes(data)
