"""What must be true at the end, when both sides' logs are compared."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from ums_actors.errors import Delivery, RequestError, UMSError
from ums_actors.protocol import brand

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ums_actors.actors.events import MessageReceived
    from ums_actors.actors.kernel import Kernel
    from ums_actors.testing.server import FakeServer, Received
    from ums_actors.testing.trace import Trace
    from ums_actors.testing.transcript import Transcript
    from ums_actors.testing.user import Asked, User
    from ums_actors.testing.world import World

__all__ = ["check_answers", "check_deliveries", "check_leftovers", "missing"]


def check_answers(asked: Iterable[Asked], log: list[Received], trace: Trace) -> None:
    """Each question has one answer, and its verdict agrees with the server's log."""
    known_ids = {each.id for each in log}
    done = [each for each in log if not each.refused]
    done_ids = {each.id for each in done}
    by_text = Counter(each.text for each in done if each.text)
    for question in asked:
        if question.answers != 1:
            trace.blame(f"{question.name} was answered {question.answers} times")
        error = question.error
        seen = by_text[question.text] if question.text else None
        if error is None:
            if seen is not None and seen != 1:
                trace.blame(
                    f"{question.name} succeeded; the server saw it {seen} times"
                )
            continue
        if not isinstance(error, RequestError):
            if not isinstance(error, (UMSError, TimeoutError)):
                trace.blame(f"{question.name} failed with {error!r}")
            continue
        known, took = (
            bool(error.request_id) and error.request_id in ids
            for ids in (known_ids, done_ids)
        )
        if error.delivery is Delivery.NOT_SENT and (took or seen):
            trace.blame(f"{question.name} is NOT_SENT, but the server saw it")
        if error.delivery is Delivery.ANSWERED and not known:
            trace.blame(f"{question.name} is ANSWERED, but the server never saw it")
        if seen is not None and seen > 1:
            trace.blame(f"{question.name} failed; the server saw it {seen} times")
    check_repeats(log, trace)


def check_repeats(log: list[Received], trace: Trace) -> None:
    """No request goes out twice on a line; what must not be repeated, never."""
    for (line, request_id), times in Counter((e.line, e.id) for e in log).items():
        if times > 1:
            trace.blame(f"request {request_id} came {times} times on line {line}")
    published = Counter(each.id for each in log if each.type == brand.PUBLISH_EVENT)
    for request_id, times in published.items():
        if times > 1:
            trace.blame(f"message {request_id} was published {times} times")


def check_deliveries(
    user: User, server: FakeServer, baseline_at: float, trace: Trace
) -> None:
    """Each dialog's messages were heard in order, once, and all of them.

    What was said before the first snapshot is history: it may be left out.
    """
    heard = _by_dialog(user.heard)
    for dialog in heard:
        if dialog not in server.transcripts:
            trace.blame(f"messages of an unknown dialog {dialog} were heard")
    for dialog, transcript in server.transcripts.items():
        numbers = heard.get(dialog, [])
        due = transcript.first_since(baseline_at)
        said = len(transcript.records)
        start = numbers[0] if numbers else said
        if numbers != list(range(start, said)) or start > due:
            trace.blame(
                f"{dialog}: heard {_brief(numbers)} of 0 … {said - 1}, due from {due}"
            )
    queued = [user.queued.get_nowait() for _ in range(user.queued.qsize())]
    if _by_dialog(queued) != heard:
        trace.blame("the queue and the callback heard different messages")
    for event in user.heard:
        _compare(event, server.transcripts.get(event.dialog_id), trace)


def missing(user: User, server: FakeServer, baseline_at: float) -> bool:
    """Tell whether a message is still to come."""
    heard = _by_dialog(user.heard)
    for dialog, transcript in server.transcripts.items():
        said, due = len(transcript.records), transcript.first_since(baseline_at)
        if due < said and (heard.get(dialog) or [-1])[-1] < said - 1:
            return True
    return False


def check_leftovers(kernel: Kernel, world: World) -> None:
    """After the end nothing of the connection is left."""
    left = {
        "watched descriptors": len(world.poller),
        "websockets": len(world.network.live),
        "jobs": sum(len(pool) - pool.stuck for pool in world.pools.values()),
        "requests": len(kernel.pending),
        "waiters": len(kernel.openers)
        + len(kernel.ready_waiters)
        + len(kernel.token_waiters)
        + len(kernel.refresh_waiters)
        + len(kernel.closed_waiters),
    }
    for timer in world.loop._timers._heap:
        if timer.callback is not None:
            who, when = _whose(timer.callback), timer.when - world.clock.now()
            world.trace.blame(f"a timer of {who} is left, due in {when:.1f} s")
    for name, count in left.items():
        if count:
            world.trace.blame(f"{count} {name} are left after the end")
    if not world.network.closed:
        world.trace.blame("the connector was not closed")
    if not world.source.closed:
        world.trace.blame("the token source was not closed")


def _by_dialog(events: Iterable[MessageReceived]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for event in events:
        found[event.dialog_id].append(-1 if event.sequence is None else event.sequence)
    return dict(found)


def _whose(callback: Any) -> str:
    """Name the function inside a fence."""
    for cell in getattr(callback, "__closure__", None) or ():
        inner = cell.cell_contents
        if inner is not callback and hasattr(inner, "__qualname__"):
            return str(inner.__qualname__)
    return str(getattr(callback, "__qualname__", callback))


def _compare(
    event: MessageReceived, transcript: Transcript | None, trace: Trace
) -> None:
    if transcript is None or event.sequence is None:
        return
    record = transcript.records[event.sequence]
    if event.text != record["event"]["message"]:
        trace.blame(f"{event.dialog_id} #{event.sequence} was heard with other words")
    if event.mine != (record["originatorId"] == transcript.agent):
        trace.blame(f"{event.dialog_id} #{event.sequence} is not of whom it says")


def _brief(numbers: list[int]) -> str:
    """Show the numbers around the first break."""
    for index in range(1, len(numbers)):
        before, number = numbers[index - 1], numbers[index]
        if number != before + 1:
            return f"… {numbers[max(0, index - 2) : index + 2]} …"
    return f"{numbers[:1]} … {numbers[-1:]}"
