"""Made-up events of every class there is, told by the types that their fields declare."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import numpy as np
from hypothesis import strategies as st

from backtrace.ledger import (
    events,
    facts,
    filled_facts,
    graph_facts,
    graph_seen,
    layer_facts,
    loader_facts,
    loss_facts,
    mask_facts,
    rank_facts,
)
from backtrace.ledger.events import Event

_MODULES = (
    events, facts, filled_facts, graph_facts, graph_seen, layer_facts, loader_facts, loss_facts,
    mask_facts, rank_facts,
)  # fmt: skip
KINDS = [
    kind
    for module in _MODULES
    for kind in vars(module).values()
    if isinstance(kind, type) and issubclass(kind, Event) and kind is not Event
]
KINDS = list(dict.fromkeys(KINDS))

# Names and texts may hold anything that a file's name can: lone surrogates too.
texts = st.one_of(
    st.sampled_from(["fc.weight", "fc.bias", "", "\udc80.weight", "a\0b", "'; --", "層.重み"]),
    st.text(st.characters(codec=None, exclude_categories=()), max_size=8),
)
floats = st.one_of(
    st.floats(),
    st.sampled_from([-0.0, 0.0, float("nan"), float("inf"), float("-inf"), 5e-324, 1.0, 1e300]),
    st.floats(width=32, allow_nan=False).map(np.float64),
)
# Of a tensor, that is: with no size below 0, and no more elements than can be counted.
shapes = st.lists(st.one_of(st.integers(0, 9), st.integers(0, 2**15)), max_size=4).map(tuple)
integers = st.one_of(st.integers(0, 9), st.integers(-(2**70), 2**70))


def strategy(hint: Any) -> st.SearchStrategy[Any]:
    """Return made-up values of a declared type."""
    origin, given = get_origin(hint), get_args(hint)
    if origin is Literal:
        return st.sampled_from(given)
    if origin in (Union, UnionType):
        return st.one_of([strategy(each) for each in given])
    if origin is tuple and given[-1] is Ellipsis:
        return st.lists(strategy(given[0]), max_size=4).map(tuple)
    if origin is tuple:
        return st.tuples(*[strategy(each) for each in given])
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return st.dictionaries(texts, strategy(given[1]), max_size=3)
    if dataclasses.is_dataclass(hint):
        return st.deferred(lambda: instances(hint))
    return {
        str: texts, float: floats, int: integers, bool: st.booleans(), NoneType: st.none(),
    }[hint]  # fmt: skip


def instances(kind: Any) -> st.SearchStrategy[Any]:
    """Return made-up instances of a dataclass."""
    hints = get_type_hints(kind)
    made = {
        f.name: shapes if f.name == "shape" else strategy(hints[f.name])
        for f in dataclasses.fields(kind)
    }
    return st.builds(kind, **made)


any_event = st.one_of([instances(kind) for kind in KINDS])
