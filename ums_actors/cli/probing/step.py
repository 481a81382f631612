"""What came of one step."""

from __future__ import annotations

import msgspec

__all__ = ["Step"]


class Step(msgspec.Struct, frozen=True):
    """One step of a probe.

    Attributes:
        name: of the step.
        ok: whether it succeeded; None if it was not tried.
        seconds: how long it took.
        says: what was found, or what went wrong and what to do, in one line without
            secrets.
    """

    name: str
    ok: bool | None
    seconds: float
    says: str
