"""Letters on their way: into the outbox, to the service, out of the outbox again."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from ums_actors.actors.events import PublishSettled
from ums_actors.actors.trouble import report
from ums_actors.core.course import State
from ums_actors.core.lanes import Lanes
from ums_actors.errors import OutboxError, Overloaded
from ums_actors.outbox.publication import Publication
from ums_actors.runtime import LoopFuture
from ums_actors.runtime.steps import Steps, run_steps

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ums_actors.actors.kernel import Kernel
    from ums_actors.outbox import Letter, Outbox

__all__ = ["Courier"]

_PATIENCE = 30.0
"""Seconds for one visit to the file, waiting for the worker included."""


class _Errand(NamedTuple):
    """A letter and who waits for it; ``old`` if an earlier process may have sent it."""

    letter: Letter
    sent: LoopFuture[int]
    old: bool = False


class _Coming(NamedTuple):
    """A letter that is not in the file yet."""

    errand: _Errand
    stored: LoopFuture[Publication]


Deliver = Callable[["Letter", bool], "LoopFuture[int]"]
"""Sends a letter; the flag tells whether it may have been sent before."""


class Courier:
    """Carries the letters of one connection; loop thread only.

    Letters of one dialog go one after another. They are in the file before the first
    of their bytes is written, and out of it when it is known what became of them.

    Args:
        kernel: of the connection.
        outbox: the file.
    """

    def __init__(self, kernel: Kernel, outbox: Outbox) -> None:
        self._kernel = kernel
        self._outbox = outbox
        self._lanes: Lanes[_Errand] = Lanes()
        self._coming: list[_Coming] = []  # to be written
        self._written: list[_Coming] = []  # just now
        self._writing = True
        self._round = 0  # of opening and coming to rest
        self._deliver: Deliver | None = None

    def __len__(self) -> int:
        return len(self._lanes) + len(self._coming) + len(self._written)

    def begin(self, deliver: Deliver) -> None:
        """The connection opens: bring what waits, by this; once until :meth:`rest`."""
        if self._deliver is None:
            self._deliver = deliver
            self._round += 1
            run_steps(self._begun(self._round)).add_done_callback(self._failed)

    def post(self, letter: Letter) -> LoopFuture[Publication]:
        """Take a letter; done when it is in the file, after the first login."""
        stored: LoopFuture[Publication] = LoopFuture()
        if len(self) >= self._outbox.limit:
            stored.try_fail(
                Overloaded(f"{self._outbox.limit:,} letters wait in the outbox")
            )
            return stored
        self._coming.append(_Coming(_Errand(letter, LoopFuture()), stored))
        self._write()
        return stored

    def rest(self, error: BaseException) -> None:
        """The connection has come to rest, or is another user's: what waits stays."""
        self._deliver = None
        self._writing = True  # until it begins anew
        self._round += 1
        self._refuse(error)
        for errand in self._lanes.clear():
            errand.sent.try_fail(error)

    # -- the file

    def _begun(self, number: int) -> Steps[None]:
        letters = yield self._at_file(self._outbox.open)
        kernel = self._kernel
        if kernel.session.state is not State.READY:
            yield kernel.ready_waiters.add(kernel.loop)
        owner = kernel.own_id or ""
        yield self._at_file(lambda: self._outbox.own(owner))
        if number == self._round:
            self._start(_Errand(letter, LoopFuture(), old=True) for letter in letters)
            self._writing = False
            self._write()

    def _failed(self, begun: LoopFuture[None]) -> None:
        error = begun.exception()
        if isinstance(error, OutboxError):
            report(self._kernel, "outbox.failed", error)
            self.rest(error)

    def _write(self) -> None:
        """Bring the file up to date, all that has come together in one visit."""
        if self._writing or not (self._coming or self._outbox.untidy):
            return
        self._writing, number = True, self._round
        self._written, self._coming = self._coming, []
        letters = [errand.letter for errand, _ in self._written]

        def visited(done: LoopFuture[Any]) -> None:
            self._settle(done.exception(), number)

        self._at_file(lambda: self._outbox.add(letters)).add_done_callback(visited)

    def _settle(self, error: BaseException | None, number: int) -> None:
        """Tell what became of a visit to the file."""
        written, self._written = self._written, []
        for errand, stored in written:
            if error is None:
                stored.try_set(Publication(errand.letter.mark, errand.sent))
            else:
                stored.try_fail(error)
        if error is not None:
            report(self._kernel, "outbox.failed", error)
        if number != self._round:  # they are sent when it is opened again
            for errand, _ in written:
                errand.sent.try_fail(self._kernel.refusal())
            return
        self._writing = False
        if error is None:
            self._start(errand for errand, _ in written)
        if error is None or self._coming:  # else the next letter tries again
            self._write()

    def _refuse(self, error: BaseException) -> None:
        coming, self._coming = self._coming, []
        for each in coming:
            each.stored.try_fail(error)

    def _at_file(self, job: Callable[[], Any]) -> LoopFuture[Any]:
        return run_steps(self._visited(job))

    def _visited(self, job: Callable[[], Any]) -> Steps[Any]:
        workers = self._kernel.runtime.workers("outbox")
        try:
            return (yield workers.submit(self._kernel.loop, job, timeout=_PATIENCE))
        except TimeoutError:
            raise OutboxError(
                f"{self._outbox!r} was not done within {_PATIENCE:g} s: what was to be "
                "kept may be there or not"
            ) from None

    # -- the way

    def _start(self, errands: Iterable[_Errand]) -> None:
        for errand in list(errands):
            if self._lanes.add(errand.letter.dialog_id, errand):
                self._go(errand)

    def _go(self, errand: _Errand) -> None:
        if self._deliver is not None:
            number = self._round
            delivered = self._deliver(errand.letter, errand.old)
            delivered.add_done_callback(
                lambda done: self._arrived(errand, done, number)
            )

    def _arrived(self, errand: _Errand, done: LoopFuture[int], number: int) -> None:
        if number != self._round or self._kernel.at_rest():
            return  # rest() has answered, or will
        letter, error = errand.letter, done.exception()
        sequence = done.get(timeout=0) if error is None else None
        if error is None:
            errand.sent.try_set(sequence)
        else:
            errand.sent.try_fail(error)
        self._kernel.subscribers.publish(
            PublishSettled(
                mark=letter.mark,
                conversation_id=letter.conversation_id,
                dialog_id=letter.dialog_id,
                sequence=sequence,
                error=error,
            )
        )
        self._outbox.forget(letter.mark)
        following = self._lanes.done(letter.dialog_id)
        if following is not None:
            self._go(following)
        self._write()
