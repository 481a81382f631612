"""Runs ``ums-actors`` as users do: in a process of its own."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
import time

COMMAND = [sys.executable, "-m", "ums_actors.cli.main"]


class Program:
    """A running command whose lines can be waited for; a context manager."""

    def __init__(self, *arguments, **environment):
        self._process = subprocess.Popen(
            [*COMMAND, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **environment},
        )
        self._lines = queue.Queue()
        self.seen = []
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self):
        for line in self._process.stdout:
            self._lines.put(line.rstrip("\n"))
        self._lines.put(None)

    @property
    def pid(self):
        return self._process.pid

    def wait_for(self, wanted, timeout=20.0):
        """Give the next line for which ``wanted(line)`` is true."""
        deadline = time.monotonic() + timeout
        while True:
            try:
                line = self._lines.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"not seen, but: {self.seen}") from None
            if line is None:
                raise AssertionError(
                    f"ended: {self.seen} {self._process.stderr.read()}"
                )
            self.seen.append(line)
            if wanted(line):
                return line

    def interrupt(self, number=signal.SIGINT):
        self._process.send_signal(number)

    def end(self, timeout=20.0):
        """Give (exit code, standard error) once it has ended."""
        code = self._process.wait(timeout)
        return code, self._process.stderr.read()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait(10)
        self._reader.join(10)
        self._process.stdout.close()
        self._process.stderr.close()
