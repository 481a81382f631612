"""Tokens of consumers: an identity is made once, and renewed from then on."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from ums_actors.auth.identities import (
    Anonymous,
    AuthenticatedConsumer,
    Identity,
    ReadyJwt,
)
from ums_actors.auth.idp import Idp
from ums_actors.auth.jwt import read_claims
from ums_actors.auth.session import Session
from ums_actors.errors import (
    AuthenticationRejected,
    LocalProtocolError,
    LoginError,
    RemoteProtocolError,
)
from ums_actors.secret import Secret, reveal

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.auth.csds import Csds
    from ums_actors.http.client import Http
    from ums_actors.http.deadline import Deadline

__all__ = [
    "CONSUMER_SOCKET_SERVICE",
    "RENEWALS_ON_TRIAL",
    "SIGNUP_CONNECTOR",
    "ConsumerTokenSource",
]

CONSUMER_SOCKET_SERVICE: Final = "asyncMessagingEnt"
SIGNUP_CONNECTOR: Final = "default"
"""How an identity of the plain signup is renewed is not known. We ask for it as that of
a connector is renewed; if what comes of it is an external token, this connector, which
every account has, exchanges it."""
RENEWALS_ON_TRIAL: Final = 3
"""Renewed tokens in a row that the websocket may refuse: should the service not take
what comes of such a renewal, the consumer must not try for ever."""
_PAUSE: Final = 5.0


class _Held(Struct, frozen=True):
    """The identity as it is now.

    Attributes:
        external: the token that the IDP renews, if the identity has a connector.
        on_trial: renewals in a row whose token no line has proved good.
    """

    session: Session
    external: Secret | None = None
    on_trial: int = 0


class ConsumerTokenSource:
    """A :class:`TokenSource` for one consumer.

    The first ``login`` makes the identity. Later ones come when the token was refused
    or is over, and renew the same identity where that is possible.

    Args:
        account_id: the account.
        identity: who the consumer is.
        csds: domains of the account.
        http: the client; :meth:`close` closes it.
        clock: monotonic seconds.
        wall: seconds since 1970; for tokens that do not say when they were issued.

    Raises:
        LocalProtocolError: ``identity`` is none of the known kinds, or its token no
            JWT.
    """

    __slots__ = (
        "_calls",
        "_clock",
        "_held",
        "_http",
        "_identity",
        "_idp",
        "_lock",
        "_wall",
    )

    def __init__(
        self,
        account_id: str,
        identity: Identity,
        csds: Csds,
        http: Http,
        *,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        _check(identity)
        self._identity = identity
        self._idp = Idp(account_id, csds, http)
        self._http = http
        self._clock = clock
        self._wall = wall
        self._lock = threading.Lock()
        self._held: _Held | None = None
        self._calls = 0

    def login(self, timeout: float) -> Session:
        """Make or renew the identity; see :meth:`TokenSource.login`."""
        deadline = self._http.deadline(timeout)
        with self._lock:
            self._calls += 1
            call, held = self._calls, self._held
        try:
            found = self._obtain(held, deadline)
        except RemoteProtocolError as error:
            raise _of_no_use(error) from None
        with self._lock:
            if call == self._calls:  # else this call was given up meanwhile
                self._held = found
        return found.session

    def refresh(self, session: Session, timeout: float) -> Session | None:
        """Renew a token that ends soon; see :meth:`TokenSource.refresh`.

        Not for the line, which survives its token, but for the identity and for the
        next line. What the identity provider refuses changes nothing: the token serves
        until its end.
        """
        deadline = self._http.deadline(timeout)
        with self._lock:
            held = self._held
            if held is None or held.session.token != session.token:
                return None
            if not session.is_ending(self._clock()):
                return None
            self._calls += 1
            call = self._calls
        try:
            found = self._renewed(held, deadline)
        except AuthenticationRejected:
            return None
        except RemoteProtocolError as error:
            raise _of_no_use(error) from None
        with self._lock:
            if found is None or call != self._calls:
                return None
            self._held = found
        return found.session

    def logout(self, session: Session, timeout: float) -> None:
        """Do nothing: there is no session to end."""

    def close(self) -> None:
        """End a running call and refuse later ones; idempotent, any thread."""
        self._http.close()

    def prove(self, session: Session) -> None:
        """Note that a line came to be with this token; any thread, never blocks."""
        with self._lock:
            held = self._held
            if held is not None and held.session.token == session.token:
                self._held = _Held(held.session, held.external)

    # -- parts

    def _obtain(self, held: _Held | None, deadline: Deadline) -> _Held:
        match self._identity:
            case Anonymous():
                return self._anonymous(self._identity, held, deadline)
            case AuthenticatedConsumer():
                return self._authenticated(self._identity, held, deadline)
            case ReadyJwt():
                return self._ready(self._identity, held)

    def _anonymous(
        self, identity: Anonymous, held: _Held | None, deadline: Deadline
    ) -> _Held:
        if held is None:
            return self._made(identity, None, deadline)
        status: int | None = None
        if held.on_trial < RENEWALS_ON_TRIAL:
            try:
                return self._made(identity, held, deadline)
            except AuthenticationRejected as error:
                status = error.status
        if identity.new_identity:
            return self._made(identity, None, deadline)
        raise AuthenticationRejected(
            "the anonymous consumer's identity cannot be renewed; with "
            "Anonymous(new_identity=True) the connection would go on as somebody else",
            status=status,
        )

    def _made(
        self, identity: Anonymous, held: _Held | None, deadline: Deadline
    ) -> _Held:
        """Make a new identity, or renew the one that is held."""
        idp, external = self._idp, None
        if identity.connector_id is not None:
            previous = None if held is None else held.external
            external = idp.authorize(previous, deadline)
            token = idp.authenticate(identity.connector_id, external, deadline)
        elif held is None:
            token = idp.sign_up(deadline)
        else:
            token = self._renewed_signup(held.session.token, deadline)
        on_trial = 0 if held is None or self._is_over(held) else held.on_trial + 1
        return _Held(self._session(token), external, on_trial)

    def _renewed_signup(self, previous: Secret, deadline: Deadline) -> Secret:
        token = self._idp.authorize(previous, deadline)
        if read_claims(token).issuer == read_claims(previous).issuer:
            return token
        try:
            return self._idp.authenticate(SIGNUP_CONNECTOR, token, deadline)
        except AuthenticationRejected:
            return token  # there is no such connector: perhaps it serves as it is

    def _authenticated(
        self, identity: AuthenticatedConsumer, held: _Held | None, deadline: Deadline
    ) -> _Held:
        refused = held is not None and not self._is_over(held)
        if refused and not callable(identity.id_token):
            raise AuthenticationRejected(
                "the service has refused the consumer's token, and your login must "
                "issue a new one; give a callable as id_token that asks for it"
            )
        return self._exchanged(identity, deadline)

    def _exchanged(self, identity: AuthenticatedConsumer, deadline: Deadline) -> _Held:
        id_token = identity.id_token
        if callable(id_token):
            id_token = _given_by(id_token)
        external = Secret(reveal(id_token))
        token = self._idp.authenticate(identity.connector_id, external, deadline)
        return _Held(self._session(token))

    def _renewed(self, held: _Held, deadline: Deadline) -> _Held | None:
        """Renew in good time; None where that cannot be done."""
        match self._identity:
            case Anonymous() as identity:
                made = self._made(identity, held, deadline)
                return _Held(made.session, made.external, held.on_trial)
            case AuthenticatedConsumer() as identity:
                return self._exchanged(identity, deadline)
            case ReadyJwt():
                return None

    def _ready(self, identity: ReadyJwt, held: _Held | None) -> _Held:
        if held is not None:
            raise AuthenticationRejected(
                "the JWT given to the connection was refused, and cannot be renewed; "
                "give AuthenticatedConsumer with a callable, or Anonymous"
            )
        token = Secret(reveal(identity.token))
        return _Held(Session(token=token, user_id=read_claims(token).subject))

    def _session(self, token: Secret) -> Session:
        claims = read_claims(token)
        life = claims.life(self._wall)
        return Session(
            token=token,
            user_id=claims.subject,
            valid_until=None if life is None or life <= 0 else self._clock() + life,
            life=None if life is None or life <= 0 else life,
        )

    def _is_over(self, held: _Held) -> bool:
        """Tell whether the token died of age, and was not refused."""
        end = held.session.valid_until
        return end is not None and end <= self._clock()


def _of_no_use(error: RemoteProtocolError) -> LoginError:
    return LoginError(
        f"the identity provider gave a token of no use: {error}", retry_after=_PAUSE
    )


def _given_by(source: Callable[[], object]) -> str | Secret:
    given = source()
    if isinstance(given, (str, Secret)) and given:
        return given
    raise LoginError(
        "id_token() must give the external JWT, a non-empty string, not "
        f"{type(given).__name__}",
        step="source",
    )


def _check(identity: object) -> None:
    if isinstance(identity, ReadyJwt):
        try:
            read_claims(identity.token)
        except RemoteProtocolError as error:
            raise LocalProtocolError(f"ReadyJwt: {error}") from None
    elif not isinstance(identity, (Anonymous, AuthenticatedConsumer)):
        raise LocalProtocolError(
            f"an identity of type {type(identity).__name__} is not known; give "
            "Anonymous, AuthenticatedConsumer, ReadyJwt or a TokenSource"
        )
