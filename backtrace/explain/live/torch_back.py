"""An input's gradient by torch's own backward of the operations that it went into.

It starts from the gradient that autograd brought to their outputs, so no rule by hand is in it, and
no code of the user's is run again: the operations are done once more on what they kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from backtrace.explain.graph.chains import operation_name
from backtrace.explain.live.kept_graph import KeptNode

_AFFINE = ("input", "weight", "")
# Under which names operations keep what they are given, in the order of their edges.
KEPT: Mapping[str, Sequence[str]] = {
    "Addmm": ("", "mat1", "mat2"),
    "Mm": ("self", "mat2"),
    "Bmm": ("self", "mat2"),
    "Mv": ("self", "vec"),
    "Mul": ("self", "other"),
    "MseLoss": ("self", "target"),
    "Convolution": _AFFINE,
    "NativeLayerNorm": _AFFINE,
    "NativeBatchNorm": _AFFINE,
    "NativeGroupNorm": _AFFINE,
}


def take_back(uses: Iterable[tuple[KeptNode, int]], x: Tensor) -> Tensor | None:
    """Return an input's gradient, from the operations and the number of their input that it was.

    None where one of them is not done again here.
    """
    total = torch.zeros(x.shape, dtype=torch.float64)
    for node, at in uses:
        again = _AGAIN.get(operation_name(node.name))
        arrived = node.arrived[0] if node.arrived else None
        names = [name for name in KEPT[operation_name(node.name)] if name]
        kept = {name: each for name in names if isinstance(each := node.saved.get(name), Tensor)}
        own = KEPT[operation_name(node.name)][at]
        if again is None or arrived is None or len(kept) < len(names):
            return None
        with torch.enable_grad():
            leaf = kept[own].detach().clone().requires_grad_()
            operands = [leaf if name == own else kept[name] for name in names]
            (found,) = torch.autograd.grad(again(node, *operands), leaf, arrived)
        total += found.detach().to("cpu", torch.float64).reshape(x.shape)
    return total


def _multiply_matrices(node: KeptNode, one: Tensor, other: Tensor) -> Tensor:
    alpha: Any = node.saved.get("alpha", 1)
    return one @ other if alpha == 1 else one @ other * alpha


def _multiply(node: KeptNode, one: Tensor, other: Tensor) -> Tensor:
    return one * other


def _convolve(node: KeptNode, x: Tensor, weight: Tensor) -> Tensor:
    names = ("stride", "padding", "dilation", "transposed", "output_padding", "groups")
    options: Any = [node.saved[name] for name in names]
    return torch.convolution(x, weight, None, *options)


_AGAIN: Mapping[str, Callable[..., Tensor]] = {
    "Addmm": _multiply_matrices,
    "Mm": _multiply_matrices,
    "Bmm": _multiply_matrices,
    "Mul": _multiply,
    "Convolution": _convolve,
}
