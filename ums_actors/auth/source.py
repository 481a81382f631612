"""The port through which a connection gets its tokens.

Give your own where the login is not the library's business: tokens from a vault, from
a service of yours that logs in for all bots, from single sign-on. For instance::

    class Vault:
        def __init__(self, url):
            self._url = url

        def login(self, timeout):
            try:
                answer = requests.post(f"{self._url}/bots/42/token", timeout=timeout)
            except requests.RequestException:
                raise ums.LoginError("the vault is away", step="source") from None
            if answer.status_code == 403:
                raise ums.AuthenticationRejected("the vault knows no such bot")
            if answer.status_code != 200:
                status = answer.status_code  # 429 and 5xx have pauses of their own
                raise ums.LoginError("the vault is ill", step="source", status=status)
            told = answer.json()
            return ums.Session(
                token=ums.Secret(told["bearer"]),
                user_id=told["userId"],  # of config.userId in the answer of a login
                valid_until=time.monotonic() + told["seconds"],
            )

        def refresh(self, session, timeout):
            return self.login(timeout)  # another token, in good time

        def logout(self, session, timeout):
            pass  # it is the vault's

        def close(self):
            pass

    connection = ums.BrandWebsocketConnection.start("12345678", auth=Vault(url))

For those who know the token maintainer of lp-messaging-sdk (UMS.md 4.3):

| there | here |
|---|---|
| ``start()``, ``stop()`` | the connection's life; :meth:`TokenSource.close` in the end |
| ``getToken()`` | ``connection.get_token()``, which calls :meth:`TokenSource.login` |
| ``getAuthSessionInfo()`` | the :class:`Session` that ``login`` gave: ``token``, ``user_id``, ``user_pid`` |
| ``onTokenInvalid(reason)`` | the connection finds out by itself; or ``_on_auth_invalid_error()`` |
| ``agentId``, ``userId`` | ``status().agent_id``; ``Session.user_pid`` |
| event ``error`` | ``ErrorOccurred`` with context ``token.refresh_failed``; the login's go to who waits, and to ``StateChanged.reason`` |
| event ``token-invalid`` | the observer's ``token.invalidated`` |
| its timer | ``Options.refresh_interval``, ``Session.valid_until`` |
"""  # noqa: E501  (a table)

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from ums_actors.auth.session import Session

__all__ = ["TokenSource"]


@runtime_checkable
class TokenSource(Protocol):
    """Something that can log a user in.

    Methods are called on worker threads, one at a time for a connection, and may block
    up to ``timeout`` seconds; a call that takes longer is given up, its result dropped.
    :meth:`close` may come on any thread while another call runs, and must not block.
    An exception other than those named counts as a LoginError with step ``source``, and
    its text is not repeated; a result of another type likewise.
    """

    def login(self, timeout: float) -> Session:
        """Make a new session.

        Raises:
            AuthenticationRejected: the credentials are refused, or cannot be used
                again. The connection fails for good.
            LoginError: for now it does not work; it is tried again, at the earliest
                after ``retry_after`` seconds and, with a ``status`` of 429 or 5xx,
                after the pauses of the official retry policy.
        """
        ...

    def refresh(self, session: Session, timeout: float) -> Session | None:
        """Keep a session alive: every ``Options.refresh_interval`` and before its end.

        Returns:
            the session as it is from now on, with a later ``valid_until`` or even
            another token; None if it is as it was, or needs nothing.

        Raises:
            LoginError: with status 401 the session is dead and a new login is due;
                otherwise it is kept, and this tried again.
        """
        ...

    def logout(self, session: Session, timeout: float) -> None:
        """End a session as well as possible; its failure is nobody's concern."""
        ...

    def close(self) -> None:
        """End a running call with a LoginError, and give everything back; once."""
        ...
