"""The suites, by the names of the command line: one file each."""

from __future__ import annotations

from typing import Final

from benchmarks.suites import (
    actors,
    codec,
    load,
    memory,
    model,
    receive,
    recover,
    request,
    scale,
)

__all__ = ["SUITES"]

SUITES: Final = {
    module.SUITE.name: module.SUITE
    for module in (
        request,
        receive,
        recover,
        memory,
        scale,
        load,
        codec,
        actors,
        model,
    )
}
