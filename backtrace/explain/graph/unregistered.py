"""Tensors and modules in a list or dict of a module's: torch does not know that they are there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn

from backtrace.as_data import attributes_of, class_name, is_exactly
from backtrace.explain.graph import module_tree
from backtrace.explain.graph.flat_tensors import is_flattened

_SHOWN = (str, int, float, bool, type(None))  # keys whose text runs nothing of the user's
_DEPTH = 4  # of containers in containers
_TORCHS = {"_parameters", "_buffers", "_modules"}


@dataclass(frozen=True)
class Unregistered:
    """A tensor that requires a gradient, and the attribute that holds it: `blocks[0].weight`.

    `owner` is the class of the module whose attribute it is.
    """

    name: str
    attribute: str
    container: str
    tensor: Tensor
    owner: type[nn.Module]


def find_unregistered(model: nn.Module) -> list[Unregistered]:
    """Return what `model.parameters()` leaves out, though a module of the model holds it."""
    known = {id(parameter) for parameter in module_tree.parameters(model)}
    found: dict[int, Unregistered] = {}
    for path, value, owner in _attributes(model):
        for name, tensor in _tensors(path, value, _DEPTH):
            if id(tensor) not in known and _is_leaf(tensor):
                kind = class_name(type(value))
                found.setdefault(id(tensor), Unregistered(name, path, kind, tensor, owner))
    return list(found.values())


def _is_leaf(tensor: Tensor) -> bool:
    """Whether a tensor is a leaf that wants a gradient, and not one that FSDP1 made of others."""
    try:
        return tensor.requires_grad and tensor.is_leaf and not is_flattened(tensor)
    except RuntimeError:  # a view of FSDP1's, out of date until the next call
        return False


def find_loose_tensors(model: nn.Module) -> list[Tensor]:
    """Return the tensors that `model.to(…)` does not reach, though a module holds them.

    Constants are among them, and what modules in lists and dicts hold.
    """
    known = {id(each) for each in (*module_tree.parameters(model), *module_tree.buffers(model))}
    found = {
        id(tensor): tensor
        for path, value, _ in _attributes(model)
        for _, tensor in _tensors(path, value, _DEPTH)
        if id(tensor) not in known
    }
    return list(found.values())


def find_lost_modules(model: nn.Module) -> dict[str, nn.Module]:
    """Return the modules in lists and dicts that the model does not know, by their paths."""
    known = {id(module) for module in module_tree.modules(model)}
    found: dict[str, nn.Module] = {}
    for path, value, _ in _attributes(model):
        for name, inner in _modules(path, value, _DEPTH):
            if id(inner) not in known:
                known |= {id(each) for each in module_tree.modules(inner)}
                found |= dict(module_tree.named_modules(inner, prefix=name))
    return found


def _attributes(model: nn.Module) -> Iterator[tuple[str, object, type[nn.Module]]]:
    """Give what modules hold besides torch's own tables: its path, and the class that holds it."""
    for prefix, module in module_tree.named_modules(model):
        for attribute, value in attributes_of(module).items():
            if attribute not in _TORCHS and not attribute.endswith("_hooks"):
                path = f"{prefix}.{attribute}" if prefix else attribute
                yield path, value, type(module)


def _tensors(path: str, value: Any, depth: int) -> Iterator[tuple[str, Tensor]]:
    """Give the tensors that a value holds, with the path that leads to each."""
    kind = type(value)  # not `isinstance`, which asks an object of the user's for its class
    if issubclass(kind, nn.Module):
        for name, tensor in (
            *module_tree.named_parameters(value),
            *module_tree.named_buffers(value),
        ):
            yield f"{path}.{name}", tensor
    elif issubclass(kind, Tensor):
        yield path, value
    elif depth:
        for name, item in _items(path, value):
            yield from _tensors(name, item, depth - 1)


def _modules(path: str, value: Any, depth: int) -> Iterator[tuple[str, nn.Module]]:
    if issubclass(type(value), nn.Module):
        yield path, value
    elif depth:
        for name, item in _items(path, value):
            yield from _modules(name, item, depth - 1)


def _items(path: str, value: Any) -> Iterator[tuple[str, object]]:
    """Give what a container holds, with the path to each; one that computes is not opened."""
    kind = type(value)
    items: Iterable[tuple[object, object]] = ()
    if issubclass(kind, dict):
        items = tuple(dict.items(value))
    elif issubclass(kind, list | tuple):
        items = enumerate((list if issubclass(kind, list) else tuple).__iter__(value))
    for at, (key, item) in enumerate(items):
        yield f"{path}[{key!r}]" if is_exactly(key, *_SHOWN) else f"{path}[{at}]", item
