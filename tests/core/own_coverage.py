"""Whether each module of the core is covered in full by its own tests alone.

    python tests/core/own_coverage.py [MODULE ...]

runs ``tests/core/test_MODULE.py``, nothing else, for each module and says which lines
and branches of it were not taken. It exits with 1 if there are any.
"""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
from pathlib import Path

import coverage

ROOT = Path(__file__).parents[2]
CORE = ROOT / "ums_actors" / "core"
MODULES = sorted(each.stem for each in CORE.glob("*.py") if each.stem != "__init__")


def run(module: str, data: Path) -> bool:
    """Run the tests of a module under coverage; tell whether they pass."""
    program = [sys.executable, "-m", "coverage", "run", "--branch"]
    program += ["--source=ums_actors.core", f"--data-file={data}", "-m", "pytest"]
    program += ["-q", "-x", f"tests/core/test_{module}.py"]
    done = subprocess.run(
        program, cwd=ROOT, check=False, capture_output=True, text=True
    )
    if done.returncode:
        sys.stdout.write(done.stdout)
    return done.returncode == 0


def measure(module: str, data: Path) -> float:
    """Say what was not taken; give the percentage that was."""
    measured = coverage.Coverage(data_file=str(data), branch=True)
    measured.load()
    text = io.StringIO()
    source = str(CORE / f"{module}.py")
    percentage = measured.report([source], show_missing=True, file=text)
    sys.stdout.writelines(f"{line}\n" for line in text.getvalue().splitlines()[2:3])
    sys.stdout.flush()
    return percentage


def main(wanted: list[str]) -> int:
    """Give 0 if all was taken and every test passed, else 1."""
    good = True
    with tempfile.TemporaryDirectory() as folder:
        for module in wanted or MODULES:
            data = Path(folder) / module
            passed = run(module, data)
            good = measure(module, data) == 100 and passed and good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
