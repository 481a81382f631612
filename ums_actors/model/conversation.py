"""A conversation: its state, and what can be done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ums_actors.arguments import flag
from ums_actors.errors import LocalProtocolError
from ums_actors.model.describing import Describing
from ums_actors.model.office import Kind, Target, Where, brand_only
from ums_actors.model.posting import Posting
from ums_actors.protocol import brand, fields
from ums_actors.protocol.enums import ParticipantState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ums_actors.files.parcel import Upload
    from ums_actors.model.message import Message
    from ums_actors.runtime import LoopFuture

__all__ = ["Conversation"]


class Conversation(Describing, Posting):
    """A conversation, kept true by what the service tells; any thread.

    Each future of a method is done when the service has taken the request; that it has
    come about is told by an event. ``metadata`` is a list of objects with a ``type``,
    such as an ``ActionReason``, or one.
    """

    __slots__ = ()

    # -- who takes part

    def join(self, role: str, metadata: Any = None) -> LoopFuture[None]:
        """Take part, in a role such as MANAGER; brands only."""
        return self.main_dialog.join(role, metadata)

    def leave(self, role: str | None = None, metadata: Any = None) -> LoopFuture[None]:
        """Take part no more; in the role in which one is shown if none is given."""
        return self.main_dialog.leave(role, metadata)

    def transfer(
        self,
        skill_id: str | None = None,
        agent_id: str | None = None,
        metadata: Any = None,
    ) -> LoopFuture[None]:
        """Hand it over to a skill, an agent, or an agent of a skill; brands only.

        The agent who is assigned now leaves.

        Args:
            skill_id: the present one means back to the queue.
            agent_id: of either form; the agent is asked, and may refuse.
            metadata: see above.

        Raises:
            LocalProtocolError: there is no target, or it is the present agent.
        """
        brand_only(self._office, "transfer a conversation")
        if skill_id is None and agent_id is None:
            raise LocalProtocolError("a transfer needs a target: skill_id or agent_id")
        target = None if agent_id is None else self._office.agent_id(agent_id)
        assigned = self.assigned_agent
        call = brand.transfer_conversation(
            self.conversation_id,
            skill_id=skill_id,
            agent_id=target,
            remove_from_existing_role=self._role_of(target),
            remove_agent_id=None if assigned is None else assigned.agent_id,
        )
        return self._ask(call, metadata)

    def back_to_queue(self, metadata: Any = None) -> LoopFuture[None]:
        """Let somebody else of the same skill take it; brands only."""
        if self.skill_id is None:
            raise LocalProtocolError(
                "the conversation's skill is not known: use transfer(skill_id=…)"
            )
        return self.transfer(skill_id=self.skill_id, metadata=metadata)

    def consumer_takeover(self, new_consumer_user_id: str) -> LoopFuture[None]:
        """Put another consumer into the place of the present one (step-up)."""
        consumer = self.consumer
        if consumer is None:
            raise LocalProtocolError("the conversation has no consumer to take over")
        call = fields.take_over(
            self.conversation_id, consumer.user_id, new_consumer_user_id
        )
        return self._ask(call)

    def _role_of(self, agent_id: str | None) -> str | None:
        """Give the role in which a target of a transfer takes part already."""
        if agent_id is None:
            return None
        for each in self.main_dialog.participants:
            if agent_id == each.agent_id and each.state == ParticipantState.ACTIVE:
                return each.role
        return None

    # -- what is said: in the main dialog while it is open

    def _place(self) -> tuple[str, str]:
        return self._speaking._place()

    def send_text(
        self,
        text: str,
        metadata: Any = None,
        quick_replies: Any = None,
        *,
        effectively_once: bool = False,
    ) -> LoopFuture[int]:
        """Say something; see :meth:`Dialog.send_text`."""
        return self._speaking.send_text(
            text, metadata, quick_replies, effectively_once=effectively_once
        )

    def send_private(self, text: str, metadata: Any = None) -> LoopFuture[int]:
        """Say something that consumers do not see; brands only."""
        return self._speaking.send_private(text, metadata)

    def send_rich(
        self,
        content: Any,
        metadata: Any = None,
        quick_replies: Any = None,
        *,
        effectively_once: bool = False,
    ) -> LoopFuture[int]:
        """Show structured content; see :meth:`Dialog.send_rich`."""
        return self._speaking.send_rich(
            content, metadata, quick_replies, effectively_once=effectively_once
        )

    def send_file(
        self,
        relative_path: str,
        file_type: str,
        *,
        caption: str = "",
        preview: str | None = None,
        metadata: Any = None,
    ) -> LoopFuture[int]:
        """Show a file that is on the file service already."""
        return self._speaking.send_file(
            relative_path,
            file_type,
            caption=caption,
            preview=preview,
            metadata=metadata,
        )

    def send_form_invitation(
        self,
        form_id: str | int,
        title: str,
        invitation_id: str | None = None,
        metadata: Any = None,
    ) -> LoopFuture[int]:
        """Ask for a secure form; see :meth:`Dialog.send_form_invitation`."""
        return self._speaking.send_form_invitation(
            form_id, title, invitation_id, metadata
        )

    def send_form_submission(
        self, submission_id: str, invitation_id: str, metadata: Any = None
    ) -> LoopFuture[int]:
        """Say that a form is filled in; see :meth:`Dialog.send_form_submission`."""
        return self._speaking.send_form_submission(
            submission_id, invitation_id, metadata
        )

    def upload_file(
        self,
        file: Upload,
        caption: str = "",
        *,
        file_type: str | None = None,
        preview: str | None = None,
        metadata: Any = None,
    ) -> LoopFuture[int]:
        """Put a file on the file service and show it; :meth:`Dialog.upload_file`."""
        return self._speaking.upload_file(
            file, caption, file_type=file_type, preview=preview, metadata=metadata
        )

    def download_file(self, relative_path: str) -> LoopFuture[bytes]:
        """Get a file by the path in its message; see also :meth:`Message.download`."""
        return self._office.download_file(relative_path)

    def query_messages(
        self,
        newer_than: int | None = None,
        older_than: int | None = None,
        max_quantity: int | None = None,
    ) -> LoopFuture[list[Message]]:
        """Ask for messages of the main dialog; see :meth:`Dialog.query_messages`."""
        return self.main_dialog.query_messages(newer_than, older_than, max_quantity)

    # -- what it is

    def close(self, metadata: Any = None) -> LoopFuture[None]:
        """Close it with all its dialogs; no survey is begun."""
        return self._ask(brand.close_conversation(self.conversation_id), metadata)

    # -- for later

    def serialize(self, bodies: bool = True) -> LoopFuture[bytes]:
        """Write it down, with its messages and the place in each of its dialogs.

        ``load_conversation`` of a connection takes it over, also in another process,
        and a later version of this library. See the connection's
        ``save_conversations`` for what the place is.

        Args:
            bodies: whether what was said, notes, metadata and client properties are in
                it; otherwise there are SHA-256 digests of messages and the note. That
                of a short text can be guessed.

        Raises (through the future):
            pykka.ActorDeadError: the connection has been stopped for good.
        """
        return self._office.serialize(self._card, None, bodies=flag("bodies", bodies))

    def unload(self) -> LoopFuture[None]:
        """Forget it, unless a subscription shows it; after ``load_conversation`` only.

        Nothing is told of that, and the place in its dialogs is forgotten, too.

        Raises (through the future):
            LocalProtocolError: it was not loaded.
        """
        return self._office.unload(self._card)

    # -- hearing of it

    def subscribe(
        self, target: Target, *kinds: Kind, where: Where | None = None
    ) -> LoopFuture[str]:
        """Hear the events of this conversation and its dialogs.

        See the connection's own method; ``unsubscribe`` there takes the handle.
        """
        return self._office.subscribe(
            target,
            kinds,
            where=where,
            conversation_id=self.conversation_id,
            dialog_id=None,
        )

    def events(self, *kinds: Kind, **more: Any) -> Iterator[Any]:
        """Iterate over the events of this conversation.

        ``where``, ``limit``, ``timeout`` and ``strict`` are as for the connection's own
        method.
        """
        return self._office.events(
            kinds, conversation_id=self.conversation_id, dialog_id=None, **more
        )
