"""The connection of a brand's user that makes HTTP calls in place of a websocket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from ums_actors.actors.rest.carrier import RestCarrier
from ums_actors.actors.rest.desk import REST_SERVICE
from ums_actors.arguments import identifier
from ums_actors.auth.csds import DEFAULT_CSDS_HOST
from ums_actors.connection.brand_access import BrandAccess
from ums_actors.connection.setup import Setup
from ums_actors.protocol.ids import ME
from ums_actors.protocol.rest import offered
from ums_actors.protocol.rest.offered import not_offered
from ums_actors.runtime.steps import run_steps
from ums_actors.secret import Secret

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterable, Mapping

    from ums_actors.actors.carrier import Carrier
    from ums_actors.actors.subscription import Kind
    from ums_actors.auth.credentials import Credentials
    from ums_actors.auth.source import TokenSource
    from ums_actors.options import Options
    from ums_actors.outbox import Outbox
    from ums_actors.protocol.requests import Call
    from ums_actors.runtime import LoopFuture
    from ums_actors.runtime.steps import Steps
    from ums_actors.transport.proxy import Proxy

__all__ = ["BrandRestConnection"]


class BrandRestConnection(BrandAccess):
    """A supervised connection of one agent or bot without a websocket (UMS.md 12.7).

    It has the methods of :class:`~ums_actors.BrandWebsocketConnection`, and each does
    the same where the REST service offers it: messages, statuses and chat states of
    all kinds, ``query_messages``, closing, joining, leaving, transfers from the
    assigned agent, TTR and manual ETTR, files, and all that is made of these:
    publishing effectively once, the outbox. Every other request is NotSupported, at
    once: subscriptions, rings, agent states, profiles, the clock, notes, new
    conversations. What is not asked for does not come by itself; webhooks bring it.

    READY means that there is a token, and that it is known where the service is: a
    line is opened with the first call, and kept for the next. Requests wait, are
    counted and bounded as on a websocket; those about one conversation go one after
    the other, and the time for an answer runs from a request's turn. What is changed
    is changed as it was seen (ETag), after a second look if somebody was quicker. A
    token that is refused is renewed, and the call made once more. A call that fails
    concerns its caller alone: ``delivery`` is NOT_SENT if no byte of it was written.

    Args:
        account_id: the brand's account.
        auth: credentials, or any :class:`~ums_actors.auth.source.TokenSource`.
        csds: host of the domain service; ``http://127.0.0.1:PORT`` for a local
            server without TLS.
        domains: service → host, for those that are not to be looked up; REST is
            ``asyncMessagingEnt``.
        options: see :class:`~ums_actors.options.Options`.
        ca_file: a file of CA certificates to trust instead of the system's.
        extra_ca_file: a file of CA certificates to trust as well.
        ssl_context: a TLS context of your own, taken as it is.
        proxy: an HTTP proxy for this connection's calls; see
            :class:`~ums_actors.Proxy`.
        outbox: keeps what :meth:`publish` and its siblings are given; one for each
            connection.
        subscribe: who hears from the first event on: tuples of a target and classes of
            events, as for :meth:`subscribe`.
        memory: what :meth:`save_conversations` gave an earlier process of the same
            user; see there.
        poll_shift_status: ask for the working hours of skills from the first READY
            on; see :class:`~ums_actors.BrandWebsocketConnection`.

    One connection a user: a second login of the same user kills the first one's
    token, that of a websocket too. Give ``auth`` a ready bearer to share one.
    """

    _carrier: ClassVar[type[Carrier] | None] = RestCarrier

    def __init__(
        self,
        account_id: str,
        *,
        auth: Credentials | TokenSource,
        csds: str = DEFAULT_CSDS_HOST,
        domains: Mapping[str, str] | None = None,
        options: Options | None = None,
        ca_file: str | None = None,
        extra_ca_file: str | None = None,
        ssl_context: ssl.SSLContext | None = None,
        proxy: Proxy | None = None,
        outbox: Outbox | None = None,
        subscribe: Iterable[tuple[Any, ...]] = (),
        memory: bytes | str | Mapping[str, Any] | None = None,
        poll_shift_status: bool = False,
    ) -> None:
        setup = Setup(
            account_id,
            csds=csds,
            domains=domains,
            options=options,
            ca_file=ca_file,
            extra_ca_file=extra_ca_file,
            ssl_context=ssl_context,
            proxy=proxy,
            outbox=outbox,
            subscribe=subscribe,
            memory=memory,
        )
        super().__init__(setup, auth, poll_shift_status=poll_shift_status)

    def _get_websocket_url(self) -> LoopFuture[Secret]:
        """Look up the host of the service: its address stands where a socket's does."""
        return run_steps(self._service_url())

    def _service_url(self) -> Steps[Secret]:
        origin = yield from self._origin_of((REST_SERVICE,))
        return Secret(origin.http_url)

    def _subscribe(
        self,
        kind: Kind,
        request_type: str,
        call: Callable[[], Call],
        wait_for_ready: bool,
    ) -> LoopFuture[str]:
        """Refuse what would be made again on each line: there are no subscriptions."""
        del kind, call, wait_for_ready
        raise not_offered(request_type)

    # -- what a websocket does not have

    def get_conversation_by_id(self, conversation_id: str) -> LoopFuture[Any]:
        """Ask for a conversation; done with what the service says, as plain JSON.

        See :meth:`get_conversation` for one that is kept true.
        """
        return self._ask(offered.get_conversation(conversation_id))

    def get_dialog(
        self, conversation_id: str, dialog_id: str | None = None
    ) -> LoopFuture[Any]:
        """Ask for a dialog, the main one if none is named; done with plain JSON."""
        return self._ask(offered.get_dialog(conversation_id, dialog_id))

    def get_participant(
        self,
        conversation_id: str,
        participant_id: str | None = None,
        dialog_id: str | None = None,
    ) -> LoopFuture[Any]:
        """Ask for one who takes part in a dialog; done with plain JSON.

        Args:
            conversation_id: whose dialog it is.
            participant_id: who: an agent by ``account.user`` or PID, a consumer by
                the one id that consumers have; the own user if not given.
            dialog_id: which dialog; the main one if not given.
        """
        return self._for_participant(
            participant_id,
            lambda who: offered.get_participant(conversation_id, who, dialog_id),
        )

    def remove_participant(
        self,
        conversation_id: str,
        participant_id: str | None = None,
        dialog_id: str | None = None,
    ) -> LoopFuture[str]:
        """Take somebody out of a dialog; arguments as for :meth:`get_participant`.

        Whatever their role: :meth:`leave_dialog` does the same by REST.
        """
        return self._for_participant(
            participant_id,
            lambda who: offered.remove_participant(conversation_id, who, dialog_id),
        )

    def _for_participant(
        self, participant_id: str | None, call: Callable[[str], Call]
    ) -> LoopFuture[Any]:
        if participant_id in (None, ME):
            return self._for_self(call)
        known = self._kernel.ids.agent_of(identifier("participant_id", participant_id))
        return self._call(call(known or str(participant_id)))
