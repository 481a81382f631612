from __future__ import annotations

import http.server
import json
import threading

import pytest

import ums_actors as ums

SERVICES = ("agentVep", "asyncMessagingEnt", "facadeMsg", "idp")


class Domains:
    """A domain service whose services point at an emulator; a context manager."""

    def __init__(self, emulator, services=SERVICES):
        self.services = list(services)
        self.status = None
        self.asked = []
        domains = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                status, body = domains.answer(self.path, emulator.csds)
                data = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = False
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def answer(self, path, host):
        name = path.partition("/service/")[2].rpartition("baseURI.json")[0].strip("/")
        self.asked.append(name)
        if self.status is not None:
            return self.status, {"error": "ill"}
        known = [{"service": each, "baseURI": host} for each in self.services]
        if not name:
            return 200, {"baseURIs": known}
        return next(
            ((200, entry) for entry in known if entry["service"] == name),
            (404, {"error": "unknown"}),
        )

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._thread.join(5)
        self._server.server_close()

    @property
    def url(self):
        return f"http://127.0.0.1:{self._server.server_port}"


@pytest.fixture
def domains(emulator):
    with Domains(emulator) as made:
        yield made


def test_a_brand_is_sent_to_its_own_service_first(emulator, start, domains):
    proxy = start(emulator, csds=domains.url)
    proxy.open().get(timeout=10)
    assert domains.asked == ["agentVep", "facadeMsg"]


def test_a_brand_whose_account_has_no_facade_uses_the_common_service(
    emulator, start, domains, events
):
    domains.services.remove("facadeMsg")
    proxy = start(emulator, csds=domains.url)
    states = events(proxy, ums.StateChanged)
    proxy.open().get(timeout=10)
    assert domains.asked == ["agentVep", "facadeMsg", ""]
    emulator.cut("bot1")
    states.wait(lambda event: event.state == "READY" and event.generation == 2)
    assert domains.asked == ["agentVep", "facadeMsg", ""]  # it is known by now


def test_agents_of_one_account_ask_once(emulator, start, domains):
    proxies = [start(emulator, csds=domains.url) for _ in range(3)]
    for proxy in proxies:
        proxy.open().get(timeout=10)
    assert domains.asked == ["agentVep", "facadeMsg"]
    first, *others = proxies
    assert first.actor_ref.stop(timeout=10)  # the others go on with what it asked for
    for proxy in others:
        proxy.reconnect_now().get(timeout=10)
        proxy.wait_ready(timeout=10).get(timeout=10)
    assert domains.asked == ["agentVep", "facadeMsg"]


def test_who_trusts_or_caches_otherwise_asks_for_itself(emulator, start, domains):
    proxies = [
        start(emulator, csds=domains.url),
        start(emulator, csds=domains.url, options={"csds_cache": 60.0}),
        start(emulator, csds=domains.url, options={"verify_tls": False}),
    ]
    for proxy in proxies:
        proxy.open().get(timeout=10)
    assert domains.asked == ["agentVep", "facadeMsg"] * 3


def test_what_the_last_agent_leaves_is_forgotten(
    emulator, start, domains, runtime, eventually
):
    for _ in range(2):
        proxy = start(emulator, csds=domains.url)
        proxy.open().get(timeout=10)
        assert len(runtime.commons) == 1
        proxy.close().get(timeout=10)
        assert proxy.actor_ref.stop(timeout=10)
        eventually(lambda: not runtime.commons)
    assert domains.asked == ["agentVep", "facadeMsg"] * 2


def test_an_account_without_any_such_service_is_told_so(emulator, start, domains):
    domains.services = ["agentVep"]
    proxy = start(emulator, csds=domains.url)
    with pytest.raises(ums.LoginError, match="no service asyncMessagingEnt"):
        proxy.open(fail_fast=True).get(timeout=10)


def test_a_failing_domain_service_does_not_keep_a_line_away(
    emulator, start, domains, events
):
    proxy = start(emulator, csds=domains.url, options={"csds_cache": 0.001})
    states = events(proxy, ums.StateChanged)
    proxy.open().get(timeout=10)
    domains.status = 503
    asked = len(domains.asked)
    emulator.close_sockets(4401, "bot1")  # so that the login's host is needed too
    states.wait(lambda event: event.state == "READY" and event.generation == 2)
    assert len(domains.asked) > asked
    assert proxy.status().get(timeout=5).logins == 2


def test_a_failing_domain_service_is_waited_for_if_old_answers_may_not_serve(
    emulator, start, domains, events
):
    options = {"csds_cache": 0.001, "csds_stale": 0}
    proxy = start(emulator, csds=domains.url, options=options)
    states = events(proxy, ums.StateChanged)
    proxy.open().get(timeout=10)
    domains.status = 503
    emulator.cut("bot1")
    event = states.wait(lambda event: event.state == "BACKING_OFF")
    event = states.wait(lambda event: event.state == "BACKING_OFF")
    assert "csds" in event.reason
    domains.status = None


def test_overrides_spare_the_domain_service(emulator, start, domains):
    host = f"http://{emulator.csds}"
    proxy = start(
        emulator,
        csds=domains.url,
        domains={"agentVep": host, "asyncMessagingEnt": host},
    )
    proxy.open().get(timeout=10)
    assert domains.asked == []


def test_a_look_up_that_hangs_is_an_attempt_that_failed_and_no_crash(emulator, start):
    emulator.add_fault("csds", value={"status": 0})
    proxy = start(emulator, options={"login_timeout": 0.3, "restart_intensity": 0})
    with pytest.raises(ums.LoginError) as caught:
        proxy.open(fail_fast=True).get(timeout=10)
    assert caught.value.step in {"csds", "login"}
    status = proxy.status().get(timeout=5)
    assert (status.state, status.restarts) == ("CLOSED", {})
