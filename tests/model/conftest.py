from __future__ import annotations

from typing import Any

import msgspec
import pytest

from ums_actors.core.conversations import ConversationBook
from ums_actors.errors import LocalProtocolError
from ums_actors.model.conversation import Conversation
from ums_actors.protocol.conversations import ConversationResult
from ums_actors.protocol.ids import IdTable
from ums_actors.protocol.messages import MessageEvent
from ums_actors.runtime import LoopFuture
from ums_actors.testing.notifications import ACCOUNT, conversation, pid


class Office:
    """Notes what is asked, and leaves the answering to the test."""

    account_id = ACCOUNT

    def __init__(self, user: str = f"{ACCOUNT}.u1", *, is_brand: bool = True) -> None:
        self.ids = IdTable(ACCOUNT)
        self.book: ConversationBook[Conversation] = ConversationBook(
            self.ids, lambda card: Conversation(card, self)
        )
        self.user = user
        self.is_brand = is_brand
        self.asked: list[Any] = []
        self.metadata: list[Any] = []
        self.answers: list[Any] = []
        self.subscribed: list[Any] = []

    def tell(self, *people: Any, **more: Any) -> Conversation:
        """Take a state; give the conversation."""
        result = msgspec.convert(
            conversation("C", *people, consumer=not self.is_brand, **more),
            ConversationResult,
        )
        details = result.conversation_details
        self.ids.learn_all(details.participants, details.participants_pid)
        self.book.upsert(result, "s")
        card = self.book.get("C")
        assert card is not None
        return card.view

    def say(self, **record: Any) -> None:
        """Take an event of a dialog."""
        told = {"conversationId": "C", "dialogId": "C", **record}
        self.book.heard(msgspec.convert(told, MessageEvent))

    def is_own(self, user_id: str, agent_id: str | None) -> bool:
        return self.user in (user_id, agent_id) or user_id == pid(self.user)

    def own_id(self) -> str:
        if not self.user:
            raise LocalProtocolError("open() first")
        return self.user

    def agent_id(self, user_id: str) -> str:
        return self.ids.agent(user_id)

    def ask(self, call: Any, read: Any, *, metadata: Any = None, resend: bool = False):
        self.asked.append((call.type, call.body))
        self.metadata.append(metadata)
        done: LoopFuture[Any] = LoopFuture()
        self.answers.append(lambda raw: done.try_set(read(raw)))
        return done

    def keep(self, records: Any, conversation_id: str, dialog_id: str) -> list[Any]:
        found = []
        for record in records:
            said = self.book.heard(
                msgspec.structs.replace(
                    record, conversation_id=conversation_id, dialog_id=dialog_id
                )
            )
            if said is not None:
                found.append(said)
        return found

    def find(self, conversation_id: str, dialog_id: str) -> Any:
        return self.book.find(conversation_id, dialog_id)

    def subscribe(self, target: Any, kinds: Any, **where: Any) -> LoopFuture[str]:
        self.subscribed.append((target, kinds, where))
        return LoopFuture.of("handle")

    def events(self, kinds: Any, **where: Any) -> Any:
        self.subscribed.append((kinds, where))
        return iter(())


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def consumers_office() -> Office:
    return Office("cons", is_brand=False)
