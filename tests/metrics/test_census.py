"""A scrape waits for nobody for long, whoever makes it, however busy the loops."""

from __future__ import annotations

import asyncio
import threading

import ums_actors as ums
from ums_actors import aio
from ums_actors.emulator import password_of
from ums_actors.metrics import census


def test_a_busy_loop_is_not_waited_for_and_gives_what_it_last_gave(
    scraped, opened, busy
):
    opened()
    assert scraped.value("logins_total") == 1
    assert scraped.value("silent_loops") == 0
    scraped.metrics._census._patience = 0.01
    busy()
    assert scraped.value("silent_loops") == 1
    assert scraped.value("logins_total") == 1
    busy.end()
    scraped.metrics._census._patience = 10.0
    assert scraped.value("silent_loops") == 0


def test_a_loop_that_does_not_answer_gets_one_errand_at_most(
    scraped, opened, busy, runtime
):
    opened()
    scraped.metrics._census._patience = 0.01
    busy()
    before = len(runtime.loops[0]._ready)
    for _ in range(5):
        scraped.text()
    assert len(runtime.loops[0]._ready) == before + 1


def test_a_scrape_on_the_loops_own_thread_waits_for_nothing(scraped, opened, runtime):
    opened()
    scraped.metrics._census._patience = 3600.0
    told, done = [], threading.Event()
    runtime.loops[0].call_soon(
        lambda: (told.append(scraped.value("logins_total")), done.set())
    )
    assert done.wait(10)
    assert told == [1]


def test_nor_does_it_while_another_scrape_waits_for_that_loop(
    scraped, opened, runtime, eventually
):
    opened()
    scraped.text()
    taking = scraped.metrics._census
    told, done = [], threading.Event()

    def within():
        told.append(scraped.value("logins_total"))
        done.set()

    with taking._taking:  # as a scrape of another thread has it
        runtime.loops[0].call_soon(within)
        assert done.wait(10)
    assert told == [1]


def test_an_asyncio_loop_that_hosts_the_actors_may_scrape(scraped, emulator):
    scraped.metrics._census._patience = 3600.0

    async def main():
        async with aio.hosted_runtime(instruments=[scraped.metrics]) as runtime:
            auth = ums.PasswordLogin("bot1", password_of("bot1"))
            csds = f"http://{emulator.csds}"
            async with aio.connect(
                emulator.account, auth=auth, csds=csds, runtime=runtime
            ) as connection:
                await connection.get_clock()
                return scraped.by("connections", "state")

    assert asyncio.run(main())["READY"] == 1


def test_many_connections_are_looked_into_a_few_a_turn(
    scraped, start, emulator, runtime, monkeypatch
):
    monkeypatch.setattr(census, "SLICE", 2)
    for _ in range(5):
        start(emulator)
    turns = []
    submit = runtime.loops[0].call_soon
    monkeypatch.setattr(
        runtime.loops[0], "call_soon", lambda it: (turns.append(it), submit(it))
    )
    assert scraped.by("connections", "state")["NEW"] == 5
    assert len(turns) == 3


def test_who_ends_between_two_turns_is_counted_once(scraped, opened, monkeypatch):
    monkeypatch.setattr(census, "SLICE", 1)
    first, second = opened("bot1"), opened("bot2")
    books = scraped.metrics._census._books[first.actor_ref.actor_inbox.loop]
    walking = census._Round(books)
    done = threading.Event()

    def begin():
        assert not walking.step(1)
        done.set()

    books.loop.call_soon(begin)
    assert done.wait(5)
    for each in (first, second):
        each.actor_ref.stop(timeout=10)
    assert walking.step(9)
    assert walking.totals["logins_total", ("",)] == 2
    assert scraped.value("logins_total") == 2


def test_a_runtime_that_has_closed_is_not_waited_for(scraped, emulator):
    runtime = ums.Runtime(instruments=[scraped.metrics])
    ref = ums.BrandWebsocketConnection.start(
        emulator.account,
        auth=ums.PasswordLogin("bot1", password_of("bot1")),
        csds=f"http://{emulator.csds}",
        runtime=runtime,
    )
    ref.proxy().open(wait_for_ready=True).get(timeout=10)
    assert scraped.value("logins_total") == 1
    ref.stop(timeout=10)
    scraped.text()
    assert runtime.close(10)
    scraped.metrics._census._patience = 3600.0
    assert scraped.value("logins_total") == 1
    assert not scraped.metrics._census._books
    assert scraped.value("silent_loops") == 0


def test_one_instrument_serves_several_runtimes(scraped, emulator, opened):
    opened()
    with_loops = ums.Runtime(2, instruments=[scraped.metrics])
    refs = [
        ums.BrandWebsocketConnection.start(
            emulator.account,
            auth=ums.PasswordLogin("bot1", password_of("bot1")),
            csds=f"http://{emulator.csds}",
            runtime=with_loops,
        )
        for _ in range(2)
    ]
    states = scraped.by("connections", "state")
    assert (states["READY"], states["NEW"]) == (1, 2)
    for ref in refs:
        ref.stop(timeout=10)
    assert with_loops.close(10)
