"""The script's calls from another thread or process."""

from __future__ import annotations

from typing import Any

import msgspec

from ums_actors.emulator.caller import Caller
from ums_actors.emulator.control.actions import (
    Accept,
    Action,
    Close,
    Cobrowse,
    Hours,
    Open,
    Opened,
    OpenMany,
    Submit,
    Write,
)
from ums_actors.emulator.control.consumers import MAX_WAIT
from ums_actors.emulator.control.hooking import AskedWebhook
from ums_actors.emulator.control.placing import Place
from ums_actors.emulator.reading import take_as

__all__ = ["RemoteControls"]


class RemoteControls:
    """What a script may do to an emulator that runs elsewhere; any thread, blocking.

    All calls raise EmulatorError: the emulator refuses, or does not answer in 10 s.
    What each does is told at :class:`Controls`.

    Args:
        control: base URL of the script's calls, from the ready line.
        ca: path of the CA's file, for https.
    """

    def __init__(self, control: str, ca: str | None = None) -> None:
        self._caller = Caller(control, ca)

    # -- consumers

    def open_conversation(
        self,
        *,
        skill: str | None = None,
        assign: str | None = None,
        text: str | None = None,
        consumer: str | None = None,
        survey: bool = False,
    ) -> Opened:
        """Open a conversation as a consumer."""
        answer = self._act(Open(skill, assign, text, consumer, survey))
        return take_as(answer, Opened)

    def open_conversations(
        self,
        count: int,
        *,
        apart: int = 0,
        skill: str | None = None,
        assign: str | None = None,
        text: str | None = None,
        consumer: str | None = None,
    ) -> list[str]:
        """Open many conversations, the last changes ``apart`` ms from one another."""
        answer = self._act(OpenMany(count, apart, skill, assign, text, consumer))
        found: list[str] = answer["conversations"]
        return found

    def write(
        self,
        conversation_id: str,
        text: str,
        *,
        dialog_id: str | None = None,
        metadata: list[Any] | None = None,
    ) -> int:
        """Write a message as the consumer; give its sequence."""
        answer = self._act(Write(conversation_id, text, dialog_id, metadata))
        return int(answer["sequence"])

    def accept(
        self, conversation_id: str, sequences: list[int], status: str = "READ"
    ) -> int:
        """Confirm messages as the consumer; give the confirmation's sequence."""
        answer = self._act(Accept(conversation_id, sequences, status))
        return int(answer["sequence"])

    def submit_form(
        self, conversation_id: str, invitation: str, submission: str | None = None
    ) -> int:
        """Say, as the consumer, that a secure form is filled in; give its sequence."""
        answer = self._act(Submit(conversation_id, invitation, submission))
        return int(answer["sequence"])

    def cobrowse(
        self, conversation_id: str, session: str = "INVITED", *, mode: str = "COBROWSE"
    ) -> str:
        """Let a COBROWSE dialog be as far as ``session`` says; give its id."""
        answer = self._act(Cobrowse(conversation_id, session, mode))
        return str(answer["dialog"])

    def place_conversation(
        self,
        conversation_id: str,
        *,
        group: str | None = None,
        app_install: str | None = None,
    ) -> None:
        """Change what of a conversation is the service's own; None leaves it."""
        told = Place(conversation_id, group, app_install)
        self._caller.call("POST", "/conversation", body=told)

    def close_conversation(self, conversation_id: str) -> None:
        """Close a conversation as the consumer."""
        self._act(Close(conversation_id))

    def transcript(self, conversation_id: str, since: int = 0) -> list[dict[str, Any]]:
        """Give the event records of a conversation from a sequence on."""
        return self.wait_for_events(conversation_id, since, 0.0)

    def wait_for_events(
        self, conversation_id: str, since: int, timeout: float
    ) -> list[dict[str, Any]]:
        """Give such records as soon as there are any; none after ``timeout`` s."""
        wait = min(timeout, MAX_WAIT)
        query = {"conversation": conversation_id, "since": since, "wait": wait}
        answer = self._caller.call("GET", "/transcript", query, wait=wait)
        events: list[dict[str, Any]] = answer["events"]
        return events

    def conversations(self) -> list[dict[str, Any]]:
        """Give a summary of each conversation, oldest first."""
        answer = self._caller.call("GET", "/conversations")
        summaries: list[dict[str, Any]] = answer["conversations"]
        return summaries

    def _act(self, action: Action) -> Any:
        return self._caller.call("POST", "/consumer", body=action)

    # -- working hours

    def set_shift(
        self,
        skill: str,
        on: bool,
        *,
        next_on: int | None = None,
        next_off: int | None = None,
    ) -> list[dict[str, Any]]:
        """Let a skill be on shift or off; give the working hours of all skills."""
        hours = Hours(skill, on, next_on, next_off)
        return _shifts(self._caller.call("POST", "/shifts", body=hours))

    def shifts(self) -> list[dict[str, Any]]:
        """Give those of all: ``skill``, ``on``, ``next_on``, ``next_off``."""
        return _shifts(self._caller.call("GET", "/shifts"))

    # -- trouble

    def close_sockets(self, code: int, user: str | None = None) -> int:
        """Send close frames and close TCP; give how many sockets it hit."""
        query = {"code": code, "user": user}
        return int(self._caller.call("POST", "/close", query)["closed"])

    def cut(self, user: str | None = None) -> int:
        """Reset TCP connections without a close frame; give how many it hit."""
        return int(self._caller.call("POST", "/cut", {"user": user})["closed"])

    def freeze(self, user: str | None = None) -> int:
        """Make sockets half-open; give how many."""
        return int(self._caller.call("POST", "/freeze", {"user": user})["frozen"])

    def expire_tokens(self, user: str | None = None) -> int:
        """Kill live tokens, sockets stay up; give how many there were."""
        answer = self._caller.call("POST", "/expire-tokens", {"user": user})
        return int(answer["expired"])

    def add_fault(
        self,
        name: str,
        *,
        user: str | None = None,
        count: int | None = None,
        value: Any = None,
    ) -> list[dict[str, Any]]:
        """Let something go wrong from now on; give all that does."""
        fault = {"name": name, "user": user, "count": count, "value": value}
        return _faults(self._caller.call("POST", "/faults", body=fault))

    def clear_faults(
        self, name: str | None = None, user: str | None = None
    ) -> list[dict[str, Any]]:
        """Delete all faults, or those of a name, of a user; give what is left."""
        query = {"name": name, "user": user}
        return _faults(self._caller.call("DELETE", "/faults", query))

    def faults(self) -> list[dict[str, Any]]:
        """Give all faults that strike: ``name``, ``user``, ``count``, ``value``."""
        return _faults(self._caller.call("GET", "/faults"))

    # -- webhooks

    def add_webhook(
        self,
        url: str,
        *,
        secret: str | None = None,
        events: list[str] | None = None,
        **more: Any,
    ) -> list[dict[str, Any]]:
        """Post what happens from now on to an address; give all webhooks.

        ``more`` are ``form``, ``algorithm``, ``retries`` and ``parallel``.
        """
        asked = AskedWebhook(url, secret=secret, events=events, **more)
        return _webhooks(self._caller.call("POST", "/webhooks", body=asked))

    def remove_webhook(self, url: str | None = None) -> list[dict[str, Any]]:
        """Post no more to an address, or to none; give what is left."""
        return _webhooks(self._caller.call("DELETE", "/webhooks", {"url": url}))

    def webhooks(self) -> list[dict[str, Any]]:
        """Give all webhooks, with how many bodies were ``posted``, and more numbers."""
        return _webhooks(self._caller.call("GET", "/webhooks"))

    # -- looking inside

    def log(self, user: str | None = None) -> list[dict[str, Any]]:
        """Give the log: ``t`` (epoch s), ``conn, generation, user, dir, frame``."""
        lines = self._caller.fetch("GET", "/log", {"user": user}).splitlines()
        return [msgspec.json.decode(line) for line in lines]

    def sockets(self, user: str | None = None) -> list[dict[str, Any]]:
        """Give all open sockets, or those of a user or consumer, oldest first."""
        answer = self._caller.call("GET", "/sockets", {"user": user})
        sockets: list[dict[str, Any]] = answer["sockets"]
        return sockets

    def history(self, user: str | None = None) -> list[dict[str, Any]]:
        """Give all sockets that are and were: ``opened``, ``heard``, ``closed``."""
        answer = self._caller.call("GET", "/history", {"user": user})
        sockets: list[dict[str, Any]] = answer["sockets"]
        return sockets

    def state(self) -> dict[str, Any]:
        """Give counts of all that is and has been."""
        answer: dict[str, Any] = self._caller.call("GET", "/state")
        return answer


def _shifts(answer: Any) -> list[dict[str, Any]]:
    shifts: list[dict[str, Any]] = answer["shifts"]
    return shifts


def _webhooks(answer: Any) -> list[dict[str, Any]]:
    webhooks: list[dict[str, Any]] = answer["webhooks"]
    return webhooks


def _faults(answer: Any) -> list[dict[str, Any]]:
    faults: list[dict[str, Any]] = answer["faults"]
    return faults
