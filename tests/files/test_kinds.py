import pytest

from ums_actors.errors import LocalProtocolError
from ums_actors.files.kinds import kind_of, media_type_of


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (b"\xff\xd8\xff\xe0rest", "", "JPEG"),
        (b"\x89PNG\r\n\x1a\nrest", "cat.gif", "PNG"),
        (b"GIF87a", "", "GIF"),
        (b"GIF89a", "", "GIF"),
        (b"%PDF-1.7", "", "PDF"),
        (b"something", "a.b/cat.jpg", "JPG"),
    ],
)
def test_the_content_tells_the_kind_and_else_the_name(data, name, kind):
    assert kind_of(data, name) == kind


@pytest.mark.parametrize("name", ["", "cat", "cat.", "cat.exe", "png"])
def test_what_neither_tells_must_be_said(name):
    with pytest.raises(LocalProtocolError, match=r"give file_type .JPG, JPEG, PNG"):
        kind_of(b"something", name)


def test_each_kind_has_a_media_type():
    assert media_type_of("pdf") == "application/pdf"
    assert media_type_of("MP4") == "application/octet-stream"
