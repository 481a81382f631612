from __future__ import annotations

import pytest

from ums_actors.core.laps import laps


@pytest.mark.parametrize(
    ("began", "until", "took"),
    [
        ([], 5.0, ()),
        ([("a", 1.0)], 5.0, (("a", 4.0),)),
        (
            [("a", 1.0), ("b", 1.0), ("c", 3.5)],
            4.0,
            (("a", 0.0), ("b", 2.5), ("c", 0.5)),
        ),
    ],
)
def test_each_step_ends_with_the_next(began, until, took):
    assert laps(began, until) == took
