"""Publishing effectively once: what may be lost is looked for, then sent again."""

from __future__ import annotations

import abc
from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec import Raw

from ums_actors.connection.files import Files
from ums_actors.connection.querying import Querying
from ums_actors.core.marks import PREFIX, Verdict
from ums_actors.errors import Delivery, LocalProtocolError, RequestError, UMSError
from ums_actors.protocol.beside import checked_metadata
from ums_actors.protocol.enums import EventType
from ums_actors.protocol.envelopes import encode_part
from ums_actors.protocol.lenient import is_object
from ums_actors.protocol.metadata import ExternalId
from ums_actors.protocol.publishing import PUBLISH_EVENT
from ums_actors.protocol.records import read_sequence
from ums_actors.protocol.requests import Call, Request
from ums_actors.runtime.steps import Steps, run_steps

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.runtime import LoopFuture

__all__ = ["Publishing", "Sought", "checked_content", "marked"]

_CONTENT = frozenset({EventType.CONTENT, EventType.RICH_CONTENT})


class Sought(NamedTuple):
    """A message that is looked for if its answer is lost.

    Attributes:
        mark: by which it is recognised.
        base: its number in the dialog is higher.
    """

    mark: str
    conversation_id: str
    dialog_id: str
    base: int


class Publishing(Querying, Files, abc.ABC):
    """Messages that must neither be lost nor said twice.

    Each is marked with an ExternalId of its own. If its answer is lost, the dialog is
    asked, after a settling delay, for all that was said since; only if the mark is not
    there the message is sent again. Where the service does not repeat such ids in its
    events, which shows in the first own event that comes back, nothing can be proved,
    and the error stays UNKNOWN.

    That it is there is proved by its event, and told as soon as that comes, be it in
    the midst of the delay. That it is not takes the whole of it, for the old frame may
    be carried out meanwhile; a consumer, whose events come by themselves, waits for two
    seconds more until none has come: the service is not known to say that there is
    nothing, and if it does, not of which subscription.

    A window remains: a frame that the service carries out later than
    ``Options.settling_delay`` after its line was lost, and after it was looked for.
    """

    def publish_once(self, call: Call, metadata: Any = None) -> LoopFuture[int]:
        """Publish content effectively once; done with its number in the dialog.

        Followed through outages for ``Options.once_timeout``. Two that are under way
        at the same time may change places.

        Args:
            call: as a builder of :mod:`ums_actors.protocol.publishing` made it.
            metadata: a list of objects with a ``type``, or one; no ExternalId.

        Raises (through the future):
            RequestError: NOT_SENT or ANSWERED: it is not there. UNKNOWN: it was
                written, and whether it is there could not be found out.
            LocalProtocolError: it is no content, or has an ExternalId already.
        """
        sought = self._sought(call)
        beside = marked(metadata, sought.mark)
        # what is said stays what it is now, also when it is sent again
        body = Raw(encode_part(call.type, call.body))
        written = Request(call.type, body, read_sequence)
        return run_steps(self._once(written, sought, beside))

    def _publish(
        self, call: Request[int], metadata: Any, *, effectively_once: bool
    ) -> LoopFuture[int]:
        if effectively_once:
            return self.publish_once(call, metadata)
        return self._ask(call, metadata=metadata)

    @abc.abstractmethod
    def _look(self, sought: Sought) -> Steps[bool]:
        """Have all events of its dialog after its base shown to the marks.

        It may end early if it is found. Gives whether they came as the answer to a
        query.
        """

    def _sought(self, call: Call) -> Sought:
        """Give a message that is published by a call a mark of its own.

        Raises:
            LocalProtocolError: it is no message.
        """
        body = checked_content(call)
        return Sought(
            PREFIX + self._runtime.ids(),
            body["conversationId"],
            body["dialogId"],
            self._kernel.streams.last(body["dialogId"]),
        )

    def _once(
        self, call: Request[int], sought: Sought, metadata: list[Any]
    ) -> Steps[int]:
        marks, mark = self._kernel.marks, sought.mark
        marks.begin(mark, sought.dialog_id, sought.base)
        try:
            number = yield from self._published(call, sought, metadata)
            marks.answered(mark, number)
        finally:
            marks.end(mark)
        return number

    def _published(
        self, call: Request[int], sought: Sought, metadata: list[Any]
    ) -> Steps[int]:
        """Send it until it is there, or is surely not, or nobody can tell."""
        until = self._now() + self._kernel.options.once_timeout
        doubt: RequestError | None = None
        while doubt is None or self._now() < until:
            try:
                number = yield self._ask(call, metadata=metadata)
            except RequestError as error:
                if error.delivery is Delivery.NOT_SENT and doubt is not None:
                    break  # a try before this one was written
                if error.delivery is not Delivery.UNKNOWN:
                    raise
                doubt = error
            else:
                return int(number)
            found = yield from self._searched(sought, until, doubt)
            if found is not None:
                return found
        raise doubt

    def _searched(
        self, sought: Sought, until: float, doubt: RequestError
    ) -> Steps[int | None]:
        """Look for a publish; gives its number, or None if it is not there.

        Raises:
            RequestError: ``doubt``: it could not be found out.
        """
        marks, mark = self._kernel.marks, sought.mark
        while self._now() < until:
            yield from self._settle(mark, doubt)
            if marks.found(mark) is not None:
                return marks.found(mark)
            try:
                look = self._look(sought)
                asked = yield self._within(until - self._now(), run_steps(look))
            except TimeoutError:
                continue  # also a request's own
            except UMSError as error:
                if self._is_final(error):
                    raise doubt from error
                continue
            verdict = marks.verdict(mark, asked=asked)
            if verdict is Verdict.DOUBTFUL:
                break
            return marks.found(mark)
        raise doubt

    def _settle(self, mark: str, doubt: RequestError) -> Steps[None]:
        try:
            yield from self._until_seen(mark, self._kernel.options.settling_delay)
        except UMSError as error:
            raise doubt from error

    def _until_seen(self, mark: str, seconds: float) -> Steps[None]:
        """Let time go by until a mark is seen, unless the connection comes to rest."""
        yield from self._waited(
            lambda: self._kernel.pauses.add_until_seen(self._loop, mark, seconds)
        )

    def _pause(self, seconds: float) -> Steps[None]:
        """Let time go by, unless the connection comes to rest."""
        yield from self._waited(lambda: self._kernel.pauses.add(self._loop, seconds))

    def _waited(self, begin: Callable[[], LoopFuture[Any]]) -> Steps[None]:
        if self._kernel.at_rest():
            raise self._kernel.refusal()
        try:
            yield begin()
        except TimeoutError:
            return

    def _within(self, seconds: float, future: LoopFuture[Any]) -> LoopFuture[Any]:
        """Give up waiting after so long, or when the connection comes to rest."""
        pauses = self._kernel.pauses
        bounded = pauses.add(self._loop, max(0.0, seconds))
        bounded.chain(future)
        future.add_done_callback(lambda _: pauses.discard(bounded))
        return bounded

    def _is_final(self, error: UMSError) -> bool:
        """Tell whether looking again cannot help."""
        answered = getattr(error, "delivery", None) is Delivery.ANSWERED
        return self._kernel.at_rest() or (
            answered and not getattr(error, "may_pass", False)
        )


def checked_content(call: Any) -> dict[str, Any]:
    """Give the body of a call that publishes a message.

    Raises:
        LocalProtocolError: it does something else, or no builder of ours made it.
    """
    body = _content(call)
    if body is None:
        raise LocalProtocolError(
            "only messages can be published effectively once: text, structured "
            "content, files"
        )
    return body


def _content(call: Any) -> dict[str, Any] | None:
    if not isinstance(call, Call) or call.type != PUBLISH_EVENT:
        return None
    try:
        body: dict[str, Any] = dict(call.body)
        place = [body[key] for key in ("conversationId", "dialogId")]
        has_place = all(isinstance(each, str) and each for each in place)
        return body if has_place and body["event"]["type"] in _CONTENT else None
    except (KeyError, TypeError, ValueError):  # no builder of ours made it
        return None


def marked(metadata: Any, mark: str) -> list[Any]:
    """Put a mark beside what else goes with a message.

    Raises:
        LocalProtocolError: there is an ExternalId already.
    """
    entries = checked_metadata(metadata) or []
    for each in entries:
        kind = each.get("type") if is_object(each) else type(each).__name__
        if kind == ExternalId.__name__:
            raise LocalProtocolError(
                "a message that is published effectively once is marked with an "
                "ExternalId of its own: leave yours out"
            )
    return [*entries, ExternalId(id=mark)]
