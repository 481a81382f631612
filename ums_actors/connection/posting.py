"""Publishing what shall outlive the process: by way of an outbox."""

from __future__ import annotations

import abc
import math
from typing import TYPE_CHECKING, Any

from ums_actors.connection.publishing import Publishing, marked
from ums_actors.core.course import State
from ums_actors.core.marks import PREFIX
from ums_actors.errors import (
    ConnectionLost,
    Delivery,
    NotSupported,
    RequestError,
    RequestRejected,
)
from ums_actors.outbox import Letter
from ums_actors.protocol.publishing import PUBLISH_EVENT, publish_text
from ums_actors.protocol.records import read_sequence
from ums_actors.protocol.requests import Call
from ums_actors.runtime.steps import Steps, run_steps

if TYPE_CHECKING:
    from ums_actors.actors.courier import Courier
    from ums_actors.outbox.publication import Publication
    from ums_actors.runtime import LoopFuture

__all__ = ["Posting"]

_TRIES = 10
"""How often a letter is sent again that was refused for now (401, 429, 5xx)."""


class Posting(Publishing, abc.ABC):
    """Messages that are durable before their first byte is written.

    Each goes out effectively once, those of a dialog in order, whatever becomes of line
    and process; see :class:`~ums_actors.Outbox`.
    """

    def publish_text(
        self,
        conversation_id: str,
        text: str,
        dialog_id: str | None = None,
        metadata: Any = None,
    ) -> LoopFuture[Publication]:
        """Say something by way of the outbox; done when it is durable.

        Nothing is durable before the first login, for the file is its user's.

        What becomes of it is told by ``publication.sent``, and by the event
        :class:`~ums_actors.PublishSettled`, which comes in a later process as well.

        Args:
            conversation_id: where.
            text: 1 to 8,000 characters.
            dialog_id: the main dialog if not given.
            metadata: a list of objects with a ``type``, or one; no ExternalId.

        Raises (through the future):
            NotSupported: the connection has no outbox.
            OutboxError: it could not be kept, and is not sent.
            Overloaded: too many wait.
        """
        where = conversation_id if dialog_id is None else dialog_id
        call = publish_text(conversation_id, where, text)
        mark = PREFIX + self._runtime.ids()
        letter = Letter(
            mark=mark,
            conversation_id=conversation_id,
            dialog_id=call.body["dialogId"],
            base=self._kernel.streams.last(call.body["dialogId"]),
            body=call.body,
            metadata=marked(metadata, mark),
        )
        courier = self._courier
        if courier is None:
            raise NotSupported(
                "there is no outbox: start the connection with outbox=Outbox(path)"
            )
        if self._kernel.at_rest():
            raise self._kernel.refusal(PUBLISH_EVENT)
        courier.begin(self._deliver)
        return courier.post(letter)

    def _opens(self) -> None:
        """Bring what an earlier process left in the outbox on its way."""
        super()._opens()
        if self._courier is not None:
            self._courier.begin(self._deliver)

    @property
    def _courier(self) -> Courier | None:
        courier: Courier | None = self._kernel.services.courier
        return courier

    def _deliver(self, letter: Letter, old: bool) -> LoopFuture[int]:
        return run_steps(self._delivered(letter, old))

    def _delivered(self, letter: Letter, old: bool) -> Steps[int]:
        kernel, owner = self._kernel, self._kernel.own_id
        kernel.marks.begin(letter.mark, letter.dialog_id, letter.base)
        doubt: RequestError | None = _written_before(letter) if old else None
        tries = 0
        try:
            while True:
                if kernel.session.state is not State.READY:
                    yield kernel.ready_waiters.add(self._loop)
                if kernel.own_id != owner:  # a consumer that became another one
                    raise _of_another(letter)
                try:
                    return (yield from self._brought(letter, doubt))
                except RequestError as error:
                    tries += isinstance(error, RequestRejected)
                    if kernel.at_rest() or error is doubt or tries > _TRIES:
                        raise
                    if _may_be_there(error):
                        doubt = error
                    elif error.delivery is Delivery.ANSWERED:
                        raise
                    else:
                        yield from self._pause(kernel.options.settling_delay)
        finally:
            kernel.marks.end(letter.mark)

    def _brought(self, letter: Letter, doubt: RequestError | None) -> Steps[int]:
        """Look for a letter that may be there already, and send it if it is not."""
        call = Call(PUBLISH_EVENT, letter.body)
        if doubt is not None:
            found = yield from self._searched(
                call, letter.mark, letter.base, math.inf, doubt
            )
            if found is not None:
                return found
        number = yield self._call_for(call, read_sequence, metadata=letter.metadata)
        self._kernel.marks.answered(letter.mark, number)
        return int(number)


def _may_be_there(error: RequestError) -> bool:
    """Tell whether it must be looked for before it is sent again."""
    passing = isinstance(error, RequestRejected) and error.may_pass
    return passing or error.delivery is Delivery.UNKNOWN


def _written_before(letter: Letter) -> RequestError:
    return ConnectionLost(
        f"the letter {letter.mark} may have been sent by an earlier process, and the "
        "service does not show whether it was",
        delivery=Delivery.UNKNOWN,
        request_type=PUBLISH_EVENT,
    )


def _of_another(letter: Letter) -> RequestError:
    return ConnectionLost(
        f"the letter {letter.mark} is of a user who is not logged in any more",
        delivery=Delivery.UNKNOWN,
        request_type=PUBLISH_EVENT,
    )
