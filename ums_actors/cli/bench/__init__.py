"""``ums-actors bench``: what this machine makes of the library, in figures.

One client, one server, both here. Beside what else one would use is measured by
``python -m benchmarks`` of the sources, which this is not.
"""
