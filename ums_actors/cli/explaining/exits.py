"""Steps of an attempt, the words for exits and verdicts, and the actors that crash."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ums_actors.actors.kernel import ROOT_CRASHES, TREE
from ums_actors.cli.explain import CONNECT_HINTS, LOGIN_HINTS
from ums_actors.cli.explaining.answer import (
    OPTIONS,
    Answer,
    Case,
    case_of,
    meaning,
    seconds,
)
from ums_actors.cli.explaining.lines import LINE_NOTES
from ums_actors.cli.explaining.statuses import refresh_case
from ums_actors.core import reason as why
from ums_actors.core.restart import ExitKind, StartChild, Supervision
from ums_actors.core.severity import ALARMING_CRASHES
from ums_actors.core.verdict import CONSEQUENCES, Verdict
from ums_actors.errors import LoginError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ums_actors.core.reason import Reason

__all__ = ["ACTORS", "EXITS", "STEPS", "VERDICTS", "actor", "exit_", "step", "verdict"]

STEPS: Final = {
    "resolve": "the host's name is looked up",
    "tcp": "TCP to all addresses of the host",
    "proxy": "the way through a proxy",
    "tls": "TLS, and whether the host is who it says",
    "upgrade": "the websocket handshake; explain its HTTP status, too",
    "queue": "waiting for a worker that connects",
    "csds": "the domain service says where the others are",
    "login": "the login service gives a token; explain its HTTP status, too",
    "refresh": "the login service keeps a token alive",
    "source": "a TokenSource of your own gives a token",
    "restore": "subscriptions and the agent's state are made again",
    "close": "saying goodbye to the peer",
    "read": "a local file is read",
    "upload": "a file goes to the file service",
    "download": "a file comes from the file service",
    "transfer": "a file, out of time",
}
"""Those of ConnectError, LoginError and FileError, and of what follows the upgrade."""
_FILE_STEPS: Final = ("read", "csds", "upload", "download", "transfer")

EXITS: Final[dict[str, Reason]] = {
    type(each).__name__: each
    for each in (
        why.Stopped(),
        why.LineClosed(1001),
        why.LineBroken("reset"),
        why.PeerSilent(OPTIONS.pong_timeout),
        why.PeerMisbehaved("what it did", 1002),
        why.UpgradeRefused(502),
        why.TokenRefused(400),
        why.ConnectFailed("tcp"),
        why.LoginFailed("login"),
        why.CredentialsRejected(),
        why.Fenced(),
        why.RestoreFailed("the subscription"),
        why.Crashed("KeyError", ""),
    )
}
"""Every reason for which something ends, with one to ask the policy about."""
_ON_THE_LINE: Final = ("LineClosed", "LineBroken", "PeerSilent", "PeerMisbehaved")

VERDICTS: Final = tuple(map(str, Verdict))

ACTORS: Final = {
    "token": "logs in, refreshes, forgets",
    "correlator": "knows who waits for which answer",
    "socket": "one generation a websocket",
    "supervisor": "carries out what the policy decides",
    "root": "the address that you hold",
}
"""Those of a connection: the tree's children, and the two that hold the rest."""


def step(name: str) -> Answer:
    """Explain a step by its name in an error."""
    hints = (CONNECT_HINTS.get(name), LOGIN_HINTS.get(name))
    return Answer(
        what=name,
        kind="step",
        means=STEPS[name],
        cases=tuple(_stuck(name)),
        advice="; ".join(hint for hint in hints if hint),
    )


def _stuck(name: str) -> Iterator[Case]:
    """Say what follows wherever a step of this name can fail."""
    if name in CONNECT_HINTS:
        note = f"All steps to an open line have {seconds(OPTIONS.connect_timeout)}."
        yield case_of("connecting fails there", why.ConnectFailed(name), note)
    if name == "refresh":
        yield refresh_case(LoginError("no answer", step=name))
    elif name in LOGIN_HINTS:
        note = f"Look-up and login have {seconds(OPTIONS.login_timeout)} together."
        yield case_of("the login fails there", why.LoginFailed(name), note)
    elif name == "restore":
        note = f"It has {seconds(OPTIONS.restore_timeout)}."
        late = why.ConnectFailed(name, timed_out=True)
        yield case_of("it takes too long", late, note)
    elif name == "close":
        yield Case(
            when="it takes too long",
            says="The socket is shut without an answer; the connection is CLOSED.",
            notes=(f"It has {seconds(OPTIONS.close_timeout)}.",),
        )
    if name in _FILE_STEPS:
        yield Case(
            when="a file fails there",
            says="Who called gets a FileError; the connection goes on.",
            notes=(f"A file has {seconds(OPTIONS.file_timeout)} in all.",),
        )


def exit_(name: str) -> Answer:
    """Explain a reason for which something ends, by its name."""
    found = EXITS[name]
    notes = LINE_NOTES if name in _ON_THE_LINE else ()
    return Answer(
        what=name,
        kind="exit",
        means=meaning(type(found)),
        cases=(case_of("an attempt or a line ends so", found, *notes),),
    )


def verdict(name: str) -> Answer:
    """Explain a verdict, and say which exits it is passed on."""
    means = CONSEQUENCES[Verdict(name)]
    exits = [key for key, each in EXITS.items() if case_of("", each).verdict == name]
    case = Case(
        when=f"it is passed, as on {', '.join(exits)}",
        verdict=name,
        says=f"{means[0].upper()}{means[1:]}.",
    )
    return Answer(what=name, kind="verdict", means=means, cases=(case,))


def actor(name: str) -> Answer:
    """Explain what a crash of one actor leads to."""
    return Answer(
        what=name,
        kind="actor",
        means=ACTORS[name],
        cases=(_holder_crashes(name) if name in _HOLDERS else _child_crashes(name),),
        advice="look at the log: actor.crashed has the traceback and the history",
    )


_HOLDERS: Final = ("root", "supervisor")


def _holder_crashes(name: str) -> Case:
    """Say what becomes of the two that hold the rest."""
    period = seconds(OPTIONS.restart_period)
    forgiven = (
        f"{ROOT_CRASHES} crash of root or supervisor in {period} is forgiven, one more "
        "and the connection has FAILED."
    )
    notes = [forgiven]
    if name == "root":
        notes.append(
            "A hook of a subclass that raises during an attempt ends the attempt, and "
            f"{OPTIONS.restart_intensity} of these are forgiven.",
        )
    return Case(
        when="it crashes",
        verdict=str(Verdict.CRASH),
        says="It is made anew at its old address, and a READY line stays.",
        notes=tuple(notes),
    )


def _child_crashes(name: str) -> Case:
    """Let the supervision say how often, and with whom, it is restarted."""
    supervision = Supervision(
        TREE, intensity=OPTIONS.restart_intensity, period=OPTIONS.restart_period
    )
    forgiven = supervision.budget_left(name, 0.0)
    plan = supervision.decide(name, ExitKind.ABNORMAL, 0.0)
    started = [action.name for action in plan if isinstance(action, StartChild)]
    others = " and ".join(each for each in started if each != name)
    also = f", and {others} with it" if others else ""
    line = (
        "The line is renewed; requests that were written fail with ConnectionLost, "
        "delivery UNKNOWN."
        if "socket" in started
        else "The line stays."
    )
    period, stable = seconds(OPTIONS.restart_period), seconds(OPTIONS.stable_after)
    forgiveness = (
        f"{forgiven} crashes in {period} are forgiven, one more and the connection has "
        f"FAILED; a line that holds for {stable} gives the full budget back."
    )
    return Case(
        when="it crashes",
        verdict=str(Verdict.CRASH),
        says=f"It is restarted at once{also}. {line} The message that it crashed on is "
        "lost, those behind it are not.",
        notes=(
            forgiveness,
            f"From crash {ALARMING_CRASHES} on, connection.exit is of level ERROR.",
        ),
    )
