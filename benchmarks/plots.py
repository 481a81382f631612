"""A recorded run as pictures: bars with their spread, latencies, curves of growth."""

# matplotlib leaves its **kwargs untyped:
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from benchmarks.drawing import INK, colour, dress, grid, legend, line, moment, short
from benchmarks.ratio import spread
from benchmarks.suite import FLOOR, OURS, QUANTILES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["plot"]

_GROWING: Final = "scale"


def plot(whole: Mapping[str, Any], folder: Path) -> Iterator[Path]:
    """Draw a recorded run; gives the files, as they are written."""
    note = _note(whole)
    for suite, found in whole["suites"].items():
        workloads = {
            name: workload
            for name, workload in found.get("workloads", {}).items()
            if workload["contestants"]
        }
        if not workloads:
            continue
        for name, figure in _figures(suite, workloads):
            figure.text(0.01, 0.005, note, fontsize=7, color="#777777")
            path = folder / f"{name}.png"
            figure.savefig(path, dpi=130, facecolor="white")
            yield path


def _figures(suite: str, workloads: Mapping[str, Any]) -> Iterator[tuple[str, Figure]]:
    if suite == _GROWING:
        yield suite, _curves(workloads)
        return
    yield suite, _bars(suite, workloads)
    if all("p50" in _names(workload) for workload in workloads.values()):
        yield f"{suite}-latency", _latencies(suite, workloads)


def _note(whole: Mapping[str, Any]) -> str:
    machine = whole["machine"]
    return (
        f"{machine['processor']}, {machine['cores']} cores, load {machine['load']}; "
        f"{machine['python']}; ums_actors {whole['versions']['ums_actors']}. "
        "Only the ratios of one run mean anything."
    )


# -- bars


def _bars(suite: str, workloads: Mapping[str, Any]) -> Figure:
    heights = [len(workload["contestants"]) for workload in workloads.values()]
    figure, axes = grid(len(workloads), 0.34 * max(heights) + 1.0)
    for axis, workload in zip(axes, workloads.values(), strict=False):
        _bars_of(axis, workload)
    figure.suptitle(f"{suite}: ratios, with their intervals", x=0.01, ha="left")
    return figure


def _bars_of(axis: Axes, workload: Mapping[str, Any]) -> None:
    """Draw how many times the base each is; the floor is only named."""
    metric, base = workload["metrics"][0], workload["base"]
    shown = {
        name: contestant
        for name, contestant in workload["contestants"].items()
        if contestant["to_base"] is not None and (name != FLOOR or base == FLOOR)
    }
    names = list(shown)[::-1]
    medians = [shown[name]["to_base"]["median"] for name in names]
    errors = [
        [
            shown[name]["to_base"]["median"] - shown[name]["to_base"]["low"]
            for name in names
        ],
        [
            shown[name]["to_base"]["high"] - shown[name]["to_base"]["median"]
            for name in names
        ],
    ]
    axis.barh(
        range(len(names)),
        medians,
        xerr=errors,
        height=0.66,
        color=[colour(name) for name in names],
        error_kw={"ecolor": INK, "elinewidth": 1, "capsize": 2.5},
    )
    axis.axvline(1.0, color=INK, linewidth=0.8, linestyle=(0, (4, 3)))
    edge = max((shown[n]["to_base"]["high"] for n in names), default=1.0)
    for row, name in enumerate(names):
        value = _median(shown[name], metric["name"]) * metric["scale"]
        high = shown[name]["to_base"]["high"]
        axis.text(
            high + edge * 0.02,
            row,
            f"{shown[name]['to_base']['median']:.2f}x  ({short(value)})",
            va="center",
            fontsize=8,
            color=INK,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.0},
        )
    axis.set_xlim(0, edge * 1.32)
    axis.set_yticks(range(len(names)), [shown[name]["title"] for name in names])
    for label, name in zip(axis.get_yticklabels(), names, strict=True):
        label.set_fontweight("bold" if name == OURS else "normal")
    better = "more" if metric["more"] else "less"
    unit = f"{metric['title']} of {_title(workload, base)} = 1 ({better} is better)"
    floor = workload["contestants"].get(FLOOR)
    if floor is not None and base != FLOOR and floor["to_base"] is not None:
        unit += f"; the floor: {floor['to_base']['median']:.1f}x"
    axis.set_xlabel(unit, fontsize=8)
    dress(axis, workload["title"], "x")


# -- latencies


def _latencies(suite: str, workloads: Mapping[str, Any]) -> Figure:
    figure, axes = grid(len(workloads), 3.1)
    for axis, workload in zip(axes, workloads.values(), strict=False):
        for name, contestant in workload["contestants"].items():
            if name != FLOOR:
                values = [
                    _median(contestant, f"p{part * 100:g}") * 1e6 for part in QUANTILES
                ]
                line(axis, range(len(QUANTILES)), values, name, contestant["title"])
        axis.set_yscale("log")
        axis.set_xticks(
            range(len(QUANTILES)), [f"p{part * 100:g}" for part in QUANTILES]
        )
        axis.yaxis.set_major_formatter(FuncFormatter(_tick))
        axis.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axis.yaxis.set_minor_locator(NullLocator())
        dress(axis, workload["title"], "both")
    legend(figure, axes)
    figure.suptitle(f"{suite}: how long an answer takes", x=0.01, ha="left")
    return figure


def _tick(value: float, _position: float | None) -> str:
    return moment(value)


# -- growth


def _curves(workloads: Mapping[str, Any]) -> Figure:
    """Draw each metric over the number of connections."""
    metrics = next(iter(workloads.values()))["metrics"]
    drawn = [
        metric
        for metric in metrics
        if any(metric["name"] in _names(workload) for workload in workloads.values())
    ]
    figure, axes = grid(len(drawn), 2.6)
    sizes = [workload["command"]["connections"] for workload in workloads.values()]
    for axis, metric in zip(axes, drawn, strict=False):
        names = dict.fromkeys(
            name for workload in workloads.values() for name in workload["contestants"]
        )
        for name in names:
            points = [
                (size, workload["contestants"][name])
                for size, workload in zip(sizes, workloads.values(), strict=True)
                if name in workload["contestants"]
                and metric["name"] in workload["contestants"][name]["samples"][0]
            ]
            if points:
                _curve(axis, points, metric, name)
        axis.set_xscale("log")
        axis.set_xticks(sizes, [f"{size:,}" for size in sizes])
        axis.xaxis.set_minor_locator(NullLocator())
        axis.set_ylim(bottom=0)
        axis.set_xlabel("connections", fontsize=8)
        dress(axis, metric["title"], "both")
    legend(figure, axes)
    figure.suptitle("scale: what each connection and message costs", x=0.01, ha="left")
    return figure


def _curve(
    axis: Axes,
    points: Sequence[tuple[int, Mapping[str, Any]]],
    metric: Mapping[str, Any],
    name: str,
) -> None:
    sizes = [size for size, _ in points]
    spreads = [
        spread([s[metric["name"]] * metric["scale"] for s in contestant["samples"]])
        for _, contestant in points
    ]
    low, high = [each.low for each in spreads], [each.high for each in spreads]
    axis.fill_between(sizes, low, high, color=colour(name), alpha=0.18, linewidth=0)
    medians = [each.median for each in spreads]
    line(axis, sizes, medians, name, points[0][1]["title"])


# -- reading a record


def _names(workload: Mapping[str, Any]) -> set[str]:
    return {
        metric
        for contestant in workload["contestants"].values()
        for metric in contestant["samples"][0]
    }


def _median(contestant: Mapping[str, Any], metric: str) -> float:
    return spread([sample[metric] for sample in contestant["samples"]]).median


def _title(workload: Mapping[str, Any], name: str) -> str:
    return str(workload["contestants"][name]["title"])
