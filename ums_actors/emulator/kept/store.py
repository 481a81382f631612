"""The directory in which an emulator's state is kept."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import Final

import msgspec

from ums_actors.emulator.failures import EmulatorError
from ums_actors.emulator.kept.facts import VERSION, Facts
from ums_actors.emulator.reading import read_as

__all__ = ["Store"]

STATE_FILE: Final = "emulator.json"
CA_FILE: Final = "ca.pem"


class _Head(msgspec.Struct):
    version: int


class Store:
    """One directory: the state in a private file, and the CA beside it.

    Args:
        directory: made, for its owner alone, if there is none.
    """

    def __init__(self, directory: str) -> None:
        self.directory: Path = Path(directory).absolute()
        self._file = self.directory / STATE_FILE

    def ca_file(self) -> str:
        """Give the path where the CA lies, whether the emulator runs or not."""
        path = self.directory / CA_FILE
        with contextlib.suppress(OSError):  # who writes to it tells what is wrong
            path.touch(mode=0o600)
        return str(path)

    def read(self) -> Facts | None:
        """Give what was kept last, None if nothing was; see that it can be written.

        Raises:
            EmulatorError: the directory or the file is of no use.
        """
        try:
            self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            text = self._file.read_bytes() if self._file.exists() else None
        except OSError as error:
            raise EmulatorError(
                f"the state directory {self.directory} is of no use "
                f"({error.strerror}); give another --state directory"
            ) from None
        return None if text is None else self._facts(text)

    def write(self, facts: Facts) -> None:
        """Keep the facts in place of the last ones: all of them or none.

        Raises:
            EmulatorError: they cannot be written.
        """
        try:
            handle, name = tempfile.mkstemp(  # readable by its owner alone
                dir=self.directory, prefix=f"{STATE_FILE}-"
            )
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(msgspec.json.encode(facts))
                    file.flush()
                    os.fsync(file.fileno())
                Path(name).replace(self._file)
            except BaseException:
                with contextlib.suppress(FileNotFoundError):
                    Path(name).unlink()
                raise
        except OSError as error:
            raise EmulatorError(
                f"the state cannot be written to {self.directory} ({error.strerror}); "
                "give another --state directory"
            ) from None

    def corrupt(self, why: object) -> EmulatorError:
        """Give the error that says that the file is of no use."""
        return EmulatorError(
            f"{self._file} is no state of an emulator ({why}); delete it or give "
            "another --state directory"
        )

    def _facts(self, text: bytes) -> Facts:
        try:
            version = read_as(text, _Head).version
            if version > VERSION:
                raise EmulatorError(
                    f"{self._file} was written by a newer version of the emulator; use "
                    "that one, delete the file or give another --state directory"
                )
            return read_as(text, Facts)
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            raise self.corrupt(error) from None
