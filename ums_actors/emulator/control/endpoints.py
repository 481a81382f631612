"""Every call that a script may make, in words: what it takes, what it gives."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from ums_actors.emulator.choices import WEBHOOK_RETRIES
from ums_actors.emulator.faults.registry import KINDS
from ums_actors.emulator.http.rest.service import ROUTES
from ums_actors.emulator.sides.webhooks import EVENT_NAMES

__all__ = ["CONTROL_PATH", "ENDPOINTS", "Endpoint", "described"]

CONTROL_PATH: Final = "/emulator"

_USER: Final = "login name or consumer id; without it everyone"
_CONVERSATION: Final = "id of a conversation"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One call.

    Attributes:
        path: below ``/emulator``.
        does: what it is for.
        gives: the JSON of its answer.
        query: meaning by name of each parameter; a required one says so.
        body: the JSON that it takes, or by name what each member means.
    """

    method: str
    path: str
    does: str
    gives: str
    query: dict[str, str] = field(default_factory=dict)
    body: dict[str, Any] | None = None

    @property
    def key(self) -> str:
        """Method and path."""
        return f"{self.method} {self.path}"


_CONSUMERS: Final = {
    "open": {
        "skill": "skill id; without it the conversation has none",
        "assign": "login name of who is its agent from the start",
        "text": "a first message",
        "consumer": "id of a consumer; without it a new one",
        "survey": "true has a survey follow the closed MAIN dialog",
    },
    "open-many": {
        "count": "how many",
        "apart": "milliseconds between the last changes of one and the next, the last "
        "of them now; without it 0",
        "skill": "skill id; without it they have none",
        "assign": "login name of who is their agent from the start",
        "text": "a first message in each",
        "consumer": "id of the consumer of all; without it each has a new one",
    },
    "write": {
        "conversation": _CONVERSATION,
        "text": "the message",
        "dialog": "id of a dialog; without it the MAIN one",
        "metadata": "a list of typed objects",
    },
    "accept": {
        "conversation": _CONVERSATION,
        "sequences": "a list of sequences",
        "status": "READ, ACCEPT and so on; without it READ",
    },
    "submit": {
        "conversation": _CONVERSATION,
        "invitation": "id of the invitation to a secure form",
        "submission": "id of what was filled in; without it a new one",
    },
    "cobrowse": {
        "conversation": _CONVERSATION,
        "session": "INVITED opens a COBROWSE dialog, ACCEPTED, JOINED and CLOSED go on "
        "with it; without it INVITED",
        "mode": "COBROWSE, VIDEO_CALL or VOICE_CALL; without it COBROWSE",
    },
    "close": {"conversation": _CONVERSATION},
    "read": {"conversation": _CONVERSATION, "since": "a sequence; without it 0"},
}
_FAULT: Final = {
    "name": "required; which fault, see faults",
    "user": _USER,
    "count": "how often it strikes; without it until it is deleted",
    "value": "what the fault takes, see faults; without it the default",
}
_WEBHOOKS: Final = (
    '{"webhooks": [{"url", "form", "signed" (the algorithm, or null), "events", '
    '"retries", "parallel", "posted", "failed" (tries), "lost" (given up), "waiting"}, '
    "…]}: all there are"
)
_FAULTS: Final = '{"faults": [{"name", "user"?, "count"?, "value"?}, …]}: all there are'

_SHIFT: Final = {
    "skill": "required; skill id, a new one too",
    "on": "required; true or false",
    "next_on": "when its next shift begins, epoch milliseconds; without it not known",
    "next_off": "when a shift of it ends next, likewise",
}
_SHIFTS: Final = (
    '{"shifts": [{"skill", "on", "next_on", "next_off"}, …]}: all there are'
)

ENDPOINTS: Final = (
    Endpoint(
        "GET",
        "",
        "Say what every call takes and gives.",
        '{"calls": […], "faults": […], "rest": […]}',
    ),
    Endpoint(
        "POST",
        "/consumer",
        "Play a consumer without a socket: one action, or a list of them in order.",
        'of open {"conversation", "dialog", "consumer", "sequence"}; of open-many '
        '{"conversations": their ids, the one that changed first first}; of write, '
        'accept and submit {"sequence"}; of cobrowse {"dialog"}; of close {"closed": '
        'true}; of read {"conversation", "stage", "events"}; for a list, the list of '
        "these",
        body={"action": _CONSUMERS},
    ),
    Endpoint(
        "GET",
        "/conversations",
        "List all conversations, oldest first.",
        '{"conversations": [{"conversation", "consumer", "stage", "skill", "assigned", '
        '"ringing", "participants", "events"}, …]}',
    ),
    Endpoint(
        "POST",
        "/conversation",
        "Change what of a conversation is the service's own, and no client's.",
        '{"changed": true}',
        body={
            "conversation": f"required; {_CONVERSATION}",
            "group": "id of the group of agents it belongs to; empty for none",
            "app_install": "id of the installation of an application it comes from",
        },
    ),
    Endpoint(
        "GET",
        "/transcript",
        "Give the events of a conversation, as brand sockets see them, and who was to "
        "hear each (recipients).",
        '{"conversation", "stage", "events": […]}',
        query={
            "conversation": f"required; {_CONVERSATION}",
            "since": "a sequence; without it 0",
            "wait": "seconds to wait until there are any, at most 30; without it 0",
        },
    ),
    Endpoint(
        "POST",
        "/shifts",
        "Let a skill be on shift or off; it stays so, whatever times are named.",
        _SHIFTS,
        body=_SHIFT,
    ),
    Endpoint("GET", "/shifts", "List the working hours of all skills.", _SHIFTS),
    Endpoint(
        "POST",
        "/close",
        "Close sockets with a close frame.",
        '{"closed": how many}',
        query={"code": "required; a close code from 1000 to 4999", "user": _USER},
    ),
    Endpoint(
        "POST",
        "/cut",
        "Reset TCP connections of sockets without a close frame.",
        '{"closed": how many}',
        query={"user": _USER},
    ),
    Endpoint(
        "POST",
        "/freeze",
        "Make sockets half-open: they stay, and nothing is read or written any more.",
        '{"frozen": how many}',
        query={"user": _USER},
    ),
    Endpoint(
        "POST",
        "/expire-tokens",
        "Kill live tokens; sockets stay up.",
        '{"expired": how many}',
        query={"user": _USER},
    ),
    Endpoint("POST", "/faults", "Let something go wrong.", _FAULTS, body=_FAULT),
    Endpoint("GET", "/faults", "List what goes wrong.", _FAULTS),
    Endpoint(
        "DELETE",
        "/faults",
        "Delete faults.",
        _FAULTS,
        query={
            "name": "a fault; without it every one",
            "user": "whose; without it all",
        },
    ),
    Endpoint(
        "POST",
        "/webhooks",
        "Post what happens from now on to an address of this machine; one that is "
        "there already is replaced. What is not answered with 200 or 201 comes again.",
        _WEBHOOKS,
        body={
            "url": "required; http://127.0.0.1:PORT/…",
            "form": '"notification" (as documented), "wrapped" ({"wsNotificationMsg": '
            '…}) or "dotted" (as brand sockets hear it); without it notification',
            "secret": "signs the bodies (x-liveperson-signature); without it none is",
            "algorithm": '"sha1" or "sha256", of the signature; without it sha1',
            "events": f"a list of {', '.join(EVENT_NAMES)}; without it all",
            "retries": f"how often one comes again; without it {WEBHOOK_RETRIES}",
            "parallel": "how many are posted at a time; without it 1, in order",
        },
    ),
    Endpoint("GET", "/webhooks", "List the webhooks.", _WEBHOOKS),
    Endpoint(
        "DELETE",
        "/webhooks",
        "Post no more.",
        _WEBHOOKS,
        query={"url": "to that address; without it to none"},
    ),
    Endpoint(
        "GET",
        "/state",
        "Count what is and what has been since the start.",
        '{"account", "sockets", "sockets_by_user", "generations", "consumers", …}',
    ),
    Endpoint(
        "GET",
        "/sockets",
        "List the open sockets, oldest first.",
        '{"sockets": [{"conn", "generation", "user", "side", "requests", "frozen"}, '
        "…]}",
        query={"user": _USER},
    ),
    Endpoint(
        "GET",
        "/history",
        "List all sockets that are and were: who was connected when (epoch s).",
        '{"sockets": [{"conn", "generation", "user", "opened", "heard", "closed"}, …]}',
        query={"user": _USER},
    ),
    Endpoint(
        "GET",
        "/log",
        "Give the frames that passed the sockets, and the REST calls (conn 0, their "
        "method, path and status in the frame), tokens blotted out.",
        'lines of JSON {"t" (epoch s), "conn", "generation", "user", "dir", "frame"}',
        query={"user": _USER},
    ),
)


def described() -> dict[str, Any]:
    """Give all of it as JSON, for who explores.

    Of each REST call ``type`` is by what faults name it; those that strike requests
    strike it too.
    """
    return {
        "calls": [
            {
                "call": f"{it.method} {CONTROL_PATH}{it.path}",
                "does": it.does,
                **({"query": it.query} if it.query else {}),
                **({"body": it.body} if it.body is not None else {}),
                "gives": it.gives,
            }
            for it in ENDPOINTS
        ],
        "faults": [
            {
                "name": kind.name,
                "does": kind.does,
                "value": kind.takes,
                "default": kind.default,
                "user": kind.of_user,
            }
            for kind in KINDS.values()
        ],
        "rest": [
            {"call": f"{method} {path}", "type": kind}
            for method, path, _, kind in ROUTES
        ],
        "errors": 'a status of 400 or more and {"error": a sentence}',
    }
