"""Programs to begin with: short, whole, and run by the tests.

Each is a module to be read, and to be run: ``python -m ums_actors.examples`` lists
them. With ``--emulator`` it runs against a local UMS of its own, where visitors come by
themselves; without, against an account: see :mod:`ums_actors.examples.account`.
"""

from __future__ import annotations
