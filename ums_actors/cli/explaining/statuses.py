"""HTTP statuses: of a handshake, of the login service, and codes of responses."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from ums_actors.auth.answers import check_login, check_refresh
from ums_actors.cli.explaining.answer import OPTIONS, Answer, Case, case_of, seconds
from ums_actors.core.pauses import SHORT_PAUSES, TOO_MANY, is_final
from ums_actors.core.reason import RestoreFailed, UpgradeRefused, from_error
from ums_actors.core.verdict import TOKEN_REFUSED_STATUS
from ums_actors.errors import LoginError, RequestRejected
from ums_actors.http.client import Answer as HttpAnswer
from ums_actors.protocol import consumer

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["STATUSES", "http_status", "refresh_case"]

STATUSES: Final = (400, 401, 403, 404, 429, 451, 500, 502, 503, 504)
"""Those that are listed; any other is explained, too."""
_FIRST_REFUSAL = 400


def http_status(status: int) -> Answer:
    """Explain an HTTP status, 100 to 599."""
    return Answer(
        what=str(status),
        kind="HTTP status",
        means=_phrase(status),
        cases=tuple(_cases(status)),
        advice=_advice(status),
    )


def _cases(status: int) -> Iterator[Case]:
    if status == HTTPStatus.SWITCHING_PROTOCOLS:
        yield Case(when="the websocket upgrade is answered", says="The line is open.")
        return
    yield case_of("the websocket upgrade is refused with it", UpgradeRefused(status))
    answer = HttpAnswer(status, b"")
    try:
        check_login(answer)
    except LoginError as error:
        when = "the login service answers a login with it (body empty)"
        yield case_of(when, from_error(error))
    try:
        check_refresh(answer)
    except LoginError as error:
        yield refresh_case(error)
    if status >= _FIRST_REFUSAL:
        yield _request(status)
        yield from _restoring(status)


def refresh_case(error: LoginError) -> Case:
    """Say what :class:`~ums_actors.actors.token.TokenActor` does of it."""
    status = error.status or 0
    if status == TOKEN_REFUSED_STATUS:
        says = (
            "The token is dropped and a new login follows when a token is needed; a "
            "healthy line stays."
        )
    elif is_final(status):
        says = (
            "The token and the line stay; it is refreshed again at its usual time, "
            f"{seconds(OPTIONS.refresh_interval)} later at most."
        )
    else:
        pauses = ", ".join(f"{pause:g}" for pause in SHORT_PAUSES)
        says = (
            f"The token and the line stay; it is refreshed again after {pauses} s, "
            f"then at the usual {seconds(OPTIONS.refresh_interval)}."
        )
    return Case(when="a refresh of the token fails so", says=says)


def _request(code: int) -> Case:
    error = RequestRejected(code)
    passing = "may help" if error.may_pass else "cannot help"
    says = (
        f"{type(error).__name__}, delivery {error.delivery}: the line stays; asking "
        f"again later {passing}."
    )
    notes: list[str] = []
    if code == TOO_MANY:
        says = (
            "The window of requests in flight is halved, and the request, which was "
            f"not carried out, is sent again after {seconds(error.retry_after)} or "
            f"more, within its {seconds(OPTIONS.request_timeout)} and as long as "
            "Options.retry_too_many; then RequestRejected. The line stays."
        )
    elif code == TOKEN_REFUSED_STATUS:
        notes.append("The token is validated by a refresh, once a line.")
    return Case(when="a request is answered with this code", says=says, notes=(*notes,))


def _restoring(code: int) -> Iterator[Case]:
    refused = RequestRejected(code, request_type=consumer.INIT_CONNECTION)
    yield case_of("InitConnection is answered with this code", from_error(refused))
    when = "a subscription or the agent's state, made again, is answered with this code"
    error = RequestRejected(code)
    if error.may_pass:
        yield case_of(when, RestoreFailed("the subscription", code))
    else:
        yield Case(
            when=when,
            says="That subscription or state is given up, which ErrorOccurred tells "
            "(subscription.refused, agent_state.refused); the line stays.",
        )


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "not in the registry"


def _advice(status: int) -> str:
    try:
        check_login(HttpAnswer(status, b""))
    except LoginError as error:
        _, known, rest = str(error).partition(": ")
        return f"of a login: {rest}" if known else ""
    return ""
