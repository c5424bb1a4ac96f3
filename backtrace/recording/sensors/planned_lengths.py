"""How many steps a function plans for, by the names that it refers to: a LambdaLR keeps none."""

from __future__ import annotations

from collections.abc import Iterator
from types import CellType, FunctionType

_UNITS = frozenset({"steps", "iters", "iterations", "updates"})
# `total_steps`, `num_train_steps`, `MAX_ITERS`; a warm-up has a word more.
_OF_ALL = frozenset({"total", "max", "num", "n", "all", "train", "training", "optimizer"})


def find_planned_length(rules: object) -> int | None:
    """Return the largest number that functions refer to as all of their steps; None for none.

    What they refer to is looked up as data: no function is called.
    """
    if type(rules) is not list:
        return None
    return max((found for rule in rules for found in _lengths_of(rule)), default=None)


def _lengths_of(rule: object) -> Iterator[int]:
    if type(rule) is not FunctionType or _counts_epochs(rule):
        return
    cells: tuple[CellType, ...] = rule.__closure__ or ()
    for name, cell in zip(rule.__code__.co_freevars, cells, strict=True):
        if _is_length(name) and type(found := _content_of(cell)) is int:
            yield found
    for name in rule.__code__.co_names:
        if _is_length(name) and type(found := dict.get(rule.__globals__, name)) is int:
            yield found


def _counts_epochs(rule: FunctionType) -> bool:
    """Whether a function may turn epochs into steps, by how many an epoch has."""
    names = (*rule.__code__.co_freevars, *rule.__code__.co_names)
    return any(name == "len" or "epoch" in name.lower() for name in names)


def _content_of(cell: CellType) -> object:
    try:
        return cell.cell_contents
    except ValueError:  # not given a value so far
        return None


def _is_length(name: str) -> bool:
    words = frozenset(name.lower().split("_"))
    is_counted = bool(words & _UNITS) and bool(words & _OF_ALL)
    return name == "t_total" or (is_counted and words <= _UNITS | _OF_ALL)
