"""A small HTTP proxy that knows CONNECT, for tests of calls and of websockets."""

from __future__ import annotations

import base64
import contextlib
import select
import socket
import threading


class ConnectProxy:
    """Tunnels to loopback, whatever name it is asked for; a context manager.

    Args:
        credentials: ``user:password`` that it wants; None lets everybody in.
        status: what it answers instead of a tunnel.
        answer: the bytes that it answers instead.

    Attributes:
        places: ``host:port`` of each CONNECT, in order.
        heads: each request's head.
    """

    def __init__(self, credentials=None, *, status=None, answer=None):
        self.places = []
        self.heads = []
        self._wanted = (
            None
            if credentials is None
            else f"Basic {base64.b64encode(credentials.encode()).decode()}"
        )
        self._status = status
        self._answer = answer
        self._over = threading.Event()
        self._threads = []
        self._sockets = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0.02)
        self.port = self._listener.getsockname()[1]

    def __enter__(self):
        self._spawn(self._accept)
        return self

    def __exit__(self, *_):
        self._over.set()
        for sock in list(self._sockets):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)
            assert not thread.is_alive()
        for sock in self._sockets:
            sock.close()
        self._listener.close()

    def _spawn(self, target, *args):
        thread = threading.Thread(target=target, args=args)
        self._threads.append(thread)
        thread.start()

    def _accept(self):
        while not self._over.is_set():
            with contextlib.suppress(TimeoutError):
                near, _ = self._listener.accept()
                near.settimeout(5)
                self._sockets.append(near)
                self._spawn(self._serve, near)

    def _serve(self, near):
        with contextlib.suppress(OSError, EOFError):
            head = self._read_head(near)
            self.heads.append(head)
            place = head.split()[1]
            self.places.append(place)
            refusal = self._refusal(head)
            if refusal is not None:
                near.sendall(refusal)
            else:
                self._tunnel(near, int(place.rpartition(":")[2]))
        with contextlib.suppress(OSError):
            near.shutdown(socket.SHUT_RDWR)

    def _read_head(self, near):
        data = b""
        while b"\r\n\r\n" not in data:
            chunk = near.recv(4096)
            if not chunk:
                raise EOFError
            data += chunk
        return data.decode()

    def _refusal(self, head):
        if self._answer is not None:
            return self._answer
        status = self._status
        if self._wanted is not None and self._wanted not in head:
            status = 407
        if status is None:
            return None
        return f"HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n".encode()

    def _tunnel(self, near, port):
        with socket.create_connection(("127.0.0.1", port), timeout=5) as far:
            near.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            ends = {near: far, far: near}
            while not self._over.is_set():
                for sock in select.select(list(ends), [], [], 0.1)[0]:
                    data = sock.recv(65536)
                    if not data:
                        return
                    ends[sock].sendall(data)
