"""What has not been read yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ums_actors.emulator.world.event import Event

__all__ = ["Unread"]


class Unread:
    """The unread messages of one conversation, by who is to read them."""

    def __init__(self) -> None:
        self._by_reader: dict[str, set[tuple[str, int]]] = {}

    def add(self, event: Event) -> None:
        """Note a message: all who hear it have it unread, but for its author."""
        if event.sequence is None:
            return
        for identity in event.recipients:
            if identity != event.author.id:
                unread = self._by_reader.setdefault(identity, set())
                unread.add((event.dialog_id, event.sequence))

    def read(self, reader: str, dialog_id: str, sequences: Iterable[int]) -> None:
        """Note that these messages of a dialog have been read."""
        unread = self._by_reader.get(reader, set())
        unread.difference_update((dialog_id, number) for number in sequences)

    def keep(self, readers: set[str]) -> None:
        """Let go of those who do not read any more."""
        for identity in self._by_reader.keys() - readers:
            del self._by_reader[identity]

    def listed(self) -> dict[str, list[tuple[str, int]]]:
        """List them, each by its dialog and sequence."""
        return {identity: sorted(it) for identity, it in self._by_reader.items()}

    def restore(self, listed: Mapping[str, Iterable[tuple[str, int]]]) -> None:
        """Take what :meth:`listed` gave in place of what there is."""
        self._by_reader = {identity: set(it) for identity, it in listed.items()}

    def counts(self) -> dict[str, int]:
        """Give how many each has unread; who never had any is not named."""
        return {identity: len(unread) for identity, unread in self._by_reader.items()}
