"""Reports as they are asked for over HTTP."""

from __future__ import annotations

import importlib.util
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from ums_actors.auth.csds import Csds
from ums_actors.errors import (
    ConnectionLost,
    Delivery,
    LoginError,
    RemoteProtocolError,
    RequestRejected,
    RequestTimedOut,
)
from ums_actors.http.client import Http
from ums_actors.protocol.shifts import SkillShift
from ums_actors.reports.desk import ReportDesk
from ums_actors.secret import Secret

_path = Path(__file__).parents[1] / "http" / "conftest.py"
_spec = importlib.util.spec_from_file_location("http_conftest", _path)
_module = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_module)
serve = _module.serve
dead_port = _module.dead_port
full_text = _module.full_text

PATIENCE = 20.0
TOKEN = Secret("t0k3n")
BRAND = "/api/messaging/rest/reporting/brands/1"


class Asked:
    """What a desk is asked, with a deadline for each question."""

    def __init__(self, host, account="1", **overrides):
        self.http = Http()
        overrides = overrides or {"asyncMessagingEnt": host}
        self.desk = ReportDesk(
            account, Csds(host, account, self.http, overrides=overrides), self.http
        )

    def shifts(self, timeout=PATIENCE):
        return self.desk.shift_status(TOKEN, self.http.deadline(timeout))

    def statistics(self, user_id=None, timeout=PATIENCE):
        return self.desk.statistics(user_id, TOKEN, self.http.deadline(timeout))


def at(server):
    return f"http://{server.authority}"


def test_the_shift_status_is_asked_for_with_the_token(serve):
    told = [{"skillId": 7, "onShift": True, "nextOff": 5}]
    server = serve(lambda exchange: exchange.reply(200, told))
    assert Asked(at(server)).shifts() == (SkillShift("7", True, None, 5),)
    (seen,) = server.seen
    assert (seen.command, seen.path) == ("GET", "/api/account/1/shift-status")
    assert seen.headers["Authorization"] == "Bearer t0k3n"
    assert seen.headers["Cookie"] is None


@pytest.mark.parametrize(
    ("user_id", "path"),
    [
        (None, f"{BRAND}/msgstatistics"),
        ("31", f"{BRAND}/agents/31/msgstatistics"),
        (
            "a/../b?c#d",
            f"{BRAND}/agents/a%2F..%2Fb%3Fc%23d/msgstatistics",
        ),
    ],
)
def test_statistics_are_asked_for_by_brand_or_user(serve, user_id, path):
    server = serve(lambda exchange: exchange.reply(200, {"figure": 1}))
    before = time.time() * 1_000
    assert Asked(at(server)).statistics(user_id) == {"figure": 1}
    (seen,) = server.seen
    parts = urlsplit(seen.path)
    query = parse_qs(parts.query)
    assert (parts.path, query["v"], seen.command) == (path, ["1"], "GET")
    assert before - 1 <= int(query["_"][0]) <= time.time() * 1_000
    assert seen.headers["Authorization"] == "Bearer t0k3n"


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500, 503])
def test_another_status_is_a_refusal_that_shows_no_token(serve, status, full_text):
    told = {"error": "no"}
    server = serve(lambda exchange: exchange.reply(status, told))
    for ask in (Asked(at(server)).shifts, Asked(at(server)).statistics):
        with pytest.raises(RequestRejected) as caught:
            ask()
        assert (caught.value.code, caught.value.body) == (status, told)
        assert TOKEN.reveal() not in full_text(caught.value)


def test_a_redirection_is_not_followed(serve):
    told = [("Location", "http://127.0.0.1:1/")]
    server = serve(lambda exchange: exchange.reply(302, {}, told))
    with pytest.raises(RemoteProtocolError, match="302: redirections"):
        Asked(at(server)).shifts()


def test_another_status_of_success_is_one_too(serve):
    server = serve(lambda exchange: exchange.reply(203, []))
    assert Asked(at(server)).shifts() == ()


def test_a_refusal_without_json_has_no_body(serve):
    server = serve(lambda exchange: exchange.reply(502, b"<html>"))
    with pytest.raises(RequestRejected) as caught:
        Asked(at(server)).shifts()
    assert caught.value.body is None


@pytest.mark.parametrize("body", [b"", b"<html>", b"[" * 100_000, b'"x"', b"7"])
def test_nonsense_is_told_as_such(serve, body):
    server = serve(lambda exchange: exchange.reply(200, body))
    for ask in (Asked(at(server)).shifts, Asked(at(server)).statistics):
        with pytest.raises(RemoteProtocolError, match="service's"):
            ask()


def test_no_answer_before_the_deadline_is_told_so(serve):
    def hang(exchange):
        while not exchange.stopping():
            pass

    server = serve(hang)
    with pytest.raises(RequestTimedOut, match="msgstatistics") as caught:
        Asked(at(server)).statistics("31", timeout=0.3)
    assert caught.value.delivery is Delivery.UNKNOWN
    assert caught.value.request_type == "msgstatistics"


def test_nobody_there_is_no_answer(dead_port):
    with pytest.raises(ConnectionLost, match="shift-status") as caught:
        Asked(f"http://127.0.0.1:{dead_port}").shifts()
    assert caught.value.request_type == "shift-status"
    assert not isinstance(caught.value, RequestTimedOut)


def test_a_client_that_is_closed_asks_no_more(serve):
    server = serve(lambda exchange: exchange.reply(200, []))
    asked = Asked(at(server))
    asked.http.close()
    with pytest.raises(ConnectionLost, match="after close"):
        asked.shifts()
    assert server.seen == []


def test_a_host_that_nobody_names_is_an_error_of_the_domain_service(serve):
    server = serve(lambda exchange: exchange.reply(503, b""))
    with pytest.raises(LoginError) as caught:
        Asked(at(server), swift=at(server)).shifts()
    assert caught.value.step == "csds"
