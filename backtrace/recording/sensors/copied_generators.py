"""Random generators that a data set keeps, of which each worker of a loader gets a copy."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from typing import Any

import torch
from torch.utils.data import DataLoader

from backtrace.as_data import (
    attributes_of,
    bases_of,
    body_of,
    class_module,
    class_name,
    find_in_class,
    is_exactly,
)

_DEPTH = 4  # of objects in objects: data sets, transforms, lists of those
_MOST = 200  # objects that are looked at
_FEW = 20  # parts of a list
_PLAIN = object.__getattribute__
_LIBRARIES = ("builtins", "numpy", "typing", "pathlib", "re")
_ASKS = "get_worker_info"  # by which workers tell themselves apart


def find_copied_generators(loader: DataLoader[Any]) -> Iterator[tuple[str, str]]:
    """Give the names and types of generators by which a data set makes its items.

    Nothing where there are no workers, or where something may seed each of them anew. Attributes
    and code are read as data: nothing of the data set is called.
    """
    told = attributes_of(loader)
    if not told.get("num_workers") or told.get("worker_init_fn") is not None:
        return
    left: list[tuple[str, object, int]] = [("", told.get("dataset"), _DEPTH)]
    seen: set[int] = set()
    while left and len(seen) < _MOST:
        path, thing, depth = left.pop(0)
        if is_exactly(thing, list, tuple) and depth:
            left += [(f"{path}[{at}]", part, depth - 1) for at, part in enumerate(thing[:_FEW])]  # type: ignore[index]
        if id(thing) in seen or not _has_plain_dict(thing):
            continue
        seen.add(id(thing))
        names = _names_used(type(thing))
        if _ASKS in names:
            return
        for name, value in attributes_of(thing).items():
            if not is_exactly(value, *_kinds()):
                left += [(f"{path}.{name}".lstrip("."), value, depth - 1)] if depth else []
            elif name in names:
                yield f"{path}.{name}".lstrip("."), class_name(type(value))


def _has_plain_dict(thing: object) -> bool:
    """Whether a thing has attributes that are read without running code of its class."""
    kind = type(thing)
    is_users = not class_module(kind).startswith(_LIBRARIES)
    is_plain = find_in_class(kind, "__getattribute__") is _PLAIN
    return is_users and is_plain and find_in_class(kind, "__dict__") is not None


def _kinds() -> tuple[type, ...]:
    numpy = vars(sys.modules["numpy.random"]) if "numpy.random" in sys.modules else {}
    found = (numpy.get(name) for name in ("RandomState", "Generator"))
    return (random.Random, torch.Generator, *(kind for kind in found if kind is not None))


def _names_used(kind: type) -> set[str]:
    """Return the names that the methods of a class use, the making of it left out."""
    methods = (
        method
        for cls in bases_of(kind)
        if not class_module(cls).startswith(("torch.", "typing", "builtins"))
        for name, method in body_of(cls).items()
        if name not in ("__init__", "__setstate__", "__new__")
    )
    codes = (getattr(each, "__code__", None) for each in methods if callable(each))
    return {name for code in codes if code is not None for name in code.co_names}
