"""What of a conversation is the service's own to change, and no client's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from ums_actors.emulator.failures import EmulatorError

if TYPE_CHECKING:
    from ums_actors.emulator.world.conversation import Conversation, Details
    from ums_actors.emulator.world.world import World

__all__ = ["Place", "place"]

MAX_ID: Final = 256
"""Characters of the id of a group, or of an installation."""


class Place(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """What is to be changed, as it is said over HTTP; what is left out stays.

    Attributes:
        group: id of the group of agents that it belongs to; empty for none.
        app_install: id of the installation of an application that it comes from; empty
            for none.
    """

    conversation: str
    group: str | None = None
    app_install: str | None = None


def place(world: World, conversation: Conversation, told: Place) -> None:
    """Change it, and tell it.

    Raises:
        EmulatorError: an id is too long.
    """
    for text in (told.group, told.app_install):
        if text is not None and len(text) > MAX_ID:
            raise EmulatorError(f"an id is longer than {MAX_ID} characters; shorten it")

    def change(draft: Details) -> None:
        if told.group is not None:
            draft.group = told.group
        if told.app_install is not None:
            draft.app_install = told.app_install or None

    world.amend(conversation, change)
