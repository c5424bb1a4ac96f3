"""Which tensors FSDP1 has in its care: the flat tensor, and what became a part of one."""

from __future__ import annotations

from torch import Tensor, nn

_MARK = "_fsdp_flattened"  # torch's own


def is_flattened(tensor: Tensor) -> bool:
    """Whether FSDP1 has taken a parameter into a flat tensor, or it is one."""
    return isinstance(tensor, nn.Parameter) and getattr(tensor, _MARK, False) is True
