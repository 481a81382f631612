"""Taking over what an earlier process knew of conversations.

It is read and checked on a worker, or by whoever starts a connection; the loop's thread
takes it over, some conversations at a time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ums_actors.actors.messages import CatchUp
from ums_actors.actors.saving import PATIENCE, gently, next_turn, side_of
from ums_actors.arguments import shown
from ums_actors.core.kept import Kept  # noqa: TC001  help() reads it
from ums_actors.core.recalling import Recalled, recall, recalled
from ums_actors.errors import LocalProtocolError
from ums_actors.model.dialog import Dialog
from ums_actors.runtime.steps import Steps, run_steps

if TYPE_CHECKING:
    from ums_actors.actors.kernel import Kernel
    from ums_actors.core.card import Card
    from ums_actors.model.conversation import Conversation
    from ums_actors.options import Options
    from ums_actors.runtime import LoopFuture

__all__ = [
    "Memory",
    "Prepared",
    "check_owner",
    "load",
    "load_at_start",
    "load_dialog",
    "prepared",
]

_TURN: Final = 50
"""Conversations that are taken over before the loop may do something else."""


class Memory:
    """What a connection remembers of what it has loaded.

    Attributes:
        user: whose that was, as long as nobody has logged in; empty if not known.
    """

    __slots__ = ("user",)

    def __init__(self) -> None:
        self.user: str = ""


class Prepared(NamedTuple):
    """What was saved, read and checked; any thread."""

    kept: Kept
    found: list[Recalled]


def prepared(data: Any, options: Options, kind: str = "connection") -> Prepared:
    """Read what was saved; any thread, may take seconds.

    Raises:
        LocalProtocolError: it cannot be loaded; the text says why.
    """
    kept = recall(
        data,
        kinds=(kind,),
        conversations=options.conversation_limit,
        dialogs=options.dialog_limit,
    )
    most = options.messages_per_dialog
    return Prepared(
        kept, [recalled(each, messages=most) for each in gently(kept.conversations)]
    )


def load(kernel: Kernel, data: Any, kind: str) -> LoopFuture[tuple[Conversation, ...]]:
    """Take over what was saved; loop thread.

    Args:
        kernel: of the connection.
        data: what was saved.
        kind: of which kind it must be.

    Raises (through the future):
        LocalProtocolError: it cannot be loaded; the text says why. Nothing of it has
            been taken over then.
    """
    return run_steps(_loaded(kernel, data, kind))


def load_dialog(
    kernel: Kernel, card: Card[Conversation], data: Any
) -> LoopFuture[Dialog]:
    """Take over one dialog of a conversation; loop thread. Errors as for `load`."""
    return run_steps(_loaded_dialog(kernel, card, data))


def _loaded(kernel: Kernel, data: Any, kind: str) -> Steps[tuple[Conversation, ...]]:
    kept, found = yield _read_all(kernel, data, kind)
    _check(kernel, kept)
    views: list[Conversation] = []
    for first in range(0, len(found), _TURN):
        some = found[first : first + _TURN]
        views += [_take_over(kernel, each, kind) for each in some]
        yield next_turn(kernel)
    _go_on(kernel, kept)
    return tuple(views)


def _loaded_dialog(
    kernel: Kernel, card: Card[Conversation], data: Any
) -> Steps[Dialog]:
    kept, (found,) = yield _read_all(kernel, data, "dialog")
    _check(kernel, kept)
    its, ours = found.facts.conversation_id, card.conversation_id
    if its != ours:
        raise LocalProtocolError(
            f"what was saved cannot be loaded: the dialog belongs to the conversation "
            f"{its!a}, not to {ours!a}"
        )
    if len(found.facts.dialogs) != 1:
        raise LocalProtocolError(
            f"what was saved cannot be loaded: it has {len(found.facts.dialogs)} "
            "dialogs, and should have 1"
        )
    _learn(kernel, found)
    kernel.conversations.recall_dialog(card, found)
    _go_on(kernel, kept)
    (facts,) = found.facts.dialogs
    return Dialog(facts, card, kernel.conversations.office)


def _read_all(kernel: Kernel, data: Any, kind: str) -> LoopFuture[Prepared]:
    pool = kernel.runtime.workers("hooks")
    return pool.submit(
        kernel.loop, lambda: prepared(data, kernel.options, kind), timeout=PATIENCE
    )


def load_at_start(kernel: Kernel, earlier: Prepared) -> None:
    """Take over what was saved before anything else happens; the starting thread."""
    _check(kernel, earlier.kept)
    for each in earlier.found:
        _take_over(kernel, each, earlier.kept.kind)
    _go_on(kernel, earlier.kept)


def check_owner(kept: Kept, account: str, *, follows: bool) -> None:
    """Refuse what is of another account, or of the other side.

    Raises:
        LocalProtocolError: it is.
    """
    _same("account", kept.account, account)
    _same("side", kept.side, side_of(follows=follows))


def _check(kernel: Kernel, kept: Kept) -> None:
    """Refuse what is another's; remember whose it is."""
    check_owner(kept, kernel.account_id, follows=kernel.follows)
    memory = kernel.memory
    own = kernel.own_id or memory.user
    if own and kept.user:
        _same("user", kept.user, own)
    memory.user = own or kept.user


def _same(what: str, its: str, ours: str) -> None:
    if its != ours:
        raise LocalProtocolError(
            f"what was saved cannot be loaded: it is of the {what} {shown(its)}, and "
            f"this connection is of {shown(ours)}: give each connection its own"
        )


def _take_over(kernel: Kernel, each: Recalled, kind: str) -> Conversation:
    _learn(kernel, each)
    return kernel.conversations.recall(each, pinned=kind != "connection")


def _learn(kernel: Kernel, each: Recalled) -> None:
    """Learn who is who."""
    for dialog in each.facts.dialogs:
        for member in dialog.members:
            if member.agent_id:
                kernel.ids.learn(member.agent_id, member.user_id)


def _go_on(kernel: Kernel, kept: Kept) -> None:
    """Go on in each dialog from where it was left."""
    streams = kernel.streams
    for dialog_id, place in kept.places.items():
        streams.resume(dialog_id, place)
    if kept.kind == "connection":
        streams.resume_finished(kept.finished)
        streams.resumed(kept.history_until)
        kernel.baseline_seen = True  # what is new in the first snapshot is news
    if "correlator" in kernel.refs:
        kernel.refs["correlator"].tell(CatchUp())
