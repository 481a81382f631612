"""Files that participants show one another: what they are, and the service for them."""

from __future__ import annotations
