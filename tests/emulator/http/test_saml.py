from __future__ import annotations

import base64

import pytest

from ums_actors.emulator.http.saml import assertion_of, subject_of


def encoded(text):
    return base64.b64encode(text.encode()).decode()


def test_the_subject_is_found():
    assert subject_of(assertion_of("bot1")) == "bot1"
    assert subject_of(encoded("<NameID Format='x'> a&amp;b </NameID>")) == "a&b"


@pytest.mark.parametrize(
    "assertion",
    ["", "no base64!", encoded("<NameID></NameID>"), encoded("nobody"), "/w=="],
)
def test_what_is_no_assertion_has_none(assertion):
    assert subject_of(assertion) is None
