"""Tensors and modules in a list or dict of a module's: torch does not know that they are there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from torch import Tensor, nn

_DEPTH = 4  # of containers in containers
_TORCHS = {"_parameters", "_buffers", "_modules"}


@dataclass(frozen=True)
class Unregistered:
    """A tensor that requires a gradient, and the attribute that holds it: `blocks[0].weight`."""

    name: str
    attribute: str
    container: str
    tensor: Tensor


def find_unregistered(model: nn.Module) -> list[Unregistered]:
    """Return what `model.parameters()` leaves out, though a module of the model holds it."""
    known = {id(parameter) for parameter in model.parameters()}
    found: dict[int, Unregistered] = {}
    for prefix, module in model.named_modules():
        for attribute, value in vars(module).items():
            if attribute in _TORCHS or attribute.endswith("_hooks"):
                continue
            path = f"{prefix}.{attribute}" if prefix else attribute
            for name, tensor in _tensors(path, value, _DEPTH):
                if id(tensor) not in known:
                    kind = type(value).__name__
                    found.setdefault(id(tensor), Unregistered(name, path, kind, tensor))
    return list(found.values())


def find_lost_modules(model: nn.Module) -> dict[str, nn.Module]:
    """Return the modules in lists and dicts that the model does not know, by their paths."""
    known = {id(module) for module in model.modules()}
    found: dict[str, nn.Module] = {}
    for prefix, module in model.named_modules():
        for attribute, value in vars(module).items():
            if attribute not in _TORCHS and not attribute.endswith("_hooks"):
                path = f"{prefix}.{attribute}" if prefix else attribute
                for name, inner in _modules(path, value, _DEPTH):
                    if id(inner) not in known:
                        known |= {id(each) for each in inner.modules()}
                        found |= dict(inner.named_modules(prefix=name))
    return found


def _tensors(path: str, value: object, depth: int) -> Iterator[tuple[str, Tensor]]:
    """Give the leaves that require a gradient, with the path that leads to each."""
    if isinstance(value, nn.Module):
        for name, parameter in value.named_parameters():
            if parameter.requires_grad:
                yield f"{path}.{name}", parameter
    elif isinstance(value, Tensor):
        if value.requires_grad and value.is_leaf:
            yield path, value
    elif depth:
        for name, item in _items(path, value):
            yield from _tensors(name, item, depth - 1)


def _modules(path: str, value: object, depth: int) -> Iterator[tuple[str, nn.Module]]:
    if isinstance(value, nn.Module):
        yield path, value
    elif depth:
        for name, item in _items(path, value):
            yield from _modules(name, item, depth - 1)


def _items(path: str, value: object) -> Iterator[tuple[str, object]]:
    """Give what a container holds, with the path to each."""
    items: Iterable[tuple[object, object]] = ()
    if isinstance(value, Mapping):
        items = value.items()
    elif isinstance(value, list | tuple):
        items = enumerate(value)
    for key, item in items:
        yield f"{path}[{key!r}]", item
