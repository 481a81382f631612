"""The status endpoint: a Unix socket that tells its owner how the connections are.

``Runtime(status_socket=True)`` turns it on, ``ums-actors top`` looks at it. This room
holds what is said over it, who may listen, and both ends; what is told, and done, comes
from :mod:`ums_actors.runtime.watch`.
"""
