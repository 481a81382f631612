"""What a simulated user hears: each dialog in order, once, and all of it."""

from __future__ import annotations

import queue
from typing import TYPE_CHECKING, Any

from ums_actors.actors.events import MessagesMissed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ums_actors.actors.events import Event, MessageReceived
    from ums_actors.testing.place import Place
    from ums_actors.testing.server import FakeServer
    from ums_actors.testing.trace import Voice
    from ums_actors.testing.transcript import Transcript

__all__ = ["Ears"]


class Ears:
    """Two subscribers to messages, a callback and a queue, and one to everything.

    Attributes:
        messages: how many there were.
        heard: numbers of the messages by dialog, as the callback got them.
        queue: gets the same.
    """

    def __init__(self, server: FakeServer, place: Place, voice: Voice) -> None:
        self.messages: int = 0
        self.heard: dict[str, list[int]] = {}
        self.queue: queue.Queue[Any] = queue.Queue()
        self._queued: dict[str, list[int]] = {}
        self._server = server
        self._place = place
        self._voice = voice

    def hear(self, event: MessageReceived) -> None:
        """Take a message; blame one that is out of order, or was heard before."""
        voice, number = self._voice, event.sequence
        voice.add(f"user: hears {event.dialog_id} #{number} {event.text}")
        self.messages += 1
        transcript = self._server.transcripts.get(event.dialog_id)
        if transcript is None or number is None:
            voice.blame(f"a message of an unknown dialog {event.dialog_id} was heard")
            return
        numbers = self.heard.setdefault(event.dialog_id, [])
        ours = self._is_ours(event.dialog_id)
        if numbers and (number != numbers[-1] + 1 if ours else number <= numbers[-1]):
            voice.blame(f"{event.dialog_id} #{number} was heard after #{numbers[-1]}")
        numbers.append(number)
        self._compare(event, transcript, transcript.records[number])

    def hear_all(self, event: Event) -> None:
        """Look for secrets in whatever is told."""
        self._voice.check_secret(repr(event), f"the event {type(event).__name__}")
        if isinstance(event, MessagesMissed) and self._is_ours(event.dialog_id):
            self._voice.blame(f"messages of {event.dialog_id} were given up")
        error = getattr(event, "error", None)
        if error is not None:
            self._voice.check_secret(error, f"the error of {type(event).__name__}")

    def misses(self, user: str, baseline_at: float) -> bool:
        """Tell whether a message is still to come."""
        return any(
            self._due(each, baseline_at) < len(each.records)
            and (self.heard.get(each.id) or [-1])[-1] < len(each.records) - 1
            for each in self._of(user)
        )

    def check(self, user: str, baseline_at: float) -> None:
        """Each of the user's dialogs was heard to its end, from when it was due.

        What was said before the first snapshot is history: it may be left out.
        """
        voice = self._voice
        for transcript in self._of(user):
            numbers = self.heard.get(transcript.id, [])
            due, said = self._due(transcript, baseline_at), len(transcript.records)
            start = numbers[0] if numbers else said
            if start > due or numbers != list(range(start, said)):
                shown = f"{numbers[:1]} … {numbers[-1:]}"
                voice.blame(
                    f"{transcript.id}: heard {shown} of 0 … {said - 1}, due from {due}"
                )
        while not self.queue.empty():
            event = self.queue.get_nowait()
            self._queued.setdefault(event.dialog_id, []).append(event.sequence)
        if self._queued != self.heard:
            voice.blame("the queue and the callback heard different messages")

    # -- parts

    def _is_ours(self, dialog_id: str) -> bool:
        """Tell whether a dialog is the present user's: an earlier one's has ended."""
        transcript, us = self._server.transcripts[dialog_id], self._place.user
        return us in (transcript.agent, transcript.consumer)

    def _of(self, user: str) -> Iterable[Transcript]:
        """Give the conversations of one who may be an agent or a consumer."""
        for each in self._server.transcripts.values():
            if user in (each.agent, each.consumer):
                yield each

    @staticmethod
    def _due(transcript: Transcript, baseline_at: float) -> int:
        return transcript.first_since(baseline_at)

    def _compare(
        self, event: MessageReceived, transcript: Transcript, record: dict[str, Any]
    ) -> None:
        place, author = f"{event.dialog_id} #{event.sequence}", record["originatorId"]
        if event.text != record["event"]["message"]:
            self._voice.blame(f"{place} was heard with other words")
        if event.originator_id != author:
            self._voice.blame(f"{place} is not of whom it says")
        # one who has become somebody else may be late to know
        is_us = author == self._place.user
        if self._is_ours(transcript.id) and event.mine != is_us:
            self._voice.blame(f"{place} is said to be ours, or not, and that is wrong")
