"""What the endpoint tells of real connections, and does to them."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import msgspec
import pytest

import ums_actors as ums
from ums_actors.emulator import password_of
from ums_actors.errors import StatusError
from ums_actors.runtime import watch
from ums_actors.status.client import Client

MANY = 1_100
SAID = "what was said in private"


@pytest.fixture
def one(client):
    """Give the only row."""

    def look():
        (row,) = [row for page in client.pages() for row in page.rows]
        return row

    return look


@pytest.fixture
def unlucky(runtime, eventually):
    """Let pauses be nearly as long as they may be."""
    runtime.random = SimpleNamespace(random=lambda: 0.9)
    return SimpleNamespace(eventually=eventually)


def test_a_row_says_how_a_connection_is_doing(opened, one, emulator):
    proxy = opened()
    status = proxy.status().get(timeout=5)
    row = one()
    assert (row.id, row.number) == (status.connection_id, 1)
    assert (row.kind, row.account) == ("BrandWebsocketConnection", emulator.account)
    assert row.user == status.agent_id
    assert (row.state, row.generation, row.logins) == ("READY", 1, 1)
    assert (row.restarts, row.budget, row.reconnects) == (0, 5, 0)
    assert (row.retry_in, row.reason) == (None, "")
    assert row.in_state >= 0


def test_the_time_in_a_state_begins_anew_with_the_state(
    opened, one, emulator, runtime, eventually
):
    opened()
    noted = next(iter(runtime._status._source._noted.values()))
    noted.since -= 1000.0
    assert one().in_state > 1000
    emulator.cut("bot1")
    eventually(lambda: one().in_state < 1000)


def test_restarts_and_what_is_left_of_the_budget_are_told(opened, one, eventually):
    proxy = opened()
    proxy.child("token").get(timeout=5).tell("what a token actor does not know")
    eventually(lambda: one().restarts == 1)
    assert one().budget == 4


def test_a_pause_says_when_it_ends_and_why_it_is(
    opened, one, emulator, eventually, unlucky
):
    opened(options={"backoff_base": 60.0})
    emulator.close_sockets(4407, "bot1")
    eventually(lambda: one().state == "BACKING_OFF")
    row = one()
    assert row.attempt == 1
    assert 0 < row.retry_in <= 60
    assert "4407" in row.reason


def test_requests_are_measured_from_the_first_look_on(opened, one, emulator, runtime):
    proxy = opened()
    proxy.get_clock().get(timeout=5)  # nobody has looked yet
    row = one()
    assert (row.requests, row.p50) == (0, None)
    for _ in range(3):
        proxy.get_clock().get(timeout=5)
    no = {"code": 403, "type": ".GetClock"}
    emulator.add_fault("reject", count=1, value=no)
    with pytest.raises(ums.RequestRejected):
        proxy.get_clock().get(timeout=5)
    row = one()
    assert (row.requests, row.failed) == (4, 1)
    assert 0 < row.p50 <= row.p99 < 20


def test_nothing_is_measured_when_nobody_looks_any_more(
    opened, one, runtime, monkeypatch
):
    monkeypatch.setattr(watch, "WATCHED", 0.0)
    proxy = opened()
    one()
    proxy.get_clock().get(timeout=5)
    assert one().requests == 0


def test_a_detail_has_the_tree_the_history_and_who_waits(
    opened, one, client, emulator, eventually
):
    proxy = opened()
    emulator.add_fault("drop", count=3, value=".GetClock")
    waiting = [proxy.get_clock() for _ in range(3)]
    eventually(lambda: one().in_flight == 3)
    detail = client.show(one().id)
    assert [each.name for each in detail.actors] == [
        "root",
        "supervisor",
        "token",
        "correlator",
        "socket",
    ]
    above = {each.name: each.above for each in detail.actors}
    assert above == {
        "root": "",
        "supervisor": "root",
        **dict.fromkeys(("token", "correlator", "socket"), "supervisor"),
    }
    assert all(each.alive for each in detail.actors)
    assert any("RESTORING → READY" in each.text for each in detail.history)
    assert [each.ago for each in detail.history] == sorted(
        (each.ago for each in detail.history), reverse=True
    )
    assert detail.pending_total == 3
    for each in detail.pending:
        assert (each.type, each.where) == (".GetClock", "in flight")
        assert each.age + each.left == pytest.approx(10.0)
    for each in waiting:
        proxy.forget(each).get(timeout=5)
    proxy.close().get(timeout=10)


def test_what_waits_for_a_line_is_told_as_queued(start, emulator, client, one):
    proxy = start(emulator)
    for _ in range(201):
        proxy.send({"type": "x" * 1_000, "body": {"text": SAID}})
    detail = client.show(one().id)
    assert (len(detail.pending), detail.pending_total) == (200, 201)
    first = detail.pending[0]
    assert (first.where, first.type) == ("queued", "x" * 80)
    assert first.left <= 60
    proxy.close().get(timeout=10)


def test_a_ready_line_is_given_up_for_a_new_one(opened, one, client, eventually):
    opened()
    assert "line 1 is given up" in client.reconnect(one().id)
    eventually(lambda: (one().state, one().generation) == ("READY", 2))
    assert one().logins == 1
    assert "asked for at the status endpoint" in one().reason
    history = client.show(one().id).history
    assert any("command=reconnect" in each.text for each in history)


def test_a_pause_is_ended(opened, one, client, emulator, unlucky):
    opened(options={"backoff_base": 60.0})
    emulator.cut("bot1")
    unlucky.eventually(lambda: one().state == "BACKING_OFF")
    assert client.reconnect(one().id) == "the next attempt begins now"
    unlucky.eventually(lambda: one().state == "READY")


def test_a_connection_is_closed_and_stays_so(opened, one, client, eventually):
    proxy = opened()
    assert "closing" in client.close_connection(one().id)
    proxy.wait_closed().get(timeout=10)
    assert one().state == "CLOSED"
    for ask in (client.reconnect, client.close_connection):
        with pytest.raises(StatusError, match=r"is CLOSED.*only its own program"):
            ask(one().id)
    proxy.open().get(timeout=10)
    assert one().state == "READY"


def test_one_that_would_not_come_back_is_not_cut(opened, one, client):
    proxy = opened(options={"maintain_connection": False})
    with pytest.raises(StatusError, match="would not come back"):
        client.reconnect(one().id)
    assert proxy.status().get(timeout=5).state == "READY"


def test_an_attempt_that_is_under_way_is_let_be(start, emulator, one, client, runtime):
    runtime.gate = SimpleNamespace(delay=lambda now: 60.0)
    opening = (proxy := start(emulator)).open()
    proxy.status().get(timeout=5)  # the supervisor was told before this was asked
    assert one().state == "AUTHENTICATING"
    with pytest.raises(StatusError, match="under way already"):
        client.reconnect(one().id)
    proxy.close().get(timeout=10)
    with pytest.raises(ums.UMSError):
        opening.get(timeout=10)


def test_who_is_not_there_is_told(client):
    for ask in (client.show, client.reconnect, client.close_connection):
        with pytest.raises(StatusError, match="there is no connection 'abc'"):
            ask("abc")


def test_who_has_stopped_is_not_listed(opened, client, one):
    proxy = opened()
    assert one().state == "READY"
    proxy.actor_ref.stop(timeout=10)
    assert [page.rows for page in client.pages()] == [[]]


def test_a_thousand_connections_come_page_by_page_each_once(start, emulator, client):
    for _ in range(MANY):
        start(emulator)
    pages = list(client.pages())
    assert len(pages) == 6
    assert max(len(page.rows) for page in pages) == 200
    rows = [row for page in pages for row in page.rows]
    assert [row.number for row in rows] == list(range(1, MANY + 1))
    assert len({row.id for row in rows}) == MANY
    assert {page.process.connections for page in pages} == {MANY}


def test_pages_neither_repeat_nor_skip_when_some_go_meanwhile(start, emulator, client):
    proxies = [start(emulator) for _ in range(450)]
    pages = client.pages()
    first = next(pages)
    for proxy in proxies[100:250]:
        proxy.actor_ref.stop(timeout=10)
    numbers = [row.number for page in (first, *pages) for row in page.rows]
    assert numbers == [*range(1, 201), *range(251, 451)]


def test_the_loop_looks_into_a_few_a_turn(start, emulator, client, runtime, mocker):
    for _ in range(50):
        start(emulator)
    turns = mocker(runtime.loops[0], "call_soon")
    list(client.pages())
    assert len(turns) == 3


@pytest.fixture
def mocker(monkeypatch):
    """Note the arguments of a method's calls, and call it."""

    def noted(what, name):
        calls, real = [], getattr(what, name)
        monkeypatch.setattr(
            what, name, lambda *given: (calls.append(given), real(*given))
        )
        return calls

    return noted


def test_a_blocked_loop_is_told_and_gets_one_errand_at_most(
    opened, client, busy, runtime, monkeypatch
):
    opened()
    known = next(client.pages()).rows[0].id
    monkeypatch.setattr(watch, "PATIENCE", 0.05)
    busy()
    before = len(runtime.loops[0]._ready)
    for _ in range(3):
        (page,) = client.pages()
        assert (page.rows, page.silent) == ([], 1)
        assert page.process.connections == 1
        with pytest.raises(StatusError, match="does not answer"):
            client.close_connection(known)
    assert len(runtime.loops[0]._ready) == before + 1
    busy.end()
    monkeypatch.setattr(watch, "PATIENCE", 10.0)
    (row,) = next(client.pages()).rows
    assert row.state == "READY"  # it was not closed late


def test_other_loops_are_seen_while_one_is_blocked(
    path, emulator, monkeypatch, eventually
):
    runtime = ums.Runtime(2, status_socket=path)
    refs = [
        ums.BrandWebsocketConnection.start(
            emulator.account,
            auth=ums.PasswordLogin("bot1", password_of("bot1")),
            csds=f"http://{emulator.csds}",
            runtime=runtime,
        )
        for _ in range(4)
    ]
    go_on = threading.Event()
    runtime.loops[0].call_soon(lambda: go_on.wait(20))
    monkeypatch.setattr(watch, "PATIENCE", 0.3)
    with Client(path, timeout=10) as client:

        def are_seen():
            (page,) = client.pages()
            assert page.silent >= 1
            return [row.number for row in page.rows] == [2, 4]

        eventually(are_seen)
    go_on.set()
    for ref in refs:
        ref.stop(timeout=10)
    assert runtime.close(10)


def test_closing_the_runtime_hangs_up_and_leaves_no_file(path, emulator):
    runtime = ums.Runtime(status_socket=path)
    ref = ums.BrandWebsocketConnection.start(
        emulator.account,
        auth=ums.PasswordLogin("bot1", password_of("bot1")),
        csds=f"http://{emulator.csds}",
        runtime=runtime,
    )
    with Client(path, timeout=10) as client:
        assert list(client.pages())
        ref.stop(timeout=10)
        assert runtime.close(10)
        assert not path.exists()
        with pytest.raises(StatusError, match="gone"):
            list(client.pages())


def test_a_runtime_without_the_option_imports_and_starts_nothing(emulator):
    runtime = ums.Runtime()
    assert (runtime.status_path, runtime.instruments) == (None, None)
    assert not any(each.name == "ums-status" for each in threading.enumerate())
    assert runtime.close(10)


def test_a_runtime_that_cannot_be_made_leaves_no_endpoint(path):
    with pytest.raises(ums.LocalProtocolError, match="loops=0"):
        ums.Runtime(0, status_socket=path)
    assert not path.exists()


def test_no_secret_leaves_through_it(opened, client, one, emulator, events):
    proxy = opened()
    talk = emulator.open_conversation(assign="bot1").conversation_id
    one()
    proxy.send_text(talk, SAID).get(timeout=5)
    states = events(proxy, ums.StateChanged)
    emulator.close_sockets(4401, "bot1")
    states.wait(lambda event: event.state == "READY")
    emulator.cut("bot1")
    states.wait(lambda event: event.state == "READY")
    token = str(proxy.get_token().get(timeout=5))
    emulator.add_fault("drop", count=1)
    lost = proxy.send_text(talk, SAID)
    told = msgspec.json.encode([list(client.pages()), client.show(one().id)]).decode()
    proxy.close().get(timeout=10)
    with pytest.raises(ums.UMSError):
        lost.get(timeout=10)
    for secret in (password_of("bot1"), token, SAID):
        assert len(secret) > 3
        assert secret not in told
    assert "READY" in told
