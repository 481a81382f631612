import pytest

from ums_actors.errors import LocalProtocolError
from ums_actors.protocol.paths import (
    brand_socket_path,
    consumer_socket_path,
    path_part,
)


def test_path_holds_account_token_and_the_four_tracking_names():
    assert brand_socket_path("acc7", "abc", integration_version="0.1.0") == (
        "/ws_api/account/acc7/messaging/brand/abc"
        "?v=2.1&intid=ums-actors&intvn=0.1.0&appid=unknown&appvn=unknown"
    )


def test_every_part_is_percent_encoded():
    path = brand_socket_path(
        "a/b",
        "t?k#n\r\nX: y/é",
        integration_version="1 0",
        integration_id="i&d",
        app_id="a=b",
        app_version="ü",
        api_version="2",
    )
    assert path == (
        "/ws_api/account/a%2Fb/messaging/brand/t%3Fk%23n%0D%0AX%3A%20y%2F%C3%A9"
        "?v=2&intid=i%26d&intvn=1%200&appid=a%3Db&appvn=%C3%BC"
    )


def test_the_path_of_a_consumer_holds_no_token():
    assert consumer_socket_path("a/7", integration_version="0.1.0", app_id="x y") == (
        "/ws_api/account/a%2F7/messaging/consumer"
        "?v=3&intid=ums-actors&intvn=0.1.0&appid=x%20y&appvn=unknown"
    )


def test_a_token_with_half_a_character_is_refused_and_not_shown():
    with pytest.raises(LocalProtocolError, match="valid Unicode") as caught:
        brand_socket_path("1", "s3cret\ud800", integration_version="1")
    error = caught.value
    assert "s3cret" not in f"{error!r} {error.__context__!r} {error.__cause__!r}"


@pytest.mark.parametrize("value", ["", ".", ".."])
def test_what_a_server_would_resolve_is_no_part(value):
    with pytest.raises(LocalProtocolError, match=r"^what must not be empty, '\.' or"):
        path_part("what", value)


@pytest.mark.parametrize("value", ["...", ".a", "..b", " "])
def test_dots_may_be_in_a_part(value):
    assert path_part("what", value) == value.replace(" ", "%20")
