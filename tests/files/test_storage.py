import importlib.util
from pathlib import Path

import pytest

from ums_actors.auth.csds import Csds
from ums_actors.errors import FileError
from ums_actors.files.parcel import Parcel
from ums_actors.files.storage import Storage
from ums_actors.http.client import Http
from ums_actors.protocol.files import FileUrl
from ums_actors.secret import Secret

_path = Path(__file__).parents[1] / "http" / "conftest.py"
_spec = importlib.util.spec_from_file_location("http_conftest", _path)
_module = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_module)
serve = _module.serve
dead_port = _module.dead_port

PATIENCE = 20.0
WHERE = FileUrl("/a/b.png", Secret("/a/b.png?temp_url_sig=s1g&temp_url_expires=9"))
PARCEL = Parcel(b"\x89PNG\r\n\x1a\n\x00\xff", "PNG")


def storage(host, **overrides):
    http = Http()
    overrides = overrides or {"swift": host}
    return Storage(Csds(host, "1", http, overrides=overrides), http)


def test_bytes_go_up_as_they_are(serve):
    server = serve(lambda exchange: exchange.reply(201, b""))
    storage(f"http://{server.authority}").put(WHERE, PARCEL, PATIENCE)
    (seen,) = server.seen
    assert (seen.command, seen.path) == ("PUT", WHERE.target.reveal())
    assert seen.body == PARCEL.data
    assert seen.headers["Content-Type"] == "image/png"
    assert seen.headers["Authorization"] is None
    assert seen.headers["Cookie"] is None


def test_bytes_come_down_as_they_are(serve):
    server = serve(lambda exchange: exchange.reply(200, PARCEL.data))
    there = storage(f"http://{server.authority}")
    assert there.get(WHERE, PATIENCE, len(PARCEL.data)) == PARCEL.data
    with pytest.raises(FileError, match="too long"):
        there.get(WHERE, PATIENCE, len(PARCEL.data) - 1)


@pytest.mark.parametrize(
    ("status", "said"),
    [(401, "good for a minute"), (404, "no such file"), (413, "too large"), (500, "")],
)
def test_a_refusal_is_told_with_its_status(serve, status, said):
    server = serve(lambda exchange: exchange.reply(status, {"error": "s1g"}))
    with pytest.raises(FileError, match=f"upload with HTTP status {status}") as caught:
        storage(f"http://{server.authority}").put(WHERE, PARCEL, PATIENCE)
    assert said in str(caught.value)
    assert (caught.value.step, caught.value.status) == ("upload", status)
    assert "s1g" not in repr(caught.value)


def test_a_redirect_is_not_followed(serve):
    server = serve(
        lambda exchange: exchange.reply(302, b"", [("Location", "http://127.0.0.1/")])
    )
    with pytest.raises(FileError, match="302"):
        storage(f"http://{server.authority}").get(WHERE, PATIENCE, 10)
    assert len(server.seen) == 1


def test_a_service_that_is_away_is_told(dead_port):
    with pytest.raises(FileError, match="download call") as caught:
        storage(f"http://127.0.0.1:{dead_port}").get(WHERE, PATIENCE, 10)
    assert caught.value.status is None
    assert "s1g" not in str(caught.value)


def test_an_account_without_files_is_told(serve):
    server = serve(
        lambda exchange: exchange.reply(
            200, {"baseURIs": [{"service": "agentVep", "account": "1", "baseURI": "h"}]}
        )
    )
    with pytest.raises(FileError, match="host of the file service") as caught:
        storage(f"http://{server.authority}", other="http://127.0.0.1").get(
            WHERE, PATIENCE, 10
        )
    assert caught.value.step == "csds"
