"""What fails in the background: logged, and told to who hears ErrorOccurred."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from ums_actors.actors.events import ErrorOccurred
from ums_actors.core.reason import crash_of
from ums_actors.errors import UMSError

if TYPE_CHECKING:
    from ums_actors.actors.kernel import Kernel

__all__ = ["observed", "report"]

_PLACES = ("notification_type", "conversation_id", "dialog_id", "subscription_id")


def observed(kernel: Kernel, event: str, level: int, fields: dict[str, Any]) -> None:
    """Tell the observer, and the flight recorder, of an event; loop thread.

    Args:
        kernel: of the connection; its id and generation are added to the fields.
        event: a constant name.
        level: of the log record.
        fields: safe to be shown, but for an ``error``: of that, type and place are.
    """
    shown = (
        f"{name}={crash_of(value) if isinstance(value, BaseException) else value}"
        for name, value in fields.items()
    )
    kernel.note(f"{event} {' '.join(shown)}".rstrip())
    kernel.runtime.observer.observe(event, level, {**kernel.place(), **fields})


def report(
    kernel: Kernel,
    context: str,
    error: BaseException,
    level: int = logging.WARNING,
    **fields: Any,
) -> None:
    """Report an error that no caller waits for; loop thread.

    Of many of one kind the log gets some, which say how many were held back.

    Args:
        kernel: of the connection.
        context: a constant name, for the log and the event.
        error: what happened; one of ours is logged by its text, others in full.
        level: of the log record.
        fields: more for the log; places such as ``dialog_id`` are in the event, too.
    """
    if isinstance(error, UMSError):
        fields.setdefault("reason", str(error))
    else:
        fields["error"] = error
    held = kernel.counters.throttle.admit(context, kernel.loop.clock.now())
    if held is not None:
        observed(
            kernel, context, level, {**fields, "held_back": held} if held else fields
        )
    places = {name: fields[name] for name in _PLACES if name in fields}
    kernel.subscribers.publish(ErrorOccurred(context=context, error=error, **places))
