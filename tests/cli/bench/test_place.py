from __future__ import annotations

import json
import os
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import click
import pytest

import ums_actors as ums
from ums_actors.cli.bench.place import Place, given, own
from ums_actors.cli.bench.process import busy_seconds, resident_bytes
from ums_actors.emulator import DEFAULT_ACCOUNT, running_emulator


@pytest.mark.parametrize(
    "csds",
    [
        "adminlogin.example.com",
        "https://10.0.0.1:443",
        "https://127.0.0.1.example.com:443",
        "https://localhost.example.com",
        "https://[2001:db8::1]:443",
    ],
)
def test_another_machine_is_refused_before_a_byte_is_sent(csds):
    with pytest.raises(click.UsageError, match="a bench loads this machine alone"):
        given(csds, DEFAULT_ACCOUNT, None)


def test_plain_http_to_another_machine_is_refused():
    with pytest.raises(click.UsageError, match="would show the login"):
        given("http://example.com:80", DEFAULT_ACCOUNT, None)


def test_a_local_service_is_taken():
    with running_emulator(users=1) as emulator:
        csds = f"http://{emulator.csds}"
        assert given(csds, emulator.account, None) == Place(
            csds, emulator.account, None
        )


@pytest.fixture
def named():
    """Serve a domain service that names hosts as it is told."""
    hosts = {}

    class Domains(BaseHTTPRequestHandler):
        def do_GET(self):
            listed = [
                {"service": service, "account": DEFAULT_ACCOUNT, "baseURI": host}
                for service, host in hosts.items()
            ]
            body = json.dumps({"baseURIs": listed}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *given):
            pass

    with HTTPServer(("127.0.0.1", 0), Domains) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield hosts, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join(10)


LOCAL = {"agentVep": "127.0.0.1:1", "asyncMessagingEnt": "127.0.0.1:1"}


@pytest.mark.parametrize(
    ("service", "what"), [("agentVep", "login"), ("asyncMessagingEnt", "websocket")]
)
def test_a_local_service_that_names_another_machine_is_refused(named, service, what):
    hosts, csds = named
    hosts.update(LOCAL)
    assert given(csds, DEFAULT_ACCOUNT, None).csds == csds
    hosts[service] = "https://example.com"
    with pytest.raises(
        click.UsageError, match=f"{what} that --csds names is example.com"
    ):
        given(csds, DEFAULT_ACCOUNT, None)


def test_a_service_that_is_not_there_is_an_error_that_says_so():
    with pytest.raises(ums.LoginError, match="refused"):
        given("http://127.0.0.1:9", DEFAULT_ACCOUNT, None)


@pytest.mark.parametrize("tls", [False, True])
def test_a_local_ums_of_its_own_ends_with_the_block(tls):
    with own(2, tls=tls) as place:
        assert place.tls is tls
        assert (place.ca is not None) is tls
        os.kill(place.pid, 0)
        assert busy_seconds(place.pid) is None or busy_seconds(place.pid) > 0
    with pytest.raises(ProcessLookupError):
        os.kill(place.pid, 0)
    assert busy_seconds(place.pid) is None


def test_what_the_system_does_not_tell_is_none():
    assert busy_seconds(None) is None
    assert resident_bytes() is None or resident_bytes() > 1 << 20
