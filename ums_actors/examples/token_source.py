"""Log in your own way: a token source that asks a gateway for tokens.

    python -m ums_actors.examples.token_source --emulator

For organisations where no program holds a bot's password: something inside the house
logs bots in, and a program asks it for a token. Here the gateway takes a POST with the
bot's name and answers as the service's own login does; ``UMS_PASSWORD`` is what it
knows us by. The connection calls the source when it needs a token, at no other time.
"""

from __future__ import annotations

import json
import ssl
import sys
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any

import ums_actors as ums
from ums_actors.examples.account import account_of, options

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Gateway", "main"]


class Gateway:
    """Gives tokens; any class with these four methods is a token source.

    They are called on worker threads, one at a time, and may block for as long as they
    are told. What they raise decides what happens next: AuthenticationRejected ends the
    connection, LoginError has it try again later.

    Args:
        url: where to ask.
        body: what to ask with.
        ca_file: certificates to trust, if not the system's.
    """

    def __init__(
        self, url: str, body: Mapping[str, str], ca_file: str | None = None
    ) -> None:
        self._request = urllib.request.Request(  # noqa: S310 (the URL is our own)
            url, json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        self._context = ssl.create_default_context(cafile=ca_file)

    def login(self, timeout: float) -> ums.Session:
        """Get a token."""
        answer = self._ask(timeout)
        print("the gateway gave a token")
        return ums.Session(
            token=ums.Secret(answer["bearer"]), user_id=answer["config"]["userId"]
        )

    def refresh(self, session: ums.Session, timeout: float) -> None:
        """Do nothing: this gateway keeps its tokens alive by itself."""

    def logout(self, session: ums.Session, timeout: float) -> None:
        """Do nothing: the token is the gateway's."""

    def close(self) -> None:
        """Do nothing: there is nothing to give back."""

    def _ask(self, timeout: float) -> Any:
        try:
            with urllib.request.urlopen(  # noqa: S310 (the URL is our own)
                self._request, timeout=timeout, context=self._context
            ) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            error.close()
            if error.code in (401, 403):
                raise ums.AuthenticationRejected(
                    "the gateway does not know us", status=error.code
                ) from None
            raise ums.LoginError("the gateway is ill", status=error.code) from None
        except OSError as error:  # nothing of it is repeated, it might hold a secret
            raise ums.LoginError(f"no gateway: {type(error).__name__}") from None


def main(argv: Sequence[str] | None = None) -> int:
    """Connect, ask for the time, and end; gives the exit code."""
    parser = options(__doc__)
    parser.add_argument("--gateway", metavar="URL", help="where tokens come from")
    arguments = parser.parse_args(argv)
    with account_of(arguments) as account:
        name, password = account.credentials()
        address = account.address()
        body = {"username": name, "password": password}
        # a local UMS is its own gateway
        url = arguments.gateway or account.login_url()
        source = Gateway(url, body, address["ca_file"])
        with ums.connect(**address, auth=source) as connection:
            print(f"the server's clock says {connection.get_clock()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
