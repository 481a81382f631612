"""T18: many threads ask at once, and the server answers in any order."""

from __future__ import annotations

import threading
from random import Random

import pytest

import ums_actors as ums
from ums_actors.emulator import EmulatorError, password_of, running_emulator

THREADS, WINDOW = 64, 10
"""Each thread asks for users of its own, so that no answer fits another question."""
GENEROUS = 60.0
PROFILE = ".ams.userprofile.GetUserProfile"
FIRST_USER_ID = 1001
COUNTS = [20, pytest.param(1_000, marks=[pytest.mark.soak, pytest.mark.timeout(900)])]
PATIENT = {"request_timeout": 300.0, "pong_timeout": 300.0, "queue_timeout": 300.0}


@pytest.fixture(scope="module")
def crowd():
    with running_emulator(users=THREADS * WINDOW) as made:
        yield made


class Shuffling:
    """Keeps the emulator's answers late by random times while it is entered."""

    def __init__(self, emulator):
        self._emulator = emulator
        self._random = Random(18)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work)
        for _ in range(250):
            self._add()

    def __enter__(self):
        self._thread.start()

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join(GENEROUS)
        self._emulator.clear_faults()

    def _work(self):
        while not self._stop.is_set():
            try:
                self._add()
            except EmulatorError:  # there are enough for the moment
                self._stop.wait(0.005)

    def _add(self):
        value = {"seconds": self._random.uniform(0.0, 0.05), "types": PROFILE}
        count = self._random.randint(1, 6)
        self._emulator.add_fault("delay", count=count, value=value)


def overtaken(emulator, since):
    """Count the answers that went out before that to an earlier question."""
    asked, count, latest = {}, 0, -1
    for number, line in enumerate(emulator.log("bot1")[since:]):
        frame = line["frame"]
        if line["dir"] == "in":
            asked[frame["id"]] = number
        elif frame.get("reqId") in asked:
            position = asked[frame["reqId"]]
            count += position < latest
            latest = max(latest, position)
    return count


def run(crowd, ask, count, size):
    """Have every thread ask so many times, ``size`` at once; give what was wrong."""
    wrong, gate = [], threading.Barrier(THREADS)

    def user_of(thread, number):
        which = thread * WINDOW + number % WINDOW
        return f"{crowd.account}.{FIRST_USER_ID + which}"

    def work(thread):
        try:
            gate.wait(GENEROUS)
            for start in range(0, count, size):
                users = [user_of(thread, start + number) for number in range(size)]
                answers = [(user, ask(user)) for user in users]
                for user, answer in answers:
                    got = answer()
                    if got != user:
                        wrong.append((thread, user, got))
        except Exception as error:  # noqa: BLE001  (the test tells it)
            wrong.append((thread, "raised", error))

    threads = [threading.Thread(target=work, args=[n]) for n in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(600)
    assert not any(thread.is_alive() for thread in threads)
    return wrong


@pytest.mark.parametrize("count", COUNTS)
def test_every_thread_gets_its_own_answers(crowd, start, count):
    proxy = start(crowd, options=PATIENT)
    proxy.open().get(timeout=GENEROUS)

    def ask(user):
        sent = proxy.send({"type": PROFILE, "body": {"userId": user}})
        return lambda: sent.get(timeout=GENEROUS)["userId"]

    before = len(crowd.log("bot1"))
    with Shuffling(crowd):
        assert run(crowd, ask, count, WINDOW) == []
    if before + 2 * THREADS * count < 100_000:  # the log's limit
        assert overtaken(crowd, before) > THREADS * count / 10
    status = proxy.status().get(timeout=5)
    assert (status.in_flight, status.late_answers, status.generation) == (0, 0, 1)


@pytest.mark.parametrize("count", COUNTS)
def test_so_it_is_with_the_blocking_facade(crowd, runtime, count):
    with ums.connect(
        crowd.account,
        auth=ums.PasswordLogin("bot1", password_of("bot1")),
        csds=f"http://{crowd.csds}",
        options=ums.Options(**PATIENT),
        runtime=runtime,
    ) as connection:

        def ask(user):
            got = connection.get_user_profile(user).user_id
            return lambda: got

        with Shuffling(crowd):
            assert run(crowd, ask, count, 1) == []
