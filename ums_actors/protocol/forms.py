"""Secure forms: what a consumer fills in, and agents see masked, beside the dialog.

The agent's side says ``forms/secure-invitation`` in the dialog; the consumer asks for
the keys with which the form can be filled in at the tokenizer, and then says
``forms/secure-submission``; the agent asks for the key with which it can be read.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from ums_actors.arguments import identifier, whole
from ums_actors.errors import RemoteProtocolError
from ums_actors.protocol.enums import ContentType
from ums_actors.protocol.lenient import read_record
from ums_actors.protocol.publishing import publish_content
from ums_actors.protocol.requests import Request, text
from ums_actors.secret import Secret

if TYPE_CHECKING:
    import msgspec

    from ums_actors.protocol.envelopes import Frame

__all__ = [
    "UPLOAD_TOKEN",
    "FormKeys",
    "publish_form_invitation",
    "publish_form_submission",
    "read_form_keys",
    "upload_token",
]

UPLOAD_TOKEN: Final = "ms.GenerateUploadToken"  # noqa: S105 - a name
"""Consumers' alone. Form and answer are those of LivePerson's public clients; UMS.md
has the name only."""
_SECURE_FORM: Final = "SecureForm"


class FormKeys(Struct, frozen=True):
    """With what an invitation's form can be filled in, once.

    Attributes:
        write: lets the form be submitted at the tokenizer.
        read: goes with it; None if the service gave none.
    """

    write: Secret
    read: Secret | None = None


class _Keys(Struct, frozen=True, rename="camel"):
    write_otk: str = ""
    read_otk: str = ""


class _UploadToken(Struct, frozen=True):
    token: _Keys = _Keys()


def publish_form_invitation(
    conversation_id: str,
    dialog_id: str,
    form_id: str | int,
    title: str,
    invitation_id: str | None = None,
) -> Request[int]:
    """Ask a consumer to fill a form in; the answer is its number in the dialog.

    Args:
        conversation_id: of the conversation.
        dialog_id: of the dialog.
        form_id: of a form that is set up for the account.
        title: what the consumer reads.
        invitation_id: by which the submission is known; a new one if not given.

    Raises:
        LocalProtocolError: an argument is of no use.
    """
    form = _form(form_id)
    message = {
        "formId": form,
        "invitationId": f"{form}-{uuid.uuid4()}"
        if invitation_id is None
        else identifier("invitation_id", invitation_id),
        "title": text("title", title),
    }
    kind = ContentType.SECURE_FORM_INVITATION
    return publish_content(conversation_id, dialog_id, kind, message)


def publish_form_submission(
    conversation_id: str, dialog_id: str, submission_id: str, invitation_id: str
) -> Request[int]:
    """Say, as the consumer, that a form has been filled in; the answer is its number.

    Raises:
        LocalProtocolError: an argument is of no use.
    """
    message = {
        "submissionId": identifier("submission_id", submission_id),
        "invitationId": identifier("invitation_id", invitation_id),
    }
    kind = ContentType.SECURE_FORM_SUBMISSION
    return publish_content(conversation_id, dialog_id, kind, message)


def upload_token(
    dialog_id: str, form_id: str | int, invitation_id: str
) -> Request[FormKeys]:
    """Ask, as the consumer, for the keys with which a form can be filled in."""
    uploadable = {
        "type": _SECURE_FORM,
        "formId": _form(form_id),
        "invitationId": identifier("invitation_id", invitation_id),
        "dialogId": identifier("dialog_id", dialog_id),
    }
    return Request(UPLOAD_TOKEN, {"uploadable": uploadable}, read_form_keys)


def read_form_keys(raw: msgspec.Raw | Frame) -> FormKeys:
    """Read the keys of a form that is to be filled in.

    Raises:
        RemoteProtocolError: there is none to write with.
    """
    found: Any = read_record(raw, _UploadToken).token
    if not found.write_otk:
        raise RemoteProtocolError("the server's answer holds no writeOtk")
    read = Secret(found.read_otk) if found.read_otk else None
    return FormKeys(Secret(found.write_otk), read)


def _form(form_id: Any) -> str | int:
    """Check the id of a form: public clients send it as a number."""
    if type(form_id) is int:
        return whole("form_id", form_id, 0)
    return identifier("form_id", form_id)
