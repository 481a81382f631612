from __future__ import annotations

import base64
import hashlib
import hmac

import pytest

from ums_actors.errors import LocalProtocolError, RemoteProtocolError
from ums_actors.protocol.signature import verify_webhook
from ums_actors.secret import Secret

KEY = "an-app-s-secret"
BODY = b'{"kind":"notification","type":"x","body":{"text":"\xc3\xbc"}}'
RECORDED = (
    # of RFC 2202 and RFC 4231, case 2
    "what do ya want for nothing?",
    "Jefe",
    "sha1=effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
    "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
)


def signed(algorithm="sha1", *, hexadecimal=False, key=KEY, body=BODY):
    digest = hmac.new(key.encode(), body, getattr(hashlib, algorithm)).digest()
    text = digest.hex() if hexadecimal else base64.b64encode(digest).decode()
    return f"{algorithm}={text}"


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
@pytest.mark.parametrize("hexadecimal", [False, True])
@pytest.mark.parametrize("secret", [KEY, Secret(KEY)])
@pytest.mark.parametrize("body", [BODY, bytearray(BODY), BODY.decode()])
def test_what_is_signed_as_documented_is_taken(algorithm, hexadecimal, secret, body):
    verify_webhook(body, signed(algorithm, hexadecimal=hexadecimal), secret)


@pytest.mark.parametrize("signature", RECORDED[2:])
def test_the_published_vectors_fit(signature):
    text, key = RECORDED[:2]
    verify_webhook(text, signature, key)
    verify_webhook(text, signature.upper().replace("SHA", "sha"), key)


@pytest.mark.parametrize(
    ("signature", "text"),
    [
        (None, "is not signed"),
        ("", "is not signed"),
        ("sha1", "is not signed"),
        ("md5=abc", "is of kind 'md5'"),
        ("=abc", "is of kind ''"),
        ("sha1=", "does not fit"),
        ("sha1=ü", "does not fit"),
        (signed(key="other"), "does not fit"),
        (signed(body=BODY + b" "), "does not fit"),
        (signed("sha256").replace("sha256", "sha1"), "does not fit"),
        (signed() + "=", "does not fit"),
    ],
)
def test_what_is_not_is_refused_and_shows_no_secret(signature, text):
    with pytest.raises(RemoteProtocolError, match=text) as caught:
        verify_webhook(BODY, signature, Secret(KEY))
    told = str(caught.value)
    assert KEY not in told
    assert signed()[5:] not in told


@pytest.mark.parametrize("body", [None, 5, {"type": "x"}, memoryview(b"x")])
def test_only_the_body_as_it_came_can_be_checked(body):
    with pytest.raises(LocalProtocolError, match="as it came"):
        verify_webhook(body, signed(), KEY)


@pytest.mark.parametrize("secret", [None, "", 5, Secret(""), b"x"])
def test_a_secret_is_wanted(secret):
    with pytest.raises(LocalProtocolError, match="secret must be"):
        verify_webhook(BODY, signed(), secret)


@pytest.mark.parametrize("signature", [b"sha1=abc", 5, ["sha1=abc"]])
def test_a_signature_is_a_text(signature):
    with pytest.raises(LocalProtocolError, match="must be the text of the header"):
        verify_webhook(b"{}", signature, "secret")
