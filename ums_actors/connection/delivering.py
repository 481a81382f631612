"""Letters brought to the service: looked for where they may be there, and sent."""

from __future__ import annotations

import abc
import math
from typing import TYPE_CHECKING, Any

from msgspec import Raw

from ums_actors.actors.messages import SubmitRequest
from ums_actors.connection.publishing import Publishing, Sought
from ums_actors.core.course import State
from ums_actors.errors import ConnectionLost, Delivery, RequestError, RequestRejected
from ums_actors.protocol.publishing import PUBLISH_EVENT
from ums_actors.protocol.records import read_sequence
from ums_actors.runtime import LoopFuture
from ums_actors.runtime.steps import Steps, run_steps

if TYPE_CHECKING:
    from ums_actors.actors.courier import Courier
    from ums_actors.outbox import Letter

__all__ = ["Delivering"]

_TRIES = 10
"""How often a letter is sent again that was refused for now (401, 429, 5xx)."""


class Delivering(Publishing, abc.ABC):
    """What an outbox holds goes out, each letter effectively once.

    Other than :meth:`~Publishing.publish_once`, it is followed for as long as the
    connection is open.
    """

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
        if doubt is not None:
            sought = Sought(
                letter.mark, letter.conversation_id, letter.dialog_id, letter.base
            )
            found = yield from self._searched(sought, math.inf, doubt)
            if found is not None:
                return found
        number = read_sequence((yield self._send_letter(letter)))
        self._kernel.marks.answered(letter.mark, number)
        return number

    def _send_letter(self, letter: Letter) -> LoopFuture[Any]:
        """Send it as it was written; done with the undecoded body of the answer."""
        return self._pass_on(
            SubmitRequest(
                self._wire_name(PUBLISH_EVENT),
                Raw(letter.body),
                LoopFuture(),
                metadata=Raw(letter.metadata),
                encoded_metadata=letter.encoded_metadata,
                raw=True,
            )
        )


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
