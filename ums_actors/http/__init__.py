"""A small HTTP client for the services beside the websocket; blocking, for workers."""

from __future__ import annotations
