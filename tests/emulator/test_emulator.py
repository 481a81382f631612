from __future__ import annotations

import asyncio
import socket
import ssl
import stat
from pathlib import Path

import pytest

from ums_actors.emulator import Emulator, EmulatorError, password_of, running_emulator


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.0.1", "example.com", "::", ""])
def test_only_loopback_is_served(host):
    with pytest.raises(
        EmulatorError, match=r"use --host 127\.0\.0\.1 or leave it out$"
    ):
        Emulator(host=host)


@pytest.mark.parametrize("host", ["example.com", "", "999.0.0.1"])
def test_what_is_no_address_is_not_served_by_those_who_know_either(host):
    with pytest.raises(EmulatorError, match="no IP address"):
        Emulator(host=host, i_know=True)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.0.0.2"])
async def test_any_loopback_host_will_do(host):
    async with Emulator(host=host) as emulator:
        assert emulator.csds.startswith("127.0.0.")
        assert emulator.control == f"http://{emulator.csds}/emulator"
        assert emulator.ca is None


async def test_a_port_in_use_is_told_with_a_way_out():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(EmulatorError, match=f"{port} .* in use; .* --port 0 for"):
            await Emulator(port=port).start()


async def test_an_impossible_port_is_told_with_a_way_out():
    with pytest.raises(EmulatorError, match="--port 0 for a free one"):
        await Emulator(port=70_000).start()


@pytest.mark.parametrize("account", ["", "a/b", "a b", "x" * 65])
def test_an_account_that_fits_no_address_is_refused(account):
    with pytest.raises(EmulatorError, match="use letters, digits"):
        Emulator(account=account)


def test_the_pattern_of_passwords_is_documented():
    assert password_of("bot7") == "bot7-password"


def test_the_ca_is_private_and_temporary():
    with running_emulator(tls=True) as emulator:
        path = Path(emulator.ca)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert emulator.control.startswith("https://")
    assert not path.exists()


async def test_a_named_ca_file_stays(tmp_path):
    path = tmp_path / "ca.pem"
    async with Emulator(tls=True, ca_out=str(path)) as emulator:
        assert emulator.ca == str(path)
    assert path.exists()


async def test_a_ca_that_cannot_be_written_is_told(tmp_path):
    with pytest.raises(EmulatorError, match="another file with --ca-out"):
        await Emulator(tls=True, ca_out=str(tmp_path / "no" / "ca.pem")).start()


async def test_stopping_closes_sockets_and_frees_the_port(scene):
    async with scene() as (emulator, bot):
        port = int(emulator.csds.split(":")[1])
        await emulator.stop()
        await emulator.stop()
        assert await bot.ended() == 1001
        async with Emulator(port=port) as again:
            assert again.csds == emulator.csds


async def test_stopping_does_not_wait_for_silent_tls_peers():
    async with Emulator(tls=True) as emulator:
        host, port = emulator.csds.split(":")
        tls = ssl.create_default_context(cafile=emulator.ca)
        reader, writer = await asyncio.open_connection(host, int(port), ssl=tls)
        writer.write(b"GET /emulator/state HTTP/1.1\r\nHost: x\r\n\r\n")
        assert (await reader.readline()).startswith(b"HTTP/1.1 200")
        await asyncio.wait_for(emulator.stop(), 5)
        writer.transport.abort()


async def test_stopping_ends_calls_that_are_held_back(scene, eventually):
    async with scene(online=()) as (emulator, bot):
        emulator.add_fault("login", count=1, value={"delay": 3_600})
        asking = asyncio.create_task(bot.log_in())
        await eventually(lambda: not emulator.faults())
        await asyncio.wait_for(emulator.stop(), 5)
        assert isinstance(
            (await asyncio.gather(asking, return_exceptions=True))[0], Exception
        )
