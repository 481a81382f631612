"""The addresses of the REST service (UMS.md 12.7)."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakSet

from ums_actors.emulator import choices
from ums_actors.emulator.failures import Refused
from ums_actors.emulator.http.answers import failure
from ums_actors.emulator.http.rest import bodies
from ums_actors.emulator.http.rest.call import RestCall, answered
from ums_actors.emulator.http.sockets import bearer_of
from ums_actors.emulator.records.brand import conversation_record, dialog_record
from ums_actors.emulator.wire.frames import encode

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aiohttp import web

    from ums_actors.emulator.service import Service
    from ums_actors.emulator.world.conversation import Conversation
    from ums_actors.emulator.world.dialog import Dialog, Participant

__all__ = ["ROUTES", "Rest"]

PUBLISH: Final = ".ams.ms.PublishEvent"
QUERY: Final = ".ams.ms.QueryMessages"
UPDATE: Final = ".ams.cm.UpdateConversationField"
UPLOAD: Final = ".ams.ms.GenerateURLForUploadFile"
DOWNLOAD: Final = ".ams.ms.GenerateURLForDownloadFile"
LOOK: Final = "rest.Look"
"""The type by which faults name what no websocket can ask for: showing a conversation,
a dialog, a participant. The others have the names of the requests that do the same."""

_C: Final = "/v1/conversations/{conversation}"
_D: Final = _C + "/dialogs/{dialog}"
_P: Final = _D + "/participants"
_FILES: Final = "/v1/brands/{account}/file-"

ROUTES: Final = (
    ("POST", _D + "/messages", "_post_message", PUBLISH),
    ("GET", _D + "/messages", "_get_messages", QUERY),
    ("GET", _C, "_get_conversation", LOOK),
    ("PATCH", _C, "_patch_conversation", UPDATE),
    ("GET", _D, "_get_dialog", LOOK),
    ("PATCH", _D, "_patch_dialog", UPDATE),
    ("POST", _P, "_post_participant", UPDATE),
    ("GET", _P + "/{participant}", "_get_participant", LOOK),
    ("DELETE", _P + "/{participant}", "_delete_participant", UPDATE),
    ("POST", _FILES + "upload-path", "_upload", UPLOAD),
    ("POST", _FILES + "download-path", "_download", DOWNLOAD),
)
"""Method, path, handler, and the type by which faults name the call."""


class Rest:
    """Handlers of the brand's REST calls."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._unanswered: Counter[str] = Counter()
        self._lines: WeakSet[Any] = WeakSet()

    def add_to(self, app: web.Application) -> None:
        """Add the addresses."""
        for method, path, name, kind in ROUTES:
            handler = self._answering(getattr(self, name), kind)
            app.router.add_route(method, path, handler)

    def _answering(
        self, handler: Callable[[RestCall], web.Response], kind: str
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """Give a handler of requests: it asks who calls, and lets faults strike."""

        async def answer(request: web.Request) -> web.StreamResponse:
            service = self._service
            self._count(request)
            session = service.sessions.of_bearer(bearer_of(request))
            if session is None:
                return failure(401, "The bearer is missing, expired or of nobody here")
            if request.headers.get("Brand-ID") != service.account:
                return failure(400, "The header Brand-ID does not name the account")
            name = session.user.name
            self._unanswered[name] += 1
            try:
                call = RestCall(service, session.user, request, self._unanswered[name])
                await call.read()
                return await call.answer(kind, handler)
            finally:
                self._unanswered[name] -= 1

        return answer

    def _count(self, request: web.Request) -> None:
        counters = self._service.counters
        counters.rest_calls += 1
        transport = request.transport
        if transport is not None and transport not in self._lines:
            self._lines.add(transport)
            counters.rest_lines += 1

    # -- messages

    def _post_message(self, call: RestCall) -> web.Response:
        conversation, dialog = self._dialog(call)
        body = {
            "conversationId": conversation.conversation_id,
            "dialogId": dialog.dialog_id,
            "messageAudience": call.told.get("messageAudience"),
            "event": bodies.published(call.told),
        }
        answer = call.ask(PUBLISH, body, call.told.get("metadata"))
        return answered(answer.body, choices.REST_CREATED)

    def _get_messages(self, call: RestCall) -> web.Response:
        found = call.request.match_info
        dialog_id = found["dialog"]
        if found["conversation"] != dialog_id:  # the reference names it twice
            self._dialog(call)
        query, offset = bodies.query_of(dialog_id, call.request.query)
        return answered(call.ask(QUERY, query).body[offset:], 200)

    # -- conversations

    def _get_conversation(self, call: RestCall) -> web.Response:
        return self._shown(self._conversation_record(self._conversation(call)))

    def _patch_conversation(self, call: RestCall) -> web.Response:
        conversation = self._conversation(call)
        self._match(call, self._conversation_record(conversation))
        self._update(call, conversation, bodies.conversation_fields(call.told))
        return self._shown(self._conversation_record(conversation))

    # -- dialogs

    def _get_dialog(self, call: RestCall) -> web.Response:
        return self._shown(dialog_record(self._dialog(call)[1]))

    def _patch_dialog(self, call: RestCall) -> web.Response:
        conversation, dialog = self._dialog(call)
        self._match(call, dialog_record(dialog))
        fields = bodies.dialog_fields(dialog.dialog_id, call.told)
        self._update(call, conversation, fields)
        return self._shown(dialog_record(self._dialog(call)[1]))

    # -- participants

    def _post_participant(self, call: RestCall) -> web.Response:
        conversation, dialog = self._dialog(call)
        fields = bodies.join_fields(
            conversation.conversation_id, dialog.dialog_id, call.told
        )
        self._update(call, conversation, fields)
        return answered(call.told, choices.REST_CREATED)

    def _get_participant(self, call: RestCall) -> web.Response:
        _, dialog, participant = self._participant(call)
        record = _participant_record(participant)
        return answered(record, 200, _etag([record, dialog.updated]))

    def _delete_participant(self, call: RestCall) -> web.Response:
        conversation, dialog, participant = self._participant(call)
        self._match(call, [_participant_record(participant), dialog.updated])
        fields = bodies.leave_fields(
            conversation.conversation_id,
            dialog,
            participant.id,
            call.request.query,
        )
        self._update(call, conversation, fields)
        return answered({}, 200)

    # -- files

    def _upload(self, call: RestCall) -> web.Response:
        return self._file(call, UPLOAD)

    def _download(self, call: RestCall) -> web.Response:
        return self._file(call, DOWNLOAD)

    def _file(self, call: RestCall, kind: str) -> web.Response:
        if call.request.match_info["account"] != self._service.account:
            raise Refused(404, "Brand not found")
        return answered(call.ask(kind, call.told).body, 200)

    # -- what is meant

    def _conversation(self, call: RestCall) -> Conversation:
        return self._service.world.find(call.request.match_info["conversation"])

    def _dialog(self, call: RestCall) -> tuple[Conversation, Dialog]:
        conversation = self._conversation(call)
        return conversation, conversation.details.dialog(
            call.request.match_info["dialog"]
        )

    def _participant(self, call: RestCall) -> tuple[Conversation, Dialog, Participant]:
        conversation, dialog = self._dialog(call)
        who = call.request.match_info["participant"]
        for participant in dialog.participants:
            if participant.id == who:
                return conversation, dialog, participant
        raise Refused(404, "Participant not found")

    def _conversation_record(self, conversation: Conversation) -> dict[str, Any]:
        """Give it as its changes tell of it, by our choice: the form is unpublished."""
        return conversation_record(self._service.world, conversation)

    def _update(
        self, call: RestCall, conversation: Conversation, fields: list[dict[str, Any]]
    ) -> None:
        body = {
            "conversationId": conversation.conversation_id,
            "conversationField": fields,
        }
        call.ask(UPDATE, body)

    # -- ETags

    def _shown(self, record: dict[str, Any]) -> web.Response:
        return answered(record, 200, _etag(record))

    def _match(self, call: RestCall, record: Any) -> None:
        """See that who changes something has seen it as it is.

        Raises:
            Refused: it has changed since, or nothing is said of that.
        """
        wanted = call.request.headers.get("If-Match")
        if wanted is None:
            raise Refused(
                428, "A change needs the ETag of what it changes, in If-Match"
            )
        tags = [tag.strip() for tag in wanted.split(",")]
        if "*" not in tags and _etag(record) not in tags:
            raise Refused(412, "It has changed since that ETag was given")


def _etag(record: Any) -> str:
    """Give another one for each thing that is shown."""
    digest = hashlib.sha256(encode(record).encode()).hexdigest()
    return f'"{digest[:16]}"'


def _participant_record(participant: Participant) -> dict[str, Any]:
    return {
        "id": participant.id,
        "role": participant.role,
        "state": participant.state,
    }
