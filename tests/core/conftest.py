from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# UMS_TEST_PROFILE=nightly searches for longer. The default is repeatable, so that a
# run fails because of a change and not because of luck.
settings.register_profile(
    "quick",
    max_examples=75,
    stateful_step_count=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "ci",
    settings.get_profile("quick"),
    max_examples=1_000,
    stateful_step_count=50,
)
settings.register_profile(
    "nightly",
    settings.get_profile("quick"),
    max_examples=20_000,
    stateful_step_count=200,
    derandomize=False,
    print_blob=True,
)
# A quarter of it, to be run four times: Hypothesis remembers all that it has tried,
# which for 20,000 runs of 200 steps would be some 10 GB.
settings.register_profile(
    "quarter",
    settings.get_profile("nightly"),
    max_examples=5_000,
)
settings.load_profile(os.environ.get("UMS_TEST_PROFILE", "quick"))
