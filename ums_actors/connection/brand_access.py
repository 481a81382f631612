"""How a brand's user gets in, on whichever line."""

from __future__ import annotations

import abc
from typing import TYPE_CHECKING

from ums_actors.actors.marking import show
from ums_actors.auth.brand import BrandTokenSource
from ums_actors.auth.source import TokenSource
from ums_actors.connection.access import Access
from ums_actors.connection.assignment import BrandConversations
from ums_actors.connection.reporting import Reporting
from ums_actors.connection.routing import Routing

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.auth.credentials import Credentials
    from ums_actors.auth.csds import Csds
    from ums_actors.auth.session import Session
    from ums_actors.connection.publishing import Sought
    from ums_actors.connection.setup import Setup
    from ums_actors.http.client import Http
    from ums_actors.protocol.requests import Call
    from ums_actors.runtime.steps import Steps

__all__ = ["BrandAccess"]


class BrandAccess(Access, Reporting, Routing, BrandConversations, abc.ABC):
    """A connection of an agent or bot, with all that the brand dialect has.

    Args:
        setup: the arguments of all connections.
        auth: credentials, or any :class:`~ums_actors.auth.source.TokenSource`.
        default: gives the conversation subscription that is made on each line, if any.
        poll_shift_status: ask for the working hours of skills from the first line on.
    """

    def __init__(
        self,
        setup: Setup,
        auth: Credentials | TokenSource,
        default: Callable[[], Call] | None = None,
        *,
        poll_shift_status: bool = False,
    ) -> None:
        if poll_shift_status:  # else it needs no attribute
            self._polls_shifts = True
        self._auth = auth
        super().__init__(setup, default)

    def _token_source(self, csds: Csds, http: Http) -> TokenSource:
        auth = self._auth
        if isinstance(auth, TokenSource):
            return auth
        return BrandTokenSource(self._setup.account_id, auth, csds, http)

    def _identify(self, login: Session) -> str:
        return login.agent_id(self._setup.account_id)

    def _restore(self) -> Steps[None]:
        yield from super()._restore()
        if self._polls_shifts:
            self._kernel.shifts.begin()

    def _look(self, sought: Sought) -> Steps[bool]:
        found = yield self.query_messages(sought.dialog_id, sought.base)
        show(self._kernel, found, dialog_id=sought.dialog_id, asked=True)
        return True
