"""The conversations of a connection as objects that are kept true."""

from __future__ import annotations

import abc
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from ums_actors.actors import loading, saving
from ums_actors.arguments import flag, identifier
from ums_actors.connection.conversations import Conversations
from ums_actors.runtime.steps import Steps, run_steps

if TYPE_CHECKING:
    from ums_actors.core.card import Card
    from ums_actors.core.facts import DialogFacts
    from ums_actors.model.conversation import Conversation
    from ums_actors.model.dialog import Dialog
    from ums_actors.runtime import LoopFuture

__all__ = ["Model", "Saved"]

Saved: TypeAlias = bytes | str | Mapping[str, Any]
"""JSON as it was saved, or what it holds."""


class Model(Conversations, abc.ABC):
    """What is known of conversations, from whichever subscription it came."""

    def get_conversation(self, conversation_id: str) -> Conversation | None:
        """Give a conversation; None if no subscription shows it.

        The object is kept true, and may be used on any thread.
        """
        return self._kernel.conversations.view(
            identifier("conversation_id", conversation_id)
        )

    def get_all_known_conversations(self) -> tuple[Conversation, ...]:
        """Give all that a subscription shows, ended ones too if it shows them."""
        return self._kernel.conversations.views()

    # -- for a later process

    def save_conversations(self, bodies: bool = True) -> LoopFuture[bytes]:
        """Write down all conversations that are known, and the place in each dialog.

        It may be called in any state, CLOSED too. A later process gives it to its
        connection of the same user, as ``memory=`` or to :meth:`load_conversations`
        before ``open()``; that knows the conversations then, announces none of them,
        tells what has changed in them meanwhile, and goes on in each dialog from its
        place.

        The place is the last event before which all have been *taken*: events that wait
        for a subscriber, or that a callback or an iteration is at, are heard again, by
        all. What an actor or a ``queue.Queue`` has taken counts as done with, since
        nobody can see more. Changes of conversations that wait to be heard are not told
        again; a conversation whose opening waits is announced again. So an orderly end
        is ``close()``, until the subscribers have nothing to do, then this.

        What was heard after it was written down is heard again: at least once. Each
        event is recognised by its dialog and sequence.

        Not in it: chat states, rings (the service offers them again), requests, logins.

        Args:
            bodies: whether what was said, notes, metadata and client properties are in
                it; otherwise there are SHA-256 digests of messages and notes. That of a
                short text can be guessed.

        Returns:
            a future of JSON in UTF-8, whose schema ``ums_actors.core.kept`` describes.
            It is written on a worker.

        Raises (through the future):
            TimeoutError: the workers had no time for it within a minute.
            Overloaded: they have no room, or are closed.
        """
        return saving.save(self._kernel, bodies=flag("bodies", bodies))

    def load_conversations(self, data: Saved) -> LoopFuture[tuple[Conversation, ...]]:
        """Take over what :meth:`save_conversations` of an earlier process gave.

        Wait for it before ``open()``: later, what was said meanwhile may have been
        taken for history. Of a conversation that is known already the newer state
        stays. One that no subscription shows is removed once all have shown what they
        have, and that is told.

        Another user's is refused. If nobody has logged in yet, that is seen at the
        first login: then all of it is forgotten, and IdentityChanged tells so.

        Args:
            data: bytes, a text, or the mapping that its JSON holds.

        Raises (through the future):
            LocalProtocolError: it is another user's, damaged, too large, or of a later
                schema; nothing of it has been taken over.
        """
        return loading.load(self._kernel, data, "connection")

    def load_conversation(self, data: Saved) -> LoopFuture[Conversation]:
        """Take over one conversation that its ``serialize()`` gave.

        It is kept until it is unloaded, also if no subscription shows it. Arguments and
        errors are those of :meth:`load_conversations`.
        """
        return run_steps(self._only(data))

    def _only(self, data: Saved) -> Steps[Conversation]:
        loaded: tuple[Conversation, ...]
        loaded = yield loading.load(self._kernel, data, "conversation")
        return loaded[0]

    # -- what the objects ask for; their proxies hide it

    def _save_one(
        self, card: Card[Conversation], dialog: DialogFacts | None, bodies: bool
    ) -> LoopFuture[bytes]:
        return saving.save_one(self._kernel, card, dialog, bodies=bodies)

    def _unload(self, card: Card[Conversation]) -> None:
        self._kernel.conversations.unload(card)

    def _load_dialog(
        self, card: Card[Conversation], state: Saved
    ) -> LoopFuture[Dialog]:
        return loading.load_dialog(self._kernel, card, state)
