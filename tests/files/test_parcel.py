from pathlib import Path

import pytest

from ums_actors.errors import FileError, LocalProtocolError
from ums_actors.files.parcel import Parcel, checked_upload, packed

GIF = b"GIF89a" + b"x" * 10


@pytest.mark.parametrize("make", [bytes, bytearray, memoryview])
def test_bytes_of_all_sorts_are_packed(make):
    file, kind = checked_upload(make(GIF), None)
    assert packed(file, kind, 100) == Parcel(GIF, "GIF")


def test_a_path_is_read(tmp_path):
    path = tmp_path / "cat.gif"
    path.write_bytes(GIF)
    file, kind = checked_upload(path, "png")
    assert packed(file, kind, len(GIF)) == Parcel(GIF, "PNG")


def test_no_more_is_read_of_a_file_than_the_limit():
    with pytest.raises(LocalProtocolError, match="more than 16 bytes"):
        packed(Path("/dev/zero"), "PNG", 16)


@pytest.mark.parametrize("file", ["a.png", None, 5, [1]])
def test_other_things_are_no_files(file):
    with pytest.raises(LocalProtocolError, match=r"give bytes, or .*pathlib\.Path"):
        checked_upload(file, None)


def test_a_folder_is_none_either(tmp_path):
    with pytest.raises(FileError, match="cannot be read") as caught:
        packed(tmp_path, "PNG", 10)
    assert caught.value.step == "read"


def test_the_bytes_are_not_shown():
    assert "GIF89a" not in repr(Parcel(GIF, "GIF"))
