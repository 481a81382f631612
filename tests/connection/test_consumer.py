from __future__ import annotations

import base64
import contextlib
import json

import pytest

import ums_actors as ums
from ums_actors.auth.consumer import ConsumerTokenSource
from ums_actors.emulator import running_emulator

INIT = "InitConnection"
SUBSCRIBE = "cqm.SubscribeExConversations"
LISTEN = "ms.SubscribeMessagingEvents"
HANDSHAKES = ["header", "init"]


@pytest.fixture
def consume(start):
    """Start a consumer's connection."""

    def begin(emulator, **more):
        given = {"kind": ums.ConsumerWebsocketConnection, "auth": ums.Anonymous()}
        return start(emulator, **{**given, **more})

    return begin


@pytest.fixture
def opened(consume):
    """Start one, and wait until it is READY."""

    def begin(emulator, **more):
        proxy = consume(emulator, **more)
        proxy.open().get(timeout=10)
        return proxy

    return begin


def ready(generation):
    return lambda event: event.state == "READY" and event.generation >= generation


def status(proxy):
    return proxy.status().get(timeout=5)


def own_id(proxy):
    return status(proxy).agent_id


def sent(emulator, user=None):
    """Give the frames that came from consumers, or from one."""
    frames = emulator.log(user)
    return [line["frame"] for line in frames if line["dir"] == "in"]


def kinds(emulator, user=None):
    return [frame["type"] for frame in sent(emulator, user)]


def texts(heard):
    return [event.text for event in heard.seen if event.text is not None]


def agent(start, emulator, conversation_id):
    """Let the brand's bot take part in a conversation."""
    brand = start(emulator)
    brand.open().get(timeout=10)
    brand.join_dialog(conversation_id, conversation_id, "MANAGER").get(timeout=5)
    return brand


# -- being there


@pytest.mark.parametrize("handshake", HANDSHAKES)
def test_a_consumer_opens_a_conversation_and_talks_with_an_agent(
    either, start, opened, events, handshake
):
    proxy = opened(either, handshake=handshake)
    heard = events(proxy, ums.MessageReceived)
    conversation = proxy.create_conversation().get(timeout=5)
    assert proxy.send_text(conversation, "hello").get(timeout=5) == 0
    brand = agent(start, either, conversation)
    brand.send_text(conversation, "hi").get(timeout=5)
    heard.wait(lambda event: event.text == "hi")
    told = [(event.text, event.mine, event.conversation_id) for event in heard.seen]
    assert told == [("hello", True, conversation), ("hi", False, conversation)]
    assert proxy.close_conversation(conversation).get(timeout=5).startswith("OK")
    now = status(proxy)
    assert (now.state, now.generation, now.logins) == ("READY", 1, 1)


def test_token_and_properties_go_with_the_upgrade_request(emulator, opened):
    properties = ums.ClientProperties(app_id="shop", os=ums.OS.LINUX)
    proxy = opened(emulator, client_properties=properties)
    conversation = proxy.create_conversation().get(timeout=5)
    proxy.send_text(conversation, "hello").get(timeout=5)
    (event,) = emulator.transcript(conversation)
    told = event["originatorMetadata"]["clientProperties"]
    assert (told["appId"], told["os"]) == ("shop", "LINUX")
    assert kinds(emulator)[0] == SUBSCRIBE


def test_the_introduction_is_the_first_frame_and_nothing_else_precedes_its_answer(
    emulator, consume, eventually
):
    emulator.add_fault("delay", count=1, value={"seconds": 0.3, "types": [INIT]})
    proxy = consume(emulator, handshake="init")
    done = proxy.open()
    kernel = proxy.actor_ref.actor_inbox.keep
    eventually(lambda: kernel.session.state == "RESTORING")
    another = proxy.create_conversation_subscription({"stage": ["OPEN"]})
    clock = proxy.get_clock()
    done.get(timeout=10)
    assert another.get(timeout=5)
    assert clock.get(timeout=5) > 0
    frames = sent(emulator)
    assert [frame["type"] for frame in frames] == [
        INIT,
        SUBSCRIBE,
        SUBSCRIBE,
        "GetClock",
    ]
    assert frames[0]["headers"][1] == {"type": ".ams.headers.ClientProperties"}
    assert frames[1]["body"] == {"stage": ["OPEN", "CLOSE"]}


def test_the_default_subscription_may_be_another_or_none(emulator, opened):
    opened(emulator, default_subscription_query={"stage": "OPEN"})
    assert sent(emulator)[0]["body"] == {"stage": ["OPEN"]}
    proxy = opened(emulator, create_default_subscription=False)
    assert len(sent(emulator)) == 1
    proxy.create_conversation_subscription().get(timeout=5)
    assert sent(emulator)[1]["body"] == {"stage": ["OPEN", "CLOSE"]}


def test_what_a_consumer_can_ask_for_goes_out_under_short_names(emulator, opened):
    proxy = opened(emulator)
    assert proxy.get_clock().get(timeout=5) > 0
    assert proxy.get_user_profile().get(timeout=5).user_id == own_id(proxy)
    conversation = proxy.create_conversation(
        context={"type": "SharkContext", "lang": "de"},
        campaign_info={"campaign_id": "1", "engagement_id": "2"},
    ).get(timeout=5)
    proxy.send_text(conversation, "hello").get(timeout=5)
    proxy.close_dialog(conversation, conversation).get(timeout=5)
    subscription = proxy.create_conversation_subscription().get(timeout=5)
    proxy.unsubscribe_conversations(subscription).get(timeout=5)
    assert not [kind for kind in kinds(emulator) if kind.startswith(".")]
    created = next(f for f in sent(emulator) if "RequestConversation" in f["type"])
    assert created["body"]["conversationContext"]["lang"] == "de"
    assert created["body"]["campaignInfo"] == {"campaignId": "1", "engagementId": "2"}


def test_an_agents_state_is_not_for_consumers(emulator, opened):
    proxy = opened(emulator)
    with pytest.raises(ums.NotSupported, match="ConsumerWebsocketConnection"):
        proxy.set_agent_state("ONLINE").get(timeout=5)


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"handshake": "cookie"}, "use 'header' or 'init'"),
        ({"auth": ums.PasswordLogin("bot1", "x")}, "type PasswordLogin is not known"),
        ({"auth": ums.ReadyJwt("x")}, "ReadyJwt: the token is no JWT"),
        ({"account_id": ""}, "account_id"),
        ({"default_subscription_query": {"skill_id": "1"}}, "skill_id"),
    ],
)
def test_a_bad_argument_fails_at_once(emulator, consume, arguments, text):
    with pytest.raises(ums.LocalProtocolError, match=text):
        consume(emulator, **arguments)


def test_the_token_is_given_and_is_the_consumers_own(emulator, opened):
    proxy = opened(emulator)
    claims = proxy.get_token().get(timeout=5).split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
    assert claims["sub"] == own_id(proxy)


# -- messages


@pytest.mark.parametrize("handshake", HANDSHAKES)
def test_what_was_said_while_the_line_was_away_comes_in_order_and_once(
    emulator, start, opened, events, handshake
):
    proxy = opened(emulator, handshake=handshake)
    states = events(proxy, ums.StateChanged)
    heard = events(proxy, ums.MessageReceived)
    conversation = proxy.create_conversation().get(timeout=5)
    proxy.send_text(conversation, "0").get(timeout=5)
    heard.wait(lambda event: event.text == "0")  # else it is asked for again
    brand = agent(start, emulator, conversation)
    me = own_id(proxy)
    for line in (2, 3):
        emulator.add_fault("handshake", user=None, count=1, value=502)
        emulator.cut(me)
        for number in range(3):
            brand.send_text(conversation, f"{line}.{number}").get(timeout=5)
        states.wait(ready(line + 1))
        heard.wait(lambda event, line=line: event.text == f"{line}.2")
    expected = ["0"] + [f"{line}.{number}" for line in (2, 3) for number in range(3)]
    assert texts(heard) == expected
    now = status(proxy)
    assert (now.logins, now.gaps, now.restarts) == (1, 0, {})
    subscribed = [f["body"]["fromSeq"] for f in sent(emulator) if f["type"] == LISTEN]
    assert subscribed == [0, 1, 4]


def test_the_tail_of_a_conversation_that_closed_meanwhile_is_fetched(
    emulator, start, opened, events
):
    proxy = opened(emulator)
    states = events(proxy, ums.StateChanged)
    heard = events(proxy, ums.MessageReceived)
    conversation = proxy.create_conversation().get(timeout=5)
    proxy.send_text(conversation, "hello").get(timeout=5)
    brand = agent(start, emulator, conversation)
    emulator.add_fault("handshake", count=1, value={"status": 502, "delay": 0.3})
    emulator.cut(own_id(proxy))
    brand.send_text(conversation, "farewell").get(timeout=5)
    brand.close_conversation(conversation).get(timeout=5)
    states.wait(ready(2))
    heard.wait(lambda event: event.text == "farewell")
    emulator.cut(own_id(proxy))
    states.wait(ready(4))
    proxy.get_clock().get(timeout=5)
    assert kinds(emulator).count(LISTEN) == 2
    assert texts(heard) == ["hello", "farewell"]


def test_history_is_not_delivered_to_a_new_process(
    emulator, start, consume, opened, events
):
    token = opened(emulator)
    conversation = token.create_conversation().get(timeout=5)
    token.send_text(conversation, "old").get(timeout=5)
    jwt = token.get_token().get(timeout=5)
    another = consume(emulator, auth=ums.ReadyJwt(jwt))
    heard = events(another, ums.MessageReceived)
    another.open().get(timeout=10)
    brand = agent(start, emulator, conversation)
    brand.send_text(conversation, "new").get(timeout=5)
    heard.wait(lambda event: event.text == "new")
    assert texts(heard) == ["new"]


def test_a_private_message_of_the_agents_is_passed_over(
    emulator, start, opened, events
):
    proxy = opened(emulator)
    heard = events(proxy, ums.MessageReceived)
    conversation = proxy.create_conversation().get(timeout=5)
    proxy.send_text(conversation, "hello").get(timeout=5)
    brand = agent(start, emulator, conversation)
    private = {
        "conversationId": conversation,
        "dialogId": conversation,
        "messageAudience": "AGENTS_AND_MANAGERS",
        "event": {
            "type": "ContentEvent",
            "contentType": "text/plain",
            "message": "between us",
        },
    }
    brand.send({"type": ".ams.ms.PublishEvent", "body": private}).get(timeout=5)
    brand.send_text(conversation, "hi").get(timeout=5)
    heard.wait(lambda event: event.text == "hi")
    assert texts(heard) == ["hello", "hi"]


def test_a_survey_is_heard_as_well(start, opened, events):
    with running_emulator(users=2, survey=True) as emulator:
        proxy = opened(emulator)
        heard = events(proxy, ums.MessageReceived, ums.ConversationChanged)
        conversation = proxy.create_conversation().get(timeout=5)
        proxy.send_text(conversation, "hello").get(timeout=5)
        brand = agent(start, emulator, conversation)
        brand.close_dialog(conversation, conversation).get(timeout=5)

        def dialogs(event):
            changed = isinstance(event, ums.ConversationChanged)
            return event.conversation.conversation_details.dialogs if changed else []

        change = heard.wait(lambda event: len(dialogs(event)) == 2)
        (survey,) = [d.dialog_id for d in dialogs(change) if d.state == "OPEN"]
        proxy.send_text(conversation, "5 of 5", survey).get(timeout=5)
        said = heard.wait(lambda event: getattr(event, "dialog_id", "") == survey)
        assert (said.text, said.conversation_id) == ("5 of 5", conversation)
        proxy.actor_ref.stop(timeout=10)
        brand.actor_ref.stop(timeout=10)


@pytest.mark.parametrize("fault", ["duplicate", "reorder", "omit-last-content"])
def test_a_service_in_disorder_is_put_in_order(emulator, start, opened, events, fault):
    emulator.add_fault(fault)
    proxy = opened(emulator)
    heard = events(proxy, ums.MessageReceived)
    conversation = proxy.create_conversation().get(timeout=5)
    proxy.send_text(conversation, "0").get(timeout=5)
    brand = agent(start, emulator, conversation)
    for number in range(1, 6):
        brand.send_text(conversation, str(number)).get(timeout=5)
    heard.wait(lambda event: event.text == "5")
    assert texts(heard) == [str(number) for number in range(6)]
    assert status(proxy).gaps == 0


@pytest.mark.parametrize("code", [404, 429])
def test_a_refused_subscription_to_messages_leaves_the_line_alone(
    emulator, opened, eventually, code
):
    emulator.add_fault("reject", count=1, value={"code": code, "type": LISTEN})
    proxy = opened(emulator)
    conversation = proxy.create_conversation().get(timeout=5)
    eventually(lambda: LISTEN in kinds(emulator))
    assert proxy.send_text(conversation, "hello").get(timeout=5) == 0
    assert status(proxy).generation == 1


# -- identity


def test_an_ordinary_drop_keeps_the_token(emulator, opened, events):
    proxy = opened(emulator)
    states = events(proxy, ums.StateChanged)
    for code in (1000, 1006, 1001, 4400):
        generation = status(proxy).generation
        emulator.close_sockets(code, own_id(proxy))
        states.wait(ready(generation + 1))
    assert status(proxy).logins == 1


@pytest.mark.parametrize("handshake", HANDSHAKES)
@pytest.mark.parametrize("code", [4407, 4401])
def test_a_close_that_refuses_the_token_renews_the_same_identity(
    either, opened, events, handshake, code
):
    proxy = opened(either, handshake=handshake)
    states = events(proxy, ums.StateChanged, ums.IdentityChanged)
    me = own_id(proxy)
    conversation = proxy.create_conversation().get(timeout=5)
    either.expire_tokens(me)
    either.close_sockets(code, me)
    states.wait(lambda event: getattr(event, "state", "") == "READY")
    assert own_id(proxy) == me
    assert status(proxy).logins == 2
    assert proxy.send_text(conversation, "still me").get(timeout=5) == 0
    assert not [e for e in states.seen if isinstance(e, ums.IdentityChanged)]


@pytest.mark.parametrize("handshake", HANDSHAKES)
def test_a_dead_token_is_found_at_the_next_attempt(emulator, opened, events, handshake):
    proxy = opened(emulator, handshake=handshake)
    states = events(proxy, ums.StateChanged)
    me = own_id(proxy)
    emulator.expire_tokens(me)
    emulator.cut(me)
    states.wait(ready(2))
    assert (own_id(proxy), status(proxy).logins) == (me, 2)
    why = " ".join(event.reason for event in states.seen)
    assert "401" in why or "4407" in why


def test_an_introduction_that_fails_for_now_keeps_the_token(emulator, consume, events):
    emulator.add_fault("reject", count=1, value={"code": 503, "type": INIT})
    proxy = consume(emulator, handshake="init")
    proxy.open().get(timeout=10)
    now = status(proxy)
    assert (now.generation, now.logins) == (2, 1)


def test_an_identity_that_cannot_be_renewed_becomes_another_and_says_so(
    emulator, opened, events
):
    proxy = opened(emulator)
    told = events(proxy, ums.IdentityChanged, ums.StateChanged)
    me = own_id(proxy)
    conversation = proxy.create_conversation().get(timeout=5)
    emulator.add_fault("idp", count=1, value=401)
    emulator.close_sockets(4407, me)
    changed = told.wait(lambda event: isinstance(event, ums.IdentityChanged))
    told.wait(lambda event: getattr(event, "state", "") == "READY")
    assert (changed.previous, changed.current) == (me, own_id(proxy))
    assert changed.current != me
    with pytest.raises(ums.RequestRejected):
        proxy.send_text(conversation, "who am I?").get(timeout=5)
    assert proxy.create_conversation().get(timeout=5) != conversation


def test_who_would_not_become_another_ends(emulator, opened):
    proxy = opened(emulator, auth=ums.Anonymous(new_identity=False))
    emulator.add_fault("idp", count=1, value=401)
    emulator.close_sockets(4407, own_id(proxy))
    history = proxy.wait_closed().get(timeout=10)
    assert "FAILED" in history[-1]
    assert "credentials were rejected" in status(proxy).last_reason


def test_a_switched_off_account_says_so(consume):
    with running_emulator(users=1, anonymous=False) as emulator:
        proxy = consume(emulator, auth=ums.Anonymous("connector"))
        with pytest.raises(ums.AuthenticationRejected, match="switched off"):
            proxy.open().get(timeout=10)
        proxy.actor_ref.stop(timeout=10)


def test_an_identity_provider_that_is_down_is_tried_again(
    emulator, consume, monkeypatch
):
    monkeypatch.setattr("ums_actors.auth.idp._PAUSE", 0.3)
    monkeypatch.setattr("ums_actors.core.pauses.SHORT_PAUSES", (0.3,))
    emulator.add_fault("idp", count=1, value=503)
    proxy = consume(emulator)
    with pytest.raises(ums.LoginError):
        proxy.open(fail_fast=True).get(timeout=10)
    proxy.open().get(timeout=15)
    assert status(proxy).state == "READY"


def external(subject):
    """Make a token as a customer's own login would."""
    claims = base64.urlsafe_b64encode(json.dumps({"sub": subject}).encode()).decode()
    return f"e30.{claims.rstrip('=')}.e30"


@pytest.mark.parametrize("connector", ["unauthenticated", None])
def test_an_anonymous_consumer_of_a_connector_stays_the_same(
    emulator, opened, events, connector
):
    proxy = opened(emulator, auth=ums.Anonymous(connector))
    states = events(proxy, ums.StateChanged)
    me = own_id(proxy)
    emulator.close_sockets(4407, me)
    states.wait(ready(2))
    emulator.close_sockets(4407, me)
    states.wait(ready(3))
    assert (own_id(proxy), status(proxy).logins) == (me, 3)


def test_an_authenticated_consumer_is_renewed_by_its_own_login(
    emulator, opened, events
):
    issued = []

    def issue():
        issued.append(external("ann"))
        return issued[-1]

    proxy = opened(emulator, auth=ums.AuthenticatedConsumer("connector", issue))
    states = events(proxy, ums.StateChanged)
    assert own_id(proxy) == "ann"
    emulator.close_sockets(4401, "ann")
    states.wait(ready(2))
    assert (own_id(proxy), len(issued)) == ("ann", 2)


def test_an_authenticated_consumer_with_a_mere_token_ends_when_it_is_refused(
    emulator, opened
):
    identity = ums.AuthenticatedConsumer("connector", external("ann"))
    proxy = opened(emulator, auth=identity)
    waiting = proxy.wait_closed()
    emulator.close_sockets(4401, "ann")
    assert "FAILED" in waiting.get(timeout=10)[-1]
    with pytest.raises(ums.ConnectionLost) as refused:
        proxy.get_clock().get(timeout=5)
    assert "give a callable" in str(refused.value.__cause__)


def test_any_token_source_may_say_who_the_consumer_is(emulator, opened, consume):
    session = ums.Session(
        token=ums.Secret(opened(emulator).get_token().get(timeout=5)),
        user_id="whoever",
    )

    class Source:
        def login(self, timeout):
            return session

        def refresh(self, session, timeout):
            pass

        def logout(self, session, timeout):
            pass

        def close(self):
            pass

    proxy = consume(emulator, auth=Source())
    proxy.open().get(timeout=10)
    assert own_id(proxy) == "whoever"


class Ageing(ums.ConsumerWebsocketConnection):
    """Its tokens are over as soon as they are made."""

    def _token_source(self, csds, http):
        source = super()._token_source(csds, http)

        class Source:
            def __getattr__(self, name):
                return getattr(source, name)

            def login(self, timeout):
                import msgspec

                return msgspec.structs.replace(source.login(timeout), valid_until=0.0)

            refresh, logout, close = source.refresh, source.logout, source.close

        assert isinstance(source, ConsumerTokenSource)
        return Source()


def test_a_token_that_is_over_is_renewed_before_the_next_attempt(
    emulator, opened, events
):
    proxy = opened(emulator, kind=Ageing)
    states = events(proxy, ums.StateChanged)
    me = own_id(proxy)
    logins = status(proxy).logins
    emulator.cut(me)
    states.wait(ready(2))
    assert own_id(proxy) == me
    assert status(proxy).logins > logins
    assert "401" not in " ".join(event.reason for event in states.seen)


def test_no_token_is_seen_anywhere(emulator, opened, events, caplog):
    caplog.set_level("DEBUG")
    proxy = opened(emulator, handshake="init")
    states = events(proxy, ums.StateChanged)
    token = proxy.get_token().get(timeout=5)
    emulator.expire_tokens(own_id(proxy))
    emulator.cut(own_id(proxy))
    states.wait(ready(2))
    renewed = proxy.get_token().get(timeout=5)
    shown = f"{status(proxy)!r} {states.seen!r} {caplog.text}"
    assert token != renewed
    assert token not in shown
    assert renewed not in shown
    with contextlib.suppress(IndexError):
        assert token.split(".")[2] not in shown
