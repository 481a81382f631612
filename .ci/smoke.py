"""Try the installed wheel, in an environment that has nothing else; no extras.

Run by .ci/wheel with the environment's own Python, away from the sources.
"""

from __future__ import annotations

import subprocess
import sys
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

EXTRAS = (
    "aiohttp click jwt opentelemetry prometheus_client pytest ray rich textual "
    "trustme truststore"
)
WANTED = (
    "ums_actors/py.typed",
    "ums_actors/examples/MIGRATION.md",
    "_ums_actors_pytest.py",
)
NEEDED = {"msgspec", "pykka", "urllib3", "websocket-client"}
ALONE = ("ums_actors", "_ums_actors_pytest.py", "../../../bin")


def check(holds: object, what: str) -> None:
    """End the program if something does not hold."""
    if not holds:
        sys.exit(f"smoke: {what}")


def the_files() -> None:
    """See that the wheel has what it must have, and nothing else."""
    names = [str(path) for path in metadata.files("ums_actors") or ()]
    for wanted in WANTED:
        check(wanted in names, f"{wanted} is missing")
    check(any(name.endswith("/LICENSE") for name in names), "LICENSE is missing")
    strange = [
        name
        for name in names
        if not name.startswith((*ALONE, "ums_actors-", "__pycache__/_ums_actors"))
    ]
    check(not strange, f"files that do not belong there: {strange}")
    points = {
        (point.group, point.name, point.value)
        for point in metadata.distribution("ums_actors").entry_points
    }
    expected = {
        ("console_scripts", "ums-actors", "ums_actors.cli.main:main"),
        ("pytest11", "ums_actors", "_ums_actors_pytest"),
    }
    check(points == expected, f"entry points: {points}")


def the_import() -> None:
    """See that nothing is needed, or loaded, that an extra brings."""
    installed = {each.name.lower() for each in metadata.distributions()}
    more = installed - NEEDED - {"ums_actors", "ums-actors", "pip", "setuptools"}
    check(not more, f"the environment is not empty: {more}")
    here = [name for name in EXTRAS.split() if find_spec(name)]
    check(not here, f"extras are installed: {here}")
    import ums_actors as ums  # noqa: PLC0415  (this is what is tried)

    check("site-packages" in (ums.__file__ or ""), f"it is of {ums.__file__}")
    check(ums.__version__ == metadata.version("ums_actors"), "two versions")
    check("urllib3" not in sys.modules, "it loads urllib3")


def a_connection() -> None:
    """See that one can be started, and fails as it should: nobody listens there."""
    import ums_actors as ums  # noqa: PLC0415

    try:
        ums.connect(
            "1",
            auth=ums.PasswordLogin("bot", "secret"),
            csds="http://127.0.0.1:9",
            fail_fast=True,
            timeout=20,
        )
    except ums.LoginError as error:
        check(error.step == "csds", f"it failed at {error.step}")
    else:
        check(holds=False, what="it connected to nobody")


def the_command() -> None:
    """See that the command names the extra that it needs."""
    command = Path(sys.executable).with_name("ums-actors")
    told = subprocess.run(  # noqa: S603
        [command, "explain", "4407"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    fine = told.returncode == 2 and "ums_actors[cli]" in told.stderr  # noqa: PLR2004
    check(fine, f"ums-actors: {told.returncode}, {told.stdout}{told.stderr}")


if __name__ == "__main__":
    the_files()
    the_import()
    a_connection()
    the_command()
    print(f"smoke: all is well on Python {sys.version.split()[0]}")  # noqa: T201
