from __future__ import annotations

import pytest

from ums_actors.core import leasing


@pytest.mark.parametrize("name", leasing.__all__)
def test_what_is_told_cannot_be_changed_afterwards(name):
    kind = getattr(leasing, name)
    config = getattr(kind, "__struct_config__", None)
    assert config is None or config.frozen


def test_a_token_that_says_nothing_of_its_end_has_none():
    assert leasing.Fetched(1, "S").life == leasing.Life(None, None)
    assert leasing.Refreshed(1) == leasing.Refreshed(1, None, leasing.Life(), False)
