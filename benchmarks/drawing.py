"""How pictures look: colours, grids, lines, legends, and short numbers."""

# matplotlib leaves its **kwargs untyped:
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, Literal

from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from benchmarks.contestants import ENTRIES
from benchmarks.suite import FLOOR, OURS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

__all__ = ["INK", "colour", "dress", "grid", "legend", "line", "moment", "short"]

_OURS_COLOUR: Final = "#0b6e99"
_FLOOR_COLOUR: Final = "#b8b8b8"
_COLOURS: Final = {
    OURS: _OURS_COLOUR,
    "ums-heard": "#5fb0d0",
    "ums-lends": "#3d8fb5",
    "ums-aio": "#5fb0d0",
    "ums-hosted": "#8cc9e0",
    "picows": "#d1495b",
    "aiohttp": "#edae49",
    "aiohttp-uvloop": "#c98a1b",
    "websockets": "#8d6cab",
    "websockets-orjson": "#b79ccf",
    "websockets-undecoded": "#6a4c93",
    "naive": "#7a7a7a",
    "node": "#4f9d69",
    "wsclient": "#9c6644",
    "pykka": "#7a7a7a",
    "json": "#edae49",
    "orjson": "#d1495b",
    FLOOR: _FLOOR_COLOUR,
}
INK, _FAINT = "#222222", "#dddddd"
_COLUMNS: Final = 2


def grid(count: int, height: float) -> tuple[Figure, list[Any]]:
    """Give a figure with so many axes, two in a row, each of that height in inches."""
    columns = min(_COLUMNS, count)
    rows = math.ceil(count / columns)
    engine = ConstrainedLayoutEngine(rect=(0.0, 0.03, 1.0, 0.97))
    figure = Figure(figsize=(7.2 * columns, height * rows + 0.6), layout=engine)
    axes = figure.subplots(rows, columns, squeeze=False)
    flat = [axis for row in axes for axis in row]
    for axis in flat[count:]:
        axis.set_visible(False)
    return figure, flat[:count]


def line(
    axis: Axes, across: Sequence[float], values: Sequence[float], name: str, title: str
) -> None:
    """Draw a contestant's curve; ours is the thickest."""
    axis.plot(
        list(across),
        list(values),
        marker="o",
        markersize=4 if name == OURS else 3,
        linewidth=2.6 if name == OURS else 1.4,
        color=colour(name),
        label=title,
        zorder=3 if name == OURS else 2,
    )


def legend(figure: Figure, axes: Sequence[Any]) -> None:
    """Name each contestant of any axis once, in the order of their entries."""
    handles = {
        label: handle
        for axis in axes
        for handle, label in zip(*axis.get_legend_handles_labels(), strict=True)
    }
    titles = [entry.title for entry in ENTRIES.values() if entry.title in handles]
    figure.legend(
        [handles[title] for title in titles],
        titles,
        loc="outside upper right",
        ncols=min(5, len(handles)),
        fontsize=8,
        frameon=False,
    )


def dress(axis: Axes, title: str, lines: Literal["x", "both"]) -> None:
    """Give axes their title, faint lines along ``lines``, and hardly a frame."""
    axis.set_title(title, fontsize=10, loc="left", color=INK)
    axis.grid(visible=True, axis=lines, color=_FAINT, linewidth=0.7)
    axis.set_axisbelow(True)
    axis.tick_params(labelsize=8, length=0)
    for side in ("top", "right", "left" if lines == "x" else "right"):
        axis.spines[side].set_visible(False)


def colour(name: str) -> str:
    """Give a contestant's colour: the same in all pictures."""
    return _COLOURS.get(name, "#999999")


def short(value: float) -> str:
    """Write a number in three digits."""
    for bound, unit in ((1e6, "M"), (1e3, "k")):
        if value >= bound:
            return f"{value / bound:.3g}{unit}"
    return f"{value:.3g}"


def moment(micros: float) -> str:
    """Write microseconds in the unit that suits them."""
    if micros >= 1e6:
        return f"{micros / 1e6:g} s"
    return f"{micros / 1e3:g} ms" if micros >= 1e3 else f"{micros:g} µs"
