"""An optimizer's groups, read as data: a property that stands in their place is not run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from torch import Tensor
from torch.optim import Optimizer

from backtrace.recording.tensors.is_tensor import is_tensor

Groups = list[dict[str, Any]]


def read_groups(optimizer: Optimizer) -> Groups:
    """Return the groups that an optimizer holds; of one that holds another, the other's.

    Nothing is returned where a property makes them up: it may draw, count or write.
    """
    found = vars(optimizer).get("param_groups")
    return found if isinstance(found, list) else _search(optimizer)


def read_tensors(optimizer: Optimizer) -> list[Tensor]:
    """Return the tensors of an optimizer's groups, one after another."""
    found = vars(optimizer).get("param_groups")
    tensors: list[Tensor] = []
    for group in found if isinstance(found, list) else _search(optimizer):
        tensors += group["params"]
    return tensors


def read_options(group: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Give what a group holds beside its tensors; a key of the user's own class as plain text."""
    for key, value in dict.items(group):
        if issubclass(type(key), str) and (name := str.__str__(key)) != "params":
            yield name, value


def _search(optimizer: Optimizer) -> Groups:
    for each in vars(optimizer).values():
        if issubclass(type(each), Optimizer):
            return read_groups(each)
        if type(each) is list and each and all(type(g) is dict and "params" in g for g in each):
            return each
    return []


def is_of_fastai(thing: object) -> bool:
    """Whether something is an optimizer of fastai's, which is none of torch's."""
    return any(each.__module__ == "fastai.optimizer" for each in type(thing).__mro__)


def read_param_lists(optimizer: object) -> list[Tensor]:
    """Return what fastai's optimizer holds: lists in a list, each of which keeps its own."""
    groups = _items(vars(optimizer).get("param_lists"))
    return [each for group in groups for each in _items(group) if is_tensor(each)]


def _items(found: object) -> list[Any]:
    items = vars(found).get("items") if type(found).__name__ == "L" else None
    return items if type(items) is list else []
