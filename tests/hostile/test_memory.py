"""What is loaded comes from disks and queues: damaged, forged, made to fill memory.

It is taken over or refused with one error, whatever it is; a connection that has taken
it over can be looked at, saved again, and hears the service as any other.
"""

from __future__ import annotations

import inspect
import json
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import ums_actors as ums
from ums_actors.core.recalling import recall
from ums_actors.protocol.values import BYTES_A_VALUE, FREE_VALUES

PROFILE = os.environ.get("UMS_TEST_PROFILE", "quick")
EXAMPLES = {"quick": 60, "ci": 500}.get(PROFILE, 10_000)
fuzzed = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=PROFILE != "nightly",
    suppress_health_check=list(HealthCheck),
    database=None,
)
pytestmark = pytest.mark.timeout(7200 if PROFILE == "nightly" else 60)

WHOLE = json.loads(
    (Path(__file__).parents[1] / "core" / "kept_1.json").read_text(encoding="utf-8")
)
ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["rich", "bare", "C", "", "\x00", "\ud800", "x" * 600]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=10), inner, max_size=4)
    ),
    max_leaves=12,
)


def places(value, path=()):
    """Give the paths of all nodes of a JSON value."""
    yield path
    if isinstance(value, dict):
        for key, each in value.items():
            yield from places(each, (*path, key))
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from places(each, (*path, number))


def put(value, path, new):
    """Give a copy with another node at a path."""
    if not path:
        return new
    step, *rest = path
    copied = value.copy()
    copied[step] = put(value[step], rest, new)
    return copied


PATHS = [path for path in places(WHOLE) if path]


def begun(runtime, data, side="brand"):
    if side == "brand":
        kind, auth = ums.BrandWebsocketConnection, ums.PasswordLogin("a", "b")
    else:
        kind, auth = ums.ConsumerWebsocketConnection, ums.Anonymous()
    return kind.start("12345678", auth=auth, runtime=runtime, memory=data)


def looked_at(thing):
    """Read all that there is to be read of an object."""
    for name, member in inspect.getmembers(type(thing)):
        if isinstance(member, property) and not name.startswith("_"):
            getattr(thing, name)
    repr(thing)


def survives(runtime, data, side="brand"):
    """Load it, look at it, and load what it is saved as; or have it refused."""
    told = ""
    try:
        ref = begun(runtime, data, side)
    except ums.LocalProtocolError as error:
        told = str(error)
    if told:
        assert len(told) < 700
        assert "\n" not in told
        return False
    try:
        connection = ums.proxy_of(ref)
        for conversation in connection.get_all_known_conversations().get(timeout=20):
            looked_at(conversation)
            for dialog in conversation.dialogs:
                looked_at(dialog)
                for each in (*dialog.messages, *dialog.participants):
                    looked_at(each)
        for bodies in (True, False):
            again = connection.save_conversations(bodies).get(timeout=20)
            begun(runtime, again, side).stop(timeout=20)
    finally:
        ref.stop(timeout=20)
    return True


@pytest.mark.parametrize("side", ["brand", "consumer"])
def test_what_is_honest_is_taken_over(runtime, side):
    assert survives(runtime, {**WHOLE, "side": side}, side)


@fuzzed
@given(
    path=st.sampled_from(PATHS),
    new=ANYTHING,
    side=st.sampled_from(["brand", "consumer"]),
)
def test_any_part_may_be_anything(runtime, path, new, side):
    data = put({**WHOLE, "side": side}, path, new)
    try:
        text = json.dumps(data)
    except ValueError:  # it would not be JSON
        return
    survives(runtime, text.encode(errors="surrogatepass"), side)


@fuzzed
@given(
    start=st.integers(0, 5_000), length=st.integers(0, 40), new=st.binary(max_size=20)
)
def test_any_bytes_may_be_damaged(runtime, start, length, new):
    data = json.dumps(WHOLE).encode()
    survives(runtime, data[:start] + new + data[start + length :])


@fuzzed
@given(data=st.binary(max_size=200) | st.text(max_size=200) | ANYTHING)
def test_anything_may_be_given(runtime, data):
    if data is None:
        return  # there is none
    assert not survives(runtime, data)


@pytest.mark.parametrize("piece", [b"0,", b"[],", b"{},", b'"",', b"[[[[[[[["])
@pytest.mark.parametrize(
    "frame", [b"%b", b'{"conversations":[%b', b'{"places":{"a":{"x":[%b']
)
def test_what_is_made_to_fill_memory_is_refused_before_it_is_read(frame, piece, peak):
    data = frame % (piece * (4_000_000 // len(piece)))
    assert data.count(piece[-1:]) > FREE_VALUES + len(data) // BYTES_A_VALUE

    def refused():
        with pytest.raises(ums.LocalProtocolError, match="more values than anything"):
            recall(data, kinds=("connection",), conversations=10, dialogs=10)

    assert peak(refused) < 1_000_000


def test_what_was_loaded_does_not_hinder_what_the_service_tells(emulator, start):
    talk = emulator.open_conversation(assign="bot1", text="history").conversation_id
    forged = {
        **WHOLE,
        "account": emulator.account,
        "user": "",
        "conversations": [
            {"id": talk, "updated": 2**62, "dialogs": [{"id": talk, "updated": 2**62}]},
            {"id": "other", "dialogs": [{"id": talk}, {"id": "second"}]},
        ],
        "places": {talk: {"last": 2**62, "updated": 2**62, "takes_part": True}},
    }
    connection = start(emulator, memory=json.dumps(forged))
    other = emulator.open_conversation(assign="bot1", text="hello").conversation_id
    connection.open(wait_for_ready=True).get(timeout=20)
    with connection.events(ums.MessageReceived, timeout=20) as heard:
        emulator.write(talk, "not heard: it is said to be known already")
        emulator.write(other, "heard")
        assert next(event.text for event in heard if event.text == "heard") == "heard"
    assert connection.get_conversation(other).get(timeout=20).is_open
