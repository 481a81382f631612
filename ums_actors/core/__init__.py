"""Pure decisions: what to do, never how.

Nothing in here owns a thread, a socket, a clock, a random source or a logger. Time
(``now``, monotonic seconds) and randomness (``fraction`` in 0 .. 1) are arguments;
what is decided comes back as values, and the actors carry it out.
"""

from __future__ import annotations
