"""What users, consumers and the brand say of themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ums_actors.emulator.failures import Refused
from ums_actors.emulator.values import as_list, as_object, json_length

if TYPE_CHECKING:
    from ums_actors.emulator.world.consumers import Consumer
    from ums_actors.emulator.world.users import User

__all__ = ["Profiles"]

MAX_LENGTH: Final = 16 << 10
"""Characters of one profile as JSON."""
ANONYMOUS_ACR: Final = "0"
AUTHENTICATED_ACR: Final = "loa1"

_TEXTS: Final = (
    "firstName",
    "lastName",
    "nickName",
    "avatarUrl",
    "role",
    "backgndImgUri",
    "description",
)
_PRIVATE: Final[dict[str, Any]] = {
    "mobileNum": "",
    "mail": "",
    "pushNotificationData": {},
}
_OBJECTS: Final = ("privateData", "authenticatedData")
_BRAND_TEXTS: Final = ("name", "avatarUrl", "backgndImgUri", "description")


class Profiles:
    """Profiles by identity: what was set lies over what is known anyway.

    Args:
        account: the account, whose own profile is the brand's.

    Attributes:
        told: what was set, by old id or consumer id; the brand's by the empty text.
    """

    def __init__(self, account: str) -> None:
        self._account = account
        self.told: dict[str, dict[str, Any]] = {}

    def of_user(self, user: User) -> dict[str, Any]:
        """Give an agent's profile; the login name is the first name until it is set."""
        texts: dict[str, Any] = dict.fromkeys(_TEXTS, "")
        known = {**texts, "firstName": user.name, "nickName": user.name}
        known["role"] = "ASSIGNED_AGENT"
        return {**known, **self.told.get(user.old_id, {}), "userId": user.old_id}

    def of_consumer(self, consumer: Consumer) -> dict[str, Any]:
        """Give a consumer's profile, with what their own login said of them."""
        claims = consumer.claims
        told = map(as_object, as_list(claims.get("lp_sdes")))
        details = [it for it in told if it is not None]
        texts: dict[str, Any] = dict.fromkeys(_TEXTS, "")
        is_anonymous = consumer.is_anonymous
        known: dict[str, Any] = {
            **texts,
            "firstName": _text(claims, "given_name"),
            "lastName": _text(claims, "family_name"),
            "role": "CONSUMER",
            "privateData": {**_PRIVATE, "mail": _text(claims, "email")},
            "authenticatedData": {"lp_sdes": details},
        }
        fixed = {
            "userId": consumer.consumer_id,
            "claims": {"iss": _text(claims, "iss"), "lp_sdes": details},
            "acr": ANONYMOUS_ACR if is_anonymous else AUTHENTICATED_ACR,
        }
        return {**known, **self.told.get(consumer.consumer_id, {}), **fixed}

    def of_brand(self) -> dict[str, Any]:
        """Give the brand's own profile."""
        texts: dict[str, Any] = dict.fromkeys(_BRAND_TEXTS, "")
        known = {**texts, "name": f"Brand {self._account}"}
        return {**known, **self.told.get("", {}), "brandId": self._account}

    def set_person(self, identity: str, told: dict[str, Any]) -> None:
        """Set the parts that are told, by old id or consumer id; others are kept.

        What one cannot say of oneself (userId, claims, acr) and unknown parts are
        ignored.

        Raises:
            Refused: a part has the wrong form, or it is too much.
        """
        self._keep(identity, told, _TEXTS, _OBJECTS)

    def set_brand(self, told: dict[str, Any]) -> None:
        """Set the parts of the brand's profile that are told.

        Raises:
            Refused: a part has the wrong form, or it is too much.
        """
        self._keep("", told, _BRAND_TEXTS, ())

    def _keep(
        self,
        identity: str,
        told: dict[str, Any],
        texts: tuple[str, ...],
        objects: tuple[str, ...],
    ) -> None:
        kept = dict(self.told.get(identity, {}))
        for names, kind in ((texts, str), (objects, dict)):
            for name in names:
                value = told.get(name)
                if value is None:  # a client sends what it has not set as null
                    continue
                if not isinstance(value, kind):
                    raise Refused(400, f"The {name} of the profile has the wrong form")
                kept[name] = value
        if json_length(kept) > MAX_LENGTH:
            raise Refused(400, f"The profile is longer than {MAX_LENGTH} characters")
        self.told[identity] = kept


def _text(claims: dict[str, Any], name: str) -> str:
    value = claims.get(name)
    return value if isinstance(value, str) else ""
