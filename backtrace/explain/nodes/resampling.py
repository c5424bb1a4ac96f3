"""Upsampling, and padding with the tensor's own numbers: every output is a sum of inputs.

Along each dimension y = A x, where row i of A says what of each input is in output i: x.g = Aᵀ y.g.

Source: PyTorch, aten/src/ATen/native/UpSample.h, for where an output lies in the input. With s the
input's size over the output's that is at (i + ½)·s − ½, not below 0 but for bicubic, and with
`align_corners` at i·(in − 1)/(out − 1); `nearest` takes ⌊i·s⌋, in single precision. Bicubic takes
two inputs on either side by the cubic convolution of R. Keys (1981) with a = −¾, and at the edge
the last one again.
"""

from __future__ import annotations

import torch
from torch import Tensor

from backtrace.explain.nodes.node_rule import Formula, NodeFacts, NodeRule, Rules, one_way

_AXES = "dhw"


def upsample(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """`interpolate` in 1 to 3 dimensions: nearest, nearest-exact, and linear in each, bicubic."""
    sizes = facts.shape()[2:]
    for number, size in enumerate(sizes):
        name = "scales" if len(sizes) == 1 else f"scales_{_AXES[number - len(sizes)]}"
        scale = facts.number(name, 0.0)
        made = _sources(facts, size, grad.shape[number + 2], scale, grad)
        grad = _back_along(grad, made, number + 2)
    return grad


def _sources(facts: NodeFacts, size: int, out: int, scale: float, like: Tensor) -> Tensor:
    """Return A (out, in) of one dimension; `scale` is 0 where none was given."""
    if "Nearest" in facts.name:
        step = torch.tensor(1 / scale if scale > 0 else size / out, dtype=torch.float32)
        half = 0.5 if "Exact" in facts.name else 0.0
        low = ((torch.arange(out, dtype=torch.float32) + half) * step).long().clamp(max=size - 1)
        return _one_hot(low, size, like)
    at = torch.arange(out, dtype=torch.float64)
    if facts.is_set("align_corners"):
        at = at * (size - 1) / max(1, out - 1)
    else:
        at = (at + 0.5) * (1 / scale if scale > 0 else size / out) - 0.5
    if "Bicubic" in facts.name:
        return _cubic(at, size, like)
    at = at.clamp(min=0)
    low = at.long().clamp(max=size - 1)
    share = (at - low)[:, None].to(like)
    high = (low + 1).clamp(max=size - 1)
    return (1 - share) * _one_hot(low, size, like) + share * _one_hot(high, size, like)


def _cubic(at: Tensor, size: int, like: Tensor) -> Tensor:
    """Return A of the cubic convolution, whose outputs lie at these places of the input."""
    low, a = at.floor(), -0.75
    made = torch.zeros(len(at), size).to(like)
    for away in range(-1, 3):
        x = (at - low - away).abs()
        near = ((a + 2) * x - (a + 3)) * x * x + 1
        far = ((x - 5) * x + 8) * x * a - 4 * a
        share = torch.where(x <= 1, near, far)[:, None].to(like)
        made += share * _one_hot((low.long() + away).clamp(0, size - 1), size, like)
    return made


def pad(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """`pad` with mode reflect or replicate: what was put around goes back to what it copies."""
    shape, padding = facts.shape(), facts.integers("padding")
    for number in range(len(padding) // 2):
        dim, size = len(shape) - 1 - number, shape[len(shape) - 1 - number]
        before, after = padding[2 * number : 2 * number + 2]
        from_ = torch.arange(-before, size + after)
        if facts.name.startswith("Reflection"):
            from_ = size - 1 - (size - 1 - from_.abs()).abs()
        grad = _back_along(grad, _one_hot(from_.clamp(0, size - 1), size, grad), dim)
    return grad


def _one_hot(places: Tensor, size: int, like: Tensor) -> Tensor:
    return (places[:, None] == torch.arange(size)).to(like)


def _back_along(grad: Tensor, made: Tensor, dim: int) -> Tensor:
    return (grad.transpose(dim, -1) @ made).transpose(dim, -1)


_SHARES = Formula("Σ {g}, each by the part that x has in it")
_COPIES = NodeRule(one_way(upsample).back, (Formula("Σ {g} over its copies"),))

RULES: Rules = (
    {f"UpsampleNearest{dims}DBackward0": _COPIES for dims in (1, 2, 3)}
    | {f"UpsampleNearestExact{dims}DBackward0": _COPIES for dims in (1, 2, 3)}
    | {
        f"Upsample{name}Backward0": one_way(upsample, _SHARES)
        for name in ("Linear1D", "Bilinear2D", "Bicubic2D", "Trilinear3D")
    }
    | {
        f"{kind}Pad{dims}DBackward0": one_way(pad, Formula("Σ {g} over its copies"))
        for kind in ("Reflection", "Replication")
        for dims in (1, 2, 3)
    }
)
