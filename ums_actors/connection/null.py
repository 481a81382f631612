"""A connection that only hears: without a line, a login, or anybody to ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

from ums_actors.actors.nothing import NullCarrier, nothing_asked
from ums_actors.arguments import identifier, shown
from ums_actors.connection.access import Access
from ums_actors.connection.model import Model
from ums_actors.connection.setup import Setup
from ums_actors.errors import LocalProtocolError
from ums_actors.runtime import LoopFuture
from ums_actors.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ums_actors.actors.carrier import Carrier
    from ums_actors.actors.kernel import Kernel
    from ums_actors.actors.messages import SubmitRequest
    from ums_actors.auth.csds import Csds
    from ums_actors.auth.session import Session
    from ums_actors.auth.source import TokenSource
    from ums_actors.connection.model import Saved
    from ums_actors.connection.publishing import Sought
    from ums_actors.http.client import Http
    from ums_actors.options import Options
    from ums_actors.runtime.steps import Steps

__all__ = ["NullConnection"]


class NullConnection(Access, Model):
    """A supervised connection that hears what webhooks bring, and asks nothing.

    The reference's own name for it (UMS.md 12.4). It takes webhooks from its start on;
    :meth:`open` makes it READY at once. Whatever would be asked of the service is
    NotSupported. It cannot fetch what is missing either: what comes before its turn
    waits for ``Options.out_of_order_timeout``, then MessagesMissed is told in the place
    of what did not come.

    Args:
        account_id: the brand's account.
        user_id: who the user is, as notifications name it: ``account.user`` or the PID
            of an agent, or a consumer's id; so that ``mine`` and ``is_self`` are known.
        user_pid: the PID of the agent whose ``account.user`` is the ``user_id``, for
            both stand in notifications.
        options: see :class:`~ums_actors.options.Options`.
        subscribe: who hears from the first event on: tuples of a target and classes of
            events, as for :meth:`subscribe`.
        memory: what :meth:`save_conversations` gave an earlier process.
    """

    _carrier: ClassVar[type[Carrier] | None] = NullCarrier

    def __init__(
        self,
        account_id: str,
        *,
        user_id: str | None = None,
        user_pid: str | None = None,
        options: Options | None = None,
        subscribe: Iterable[tuple[Any, ...]] = (),
        memory: Saved | None = None,
    ) -> None:
        self._user = (
            None if user_id is None else identifier("user_id", user_id),
            None if user_pid is None else identifier("user_pid", user_pid),
        )
        setup = Setup(account_id, options=options, subscribe=subscribe, memory=memory)
        super().__init__(setup, None)

    def _make_kernel(self) -> Kernel:
        kernel = super()._make_kernel()
        user_id, user_pid = self._user
        kernel.own_id = own = user_id or user_pid
        if own is not None and kernel.made("memory"):
            of_whom = kernel.memory.user
            if of_whom and of_whom != own:
                raise LocalProtocolError(
                    f"memory is of the user {shown(of_whom)}, and this connection is "
                    f"of {shown(own)}: give each connection its own"
                )
        if user_id is not None and user_pid is not None:
            kernel.ids.learn(user_id, user_pid)
        return kernel

    # -- there is no way in

    def _token_source(self, csds: Csds, http: Http) -> TokenSource:
        del csds, http
        return _NoTokens()

    def _identify(self, login: Session) -> str:
        return login.user_id

    def _init_token(self) -> LoopFuture[Any]:
        return LoopFuture.of(None)

    def _get_websocket_url(self) -> Secret:
        return Secret("")

    def get_token(self) -> LoopFuture[str]:
        """Refuse: there is none."""
        raise nothing_asked("a token")

    def refresh_token(self) -> LoopFuture[None]:
        """Refuse: there is none."""
        raise nothing_asked("a token")

    # -- and nobody to ask

    def _pass_on(self, command: SubmitRequest) -> LoopFuture[Any]:
        raise nothing_asked(command.type)

    def create_conversation_subscription(
        self, query: Any = None, wait_for_ready: bool = False
    ) -> LoopFuture[str]:
        """Refuse: which conversations it hears of is settled where webhooks are."""
        del query, wait_for_ready
        raise nothing_asked("a subscription")

    def catch_up(self, dialog_id: str) -> LoopFuture[None]:
        """Refuse: nobody can be asked what was said."""
        del dialog_id
        raise nothing_asked("for messages")

    def _open_courier(self) -> NoReturn:
        raise nothing_asked("a message")

    def _look(self, sought: Sought) -> Steps[bool]:
        del sought
        raise nothing_asked("for messages")


class _NoTokens:
    """A source that nobody asks."""

    def login(self, timeout: float) -> Session:
        """Refuse: nobody is to call this."""
        del timeout
        raise nothing_asked("a login")

    def refresh(self, session: Session, timeout: float) -> Session | None:
        """Refuse likewise."""
        del session, timeout
        raise nothing_asked("a login")

    def logout(self, session: Session, timeout: float) -> None:
        """Nothing was logged in."""

    def close(self) -> None:
        """There is nothing to give back."""
