"""Weights of a model's embeddings and linear layers that have one shape, as tied ones would."""

from __future__ import annotations

from collections.abc import Mapping

from torch import nn
from torch.nn.parameter import is_lazy

from backtrace.as_data import is_a
from backtrace.explain.graph import module_tree
from backtrace.recording.tensors.named_parameters import strip_wrapping
from backtrace.recording.tensors.tracked import Tracked


def find_head_pairs(
    prefix: str, module: nn.Module, names: Mapping[str, Tracked]
) -> tuple[tuple[str, str], ...]:
    """Return each pair of an Embedding's and a Linear's weight that are two tensors of one shape.

    `names` are the model's parameters by all names that they have.
    """
    tables = _weights_of(nn.Embedding, prefix, module, names)
    layers = _weights_of(nn.Linear, prefix, module, names) if tables else {}
    return tuple(
        (table, layer)
        for table, shape in tables.items()
        for layer, other in layers.items()
        if shape == other and table != layer
    )


def find_tied(prefix: str, module: nn.Module, names: Mapping[str, Tracked]) -> tuple[str, ...]:
    """Return the weights that an Embedding and a Linear have both, as one tensor."""
    tables = _weights_of(nn.Embedding, prefix, module, names)
    layers = _weights_of(nn.Linear, prefix, module, names) if tables else {}
    return tuple(name for name in tables if name in layers)


def _weights_of(
    kind: type[nn.Module], prefix: str, module: nn.Module, names: Mapping[str, Tracked]
) -> dict[str, tuple[int, ...]]:
    """Return the shapes of weights by their names; nothing of the user's is called."""
    found = {}
    for name, part in module_tree.named_modules(module):
        weight = module_tree.own_parameters(part).get("weight") if is_a(part, kind) else None
        tracked = names.get(prefix + strip_wrapping(f"{name}.weight".lstrip(".")))
        if weight is not None and tracked is not None and not is_lazy(weight):
            found[tracked.name] = tuple(weight.shape)
    return found
