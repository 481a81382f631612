"""The identity provider (IDP): the four calls that give consumers their tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ums_actors.core.pauses import TOO_MANY_LOGINS_PAUSE, is_final
from ums_actors.errors import AuthenticationRejected, LoginError
from ums_actors.protocol.paths import path_part
from ums_actors.secret import Secret

if TYPE_CHECKING:
    from ums_actors.auth.csds import Csds
    from ums_actors.http.client import Answer, Http
    from ums_actors.http.deadline import Deadline

__all__ = ["IDP_SERVICE", "Idp"]

IDP_SERVICE: Final = "idp"

_STEP: Final = "login"
_PAUSE: Final = TOO_MANY_LOGINS_PAUSE
"""Least pause after 429 and a first 5xx, seconds; who tries on knows of longer ones."""
_OK: Final = range(200, 300)
_SWITCHED_OFF: Final = 428
_WHY: Final = {
    401: "the token given to it is not, or no longer, accepted",
    404: "account or connector are not known there; check account_id and connector_id",
    _SWITCHED_OFF: (
        "unauthenticated consumers are switched off for this account; have them "
        "switched on, or use Anonymous() without a connector or AuthenticatedConsumer"
    ),
}
_TOKEN_FIELDS: Final = ("jwt", "token")


class Idp:
    """Calls of one account; blocking, for workers.

    Each gives a token, or raises:

    Raises:
        AuthenticationRejected: the same call will be refused again.
        LoginError: it may succeed later.
    """

    def __init__(self, account_id: str, csds: Csds, http: Http) -> None:
        self._account = path_part("account_id", account_id)
        self._csds = csds
        self._http = http

    def sign_up(self, deadline: Deadline) -> Secret:
        """Make an anonymous consumer; gives the JWT for the websocket."""
        return self._post("signup", None, deadline)

    def authorize(self, previous: Secret | None, deadline: Deadline) -> Secret:
        """Make an external token, or a fresh one for the identity of ``previous``."""
        body = {} if previous is None else {"id_token": previous.reveal()}
        return self._post("anonymous/authorize", body, deadline)

    def authenticate(
        self, connector_id: str, external: Secret, deadline: Deadline
    ) -> Secret:
        """Give the JWT for the websocket in exchange for an external one."""
        connector = path_part("connector_id", connector_id)
        path = f"app/{connector}/authenticate?v=3.0"
        return self._post(path, {"id_token": external.reveal()}, deadline)

    def _post(self, path: str, body: Any, deadline: Deadline) -> Secret:
        answer = self._http.call(
            "POST",
            self._csds.find(IDP_SERVICE, deadline),
            f"/api/account/{self._account}/{path}",
            step=_STEP,
            deadline=deadline,
            body=body,
        )
        _check(answer)
        fields = answer.fields()
        found = next((fields[name] for name in _TOKEN_FIELDS if fields.get(name)), None)
        if not isinstance(found, str):
            raise LoginError(
                "the answer of the identity provider holds no token",
                status=answer.status,
                retry_after=_PAUSE,
            )
        return Secret(found)


def _check(answer: Answer) -> None:
    """Raise what a refusal means; the service's own text is not repeated."""
    status = answer.status
    if status in _OK:
        return
    if is_final(status):
        why = _WHY.get(status, "it refuses this consumer; check account and connector")
        raise AuthenticationRejected(
            f"the identity provider answered {status}: {why}", status=status
        )
    raise LoginError(
        f"the identity provider answered {status}", status=status, retry_after=_PAUSE
    )
