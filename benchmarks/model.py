"""The model of conversations: what a notification costs, and what a conversation takes.

Measured from the bytes of a frame of 1.5 KB to the updated object, beside what the
standard library's json needs to read the same bytes alone.
"""

from __future__ import annotations

import gc
import json
import time
import tracemalloc
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from benchmarks.ratio import Spread, paired, spread
from ums_actors.core.conversations import ConversationBook
from ums_actors.protocol.envelopes import Notification, decode_message
from ums_actors.protocol.ids import IdTable
from ums_actors.protocol.records import read_conversation_changes
from ums_actors.testing.notifications import ACCOUNT, change, conversation, notification

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.core.card import Card

__all__ = ["FRAME_SIZE", "ModelResult", "frame", "measure_model", "record", "show"]

FRAME_SIZE: Final = 1_536
"""Bytes of each notification."""
CONVERSATIONS: Final = 1_000
"""That change in turn, so that no cache holds the next one."""
KNOWN: Final = 10_000
"""Of which the memory is measured."""
_COST_BOUND: Final = 15e-6
_MEMORY_BOUND: Final = 60e6
_A_MINUTE: Final = 100_000


class ModelResult(NamedTuple):
    """What was measured; seconds and bytes.

    Attributes:
        update: of a notification, decoded and applied.
        repeat: of one that brings nothing new.
        plain: what ``json.loads`` takes for the same bytes.
        memory: what so many conversations take.
        known: how many they are.
    """

    update: list[float]
    repeat: list[float]
    plain: list[float]
    memory: int
    known: int


class _Model:
    """The part of a connection that notifications of conversations go through."""

    def __init__(self) -> None:
        self.ids = IdTable(ACCOUNT)
        self.book: ConversationBook[Card[Any]] = ConversationBook(
            self.ids, lambda card: card, limit=KNOWN
        )

    def take(self, data: bytes) -> None:
        """Handle a frame as the connection's feed does."""
        message = decode_message(data)
        if not isinstance(message, Notification):
            raise TypeError("a notification was due")
        body = read_conversation_changes(message.body)
        for each in body.changes:
            details = each.result.conversation_details
            self.ids.learn_all(details.participants, details.participants_pid)
            self.book.upsert(each.result, body.subscription_id)


def frame(number: int, version: int = 0) -> bytes:
    """Give a notification of 1.5 KB: of that conversation, in that state."""
    conversation_id = f"{number:08x}-0000-4000-8000-{number:012x}"
    consumer = f"{number:08x}-1111-4111-8111-{number:012x}"
    agent, at = f"{ACCOUNT}.u{number % 50:02}", 1_700_000_000_000 + version
    event = {"type": "ContentEvent", "contentType": "text/plain", "message": ""}
    told = conversation(
        conversation_id,
        ("CONSUMER", consumer),
        ("ASSIGNED_AGENT", agent),
        at=at,
        ttr={"ttrType": "NORMAL", "value": 3600},
        context={"type": "SharkContext", "visitorId": "v"},
        result={
            "effectiveTTR": at + 3_600_000,
            "numberOfunreadMessages": {agent: version},
            "lastContentEventNotification": {
                "sequence": version,
                "originatorId": consumer,
                "originatorMetadata": {"id": consumer, "role": "CONSUMER"},
                "serverTimestamp": at,
                "event": event,
                "dialogId": conversation_id,
            },
        },
    )
    whole = notification(change(told))
    event["message"] = "x" * max(0, FRAME_SIZE - len(msgspec.json.encode(whole)))
    return msgspec.json.encode(whole)


def measure_model(
    rounds: int, *, conversations: int = CONVERSATIONS, known: int = KNOWN
) -> ModelResult:
    """Measure; each round takes all conversations one step on.

    Args:
        rounds: how often.
        conversations: that change.
        known: of which the memory is measured.
    """
    model = _Model()
    for number in range(conversations):
        model.take(frame(number))
    update: list[float] = []
    repeat: list[float] = []
    plain: list[float] = []
    for version in range(1, rounds + 1):
        frames = [frame(number, version) for number in range(conversations)]
        update.append(_each(model.take, frames))
        repeat.append(_each(model.take, frames))
        plain.append(_each(json.loads, frames))
    return ModelResult(update, repeat, plain, _memory(known), known)


def _each(function: Callable[[bytes], object], frames: list[bytes]) -> float:
    gc.collect()
    began = time.perf_counter()
    for data in frames:
        function(data)
    return (time.perf_counter() - began) / len(frames)


def _memory(known: int) -> int:
    gc.collect()
    tracemalloc.start()
    try:
        model = _Model()
        for number in range(known):
            model.take(frame(number))
        gc.collect()
        size, _ = tracemalloc.get_traced_memory()
        kept = len(model.book)
    finally:
        tracemalloc.stop()
    if kept != known:
        raise RuntimeError(f"{kept} conversations are known instead of {known}")
    return size


def show(result: ModelResult) -> None:
    """Print what was measured beside what is wanted."""
    update, repeat = spread(result.update), spread(result.repeat)
    ratio = paired(result.update, result.plain)
    busy = update.median * _A_MINUTE / 60
    print(f"model: a notification of {FRAME_SIZE:,} bytes, {len(result.update)} rounds")
    print(
        f"  from bytes to the updated object: {_micros(update)}, wanted at most "
        f"{_COST_BOUND * 1e6:g} µs; {ratio.median:.2f} "
        f"({ratio.low:.2f}..{ratio.high:.2f}) of json.loads"
    )
    print(f"  one that brings nothing new: {_micros(repeat)}")
    print(f"  {_A_MINUTE:,} a minute keep the loop busy for {busy:.1%} of the time")
    print(
        f"  {result.known:,} conversations: {result.memory / 1e6:.1f} MB, wanted at "
        f"most {_MEMORY_BOUND / 1e6:g} MB for {KNOWN:,}"
    )


def record(result: ModelResult) -> dict[str, Any]:
    """Give it as JSON."""
    return {"frame_size": FRAME_SIZE, **result._asdict()}


def _micros(value: Spread) -> str:
    median, low, high = (part * 1e6 for part in value)
    return f"{median:.1f} µs ({low:.1f}..{high:.1f})"
