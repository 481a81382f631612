"""Files from here to the conversation, and from there to here."""

from __future__ import annotations

import abc
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from ums_actors.arguments import identifier
from ums_actors.connection.accounts import Accounts
from ums_actors.errors import FileError
from ums_actors.files.parcel import checked_upload, packed
from ums_actors.protocol.files import MAX_PATH
from ums_actors.protocol.publishing import publish_file
from ums_actors.runtime.steps import Steps, run_steps

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.files.parcel import Parcel, Upload
    from ums_actors.files.storage import Storage
    from ums_actors.protocol.requests import Request
    from ums_actors.runtime import LoopFuture

__all__ = ["Files"]

_UNCHECKED = "?"


class Files(Accounts, abc.ABC):
    """The whole way of a file; UMS.md 3.12 has the parts.

    Bytes go over HTTP, on workers of their own, so that a large file holds nothing up.
    """

    def upload_file(
        self,
        conversation_id: str,
        file: Upload,
        *,
        caption: str = "",
        dialog_id: str | None = None,
        file_type: str | None = None,
        preview: str | None = None,
        metadata: Any = None,
    ) -> LoopFuture[int]:
        """Put a file on the file service and show it in a dialog.

        Done with the number of the message that shows it.

        Args:
            conversation_id: whose dialog it is.
            file: its bytes, or its path as :class:`pathlib.Path`; at most
                ``Options.max_file_size``. The service takes about 3 MB.
            caption: shown beside it.
            dialog_id: which dialog; the main one if not given.
            file_type: such as PNG; found out by the content if not given.
            preview: a small picture as a data URI, 30 KB at most.
            metadata: a list of objects with a ``type``, or one.

        Raises (through the future):
            LocalProtocolError: it is empty, too large, or of an unknown kind.
            FileError: it could not be read or put; nothing was said in the dialog.
            RequestError: of asking for its place, or of the message that shows it.
        """
        uploaded = self._upload(
            conversation_id,
            file,
            caption=caption,
            dialog_id=dialog_id,
            file_type=file_type,
            preview=preview,
        )

        def steps() -> Steps[int]:
            shown = yield from uploaded
            number = yield self._ask(shown, metadata=metadata)
            return int(number)

        return run_steps(steps())

    def _upload(
        self,
        conversation_id: str,
        file: Upload,
        *,
        caption: str,
        dialog_id: str | None,
        file_type: str | None,
        preview: str | None,
    ) -> Steps[Request[int]]:
        """Check what is to be uploaded; the steps put it, and give what shows it."""
        upload, kind = checked_upload(file, file_type)
        where = conversation_id, conversation_id if dialog_id is None else dialog_id
        shown = partial(publish_file, *where, caption=caption, preview=preview)
        # what is wrong with the message is told before anything is uploaded
        shown(_UNCHECKED, _UNCHECKED)

        def steps() -> Steps[Request[int]]:
            limit = self._kernel.options.max_file_size
            parcel = yield self._on_worker(lambda: packed(upload, kind, limit))
            path = yield from self._put(parcel)
            return shown(path, parcel.kind)

        return steps()

    def download_file(self, relative_path: str) -> LoopFuture[bytes]:
        """Get a file by the path in its message.

        Raises (through the future):
            FileError: it could not be got, or is larger than ``Options.max_file_size``.
            RequestError: of asking for its address.
        """
        path = identifier("relative_path", relative_path, MAX_PATH)
        return run_steps(self._got(path))

    _download_file = download_file

    def _put(self, parcel: Parcel) -> Steps[str]:
        """Put it; gives its path. An address may be over by the time it is used."""
        timeout = self._kernel.options.file_timeout
        for last in (False, True):
            where = yield self.get_upload_url(len(parcel.data), parcel.kind)
            put = partial(self._storage.put, where, parcel, timeout)
            try:
                yield self._on_worker(put)
            except FileError as error:
                if last or error.status != HTTPStatus.UNAUTHORIZED:
                    raise
            else:
                break
        return str(where.relative_path)

    def _got(self, relative_path: str) -> Steps[bytes]:
        options = self._kernel.options
        timeout, limit = options.file_timeout, options.max_file_size
        where = yield self.get_download_url(relative_path)
        get = partial(self._storage.get, where, timeout, limit)
        data: bytes = yield self._on_worker(get)
        return data

    @property
    def _storage(self) -> Storage:
        storage: Storage = self._kernel.services.storage
        return storage

    def _on_worker(self, job: Callable[[], Any]) -> LoopFuture[Any]:
        return run_steps(self._worked(job))

    def _worked(self, job: Callable[[], Any]) -> Steps[Any]:
        timeout = self._kernel.options.file_timeout
        try:
            done = yield self._runtime.workers("files").submit(
                self._loop, job, timeout=timeout
            )
        except TimeoutError:
            raise FileError(
                f"the file service was not done within {timeout:g} s "
                "(Options.file_timeout)",
                step="transfer",
            ) from None
        return done
