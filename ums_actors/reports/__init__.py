"""What an account may be asked for over HTTP: working hours, statistics."""

from __future__ import annotations
