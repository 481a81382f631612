from __future__ import annotations

import pytest

from ums_actors.emulator.world.properties import (
    MAX_FEATURES,
    NO_PROPERTIES,
    properties_of,
    properties_of_query,
)


def test_known_properties_are_kept_and_null_is_as_good_as_unset():
    told = {
        "type": ".ams.headers.ClientProperties",
        "appId": "demo",
        "os": None,
        "deviceManufacturer": "ACME",
        "features": ["RICH_CONTENT", 7, "PHOTO_SHARING"],
        "password": "secret",
    }
    assert properties_of(told) == {
        "type": ".ClientProperties",
        "appId": "demo",
        "deviceManufacturer": "ACME",
        "features": ["RICH_CONTENT", "PHOTO_SHARING"],
    }


@pytest.mark.parametrize(
    "told", [None, 7, "x", [], {}, {"appId": 7}, {"os": "x" * 300}]
)
def test_nonsense_is_no_property(told):
    assert properties_of(told) == NO_PROPERTIES


def test_features_are_bounded_and_may_be_one_bare_name():
    assert len(properties_of({"features": ["F"] * 99})["features"]) == MAX_FEATURES
    assert properties_of({"features": "F"})["features"] == ["F"]


def test_what_rides_in_the_query_of_the_address():
    query = {"v": "3", "intid": "sdk", "intvn": "1.5", "appid": "a", "appvn": "2"}
    assert properties_of_query(query) == {
        "type": ".ClientProperties",
        "integration": "sdk",
        "integrationVersion": "1.5",
        "appId": "a",
        "appVersion": "2",
    }
    assert properties_of_query({"v": "3"}) == NO_PROPERTIES
    both = properties_of_query({"integrationVersion": "3.7.0"})
    assert both["integrationVersion"] == "3.7.0"
