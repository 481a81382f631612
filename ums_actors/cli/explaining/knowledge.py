"""What can be explained, and under which spellings it is found."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ums_actors.cli.explaining import exits
from ums_actors.cli.explaining.failures import ERRORS, error
from ums_actors.cli.explaining.lines import CLOSE_CODES, close_code
from ums_actors.cli.explaining.statuses import STATUSES, http_status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ums_actors.cli.explaining.answer import Answer

__all__ = ["everything", "known", "look_up"]

_NUMBER: Final = re.compile(r"(?:http|status|close|code)*(\d{3,4})")
_STATUSES: Final = range(100, 600)
_CODES: Final = range(1000, 5000)
_WORDS: Final[dict[str, tuple[Iterable[str], Callable[[str], Answer]]]] = {
    "error": (ERRORS, error),
    "step": (exits.STEPS, exits.step),
    "exit": (exits.EXITS, exits.exit_),
    "verdict": (exits.VERDICTS, exits.verdict),
    "actor": (exits.ACTORS, exits.actor),
}


def look_up(what: str) -> Answer | None:
    """Find what is meant, in any case and spacing; None if it is not known."""
    plain = _plain(what)
    number = _NUMBER.fullmatch(plain)
    if number is not None:
        return _number(int(number[1]))
    for names, explain in _WORDS.values():
        for name in names:
            if _plain(name) == plain:
                return explain(name)
    return None


def everything() -> tuple[Answer, ...]:
    """Explain all that is known, and the numbers that one is likely to meet."""
    found = [close_code(code) for code in CLOSE_CODES]
    found += [http_status(status) for status in STATUSES]
    for names, explain in _WORDS.values():
        found += [explain(name) for name in names]
    return tuple(found)


def known() -> str:
    """Say in one line what can be asked for."""
    words = (f"{kind} ({', '.join(names)})" for kind, (names, _) in _WORDS.items())
    return (
        f"close code ({_CODES[0]} to {_CODES[-1]}), HTTP status ({_STATUSES[0]} to "
        f"{_STATUSES[-1]}), {', '.join(words)}"
    )


def _number(number: int) -> Answer | None:
    if number in _STATUSES:
        return http_status(number)
    return close_code(number) if number in _CODES else None


def _plain(text: str) -> str:
    return re.sub(r"[\s_-]", "", text).lower()
