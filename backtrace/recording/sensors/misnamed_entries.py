"""Entries of a state that its model has under another prefix, and that were not loaded for it."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import NamedTuple

from torch import Tensor

from backtrace.as_data import is_a
from backtrace.recording.frames import read_caller_statement

_FEWEST = 3  # parameters that one prefix parts from their entries: two may be a head's, by chance
_FEWEST_LAYERS = 2


class Misnamed(NamedTuple):
    """How many parameters a prefix parts from their entries, and one of these with its name."""

    parameters: int = 0
    entry: str = ""
    parameter: str = ""


def find_misnamed(mine: Mapping[str, Tensor], state: Mapping[object, object]) -> Misnamed:
    """Find the prefix that names of a state have and those of its model lack, or the reverse.

    The other names agree, and so do the shapes. The state has none of these parameters by its own
    name, and none of its entries stands for two.
    """
    missing = {name: tensor for name, tensor in mine.items() if name not in state}
    extra = {
        name: tensor
        for name, tensor in state.items()
        if type(name) is str and name not in mine and is_a(tensor, Tensor)
    }
    ends: dict[str, list[str]] = {}
    for name in missing:
        for end in _ends_of(name):
            ends.setdefault(end, []).append(name)
    found: dict[tuple[str, bool], list[tuple[str, str]]] = {}
    for entry, tensor in extra.items():
        for name in (*ends.get(entry, ()), *(each for each in _ends_of(entry) if each in missing)):
            if missing[name].shape == tensor.shape:
                is_more = len(entry) > len(name)  # the state's name has the prefix
                prefix = entry.removesuffix(name) if is_more else name.removesuffix(entry)
                found.setdefault((prefix, is_more), []).append((entry, name))
    if len(found) != 1:
        return Misnamed()
    (pairs,) = found.values()
    layers = {name.rpartition(".")[0] for _, name in pairs}
    if len(pairs) < _FEWEST or len(layers) < _FEWEST_LAYERS:
        return Misnamed()
    return Misnamed(len(pairs), *pairs[0])


def _ends_of(name: str) -> list[str]:
    """Return what a name ends with behind each of its dots."""
    parts = name.split(".")
    return [".".join(parts[at:]) for at in range(1, len(parts))]


def is_answer_unread() -> bool:
    """Whether the user's statement throws away what `load_state_dict` tells of missing names."""
    text = read_caller_statement().strip()
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError):
        return False
    unread = [
        each
        for each in body
        if isinstance(each, ast.Expr)
        and isinstance(each.value, ast.Call)
        and isinstance(each.value.func, ast.Attribute)
        and each.value.func.attr == "load_state_dict"
    ]
    return 0 < len(unread) == text.count("load_state_dict(")
