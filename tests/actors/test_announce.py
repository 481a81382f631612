from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

import ums_actors as ums
from ums_actors.actors.announce import adopt
from ums_actors.core.following import FollowedStreams
from ums_actors.protocol.records import read_message_events


class Kernel(SimpleNamespace):
    """The few things of a kernel that changing hands concerns."""

    def made(self, part):
        return part in vars(self)

    @property
    def own_id(self):
        return None if self.login is None else self.login.user_id


def login(user):
    return ums.Session(token=ums.Secret("t"), user_id=user)


@pytest.fixture
def kernel():
    heard, reports, notes = [], [], []
    streams = FollowedStreams(10)
    streams.begin("C", "C")
    return Kernel(
        login=login("first"),
        streams=streams,
        services=SimpleNamespace(
            courier=SimpleNamespace(rest=lambda error: heard.append("rests"))
        ),
        refusal=lambda: None,
        conversations=SimpleNamespace(
            abandon=lambda: heard.append("forgotten"), find=lambda *_: None
        ),
        baseline_seen=True,
        place=lambda: {"connection": "c", "generation": 1},
        notes=notes,
        note=notes.append,
        heard=heard,
        reports=reports,
        subscribers=SimpleNamespace(publish=heard.append),
        runtime=SimpleNamespace(
            observer=SimpleNamespace(observe=lambda *args: reports.append(args))
        ),
    )


def test_a_renewed_session_of_the_same_user_changes_nothing_else(kernel):
    renewed = login("first")
    adopt(kernel, renewed)
    assert kernel.login is renewed
    assert (kernel.heard, kernel.reports, len(kernel.streams)) == ([], [], 1)


def test_the_first_session_is_nobodys_change(kernel):
    kernel.login = None
    adopt(kernel, login("first"))
    assert (kernel.heard, len(kernel.streams)) == ([], 1)


def test_what_was_held_of_another_users_dialogs_is_let_go_as_that_users(kernel):
    heard, whose = kernel.heard, []
    said = {"type": "ContentEvent", "contentType": "text/plain", "message": "hi"}
    body = json.dumps([{"sequence": 2, "dialogId": "C", "event": said}]).encode()
    (event,) = read_message_events(body)
    kernel.conversations.heard = lambda _: whose.append(kernel.own_id)
    assert kernel.streams.live("C", 2, event) == []
    adopt(kernel, login("second"))
    gap, message, forgotten, _, changed = heard
    assert (gap.conversation_id, gap.first, gap.last) == ("C", 0, 1)
    assert (message.conversation_id, message.sequence) == ("C", 2)
    assert (whose, forgotten) == (["first"], "forgotten")
    assert (changed.previous, kernel.own_id) == ("first", "second")


def test_another_user_is_told_of_and_begins_anew(kernel):
    adopt(kernel, login("second"))
    told = ums.IdentityChanged(previous="first", current="second")
    assert kernel.heard == ["forgotten", "rests", told]
    ((event, _, fields),) = kernel.reports
    assert event == "identity.changed"
    assert (fields["previous"], fields["current"]) == ("first", "second")
    assert (len(kernel.streams), kernel.baseline_seen) == (0, False)
    assert kernel.notes == ["identity.changed previous=first current=second"]
