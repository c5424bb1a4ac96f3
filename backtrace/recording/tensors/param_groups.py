"""An optimizer's groups, read as data: a property that stands in their place is not run.

Nor is a method of the user's own class of lists and dicts; whoever reads a group asks `dict.get`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from torch import Tensor
from torch.optim import Optimizer

from backtrace.as_data import attributes_of, bases_of, class_module, class_name
from backtrace.recording.tensors.is_tensor import is_tensor

Groups = list[dict[str, Any]]


def read_groups(optimizer: Optimizer) -> Groups:
    """Return the groups that an optimizer holds; of one that holds another, the other's.

    Nothing is returned where a property makes them up: it may draw, count or write.
    """
    # As `attributes_of` and `is_a` say, without two calls for each step of an optimizer.
    found: Any = object.__getattribute__(optimizer, "__dict__").get("param_groups")
    if type(found) is not list:
        if not issubclass(type(found), list):
            return _search(optimizer)
        found = list(list.__iter__(found))
    groups: Groups = found
    for each in groups:
        if not issubclass(type(each), dict):
            return [group for group in groups if issubclass(type(group), dict)]
    return groups


def read_tensors(optimizer: Optimizer) -> list[Tensor]:
    """Return the tensors of an optimizer's groups, one after another."""
    found: Any = object.__getattribute__(optimizer, "__dict__").get("param_groups")
    tensors: list[Tensor] = []
    for group in found if type(found) is list else read_groups(optimizer):
        own = dict.get(group, "params") if issubclass(type(group), dict) else None
        tensors += own if type(own) is list else _items_of(own)
    return tensors


def params_of(group: dict[str, Any]) -> list[Tensor]:
    """Return the tensors of one group."""
    found = dict.get(group, "params")
    return found if type(found) is list else _items_of(found)


def _items_of(found: object) -> list[Any]:
    if issubclass(type(found), list):
        return list(list.__iter__(found))  # type: ignore[arg-type]
    return list(tuple.__iter__(found)) if issubclass(type(found), tuple) else []  # type: ignore[arg-type]


def state_of(optimizer: Optimizer, tensor: Tensor) -> dict[Any, Any]:
    """Return what an optimizer keeps of a tensor; one that holds another keeps what that does."""
    told = attributes_of(optimizer)
    if "state" in told:
        return dict.get(told["state"], tensor, {}) if issubclass(type(told["state"]), dict) else {}
    held = (each for each in told.values() if issubclass(type(each), Optimizer))
    inner = next(held, None)
    return {} if inner is None else state_of(inner, tensor)


def read_options(group: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Give what a group holds beside its tensors; a key of the user's own class as plain text."""
    for key, value in dict.items(group):
        if issubclass(type(key), str) and (name := str.__str__(key)) != "params":
            yield name, value


def _search(optimizer: Optimizer) -> Groups:
    for each in attributes_of(optimizer).values():
        if issubclass(type(each), Optimizer):
            return read_groups(each)
        if type(each) is list and each and all(type(g) is dict and "params" in g for g in each):
            return each
    return []


def is_of_fastai(thing: object) -> bool:
    """Whether something is an optimizer of fastai's, which is none of torch's."""
    return "fastai.optimizer" in map(class_module, bases_of(type(thing)))


def read_param_lists(optimizer: object) -> list[Tensor]:
    """Return what fastai's optimizer holds: lists in a list, each of which keeps its own."""
    groups = _items(attributes_of(optimizer).get("param_lists"))
    return [each for group in groups for each in _items(group) if is_tensor(each)]


def _items(found: object) -> list[Any]:
    items = attributes_of(found).get("items") if class_name(type(found)) == "L" else None
    return items if type(items) is list else []
