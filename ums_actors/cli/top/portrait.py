"""One connection in words: its tree, its history, who waits; as text with colours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from ums_actors.cli.text import visible
from ums_actors.cli.top.figures import NOTHING, duration, latency, rate
from ums_actors.cli.top.table import STATE_COLOURS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ums_actors.status.messages import Actor, Detail

__all__ = ["history", "pending", "summary", "tree"]

_FADED = "bright_black"
_ALERT = "yellow"


def summary(detail: Detail, per_second: float | None) -> Text:
    """Tell how it is doing, in three lines."""
    row = detail.row
    text = Text(no_wrap=True, overflow="ellipsis")
    text.append(visible(row.state), STATE_COLOURS.get(row.state, "cyan"))
    text.append(f" for {duration(row.in_state)}, line {row.generation}")
    if row.retry_in is not None:
        text.append(f", attempt {row.attempt + 1} in {duration(row.retry_in)}", _ALERT)
    text.append(
        f"    logins {row.logins}, reconnects {row.reconnects}, crashes {row.restarts}"
        f" ({row.budget} left)\n"
    )
    text.append(
        f"requests {rate(per_second)}/s, p50 {latency(row.p50)}, p99 "
        f"{latency(row.p99)}    in flight {row.in_flight} of {row.window}, queued "
        f"{row.queued}, resting {row.resting}\n"
    )
    text.append("the last line ended: ", _FADED)
    text.append(visible(row.reason) or NOTHING)
    return text


def tree(actors: list[Actor]) -> Text:
    """Draw the actors under their supervisors."""
    text = Text(no_wrap=True, overflow="ellipsis")
    for prefix, actor in _branches(actors, "", ""):
        text.append(prefix, _FADED)
        text.append(f"{visible(actor.name):<{max(1, 20 - len(prefix))}} ", "bold")
        text.append(f"inbox {actor.inbox:<4} object {actor.objects:<3} ")
        crashes = f"crashes {actor.restarts}"
        if actor.budget is not None:
            crashes += f", {actor.budget} left"
        text.append(crashes, _ALERT if actor.restarts else "")
        if actor.full_in:
            text.append(f", full in {duration(actor.full_in)}", _ALERT)
        if actor.strategy:
            text.append(f"  {visible(actor.strategy)}", _FADED)
        if not actor.alive:
            text.append("  stopped", "red")
        text.append("\n")
    text.rstrip()
    return text


def _branches(
    actors: list[Actor], above: str, indent: str
) -> Iterator[tuple[str, Actor]]:
    children = [actor for actor in actors if actor.above == above]
    for actor in children:
        last = actor is children[-1]
        fork, more = (
            ("", "") if not above else ("└─ ", "   ") if last else ("├─ ", "│  ")
        )
        yield indent + fork, actor
        if actor.name != above:  # a stranger's tree may be none
            yield from _branches(actors, actor.name, indent + more)


def history(detail: Detail) -> Table:
    """Tell what happened, the latest first."""
    told = Table.grid(padding=(0, 1))
    told.add_column(justify="right", style=_FADED, no_wrap=True)
    told.add_column(overflow="fold")
    for each in reversed(detail.history):
        again = f" ({each.times} times)" if each.times > 1 else ""
        told.add_row(f"{duration(each.ago)} ago", Text(f"{visible(each.text)}{again}"))
    return told


def pending(detail: Detail) -> Table:
    """Tell which requests wait, for what, and until when."""
    told = Table.grid(padding=(0, 1), expand=True)
    told.add_column(no_wrap=True)
    told.add_column(no_wrap=True, justify="right")
    told.add_column(no_wrap=True, justify="right")
    told.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
    told.add_row("WHERE", "AGE", "LEFT", "TYPE", style="bold")
    for each in detail.pending:
        text = Text(visible(each.type))
        notes = ["resend"] if each.resend else []
        notes += [f"{each.refusals} times 429"] if each.refusals else []
        text.append(f"  {', '.join(notes)}", _FADED)
        told.add_row(
            Text(visible(each.where)), duration(each.age), duration(each.left), text
        )
    more = detail.pending_total - len(detail.pending)
    if more > 0 or not detail.pending:
        told.add_row(f"and {more} more" if more > 0 else "none", style=_FADED)
    return told
