"""What goes into the addresses and headers of REST calls stays what it is there."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

import pytest

import ums_actors as ums

GENEROUS = 15.0
SEEN = {
    "space": "a b HTTP/1.1",
    "slash": "a/../../evil?evil=1#evil",
    "query": "a?evil=1&b=2",
    "fragment": "a#evil",
    "percent": "a%0d%0aX-Evil:1",
    "at": "a@evil.example",
    "plus": "a+b",
    "quotes": 'a"\\; evil=1',
    "accent": "aé\U0001f600",
}
LINES = {"crlf": "a\r\nX-Evil: 1", "lf": "a\nX-Evil: 1", "nul": "a\0b"}
DOTS = {"dot": ".", "dots": ".."}


class Source:
    """Gives one token and one user."""

    def __init__(self, token="token"):
        self._session = ums.Session(token=ums.Secret(token), user_id="1")

    def login(self, timeout):
        return self._session

    def refresh(self, session, timeout):
        return None

    def logout(self, session, timeout):
        pass

    def close(self):
        pass


@pytest.fixture
def rest(observed, server):
    """Start a REST connection to the server, and open it."""
    server.headers, server.answer = "Connection: close\r\n", []
    refs = []

    def begin(account="12345678", token="token"):
        ref = ums.BrandRestConnection.start(
            account,
            runtime=observed,
            auth=Source(token),
            csds=f"http://{server.address}",
            domains={"asyncMessagingEnt": server.address},
        )
        refs.append(ref)
        proxy = ref.proxy()
        proxy.open().get(timeout=GENEROUS)
        return proxy

    yield begin
    for ref in refs:
        ref.stop(timeout=GENEROUS)


def targets(server):
    """Give method and target of each request; see that their heads are clean."""
    found = []
    for head, _ in server.asked:
        first, *lines = head.split("\r\n")
        assert head.isascii()
        assert not any(line.startswith("X-Evil") for line in lines)
        method, target, version = first.split(" ")
        assert version == "HTTP/1.1"
        assert "#" not in target
        found.append((method, urlsplit(target)))
    return found


def parts(target):
    return [unquote(part) for part in target.path.split("/")[1:]]


@pytest.mark.parametrize("name", SEEN)
def test_ids_are_pieces_of_the_path(rest, server, name):
    proxy, evil = rest(), SEEN[name]
    for call in (
        proxy.get_dialog(evil, evil),
        proxy.get_participant(evil, evil, evil),
        proxy.remove_participant(evil, evil),
        proxy.close_conversation(evil),
        proxy.query_messages(evil),
    ):
        call.get(timeout=GENEROUS)
    place = ["v1", "conversations", evil]
    dialog = [*place, "dialogs", evil]
    participant = [*dialog, "participants", evil]
    assert [(method, parts(target)) for method, target in targets(server)] == [
        ("GET", dialog),
        ("GET", participant),
        ("GET", participant),
        ("DELETE", participant),
        ("GET", place),
        ("PATCH", place),
        ("GET", [*dialog, "messages"]),
    ]


@pytest.mark.parametrize("name", SEEN)
def test_whom_it_is_handed_over_to_is_a_value_of_the_query(rest, server, name):
    proxy, evil = rest(), SEEN[name]
    handed = proxy.transfer_conversation("c", skill_id=evil, remove_agent_id="1.2")
    handed.get(timeout=GENEROUS)
    _, target = targets(server)[-1]
    key, _, value = target.query.partition("=")
    assert (key, unquote(value.replace("+", " "))) == ("transferToSkillId", evil)
    assert parts(target)[-1] == "1.2"


@pytest.mark.parametrize("name", {**LINES, **DOTS})
def test_what_cannot_be_a_piece_of_a_path_is_refused(rest, server, name):
    proxy, evil = rest(), {**LINES, **DOTS}[name]
    for call in (
        proxy.get_dialog(evil),
        proxy.get_participant("c", evil),
        proxy.close_conversation(evil),
    ):
        with pytest.raises(ums.LocalProtocolError):
            call.get(timeout=GENEROUS)
    assert server.asked == []


@pytest.mark.parametrize("name", ["space", "accent", *LINES])
def test_a_token_that_is_no_header_is_not_sent_and_not_shown(rest, server, name):
    evil = {**SEEN, **LINES}[name]
    with pytest.raises(ums.LocalProtocolError) as caught:
        rest(token=evil).send_text("c", "x").get(timeout=GENEROUS)
    assert evil not in str(caught.value)
    assert server.asked == []


def test_an_account_that_is_no_header_is_not_sent(rest, server):
    with pytest.raises(ums.LocalProtocolError, match="Brand-ID"):
        rest(account="aé").send_text("c", "x").get(timeout=GENEROUS)
    assert server.asked == []


def test_an_etag_of_the_service_s_breaks_no_head(rest, server):
    server.headers += 'ETag: "a\u00e9b"\r\nETag: "X-Evil: 1"\r\n'
    rest().close_conversation("c").get(timeout=GENEROUS)
    assert [method for method, _ in targets(server)] == ["GET", "PATCH"]


def test_no_redirect_is_followed_and_no_cookie_kept(rest, server):
    server.headers += "Set-Cookie: evil=1\r\nLocation: http://127.0.0.1:1/\r\n"
    proxy = rest()
    proxy.get_dialog("c").get(timeout=GENEROUS)
    server.status = "307 Go"
    with pytest.raises(ums.RemoteProtocolError, match="307"):
        proxy.get_dialog("c").get(timeout=GENEROUS)
    assert len(server.asked) == 2
    assert not any("evil" in line for line in server.lines)
