from __future__ import annotations

import json

import pytest

from ums_actors.errors import LocalProtocolError, RemoteProtocolError
from ums_actors.protocol.files import (
    download_token,
    download_url,
    read_download_token,
    read_file_url,
    upload_url,
)


def test_a_files_place_is_read_and_its_signature_is_not_shown():
    body = {
        "relativePath": "/v1/a b.png",
        "queryParams": {"temp_url_sig": "hunter2", "temp_url_expires": 17},
    }
    found = read_file_url(json.dumps(body).encode())
    assert found.relative_path == "/v1/a b.png"
    expected = "/v1/a%20b.png?temp_url_sig=hunter2&temp_url_expires=17"
    assert found.target.reveal() == expected
    assert "hunter2" not in repr(found)


def test_a_place_needs_no_signature():
    assert read_file_url(b'{"relativePath":"a"}').target.reveal() == "/a"


def test_the_key_of_a_form_is_read_and_not_shown():
    found = read_download_token(b'{"token":{"readOtk":"hunter2"}}')
    assert found.reveal() == "hunter2"
    assert "hunter2" not in repr(found)


@pytest.mark.parametrize("read", [read_file_url, read_download_token])
@pytest.mark.parametrize("body", [b"{}", b'{"token":5}', b'"no"', b"["])
def test_an_answer_that_names_none_is_the_servers_fault(read, body):
    with pytest.raises(RemoteProtocolError):
        read(body)


def test_requests_have_their_documented_bodies():
    assert upload_url(5020, "jpeg").body == {"fileSize": "5020", "fileType": "JPEG"}
    assert download_url("/a").body == {"relativePath": "/a"}
    assert download_token("D", "s", "i").body == {
        "downloadable": {
            "type": "SecureForm",
            "dialogId": "D",
            "submissionId": "s",
            "invitationId": "i",
        }
    }


@pytest.mark.parametrize(
    ("build", "text"),
    [
        (lambda: upload_url(0, "PNG"), "file_size"),
        (lambda: upload_url("5", "PNG"), "file_size"),
        (lambda: upload_url(True, "PNG"), "file_size"),
        (lambda: upload_url(5, ""), "file_type"),
        (lambda: download_url(""), "relative_path"),
        (lambda: download_token("", "s", "i"), "dialog_id"),
        (lambda: download_token("D", "s", None), "invitation_id"),
    ],
)
def test_what_the_server_would_refuse_fails_here(build, text):
    with pytest.raises(LocalProtocolError, match=text):
        build()
