"""An answer: in each case where it may happen, what follows, why, and with what pauses.

All of it is asked of the code that decides (:mod:`ums_actors.core`), with the default
options; nothing is said here that is decided elsewhere.
"""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING

import msgspec

from ums_actors.core.forecast import foresee
from ums_actors.core.verdict import explain
from ums_actors.options import Options

if TYPE_CHECKING:
    from ums_actors.core.reason import Reason

__all__ = ["OPTIONS", "Answer", "Case", "case_of", "meaning", "seconds"]

OPTIONS = Options()
"""What is explained is what happens by default."""
_READY = (
    "Who was given a ready token (ReadyBearer, ReadyJwt) cannot log in: the connection "
    "fails then."
)
_SHOWN = 5
_MANY = 25
"""Times in a row after which a pause does not grow any more."""


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """What follows in one case.

    Attributes:
        when: in which case.
        verdict: its name; empty if the connection is not concerned.
        says: what follows and why, in sentences.
        pauses: least and most seconds before the next attempts, the first few.
        longest: most seconds that such a pause can ever take.
        notes: further sentences.
    """

    when: str
    says: str
    verdict: str = ""
    pauses: tuple[tuple[float, float], ...] = ()
    longest: float | None = None
    notes: tuple[str, ...] = ()


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one thing.

    Attributes:
        what: as it is written.
        kind: what it is: a close code, an HTTP status, an error, a step, an exit, a
            verdict or an actor.
        means: in a few words.
        cases: what follows, by where it happens.
        advice: what to do about it.
    """

    what: str
    kind: str
    means: str
    cases: tuple[Case, ...] = ()
    advice: str = ""


def case_of(when: str, reason: Reason, *notes: str) -> Case:
    """Ask the policy what follows from an exit, and for how long."""
    found = foresee(reason, OPTIONS, _MANY)
    first = found[0]
    sentences = [explain(reason)]
    if len(found) > 1 and found[1].verdict is not first.verdict:
        sentences.append(
            "If it happens again before a line was stable: "
            f"{explain(reason, suspected=True)}"
        )
    spans = tuple(
        (each.least, each.most)
        for each in found
        if each.least is not None and each.most is not None
    )
    return Case(
        when=when,
        verdict=str(first.verdict),
        says=" ".join(sentences),
        pauses=spans[:_SHOWN],
        longest=max((most for _, most in spans), default=None),
        notes=(*((_READY,) if any(each.drops_token for each in found) else ()), *notes),
    )


def meaning(kind: type) -> str:
    """Give the first line of a docstring as a few words of plain text."""
    text = (inspect.getdoc(kind) or kind.__name__).splitlines()[0].rstrip(".")
    text = re.sub(r":\w+:`~?([\w.]+)`", lambda link: link[1].rpartition(".")[2], text)
    first, _, rest = text.replace("``", "").partition(" ")
    plain = len(first) == 1 or first[1:].islower()
    return f"{first.lower() if plain else first} {rest}"


def seconds(number: float) -> str:
    """Write a number of seconds."""
    return f"{number:,g} s"
