from __future__ import annotations

import gc
from urllib.parse import SplitResult, urlsplit

import pytest

from ums_actors.secret import Secret
from ums_actors.transport import Target
from ums_actors.transport.proxy import Proxy
from ums_actors.transport.urls import split_url

TOKEN = "t0k3n-that-nobody-may-keep"


def test_it_is_as_the_one_of_the_standard_library():
    for url in ("wss://u:p@[::1]:8443/a;b?c=d#e", "ws://host", "nonsense"):
        assert split_url(url) == urlsplit(url)
    with pytest.raises(ValueError, match="IPv6"):
        split_url("wss://[::1/")


@pytest.mark.parametrize("use", [Target, Proxy.from_url])
def test_what_was_taken_apart_is_kept_nowhere(use):
    scheme = "wss" if use is Target else "http"
    place = f"ums.example/{TOKEN}" if use is Target else f"me:{TOKEN}@proxy.example:80"
    urlsplit.cache_clear()
    made = use(Secret(f"{scheme}://{place}"))
    assert urlsplit.cache_info().currsize == 0
    del made
    gc.collect()
    kept = [it for it in gc.get_objects() if type(it) is SplitResult]
    assert not any(TOKEN in part for it in kept for part in it)
