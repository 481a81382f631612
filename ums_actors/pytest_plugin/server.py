"""The fixture ``ums_server``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from ums_actors.pytest_plugin.request import USUAL, is_called
from ums_actors.pytest_plugin.service import Refusal, Stub
from ums_actors.testing.server import ACCOUNT, USER

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.pytest_plugin.hand import Hand
    from ums_actors.pytest_plugin.request import ServerRequest
    from ums_actors.pytest_plugin.service import ScriptedService
    from ums_actors.testing.farend import FarEnd

__all__ = ["UmsServer"]


class UmsServer:
    """The far end of all lines, played by the test.

    By itself it lets everybody in, and answers what connections ask unasked: the clock,
    the agent's state, subscriptions, messages that were missed. All other requests wait
    for the test, which gets them by :meth:`expect`, or leaves them to a :meth:`stub`.

    Names of requests may be short: ``PublishEvent`` and ``ms.PublishEvent`` both mean
    ``.ams.ms.PublishEvent``, and what consumers call it. What the server sends arrives
    when time passes; see :class:`UmsClock`.

    Attributes:
        account: the one account that exists.
    """

    def __init__(self, service: ScriptedService, hand: Hand) -> None:
        self.account: str = ACCOUNT
        self._service = service
        self._hand = hand

    # -- requests

    @property
    def requests(self) -> tuple[ServerRequest, ...]:
        """All that were ever made, in order."""
        return tuple(self._service.requests)

    @property
    def pending(self) -> tuple[ServerRequest, ...]:
        """Those that nobody has answered, in order."""
        return tuple(self._service.pending())

    def expect(
        self,
        kind: str,
        body: Mapping[str, Any] | None = None,
        *,
        within: float = 30.0,
        where: Callable[[ServerRequest], object] | None = None,
    ) -> ServerRequest:
        """Give the next request of a name that was not given before.

        It lets time pass until the request has come.

        Args:
            kind: its name.
            body: what must be in its body; more may be.
            within: virtual seconds to wait for it.
            where: what must be true of it besides.

        Raises:
            AssertionError: none came in time; the text lists what did.

        Example::

            request = ums_server.expect("ms.PublishEvent", {"dialogId": "c1"})
            assert request.body["event"]["message"] == "hello"
            request.answer({"sequence": 1})
        """
        __tracebackhide__ = True
        found: list[ServerRequest] = []

        def has_come() -> bool:
            found[:] = [
                each
                for each in self._service.requests
                if not each.expected
                and is_called(each.type, kind)
                and (body is None or _contains(each.body, body))
                and (where is None or where(each))
            ]
            return bool(found)

        if not self._hand.turn(within, has_come):
            raise AssertionError(self._missing(kind, body, within))
        found[0].expected = True
        return found[0]

    def stub(self, kind: str, body: Any = USUAL, code: int = 200) -> None:
        """Answer requests of a name without the test, from now on.

        Args:
            kind: their name.
            body: of the responses, or a function that makes it of the request. If it
                is left out, what the service would say.
            code: of the responses.

        Example::

            ums_server.stub("GetUserProfile", {"firstName": "Ann"})
        """
        self._service.stubs.append(Stub(kind, held=False, body=body, code=code))

    def hold(self, *kinds: str) -> None:
        """Leave requests of these names to the test, from now on."""
        self._service.stubs += [Stub(kind, held=True) for kind in kinds]

    # -- what it sends unasked

    def notify(self, kind: str, body: Any, user: str | None = None) -> None:
        """Push a notification.

        Args:
            kind: its full name on that side's wire, as it is sent.
            body: its body.
            user: to whom; None is everybody.

        Raises:
            RuntimeError: there is no line to them.

        Example::

            ums_server.notify(".ams.routing.RoutingTaskNotification", {"changes": []})
        """
        for line in self._lines(user):
            line.notify(kind, body)

    def open_conversation(
        self, text: str | None = None, *, consumer: str = "", agent: str = USER
    ) -> str:
        """Let a consumer open a conversation with an agent; give its id.

        Those who have subscribed are told, and its dialog has the same id. Messages
        that are sent to it, and answered without a body, are kept in it.

        Args:
            text: what the consumer says first.
            consumer: who it is; somebody new if not given.
            agent: the name of the brand's user who is assigned.
        """
        service = self._service
        transcript = service.start_conversation(consumer, f"{ACCOUNT}.{agent}")
        if text is not None:
            self.write(transcript.id, text)
        return transcript.id

    def write(
        self, conversation_id: str, text: str, originator: str | None = None
    ) -> int:
        """Let somebody say something; gives the message's number in the dialog.

        Args:
            conversation_id: of :meth:`open_conversation`.
            text: what is said.
            originator: who says it; the consumer if not given.

        Raises:
            RuntimeError: there is no such conversation.
        """
        __tracebackhide__ = True
        transcript = self._service.transcripts.get(conversation_id)
        if transcript is None:
            raise RuntimeError(
                f"there is no conversation {conversation_id!r}: make it by "
                "ums_server.open_conversation(), which gives its id"
            )
        event = {"type": "ContentEvent", "contentType": "text/plain", "message": text}
        who = originator or transcript.consumer
        return self._service.publish(transcript, who, event)

    # -- trouble

    def close(
        self, code: int = 1000, reason: str = "", user: str | None = None
    ) -> None:
        """Close lines with a code, such as 4401, 4407 or 1011.

        Raises:
            RuntimeError: there is none.
        """
        for line in self._lines(user):
            line.wire.close_by_peer(code, reason)
            line.hung_up()

    def cut(self, user: str | None = None) -> None:
        """Break lines without a close frame, by a reset.

        Raises:
            RuntimeError: there is none.
        """
        for line in self._lines(user):
            line.wire.cut(reset=True)
            line.hung_up()

    def freeze(self, user: str | None = None) -> None:
        """Let nothing through any more on lines, and tell nobody: half-open ones.

        Raises:
            RuntimeError: there is none.
        """
        for line in self._lines(user):
            line.wire.silence()

    def refuse_login(
        self, status: int = 401, times: int = 1, retry_after: float = 0.0
    ) -> None:
        """Refuse the next logins.

        Args:
            status: 400, 401 and 403 refuse the credentials, which fails the
                connection for good; others are an illness, after which it tries again.
            times: how many.
            retry_after: seconds that the service asks for.
        """
        self._service.logins.extend([Refusal(status, retry_after)] * times)

    def refuse_upgrade(self, status: int = 401, times: int = 1) -> None:
        """Refuse the next websockets, with an HTTP status; 401 costs a new login."""
        self._service.upgrades.extend([status] * times)

    def expire_tokens(self, user: str | None = None) -> None:
        """Let the tokens of those who have a line be valid no more.

        Requests get 401, refreshing fails, and a new line needs a new login.

        Raises:
            RuntimeError: nobody has a line.
        """
        for line in self._lines(user):
            line.place.expire_tokens()

    # -- parts

    def _lines(self, user: str | None) -> list[FarEnd]:
        __tracebackhide__ = True
        found = [
            line
            for line in self._service.lines
            if user is None or line.user in (user, f"{ACCOUNT}.{user}")
        ]
        if not found:
            whose = "" if user is None else f" of {user}"
            raise RuntimeError(
                f"there is no line{whose}: open a connection first, or let time pass "
                "until it has come back"
            )
        return found

    def _missing(self, kind: str, body: Any, within: float) -> str:
        wanted = kind if body is None else f"{kind} with {dict(body)!r} in its body"
        came = [each for each in self._service.requests if not each.expected]
        listed = "".join(f"\n  {each.at:.3f} {each}" for each in came) or " nothing"
        return (
            f"no {wanted} came within {within:g} virtual seconds (it is "
            f"{self._hand.now():.3f}); what came and was not expected:{listed}"
        )


def _contains(body: Any, part: Any) -> bool:
    """Tell whether all of a part is in a body, at every depth."""
    if isinstance(part, Mapping):
        wanted = cast("Mapping[str, Any]", part)
        given = cast("Mapping[str, Any]", body if isinstance(body, Mapping) else {})
        return all(
            name in given and _contains(given[name], value)
            for name, value in wanted.items()
        )
    return bool(body == part)
