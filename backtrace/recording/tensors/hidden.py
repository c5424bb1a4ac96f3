"""Leaves that a model holds in a list or a dict, where torch does not find its parameters."""

from __future__ import annotations

from collections.abc import Iterable

from torch import Tensor

from backtrace.explain.graph.unregistered import find_unregistered
from backtrace.recording.tensors.named_parameters import has_no_numbers
from backtrace.recording.tensors.tracked import Register


def track_hidden(register: Register, leaves: Iterable[Tensor]) -> set[int]:
    """Take in the leaves that a known model holds in a list or dict; return their ids.

    They are named by the way there (`blocks[0].weight`); one that is known keeps its name.
    """
    unknown = {id(leaf): leaf for leaf in leaves if register.find(leaf) is None}
    found: set[int] = set()
    for prefix, module in list(register.models) if unknown else ():
        for hidden in find_unregistered(module):
            if id(hidden.tensor) in unknown and not has_no_numbers(hidden.tensor):
                found.add(id(hidden.tensor))
                register.track(hidden.tensor, f"{prefix}{hidden.name}", "parameter")
                del unknown[id(hidden.tensor)]
    return found
