"""What the service says where a test does not care."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, Final, cast

from ums_actors.protocol import brand, consumer
from ums_actors.protocol.names import canonical
from ums_actors.testing.answers import Answers

if TYPE_CHECKING:
    from ums_actors.pytest_plugin.request import ServerRequest
    from ums_actors.pytest_plugin.service import ScriptedService
    from ums_actors.testing.farend import FarEnd

__all__ = ["BY_ITSELF", "Usual"]

BY_ITSELF: Final = (
    brand.GET_CLOCK,
    brand.KEEP_ALIVE,
    brand.SET_AGENT_STATE,
    brand.SUBSCRIBE_CONVERSATIONS,
    brand.UNSUBSCRIBE_CONVERSATIONS,
    brand.UPDATE_SUBSCRIPTION,
    brand.SUBSCRIBE_ROUTING_TASKS,
    brand.QUERY_MESSAGES,
    consumer.SUBSCRIBE_MESSAGES,
)
"""Requests that are answered without the test: connections make them unasked."""
_SERVED: Final = {
    canonical(each): each
    for each in (
        brand.GET_CLOCK,
        brand.SET_AGENT_STATE,
        brand.SUBSCRIBE_CONVERSATIONS,
        brand.UNSUBSCRIBE_CONVERSATIONS,
        brand.QUERY_MESSAGES,
        consumer.CREATE_CONVERSATION,
        consumer.SUBSCRIBE_MESSAGES,
    )
}
"""Requests that are carried out, and what the simulated service calls them."""


class Usual:
    """Bodies of responses, and what comes of the requests in known conversations."""

    def __init__(self, service: ScriptedService) -> None:
        self._service = service
        self._answers = Answers(service)
        self._numbers = itertools.count(1)

    def body(self, line: FarEnd, request: ServerRequest) -> Any:
        """Carry a request out, as far as that is possible; give the response's body."""
        given = request.body
        asked = cast("dict[str, Any]", given if isinstance(given, dict) else {})
        kind, dialog_id = canonical(request.type), asked.get("dialogId", "")
        if kind == brand.PUBLISH_EVENT:
            return {"sequence": self._publish(line, request, dialog_id)}
        if kind in _SERVED and (
            not dialog_id or dialog_id in self._service.transcripts
        ):
            return self._answers.to(line, _SERVED[kind], asked)[1]
        if kind == brand.QUERY_MESSAGES:
            return []
        if kind.rpartition(".")[2].startswith("Subscribe"):
            return {"subscriptionId": f"subscription-{next(self._numbers)}"}
        return {}

    def _publish(self, line: FarEnd, request: ServerRequest, dialog_id: str) -> int:
        transcript = self._service.transcripts.get(dialog_id)
        if transcript is None:
            return next(self._numbers)
        event: dict[str, Any] = request.body.get("event", {})
        return self._service.publish(transcript, line.user, event, request.metadata)
