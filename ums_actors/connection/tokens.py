"""The token of a connection: given, refreshed, forgotten, and ended with it."""

from __future__ import annotations

import abc
import contextlib
from typing import TYPE_CHECKING

from ums_actors.actors.departure import PATIENCE
from ums_actors.actors.messages import InvalidateToken, LogOut, RefreshToken
from ums_actors.connection.hearing import Hearing
from ums_actors.errors import ConnectionLost
from ums_actors.runtime import LoopFuture
from ums_actors.runtime.steps import run_steps

if TYPE_CHECKING:
    from ums_actors.runtime.steps import Steps

__all__ = ["Tokens"]


class Tokens(Hearing, abc.ABC):
    """What users can do with the token; the work is the token actor's."""

    @abc.abstractmethod
    def get_token(self) -> LoopFuture[str]:
        """Give a valid token; waits for a login that is under way."""

    @abc.abstractmethod
    def close(self) -> LoopFuture[None]:
        """Close in an orderly way."""

    def refresh_token(self) -> LoopFuture[None]:
        """Refresh the token now; done when it is known to be alive.

        One that the service refuses to refresh is replaced by a new login; the line
        stays as it is. Needed only with ``Options(refresh_tokens=False)``, or by who
        cannot wait. All who ask at the same time share one refresh.

        Raises (through the future):
            LoginError: the service could not be reached, or is ill; the token is kept.
            AuthenticationRejected: it is dead, and the credentials are refused.
        """
        reply: LoopFuture[None] = LoopFuture()
        self._kernel.refs["token"].tell(RefreshToken(reply))
        return reply

    def _on_auth_invalid_error(self) -> None:
        """Forget the token; the next attempt, or who asks, fetches one."""
        kernel = self._kernel
        generation = kernel.token_generation
        kernel.refs["token"].tell(InvalidateToken(generation, "_on_auth_invalid_error"))

    def _before_stop(self) -> LoopFuture[None]:
        return run_steps(self._leave())

    def _leave(self) -> Steps[None]:
        """Close, then log out, as far as that is possible in time."""
        yield self.close()
        kernel, done = self._kernel, LoopFuture[None]()
        patience = min(PATIENCE, kernel.options.close_timeout)
        timer = self._loop.call_later(patience, done.try_set)
        kernel.refs["token"].tell(LogOut(done))
        with contextlib.suppress(ConnectionLost):  # its crash has been reported
            yield done
        timer.cancel()
