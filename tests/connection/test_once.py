from __future__ import annotations

import importlib.util
from pathlib import Path

import pykka
import pytest

import ums_actors as ums
from ums_actors.actors.pauses import Pauses

_path = Path(__file__).parents[1] / "hazards" / "relay.py"
_spec = importlib.util.spec_from_file_location("hazards_relay", _path)
_module = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_module)

SOON = {"settling_delay": 0.05, "request_timeout": 0.4}


@pytest.fixture(params=["brand", "consumer"])
def side(request, emulator, start):
    """A connection of either side in a conversation, and the conversation's id."""

    def begin(**more):
        options = {**SOON, **more.pop("options", {})}
        if request.param == "brand":
            proxy = start(emulator, options=options, **more)
            proxy.open(wait_for_ready=True).get(timeout=10)
            return proxy, emulator.open_conversation(assign="bot1").conversation_id
        more = {
            "kind": ums.ConsumerWebsocketConnection,
            "auth": ums.Anonymous(),
            **more,
        }
        proxy = start(emulator, options=options, **more)
        proxy.open(wait_for_ready=True).get(timeout=10)
        return proxy, proxy.create_conversation().get(timeout=5)

    return begin


@pytest.fixture
def relayed(emulator):
    """A way to the websocket on which answers can be edited."""
    relay = _module.Relay(emulator.csds)
    yield relay
    relay.close()


def texts(emulator, conversation_id):
    return [
        line["event"]["message"]
        for line in emulator.transcript(conversation_id)
        if line["event"]["type"] == "ContentEvent"
    ]


def publishes(emulator):
    return [
        line
        for line in emulator.log()
        if str(line.get("type", "")).endswith("ms.PublishEvent")
    ]


def say(proxy, conversation_id, text, **more):
    return proxy.send_text(conversation_id, text, effectively_once=True, **more)


def waited(monkeypatch):
    """Give how long it is waited for a mark to be seen, at most, each time."""
    add, seconds = Pauses.add_until_seen, []

    def noted(pauses, loop, mark, most):
        seconds.append(most)
        return add(pauses, loop, mark, most)

    monkeypatch.setattr(Pauses, "add_until_seen", noted)
    return seconds


def test_a_message_is_marked_with_an_id_of_its_own(emulator, side):
    proxy, conversation_id = side()
    reason = ums.ActionReason(reason_id="1", reason="why")
    assert say(proxy, conversation_id, "a", metadata=reason).get(timeout=5) == 0
    assert say(proxy, conversation_id, "b").get(timeout=5) == 1
    first, second = (
        [each for each in line["metadata"] if each["type"] == "ExternalId"]
        for line in emulator.transcript(conversation_id)
    )
    assert first[0]["id"] != second[0]["id"]
    assert len(first) == len(second) == 1
    assert "ActionReason" in str(emulator.transcript(conversation_id)[0]["metadata"])


@pytest.mark.parametrize("learned", [True, False])
@pytest.mark.parametrize("fault", ["process-then-disconnect", "drop"])
def test_what_is_there_is_not_said_again(emulator, side, fault, learned):
    proxy, conversation_id = side()
    if learned:
        say(proxy, conversation_id, "first").get(timeout=5)
    value = [".ams.ms.PublishEvent"]
    emulator.add_fault(fault, count=1, value=value)
    number = say(proxy, conversation_id, "once").get(timeout=20)
    found = texts(emulator, conversation_id)
    assert found.count("once") == 1
    assert number == len(found) - 1
    assert len(proxy.actor_ref._cell.keep.marks) == 0


def test_what_is_not_there_is_said_again(emulator, side, relayed, monkeypatch):
    """The line is cut when the frame is on its way: the service never sees it."""
    # that it is not there a consumer learns by nothing coming
    monkeypatch.setattr("ums_actors.actors.following.GRACE", 0.3)
    waits = waited(monkeypatch)
    service = {"facadeMsg": relayed.address, "asyncMessagingEnt": relayed.address}
    proxy, conversation_id = side(domains=service)
    kind = proxy.actor_ref.actor_class
    graces = {0.3} if issubclass(kind, ums.ConsumerWebsocketConnection) else set()
    say(proxy, conversation_id, "first").get(timeout=5)
    relayed.swallow(2)  # the frame, and the one that says it again
    number = say(proxy, conversation_id, "once").get(timeout=20)
    assert texts(emulator, conversation_id) == ["first", "once"]
    assert number == 1
    assert relayed.swallowed == 2
    assert set(waits) == {SOON["settling_delay"], *graces}


def unmarked(said):
    """Show a client events as a service does that repeats no metadata."""
    body = said.get("body")
    for each in body if isinstance(body, list) else [body]:
        if isinstance(each, dict):
            each.pop("metadata", None)
            for change in each.get("changes", []):
                change.pop("metadata", None)
    return [said]


@pytest.mark.parametrize("learned", [True, False])
def test_where_marks_are_not_repeated_it_stays_unknown(
    emulator, side, relayed, learned
):
    service = {"facadeMsg": relayed.address, "asyncMessagingEnt": relayed.address}
    proxy, conversation_id = side(domains=service)
    relayed.edit = unmarked
    if learned:
        say(proxy, conversation_id, "first").get(timeout=5)
        proxy.catch_up(conversation_id).get(timeout=10)
    emulator.add_fault("drop", count=1, value=[".ams.ms.PublishEvent"])
    with pytest.raises(ums.RequestTimedOut) as caught:
        say(proxy, conversation_id, "once").get(timeout=20)
    assert caught.value.delivery == "UNKNOWN"
    assert texts(emulator, conversation_id).count("once") == 1


def test_a_refusal_is_told_at_once(emulator, side):
    proxy, conversation_id = side()
    refusal = {"code": 400, "type": ".ams.ms.PublishEvent"}
    emulator.add_fault("reject", count=1, value=refusal)
    with pytest.raises(ums.RequestRejected):
        say(proxy, conversation_id, "no").get(timeout=5)
    assert texts(emulator, conversation_id) == []


def test_a_dialog_that_may_not_be_asked_leaves_it_unknown(emulator, start, relayed):
    service = {"facadeMsg": relayed.address}
    proxy = start(emulator, options=SOON, domains=service)
    proxy.open(wait_for_ready=True).get(timeout=10)
    conversation_id = emulator.open_conversation(assign="bot1").conversation_id
    relayed.swallow(1)
    emulator.add_fault("reject", value={"code": 403, "type": ".ams.ms.QueryMessages"})
    with pytest.raises(ums.ConnectionLost) as caught:
        say(proxy, conversation_id, "once").get(timeout=20)
    assert caught.value.delivery == "UNKNOWN"
    assert isinstance(caught.value.__cause__, ums.RequestRejected)


@pytest.mark.parametrize("fault", ["process-then-disconnect", "drop"])
def test_what_is_seen_meanwhile_ends_the_settling(emulator, side, fault):
    proxy, conversation_id = side(options={"settling_delay": 3_600.0})
    emulator.add_fault(fault, count=1, value=[".ams.ms.PublishEvent"])
    assert say(proxy, conversation_id, "once").get(timeout=20) == 0
    assert say(proxy, conversation_id, "twice").get(timeout=20) == 1
    assert texts(emulator, conversation_id) == ["once", "twice"]


class Shy:
    """Shows a consumer its events only when it has asked for them."""

    def __init__(self):
        self.asked = False

    def __call__(self, said):
        if "Subscribe" in said.get("type", "") and said["kind"] == "resp":
            self.asked = True
        hidden = said["type"].endswith("ms.MessagingEventNotification")
        return [] if hidden and not self.asked else [said]


def test_a_consumer_looks_no_longer_than_until_it_is_seen(
    emulator, start, relayed, monkeypatch
):
    """What its look brings ends it; that nothing comes would take a time to believe."""
    proxy = start(
        emulator,
        kind=ums.ConsumerWebsocketConnection,
        auth=ums.Anonymous(),
        options=SOON,
        domains={"asyncMessagingEnt": relayed.address},
    )
    proxy.open(wait_for_ready=True).get(timeout=10)
    conversation_id = proxy.create_conversation().get(timeout=5)
    proxy.catch_up(conversation_id).get(timeout=10)
    monkeypatch.setattr("ums_actors.actors.following.GRACE", 3_600.0)
    relayed.edit = shy = Shy()
    emulator.add_fault("drop", count=1, value=["ms.PublishEvent"])
    assert say(proxy, conversation_id, "once").get(timeout=20) == 0
    assert shy.asked
    assert texts(emulator, conversation_id) == ["once"]


def test_closing_answers_what_is_looked_for(side, relayed):
    service = {"facadeMsg": relayed.address, "asyncMessagingEnt": relayed.address}
    proxy, conversation_id = side(domains=service, options={"settling_delay": 60.0})
    relayed.swallow(1)  # it is not there, so that it is looked for in vain
    waiting = say(proxy, conversation_id, "once")
    with pytest.raises(pykka.Timeout):
        waiting.get(timeout=1.0)  # it is being settled
    proxy.close().get(timeout=10)
    with pytest.raises(ums.RequestError) as caught:
        waiting.get(timeout=5)
    assert caught.value.delivery == "UNKNOWN"


def test_it_is_not_followed_for_ever(emulator, start):
    options = {**SOON, "once_timeout": 0.5, "backoff_base": 60.0}
    proxy = start(emulator, options=options)
    proxy.open(wait_for_ready=True).get(timeout=10)
    conversation_id = emulator.open_conversation(assign="bot1").conversation_id
    emulator.add_fault("handshake", count=100)
    emulator.add_fault(
        "process-then-disconnect", count=1, value=[".ams.ms.PublishEvent"]
    )
    with pytest.raises(ums.ConnectionLost) as caught:
        say(
            proxy,
            conversation_id,
            "once",
        ).get(timeout=20)
    assert caught.value.delivery == "UNKNOWN"


@pytest.mark.parametrize(
    "metadata",
    [ums.ExternalId(id="card"), [{"type": "ExternalId", "id": "card"}]],
)
def test_an_external_id_of_ones_own_is_refused(emulator, side, metadata):
    proxy, conversation_id = side()
    with pytest.raises(ums.LocalProtocolError, match="leave yours out"):
        say(proxy, conversation_id, "a", metadata=metadata).get(timeout=5)


def test_only_content_can_be_published_so(emulator, side):
    from ums_actors.protocol.publishing import publish_chat_state

    proxy, conversation_id = side()
    call = publish_chat_state(conversation_id, conversation_id, "COMPOSING")
    with pytest.raises(ums.LocalProtocolError, match="only messages"):
        proxy.publish_once(call).get(timeout=5)


def test_conversations_and_dialogs_can_do_it_too(emulator, side):
    proxy, conversation_id = side()
    proxy.catch_up(conversation_id).get(timeout=10)
    while (talk := proxy.get_conversation(conversation_id).get(timeout=5)) is None:
        proxy.get_clock().get(timeout=5)
    for say in (talk.send_text, talk.main_dialog.send_text):
        emulator.add_fault(
            "process-then-disconnect", count=1, value=[".ams.ms.PublishEvent"]
        )
        say("hello", effectively_once=True).get(timeout=20)
    rich = {"type": "vertical", "elements": []}
    number = talk.send_rich(rich, effectively_once=True).get(timeout=20)
    assert (texts(emulator, conversation_id), number) == (["hello", "hello"], 2)
