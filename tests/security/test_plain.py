"""Without TLS only to this machine, unless somebody says otherwise."""

from __future__ import annotations

import logging

import pytest

import ums_actors as ums
from ums_actors.auth.csds import Csds
from ums_actors.emulator import password_of, running_emulator
from ums_actors.http.client import Http

GENEROUS = 15.0
ELSEWHERE = "10.0.0.1"
HERE = "0.0.0.0"
"""Leads to this machine, and does not look like it."""
AUTH = ums.PasswordLogin("bot1", password_of("bot1"))


@pytest.mark.parametrize(
    "more",
    [
        {"csds": f"http://{ELSEWHERE}"},
        {"csds": "http://csds.example:8080"},
        {"domains": {"agentVep": f"http://{ELSEWHERE}"}},
        {"domains": {"facadeMsg": f"ws://{ELSEWHERE}"}},
        {"csds": "http://127.0.0.1:1", "domains": {"facadeMsg": ELSEWHERE}},
    ],
)
def test_plain_to_another_machine_is_refused_at_once(observed, more):
    with pytest.raises(ums.LocalProtocolError, match=r"allow_plain=True"):
        ums.BrandWebsocketConnection.start("1", auth=AUTH, runtime=observed, **more)


def test_a_url_of_ones_own_is_not_plain_either(observed):
    class Own(ums.BrandWebsocketConnection):
        def _get_websocket_url(self):
            return f"ws://{ELSEWHERE}/token"

    with running_emulator(users=1) as emulator:
        csds = f"http://{emulator.csds}"
        ref = Own.start(emulator.account, auth=AUTH, csds=csds, runtime=observed)
        with pytest.raises(ums.UMSError, match="in the clear"):
            ref.proxy().open(fail_fast=True).get(timeout=GENEROUS)
        ref.stop(timeout=10)


def test_it_is_allowed_only_aloud(observed, heard):
    with running_emulator(users=1) as emulator:
        port = emulator.csds.rpartition(":")[2]
        plain = f"http://{HERE}:{port}"
        services = ("agentVep", "facadeMsg", "asyncMessagingEnt")
        ref = ums.BrandWebsocketConnection.start(
            emulator.account,
            auth=AUTH,
            csds=plain,
            domains=dict.fromkeys(services, plain),
            options=ums.Options(allow_plain=True),
            runtime=observed,
        )
        ref.proxy().open(fail_fast=True).get(timeout=GENEROUS)
        ref.stop(timeout=10)
    assert [level for level, _ in heard.of("connection.plain_allowed")] == [
        logging.WARNING
    ]


@pytest.mark.parametrize("allow_plain", [False, True])
@pytest.mark.parametrize("host", ["http://127.0.0.1:1", f"http://{ELSEWHERE}"])
def test_a_domain_service_with_tls_leads_nobody_out_of_tls(host, allow_plain):
    http = Http()
    csds = Csds("csds.example", "1", http, allow_plain=allow_plain)
    csds._known.learn({"agentVep": host})
    with pytest.raises(ums.LoginError):
        csds.find("agentVep", http.deadline(1.0))
