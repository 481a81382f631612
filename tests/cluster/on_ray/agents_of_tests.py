"""What the tests' nodes import: agents of an emulator, and what hears their events."""

from __future__ import annotations

import json
import os
from pathlib import Path

import ums_actors as ums
from ums_actors.emulator import password_of

WHERE = "UMS_CLUSTER_TESTS"
"""The environment variable that says where the emulator's facts are."""


def folder():
    return Path(os.environ[WHERE])


def agents(share):
    """Give all agents of the emulator: those of other shards are left out."""
    return of("users")


def patient(share):
    """Give those that are in no hurry."""
    return of("patient")


def nobody(share):
    """Give no agents."""
    return []


def of(group):
    told = json.loads((folder() / "account.json").read_text("utf-8"))
    return [
        ums.AgentSpec(
            user=name,
            account_id=told["account"],
            auth=ums.PasswordLogin(name, password_of(name)),
            settings={"csds": told["csds"], "domains": told["domains"]},
        )
        for name in told[group]
    ]


def heard(event, fleet):
    """Write down who told what, and in which process it was heard."""
    assert event.user in fleet
    line = f"{os.getpid()} {event.user} {type(event.event).__name__}\n"
    with (folder() / "events").open("a", encoding="utf-8") as file:
        file.write(line)
