"""``ums-actors cluster``: look at a cluster of fleets on Ray, and move its shards."""

from __future__ import annotations
