"""``ums-actors top``: the connections of a running process, as they are now."""
