"""A scripted websocket server on real sockets."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import select
import socket
import ssl
import threading

import pytest
import trustme

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def build_frame(payload=b"", opcode=1, *, fin=True):
    size = len(payload)
    first = bytes([(0x80 if fin else 0) | opcode])
    if size < 126:
        return first + bytes([size]) + payload
    if size < 1 << 16:
        return first + b"\x7e" + size.to_bytes(2, "big") + payload
    return first + b"\x7f" + size.to_bytes(8, "big") + payload


class Peer:
    """The server's end of one connection."""

    def __init__(self, sock, requests=None):
        sock.settimeout(5)
        self.sock = sock
        self.requests = [] if requests is None else requests
        self.data = b""

    def read_head(self):
        while b"\r\n\r\n" not in self.data:
            chunk = self.sock.recv(4096)
            if not chunk:
                raise EOFError
            self.data += chunk
        head, _, self.data = self.data.partition(b"\r\n\r\n")
        self.requests.append(head)
        return head

    def answer(self, request, extra=b"", behind=b""):
        key = next(
            line.split(b": ")[1]
            for line in request.split(b"\r\n")
            if line.lower().startswith(b"sec-websocket-key")
        )
        accept = base64.b64encode(hashlib.sha1(key + GUID).digest())
        self.sock.sendall(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
            b"Connection: Upgrade\r\nSec-WebSocket-Accept: "
            + accept
            + b"\r\n"
            + extra
            + b"\r\n"
            + behind
        )

    def upgrade(self, extra=b"", behind=b""):
        request = self.read_head()
        self.answer(request, extra, behind)

    def _need(self, size):
        while len(self.data) < size:
            chunk = self.sock.recv(65536)
            if not chunk:
                raise EOFError
            self.data += chunk

    def read_frame(self):
        self._need(2)
        size, begin = self.data[1] & 127, 2
        if size > 125:
            begin = 4 if size == 126 else 10
            self._need(begin)
            size = int.from_bytes(self.data[2:begin], "big")
        assert self.data[1] & 128, "a client masks"
        self._need(begin + 4 + size)
        mask, body = self.data[begin : begin + 4], self.data[begin + 4 :][:size]
        opcode, self.data = self.data[0] & 15, self.data[begin + 4 + size :]
        return opcode, bytes(b ^ mask[i & 3] for i, b in enumerate(body))

    def wait_for_end(self):
        with contextlib.suppress(OSError):
            while self.sock.recv(65536):
                pass


class Server:
    """Runs one script a connection, in order of arrival; the last one repeats."""

    def __init__(self, scripts, context=None):
        self.context = context
        self.scripts = scripts
        self.requests = []
        self.errors = []
        self.peers = []
        self.threads = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.listener.settimeout(0.02)
        self.ended = threading.Event()
        self._spawn(self._accept)

    def url(self, path="/"):
        host = "localhost" if self.context else "127.0.0.1"
        return f"{'wss' if self.context else 'ws'}://{host}:{self.port}{path}"

    def _spawn(self, target, *args):
        thread = threading.Thread(target=target, args=args)
        self.threads.append(thread)
        thread.start()

    def _accept(self):
        count = 0
        while not self.ended.is_set():
            try:
                sock, _ = self.listener.accept()
            except TimeoutError:
                continue
            script = self.scripts[min(count, len(self.scripts) - 1)]
            count += 1
            self.peers.append(sock)
            self._spawn(self._serve, sock, script)

    def _serve(self, sock, script):
        try:
            sock.settimeout(5)
            if self.context:
                sock = self.context.wrap_socket(sock, server_side=True)
                self.peers.append(sock)
            script(Peer(sock, self.requests))
        except (OSError, EOFError):
            pass
        except BaseException as error:  # noqa: BLE001 - told at the end
            self.errors.append(error)
        finally:
            sock.close()

    def stop(self):
        self.ended.set()
        for peer in list(self.peers):
            with contextlib.suppress(OSError):
                socket.socket.shutdown(peer, socket.SHUT_RDWR)
        for thread in self.threads:
            thread.join(6)
        for peer in self.peers:
            peer.close()
        self.listener.close()
        assert not any(thread.is_alive() for thread in self.threads)
        assert self.errors == []


@pytest.fixture(scope="session")
def authority():
    return trustme.CA()


@pytest.fixture(scope="session")
def ca_file(authority, tmp_path_factory):
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return str(path)


@pytest.fixture(scope="session")
def server_context(authority):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    return context


@pytest.fixture
def serve(server_context):
    servers = []

    def start(*scripts, tls=False):
        servers.append(Server(scripts, server_context if tls else None))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.fixture(scope="session")
def frame():
    return build_frame


@pytest.fixture(scope="session")
def make_peer():
    return Peer


@pytest.fixture
def blackhole():
    """A port of which SYNs are dropped: its queue is full. Gives (port, sockets)."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(
            socket.create_server(("127.0.0.1", 0), backlog=0)
        )
        address = listener.getsockname()
        fillers = []
        for _ in range(4):
            sock = stack.enter_context(socket.socket())
            sock.setblocking(False)
            sock.connect_ex(address)
            fillers.append(sock)
        _, established, _ = select.select([], fillers, [], 0.2)
        assert len(established) < len(fillers), "the queue is not full"
        yield address[1], fillers
