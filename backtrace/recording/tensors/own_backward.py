"""Modules whose class defines a `backward`, as only autograd functions do: nobody calls it.

Only what stands in classes is looked at, and nothing of the user's is called.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import CodeType, FunctionType
from typing import Any

from torch import nn

from backtrace.as_data import attributes_of, bases_of, body_of, is_a
from backtrace.recording.frames import is_users

_NAME = "backward"
_PARTS = ("_parameters", "_modules", "_backward_hooks")


def find_backward(module: nn.Module) -> CodeType | None:
    """Return the code of the `backward` that a module's class has, and that nobody seems to call.

    It takes a gradient; the module has no parameters and no parts; and neither its class nor
    another that has a `backward`, in the same file, speaks of one: by hand, or for a hook.
    """
    kind = type(module)
    own = body_of(kind)
    if _NAME not in own or "forward" not in own:
        return None
    told = attributes_of(module)
    if any(told.get(each) for each in _PARTS):
        return None
    found = own[_NAME]
    is_static = type(found) is staticmethod
    function = found.__func__ if is_static else found
    if type(function) is not FunctionType or not is_users(function.__code__):
        return None
    code, defaults = function.__code__, function.__defaults__ or ()
    if code.co_argcount - len(defaults) < (1 if is_static else 2):
        return None  # it takes no gradient: `loss.backward()` under another name
    if any(_NAME in body_of(base) for base in bases_of(kind)[1:]):
        return None  # a framework calls it
    around = [kind, *(each for each in function.__globals__.values() if _has_backward(each))]
    return None if any(_speaks_of_it(each) for each in around) else code


def _has_backward(value: Any) -> bool:
    return is_a(value, type) and _NAME in body_of(value)


def _speaks_of_it(kind: type) -> bool:
    codes = (each.__code__ for each in body_of(kind).values() if type(each) is FunctionType)
    return any(_NAME in code.co_names for outer in codes for code in _with_inner(outer))


def _with_inner(code: CodeType) -> Iterator[CodeType]:
    yield code
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield from _with_inner(each)
