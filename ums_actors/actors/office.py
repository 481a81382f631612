"""What is done to conversations, on its way out; users' objects hold on to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
import pykka
from pykka.messages import ProxyCall

from ums_actors.actors.messages import SubmitRequest
from ums_actors.errors import LocalProtocolError
from ums_actors.protocol.beside import checked_metadata
from ums_actors.protocol.ids import ME
from ums_actors.runtime import LoopFuture

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ums_actors.actors.kernel import Kernel
    from ums_actors.core.card import Card
    from ums_actors.core.facts import DialogFacts
    from ums_actors.core.talk import Said
    from ums_actors.files.parcel import Upload
    from ums_actors.model.conversation import Conversation
    from ums_actors.model.office import Kind, Target, Where
    from ums_actors.outbox.publication import Publication
    from ums_actors.protocol.messages import MessageEvent
    from ums_actors.protocol.requests import Call

__all__ = ["ConversationOffice"]

T = TypeVar("T")


class ConversationOffice:
    """The office of one connection's conversations; any thread.

    Args:
        kernel: of the connection.
        wire_name: gives the name on this side's wire of a canonical name.
        is_brand: whether it is an agent's connection.
    """

    __slots__ = ("_is_brand", "_kernel", "_wire_name")

    def __init__(
        self, kernel: Kernel, wire_name: Callable[[str], str], *, is_brand: bool
    ) -> None:
        self._kernel = kernel
        self._wire_name = wire_name
        self._is_brand = is_brand

    @property
    def account_id(self) -> str:
        """The brand's account."""
        return self._kernel.account_id

    @property
    def is_brand(self) -> bool:
        """Whether the connection is an agent's, not a consumer's."""
        return self._is_brand

    def is_own(self, user_id: str, agent_id: str | None) -> bool:
        """Tell whether an id is that of the connection's own user."""
        own_id, login = self._kernel.own_id, self._kernel.login
        if own_id is None:
            return False
        return own_id in (user_id, agent_id) or (
            login is not None and bool(user_id) and user_id == login.user_pid
        )

    def own_id(self) -> str:
        """Give the own user's id on the wire."""
        own_id = self._kernel.own_id
        if own_id is None:
            raise LocalProtocolError(
                "the user's id is known only after the first login: open() first"
            )
        return own_id

    def agent_id(self, user_id: str) -> str:
        """Give ``account.user`` of an agent, by that, by its PID or by ``ME``."""
        return self.own_id() if user_id == ME else self._kernel.ids.agent(user_id)

    def find(self, conversation_id: str, dialog_id: str) -> Card[Conversation] | None:
        """Find a conversation by its id, or else by that of a dialog."""
        return self._kernel.conversations.book.find(conversation_id, dialog_id)

    def ask(
        self,
        call: Call,
        read: Callable[[Any], T],
        *,
        metadata: Any = None,
        resend: bool = False,
    ) -> LoopFuture[T]:
        """Send a request; done with ``read(undecoded body)``."""
        done: LoopFuture[T] = LoopFuture()

        def settle(answer: LoopFuture[Any]) -> None:
            try:
                done.try_set(read(answer.get(timeout=0)))
            except Exception as error:  # noqa: BLE001  (the caller gets it there)
                done.try_fail(error)

        reply: LoopFuture[Any] = LoopFuture()
        request = SubmitRequest(
            self._wire_name(call.type),
            call.body,
            reply,
            metadata=checked_metadata(metadata),
            resend=resend,
            raw=True,
        )
        reply.add_done_callback(settle)
        try:
            self._kernel.refs["correlator"].tell(request)
        except pykka.ActorDeadError:
            reply.try_fail(self._kernel.refusal(request.type))
        except Exception as error:  # noqa: BLE001  (a future's caller gets it there)
            reply.try_fail(error)
        return done

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
        root: Any = self._kernel.root.proxy()
        handle: LoopFuture[str] = root.subscribe(
            target,
            *kinds,
            where=where,
            conversation_id=conversation_id,
            dialog_id=dialog_id,
        )
        return handle

    def events(
        self,
        kinds: tuple[Kind, ...],
        *,
        conversation_id: str,
        dialog_id: str | None,
        **more: Any,
    ) -> Iterator[Any]:
        """Iterate over events of one place."""
        root: Any = self._kernel.root.proxy()
        found: Iterator[Any] = root.events(
            *kinds, conversation_id=conversation_id, dialog_id=dialog_id, **more
        )
        return found

    def publish_once(self, call: Call, metadata: Any = None) -> LoopFuture[int]:
        """Publish content effectively once; see the connection's method."""
        root: Any = self._kernel.root.proxy()
        published: LoopFuture[int] = root.publish_once(call, metadata)
        return published

    def publish(self, call: Call, metadata: Any = None) -> LoopFuture[Publication]:
        """Publish by way of the outbox; see the connection's method."""
        root: Any = self._kernel.root.proxy()
        published: LoopFuture[Publication] = root.publish(call, metadata)
        return published

    def publish_upload(
        self, conversation_id: str, file: Upload, **more: Any
    ) -> LoopFuture[Publication]:
        """Upload, and show it by way of the outbox; see the connection's method."""
        root: Any = self._kernel.root.proxy()
        shown: LoopFuture[Publication] = root.publish_upload(
            conversation_id, file, **more
        )
        return shown

    def upload_file(
        self, conversation_id: str, file: Upload, **more: Any
    ) -> LoopFuture[int]:
        """Put a file on the file service and show it; see the connection's method."""
        root: Any = self._kernel.root.proxy()
        shown: LoopFuture[int] = root.upload_file(conversation_id, file, **more)
        return shown

    def download_file(self, relative_path: str) -> LoopFuture[bytes]:
        """Get a file from the file service."""
        root: Any = self._kernel.root.proxy()
        data: LoopFuture[bytes] = root.download_file(relative_path)
        return data

    def serialize(
        self, card: Card[Conversation], dialog: DialogFacts | None, *, bodies: bool
    ) -> LoopFuture[bytes]:
        """Write down a conversation, or one dialog of it."""
        return self._call("_save_one", card, dialog, bodies)

    def unload(self, card: Card[Conversation]) -> LoopFuture[None]:
        """Forget a conversation that was loaded."""
        return self._call("_unload", card)

    def load_dialog(self, card: Card[Conversation], state: Any) -> LoopFuture[Any]:
        """Take over a dialog that was written down."""
        return self._call("_load_dialog", card, state)

    def _call(self, method: str, *given: Any) -> LoopFuture[Any]:
        """Call a method of the connection that its proxies hide."""
        call = ProxyCall(attr_path=(method,), args=given, kwargs={})
        return self._kernel.root.ask(call, block=False)

    def keep(
        self, records: Iterable[MessageEvent], conversation_id: str, dialog_id: str
    ) -> list[Said]:
        """Take events that were asked for; give the messages. Loop thread."""
        found: list[Said] = []
        for record in records:
            whole = msgspec.structs.replace(
                record, conversation_id=conversation_id, dialog_id=dialog_id
            )
            said = self._kernel.conversations.book.heard(whole)
            if said is not None:
                found.append(said)
        return found
