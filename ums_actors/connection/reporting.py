"""What a brand's user may ask of the account over HTTP: working hours, statistics."""

from __future__ import annotations

import abc
from functools import partial
from typing import TYPE_CHECKING, Any

from ums_actors.connection.base import WebsocketConnection
from ums_actors.protocol.ids import ME
from ums_actors.protocol.shifts import given_shifts
from ums_actors.reports.names import STATISTICS

if TYPE_CHECKING:
    from ums_actors.auth.session import Session
    from ums_actors.http.deadline import Deadline
    from ums_actors.protocol.shifts import SkillShift
    from ums_actors.reports.desk import ReportDesk
    from ums_actors.runtime import LoopFuture

__all__ = ["Reporting"]


class Reporting(WebsocketConnection, abc.ABC):
    """Reports of the account; UMS.md 12.6.

    They go over HTTP, on workers of their own, so they are to be had while there is no
    websocket, too. A connection that is closed or has FAILED refuses them.
    """

    _polls_shifts: bool = False
    """Whether the working hours are polled while the connection is open."""

    def get_shift_status(self) -> LoopFuture[tuple[SkillShift, ...]]:
        """Ask which skills of the account have their working hours now.

        The answer counts like one that was polled: it is known from then on, and its
        changes are told as :class:`~ums_actors.SkillEnteredWorkHours` and
        :class:`~ums_actors.SkillEnteredOffHours`.

        Raises (through the future):
            RequestRejected: the service said no; ``code`` is its HTTP status.
            RequestTimedOut: there was no answer in time.
            ConnectionLost: there was none, or the connection is closed.
            LoginError: there is no token, or no host.
        """
        return self._kernel.shifts.ask()

    def get_skills(self) -> tuple[SkillShift, ...]:
        """Give what is known of the working hours of skills, without asking.

        It is from the last poll or question; empty before the first.
        """
        kernel = self._kernel
        return kernel.shifts.known if kernel.made("shifts") else ()

    def process_shift_status_response(self, records: Any) -> None:
        """Take working hours that were learned elsewhere, as if they had been polled.

        Skills that it does not name stay as they are.

        Args:
            records: a list of the service's records, such as
                ``{"skillId": "17", "onShift": true}``, or of ``SkillShift``.
        """
        self._kernel.shifts.add(given_shifts(records))

    def get_message_statistics(
        self, agent_id: str | None = None
    ) -> LoopFuture[dict[str, Any]]:
        """Ask for the message statistics of the brand, or of one of its agents.

        Done with the service's JSON object as it came: what is in it is not published.

        Args:
            agent_id: whose, by either id; ``ME`` is the own user; the whole brand's
                if not given.

        Raises (through the future):
            RequestError, LoginError: as of :meth:`get_shift_status`.
        """
        kernel = self._kernel
        if agent_id is not None and agent_id != ME:
            agent_id = kernel.ids.agent(agent_id)
        return kernel.reporting.ask(
            STATISTICS, partial(_statistics, kernel.account_id, agent_id)
        )


def _statistics(
    account_id: str,
    agent_id: str | None,
    desk: ReportDesk,
    session: Session,
    deadline: Deadline,
) -> dict[str, Any]:
    """Ask for statistics; worker thread. The service names users without account."""
    who = session.agent_id(account_id) if agent_id == ME else agent_id
    user_id = None if who is None else who.removeprefix(f"{account_id}.")
    return desk.statistics(user_id, session.token, deadline)
