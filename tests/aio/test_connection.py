from __future__ import annotations

import asyncio
import inspect
import sys
import threading

import pytest

import ums_actors as ums
from tests.aio.conftest import arguments, run
from ums_actors import aio, sync
from ums_actors.emulator import password_of
from ums_actors.requests import GetClock


def test_answers_and_events(emulator, connected):
    async def work():
        async with connected() as connection:
            assert await connection.get_clock() > 0
            assert (await connection.status()).state == "READY"
            await connection.set_agent_state("ONLINE")
            heard = connection.events(ums.MessageReceived)
            opened = await asyncio.to_thread(
                emulator.open_conversation, assign="bot1", text="hello"
            )
            assert (await anext(heard)).text == "hello"
            assert await connection.send_text(opened.conversation_id, "hi") == 1
            async for event in heard:
                assert event.mine
                break
            await heard.aclose()
            texts = [
                record.event.text
                for record in await connection.query_messages(opened.dialog_id)
            ]
            assert texts == ["hello", "hi"]

    run(work)


def test_working_hours_and_statistics(connected):
    async def work():
        async with connected() as connection:
            asked = await connection.get_shift_status()
            assert asked == await connection.get_skills()
            told = [{"skillId": "17", "onShift": False}]
            await connection.process_shift_status_response(told)
            off = [each.skill_id for each in await connection.get_skills()]
            assert off == ["-1", "17"]
            figures = await connection.get_message_statistics(ums.ME)
            assert figures["agentId"] == "1001"

    run(work)


def test_it_can_be_awaited_and_closed_twice(emulator, runtime):
    async def work():
        given = arguments(emulator)
        connection = await aio.connect(runtime=runtime, **given)
        assert await connection.get_token()
        await connection.close()
        await connection.close()
        with pytest.raises(Exception, match="not found"):
            await connection.get_clock()

    run(work)


def test_rest_has_it_too(emulator, runtime):
    conversation = emulator.open_conversation(assign="bot1").conversation_id

    async def work():
        given = arguments(emulator)
        async with aio.connect_rest(runtime=runtime, **given) as connection:
            assert await connection.send_text(conversation, "hello") == 0
            (said,) = await connection.query_messages(conversation)
            assert said.event.text == "hello"
            shown = await connection.get_participant(conversation)
            assert shown["role"] == "ASSIGNED_AGENT"
            with pytest.raises(ums.NotSupported):
                await connection.create_routing_task_subscription()
            emulator.add_fault("drop", count=1, value=".ams.ms.PublishEvent")
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.5):
                    await connection.send_text(conversation, "given up")
            assert await connection.send_text(conversation, "goes on") == 2

    run(work)


def test_a_consumer_has_it_too(emulator, runtime):
    async def work():
        async with aio.connect_consumer(
            emulator.account,
            auth=ums.Anonymous(),
            csds=f"http://{emulator.csds}",
            runtime=runtime,
        ) as consumer:
            conversation = await consumer.create_conversation()
            assert await consumer.send_text(conversation, "hello") == 0

    run(work)


def test_a_refused_login_is_raised_and_leaves_nothing(emulator, runtime):
    async def work():
        given = arguments(emulator)
        given["auth"] = ums.PasswordLogin("bot1", "wrong")
        with pytest.raises(ums.AuthenticationRejected):
            await aio.connect(runtime=runtime, **given)
        with pytest.raises(ums.AuthenticationRejected):
            async with aio.connect(runtime=runtime, **given):
                raise AssertionError

    run(work)


def test_an_opening_that_is_cancelled_leaves_nothing(emulator, runtime):
    emulator.add_fault("login", value={"delay": 5})

    async def work():
        opening = aio.connect(runtime=runtime, **arguments(emulator))

        async def opened():
            await opening

        task = asyncio.create_task(opened())
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not opening._connection.ref.is_alive()

    run(work)


async def _until(connection, **fields):
    """Wait until its status has these."""
    while True:
        status = await connection.status()
        if all(getattr(status, name) == value for name, value in fields.items()):
            return
        await asyncio.sleep(0.01)


def test_a_call_that_is_cancelled_forgets_its_request(emulator, connected):
    async def work():
        async with connected() as connection:
            emulator.add_fault("delay", value={"seconds": 0.3, "types": ".GetClock"})
            waiting = [
                asyncio.create_task(connection.send({"type": ".GetClock", "body": {}}))
                for _ in range(5)
            ]
            await _until(connection, in_flight=5)
            for task in waiting:
                task.cancel()
            outcomes = await asyncio.gather(*waiting, return_exceptions=True)
            assert all(isinstance(each, asyncio.CancelledError) for each in outcomes)
            await _until(connection, in_flight=0)
            await _until(connection, late_answers=5)
            emulator.clear_faults()
            assert await connection.get_clock() > 0

    run(work)


def test_a_typed_request_gives_its_answer_and_is_forgotten_too(emulator, connected):
    async def work():
        async with connected() as connection:
            assert type(await connection.send(GetClock())) is int
            emulator.add_fault("drop", value=".GetClock")
            waiting = asyncio.create_task(connection.send(GetClock()))
            await _until(connection, in_flight=1)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            await _until(connection, in_flight=0)

    run(work)


def test_one_that_is_forgotten_by_hand_fails_with_the_truth(emulator, connected):
    async def work():
        async with connected() as connection:
            emulator.add_fault("delay", value={"seconds": 0.3, "types": ".GetClock"})
            future = connection.proxy.send({"type": ".GetClock", "body": {}})
            await _until(connection, in_flight=1)
            await connection.proxy.forget(future)
            with pytest.raises(ums.RequestForgotten) as caught:
                await future
            assert caught.value.delivery is ums.Delivery.UNKNOWN
            assert caught.value.request_id
            await connection.proxy.forget(future)  # no more there: nothing happens
            with pytest.raises(ums.LocalProtocolError, match="what send"):
                await connection.proxy.forget("future")

    run(work)


def test_one_that_waits_for_a_line_is_never_sent(emulator, connected):
    async def work():
        options = ums.Options(backoff_base=5.0, close_timeout=3.0)
        async with connected(options=options) as connection:
            emulator.add_fault("handshake", value=503)
            emulator.cut("bot1")

            await _until(connection, state="BACKING_OFF")
            task = asyncio.create_task(connection.send_text("c", "never"))
            await _until(connection, queued=1)
            future = connection.proxy.send({"type": ".GetClock", "body": {}})
            await connection.proxy.forget(future)
            with pytest.raises(ums.RequestForgotten) as caught:
                await future
            assert caught.value.delivery is ums.Delivery.NOT_SENT
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await _until(connection, queued=0)
            emulator.clear_faults()
            await connection.reconnect_now()
            await connection.wait_ready(20)
            assert not [line for line in emulator.log() if "never" in str(line)]

    run(work)


def test_it_comes_back_after_a_cut(emulator, connected):
    async def work():
        async with connected() as connection:
            for generation in (2, 3):
                emulator.cut("bot1")
                await _until(connection, generation=generation)
                await connection.wait_ready(10)
                assert await connection.get_clock() > 0

    run(work)


def test_events_are_bounded_and_in_order(emulator, connected):
    async def work():
        async with connected() as connection:
            heard = connection.events(ums.MessageReceived, limit=10)
            opened = await asyncio.to_thread(emulator.open_conversation, assign="bot1")
            for number in range(30):
                await connection.send_text(opened.conversation_id, str(number))
            await connection.catch_up(opened.dialog_id)
            texts = []
            async for event in heard:
                texts.append(event.text)
                if event.text == "29":
                    break
            assert texts == [str(number) for number in range(20, 30)]
            assert (await connection.status()).dropped == 20
            heard.close()

    run(work)


def test_many_answers_share_a_wake_up(monkeypatch):
    async def work():
        loop = asyncio.get_running_loop()
        wakes = []
        original = loop.call_soon_threadsafe
        monkeypatch.setattr(
            loop,
            "call_soon_threadsafe",
            lambda *given, **more: (wakes.append(1), original(*given, **more))[1],
        )
        futures = [ums.LoopFuture() for _ in range(200)]

        async def wait(future):
            return await future

        tasks = [asyncio.create_task(wait(future)) for future in futures]
        await asyncio.sleep(0)  # all of them wait now

        def answer():
            for number, future in enumerate(futures):
                future.set(number)

        thread = threading.Thread(target=answer)
        thread.start()
        thread.join()  # this thread could not run its loop meanwhile
        assert await asyncio.gather(*tasks) == list(range(200))
        assert len(wakes) == 1

    run(work)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (aio.Connection, sync.Connection),
        (aio.ConsumerConnection, sync.ConsumerConnection),
    ],
)
def test_the_facades_have_the_same_names(ours, theirs):
    def public(kind):
        return {name for name in dir(kind) if not name.startswith("_")}

    assert public(theirs) <= public(ours)
    for name in public(ours) - {"events"}:
        assert inspect.iscoroutinefunction(getattr(ours, name)), name


def test_it_works_under_uvloop(emulator):
    uvloop = pytest.importorskip("uvloop")

    async def work():
        async with aio.hosted_runtime() as hosted:
            threaded = ums.Runtime()
            for runtime in (hosted, threaded):
                given = arguments(emulator)
                async with aio.connect(runtime=runtime, **given) as connection:
                    answers = [connection.get_clock() for _ in range(50)]
                    assert len(await asyncio.gather(*answers)) == 50
                    emulator.cut("bot1")
                    await _until(connection, generation=2)
                    await connection.wait_ready(10)
            assert await asyncio.to_thread(threaded.close)

    async def bounded():
        async with asyncio.timeout(30):
            await work()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(bounded())


def test_two_loops_of_asyncio_share_a_connection(emulator, runtime):
    given = arguments(emulator)
    ref = ums.BrandWebsocketConnection.start(runtime=runtime, **given)
    proxy = ref.proxy()
    proxy.open(10).get(timeout=11)

    async def work():
        return [await proxy.get_clock() for _ in range(20)]

    async def both():
        here = asyncio.create_task(work())
        there = asyncio.to_thread(run, work)
        return await asyncio.gather(here, there)

    assert [len(each) for each in run(both)] == [20, 20]
    ref.stop(timeout=10)


def test_a_plain_import_does_not_load_asyncio(tmp_path):
    import subprocess

    code = "import sys, ums_actors; sys.exit('ums_actors.aio' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    assert password_of("bot1")


def test_closing_does_not_wait_for_one_that_is_forgotten(emulator, connected):
    async def work():
        options = ums.Options(drain_timeout=15.0, close_timeout=30.0)
        async with connected(options=options) as connection:
            emulator.add_fault("drop", value=".GetClock")
            future = connection.proxy.send({"type": ".GetClock", "body": {}})
            await _until(connection, in_flight=1)
            closing = asyncio.ensure_future(connection.proxy.close())
            await asyncio.sleep(0)
            connection.proxy.forget.defer(future)
            with pytest.raises(ums.RequestForgotten):
                await future
            async with asyncio.timeout(10):
                await closing

    run(work)
