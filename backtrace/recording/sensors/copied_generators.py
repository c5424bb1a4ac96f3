"""Random generators that a data set keeps, of which each worker of a loader gets a copy."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from typing import Any

import torch
from torch.utils.data import DataLoader

_DEPTH = 3  # of data sets in data sets, such as Subset's
_ASKS = "get_worker_info"  # by which workers tell themselves apart


def find_copied_generators(loader: DataLoader[Any]) -> Iterator[tuple[str, str]]:
    """Give the names and types of generators by which a data set makes its items.

    Nothing where there are no workers, or where something may seed each of them anew. Attributes
    and code are read as data: nothing of the data set is called.
    """
    told = vars(loader)
    if not told.get("num_workers") or told.get("worker_init_fn") is not None:
        return
    dataset = told.get("dataset")
    for _ in range(_DEPTH):
        held = getattr(dataset, "__dict__", None) if _has_plain_dict(dataset) else None
        if not isinstance(held, dict):
            return
        names = _names_used(type(dataset))
        if _ASKS not in names:
            for name, value in held.items():
                if name in names and type(value) in _kinds():
                    yield name, type(value).__name__
        dataset = held.get("dataset")


def _has_plain_dict(thing: object) -> bool:
    """Whether a thing's attributes can be read without running code of its class."""
    return type(thing).__getattribute__ is object.__getattribute__


def _kinds() -> tuple[type, ...]:
    numpy = vars(sys.modules["numpy.random"]) if "numpy.random" in sys.modules else {}
    found = (numpy.get(name) for name in ("RandomState", "Generator"))
    return (random.Random, torch.Generator, *(kind for kind in found if kind is not None))


def _names_used(kind: type) -> set[str]:
    """Return the names that the methods of a class use, the making of it left out."""
    methods = (
        method
        for cls in kind.__mro__
        if not cls.__module__.startswith(("torch.", "typing", "builtins"))
        for name, method in vars(cls).items()
        if name not in ("__init__", "__setstate__", "__new__")
    )
    codes = (getattr(each, "__code__", None) for each in methods if callable(each))
    return {name for code in codes if code is not None for name in code.co_names}
