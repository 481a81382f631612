"""Many websockets on one emulator, and what each costs it in memory.

``python tests/emulator/load.py [COUNT]`` prints the figures for TLS.
"""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import sys
import time
import urllib.request

import psutil

from ums_actors.emulator import EmulatorProcess, password_of

PER_USER = 50
KEY = "dGhlIHNhbXBsZSBub25jZQ=="


def log_in(emulator, name, tls):
    scheme = "https" if tls else "http"
    url = f"{scheme}://{emulator.csds}/api/account/{emulator.account}/login?v=1.3"
    body = json.dumps({"username": name, "password": password_of(name)}).encode()
    with urllib.request.urlopen(url, body, 10, context=tls) as answer:
        return json.load(answer)["bearer"]


def open_socket(emulator, bearer, tls):
    """Give a connected websocket's raw socket; blocking, 10 s at most."""
    host, port = emulator.csds.split(":")
    raw = socket.create_connection((host, int(port)), 10)
    if tls:
        raw = tls.wrap_socket(raw, server_hostname=host)
    path = f"/ws_api/account/{emulator.account}/messaging/brand/{bearer}?v=2.1"
    raw.sendall(
        f"GET {path} HTTP/1.1\r\nHost: {emulator.csds}\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        f"Sec-WebSocket-Key: {KEY}\r\n\r\n".encode()
    )
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        part = raw.recv(4096)
        if not part:
            raise ConnectionError("the handshake is not answered")
        head += part
    if not head.startswith(b"HTTP/1.1 101"):
        raise ConnectionError(head.split(b"\r\n")[0].decode())
    return raw


def memory(emulator):
    return psutil.Process(emulator.pid).memory_info().rss


def measure(count, *, tls=True):
    """Give the emulator's RSS with all sockets open, and its growth by them."""
    users = -(-count // PER_USER) + 1
    with contextlib.ExitStack() as stack:
        emulator = stack.enter_context(EmulatorProcess(users=users, tls=tls, log=False))
        context = ssl.create_default_context(cafile=emulator.ca) if tls else None
        bearers = [log_in(emulator, f"bot{n + 1}", context) for n in range(users)]
        stack.enter_context(open_socket(emulator, bearers[-1], context))  # warm
        before = memory(emulator)
        for number in range(count):
            bearer = bearers[number // PER_USER]
            stack.enter_context(open_socket(emulator, bearer, context))
        assert emulator.state()["sockets"] == count + 1
        after = memory(emulator)
        return after, (after - before) / count


if __name__ == "__main__":
    begin = time.monotonic()
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
    total, each = measure(wanted)
    seconds = time.monotonic() - begin
    sys.stdout.write(
        f"{wanted} TLS connections: RSS {total / 2**20:.0f} MiB, "
        f"{each / 1024:.1f} KiB each, {seconds:.0f} s\n"
    )
