"""What a script may do to the service: play consumers, break sockets, look inside."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from ums_actors.emulator.control.arrivals import Arrivals
from ums_actors.emulator.failures import EmulatorError
from ums_actors.emulator.records.brand import event_record
from ums_actors.emulator.values import as_object

if TYPE_CHECKING:
    from ums_actors.emulator.service import Service
    from ums_actors.emulator.wire.framelog import FrameLog
    from ums_actors.emulator.world.conversation import Conversation

__all__ = ["MAX_WAIT", "Controls", "Opened"]

MAX_WAIT: Final = 30.0
"""Seconds that one wait for events may last."""
CLOSE_CODES: Final = range(1000, 5000)


@dataclass(frozen=True, slots=True)
class Opened:
    """A conversation that a scripted consumer opened.

    Attributes:
        sequence: of the first message, None if there was none.
    """

    conversation_id: str
    dialog_id: str
    consumer_id: str
    sequence: int | None


class Controls:
    """The script's side of one service; to be called on the loop that serves it.

    A user is named by login name. Unknown users raise EmulatorError, what the service
    itself refuses (an unknown conversation, a closed one) raises Refused.
    """

    def __init__(self, service: Service) -> None:
        self._service = service
        self._arrivals = Arrivals()
        service.world.listeners.append(self._arrivals)

    # -- consumers

    def open_conversation(
        self,
        *,
        skill: str | None = None,
        assign: str | None = None,
        text: str | None = None,
        consumer: str | None = None,
        survey: bool = False,
    ) -> Opened:
        """Open a conversation, with its first message if a text is given.

        Args:
            skill: its skill; None leaves it unassigned.
            assign: login name of the user who is its agent from the start.
            text: a first message of the consumer.
            consumer: id of a consumer; None makes a new one.
            survey: whether the end of the MAIN dialog opens a POST_SURVEY dialog.
        """
        agent = None if assign is None else self._service.users.named(assign)
        conversation = self._service.world.open(
            consumer=consumer, skill=skill, assign=agent, survey=survey
        )
        identity = conversation.conversation_id
        sequence = None if text is None else self.write(identity, text)
        return Opened(identity, identity, conversation.consumer, sequence)

    def write(
        self,
        conversation_id: str,
        text: str,
        *,
        dialog_id: str | None = None,
        metadata: list[Any] | None = None,
    ) -> int:
        """Write a message as the consumer; give its sequence."""
        event = {"type": "ContentEvent", "message": text, "contentType": "text/plain"}
        return self._publish(conversation_id, event, dialog_id, metadata)

    def accept(
        self, conversation_id: str, sequences: list[int], status: str = "READ"
    ) -> int:
        """Confirm messages as the consumer; give the sequence of the confirmation."""
        event = {
            "type": "AcceptStatusEvent",
            "status": status,
            "sequenceList": sequences,
        }
        return self._publish(conversation_id, event)

    def close_conversation(self, conversation_id: str) -> None:
        """Close a conversation as the consumer."""
        conversation = self._service.world.find(conversation_id)
        member = {"field": "ConversationStateField", "conversationState": "CLOSE"}
        self._service.world.update(conversation, conversation.consumer, [member])

    def transcript(self, conversation_id: str, since: int = 0) -> list[dict[str, Any]]:
        """Give the event records of a conversation from a sequence on."""
        conversation = self._service.world.find(conversation_id)
        return [event_record(event) for event in conversation.events_from(since)]

    async def wait_for_events(
        self,
        conversation_id: str,
        since: int,
        timeout: float,  # noqa: ASYNC109 - part of the control call
    ) -> list[dict[str, Any]]:
        """Give such records as soon as there are any; none after ``timeout`` s."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + min(timeout, MAX_WAIT)
        while not (records := self.transcript(conversation_id, since)):
            left = deadline - loop.time()
            if left <= 0 or not await self._arrivals.wait(conversation_id, left):
                break
        return records

    def conversations(self) -> list[dict[str, Any]]:
        """Give a summary of each conversation, oldest first."""
        return [_summary(it) for it in self._service.world.conversations.values()]

    def stage(self, conversation_id: str) -> str:
        """Give OPEN or CLOSE."""
        return self._service.world.find(conversation_id).details.stage

    def _publish(
        self,
        conversation_id: str,
        event: dict[str, Any],
        dialog_id: str | None = None,
        metadata: list[Any] | None = None,
    ) -> int:
        conversation = self._service.world.find(conversation_id)
        return self._service.world.publish(
            conversation,
            dialog_id or conversation_id,
            conversation.consumer,
            event,
            metadata=metadata,
        )

    # -- trouble

    async def close_sockets(self, code: int, user: str | None = None) -> int:
        """Send close frames and close TCP; give how many sockets it hit."""
        if code not in CLOSE_CODES:
            raise EmulatorError(
                f"close code {code} is out of range; give one of 1000 to 4999"
            )
        hit = [line for line in self._service.lines_of(user) if line.end(code)]
        for line in hit:
            self._service.remove_line(line)
        await asyncio.gather(*(line.wait_ended() for line in hit))
        return len(hit)

    def cut(self, user: str | None = None) -> int:
        """Reset TCP connections without a close frame; give how many it hit."""
        hit = [line for line in self._service.lines_of(user) if line.cut()]
        for line in hit:
            self._service.remove_line(line)
        return len(hit)

    def freeze(self, user: str | None = None) -> int:
        """Make sockets half-open: nothing is read or written; give how many."""
        return sum(line.freeze() for line in self._service.lines_of(user))

    def expire_tokens(self, user: str | None = None) -> int:
        """Kill live tokens, sockets stay up; give how many there were."""
        users = self._service.users
        hit = list(users) if user is None else [users.named(user)]
        return self._service.sessions.expire(hit)

    def set_faults(self, **knobs: Any) -> dict[str, Any]:
        """Set fault knobs, or none; give all as they stand."""
        for call in ("csds", "login", "refresh", "handshake"):
            fault = as_object(knobs.get(call)) or {}
            if fault.get("user") is not None:
                self._service.users.named(str(fault["user"]))
        return self._service.faults.set(knobs)

    # -- looking inside

    def log(self, user: str | None = None) -> list[dict[str, Any]]:
        """Give the log: ``t`` (epoch s), ``conn``, ``user``, ``dir``, ``frame``."""
        return self._log_of(user).entries(user)

    def log_lines(self, user: str | None = None) -> bytes:
        """Give the log as JSON lines."""
        return b"".join(line + b"\n" for line in self._log_of(user).lines(user))

    def _log_of(self, user: str | None) -> FrameLog:
        if user is not None:
            self._service.users.named(user)
        return self._service.log

    def state(self) -> dict[str, Any]:
        """Give counts of all that is and has been."""
        service = self._service
        world = service.world
        stages = [it.details.stage for it in world.conversations.values()]
        numbers = asdict(service.counters)
        numbers["requests"] += sum(line.requests for line in service.lines)
        return {
            "account": service.account,
            "sockets": len(service.lines),
            "sockets_by_user": {
                user.name: len(service.lines_of(user.name)) for user in service.users
            },
            **numbers,
            "conversations": {
                "open": stages.count("OPEN"),
                "closed": stages.count("CLOSE"),
            },
            "agent_states": {
                user.name: world.agent_state(user) for user in service.users
            },
            "log": {"entries": len(service.log), "dropped": service.log.dropped},
        }


def _summary(conversation: Conversation) -> dict[str, Any]:
    main = conversation.details.main
    assigned = main.in_role("ASSIGNED_AGENT")
    return {
        "conversation": conversation.conversation_id,
        "consumer": conversation.consumer,
        "stage": conversation.details.stage,
        "skill": conversation.details.skill,
        "assigned": assigned[0] if assigned else None,
        "participants": [
            {"id": member.id, "role": member.role, "state": member.state}
            for member in main.participants
        ],
        "events": sum(map(len, conversation.events.values())),
    }
