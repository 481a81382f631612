"""The service that reports of an account: who works when, and how much is said."""

from __future__ import annotations

import time
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from ums_actors.errors import (
    ConnectionLost,
    Delivery,
    RemoteProtocolError,
    RequestRejected,
    RequestTimedOut,
)
from ums_actors.protocol.lenient import is_object
from ums_actors.protocol.paths import path_part
from ums_actors.protocol.shifts import read_shifts
from ums_actors.reports.names import SHIFT_STATUS, STATISTICS

if TYPE_CHECKING:
    from ums_actors.auth.csds import Csds
    from ums_actors.http.client import Answer, Http
    from ums_actors.http.deadline import Deadline
    from ums_actors.protocol.shifts import SkillShift
    from ums_actors.secret import Secret

__all__ = ["SERVICE", "ReportDesk"]

SERVICE: Final = "asyncMessagingEnt"
"""Its name at CSDS, as the reference has it (UMS.md 12.6). The public Shift Status API
names ``shiftstatus`` for the same path: ``domains={"asyncMessagingEnt": …}`` of a
connection names another host."""
_VERSION: Final = "1"


class ReportDesk:
    """Asks for reports; blocking, for workers.

    All that is asked changes nothing, so it may be asked again whatever became of it.

    Raises, by each method:
        RequestRejected: the service said no, with its HTTP status as ``code``.
        RequestTimedOut: there was no answer before the deadline.
        ConnectionLost: there was none at all.
        RemoteProtocolError: it made no sense.
        LoginError: the domain service gave no host.
    """

    __slots__ = ("_account_id", "_csds", "_http")

    def __init__(self, account_id: str, csds: Csds, http: Http) -> None:
        self._account_id = account_id
        self._csds = csds
        self._http = http

    def shift_status(self, token: Secret, deadline: Deadline) -> tuple[SkillShift, ...]:
        """Ask which skills of the account have their working hours now."""
        path = f"/api/account/{self._account()}/shift-status"
        return read_shifts(self._get(SHIFT_STATUS, path, token, deadline))

    def statistics(
        self, user_id: str | None, token: Secret, deadline: Deadline
    ) -> dict[str, Any]:
        """Ask for the message statistics of a user, or of the whole brand.

        Args:
            user_id: without the account.
            token: that the call shows.
            deadline: until when it is answered.
        """
        path = f"/api/messaging/rest/reporting/brands/{self._account()}"
        if user_id is not None:
            path += f"/agents/{path_part('agent_id', user_id)}"
        moment = int(time.time() * 1_000)  # no cache on the way has this address
        path += f"/msgstatistics?v={_VERSION}&_={moment}"
        found = self._get(STATISTICS, path, token, deadline)
        if is_object(found):
            return found
        raise RemoteProtocolError("the service's message statistics are no JSON object")

    def _account(self) -> str:
        return path_part("account_id", self._account_id)

    def _get(self, what: str, path: str, token: Secret, deadline: Deadline) -> Any:
        origin = self._csds.find(SERVICE, deadline)
        try:
            answer = self._http.call(
                "GET",
                origin,
                path,
                step=what,
                deadline=deadline,
                bearer=token,
                error=_no_answer,
            )
        except ConnectionLost as error:
            if not deadline.over():
                raise
            late = str(error)
        else:
            return _read(what, answer)
        raise RequestTimedOut(late, delivery=Delivery.UNKNOWN, request_type=what)


def _read(what: str, answer: Answer) -> Any:
    status = answer.status
    if status >= HTTPStatus.BAD_REQUEST:
        raise RequestRejected(status, answer.json(), request_type=what)
    if status >= HTTPStatus.MULTIPLE_CHOICES:
        raise RemoteProtocolError(
            f"the {what} call was answered with HTTP status {status}: redirections "
            "are not followed"
        )
    return answer.json()


def _no_answer(text: str, *, step: str) -> ConnectionLost:
    return ConnectionLost(text, delivery=Delivery.UNKNOWN, request_type=step)
