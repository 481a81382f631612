"""The endpoint against guests who are slow, rude, many, or somebody else."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time

import pytest

import ums_actors as ums
from ums_actors.errors import StatusError
from ums_actors.status import guest, server
from ums_actors.status.client import Client
from ums_actors.status.messages import MOST_REQUEST, Detail, Done, Page, Process, Row
from ums_actors.status.server import Server

PROCESS = Process(pid=1, program="p", version="v", uptime=0.0, connections=0)


class Fixed:
    """Tells always the same, as large as is wanted."""

    def __init__(self):
        self.rows = [Row(number=1, id="one")]
        self.wrong = None
        self.asked = []

    def page(self, after, limit):
        self.asked.append((after, limit))
        if self.wrong is not None:
            raise self.wrong
        return Page(process=PROCESS, rows=self.rows, clock=0.0)

    def show(self, connection_id):
        raise ums.StatusError(f"there is no {connection_id}")

    def reconnect(self, connection_id):
        return Done(text=f"reconnects {connection_id}")

    def close(self, connection_id):
        return Done(text=f"closes {connection_id}")


@pytest.fixture
def source():
    return Fixed()


@pytest.fixture
def endpoint(path, source):
    made = Server(path, source)
    yield made
    assert made.close(10)


@pytest.fixture
def attach(endpoint):
    lines = []

    def begin():
        line = socket.socket(socket.AF_UNIX)
        lines.append(line)
        line.connect(str(endpoint.path))  # with a timeout it would not stand in line
        line.settimeout(20)
        return line

    yield begin
    for line in lines:
        line.close()


def ask(line, request=b'{"ask":"page"}\n'):
    line.sendall(request)
    return answer(line)


def answer(line):
    said = b""
    while not said.endswith(b"\n"):
        more = line.recv(1 << 16)
        if not more:
            return said
        said += more
    return said


def test_it_answers_in_turn_on_one_line_each(attach):
    line = attach()
    assert b'"id":"one"' in ask(line)
    assert ask(line, b'{"ask":"reconnect","id":"one"}\n') == (
        b'{"is":"done","text":"reconnects one"}\n'
    )
    assert b"closes one" in ask(line, b'{"ask":"close","id":"one"}\n')
    assert ask(line, b'{"ask":"show","id":"two"}\n') == (
        b'{"is":"refused","text":"there is no two"}\n'
    )


def test_requests_that_come_together_are_all_answered(attach):
    line = attach()
    line.sendall(b'{"ask":"close","id":"a"}\n{"ask":"close","id":"b"}\n')
    line.shutdown(socket.SHUT_WR)
    said = b""
    while said.count(b"\n") < 2:
        said += line.recv(1 << 16)
    assert said.splitlines() == [
        b'{"is":"done","text":"closes a"}',
        b'{"is":"done","text":"closes b"}',
    ]


def test_a_request_may_come_byte_by_byte(attach):
    line = attach()
    for byte in b'{"ask":"page"}':
        line.sendall(bytes([byte]))
    assert b'"id":"one"' in ask(line, b"\n")


@pytest.mark.parametrize(
    "request_line",
    [
        b"\n",
        b"GET / HTTP/1.1\n",
        b"\xff\xfe\n",
        b'{"ask":"page","after":"x"}\n',
        b'{"ask":"page","after":1e400}\n',
        b'{"ask":"shutdown"}\n',
        b'{"ask":"show"}\n',
        b"[" * 4000 + b"\n",
    ],
)
def test_nonsense_is_answered_by_what_may_be_asked(attach, request_line):
    line = attach()
    assert b"no request is known by this" in ask(line, request_line)
    assert b'"id":"one"' in ask(line)  # and he may go on


def test_a_page_has_bounds_whatever_is_asked(attach, source):
    line = attach()
    for limit in (-5, 0, 10**9):
        ask(line, b'{"ask":"page","after":-7,"limit":%d}\n' % limit)
    assert [limit for _, limit in source.asked] == [1, 1, 200]


def test_a_request_without_end_is_ended(attach):
    line = attach()
    line.sendall(b"x" * MOST_REQUEST)
    assert b"at most 4096 bytes" in answer(line)
    assert line.recv(1) == b""


def test_what_the_source_raises_is_told_without_its_text(attach, source, caplog):
    source.wrong = KeyError("secret")
    assert b"the log of the process says why" in (said := ask(attach()))
    assert b"secret" not in said
    assert [record.message for record in caplog.records] == ["status.failed"]
    source.wrong = None
    assert b'"id":"one"' in ask(attach())


def test_who_does_not_read_keeps_nobody_waiting_and_is_dismissed(
    attach, source, monkeypatch, eventually, endpoint
):
    monkeypatch.setattr(guest, "SLOW", 0.2)
    source.rows = [Row(number=1, id="x" * 8_000_000)]
    slow = attach()
    slow.sendall(b'{"ask":"page"}\n' * 100)
    eventually(lambda: source.asked)
    source.rows = [Row(number=1, id="one")]
    assert b'"id":"one"' in ask(attach())
    assert len(source.asked) == 2  # of the slow one's hundred only the first
    eventually(lambda: len(endpoint._guests) == 1)


def test_who_never_ends_his_request_is_dismissed(attach, monkeypatch):
    monkeypatch.setattr(guest, "SLOW", 0.2)
    line = attach()
    line.sendall(b'{"ask":')
    assert line.recv(1) == b""


def test_who_asks_nothing_is_dismissed_after_a_while(path, source, monkeypatch):
    monkeypatch.setattr(guest, "IDLE", 0.2)
    endpoint = Server(path, source)
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(20)
        line.connect(str(path))
        assert line.recv(1) == b""
    assert endpoint.close(10)


def test_only_a_few_are_attached_and_the_next_is_told(attach, endpoint, eventually):
    lines = [attach() for _ in range(server.GUESTS)]
    for line in lines:
        ask(line)
    assert b"8 are attached already" in answer(attach())
    lines[0].close()
    eventually(lambda: len(endpoint._guests) < server.GUESTS)
    assert b'"id":"one"' in ask(attach())


def test_a_thousand_who_come_and_go_leave_nothing(attach, endpoint, eventually):
    for _ in range(1000):
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(str(endpoint.path))
            line.send(b'{"ask":')
    eventually(lambda: not endpoint._guests)
    assert b'"id":"one"' in ask(attach())


@pytest.fixture
def crowded(path):
    """Before this door stand as many as the system lets."""
    with contextlib.ExitStack() as stack:
        door = stack.enter_context(socket.socket(socket.AF_UNIX))
        door.bind(str(path))
        door.listen(0)
        while True:
            caller = stack.enter_context(socket.socket(socket.AF_UNIX))
            caller.setblocking(False)
            try:
                caller.connect(str(path))
            except BlockingIOError:
                break
        yield door


def test_who_comes_to_a_crowded_door_waits_in_front_of_it(path, crowded):
    seen = []
    caller = threading.Thread(target=lambda: seen.append(Client(path, timeout=20)))
    caller.start()
    caller.join(0.1)
    assert not seen
    first, _ = crowded.accept()
    caller.join(20)
    first.close()
    assert seen[0].usable
    seen[0].close()


def test_who_waits_too_long_before_a_crowded_door_is_told(path, crowded):
    with pytest.raises(StatusError, match="it took too long"):
        Client(path, timeout=0.05)


def test_closing_hangs_up_on_who_is_attached(path, source):
    endpoint = Server(path, source)
    client = Client(path, timeout=20)
    (page,) = client.pages()
    assert page.rows[0].id == "one"
    assert endpoint.close(10)
    assert endpoint.close(10)
    assert not path.exists()
    with pytest.raises(StatusError, match="is gone"):
        list(client.pages())
    client.close()


def test_closing_does_not_wait_for_a_slow_reader(path, source):
    source.rows = [Row(number=1, id="x" * 8_000_000)]
    endpoint = Server(path, source)
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(str(path))
        line.sendall(b'{"ask":"page"}\n')
        while not source.asked:
            threading.Event().wait(0.005)
        assert endpoint.close(10)


def test_another_user_is_not_let_in_even_where_the_file_lets_him(
    endpoint, short, as_nobody
):
    def look():
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(20)
            line.connect(str(endpoint.path))
            line.sendall(b'{"ask":"page"}\n')
            assert line.recv(1), "hung up on"

    assert not as_nobody(look)  # by the file's mode
    short.chmod(0o755)
    endpoint.path.chmod(0o666)
    assert not as_nobody(look)  # by who he is
    with Client(endpoint.path) as ours:
        assert next(ours.pages()).rows


def test_another_users_process_is_not_looked_at(endpoint, short, as_nobody):
    short.chmod(0o755)
    endpoint.path.chmod(0o666)

    def look():
        with pytest.raises(StatusError, match="runs as another user"):
            Client(endpoint.path)

    assert as_nobody(look)


def test_a_forked_child_does_not_hold_the_parents_endpoint(path, fork):
    runtime = ums.Runtime(status_socket=path)
    read, write = os.pipe()
    child = fork()
    if not child:
        try:
            os.close(write)
            os.read(read, 1)  # lives on until the parent says so
        finally:
            os._exit(0)
    os.close(read)
    try:
        with Client(path, timeout=10) as client:
            assert list(client.pages())  # the child has not taken it away
        assert runtime.close(10)
        again = ums.Runtime(status_socket=path)  # nor does it listen there
        assert again.close(10)
    finally:
        os.close(write)
        os.waitpid(child, 0)


class Stranger:
    """Listens as an endpoint does, and says what it is told to."""

    def __init__(self, path, said):
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen()
        self._said = said
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self):
        line, _ = self._listener.accept()
        line.recv(4096)
        with contextlib.suppress(OSError):  # who has heard enough may go
            line.sendall(self._said)
        self._ended.wait(20)
        line.close()

    def end(self):
        self._ended.set()
        self._thread.join(20)
        self._listener.close()


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (b"HTTP/1.1 400\r\n", "is no status endpoint"),
        (b'{"is":"done","text":"well"}\n', "answered with a Done"),
        (b'{"is":"page"}\n', "is no status endpoint, or one of another version"),
        (b"", "does not answer in 0.3 s"),
        (b"never an end", "does not answer in 0.3 s"),
    ],
)
def test_what_is_no_endpoint_is_told_from_one(path, said, told):
    stranger = Stranger(path, said)
    try:
        with Client(path, timeout=0.3) as client, pytest.raises(StatusError) as error:
            next(client.pages())
    finally:
        stranger.end()
    assert told in str(error.value)


def test_an_answer_without_bounds_is_not_kept(path):
    stranger = Stranger(path, b"x" * (5 << 20))
    try:
        with (
            Client(path, timeout=20) as client,
            pytest.raises(StatusError, match="does not answer"),
        ):
            next(client.pages())
    finally:
        stranger.end()


@pytest.mark.parametrize("there", [False, True])
def test_nobody_there_is_told(path, there):
    if there:
        path.write_text("")
    with pytest.raises(StatusError, match="nobody answers at"):
        Client(path)


def test_a_detail_survives_the_way(path, source):
    detail = Detail(
        process=PROCESS,
        row=Row(number=1, id="one"),
        actors=[],
        history=[],
        pending=[],
        pending_total=0,
        clock=time.monotonic(),
    )
    source.show = lambda _: detail
    endpoint = Server(path, source)
    with Client(path) as client:
        assert client.show("one") == detail
    assert endpoint.close(10)
