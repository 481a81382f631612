"""Every public method says what is wrong with an argument, and sends nothing.

Values that no argument of its kind may have, for each method and argument; what is
raised is a LocalProtocolError (at once, or through the future) that names the value or
the argument. Nothing crashes, nothing hangs, and the connection goes on.
"""

from __future__ import annotations

import inspect
import math

import pykka
import pytest

import ums_actors as ums
from ums_actors.protocol.publishing import publish_text
from ums_actors.protocol.requests import Call
from ums_actors.runtime import workers

TEXTS = [None, "", 5, [], {}, b"x", True]
STRANGE = ["a\r\nb", "\x00", "\ud800", "x" * 10_000]
IDS = [*TEXTS, *STRANGE]
WORDS = [None, "", 5, "NONSENSE", ["ONLINE"]]
SECONDS = [math.nan, -1, "x", math.inf, [], -math.inf, True, 10**400, 1e300]
NUMBERS = ["1", 1.5, -1, [], True, 10**400]

CONTENT = "ContentEvent"
C = "conversation"
"""A value that is all right, where the wrong one stands elsewhere."""
SAYING = publish_text(C, C, "text")


def case(method, *arguments, wrong, at, **named):
    """Make cases: each wrong value, in place of the argument of that number or name."""
    for value in wrong:
        positional, keywords = list(arguments), dict(named)
        if isinstance(at, int):
            positional[at] = value
        else:
            keywords[at] = value
        yield pytest.param(
            method, positional, keywords, id=f"{method}-{at}-{value!r:.20}"
        )


BOTH = [
    *case(
        "process_webhooks_notification",
        None,
        wrong=[None, 5, [], "\ud800", object(), {"type": object()}],
        at=0,
    ),
    *case("open", wrong=SECONDS, at="timeout"),
    *case("wait_ready", wrong=SECONDS, at="timeout"),
    *case("child", None, wrong=["nobody", None, 5, [], {}, "x" * 10_000], at=0),
    *case("send", None, wrong=[None, 5, "x", [], {}, {"type": ""}, {"body": {}}], at=0),
    *case("send", None, wrong=[{"type": "x", "bdy": {}}, {"type": 5}], at=0),
    *case("send", {"type": ".GetClock", "body": {}}, wrong=SECONDS, at="timeout"),
    *case("forget", None, wrong=[None, 5, "x", {}, [1]], at=0),
    *case(
        "send",
        {"type": ".GetClock", "body": {}},
        wrong=[5, "", "no base64!", "x" * 6000],
        at="encoded_metadata",
    ),
    *case(
        "send",
        {"type": ".GetClock", "body": {}, "metadata": [5]},
        wrong=[None],
        at="timeout",
    ),
    *case("subscribe", None, wrong=[None, 5, "x"], at=0),
    *case("subscribe", print, None, wrong=[int, "MessageReceived", 5], at=1),
    *case("subscribe", print, wrong=[5, "x"], at="where"),
    *case("subscribe", print, wrong=IDS[1:], at="conversation_id"),
    *case("subscribe", print, wrong=IDS[1:], at="dialog_id"),
    *case("_on_ums_message", None, wrong=[None, 5, [], {}], at=0),
    *case("subscribe_notifications", None, wrong=[None, 5], at=0),
    *case("subscribe_notifications", print, None, wrong=[5, None, ums.Event], at=1),
    *case("send_text", C, "text", wrong=IDS, at=0),
    *case("send_text", C, "text", wrong=[*TEXTS, "x" * 8001], at=1),
    *case("send_text", C, "text", wrong=[5, [], b"x", True, *STRANGE], at="dialog_id"),
    *case("send_text", C, "text", wrong=[5, "x", [{}], [{"type": 5}]], at="metadata"),
    *case("send_text", C, "text", wrong=[5, {}, [1]], at="quick_replies"),
    *case(
        "send_text",
        C,
        "text",
        wrong=[[{"type": "ExternalId", "id": "x" * 65}], [{"type": "ExternalId"}]],
        at="metadata",
    ),
    *case("catch_up", C, wrong=IDS, at=0),
    *case("close_conversation", C, wrong=IDS, at=0),
    *case("close_dialog", C, C, wrong=IDS, at=0),
    *case("close_dialog", C, C, wrong=IDS, at=1),
    *case("close_dialog", C, C, wrong=["NONSENSE", 5], at="dialog_close_reason"),
    *case("get_conversation", C, wrong=IDS, at=0),
    *case("save_conversations", True, wrong=[None, 0, "no"], at=0),
    *case("load_conversations", None, wrong=[None, 5, "x", [], {}, b"\xff"], at=0),
    *case("load_conversation", None, wrong=[None, 5, "x", [], {}, b"\xff"], at=0),
    *case(
        "create_conversation_subscription",
        wrong=[5, "x", [], {"skill_id": "1"}, {"nonsense": 1}, {"stage": 5}],
        at="query",
    ),
    *case(
        "create_conversation_subscription",
        wrong=[{"last_update_after": "yesterday"}, {"consumer_id": 5}, {"stage": []}],
        at="query",
    ),
    *case(
        "create_conversation_subscription",
        wrong=[{name: value} for name in ("consumer_id", "agent_id") for value in IDS],
        at="query",
    ),
    *case(
        "_request_conversation_subscription",
        wrong=[{"last_update_before": value} for value in NUMBERS] + [5, {"x": 1}],
        at="query",
    ),
    *case("update_conversation_subscription", C, {}, wrong=IDS, at=0),
    *case("update_conversation_subscription", C, {}, wrong=[5, {"x": 1}], at=1),
    *case("unsubscribe_conversations", C, wrong=IDS, at=0),
    *case("get_user_profile", wrong=IDS[1:], at="user_id"),
    *case("set_user_profile", None, wrong=[None, 5, "x", [], {}], at=0),
    *case(
        "set_user_profile", None, wrong=[{"first_name": 5}, {"lastName": None}], at=0
    ),
    *case("set_user_profile", None, wrong=[{"private_data": {"mail": 5}}], at=0),
    *case("get_upload_url", 5, "PNG", wrong=[*NUMBERS, 0, None], at=0),
    *case("get_upload_url", 5, "PNG", wrong=IDS, at=1),
    *case("get_download_url", "/a", wrong=IDS, at=0),
    *case("get_download_token", C, "s", "i", wrong=IDS, at=0),
    *case("get_download_token", C, "s", "i", wrong=IDS, at=1),
    *case("get_download_token", C, "s", "i", wrong=IDS, at=2),
    *case("upload_file", C, b"x", file_type="PNG", wrong=IDS, at=0),
    *case("upload_file", C, b"x", file_type="PNG", wrong=[None, 5, "a", b""], at=1),
    *case("upload_file", C, b"x", wrong=[5, "", [], *STRANGE], at="file_type"),
    *case("upload_file", C, b"x", file_type="PNG", wrong=[None, 5], at="caption"),
    *case("upload_file", C, b"x", file_type="PNG", wrong=[5, ""], at="preview"),
    *case("download_file", "/a", wrong=IDS, at=0),
    *case("publish_once", None, wrong=[None, 5, "x", {}], at=0),
    *case(
        "publish_once",
        None,
        wrong=[
            Call(".ams.ms.PublishEvent", body)
            for body in (
                None,
                5,
                {},
                {"event": {}},
                {"event": {"type": "ContentEvent"}},
            )
        ],
        at=0,
    ),
    *case("publish", None, wrong=[None, 5, "x", {}, Call(".X", {})], at=0),
    *case("publish", SAYING, wrong=[5, "", "no base64!"], at="encoded_metadata"),
    *case("publish", SAYING, wrong=[5, "x", [{}], [{"type": 5}]], at="metadata"),
    *case("publish_text", C, "text", wrong=IDS, at=0),
    *case("publish_text", C, "text", wrong=[*TEXTS, "x" * 8001], at=1),
    *case("publish_text", C, "text", wrong=[5, [], b"x", *STRANGE], at="dialog_id"),
    *case("publish_text", C, "text", wrong=[5, "x", [{}]], at="metadata"),
    *case("publish_text", C, "text", wrong=[5, {}, [1]], at="quick_replies"),
    *case("publish_text", C, "text", wrong=WORDS, at="audience"),
    *case("publish_rich", C, {"type": "x"}, wrong=IDS, at=0),
    *case("publish_rich", C, {"type": "x"}, wrong=[*TEXTS, {"a": "x" * 15_000}], at=1),
    *case("publish_rich", C, {"type": "x"}, wrong=[5, [], *STRANGE], at="dialog_id"),
    *case("publish_rich", C, {"type": "x"}, wrong=[5, "x", [{}]], at="metadata"),
    *case("publish_rich", C, {"type": "x"}, wrong=[5, {}, [1]], at="quick_replies"),
    *case("publish_rich", C, {"type": "x"}, wrong=WORDS, at="audience"),
    *case("publish_file", C, "/a", "PNG", wrong=IDS, at=0),
    *case("publish_file", C, "/a", "PNG", wrong=IDS, at=1),
    *case("publish_file", C, "/a", "PNG", wrong=IDS, at=2),
    *case("publish_file", C, "/a", "PNG", wrong=[5, [], *STRANGE], at="dialog_id"),
    *case("publish_file", C, "/a", "PNG", wrong=[None, 5], at="caption"),
    *case("publish_file", C, "/a", "PNG", wrong=[5, ""], at="preview"),
    *case("publish_file", C, "/a", "PNG", wrong=[5, "x", [{}]], at="metadata"),
    *case("publish_upload", C, b"x", file_type="PNG", wrong=IDS, at=0),
    *case("publish_upload", C, b"x", file_type="PNG", wrong=[None, 5, b""], at=1),
    *case("publish_upload", C, b"x", wrong=[5, "", [], *STRANGE], at="file_type"),
    *case("publish_upload", C, b"x", file_type="PNG", wrong=[None, 5], at="caption"),
    *case("publish_upload", C, b"x", file_type="PNG", wrong=[5, ""], at="preview"),
    *case("publish_upload", C, b"x", file_type="PNG", wrong=[5, [{}]], at="metadata"),
]
BRAND = [
    *case("set_agent_state", "ONLINE", wrong=WORDS, at=0),
    *case("set_agent_state", "ONLINE", wrong=IDS[1:], at="agent_id"),
    *case("query_messages", C, wrong=TEXTS, at=0),
    *case("query_messages", C, wrong=["1", 1.5, [], True, 10**400], at="newer_than"),
    *case("join_dialog", C, C, "MANAGER", wrong=IDS, at=0),
    *case("join_dialog", C, C, "MANAGER", wrong=[5, [], b"x", True], at=1),
    *case("join_dialog", C, C, "MANAGER", wrong=WORDS, at=2),
    *case("join_dialog", C, C, "MANAGER", wrong=IDS[1:], at="agent_id"),
    *case("leave_dialog", C, C, "MANAGER", wrong=IDS[1:], at="agent_id"),
    *case("leave_dialog", C, C, "MANAGER", wrong=IDS, at=0),
    *case("leave_dialog", C, C, "MANAGER", wrong=WORDS, at=2),
    *case("transfer_conversation", C, skill_id="1", wrong=IDS, at=0),
    *case("transfer_conversation", C, wrong=IDS[1:], at="skill_id"),
    *case("transfer_conversation", C, wrong=IDS[1:], at="agent_id"),
    *case(
        "transfer_conversation", C, skill_id="1", wrong=IDS[1:], at="remove_agent_id"
    ),
    *case(
        "transfer_conversation",
        C,
        agent_id="2",
        wrong=["", 5, "NONSENSE", []],
        at="remove_from_existing_role",
    ),
    *case("transfer_conversation", C, agent_id="2", wrong=["2"], at="remove_agent_id"),
    *case("transfer_conversation", C, wrong=[None], at="skill_id"),
    *case("create_conversation", "consumer", wrong=IDS, at=0),
    *case("create_conversation", "consumer", wrong=IDS[1:], at="skill_id"),
    *case("create_conversation", "consumer", wrong=[5, "x", {}], at="context"),
    *case("create_routing_task_subscription", wrong=IDS[1:], at="agent_id"),
    *case("update_routing_task_subscription", C, wrong=IDS, at=0),
    *case("update_routing_task_subscription", C, wrong=IDS[1:], at="agent_id"),
    *case("unsubscribe_routing_tasks", C, wrong=IDS, at=0),
    *case("subscribe_agents_state", wrong=IDS[1:], at="agent_id"),
    *case("unsubscribe_agents_state", C, wrong=IDS, at=0),
    *case("get_message_statistics", wrong=IDS[1:], at="agent_id"),
    *case(
        "process_shift_status_response",
        None,
        wrong=[None, 5, "x", {}, [5], [[]], [{"skillId": "1"}], [{"onShift": True}]],
        at=0,
    ),
    *case("set_brand_profile", None, wrong=[None, 5, "x", [], {}], at=0),
]
REST = [
    *case("get_conversation_by_id", C, wrong=IDS, at=0),
    *case("get_dialog", C, wrong=IDS, at=0),
    *case("get_dialog", C, wrong=IDS[1:], at="dialog_id"),
    *case("get_participant", C, wrong=IDS, at=0),
    *case("get_participant", C, wrong=IDS[1:], at="participant_id"),
    *case("get_participant", C, wrong=IDS[1:], at="dialog_id"),
    *case("remove_participant", C, wrong=IDS, at=0),
    *case("remove_participant", C, wrong=IDS[1:], at="participant_id"),
    *case("remove_participant", C, wrong=IDS[1:], at="dialog_id"),
]
CONSUMER = [
    *case("get_message_statistics", wrong=[None], at="agent_id"),
    *case("set_agent_state", "ONLINE", wrong=["ONLINE"], at=0),
    *case("create_conversation", wrong=IDS[1:], at="skill_id"),
    *case("create_conversation", wrong=[5, "x", {}], at="context"),
    *case("create_conversation", wrong=[5, "x", {}, []], at="campaign_info"),
    *case("create_conversation", wrong=[{"campaign_id": []}], at="campaign_info"),
]


@pytest.fixture(scope="module", autouse=True)
def _workers_end_soon():
    """Have no case wait for a worker that another one left idle."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workers, "IDLE_SECONDS", 0.05)
        yield


@pytest.fixture(scope="module")
def lines():
    """A READY connection of each side, the same for all cases."""
    from ums_actors.emulator import password_of, running_emulator

    runtime = ums.Runtime()
    with running_emulator(users=2) as emulator:
        where = {"csds": f"http://{emulator.csds}", "runtime": runtime}
        brand = ums.BrandWebsocketConnection.start(
            emulator.account,
            auth=ums.PasswordLogin("bot1", password_of("bot1")),
            **where,
        )
        consumer = ums.ConsumerWebsocketConnection.start(
            emulator.account, auth=ums.Anonymous(), **where
        )
        rest = ums.BrandRestConnection.start(
            emulator.account,
            auth=ums.PasswordLogin("bot2", password_of("bot2")),
            **where,
        )
        refs = {"brand": brand, "consumer": consumer, "rest": rest}
        for ref in refs.values():
            ref.proxy().open(wait_for_ready=True).get(timeout=20)
        yield {side: ref.proxy() for side, ref in refs.items()}, emulator
        for ref in refs.values():
            ref.stop(timeout=10)
    runtime.close()


@pytest.fixture(scope="module", autouse=True)
def _nothing_was_sent_and_nobody_crashed(lines):
    proxies, emulator = lines
    seen = len(emulator.log())
    yield
    for proxy in proxies.values():
        status = proxy.status().get(timeout=5)
        assert (status.restarts, status.state, status.generation) == ({}, "READY", 1)
    sent = {
        line["frame"]["type"].rpartition(".")[2]
        for line in emulator.log()[seen:]
        if line["dir"] == "in" and line["conn"]
    }
    # ids of other forms, and the question whether it is still there
    assert sent <= {"GetClock", "PublishEvent", "UpdateConversationField"}


@pytest.mark.parametrize(("method", "positional", "named"), BOTH + BRAND)
def test_a_brand_refuses_it(lines, method, positional, named):
    refused(lines, "brand", method, positional, named)


@pytest.mark.parametrize(("method", "positional", "named"), BOTH + CONSUMER)
def test_a_consumer_refuses_it(lines, method, positional, named):
    refused(lines, "consumer", method, positional, named)


@pytest.mark.parametrize(("method", "positional", "named"), BOTH + BRAND + REST)
def test_rest_refuses_it(lines, method, positional, named):
    refused(lines, "rest", method, positional, named)


def refused(lines, side, method, positional, named):
    proxy = lines[0][side]
    with pytest.raises(ums.LocalProtocolError) as caught:
        getattr(proxy, method)(*positional, **named).get(timeout=5)
    said = str(caught.value)
    assert 15 < len(said) < 600
    assert said.isprintable()
    assert "x" * 100 not in said
    assert proxy.status().get(timeout=5).restarts == {}


def test_each_method_is_in_the_table():
    """A new method comes with its wrong arguments, or takes none."""
    harmless = {
        "close", "events", "get_all_known_conversations", "get_brand_profile",
        "get_clock", "get_shift_status", "get_skills", "get_token", "keep_alive",
        "reconnect_now", "refresh_token", "status", "unsubscribe", "wait_closed",
    }  # fmt: skip
    tables = {ums.BrandConnectionProxy: BOTH + BRAND}
    tables[ums.ConsumerConnectionProxy] = BOTH + CONSUMER
    tables[ums.BrandRestConnectionProxy] = BOTH + BRAND + REST
    for proxy, table in tables.items():
        public = {
            name
            for name, member in inspect.getmembers(proxy)
            if not name.startswith("_") and callable(member)
        }
        assert public - {each.values[0] for each in table} - harmless == set()


@pytest.mark.parametrize("text", ["日本", "x" * 512, "a b", "42"])
def test_ids_of_other_forms_are_the_services_to_judge(lines, text):
    for side in ("brand", "consumer"):  # that of REST would keep a line
        proxy = lines[0][side]
        with pytest.raises(ums.RequestRejected):
            proxy.send_text(text, "hello").get(timeout=5)
        with pytest.raises(ums.RequestRejected):
            proxy.close_conversation(text).get(timeout=5)


def test_unknown_handles_are_told(lines):
    for proxy in lines[0].values():
        for handle in ("nothing", None, 5, [], {}, "\ud800"):
            assert proxy.unsubscribe(handle).get(timeout=5) is False


@pytest.mark.parametrize(
    "named",
    [
        {"limit": 0},
        {"limit": "x"},
        {"limit": True},
        {"timeout": True},
        {"conversation_id": 5},
        {"dialog_id": "a\r\nb"},
        {"timeout": -1},
        {"timeout": math.nan},
        {"where": 5},
    ],
)
def test_iterators_refuse_it_at_once(lines, named):
    for proxy in lines[0].values():
        with pytest.raises(ums.LocalProtocolError):
            proxy.events(ums.MessageReceived, **named)
        with pytest.raises(ums.LocalProtocolError):
            proxy.events(int)


def test_an_unknown_method_is_an_attribute_error(lines):
    for proxy in lines[0].values():
        with pytest.raises(AttributeError):
            proxy.nonsense()
        assert isinstance(proxy.actor_ref, pykka.ActorRef)


# -- what a connection is started with

START = [
    *case("account_id", wrong=IDS, at="account_id"),
    *case("auth", wrong=[None, "x", 5, {}], at="auth"),
    *case("csds", wrong=[*IDS, "http://192.0.2.1", "a b"], at="csds"),
    *case("domains", wrong=[5, "x", [], {5: "h"}, {"idp": 5}], at="domains"),
    *case("domains", wrong=[{"idp": "a b"}, {"a\nb": "h"}], at="domains"),
    *case("options", wrong=[5, "x", [], {}, True], at="options"),
    *case("ca_file", wrong=[5, [], True, "/nowhere", "\ud800"], at="ca_file"),
    *case("extra_ca_file", wrong=[5, [], True, "/nowhere"], at="extra_ca_file"),
    *case("ssl_context", wrong=[5, "x", True], at="ssl_context"),
    *case("proxy", wrong=[5, "http://proxy:80", {}], at="proxy"),
    *case("outbox", wrong=[5, "/tmp/outbox", {}], at="outbox"),
    *case("app_id", wrong=IDS[1:], at="app_id"),
    *case("app_version", wrong=IDS[1:], at="app_version"),
    *case("query", wrong=[5, "x", {"x": 1}], at="default_subscription_query"),
]  # fmt: skip
CONSUMERS_START = [
    *case("handshake", wrong=["x", None, 5, "x" * 10_000], at="handshake"),
    *case("properties", wrong=[5, "x", {}], at="client_properties"),
]


@pytest.mark.parametrize(("what", "nothing", "named"), START)
def test_a_brand_is_not_started_with_it(runtime, what, nothing, named):
    auth = ums.PasswordLogin("bot1", "secret")
    not_started(ums.BrandWebsocketConnection, runtime, {"auth": auth, **named})


@pytest.mark.parametrize(("what", "nothing", "named"), START + CONSUMERS_START)
def test_a_consumer_is_not_started_with_it(runtime, what, nothing, named):
    named = {"auth": ums.Anonymous(), **named}
    not_started(ums.ConsumerWebsocketConnection, runtime, named)


def not_started(kind, runtime, named):
    with pytest.raises(ums.LocalProtocolError) as caught:
        kind.start(runtime=runtime, **{"account_id": "1", **named})
    said = str(caught.value)
    assert 15 < len(said) < 600
    assert said.isprintable()
    assert "secret" not in said


# -- who a user is


@pytest.mark.parametrize(
    "make",
    [
        *[lambda wrong=wrong: ums.PasswordLogin(wrong, "x") for wrong in ["", 5, None]],
        *[lambda wrong=wrong: ums.PasswordLogin("x", wrong) for wrong in ["", 5, None]],
        lambda: ums.OAuth1Login("x", "", "x"),
        lambda: ums.AssertionLogin(""),
        lambda: ums.AssertionLogin(None),
        lambda: ums.ExistingSession("", user_id="1"),
        lambda: ums.ExistingSession("t", user_id=""),
        lambda: ums.ReadyBearer("x", 5),
        lambda: ums.Anonymous(""),
        lambda: ums.Anonymous(5),
        lambda: ums.AuthenticatedConsumer("c", None),
        lambda: ums.AuthenticatedConsumer("", "x"),
        lambda: ums.ReadyJwt(""),
        lambda: ums.Proxy("", 80),
        lambda: ums.Proxy("h", 0),
        lambda: ums.Proxy("h", "80"),
        lambda: ums.Proxy("a\r\nb", 80),
        lambda: ums.Proxy(5, 80),
        lambda: ums.Proxy("h", 80, scheme=5),
        lambda: ums.Proxy("h", 80, 5, "x"),
        lambda: ums.Proxy("h", 80, "x", 5),
        lambda: ums.Proxy.from_url("http://h:x"),
        lambda: ums.Outbox(""),
        lambda: ums.Outbox(5),
        lambda: ums.Outbox("x", limit="x"),
        lambda: ums.ClientProperties(os="BEOS"),
        lambda: ums.ClientProperties(app_id="x" * 65),
        lambda: ums.ClientProperties(features=5),
    ],
)
def test_credentials_and_their_like_refuse_it(make):
    with pytest.raises(ums.LocalProtocolError) as caught:
        make()
    assert 15 < len(str(caught.value)) < 600
