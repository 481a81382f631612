"""The port through which a connection gets its tokens."""

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
    An exception other than those named counts as a LoginError with step ``source``.
    """

    def login(self, timeout: float) -> Session:
        """Make a new session.

        Raises:
            AuthenticationRejected: the credentials are refused, or cannot be used
                again. The connection fails for good.
            LoginError: for now it does not work; it is tried again.
        """
        ...

    def refresh(self, session: Session, timeout: float) -> None:
        """Keep a session alive; does nothing where that is not needed.

        Raises:
            LoginError: with status 401 the session is dead and a new login is due;
                otherwise it is tried again.
        """
        ...

    def logout(self, session: Session, timeout: float) -> None:
        """End a session as well as possible; its failure is nobody's concern."""
        ...

    def close(self) -> None:
        """End a running call with a LoginError, and give everything back."""
        ...
