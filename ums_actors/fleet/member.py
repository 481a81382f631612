"""One agent of a fleet: its connection, and what the fleet remembers of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from pykka.messages import ProxyCall

from ums_actors.actors.ear import Ear
from ums_actors.actors.events import StateChanged

if TYPE_CHECKING:
    from ums_actors.actors.events import Event
    from ums_actors.actors.kernel import Kernel
    from ums_actors.core.rivalry import Rivalry
    from ums_actors.fleet.spec import AgentSpec, Key
    from ums_actors.fleet.supervision import Supervision
    from ums_actors.fleet.switchboard import Switchboard
    from ums_actors.runtime import Loop, LoopFuture, LoopRef, Runtime
    from ums_actors.runtime.timers import Timer

__all__ = ["Member"]


class Member(Ear):
    """Hears its connection, and passes on what it hears; loop thread after its start.

    Attributes:
        spec: what it is started with.
        key: account and user.
        sourced: whether it came from the fleet's source, and not by hand.
        left: done when it has been removed; None until that is asked for.
        stage: how far it has come in going online: 0, 1 (rings are subscribed to), 2.
        busy: whether it is on that way.
        settled: whether it was READY, or has failed, since it was added.
        ready_at: monotonic seconds of the present READY; None if it is not.
        tried: trials since it was last proven.
        timer: of the next trial.
        retry_at: its monotonic second.
        rivalry: what tokens of it were refused; None if none was.
        contested: whether it was closed since somebody else is this user, too.
    """

    __slots__ = (
        "_board",
        "_ref",
        "_watch",
        "busy",
        "contested",
        "key",
        "left",
        "ready_at",
        "retry_at",
        "rivalry",
        "settled",
        "sourced",
        "spec",
        "stage",
        "timer",
        "tried",
    )

    def __init__(
        self, spec: AgentSpec, board: Switchboard, watch: Supervision, *, sourced: bool
    ) -> None:
        self.spec: AgentSpec = spec
        self.key: Key = spec.key
        self.sourced: bool = sourced
        self.left: LoopFuture[None] | None = None
        self.stage: int = 0
        self.busy: bool = False
        self.settled: bool = False
        self.contested: bool = False
        self.ready_at: float | None = None
        self.tried: int = 0
        self.timer: Timer | None = None
        self.retry_at: float | None = None
        self.rivalry: Rivalry | None = None
        self._board = board
        self._watch = watch
        self._ref: LoopRef[Any] | None = None

    def start(self, runtime: Runtime) -> None:
        """Start its connection, which is NEW then; any thread, once.

        Raises:
            LocalProtocolError: an argument breaks a rule.
        """
        spec, kinds = self.spec, self._board.kinds
        settings = dict(spec.settings)
        own = (self, *kinds, StateChanged) if kinds else (self,)
        settings["subscribe"] = (own, *settings.get("subscribe", ()))
        start = cast("Any", spec.kind).start
        self._ref = start(spec.account_id, auth=spec.auth, runtime=runtime, **settings)

    @property
    def leaving(self) -> bool:
        """Whether it is being removed, or has been; any thread."""
        return self.left is not None

    @property
    def ref(self) -> LoopRef[Any]:
        """The reference of its connection; any thread."""
        ref = self._ref
        if ref is None:
            raise RuntimeError(f"agent {self.key} has not been started")
        return ref

    @property
    def is_there(self) -> bool:
        """Whether its connection is started, and has not stopped; any thread."""
        return self._ref is not None and self._ref.is_alive()

    @property
    def has_ended(self) -> bool:
        """Whether its connection was stopped by somebody else; any thread."""
        return self._ref is not None and not self._ref.is_alive()

    def look(self) -> Kernel | None:
        """Give what its connection remembers; None if there is none; any thread."""
        ref = self._ref
        if ref is None or ref._cell.ended:
            return None
        kernel: Kernel = ref._cell.keep
        return kernel

    @property
    def loop(self) -> Loop:
        """The loop of its connection."""
        return self.ref._cell.loop

    @property
    def kernel(self) -> Kernel:
        """What its connection remembers."""
        return cast("Kernel", self.ref._cell.keep)

    def call(self, method: str, *given: Any) -> LoopFuture[Any]:
        """Call a method of its connection, as a proxy does; any thread."""
        message = ProxyCall(attr_path=(method,), args=given, kwargs={})
        return self.ref.ask(message, block=False)

    # -- as the ear of its connection

    def push(self, event: Event) -> bool:
        """Hear an event; tell whether none of this agent's was lost for it."""
        if type(event) is StateChanged:
            self._watch.saw(self, event)
        return self._board.tell(self.key, event)

    def __len__(self) -> int:
        return self._board.waiting(self.key)

    def __bool__(self) -> bool:
        return True  # also if nothing waits

    def waiting(self) -> list[Event]:
        """Give the events of it that the fleet's hearers have not done with."""
        return self._board.untaken(self.key)

    def token_refused(self) -> None:
        """Hear that the token is dead."""
        self._watch.refused(self)

    def close(self) -> None:
        """Take note that the connection has stopped, whoever did it."""
        self._watch.ended(self)
