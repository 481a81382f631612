"""``ums-actors explain``: what would happen, and why, from the tables that decide."""

from __future__ import annotations

import textwrap
from itertools import groupby
from typing import TYPE_CHECKING

import click
import msgspec

from ums_actors.cli.explaining.answer import OPTIONS, seconds
from ums_actors.cli.explaining.knowledge import everything, known, look_up

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ums_actors.cli.explaining.answer import Answer, Case

__all__ = ["command"]

_WIDTH = 88


@click.command("explain")
@click.argument("what", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="One JSON object, or an array.")
def command(what: tuple[str, ...], as_json: bool) -> None:
    """Say what would happen, and why: to a close code, a status, an error, a step.

    WHAT is a close code (4407), an HTTP status (http 502), an error (RequestTimedOut),
    a step of an attempt (tls), an exit (LineBroken), a verdict (RETRY) or an actor
    (socket). Without WHAT it lists all that it knows.
    """
    if not what:
        answers = everything()
        _write(_json(answers) if as_json else "\n".join(_table(answers)))
        return
    asked = " ".join(what)
    answer = look_up(asked)
    if answer is None:
        raise click.UsageError(f"{asked!r} is not known; what is known: {known()}")
    _write(_json(answer) if as_json else "\n".join(_text(answer)))


def _write(text: str) -> None:
    click.echo(text)


def _json(answer: Answer | tuple[Answer, ...]) -> str:
    return msgspec.json.encode(answer).decode()


def _table(answers: Iterable[Answer]) -> Iterator[str]:
    """List them by kind: what, verdict, meaning."""
    for kind, group in groupby(answers, key=lambda answer: answer.kind):
        rows = [
            (each.what, next((c.verdict for c in each.cases if c.verdict), "-"), each)
            for each in group
        ]
        width = max(len(what) for what, _, _ in rows)
        yield f"{kind}:"
        for what, verdict, each in rows:
            yield f"  {what:{width}}  {verdict:11}  {each.means}"
        yield ""
    yield "ums-actors explain WHAT says more of each."


def _text(answer: Answer) -> Iterator[str]:
    yield f"{answer.what} ({answer.kind}): {answer.means}"
    for case in answer.cases:
        yield ""
        yield from _wrapped(f"When {case.when}:", "")
        verdict = f"{case.verdict}: " if case.verdict else ""
        yield from _wrapped(verdict + case.says, "  ")
        if case.pauses:
            yield from _wrapped(_pauses(case), "  ")
        for note in case.notes:
            yield from _wrapped(note, "  ")
    if answer.advice:
        yield ""
        yield from _wrapped(f"What to do: {answer.advice.rstrip('.')}.", "")


def _pauses(case: Case) -> str:
    """Say how long the pauses are, and when they begin anew."""
    spans = ", ".join(f"{least:g} to {most:g}" for least, most in case.pauses)
    longest = "" if case.longest is None else f" ... at most {seconds(case.longest)}"
    ends = (
        "it never gives up"
        if OPTIONS.max_outage is None
        else f"it gives up after {seconds(OPTIONS.max_outage)}"
    )
    return (
        f"Pauses: {spans}{longest}, as chance has it; they begin anew when a line was "
        f"READY for {seconds(OPTIONS.stable_after)}, and {ends}."
    )


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
