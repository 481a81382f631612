"""Fleets over many machines: each shard of agents has one owner at a time."""

from __future__ import annotations
