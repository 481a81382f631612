from __future__ import annotations

import pytest

from ums_actors.errors import LocalProtocolError
from ums_actors.secret import Secret
from ums_actors.transport.request_headers import header_lines


def test_headers_become_lines():
    lines = header_lines({"Authorization": Secret("jwt x"), "Client-Properties": "{}"})
    assert lines.reveal() == "Authorization: jwt x\r\nClient-Properties: {}\r\n"
    assert "jwt" not in repr(lines)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("Authorization", "TOKEN\r\nX-Evil: 1", "U+000D at position 5"),
        ("Authorization", "TOKEN\nX-Evil: 1", "U+000A"),
        ("Authorization", "TOKEN\x00", "U+0000"),
        ("Authorization", "TOKENé", "U+00E9"),
        ("X\r\nY", "TOKEN", "HTTP forbids"),
        ("X Y", "TOKEN", "HTTP forbids"),
        ("X:", "TOKEN", "HTTP forbids"),
        ("", "TOKEN", "HTTP forbids"),
        ("Host", "TOKEN", "leave it out"),
        ("sec-websocket-extensions", "TOKEN", "leave it out"),
        ("Sec-WebSocket-Key", "TOKEN", "leave it out"),
        ("Transfer-Encoding", "TOKEN", "leave it out"),
        ("X-Long", "TOKEN" * 20_000, "at most 65536"),
    ],
)
def test_a_bad_header_is_refused_without_its_value(name, value, words):
    with pytest.raises(LocalProtocolError) as caught:
        header_lines({name: value})
    assert words in str(caught.value)
    assert "TOKEN" not in repr(caught.value)
