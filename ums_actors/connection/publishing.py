"""Publishing effectively once: what may be lost is looked for, then sent again."""

from __future__ import annotations

import abc
from typing import TYPE_CHECKING, Any

from ums_actors.connection.files import Files
from ums_actors.connection.querying import Querying
from ums_actors.core.marks import PREFIX, Verdict
from ums_actors.errors import Delivery, LocalProtocolError, RequestError, UMSError
from ums_actors.protocol.beside import checked_metadata
from ums_actors.protocol.enums import EventType
from ums_actors.protocol.metadata import ExternalId
from ums_actors.protocol.publishing import PUBLISH_EVENT
from ums_actors.protocol.records import read_sequence
from ums_actors.protocol.requests import Call
from ums_actors.runtime.steps import Steps, run_steps

if TYPE_CHECKING:
    from ums_actors.runtime import LoopFuture

__all__ = ["Publishing"]

_CONTENT = frozenset({EventType.CONTENT, EventType.RICH_CONTENT})


class Publishing(Querying, Files, abc.ABC):
    """Messages that must neither be lost nor said twice.

    Each is marked with an ExternalId of its own. If its answer is lost, the dialog is
    asked, after a settling delay, for all that was said since; only if the mark is not
    there the message is sent again. Where the service does not repeat such ids in its
    events, which shows in the first own event that comes back, nothing can be proved,
    and the error stays UNKNOWN.

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
        if not _is_content(call):
            raise LocalProtocolError(
                "only messages can be published effectively once: text, structured "
                "content, files"
            )
        mark = PREFIX + self._runtime.ids()
        return run_steps(self._once(call, mark, marked(metadata, mark)))

    def _publish(
        self, call: Call, metadata: Any, *, effectively_once: bool
    ) -> LoopFuture[int]:
        if effectively_once:
            return self.publish_once(call, metadata)
        return self._call_for(call, read_sequence, metadata=metadata)

    @abc.abstractmethod
    def _look(self, conversation_id: str, dialog_id: str, base: int) -> Steps[bool]:
        """Have all events of a dialog after a number shown to the marks.

        Gives whether they came as the answer to a query.
        """

    def _once(self, call: Call, mark: str, metadata: list[Any]) -> Steps[int]:
        marks, dialog_id = self._kernel.marks, call.body["dialogId"]
        base = self._kernel.streams.last(dialog_id)
        marks.begin(mark, dialog_id, base)
        try:
            number = yield from self._published(call, mark, metadata, base)
            marks.answered(mark, number)
        finally:
            marks.end(mark)
        return number

    def _published(
        self, call: Call, mark: str, metadata: list[Any], base: int
    ) -> Steps[int]:
        """Send it until it is there, or is surely not, or nobody can tell."""
        until = self._now() + self._kernel.options.once_timeout
        doubt: RequestError | None = None
        while doubt is None or self._now() < until:
            try:
                number = yield self._call_for(call, read_sequence, metadata=metadata)
            except RequestError as error:
                if error.delivery is Delivery.NOT_SENT and doubt is not None:
                    break  # a try before this one was written
                if error.delivery is not Delivery.UNKNOWN:
                    raise
                doubt = error
            else:
                return int(number)
            found = yield from self._searched(call, mark, base, until, doubt)
            if found is not None:
                return found
        raise doubt

    def _searched(
        self, call: Call, mark: str, base: int, until: float, doubt: RequestError
    ) -> Steps[int | None]:
        """Look for a publish; gives its number, or None if it is not there.

        Raises:
            RequestError: ``doubt``: it could not be found out.
        """
        marks, body = self._kernel.marks, call.body
        while self._now() < until:
            yield from self._settle(doubt)
            if marks.found(mark) is not None:
                return marks.found(mark)
            try:
                look = self._look(body["conversationId"], body["dialogId"], base)
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

    def _settle(self, doubt: RequestError) -> Steps[None]:
        try:
            yield from self._pause(self._kernel.options.settling_delay)
        except UMSError as error:
            raise doubt from error

    def _pause(self, seconds: float) -> Steps[None]:
        """Let time go by, unless the connection comes to rest."""
        if self._kernel.at_rest():
            raise self._kernel.refusal()
        try:
            yield self._kernel.pauses.add(self._loop, seconds)
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


def _is_content(call: Any) -> bool:
    if not isinstance(call, Call) or call.type != PUBLISH_EVENT:
        return False
    try:
        body = dict(call.body)
        has_place = all(body[key] for key in ("conversationId", "dialogId"))
        return has_place and body["event"]["type"] in _CONTENT
    except (KeyError, TypeError, ValueError):  # no builder of ours made it
        return False


def marked(metadata: Any, mark: str) -> list[Any]:
    """Put a mark beside what else goes with a message.

    Raises:
        LocalProtocolError: there is an ExternalId already.
    """
    entries = checked_metadata(metadata) or []
    for each in entries:
        kind = each.get("type") if isinstance(each, dict) else type(each).__name__
        if kind == ExternalId.__name__:
            raise LocalProtocolError(
                "a message that is published effectively once is marked with an "
                "ExternalId of its own: leave yours out"
            )
    return [*entries, ExternalId(id=mark)]
