"""Who carries out what is done to conversations, dialogs and messages."""

from __future__ import annotations

import queue
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeVar

import msgspec
import pykka

from ums_actors.errors import NotSupported

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ums_actors.core.card import Card
    from ums_actors.core.facts import DialogFacts
    from ums_actors.core.talk import Said
    from ums_actors.files.parcel import Upload
    from ums_actors.outbox.publication import Publication
    from ums_actors.protocol.messages import MessageEvent
    from ums_actors.protocol.requests import Call
    from ums_actors.runtime import LoopFuture

__all__ = [
    "Kind",
    "Office",
    "Target",
    "Where",
    "brand_only",
    "consumer_only",
    "nothing",
]

T = TypeVar("T")

Target: TypeAlias = Callable[[Any], object] | pykka.ActorRef[Any] | queue.Queue[Any]
"""Who hears events: a callable, an actor or a queue."""
Kind: TypeAlias = type[msgspec.Struct]
"""A class of events."""
Where: TypeAlias = Callable[[Any], object]
"""Tells whether an event is wanted; called on the loop thread, must not block."""


class Office(Protocol):
    """The model's way to its connection; any thread."""

    @property
    def account_id(self) -> str:
        """The brand's account."""
        ...

    @property
    def is_brand(self) -> bool:
        """Whether the connection is an agent's, not a consumer's."""
        ...

    def is_own(self, user_id: str, agent_id: str | None) -> bool:
        """Tell whether an id is that of the connection's own user."""
        ...

    def own_id(self) -> str:
        """Give the own user's id on the wire.

        Raises:
            LocalProtocolError: there has been no login yet.
        """
        ...

    def agent_id(self, user_id: str) -> str:
        """Give ``account.user`` of an agent, by that or by its PID.

        Raises:
            LocalProtocolError: it is no id, or a PID that was not seen yet.
        """
        ...

    def ask(
        self,
        call: Call,
        read: Callable[[Any], T],
        *,
        metadata: Any = None,
        resend: bool = False,
    ) -> LoopFuture[T]:
        """Send a request; done with ``read(undecoded body)``."""
        ...

    def publish_once(self, call: Call, metadata: Any = None) -> LoopFuture[int]:
        """Publish content effectively once; see the connection's method."""
        ...

    def publish(self, call: Call, metadata: Any = None) -> LoopFuture[Publication]:
        """Publish by way of the outbox; see the connection's method."""
        ...

    def publish_upload(
        self, conversation_id: str, file: Upload, **more: Any
    ) -> LoopFuture[Publication]:
        """Upload, and show it by way of the outbox; see the connection's method."""
        ...

    def upload_file(
        self, conversation_id: str, file: Upload, **more: Any
    ) -> LoopFuture[int]:
        """Put a file on the file service and show it; see the connection's method."""
        ...

    def download_file(self, relative_path: str) -> LoopFuture[bytes]:
        """Get a file from the file service."""
        ...

    def keep(
        self, records: Iterable[MessageEvent], conversation_id: str, dialog_id: str
    ) -> list[Said]:
        """Take events that were asked for; give the messages. Loop thread."""
        ...

    def serialize(
        self, card: Card[Any], dialog: DialogFacts | None, *, bodies: bool
    ) -> LoopFuture[bytes]:
        """Write down a conversation, or one dialog of it."""
        ...

    def unload(self, card: Card[Any]) -> LoopFuture[None]:
        """Forget a conversation that was loaded."""
        ...

    def load_dialog(self, card: Card[Any], state: Any) -> LoopFuture[Any]:
        """Take over a dialog that was written down; done with the conversation."""
        ...

    def find(self, conversation_id: str, dialog_id: str) -> Card[Any] | None:
        """Find a conversation by its id, or else by that of a dialog."""
        ...

    def subscribe(
        self,
        target: Target,
        kinds: tuple[Kind, ...],
        *,
        where: Where | None,
        conversation_id: str,
        dialog_id: str | None,
    ) -> LoopFuture[str]:
        """Have events of one place told; done with a handle."""
        ...

    def events(
        self,
        kinds: tuple[Kind, ...],
        *,
        conversation_id: str,
        dialog_id: str | None,
        **more: Any,
    ) -> Iterator[Any]:
        """Iterate over events of one place."""
        ...


def brand_only(office: Office, what: str) -> None:
    """Refuse what only agents can do.

    Raises:
        NotSupported: the connection is a consumer's.
    """
    if not office.is_brand:
        raise NotSupported(f"a consumer cannot {what}: use a brand's connection")


def consumer_only(office: Office, what: str) -> None:
    """Refuse what only consumers can do.

    Raises:
        NotSupported: the connection is a brand's.
    """
    if office.is_brand:
        raise NotSupported(f"a brand cannot {what}: use the consumer's connection")


def nothing(body: Any) -> None:
    """Read nothing of an answer: that it is no error is all."""
    del body
