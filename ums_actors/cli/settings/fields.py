"""What can be set, and by which names."""

from __future__ import annotations

from typing import Final, NamedTuple

__all__ = ["FIELDS", "Field", "field"]


class Field(NamedTuple):
    """One setting.

    Attributes:
        name: in the file.
        means: what it is, for those who read the help.
        secret: whether it is never shown, and never an option: other users of a
            machine see the options of all programs that run.
        metavar: what stands for its value in the help.
    """

    name: str
    means: str
    secret: bool = False
    metavar: str = "TEXT"

    @property
    def option(self) -> str:
        """Its option; empty if it has none."""
        return "" if self.secret else "--" + self.name.replace("_", "-")

    @property
    def variable(self) -> str:
        """Its environment variable."""
        return "UMS_" + self.name.upper()

    @property
    def ways(self) -> str:
        """How it can be given, for an error's text."""
        return " or ".join(way for way in (self.option, self.variable) if way)


FIELDS: Final = (
    Field("account", "The account's number."),
    Field("username", "The login name of the bot or agent."),
    Field("password", "Its password.", secret=True),
    Field("password_file", "A file that holds the password alone.", metavar="FILE"),
    Field("app_key", "The first of a bot's OAuth1 keys.", secret=True),
    Field("app_secret", "The second.", secret=True),
    Field("access_token", "The third.", secret=True),
    Field("access_token_secret", "The fourth.", secret=True),
    Field("token", "A bearer made elsewhere, in place of a login.", secret=True),
    Field("user_id", "Whose the bearer is.", metavar="ID"),
    Field(
        "csds",
        "Domain service, if not LivePerson's own; http:// only to loopback.",
        metavar="HOST",
    ),
    Field("ca", "CA certificates to trust instead of the system's.", metavar="FILE"),
)
_BY_NAME: Final = {each.name: each for each in FIELDS}


def field(name: str) -> Field:
    """Give a setting by its name."""
    return _BY_NAME[name]
