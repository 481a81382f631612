from __future__ import annotations

import json

import pytest

from ums_actors.errors import LocalProtocolError
from ums_actors.protocol.profiles import (
    BrandProfile,
    UserProfile,
    get_brand_profile,
    read_brand_profile,
    read_user_profile,
    set_brand_profile,
    set_user_profile,
)


def read(**parts):
    return read_user_profile(json.dumps(parts).encode())


def test_an_agents_own_profile_may_be_the_id_alone():
    assert read(userId="A.u1") == UserProfile(user_id="A.u1")


def test_a_consumers_profile_is_read_with_what_their_login_said():
    found = read(
        userId="c",
        firstName="Ann",
        backgndImgUri="http://b",
        privateData={"mobileNum": "1", "mail": "a@b"},
        claims={"lp_sdes": [{"type": "ctmrinfo"}], "iss": "me"},
        authenticatedData={"lp_sdes": {"type": "ctmrinfo"}},
        acr="loa1",
    )
    assert (found.first_name, found.background_image) == ("Ann", "http://b")
    assert (found.private_data.mobile_num, found.private_data.mail) == ("1", "a@b")
    assert (found.claims.iss, found.acr) == ("me", "loa1")
    assert found.claims.lp_sdes == found.authenticated_data.lp_sdes


def test_a_brands_profile_is_read():
    assert read_brand_profile(b'{"brandId":5}') == BrandProfile(brand_id="5")


def test_parts_of_a_profile_are_set_by_either_name():
    call = set_user_profile(
        {
            "first_name": "Ann",
            "lastName": "B",
            "background_image": "http://b",
            "private_data": {"mobile_num": "1"},
            "newsOfTomorrow": 1,
        }
    )
    assert call.type == ".ams.userprofile.SetUserProfile"
    assert call.body == {
        "firstName": "Ann",
        "lastName": "B",
        "backgndImgUri": "http://b",
        "privateData": {"mobileNum": "1"},
        "newsOfTomorrow": 1,
    }


def test_a_brands_profile_goes_with_its_id():
    assert get_brand_profile("A").body == {"brandId": "A"}
    call = set_brand_profile("A", {"name": "x"})
    assert call.body == {"name": "x", "brandId": "A"}


@pytest.mark.parametrize("profile", [None, {}, "Ann", UserProfile()])
def test_a_profile_that_sets_nothing_is_refused(profile):
    with pytest.raises(LocalProtocolError, match="mapping of what is to be set"):
        set_user_profile(profile)
