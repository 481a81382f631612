"""Looks up what a document says in code: whether such a thing is there.

``connection.send(timeout=…)`` is there if connections have a method ``send`` with such
a parameter; ``ums.MessageReceived.mine`` if that class has such a field.
"""

from __future__ import annotations

import ast
import inspect
import re
from types import ModuleType

import ums_actors as ums
from ums_actors import aio, requests
from ums_actors.protocol.subscription import conversation_query

BRAND, CONSUMER = ums.BrandWebsocketConnection, ums.ConsumerWebsocketConnection
REST = ums.BrandRestConnection
OFFERED = (
    ums.BrandConnectionProxy,
    ums.BrandRestConnectionProxy,
    ums.ConsumerConnectionProxy,
    ums.Connection,
)
"""Where the public methods of connections are offered."""
ROOTS = {
    "ums": (ums,),
    "aio": (aio,),
    "requests": (requests,),
    "connection": (BRAND, CONSUMER),
    "rest": (REST,),
    "conversation": (ums.Conversation,),
    "dialog": (ums.Dialog,),
    "message": (ums.Message,),
    "participant": (ums.Participant,),
    "ring": (ums.Ring,),
}
"""What the names stand for with which a document begins."""
GIVES = {"status": ums.ConnectionStatus}
"""Classes of what methods give, where a document goes on from there."""
DOORS = (BRAND.__init__, CONSUMER.__init__, ums.connect, ums.connect_consumer)
"""Functions whose parameters are those of ``name=…``."""
PASSING_ON = ("connect", "connect_consumer", "create_connection", "start")
"""Functions that pass on what they are given to a connection's class."""
_KEYWORD = re.compile(r"(\w+)=…")


class Unknown(Exception):
    """There is no such thing."""


def look_up(text):
    """Give all that the text may stand for.

    Raises:
        Unknown: nothing.
    """
    keyword = _KEYWORD.fullmatch(text)
    if keyword:
        return _with_keyword(DOORS, keyword[1])
    try:
        tree = ast.parse(text.replace("…", "..."), mode="eval").body
    except SyntaxError:
        raise Unknown(f"{text} is no expression") from None
    if isinstance(tree, ast.Dict):
        return [_query_key(key.value) for key in tree.keys]
    return _found(tree)


def is_ours(text):
    """Tell whether the text begins as a name of ours would."""
    return re.match(rf"({'|'.join(ROOTS)})\.\w", text) is not None


def _found(node):
    if isinstance(node, ast.Name):
        if node.id not in ROOTS:
            raise Unknown(f"nothing is called {node.id} here")
        return ROOTS[node.id]
    if isinstance(node, ast.Attribute):
        found = [
            each for owner in _found(node.value) for each in _members(owner, node.attr)
        ]
        if not found:
            raise Unknown(f"{ast.unparse(node)}: there is no {node.attr}")
        return found
    if isinstance(node, ast.Call):
        return _called(node)
    raise Unknown(f"{ast.unparse(node)} is neither a name nor a call")


def _called(node):
    functions = [each for each in _found(node.func) if callable(each)]
    if not functions:
        raise Unknown(f"{ast.unparse(node.func)} cannot be called")
    more = DOORS if getattr(node.func, "attr", "") in PASSING_ON else ()
    for keyword in node.keywords:
        _with_keyword([*functions, *more], keyword.arg)
    if not (node.args or node.keywords):
        _needs_nothing(node, functions)
    given = GIVES.get(getattr(node.func, "attr", ""))
    return (given,) if given else functions


def _needs_nothing(node, functions):
    """What is written ``name()`` must be callable so; others are ``name(…)``."""
    if not any(_is_complete(each) for each in functions):
        raise Unknown(f"{ast.unparse(node)} needs arguments: write (…)")


def _is_complete(function):
    every = list(inspect.signature(function).parameters.values())
    if every and every[0].name == "self":
        every = every[1:]
    variadic = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return all(
        each.default is not inspect.Parameter.empty or each.kind in variadic
        for each in every
    )


def _with_keyword(functions, name):
    found = [each for each in functions if name in inspect.signature(each).parameters]
    if not found:
        raise Unknown(f"nothing of {functions} takes {name}=")
    return found


def _members(owner, name):
    """Give what an object or instances of a class have of that name."""
    if isinstance(owner, ModuleType):
        return [getattr(owner, name)] if name in owner.__all__ else []
    if owner in (BRAND, CONSUMER, REST) and name not in ("start", "__init__"):
        offered = name in owner._proxied or any(hasattr(it, name) for it in OFFERED)
        return [getattr(owner, name)] if offered and hasattr(owner, name) else []
    if hasattr(owner, name):
        return [getattr(owner, name)]
    return [None] if isinstance(owner, type) and _is_set_at_birth(owner, name) else []


def _is_set_at_birth(owner, name):
    if not inspect.isfunction(owner.__init__):
        return False
    source = inspect.getsource(owner.__init__)
    return re.search(rf"self\.{name}\b(:| =)", source) is not None


def _query_key(key):
    for value in ("1", 1):
        try:
            return conversation_query({key: value})
        except ums.LocalProtocolError:
            continue
    raise Unknown(f"no query has {key}")
