"""What is said over the status endpoint: one JSON object a line, in turns.

Times are seconds, and ages or distances of them: clocks of two processes are not the
same. There are no bodies, no tokens, no addresses and no names of users' files in it.
"""

from __future__ import annotations

from typing import Final, TypeAlias

import msgspec

__all__ = [
    "MOST_REQUEST",
    "PAGE",
    "Actor",
    "Answer",
    "CloseOne",
    "Detail",
    "Done",
    "Happened",
    "Page",
    "Pending",
    "Process",
    "Question",
    "ReadPage",
    "ReconnectOne",
    "Refused",
    "Row",
    "ShowOne",
]

PAGE: Final = 200
"""Rows of one page, at most."""
MOST_REQUEST: Final = 4096
"""Bytes of a request, at most."""


class _Value(msgspec.Struct, kw_only=True, omit_defaults=True):
    pass


class Row(_Value, gc=False):
    """One connection.

    Attributes:
        number: its place in the list; later connections have higher ones.
        id: its connection id.
        kind: name of its class.
        account: the account's number.
        user: the user's id on the wire; empty before the first login.
        in_state: seconds since it came into this state.
        restarts: crashes of its actors so far.
        budget: crashes that are still forgiven, of the actor with the fewest.
        logins: that succeeded, the first included.
        reconnects: how often READY was reached again.
        attempt: attempts since the line was last stable.
        retry_in: seconds until the next attempt; None if none is due.
        window: requests that may be in flight now.
        requests: that ended while somebody watched.
        failed: those of them that got no answer, or one that says no.
        p50, p99: seconds that answers took, of the last half minute; None if nobody
            watched, or nothing was answered.
        reason: why the last line or attempt ended, one line.
    """

    number: int
    id: str
    kind: str = ""
    account: str = ""
    user: str = ""
    state: str = ""
    generation: int = 0
    in_state: float = 0.0
    restarts: int = 0
    budget: int = 0
    logins: int = 0
    reconnects: int = 0
    attempt: int = 0
    retry_in: float | None = None
    in_flight: int = 0
    queued: int = 0
    resting: int = 0
    window: int = 0
    requests: int = 0
    failed: int = 0
    p50: float | None = None
    p99: float | None = None
    reason: str = ""


class Actor(_Value, gc=False):
    """One actor of a connection's tree.

    Attributes:
        above: name of its supervisor; empty for the root.
        strategy: with whom it is restarted.
        objects: how many objects have served it, the present one included.
        inbox: messages that wait.
        alive: whether it has not stopped for good.
        restarts: crashes so far.
        budget: crashes that are still forgiven; None if it shares another's.
        full_in: seconds until the full budget is back.
    """

    name: str
    above: str = ""
    strategy: str = ""
    objects: int = 1
    inbox: int = 0
    alive: bool = True
    restarts: int = 0
    budget: int | None = None
    full_in: float = 0.0


class Happened(_Value, gc=False):
    """An entry of the flight recorder: ``times`` in a row, the last ``ago`` seconds."""

    ago: float
    text: str
    times: int = 1


class Pending(_Value, gc=False):
    """One request that waits: for the line, for its turn, or for its answer.

    Attributes:
        where: ``in flight``, ``queued`` or ``resting`` (after a 429).
        age: seconds that it has been there.
        left: seconds until it is given up.
        resend: whether it may be sent on a second line.
        refusals: how often it was answered with 429.
    """

    id: str
    type: str
    where: str
    age: float
    left: float
    resend: bool = False
    refusals: int = 0


class Process(_Value, gc=False):
    """Whose endpoint it is.

    Attributes:
        program: name of the file that it runs.
        uptime: seconds since the endpoint was opened.
    """

    pid: int
    program: str
    version: str
    uptime: float
    connections: int


class ReadPage(_Value, tag="page", tag_field="ask", gc=False):
    """Ask for the connections after a number."""

    after: int = 0
    limit: int = PAGE


class ShowOne(_Value, tag="show", tag_field="ask", gc=False):
    """Ask for all that is known of one."""

    id: str


class ReconnectOne(_Value, tag="reconnect", tag_field="ask", gc=False):
    """Ask for a new line, at once."""

    id: str


class CloseOne(_Value, tag="close", tag_field="ask", gc=False):
    """Ask for an orderly end."""

    id: str


Question: TypeAlias = ReadPage | ShowOne | ReconnectOne | CloseOne


class Page(_Value, tag="page", tag_field="is"):
    """Some of the connections.

    Attributes:
        more: the number to ask on with; None: these were the last.
        silent: loop threads that did not answer in time; their connections are not
            among these.
        clock: seconds on some clock that does not jump, for rates.
    """

    process: Process
    rows: list[Row]
    clock: float
    more: int | None = None
    silent: int = 0


class Detail(_Value, tag="detail", tag_field="is"):
    """One connection, as it is now.

    Attributes:
        pending: the first of its requests; ``pending_total`` is how many there are.
        history: its flight recorder, oldest first.
    """

    process: Process
    row: Row
    actors: list[Actor]
    history: list[Happened]
    pending: list[Pending]
    pending_total: int
    clock: float


class Done(_Value, tag="done", tag_field="is"):
    """It was done, or is under way."""

    text: str


class Refused(_Value, tag="refused", tag_field="is"):
    """It was not done, and why."""

    text: str


Answer: TypeAlias = Page | Detail | Done | Refused
