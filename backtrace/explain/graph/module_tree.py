"""A module's parts, read as data: a class of the user's may draw, count or write when asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from backtrace.as_data import attributes_of, class_module, is_a

if TYPE_CHECKING:  # experiments are listed without torch
    from torch import Tensor, nn


def named_modules(
    module: nn.Module, prefix: str = "", *, remove_duplicate: bool = True
) -> Iterator[tuple[str, nn.Module]]:
    """Give what `module.named_modules()` of torch's own would."""
    return _walk(module, prefix, set() if remove_duplicate else None)


def modules(module: nn.Module) -> Iterator[nn.Module]:
    """Give a module and all in it, each once."""
    for _, part in named_modules(module):
        yield part


def children(module: nn.Module) -> list[nn.Module]:
    """Return what a module holds itself, each once."""
    found = {id(part): part for _, part in _table(module, "_modules") if part is not None}
    return list(found.values())


def named_parameters(
    module: nn.Module, prefix: str = "", *, remove_duplicate: bool = True
) -> Iterator[tuple[str, Tensor]]:
    """Give what `module.named_parameters()` of torch's own would."""
    return _members(module, "_parameters", prefix, remove_duplicate=remove_duplicate)


def named_buffers(
    module: nn.Module, prefix: str = "", *, remove_duplicate: bool = True
) -> Iterator[tuple[str, Tensor]]:
    """Give what `module.named_buffers()` of torch's own would."""
    return _members(module, "_buffers", prefix, remove_duplicate=remove_duplicate)


def parameters(module: nn.Module) -> Iterator[Tensor]:
    """Give the parameters of a module and of all in it, each once."""
    for _, tensor in named_parameters(module):
        yield tensor


def buffers(module: nn.Module) -> Iterator[Tensor]:
    """Give the buffers of a module and of all in it, each once."""
    for _, tensor in named_buffers(module):
        yield tensor


def own_parameters(module: nn.Module) -> dict[str, Tensor | None]:
    """Return the parameters of a module itself, by their names in it."""
    return dict(_table(module, "_parameters"))


def has_own_parameters(module: nn.Module) -> bool:
    """Whether a module itself has parameters, which is asked in each call."""
    return bool(object.__getattribute__(module, "__dict__").get("_parameters"))


def own_buffers(module: nn.Module) -> dict[str, Tensor | None]:
    """Return the buffers of a module itself, by their names in it."""
    return dict(_table(module, "_buffers"))


def is_training(module: nn.Module) -> bool:
    """Return a module's mode."""
    told = object.__getattribute__(module, "__dict__")
    if "training" in told:
        return bool(told["training"])
    # TorchScript keeps it elsewhere; of another class it is a property, which is not run.
    return class_module(type(module)).startswith("torch.jit") and bool(module.training)


def _walk(module: nn.Module, prefix: str, met: set[int] | None) -> Iterator[tuple[str, nn.Module]]:
    if met is not None:
        if id(module) in met:
            return
        met.add(id(module))
    yield prefix, module
    for name, part in _table(module, "_modules"):
        if part is not None:
            yield from _walk(part, f"{prefix}.{name}" if prefix else name, met)


def _members(
    module: nn.Module, table: str, prefix: str, *, remove_duplicate: bool
) -> Iterator[tuple[str, Tensor]]:
    met: set[int] = set()
    for path, part in named_modules(module, prefix, remove_duplicate=remove_duplicate):
        for name, tensor in _table(part, table):
            if tensor is None or id(tensor) in met:
                continue
            if remove_duplicate:
                met.add(id(tensor))
            yield f"{path}.{name}" if path else name, tensor


def _table(module: nn.Module, name: str) -> Iterable[tuple[str, Any]]:
    """Return the entries of one of torch's tables; a module that was not initialised has none."""
    table = attributes_of(module).get(name)
    if is_a(table, dict):
        return tuple(dict.items(table))
    return () if table is None else tuple(table.items())  # TorchScript's own
