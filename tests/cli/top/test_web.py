"""The view in a browser: who gets in, and a real one that looks and clicks."""

from __future__ import annotations

import base64
import importlib.util
import socket
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import psutil
import pytest
import urllib3

from ums_actors.cli.main import main
from ums_actors.cli.top import web


@pytest.fixture
def view(program, runtime):
    """Start the view in a process of its own; give (program, its address)."""
    running = program(
        *("top", "--web", "--port", "0", "--socket", str(runtime.status_path))
    )
    return running, running.wait_for(lambda line: line.startswith("http://"))


class Door:
    """The port of a view, and what it answers to requests of all kinds."""

    def __init__(self, address):
        found = urlsplit(address)
        self.host = found.netloc
        self.key = parse_qs(found.query)["key"][0]
        self.cookie = {"Cookie": f"ums_actors_top_{found.port}={self.key}"}
        self.origin = {"Origin": f"http://{self.host}"}
        self._plain = f"http://{self.host}"

    def get(self, path, **headers):
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        with urllib3.PoolManager() as pool:
            return pool.request(
                "GET", self._plain + path, headers=given, redirect=False, timeout=20
            )

    def open(self, **headers):
        """Ask for the websocket; give the line, and the status of the answer."""
        wanted = {
            "Host": self.host,
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": base64.b64encode(b"k" * 16).decode(),
            **headers,
        }
        lines = [f"{name}: {value}" for name, value in wanted.items()]
        host, _, port = self.host.partition(":")
        line = socket.create_connection((host, int(port)), timeout=20)
        line.sendall("\r\n".join(["GET /ws HTTP/1.1", *lines, "", ""]).encode())
        return line, int(line.recv(1000).split()[1])

    def upgrade(self, **headers):
        line, status = self.open(**headers)
        line.close()
        return status


@pytest.fixture
def door(view):
    return Door(view[1])


def test_only_who_has_the_key_gets_in_and_it_leaves_the_address(door):
    assert door.get("/").status == 403
    assert door.get("/?key=wrong").status == 403
    assert door.get("/?key=").status == 403
    assert door.get("/static/js/textual.js").status == 403
    assert door.get("/", Cookie=door.cookie["Cookie"] + "x").status == 403
    first = door.get(f"/?key={door.key}")
    assert (first.status, first.headers["Location"]) == (303, "/")
    cookie = first.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    page = door.get("/", **door.cookie)
    assert page.status == 200
    assert door.key not in page.data.decode()
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["X-Frame-Options"] == "DENY"
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'; script-src 'self';" in policy
    assert door.get("/static/js/textual.js", **door.cookie).status == 200


def test_the_page_loads_nothing_from_elsewhere(door):
    page = door.get("/", **door.cookie).data.decode()
    assert "//" not in page.replace(f"ws://{door.host}", "")


def test_another_name_for_this_host_is_refused(door):
    for host in ("evil.example", f"evil.example:{door.host.partition(':')[2]}", ""):
        assert door.get("/", Host=host, **door.cookie).status in (400, 403)
        assert door.get(f"/?key={door.key}", Host=host).status in (400, 403)
    local = door.host.replace("127.0.0.1", "localhost")
    assert door.get("/", Host=local, **door.cookie).status == 200


def test_pages_of_other_origins_get_neither_page_nor_websocket(door):
    for origin in ("http://evil.example", "null", "http://127.0.0.1:1", ""):
        assert door.get("/", Origin=origin, **door.cookie).status == 403
        assert door.upgrade(Origin=origin, **door.cookie) == 403


def test_a_websocket_needs_the_key_and_an_origin(door):
    assert door.upgrade(**door.origin) == 403
    assert door.upgrade(**door.cookie) == 403
    assert door.upgrade(**door.cookie, **door.origin) == 101


def test_it_listens_on_loopback_alone(view, door):
    running, _ = view
    listening = [
        each.laddr
        for each in psutil.Process(running.pid).net_connections("inet")
        if each.status == psutil.CONN_LISTEN
    ]
    assert [each.ip for each in listening] == ["127.0.0.1"]


def test_a_few_windows_are_enough(door, eventually):
    both = {**door.cookie, **door.origin}
    opened = [door.open(**both) for _ in range(web.SESSIONS)]
    assert {status for _, status in opened} == {101}
    assert door.upgrade(**both) == 503
    for line, _ in opened:
        line.close()
    eventually(lambda: door.upgrade(**both) == 101)


@pytest.mark.parametrize("number", [2, 15], ids=["interrupt", "term"])
def test_an_interrupt_is_how_it_ends_and_no_process_is_left(
    view, door, number, eventually
):
    running, _ = view
    line, _ = door.open(**door.cookie, **door.origin)
    process, children = psutil.Process(running.pid), []
    eventually(lambda: children.extend(process.children(recursive=True)) or children)
    running.interrupt(number)
    code, error = running.end(30)
    line.close()
    assert (code, error) == (0, "")
    assert not psutil.wait_procs(children, timeout=20)[1]


def test_a_port_that_is_taken_is_told(runtime, capsys):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        path = str(runtime.status_path)
        assert main(["top", "--web", "--port", port, "--socket", path]) == 1
    said = capsys.readouterr().err
    assert f"port {port} of 127.0.0.1 cannot be had: Address already in use" in said
    assert said.count("\n") == 1


def _load():
    path = Path(__file__).with_name("browser.py")
    spec = importlib.util.spec_from_file_location("ums_top_browser", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_browser = _load()


@pytest.fixture
def browser(tmp_path):
    path = _browser.browser_path()
    if path is None:
        pytest.skip(
            f"no browser: none of {', '.join(_browser.NAMES)} is installed, and "
            "UMS_TEST_BROWSER names none"
        )
    with _browser.Browser(path, tmp_path) as made:
        yield made


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_a_browser_shows_the_connections_and_its_keys_act(browser, view, opened):
    proxy = opened()
    host = urlsplit(view[1]).netloc
    browser.call("Page.navigate", url=view[1])
    browser.until(lambda: b"12345678.1001" in browser.received())
    assert b"READY" in browser.received()
    browser.until(lambda: "-first-byte" in browser.value("document.body.className"))
    assert browser.value("location.href") == f"http://{host}/"
    assert browser.value("document.cookie") == ""  # scripts do not see the key
    asked = [
        urlsplit(told["request"]["url"])
        for method, told in browser.events
        if method == "Network.requestWillBeSent"
    ]
    assert {each.netloc for each in asked if each.scheme != "data"} == {host}

    browser.click(400, 400)

    def has_a_new_line():
        browser.press("r")
        browser.press("y")
        return proxy.status().get(timeout=5).generation > 1

    browser.until(has_a_new_line)
    picture = browser.screenshot()
    assert picture.startswith(b"\x89PNG")
    assert len(picture) > 10_000  # it is not blank
    told = repr([told for method, told in browser.events if method == "Log.entryAdded"])
    assert "Content Security Policy" not in told


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_a_page_of_another_origin_gets_no_view_in_a_browser(browser, view):
    browser.call("Page.navigate", url=view[1])
    browser.until(lambda: "terminal" in browser.value("document.body.innerHTML"))
    other = "<script>w = new WebSocket('ws://%s/ws'); w.onclose = () => "
    other += "document.title = 'refused'; w.onopen = () => document.title = 'open'"
    other += "</script>"
    host = urlsplit(view[1]).netloc
    browser.call("Page.navigate", url="data:text/html," + quote(other % host))
    browser.until(lambda: browser.value("document.title") == "refused")
