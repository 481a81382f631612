"""The blocking façade of a brand's connection without a websocket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ums_actors.connection import (
    BrandRestConnection,
    BrandRestConnectionProxy,
    proxy_of,
)
from ums_actors.sync.brand import AnyBrandConnection

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["RestConnection", "connect_rest"]


def connect_rest(
    account_id: str,
    *,
    timeout: float = 30.0,
    fail_fast: bool = False,
    subscribe: Iterable[tuple[Any, ...]] = (),
    **more: Any,
) -> RestConnection:
    """Open a supervised brand connection that makes HTTP calls; wait until READY.

    Args and errors are those of :func:`~ums_actors.connect`; ``more`` as for
    :class:`~ums_actors.BrandRestConnection`.
    """
    ref = BrandRestConnection.start(account_id, subscribe=subscribe, **more)
    connection = RestConnection(ref, proxy_of(ref), timeout)
    return connection._open(fail_fast, wait_for_ready=False)


class RestConnection(AnyBrandConnection[BrandRestConnectionProxy]):
    """A brand's connection by REST whose methods wait for their answers; any thread.

    It has the methods of :class:`~ums_actors.Connection`; those that the service does
    not offer raise NotSupported.
    """

    def get_conversation_by_id(self, conversation_id: str) -> Any:
        """Ask for a conversation; gives what the service says, as plain JSON."""
        return self.proxy.get_conversation_by_id(conversation_id).get()

    def get_dialog(self, conversation_id: str, dialog_id: str | None = None) -> Any:
        """Ask for a dialog, the main one if none is named; gives plain JSON."""
        return self.proxy.get_dialog(conversation_id, dialog_id).get()

    def get_participant(
        self,
        conversation_id: str,
        participant_id: str | None = None,
        dialog_id: str | None = None,
    ) -> Any:
        """Ask for one who takes part, the own user if nobody is named."""
        return self.proxy.get_participant(
            conversation_id, participant_id, dialog_id
        ).get()

    def remove_participant(
        self,
        conversation_id: str,
        participant_id: str | None = None,
        dialog_id: str | None = None,
    ) -> str:
        """Take somebody out of a dialog, whatever their role."""
        return self.proxy.remove_participant(
            conversation_id, participant_id, dialog_id
        ).get()
