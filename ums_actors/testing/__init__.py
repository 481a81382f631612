"""For tests: a simulator of whole connections, and a proxy that is a bad network.

See :mod:`ums_actors.testing.simulate` and :mod:`ums_actors.testing.fault_proxy`.
"""
