from __future__ import annotations

import pytest

import ums_actors as ums

PASSWORD = "pr0xy-p4ss"


@pytest.fixture(autouse=True)
def _no_proxies_around(monkeypatch):
    for name in ("http_proxy", "https_proxy", "no_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def test_all_that_a_brand_connection_does_goes_through_its_proxy(
    either, start, caplog, connect_proxy
):
    caplog.set_level("DEBUG")
    with connect_proxy(f"bot:{PASSWORD}") as via:
        proxy = ums.Proxy("127.0.0.1", via.port, "bot", PASSWORD)
        connection = start(either, proxy=proxy)
        connection.open().get(timeout=10)
        assert connection.get_clock().get(timeout=5) > 0
        # domains, login, domains, websocket
        assert via.places == [either.csds] * 4
        assert connection.actor_ref.stop(timeout=10)
        assert len(via.places) == 5  # the logout
    assert PASSWORD not in caplog.text


def test_all_that_a_consumer_connection_does_goes_through_its_proxy(
    emulator, start, connect_proxy
):
    with connect_proxy() as via:
        connection = start(
            emulator,
            kind=ums.ConsumerWebsocketConnection,
            auth=ums.Anonymous(),
            proxy=ums.Proxy("127.0.0.1", via.port),
        )
        connection.open().get(timeout=10)
        assert via.places == [emulator.csds] * 4


def test_two_connections_of_one_process_go_their_own_ways(
    emulator, start, connect_proxy
):
    with connect_proxy() as via:
        one = start(emulator, proxy=ums.Proxy("127.0.0.1", via.port))
        two = start(emulator, "bot2")
        one.open().get(timeout=10)
        places = len(via.places)
        two.open().get(timeout=10)
        assert len(via.places) == places


def test_a_proxy_that_wants_other_credentials_is_named_and_tried_again(
    emulator, start, events, connect_proxy
):
    with connect_proxy("bot:right") as via:
        wrong = ums.Proxy("127.0.0.1", via.port, "bot", PASSWORD)
        connection = start(emulator, proxy=wrong)
        failures = events(connection, ums.AttemptFailed)
        connection.open()
        failure = failures.wait(lambda _: True)
        assert "407; check its user name and password" in str(failure.error)
        assert PASSWORD not in repr(vars(failure.error))
        assert failure.retry_in is not None


def test_a_proxy_that_refuses_the_websocket_alone_is_named(
    emulator, start, connect_proxy
):
    class Choosy(connect_proxy):
        def _refusal(self, head):
            return None if len(self.places) <= 3 else b"HTTP/1.1 403 No\r\n\r\n"

    with Choosy() as via:
        connection = start(emulator, proxy=ums.Proxy("127.0.0.1", via.port))
        with pytest.raises(ums.ConnectError) as caught:
            connection.open(fail_fast=True).get(timeout=10)
    assert (caught.value.step, caught.value.status) == ("proxy", 403)


def test_the_environment_is_not_asked_unless_wanted(
    emulator, start, monkeypatch, connect_proxy
):
    with connect_proxy() as via:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{via.port}")
        connection = start(emulator)
        connection.open().get(timeout=10)
        assert via.places == []


def test_the_environment_s_proxy_is_used_when_wanted(
    emulator, start, monkeypatch, connect_proxy
):
    with connect_proxy(f"bot:{PASSWORD}") as via:
        url = f"http://bot:{PASSWORD}@127.0.0.1:{via.port}"
        monkeypatch.setenv("http_proxy", url)
        connection = start(emulator, options={"proxy_from_environment": True})
        connection.open().get(timeout=10)
        assert via.places == [emulator.csds] * 4


def test_https_has_a_variable_of_its_own(monkeypatch, start, connect_proxy):
    from ums_actors.emulator import running_emulator

    with running_emulator(tls=True) as emulator, connect_proxy() as via:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{via.port}")
        connection = start(emulator, options={"proxy_from_environment": True})
        connection.open().get(timeout=10)
        assert via.places == [emulator.csds] * 4


def test_hosts_that_the_environment_excepts_are_dialled_directly(
    emulator, start, monkeypatch, connect_proxy
):
    with connect_proxy() as via:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{via.port}")
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        connection = start(emulator, options={"proxy_from_environment": True})
        connection.open().get(timeout=10)
        assert via.places == []


def test_a_proxy_of_its_own_goes_before_the_environment_s(
    emulator, start, monkeypatch, connect_proxy
):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    with connect_proxy() as via:
        connection = start(
            emulator,
            proxy=ums.Proxy("127.0.0.1", via.port),
            options={"proxy_from_environment": True},
        )
        connection.open().get(timeout=10)
        assert via.places


def test_a_variable_that_names_no_http_proxy_fails_at_once(
    emulator, start, monkeypatch
):
    monkeypatch.setenv("http_proxy", f"socks5://bot:{PASSWORD}@127.0.0.1:1")
    with pytest.raises(ums.LocalProtocolError, match="use an http proxy") as caught:
        start(emulator, options={"proxy_from_environment": True})
    assert PASSWORD not in str(caught.value)


def test_an_extra_authority_is_trusted_besides_the_system_s(start):
    from ums_actors.emulator import running_emulator

    with running_emulator(tls=True) as emulator:
        connection = start(emulator, ca_file=None, extra_ca_file=emulator.ca)
        connection.open().get(timeout=10)
        with pytest.raises(ums.LocalProtocolError, match="extra_ca_file"):
            start(emulator, ca_file=None, extra_ca_file="/nowhere.pem")
