"""A relay between a client and the emulator that meddles with what the server says."""

from __future__ import annotations

import contextlib
import json
import socket
import threading

_HEAD_END = b"\r\n\r\n"
_TEXT = 0x81


class Relay:
    """Listens on loopback and passes on to ``target``; one address for many lines.

    What comes from the server is cut into units: websocket frames, or TLS records.

    Attributes:
        edit: gives what is sent to the client in place of a frame (a dict): a list of
            dicts, sent as frames, and of bytes, sent as they are. Not with TLS.
    """

    def __init__(self, target, *, tls=False):
        host, _, port = target.partition(":")
        self._target = host, int(port)
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._changed = threading.Condition()
        self._sockets = []
        self._client = None
        self._wanted = 0
        self._held = []
        self.joined = 0
        self._swallow = self.swallowed = 0
        self.edit = None
        self._threads = []
        self._spawn(self._accept)

    @property
    def address(self):
        """Where it listens, as the host of a domain service would be given."""
        port = self._listener.getsockname()[1]
        return f"127.0.0.1:{port}" if self._tls else f"http://127.0.0.1:{port}"

    def join(self, count):
        """Let the next so many units reach the client in one write."""
        with self._changed:
            self._wanted, self.joined = count, 0

    def say(self, said):
        """Say something to the client of the latest line: a dict, or bytes."""
        with self._changed:
            self._client.sendall(_written(said))

    def close(self):
        with self._changed:
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            for each in self._sockets:
                _end(each)
        for thread in self._threads:
            thread.join(5)
        for each in self._sockets:
            each.close()

    # -- threads of its own

    def _spawn(self, function, *arguments):
        thread = threading.Thread(target=function, args=arguments)
        self._threads.append(thread)
        thread.start()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                server = socket.create_connection(self._target, timeout=5)
                server.settimeout(None)
                with self._changed:
                    self._sockets += [client, server]
                    self._client = client
                self._spawn(self._upwards, client, server)
                self._spawn(self._downwards, server, client)

    def swallow(self, count):
        """Cut the line, so many times, when the client publishes something.

        What it wrote is lost on the way. Not with TLS.
        """
        with self._changed:
            self._swallow, self.swallowed = count, 0

    def _upwards(self, client, server):
        units = _records(client) if self._tls else _frames(client)
        with contextlib.suppress(OSError, EOFError):
            for unit in units:
                if self.swallowed < self._swallow and _is_publish(unit):
                    with self._changed:
                        self.swallowed += 1
                    break
                server.sendall(unit)
        _end(client, server)

    def _downwards(self, server, client):
        units = _records(server) if self._tls else _frames(server)
        with contextlib.suppress(OSError, EOFError):
            for unit in units:
                with self._changed:
                    self._pass_on(client, unit)
        _end(client, server)

    def _pass_on(self, client, unit):
        if self.edit is not None and unit[0] == _TEXT:
            unit = b"".join(map(_written, self.edit(json.loads(_payload(unit)))))
            if not unit:
                return
        if self._wanted:
            self._held.append(unit)
            if len(self._held) < self._wanted:
                return
            unit, self.joined = b"".join(self._held), len(self._held)
            self._held, self._wanted = [], 0
        client.sendall(unit)


def frame(text):
    """Make a text frame as a server writes it."""
    data = text.encode()
    if len(data) < 126:
        return bytes((_TEXT, len(data))) + data
    if len(data) < 1 << 16:
        return bytes((_TEXT, 126)) + len(data).to_bytes(2) + data
    return bytes((_TEXT, 127)) + len(data).to_bytes(8) + data


def _written(said):
    return said if isinstance(said, bytes) else frame(json.dumps(said))


def _payload(unit):
    return unit[{126: 4, 127: 10}.get(unit[1], 2) :]


def _frames(source):
    """Give the answer to the upgrade, then each frame."""
    head = b""
    while not head.endswith(_HEAD_END):
        head += _exactly(source, 1)
    yield head
    while True:
        start = _exactly(source, 2)
        more = {126: 2, 127: 8}.get(start[1] & 127, 0)
        extra = _exactly(source, more)
        length = int.from_bytes(extra) if more else start[1] & 127
        mask = 4 if start[1] & 128 else 0
        yield start + extra + _exactly(source, mask + length)


def _is_publish(unit):
    """Tell whether a client's frame publishes something."""
    if unit[0] != _TEXT or not unit[1] & 128:
        return False
    payload = unit[{126: 4, 127: 10}.get(unit[1] & 127, 2) :]
    mask, data = payload[:4], payload[4:]
    text = bytes(byte ^ mask[place % 4] for place, byte in enumerate(data))
    return json.loads(text)["type"].endswith("ms.PublishEvent")


def _records(source):
    while True:
        start = _exactly(source, 5)
        yield start + _exactly(source, int.from_bytes(start[3:]))


def _exactly(source, count):
    data = b""
    while len(data) < count:
        more = source.recv(count - len(data))
        if not more:
            raise EOFError
        data += more
    return data


def _end(*sockets):
    for each in sockets:
        with contextlib.suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
