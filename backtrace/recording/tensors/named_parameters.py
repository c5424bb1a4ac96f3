"""A model's parameters with their names, and which have no numbers yet."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from backtrace.recording.tensors.shards import has_no_memory


def has_no_numbers(tensor: Tensor) -> bool:
    """Whether a parameter is yet to be given its shape, or its memory."""
    return bool(is_lazy(tensor)) or tensor.is_meta or has_no_memory(tensor)


def name_parameters(module: nn.Module, prefix: str) -> list[tuple[Tensor, list[str]]]:
    """Return the parameters of a model, each once, with all names that it has there."""
    found: dict[int, tuple[Tensor, list[str]]] = {}
    for name, tensor in module.named_parameters(remove_duplicate=False):
        plain = prefix + name.replace("_orig_mod.", "")  # torch.compile's own wrapping
        found.setdefault(id(tensor), (tensor, []))[1].append(plain)
    return list(found.values())
