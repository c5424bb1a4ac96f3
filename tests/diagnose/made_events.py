"""Events of every kind with whatever their types allow, drawn at random."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from backtrace.ledger.events import Event
from backtrace.ledger.facts import Fact
from backtrace.ledger.graph_seen import GraphSeen

KINDS = [
    kind
    for kind in (*Event.__subclasses__(), *Fact.__subclasses__())
    if kind.__module__.startswith("backtrace.")
    and kind.__name__ != "Fact"
    and not kind.__name__.startswith("_")  # what `quick_init` makes events of
]
assert GraphSeen in KINDS

NAMES = ["w0", "w1", "w2", "b", "", "input"]
WORDS = [*NAMES, "opt", "opt", "SGD", "train.py:3", "model", "Dropout", "BatchNorm1d", "relu"]
WORDS += ["cross_entropy", "mse_loss", "SoftmaxBackward0", "MulBackward0", "StepLR", "zero_grad"]
FLOATS = [0.0, -0.0, 1.0, 0.5, -1.0, 1e-12, 1e30, 3.0, float("nan"), float("inf"), -float("inf")]
hints = cache(get_type_hints)


def make_event(kind: type[Event], index: int, chance: random.Random) -> Event:
    """An event of this kind; `index` numbers it."""
    facts = {field.name: make(hints(kind)[field.name], chance) for field in fields(kind)}
    if "optimizer" in facts:  # that always has a name
        facts["optimizer"] = chance.choice(["opt", "opt", "other"])
    return kind(**{**facts, "index": index, "elapsed": float(index), "rank": 0})


def make(hint: Any, chance: random.Random) -> Any:
    """Something of this type."""
    origin, arguments = get_origin(hint), get_args(hint)
    count = chance.choice([0, 1, 1, 2, 3])
    if origin in (Union, UnionType):
        return make(chance.choice(arguments), chance)
    if origin is Literal:
        return chance.choice(arguments)
    if origin is tuple and arguments[-1] is Ellipsis:
        return tuple(make(arguments[0], chance) for _ in range(count))
    if origin is tuple:
        return tuple(make(each, chance) for each in arguments)
    if origin is Mapping:
        return {make(arguments[0], chance): make(arguments[1], chance) for _ in range(count)}
    if is_dataclass(hint):
        known = hints(hint)
        return hint(**{field.name: make(known[field.name], chance) for field in fields(hint)})
    simple = {
        NoneType: [None],
        bool: [True, False],
        int: [0, 1, 2, 3, 8, 100],
        float: FLOATS,
        str: WORDS,
        object: [None, 1.0],
    }
    return chance.choice(simple[hint])
