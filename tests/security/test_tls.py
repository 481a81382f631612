"""Certificates are verified unless somebody says otherwise, and read once for all."""

from __future__ import annotations

import logging
import ssl

import pytest
import trustme

import ums_actors as ums
from ums_actors.emulator import running_emulator
from ums_actors.http import tls

GENEROUS = 15.0


@pytest.fixture
def made(monkeypatch):
    """The contexts that are made, each with what it trusts."""
    made = []
    make = tls.client_context

    def counting(*files, verify):
        made.append((files, verify))
        return make(*files, verify=verify)

    monkeypatch.setattr(tls, "client_context", counting)
    return made


def test_connections_of_a_runtime_read_certificates_once(emulator, start, made):
    for user in ("bot1", "bot2", "bot3"):  # three calls by HTTP and a websocket each
        start(emulator, user).open().get(timeout=GENEROUS)
    assert made == [((emulator.ca, None), True)]


def test_nothing_is_read_for_what_needs_no_tls(start, made):
    with running_emulator(users=1) as emulator:
        proxy = start(emulator)
        proxy.open().get(timeout=GENEROUS)
        proxy.close().get(timeout=GENEROUS)
    assert made == []


@pytest.fixture
def stranger(tmp_path):
    """The file of an authority that vouched for nobody here."""
    path = tmp_path / "stranger.pem"
    trustme.CA().cert_pem.write_to_path(path)
    return str(path)


@pytest.mark.parametrize("trusted", ["the system's", "a stranger's"])
@pytest.mark.parametrize("where", ["csds", "login", "websocket"])
def test_a_certificate_of_nobody_known_is_refused_everywhere(
    emulator, start, stranger, trusted, where
):
    more = {"ca_file": stranger if trusted == "a stranger's" else None}
    with running_emulator(users=1) as plain:
        if where != "csds":
            more["csds"] = f"http://{plain.csds}"
            service = {"login": "agentVep", "websocket": "facadeMsg"}[where]
            scheme = {"login": "https", "websocket": "wss"}[where]
            more["domains"] = {service: f"{scheme}://{emulator.csds}"}
        proxy = start(emulator, **more)
        with pytest.raises((ums.LoginError, ums.ConnectError), match="certificate"):
            proxy.open(fail_fast=True).get(timeout=GENEROUS)
    assert emulator.state()["logins"] == 0  # neither password nor token came so far
    assert emulator.state()["handshakes"] == 0


def test_a_certificate_for_another_host_is_refused(start):
    """127.0.0.2 answers with a certificate of 127.0.0.1."""
    with running_emulator(users=1, tls=True, host="0.0.0.0", i_know=True) as every:
        port = every.csds.rpartition(":")[2]
        proxy = start(every, csds=f"127.0.0.2:{port}")
        with pytest.raises(ums.LoginError, match="certificate"):
            proxy.open(fail_fast=True).get(timeout=GENEROUS)


def test_verification_is_switched_off_only_aloud(emulator, start, heard):
    strict = start(emulator)
    strict.open().get(timeout=GENEROUS)
    assert heard.of("connection.tls_not_verified") == []
    for user in ("bot2", "bot3"):
        blind = start(emulator, user, ca_file=None, options={"verify_tls": False})
        blind.open().get(timeout=GENEROUS)
    told = heard.of("connection.tls_not_verified")
    assert [level for level, _ in told] == [logging.WARNING, logging.WARNING]
    assert {fields["account"] for _, fields in told} == {emulator.account}
    assert len({fields["connection"] for _, fields in told}) == 2


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"options": {"verify_tls": False}}, "leave ssl_context, ca_file"),
        (
            {
                "options": {"verify_tls": False},
                "ca_file": None,
                "ssl_context": ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
            },
            "leave ssl_context, ca_file",
        ),
        ({"ssl_context": ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)}, "not both"),
        ({"ca_file": "/no/such/file"}, "path of a PEM file"),
        ({"extra_ca_file": "/no/such/file"}, "path of a PEM file"),
    ],
)
def test_trust_that_contradicts_itself_is_refused_at_once(emulator, start, more, words):
    with pytest.raises(ums.LocalProtocolError, match=words):
        start(emulator, **more)
