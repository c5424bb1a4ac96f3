"""A model's parameters with their names, and which have no numbers yet."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from backtrace.explain.graph import module_tree
from backtrace.explain.graph.no_values import has_no_values
from backtrace.recording.tensors.shards import has_no_memory


def has_no_numbers(tensor: Tensor) -> bool:
    """Whether a parameter is yet to be given its shape, or its memory."""
    return bool(is_lazy(tensor)) or has_no_values(tensor) or has_no_memory(tensor)


def strip_wrapping(name: str) -> str:
    """Return a parameter's name without what torch.compile and FSDP1 put into it."""
    return name.replace("_orig_mod.", "").replace("_fsdp_wrapped_module.", "")


def name_parameters(module: nn.Module, prefix: str) -> list[tuple[Tensor, list[str]]]:
    """Return the parameters of a model, each once, with all names that it has there."""
    found: dict[int, tuple[Tensor, list[str]]] = {}
    for name, tensor in module_tree.named_parameters(module, remove_duplicate=False):
        found.setdefault(id(tensor), (tensor, []))[1].append(prefix + strip_wrapping(name))
    return list(found.values())
