"""The two ways in which the emulator says no."""

from __future__ import annotations

from ums_actors.errors import UMSError

__all__ = ["EmulatorError", "Refused"]


class EmulatorError(UMSError):
    """The emulator cannot do as asked; the text ends with what to do."""


class Refused(Exception):
    """A request of a client or of a script is refused.

    Attributes:
        code: the HTTP-like code of the answer, 400 or more.
        text: a sentence for the answer's body.
    """

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text
