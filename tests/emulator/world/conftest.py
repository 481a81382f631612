from __future__ import annotations

import pytest

from ums_actors.emulator import Refused
from ums_actors.emulator.world.listener import Listener
from ums_actors.emulator.world.users import Users
from ums_actors.emulator.world.world import World

ONE, TWO, THREE = "acc.1001", "acc.1002", "acc.1003"


class Ground(Listener):
    """A world of three agents with a clock that stands still, and what it told."""

    def __init__(self, **settings):
        self.time = 1_700_000_000.0
        self.users = Users("acc", 3)
        self.world = World("acc", self.users, lambda: self.time, **settings)
        self.world.listeners.append(self)
        self.told = []

    def event_published(self, conversation, event):
        self.told.append(event)

    def conversation_changed(self, conversation):
        self.told.append(conversation)

    def open(self, *, assign="bot1", consumer="carla", **more):
        agent = self.users.named(assign) if assign else None
        return self.world.open(consumer=consumer, assign=agent, **more)

    def change(self, conversation, by, *members):
        return self.world.update(conversation, by, list(members))

    def refusal(self, conversation, by, *members):
        """Give the code of a refusal that is a sentence, and that changes nothing."""
        before = conversation.details.draft()
        with pytest.raises(Refused) as caught:
            self.change(conversation, by, *members)
        refused = caught.value
        assert refused.text[0].isupper()
        assert " " in refused.text
        assert conversation.details == before
        return refused.code

    def say(self, conversation, by, text="hi", dialog=None, **more):
        event = {"type": "ContentEvent", "message": text}
        return self.publish(conversation, by, event, dialog, **more)

    def publish(self, conversation, by, event, dialog=None, **more):
        dialog = dialog or conversation.conversation_id
        return self.world.publish(conversation, dialog, by, event, **more)

    def read(self, conversation, by, *sequences, dialog=None, status="READ"):
        event = {"type": "AcceptStatusEvent", "status": status}
        event["sequenceList"] = list(sequences)
        return self.publish(conversation, by, event, dialog)


@pytest.fixture
def ground():
    return Ground()


@pytest.fixture
def make_ground():
    return Ground
