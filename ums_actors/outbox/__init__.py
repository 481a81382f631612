"""Messages that outlive the process: kept in a file until it is known what they became.

The file belongs to one user at a time, and is locked by the process that uses it.
"""

from __future__ import annotations

from ums_actors.outbox.letter import Letter
from ums_actors.outbox.outbox import Outbox

__all__ = ["Letter", "Outbox"]
