"""The demo, with everything that it writes and every secret kept; see test_leaks."""

from __future__ import annotations

import sys

from recorder import Recorder

from ums_actors.cli.main import main
from ums_actors.emulator import password_of

if __name__ == "__main__":
    recorder = Recorder(sys.argv[1])
    recorder.install()
    recorder.guard(*(password_of(f"bot{number}") for number in (1, 2)))
    code = main(sys.argv[2:])
    recorder.close()
    sys.exit(code)
