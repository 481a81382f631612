"""A real headless browser, told what to do by its own debugging protocol."""

from __future__ import annotations

import base64
import contextlib
import itertools
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import msgspec
import urllib3
import websocket

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--remote-debugging-port=0",
    "--remote-allow-origins=*",
    "about:blank",
)
WITHIN = 60.0


def browser_path():
    """Give the browser of this machine; None if there is none."""
    named = os.environ.get("UMS_TEST_BROWSER")
    return named or next(filter(None, map(shutil.which, NAMES)), None)


class Browser:
    """One window; a context manager.

    Attributes:
        events: what the browser told by itself, as (method, parameters).
    """

    def __init__(self, path, directory, size=(1200, 620)):
        self._directory = directory
        self._process = subprocess.Popen(
            [
                path,
                f"--user-data-dir={directory}",
                f"--window-size={size[0]},{size[1]}",
                *ARGUMENTS,
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._numbers = itertools.count(1)
        self.events = []
        try:
            self._line = self._attach()
            for domain in ("Page", "Network", "Runtime", "Log"):
                self.call(f"{domain}.enable")
        except BaseException:
            self._end()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._line.close()
        self._end()

    def _attach(self):
        told = Path(self._directory) / "DevToolsActivePort"
        port = int(self._until(lambda: told.exists() and told.read_text().split())[0])
        with urllib3.PoolManager() as pool:
            pages = pool.request("GET", f"http://127.0.0.1:{port}/json/list").json()
        (page,) = (each for each in pages if each["type"] == "page")
        return websocket.create_connection(
            page["webSocketDebuggerUrl"], timeout=WITHIN, suppress_origin=True
        )

    def _until(self, condition):
        deadline = time.monotonic() + WITHIN
        while not (found := condition()):
            assert time.monotonic() < deadline, "the browser does not do it"
            assert self._process.poll() is None, "the browser has ended"
            time.sleep(0.05)
        return found

    def _end(self):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(20)

    def call(self, method, **parameters):
        """Do something, and give what came of it."""
        number = next(self._numbers)
        asked = {"id": number, "method": method, "params": parameters}
        self._line.send(msgspec.json.encode(asked).decode())
        while True:
            told = msgspec.json.decode(self._line.recv())
            if told.get("id") == number:
                assert "error" not in told, told
                return told["result"]
            if "method" in told:
                self.events.append((told["method"], told["params"]))

    def value(self, expression):
        """Give the value of an expression of the page's."""
        found = self.call("Runtime.evaluate", expression=expression)["result"]
        return found.get("value", "")

    def until(self, condition):
        """Wait until it holds; what the browser tells meanwhile is heard."""
        return self._until(lambda: (self.value("0"), condition())[1])

    def press(self, key):
        """Press a key that has a letter."""
        self.call("Input.dispatchKeyEvent", type="keyDown", text=key, key=key)
        self.call("Input.dispatchKeyEvent", type="keyUp", key=key)

    def click(self, x, y):
        """Click on a place of the window."""
        for kind in ("mousePressed", "mouseReleased"):
            self.call(
                "Input.dispatchMouseEvent",
                type=kind,
                x=x,
                y=y,
                button="left",
                clickCount=1,
            )

    def screenshot(self):
        """Give the window as a PNG."""
        return base64.b64decode(self.call("Page.captureScreenshot")["data"])

    def received(self):
        """Give the bytes of all frames that came over websockets."""
        found = b""
        for method, told in self.events:
            if method == "Network.webSocketFrameReceived":
                data = told["response"]["payloadData"]
                binary = told["response"]["opcode"] != 1
                found += base64.b64decode(data) if binary else data.encode()
        return found
