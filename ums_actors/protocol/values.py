"""How many values a peer's JSON may hold for its size.

What is read of JSON can be far larger than its text: ``[],`` is three bytes on the wire
and about a hundred in memory, and the garbage collector walks over each. A message is
therefore counted before it is read: its commas and brackets, also those within strings,
which costs a tenth of reading it, and nothing below 64 KiB.
"""

from __future__ import annotations

from typing import Final

from ums_actors.errors import RemoteProtocolError

__all__ = ["BYTES_A_VALUE", "FREE_VALUES", "check_values"]

FREE_VALUES: Final = 1 << 16
"""Values that any message may hold. A message of no more bytes is not counted at all,
since it cannot hold more; what is read of so many takes about 8 MB at most."""
BYTES_A_VALUE: Final = 12
"""A message of more than that may hold one more value in so many bytes. Events of
dialogs have 20 bytes a value and more, conversations 18, the densest frame known of the
service 15; with this the limit of 16 MiB lets 46,000 messages of 350 bytes
through, and what is read of any message is no more than about four times what is read
of an honest one of its size. The service's own limit is UNKNOWN."""


def check_values(data: bytes | bytearray | memoryview | str) -> None:
    """Refuse a message that is made to fill memory; of JSON or of anything.

    Raises:
        RemoteProtocolError: it holds more values than are let in for its size.
    """
    size = len(data)
    if size <= FREE_VALUES:
        return
    if not isinstance(data, (bytes, bytearray)):
        data = data.encode(errors="replace") if isinstance(data, str) else bytes(data)
    values = data.count(b",") + data.count(b"[") + data.count(b"{")
    most = FREE_VALUES + size // BYTES_A_VALUE
    if values > most:
        raise RemoteProtocolError(
            f"the server sent {values} values in {size} bytes, more than the {most} "
            "that are read of so many"
        )
