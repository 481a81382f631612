"""A small HTTP server whose answers a test writes, plain or with TLS."""

import contextlib
import http.server
import json
import socket
import ssl
import threading
import traceback

import pytest
import trustme


class Exchange(http.server.BaseHTTPRequestHandler):
    """One request, and what the test answers to it."""

    protocol_version = "HTTP/1.1"

    def handle_one(self):
        length = int(self.headers.get("Content-Length") or 0)
        self.body = self.rfile.read(length)
        self.server.seen.append(self)
        with contextlib.suppress(OSError):  # the client may have had enough
            self.server.answer(self)
        self.close_connection = True

    do_GET = do_POST = do_PUT = handle_one  # noqa: N815 the names are the library's

    def handle(self):
        with contextlib.suppress(OSError):
            super().handle()

    def log_message(self, *args):
        pass

    def json(self):
        return json.loads(self.body)

    def reply(self, status, body=None, headers=()):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def write(self, data):
        self.wfile.write(data)
        self.wfile.flush()

    def stopping(self, seconds=0.02):
        """Wait a little; say whether the test is over."""
        return self.server.over.wait(seconds)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = False
    block_on_close = True

    def __init__(self, answer, context=None):
        super().__init__(("127.0.0.1", 0), Exchange)
        self.answer = answer
        self.context = context
        self.seen = []
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.serve_forever, args=(0.02,))
        self.thread.start()

    def finish_request(self, request, client_address):
        if self.context is None:
            super().finish_request(request, client_address)
            return
        request.settimeout(10)
        with (
            contextlib.suppress(OSError),
            self.context.wrap_socket(request, server_side=True) as wrapped,
        ):
            super().finish_request(wrapped, client_address)

    def shutdown_request(self, request):
        with contextlib.suppress(OSError):
            super().shutdown_request(request)

    @property
    def authority(self):
        return f"127.0.0.1:{self.server_port}"

    def stop(self):
        self.over.set()
        self.shutdown()
        self.thread.join(10)
        assert not self.thread.is_alive()
        self.server_close()


@pytest.fixture
def serve():
    """Start servers: serve(answer, context=None) -> Server."""
    with contextlib.ExitStack() as stack:

        def start(answer, context=None):
            server = Server(answer, context)
            stack.callback(server.stop)
            return server

        yield start


@pytest.fixture(scope="session")
def authority():
    return trustme.CA()


@pytest.fixture(scope="session")
def server_context(authority):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
    return context


@pytest.fixture(scope="session")
def ca_file(authority, tmp_path_factory):
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return path


@pytest.fixture
def dead_port():
    """A port on which nobody listens."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        yield sock.getsockname()[1]


@pytest.fixture
def full_text():
    """All that printing an error could show, its whole chain included."""

    def text(error):
        parts = []
        while error is not None:
            parts += [str(error), repr(error), repr(vars(error))]
            parts += traceback.format_exception(error)
            error = error.__cause__ or error.__context__
        return "\n".join(parts)

    return text


@pytest.fixture(autouse=True)
def no_thread_is_left():
    before = set(threading.enumerate())
    yield
    left = [each for each in threading.enumerate() if each not in before]
    for each in left:
        each.join(5)
    assert not [each for each in left if each.is_alive()]
