from __future__ import annotations

import pytest

from ums_actors.emulator.failures import Refused
from ums_actors.emulator.world.consumers import Consumer
from ums_actors.emulator.world.profiles import MAX_LENGTH, Profiles
from ums_actors.emulator.world.users import Users


@pytest.fixture
def profiles():
    return Profiles("acc7")


def test_an_anonymous_consumer_has_every_field(profiles):
    profile = profiles.of_consumer(Consumer("c1"))
    assert set(profile) >= {
        "firstName",
        "lastName",
        "userId",
        "avatarUrl",
        "role",
        "backgndImgUri",
        "description",
        "privateData",
        "claims",
        "authenticatedData",
        "acr",
    }
    assert profile["userId"] == "c1"
    assert profile["role"] == "CONSUMER"
    assert profile["acr"] == "0"
    assert set(profile["privateData"]) == {"mobileNum", "mail", "pushNotificationData"}
    assert profile["claims"]["lp_sdes"] == []


def test_a_customers_own_login_shows_in_the_profile(profiles):
    details = [{"type": "ctmrinfo", "info": {"cstatus": "gold"}}]
    claims = {
        "sub": "c1",
        "iss": "https://shop.example",
        "given_name": "Ann",
        "family_name": "Poe",
        "email": "ann@shop.example",
        "lp_sdes": [*details, "nonsense"],
    }
    profile = profiles.of_consumer(Consumer("c1", is_anonymous=False, claims=claims))
    assert (profile["firstName"], profile["lastName"]) == ("Ann", "Poe")
    assert profile["privateData"]["mail"] == "ann@shop.example"
    assert profile["claims"] == {"iss": "https://shop.example", "lp_sdes": details}
    assert profile["authenticatedData"] == {"lp_sdes": details}
    assert profile["acr"] == "loa1"


def test_what_is_set_is_shown_and_the_rest_is_kept(profiles):
    profiles.set_person("c1", {"firstName": "Ann", "lastName": "Poe"})
    profiles.set_person("c1", {"lastName": "Roe", "avatarUrl": None, "strange": 1})
    profile = profiles.of_consumer(Consumer("c1"))
    assert (profile["firstName"], profile["lastName"]) == ("Ann", "Roe")
    assert profile["avatarUrl"] == ""
    assert "strange" not in profile
    assert profiles.of_consumer(Consumer("c2"))["firstName"] == ""


def test_what_one_cannot_say_of_oneself_stays(profiles):
    profiles.set_person("c1", {"userId": "c9", "acr": "loa9", "claims": {"iss": "me"}})
    profile = profiles.of_consumer(Consumer("c1"))
    assert (profile["userId"], profile["acr"]) == ("c1", "0")
    assert profile["claims"]["iss"] == ""


@pytest.mark.parametrize(
    "told",
    [{"firstName": 7}, {"privateData": "x"}, {"description": "x" * MAX_LENGTH}],
)
def test_a_wrong_form_or_too_much_is_refused_as_a_whole(profiles, told):
    with pytest.raises(Refused) as refused:
        profiles.set_person("c1", {"lastName": "Poe", **told})
    assert refused.value.code == 400
    assert profiles.of_consumer(Consumer("c1"))["lastName"] == ""


def test_an_agents_profile(profiles):
    (user,) = Users("acc7", 1)
    assert profiles.of_user(user)["userId"] == user.old_id
    assert profiles.of_user(user)["firstName"] == "bot1"
    profiles.set_person(user.old_id, {"nickName": "Botty"})
    assert profiles.of_user(user)["nickName"] == "Botty"
    assert profiles.of_user(user)["firstName"] == "bot1"


def test_the_brands_profile(profiles):
    assert profiles.of_brand()["brandId"] == "acc7"
    profiles.set_brand({"name": "Shop", "brandId": "acc8"})
    assert profiles.of_brand()["name"] == "Shop"
    assert profiles.of_brand()["brandId"] == "acc7"
    with pytest.raises(Refused):
        profiles.set_brand({"name": 7})
