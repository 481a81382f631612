from __future__ import annotations

from types import SimpleNamespace

import pytest

import ums_actors as ums
from ums_actors.actors.announce import adopt
from ums_actors.core.following import FollowedStreams


class Kernel(SimpleNamespace):
    """The few things of a kernel that changing hands concerns."""

    @property
    def own_id(self):
        return None if self.login is None else self.login.user_id


def login(user):
    return ums.Session(token=ums.Secret("t"), user_id=user)


@pytest.fixture
def kernel():
    heard, reports = [], []
    streams = FollowedStreams(10)
    streams.begin("C", "C")
    return Kernel(
        login=login("first"),
        streams=streams,
        services=SimpleNamespace(
            courier=SimpleNamespace(rest=lambda error: heard.append("rests"))
        ),
        refusal=lambda: None,
        conversations=SimpleNamespace(abandon=lambda: heard.append("forgotten")),
        baseline_seen=True,
        connection_id="c",
        history=[],
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


def test_another_user_is_told_of_and_begins_anew(kernel):
    adopt(kernel, login("second"))
    told = ums.IdentityChanged(previous="first", current="second")
    assert kernel.heard == ["forgotten", "rests", told]
    ((event, _, fields),) = kernel.reports
    assert event == "identity.changed"
    assert (fields["previous"], fields["current"]) == ("first", "second")
    assert (len(kernel.streams), kernel.baseline_seen) == (0, False)
    assert kernel.history == ["the user first became second"]
