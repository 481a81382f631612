from __future__ import annotations

import asyncio
import importlib.util
import ssl
from pathlib import Path

import pytest

from ums_actors.emulator import Emulator

MOST = 120 << 10
"""Bytes for one TLS connection; asyncio's read buffer alone would be 256 KiB."""
_SPEC = importlib.util.spec_from_file_location(
    "load", Path(__file__).with_name("load.py")
)
load = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(load)


def test_a_tls_connection_is_cheap():
    _, each = load.measure(300)
    assert each < MOST


async def test_long_frames_pass_tls_whole(scene):
    async with scene(tls=True) as (emulator, bot):
        opened = emulator.open_conversation()
        texts = [str(number) * 4_000 for number in range(10, 60)]
        for text in texts:
            emulator.write(opened.conversation_id, text)
        body = {"dialogId": opened.dialog_id, "filler": "x" * 1_000_000}
        answer = await bot.request(".ams.ms.QueryMessages", body)
        assert [it["event"]["message"] for it in answer["body"]] == texts


@pytest.mark.parametrize("first", [b"GET / HTTP/1.1\r\n\r\n", b""])
async def test_a_peer_that_speaks_no_tls_is_dropped(first):
    async with Emulator(tls=True) as emulator:
        host, port = emulator.csds.split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(first)
        if not first:
            writer.write_eof()
        await asyncio.wait_for(reader.read(), 5)
        writer.close()
        tls = ssl.create_default_context(cafile=emulator.ca)
        _, writer = await asyncio.open_connection(host, int(port), ssl=tls)
        writer.transport.abort()


async def test_a_peer_in_the_middle_of_the_tls_handshake_keeps_nobody():
    async with Emulator(tls=True) as emulator:
        host, port = emulator.csds.split(":")
        _, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"\x16\x03\x01\x02\x00")  # the begin of a ClientHello
        await asyncio.sleep(0)
        await asyncio.wait_for(emulator.stop(), 5)
        writer.transport.abort()
