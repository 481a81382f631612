"""Consumers that a script plays, without a socket of their own."""

from __future__ import annotations

import asyncio
import uuid
from typing import TYPE_CHECKING, Any, Final

from ums_actors.emulator.choices import MAX_OPENED
from ums_actors.emulator.control.actions import Opened
from ums_actors.emulator.control.arrivals import Arrivals
from ums_actors.emulator.control.cobrowsing import cobrowse_step
from ums_actors.emulator.control.placing import Place, place
from ums_actors.emulator.failures import Refused
from ums_actors.emulator.records.brand import event_record

if TYPE_CHECKING:
    from ums_actors.emulator.service import Service
    from ums_actors.emulator.world.conversation import Conversation
    from ums_actors.emulator.world.world import World

__all__ = ["MAX_WAIT", "ScriptedConsumers"]

MAX_WAIT: Final = 30.0
"""Seconds that one wait for events may last."""


class ScriptedConsumers:
    """Opens conversations, writes and reads in the place of consumers."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._arrivals = Arrivals()
        service.world.listeners.append(self._arrivals)

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

    def open_conversations(
        self,
        count: int,
        *,
        apart: int = 0,
        skill: str | None = None,
        assign: str | None = None,
        text: str | None = None,
        consumer: str | None = None,
    ) -> list[str]:
        """Open many conversations; give their ids, the one that changed first first.

        Args:
            count: how many, at most 5,000.
            apart: milliseconds between the last changes of one and the next; the last
                of them is now, the others are that much older.
            skill: their skill; None leaves them unassigned.
            assign: login name of the user who is their agent from the start.
            text: a first message in each.
            consumer: id of the consumer of all; None makes a new one for each.
        """
        if not 0 < count <= MAX_OPENED or apart < 0:
            raise Refused(
                400,
                f"count={count} and apart={apart}: give a count from 1 to "
                f"{MAX_OPENED}, and milliseconds of 0 or more",
            )
        world = self._service.world
        agent = None if assign is None else self._service.users.named(assign)
        now = world.now()
        found: list[str] = []
        for number in range(count):
            at = now - (count - 1 - number) * apart
            opened = world.open(consumer=consumer, skill=skill, assign=agent, at=at)
            if text is not None:
                self._publish(opened.conversation_id, _text(text), at=at)
            found.append(opened.conversation_id)
        return found

    def write(
        self,
        conversation_id: str,
        text: str,
        *,
        dialog_id: str | None = None,
        metadata: list[Any] | None = None,
    ) -> int:
        """Write a message as the consumer; give its sequence."""
        return self._publish(conversation_id, _text(text), dialog_id, metadata)

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

    def submit_form(
        self, conversation_id: str, invitation: str, submission: str | None = None
    ) -> int:
        """Say, as the consumer, that a secure form is filled in; give its sequence.

        Args:
            conversation_id: in which.
            invitation: id of the invitation to it.
            submission: under which it is kept; a new one if None.
        """
        message = {
            "submissionId": submission or str(uuid.uuid4()),
            "invitationId": invitation,
        }
        kind = "forms/secure-submission"
        event = {"type": "ContentEvent", "message": message, "contentType": kind}
        return self._publish(conversation_id, event)

    def cobrowse(
        self, conversation_id: str, session: str = "INVITED", *, mode: str = "COBROWSE"
    ) -> str:
        """Let a COBROWSE dialog be as far as ``session`` says; give its id.

        Args:
            conversation_id: in which.
            session: INVITED opens one, as if the agent had; ACCEPTED, JOINED and
                CLOSED are said by the consumer of the one that is open.
            mode: COBROWSE, VIDEO_CALL or VOICE_CALL.
        """
        world = self._service.world
        conversation = world.find(conversation_id)
        return cobrowse_step(world, conversation, session, mode)

    def place_conversation(
        self,
        conversation_id: str,
        *,
        group: str | None = None,
        app_install: str | None = None,
    ) -> None:
        """Change what of a conversation is the service's own; None leaves it.

        Args:
            conversation_id: which.
            group: id of the group of agents that it belongs to; empty for none.
            app_install: id of the installation of an application that it comes from.
        """
        world = self._service.world
        told = Place(conversation_id, group, app_install)
        place(world, world.find(conversation_id), told)

    def close_conversation(self, conversation_id: str) -> None:
        """Close a conversation as the consumer."""
        conversation = self._service.world.find(conversation_id)
        member = {"field": "ConversationStateField", "conversationState": "CLOSE"}
        self._service.world.update(conversation, conversation.consumer, [member])

    def transcript(self, conversation_id: str, since: int = 0) -> list[dict[str, Any]]:
        """Give the event records of a conversation from a sequence on.

        Each has ``recipients`` too: who was to hear it, by old id or consumer id.
        """
        conversation = self._service.world.find(conversation_id)
        return [
            {**event_record(event), "recipients": list(event.recipients)}
            for event in conversation.events_from(since)
        ]

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
        world = self._service.world
        return [_summary(world, it) for it in world.conversations.values()]

    def stage(self, conversation_id: str) -> str:
        """Give OPEN or CLOSE."""
        return self._service.world.find(conversation_id).details.stage

    def _publish(
        self,
        conversation_id: str,
        event: dict[str, Any],
        dialog_id: str | None = None,
        metadata: list[Any] | None = None,
        at: int | None = None,
    ) -> int:
        conversation = self._service.world.find(conversation_id)
        return self._service.world.publish(
            conversation,
            dialog_id or conversation_id,
            conversation.consumer,
            event,
            metadata=metadata,
            at=at,
        )


def _text(text: str) -> dict[str, Any]:
    return {"type": "ContentEvent", "message": text, "contentType": "text/plain"}


def _summary(world: World, conversation: Conversation) -> dict[str, Any]:
    ring = world.router.ringing(conversation.conversation_id)
    main = conversation.details.main
    assigned = main.in_role("ASSIGNED_AGENT")
    return {
        "conversation": conversation.conversation_id,
        "consumer": conversation.consumer,
        "stage": conversation.details.stage,
        "skill": conversation.details.skill,
        "assigned": assigned[0] if assigned else None,
        "ringing": None if ring is None else ring.agent,
        "participants": [
            {"id": member.id, "role": member.role, "state": member.state}
            for member in main.participants
        ],
        "events": sum(map(len, conversation.events.values())),
    }
