"""A seeded simulator of whole connections: see :mod:`ums_actors.testing.simulate`."""
