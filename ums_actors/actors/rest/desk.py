"""Where calls are made: blocking, for workers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from ums_actors.errors import ConnectError
from ums_actors.protocol.rest.answers import MISSED, PASSED

if TYPE_CHECKING:
    from ums_actors.actors.rest.flight import Flight
    from ums_actors.auth.csds import Csds
    from ums_actors.http.client import Answer, Http
    from ums_actors.http.origin import Origin
    from ums_actors.secret import Secret

__all__ = ["REST_SERVICE", "Desk"]

REST_SERVICE: Final = "asyncMessagingEnt"
"""Where the REST service is (UMS.md 12.7)."""
_TRIES: Final = 2
"""How often what there is is looked at before it is changed: with each time somebody
else may have been quicker. The second refusal is told."""


class _Place(NamedTuple):
    """Where a call goes, and what lets it in there."""

    origin: Origin
    bearer: Secret


class Desk:
    """Makes the calls of one connection; any thread.

    Args:
        http: the connection's client.
        csds: knows where the service is; asked for each call, which costs nothing as
            long as the answer is believed.
        account_id: the brand's account.
        body_limit: largest body of an answer, bytes.
    """

    __slots__ = ("_account_id", "_body_limit", "_csds", "_http")

    def __init__(
        self, http: Http, csds: Csds, account_id: str, body_limit: int
    ) -> None:
        self._http = http
        self._csds = csds
        self._account_id = account_id
        self._body_limit = body_limit

    def make(self, flight: Flight, bearer: Secret) -> Answer:
        """Make a call, and give what was answered last.

        What changes something that is there is made with the ETag of what there is,
        which is asked for first; if that is not right any more, once again.

        Raises:
            UMSError: no answer came, or nothing could be asked.
        """
        place = _Place(self._csds.find(REST_SERVICE, flight.deadline), bearer)
        exchange = flight.exchange
        if not exchange.guarded:
            flight.begin(counts=True)
            return self._call(flight, place, exchange.method, exchange.path)
        answer = self._change(flight, place)
        for _ in range(_TRIES - 1):
            if answer.status == MISSED:
                answer = self._change(flight, place)
        return answer

    def _change(self, flight: Flight, place: _Place) -> Answer:
        exchange = flight.exchange
        flight.begin(counts=False)
        shown = self._call(flight, place, "GET", exchange.resource)
        if shown.status >= PASSED:
            return shown
        flight.begin(counts=True)
        etag = {"If-Match": shown.etag} if shown.etag else {}
        answer = self._call(flight, place, exchange.method, exchange.path, etag)
        if answer.status == MISSED:
            flight.refused()
        return answer

    def _call(
        self,
        flight: Flight,
        place: _Place,
        method: str,
        path: str,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        return self._http.call(
            method,
            place.origin,
            path,
            step="REST",
            deadline=flight.deadline,
            body=None if method == "GET" else flight.exchange.body,
            bearer=place.bearer,
            headers={"Brand-ID": self._account_id, **(headers or {})},
            body_limit=self._body_limit,
            error=ConnectError,
            way=flight,
        )
