"""What events hand to users beyond plain records: objects with methods of their own."""

from __future__ import annotations
