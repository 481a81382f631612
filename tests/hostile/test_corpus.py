"""A corpus of frames, recorded and bent, said to real connections over real sockets.

Whatever comes: the line stays, only documented errors are told, and what is malformed
is told with its type.
"""

from __future__ import annotations

import copy

import pytest

import ums_actors as ums

CHANGE = ".ams.aam.ExConversationChangeNotification"
EVENT = ".ams.ms.OnlineEventDistribution"
OTHERS = (None, True, 0, -(10**300), 1e300, "", "text", [], [[]], {}, [{}], {"x": {}})


def places(value, path=()):
    """Give the path of each value inside of ``value``."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in items:
        yield (*path, key)
        if isinstance(inner, dict | list):
            yield from places(inner, (*path, key))


def changed(frame, path, change):
    """Give a copy in which ``change(parent, key)`` was done to one place."""
    bent = copy.deepcopy(frame)
    parent = bent
    for key in path[:-1]:
        parent = parent[key]
    change(parent, path[-1])
    return bent


def without(parent, key):
    del parent[key]


def doubled(parent, key):
    parent[key] = [parent[key], parent[key]]


def bare(parent, key):
    if isinstance(parent[key], list) and len(parent[key]) == 1:
        parent[key] = parent[key][0]


def numbered(parent, key):
    if isinstance(parent[key], str):
        parent[key] = 12345
    elif isinstance(parent[key], int):
        parent[key] = str(parent[key])


def unknown(parent, key):
    if isinstance(parent[key], dict):
        parent[key]["fromTheFuture"] = {"deep": [1, None, "x"]}
    elif isinstance(parent[key], str) and parent[key].isupper():
        parent[key] = "FROM_THE_FUTURE"


def nested(parent, key):
    value = 0
    for _ in range(200):
        value = [value]
    parent[key] = value


def other(value):
    def put(parent, key):
        parent[key] = value

    return put


CHANGES = (without, doubled, bare, numbered, unknown, nested, *map(other, OTHERS))


def bent(frame):
    """Give a recorded frame, and it with one change in each place, all in turn."""
    yield frame
    for number, path in enumerate(places(frame)):
        yield changed(frame, path, CHANGES[number % len(CHANGES)])


@pytest.fixture
def corpus(recorded):
    return [each for frame in recorded for each in bent(frame)]


@pytest.fixture
def between(emulator, relay, opened, consumer):
    """Open a connection of a kind with a relay before it; give both."""

    def begin(kind="brand", **more):
        made = relay(emulator)
        domains = {"facadeMsg": made.address}
        domains |= {"asyncMessagingEnt": made.address}
        proxy = {"brand": opened, "consumer": consumer}[kind](
            emulator, domains=domains, **more
        )
        proxy.create_conversation_subscription(wait_for_ready=True).get(timeout=5)
        return made, proxy

    return begin


def status(proxy):
    return proxy.status().get(timeout=10)


def all_well(proxy):
    """The line is the first one still, and serves."""
    assert proxy.get_clock().get(timeout=10) > 0
    now = status(proxy)
    assert (now.state, now.generation, now.restarts) == ("READY", 1, {})


def only_documented(told):
    """Each error says that a frame was bad, or that what it spoke of is not there."""
    for event in told:
        if event.context in {"catch_up.failed", "messages.refused"}:
            assert isinstance(event.error, ums.RequestRejected), event
        else:
            assert event.context in {"frame.undecodable", "notification.failed"}
            assert isinstance(event.error, ums.RemoteProtocolError), event


@pytest.mark.parametrize("kind", ["brand", "consumer"])
def test_no_frame_of_the_corpus_costs_the_line(between, events, corpus, kind):
    assert len(corpus) >= 1000
    relay, proxy = between(kind)
    told = events(proxy, ums.ErrorOccurred)
    everything = events(proxy, ums.Event)
    for frame in corpus:
        relay.say(frame)
        all_well(proxy)
    only_documented(told.rest())
    assert everything.rest()


def test_the_corpus_in_one_piece_and_in_the_wrong_order(between, events, corpus):
    relay, proxy = between()
    told = events(proxy, ums.ErrorOccurred)
    for order in (corpus[::-1], corpus + corpus):
        for frame in order:
            relay.say(frame)
    all_well(proxy)
    only_documented(told.rest())


KIND = "(its kind)"
FIELD = "lacks a field or has one of a wrong type"
MALFORMED = {
    "nothing": (b"", "is not JSON"),
    "no JSON": (b"hello", "is not JSON"),
    "half": (b'{"kind":"resp","reqId"', "is not JSON"),
    "two": (b'{"kind":"resp","reqId":"1"}{}', "is not JSON"),
    "NaN": (b'{"kind":"resp","reqId":"1","code":NaN}', "is not JSON"),
    "a lone surrogate": (b'{"kind":"notification","type":"\\ud800"}', "is not JSON"),
    "null": (b"null", FIELD),
    "list": (b"[]", FIELD),
    "text": (b'"kind"', FIELD),
    "number": (b"1e999", FIELD),
    "no kind": (b"{}", KIND),
    "unknown kind": (b'{"kind":"reqst","id":"1","type":"x"}', KIND),
    "our own kind": (b'{"kind":"req","id":"1","type":"x","body":{}}', KIND),
    "numeric kind": (b'{"kind":7}', KIND),
    "null kind": (b'{"kind":null,"type":"x"}', KIND),
    "no reqId": (b'{"kind":"resp","code":200,"body":{}}', FIELD),
    "null reqId": (b'{"kind":"resp","reqId":null}', FIELD),
    "bare list reqId": (b'{"kind":"resp","reqId":["1"]}', FIELD),
    "code of words": (b'{"kind":"resp","reqId":"1","code":"OK"}', FIELD),
    "endless number": (b'{"kind":"resp","reqId":' + b"9" * 5000 + b"}", FIELD),
    "no type": (b'{"kind":"notification","body":{}}', FIELD),
    "numeric type": (b'{"kind":"notification","type":7}', FIELD),
    "deep": (b'{"kind":"resp","reqId":"1","body":' + b"[" * 50_000, "too deep"),
    "a bomb": (b'{"kind":"resp","reqId":"1","body":' + b"[" * 99_999, "values in"),
}


def as_frame(data, first=0x81):
    size = len(data)
    if size < 126:
        return bytes((first, size)) + data
    if size < 1 << 16:
        return bytes((first, 126)) + size.to_bytes(2, "big") + data
    return bytes((first, 127)) + size.to_bytes(8, "big") + data


def test_each_malformed_frame_is_told_once_with_what_is_wrong(between, events):
    relay, proxy = between()
    told = events(proxy, ums.ErrorOccurred)
    for data, reason in MALFORMED.values():
        relay.say(as_frame(data))
        error = told.wait(lambda event: True, timeout=5)
        assert error.context == "frame.undecodable"
        assert isinstance(error.error, ums.RemoteProtocolError)
        assert reason in str(error.error), data[:50]
        all_well(proxy)
    assert told.rest() == []


def test_a_binary_frame_that_is_no_text_is_told_and_the_line_stays(between, events):
    relay, proxy = between()
    told = events(proxy, ums.ErrorOccurred)
    relay.say(as_frame(bytes(range(256)), 0x82))
    error = told.wait(lambda event: True, timeout=5)
    assert error.context == "frame.undecodable"
    all_well(proxy)


BODIES = {
    CHANGE: {"body": {"changes": 3}, "none": None, "text": "x", "list": [1], "no": 0},
    EVENT: {"none": None, "text": "x", "list": [1], "number": 1, "bare": {}},
}


@pytest.mark.parametrize("kind", BODIES)
def test_a_notification_whose_body_is_something_else_is_told_at_most(
    between, events, kind
):
    relay, proxy = between()
    told = events(proxy, ums.ErrorOccurred)
    for body in BODIES[kind].values():
        relay.say({"kind": "notification", "type": kind, "body": body})
        all_well(proxy)
    relay.say({"kind": "notification", "type": kind, "body": 7})
    error = told.wait(lambda event: True, timeout=5)
    assert (error.context, error.notification_type) == ("notification.failed", kind)
    assert isinstance(error.error, ums.RemoteProtocolError)
    all_well(proxy)


# -- answers to requests

CALLS = {
    "get_clock": (),
    "keep_alive": (),
    "get_brand_profile": (),
    "get_user_profile": (),
    "set_user_profile": ({"firstName": "A"},),
    "get_upload_url": (100, "PNG"),
    "get_download_url": ("/x",),
    "query_messages": ("dialog",),
    "send_text": ("conversation", "hello"),
    "close_conversation": ("conversation",),
    "create_conversation_subscription": (),
    "create_routing_task_subscription": (),
    "subscribe_agents_state": (),
    "set_agent_state": ("ONLINE",),
    "get_download_token": ("dialog", "submission", "invitation"),
}
ANSWERS = (
    *({"body": value} for value in OTHERS),
    {},
    {"body": {"subscriptionId": 7, "currentTime": "soon", "sequence": [1]}},
    {"body": {"queryParams": 3, "relativePath": None, "firstName": {}, "token": 1}},
    {"body": [{"sequence": -(10**40), "event": {"type": 5}}, 7, None]},
    {"code": "404", "type": None, "body": {"no": "way"}},
    {"code": 299.0, "type": "x"},
    {"code": 10**30, "body": "far"},
    {"code": -1},
)


@pytest.mark.parametrize("call", CALLS)
def test_any_answer_is_a_result_or_a_documented_error(between, call):
    relay, proxy = between()
    answers = iter(ANSWERS)

    def edit(frame):
        if frame["kind"] == "resp" and (answer := next(answers, None)) is not None:
            return [{"kind": "resp", "reqId": frame["reqId"], **answer}]
        return [frame]

    relay.edit = edit
    refused = 0
    for _ in ANSWERS:
        try:
            getattr(proxy, call)(*CALLS[call]).get(timeout=10)
        except (ums.RemoteProtocolError, ums.RequestRejected):
            refused += 1
    assert next(answers, None) is None
    assert refused >= 2
    relay.edit = None
    all_well(proxy)


def test_answers_that_come_twice_late_and_in_the_wrong_order(between):
    relay, proxy = between()
    held = []

    def edit(frame):
        if frame["kind"] != "resp":
            return [frame]
        held.append({**frame, "body": {"mine": frame["reqId"]}})
        if len(held) < 50:
            return []
        backwards = [*held[::-1], *held]
        held.clear()
        return [*backwards, {**backwards[0], "reqId": "nobody's"}, *backwards]

    relay.edit = edit
    sent = [proxy.send({"type": ".GetClock", "body": {}}) for _ in range(200)]
    found = [future.get(timeout=10)["mine"] for future in sent]
    assert len(set(found)) == 200
    assert [int(each.rpartition("-")[2]) for each in found] == list(
        range(int(found[0].rpartition("-")[2]), int(found[0].rpartition("-")[2]) + 200)
    )
    relay.edit = None
    all_well(proxy)
