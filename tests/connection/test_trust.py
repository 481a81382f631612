"""Whose certificates a connection trusts."""

from __future__ import annotations

import pytest

import ums_actors as ums
from ums_actors.emulator import running_emulator


@pytest.fixture
def emulator():
    with running_emulator(users=2, tls=True) as emulator:
        yield emulator


def failure(proxy):
    with pytest.raises(ums.UMSError) as caught:
        proxy.open(fail_fast=True).get(timeout=10)
    return str(caught.value)


def test_who_is_trusted_by_the_system_is_trusted(emulator, start, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", emulator.ca)
    start(emulator, ca_file=None).open().get(timeout=10)


def test_the_operating_system_is_asked_if_wanted(emulator, start, monkeypatch):
    pytest.importorskip("truststore")
    unknown = start(emulator, ca_file=None, ssl_context=ums.system_trust())
    assert "certificate is not trusted" in failure(unknown)
    monkeypatch.setenv("SSL_CERT_FILE", emulator.ca)
    trusted = start(emulator, ca_file=None, ssl_context=ums.system_trust())
    trusted.open().get(timeout=10)
    assert trusted.get_clock().get(timeout=5) > 0


def test_a_file_is_trusted_beside_the_system(emulator, start):
    start(emulator, ca_file=None, extra_ca_file=emulator.ca).open().get(timeout=10)


def test_two_ways_to_say_whom_to_trust_are_one_too_many(emulator, start):
    for name in ("ca_file", "extra_ca_file"):
        more = {"ca_file": None, name: emulator.ca}
        with pytest.raises(ums.LocalProtocolError, match="not both"):
            start(emulator, ssl_context=emulator_context(emulator), **more)


def emulator_context(emulator):
    import ssl

    return ssl.create_default_context(cafile=emulator.ca)
