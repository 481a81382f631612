"""Every default of a connection, with its unit, bound and reason."""

from __future__ import annotations

from typing import Any

import msgspec
import msgspec.structs

from ums_actors.arguments import MAX_SECONDS, shown
from ums_actors.errors import LocalProtocolError

__all__ = ["Options"]


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of one connection. Durations are seconds, sizes are bytes.

    Raises:
        LocalProtocolError: a value is out of its bounds.
    """

    # -- one attempt
    connect_timeout: float = 15.0
    """Resolution, TCP to all addresses, proxy, TLS and upgrade together."""
    login_timeout: float = 20.0
    """Domain look-up and login together."""
    restore_timeout: float = 30.0
    """Subscriptions and agent state after the upgrade."""
    close_timeout: float = 10.0
    """From ``close()`` to CLOSED, whatever hangs."""

    drain_timeout: float = 2.0
    """From ``close()`` to the close frame, while there are requests whose answers are
    still awaited; at most half of ``close_timeout``. New ones are refused at once."""

    # -- requests
    ring_conversation_timeout: float = 30.0
    """From an accepted ring to its conversation; outlasts a reconnect in between."""
    request_timeout: float = 10.0
    """From the write to the answer; node-agent-sdk waits as long."""
    retry_too_many: bool = True
    """Send what was refused with 429 once more, after a second or more and within its
    own deadline: the service did not carry it out. Without it only requests with
    ``resend`` and the library's own are; the others are rejected at once."""
    queue_timeout: float = 60.0
    """How long a request waits for a READY line, and for room on it."""
    queue_limit: int = 1_000
    """Requests that may wait for a READY line, or after a 429."""
    in_flight_limit: int = 10_000
    """Requests that may wait for an answer; fewer after a 429, as long as it takes."""
    write_buffer_limit: int = 4 << 20
    """Bytes the kernel has not taken yet; beyond, requests are Overloaded."""

    rest_lines: int = 4
    """Calls that a REST connection makes at the same time, each on a line of its own
    that is kept for the next: more would only wait for each other's TLS handshakes."""

    # -- publishing effectively once
    settling_delay: float = 2.0
    """From the loss of an answer until it is looked for what was published: a frame may
    be carried out a little after its line is gone. What is seen before is not waited
    for."""
    once_timeout: float = 300.0
    """How long one publish is followed through outages; then it stays UNKNOWN."""

    # -- files
    file_timeout: float = 60.0
    """One file up or down, waiting for a worker included; its address is good for about
    a minute (UMS.md 3.12)."""
    max_file_size: int = 10 << 20
    """A larger file is neither uploaded nor downloaded: it would be held in memory. The
    service takes 3 MB; files from other channels may be larger."""

    # -- keeping the line
    maintain_connection: bool = True
    """Reconnect after a drop; without it a drop closes the connection."""
    use_extended_reconnect_schedule: bool = False
    """Let pauses grow to 14,400 s instead of 600 s (UMS.md 4.5)."""
    backoff_base: float = 1.0
    """Pauses are uniform on 0 .. base times 2^n (full jitter)."""
    stable_after: float = 10.0
    """READY for so long resets backoff and restart budgets."""
    max_outage: float | None = None
    """Give up when the line was away for so long; None never gives up."""
    ping_interval: float = 20.0
    """The service closes lines idle for 60 s (UMS.md 1.4)."""
    pong_timeout: float = 10.0
    """A peer silent for so long after a ping is dead."""

    # -- supervision
    restart_intensity: int = 5
    """Crashes of one child that ``restart_period`` tolerates."""
    restart_period: float = 60.0
    """Length of the intensity window."""

    # -- tokens
    refresh_tokens: bool = True
    """Refresh tokens by ourselves; without it only ``refresh_token()`` does, and a
    brand's token that nobody refreshes dies after about ten minutes (UMS.md 4.3)."""
    refresh_interval: float = 240.0
    """Most seconds between refreshes, at most 600; earlier where the service says that
    the token ends earlier. The reference's own (UMS.md 12.6)."""
    csds_cache: float = 600.0
    """How long a domain look-up is believed."""
    csds_stale: float = 86_400.0
    """How long it serves beyond that while the domain service fails; 0 is not at all.
    Hosts move seldom, and a wrong one shows itself when it is dialled."""

    # -- reports of the account
    shift_poll_interval: float = 60.0
    """Between two polls of the shift status, less what chance takes off: up to 99.9 %
    of the first pause, 10 % of the later ones. The reference's own (UMS.md 12.6)."""

    # -- the way through the network
    verify_tls: bool = True
    """Check a server's certificate, and that it is for the host that was asked. Off:
    whoever stands in between can read and change all, tokens and passwords included;
    a warning is logged for each connection. For certificates of your own give
    ``ca_file`` instead."""
    allow_plain: bool = False
    """Speak ws and http also beyond this machine, where a host is given so. On: tokens
    and passwords travel for all to read; a warning is logged for each connection."""
    proxy_from_environment: bool = False
    """Use HTTPS_PROXY and NO_PROXY of the environment where no ``proxy`` is given. Off:
    a variable set for another program would make tokens go a way nobody chose here."""

    # -- receiving
    max_frame_size: int = 16 << 20
    """A larger frame is refused with 1009."""
    max_message_size: int = 16 << 20
    """A larger message, joined from fragments, is refused with 1009."""
    subscriber_limit: int = 10_000
    """Events that may wait for one slow subscriber before the oldest are dropped."""
    dialog_limit: int = 10_000
    """Dialogs whose order is tracked; the least recently used is forgotten."""
    conversation_limit: int = 10_000
    """Conversations that are kept true; beyond, one that has ended, or else the one not
    heard of for longest, is removed."""
    limit_break: bool = True
    """Complete snapshots of 900 conversations and more, which the service cuts at about
    1,000, by child subscriptions (UMS.md 12.5), up to ``conversation_limit``. Off: the
    others are known when something happens in them."""
    messages_per_dialog: int = 100
    """The last messages of each dialog that are kept; 0 keeps none."""
    clear_conversation_timeout: float = 5.0
    """From a conversation's leaving its last subscription to its removal; the
    reference's own (UMS.md 12.1). One that comes back in time stays."""
    get_all_messages: bool = False
    """Hand out what was said before the process began, too: all messages of the open
    dialogs that one hears anyway. Off: a bot that is started anew would answer them
    again."""
    out_of_order_timeout: float = 2.0
    """How long messages are held that came before their turn, where nobody can be asked
    for the missing ones: without a line of its own, and where it is not known which is
    the first of a dialog. Webhooks are sent concurrently; 0 holds none. One whose
    sending failed comes again after 30 s, and is dropped by then."""
    catch_up_limit: int = 5
    """Message queries in flight while missed messages are fetched."""

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            value, default = getattr(self, name), _DEFAULTS[name]
            if isinstance(default, bool):
                fits, wanted = isinstance(value, bool), "True or False"
            else:
                fits, wanted = _fits(name, value, default)
            if not fits:
                raise LocalProtocolError(
                    f"Options.{name}={shown(value)} is out of bounds: it must be "
                    f"{wanted}"
                )
        if self.refresh_interval > _LONGEST_REFRESH_INTERVAL:
            raise LocalProtocolError(
                f"Options.refresh_interval={self.refresh_interval:g} is out of bounds: "
                f"a token that is not refreshed for {_LONGEST_REFRESH_INTERVAL:g} s "
                "dies; use refresh_tokens=False to refresh none"
            )

    @property
    def backoff_cap(self) -> float:
        """Longest pause between attempts, seconds (UMS.md 4.5)."""
        return 14_400.0 if self.use_extended_reconnect_schedule else 600.0


def _fits(name: str, value: Any, default: Any) -> tuple[bool, str]:
    """Tell whether a number fits, and in words which ones do."""
    is_whole = isinstance(default, int)
    kinds = int if is_whole else (int, float)
    zero_allowed = name in _MAY_BE_ZERO
    what = "a whole number, " if is_whole else "a number, "
    wanted = what + ("0 or more" if zero_allowed else "more than 0")
    if value is None:
        return default is None, wanted
    return (
        isinstance(value, kinds)
        and not isinstance(value, bool)
        and (value > 0 or (zero_allowed and value == 0))
        and value <= MAX_SECONDS
    ), f"{wanted}, and at most {MAX_SECONDS:g}"


_MAY_BE_ZERO = frozenset(
    {
        "restart_intensity",
        "queue_limit",
        "csds_stale",
        "drain_timeout",
        "settling_delay",
        "messages_per_dialog",
        "clear_conversation_timeout",
        "out_of_order_timeout",
    }
)
_LONGEST_REFRESH_INTERVAL = 600.0
_DEFAULTS = {each.name: each.default for each in msgspec.structs.fields(Options)}
