"""The guard that watches all tests can itself fail a test."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

LEAKS = """
    import os, threading
    import pytest

    kept = []
    released = threading.Event()

    def test_clean():
        thread = threading.Thread(target=lambda: None)
        thread.start()
        os.close(os.open(os.devnull, os.O_RDONLY))

    def test_descriptor():
        kept.append(os.open(os.devnull, os.O_RDONLY))

    def test_thread():
        threading.Thread(target=released.wait, args=(30,), name="stray").start()

    def test_error_in_a_thread():
        released.set()
        thread = threading.Thread(target=lambda: 1 / 0)
        thread.start()
        thread.join()
"""


def test_a_thread_a_descriptor_or_an_error_left_behind_fails_the_test(tmp_path):
    source = Path(__file__).with_name("conftest.py").read_text(encoding="utf-8")
    (tmp_path / "conftest.py").write_text(source.replace("GRACE = 10.0", "GRACE = 0.1"))
    (tmp_path / "test_leaks.py").write_text(textwrap.dedent(LEAKS))
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=line"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(Path(__file__).parents[1])},
        capture_output=True,
        text=True,
        timeout=40,
        check=False,
    )
    assert "4 passed, 3 errors" in ran.stdout, ran.stdout + ran.stderr
    for sign in ("/dev/null", "stray", "ZeroDivisionError"):
        assert sign in ran.stdout
