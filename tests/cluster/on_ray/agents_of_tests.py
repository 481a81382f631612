"""What the tests' nodes import: agents of an emulator, and what hears their events."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import ums_actors as ums
from ums_actors.emulator import password_of

WHERE = "UMS_CLUSTER_TESTS"
"""The environment variable that says where the emulator's facts are."""


def folder():
    return Path(os.environ[WHERE])


def agents(share):
    """Give all agents of the emulator: those of other shards are left out."""
    told = json.loads((folder() / "account.json").read_text("utf-8"))
    return [
        ums.AgentSpec(
            user=name,
            account_id=told["account"],
            auth=ums.PasswordLogin(name, password_of(name)),
            settings={"csds": told["csds"], "domains": told["domains"]},
        )
        for name in told["users"]
    ]


def heard(event):
    """Write down who told what, and in which process it was heard."""
    line = f"{os.getpid()} {event.user} {type(event.event).__name__}\n"
    with (folder() / "events").open("a", encoding="utf-8") as file:
        file.write(line)


def slow(share):
    time.sleep(1.0)
    return agents(share)


def broken(share):
    raise ValueError("the vault is closed")
