"""The user's way to tensors that plain lists, dicts and objects hold: `model.layers[0].weight`.

No code of the user's runs: only what lists, tuples, dicts and the `__dict__` of an object
themselves hold is read, past what a class makes of it.
"""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import cast

from torch import Tensor

from backtrace.as_data import class_module, find_in_class, is_exactly

_OFFSET = type.__dict__["__dictoffset__"].__get__
_DEPTH = 5  # of containers in containers
_MOST = 5000  # things that are looked at
_LONGEST = 1000  # items of one container
_PLAIN = (list, tuple, dict)
_VALUES = (int, float, bool, str, bytes, type(None), Tensor)


def find_paths(names: Mapping[str, object], wanted: set[int]) -> dict[int, str]:
    """Return the way from a global variable to each of the objects with these ids.

    The way through an object's attributes goes before one through a list of tensors alone.
    """
    found: dict[int, str] = {}
    seen: set[int] = set()
    waiting = [(name, value, 0) for name, value in names.items() if not name.startswith("_")]
    for is_object in (True, False):
        reached = [each for each in waiting if (not is_exactly(each[1], *_PLAIN)) is is_object]
        for path, value, depth in reached:  # it grows
            if len(seen) >= _MOST or depth >= _DEPTH:
                break
            if id(value) in seen:
                continue
            seen.add(id(value))
            for step, item in islice(_items(value), _LONGEST):
                if id(item) in wanted:
                    found.setdefault(id(item), f"{path}{step}")
                elif not is_exactly(item, *_VALUES):
                    reached.append((f"{path}{step}", item, depth + 1))
    return found


def _items(value: object) -> Iterator[tuple[str, object]]:
    """Give what a container holds, with the step there."""
    kind = type(value)
    if kind is list or kind is tuple:
        yield from ((f"[{at}]", item) for at, item in enumerate(cast("list[object]", value)))
    elif kind is dict:
        mapping = cast("dict[object, object]", value)
        known = ((key, item) for key, item in mapping.items() if is_exactly(key, str, int))
        yield from ((f"[{key!r}]", item) for key, item in known)
    elif _is_plain(kind):
        attributes = object.__getattribute__(value, "__dict__")
        yield from ((f".{name}", x) for name, x in attributes.items() if not name.startswith("_"))


def _is_plain(kind: type) -> bool:
    """Whether instances keep their attributes in a `__dict__` that no class of theirs made up."""
    if class_module(kind) in ("builtins", "torch") or issubclass(kind, types.ModuleType | type):
        return False
    own = find_in_class(kind, "__dict__")
    return type(own) is types.GetSetDescriptorType and _OFFSET(kind) != 0
