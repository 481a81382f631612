import json

import pytest

from ums_actors.errors import LocalProtocolError
from ums_actors.protocol.properties import OS, ClientProperties, DeviceFamily, Feature


def test_what_is_not_said_is_not_sent():
    assert ClientProperties().as_header() == '{"type":".ClientProperties"}'
    assert ClientProperties().as_init_header() == {
        "type": ".ams.headers.ClientProperties"
    }


def test_all_that_is_said_goes_out_under_the_names_of_the_schema():
    given = ClientProperties(
        app_id="app",
        app_version="1",
        ip_address="192.0.2.1",
        device_family=DeviceFamily.DESKTOP,
        os=OS.LINUX,
        os_version="6",
        os_name="nameless",
        integration="WEB_SDK",
        integration_version="3",
        browser="b",
        browser_version="2",
        time_zone="Europe/Athens",
        device_manufacture="m",
        device_model="d",
        features=[Feature.RICH_CONTENT, "OF_TOMORROW"],
    )
    assert json.loads(given.as_header()) == {
        "type": ".ClientProperties",
        "appId": "app",
        "appVersion": "1",
        "ipAddress": "192.0.2.1",
        "deviceFamily": "DESKTOP",
        "os": "LINUX",
        "osVersion": "6",
        "osName": "nameless",
        "integration": "WEB_SDK",
        "integrationVersion": "3",
        "browser": "b",
        "browserVersion": "2",
        "timeZone": "Europe/Athens",
        "deviceManufacture": "m",
        "deviceModel": "d",
        "features": ["RICH_CONTENT", "OF_TOMORROW"],
    }


def test_the_header_is_one_line_of_ascii_whatever_is_in_it():
    header = ClientProperties(device_model='é"\\: y').as_header()
    assert header.isascii()
    assert header.isprintable()
    assert json.loads(header)["deviceModel"] == 'é"\\: y'


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("app_id", "x" * 65, "a non-empty string of at most 64 printable"),
        ("app_version", "x" * 33, "a non-empty string of at most 32 printable"),
        ("os_version", "x" * 65, "a non-empty string of at most 64 printable"),
        ("os_name", "", "a non-empty string of at most 64 printable"),
        ("integration_version", 5, "a non-empty string of at most 64"),
        ("browser_version", "a\ud800", "a non-empty string of at most 256 printable"),
        ("browser", "x" * 257, "a non-empty string of at most 256 printable"),
        ("ip_address", "::1", "an IPv4 address"),
        ("device_family", "FRIDGE", "one of DESKTOP, TABLET, MOBILE"),
        ("os", "linux", "one of WINDOWS, LINUX"),
        ("integration", "X", "one of WEB_SDK"),
        ("features", 5, "a list of at most 64 names"),
        ("features", [""], "a non-empty string of at most 256 printable"),
        ("features", ["a\n"], "a non-empty string of at most 256 printable"),
        ("features", ["x"] * 65, "a list of at most 64 names"),
    ],
)
def test_what_the_schema_does_not_admit_is_refused(name, value, text):
    with pytest.raises(
        LocalProtocolError, match=rf"ClientProperties.{name}(=.*)? must be {text}"
    ):
        ClientProperties(**{name: value})


def test_one_feature_may_stand_alone():
    assert ClientProperties(features="RICH_CONTENT").features == ("RICH_CONTENT",)
