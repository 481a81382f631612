"""What the runs with thousands of connections need of the system."""

from __future__ import annotations

import faulthandler
import resource

import pytest


@pytest.fixture
def descriptors(request):
    count = request.module.COUNT
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < 3 * count:
        pytest.skip(f"{3 * count} descriptors are needed, {hard} are allowed")
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    faulthandler.cancel_dump_traceback_later()  # it takes minutes
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
