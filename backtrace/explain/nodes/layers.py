"""Convolutions, normalizations and pooling, by the rules of their layers.

Sources: those of `explain/rules/convolution.py`, `normalization.py` and `pooling.py`.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

from torch import Tensor, nn

from backtrace.explain.nodes.node_rule import Formula, NodeFacts, NodeRule, Rules, one_way, zeros
from backtrace.explain.rules import convolution, normalization, pooling
from backtrace.explain.rules.backward_rule import Gradients

Grads = tuple[Tensor, ...]
Found = tuple[Tensor | None, ...]


def convolve(facts: NodeFacts, grads: Grads) -> Found:
    """`conv` and `conv_transpose` in 1 to 3 dimensions: x, weight and bias."""
    x, weight = facts.tensor("input"), facts.tensor("weight")
    module = SimpleNamespace(
        weight=weight,
        bias=weight if facts.wants(2) else None,  # only whether there is one is looked at
        kernel_size=tuple(weight.shape[2:]),
        stride=facts.integers("stride"),
        padding=facts.integers("padding"),
        dilation=facts.integers("dilation"),
        groups=facts.integer("groups"),
    )
    if facts.is_set("transposed"):
        found = convolution.transposed(cast("nn.ConvTranspose2d", module), (x,), (), grads)
    else:
        found = convolution.convolution(cast("nn.Conv2d", module), (x,), (), grads)
    return _affine(facts, found)


def batch_norm(facts: NodeFacts, grads: Grads) -> Found:
    """Over the batch while training, by the running statistics in eval."""
    module = SimpleNamespace(
        weight=facts.maybe("weight"),
        bias=grads[0],
        eps=facts.number("eps"),
        training=facts.is_set("training"),
        running_mean=facts.maybe("running_mean"),
        running_var=facts.maybe("running_var"),
    )
    return _affine(
        facts,
        normalization.batch_norm(
            cast("nn.BatchNorm2d", module), (facts.tensor("input"),), (), grads[:1]
        ),
    )


def layer_norm(facts: NodeFacts, grads: Grads) -> Found:
    """Over the last dimensions of each row; ε is what the saved 1/s was made with."""
    x, shape = facts.tensor("input"), facts.integers("normalized_shape")
    over = list(range(x.ndim - len(shape), x.ndim))
    spread = x.var(over, correction=0, keepdim=True)
    eps = float((facts.tensor("result2") ** -2 - spread).flatten()[0])
    module = SimpleNamespace(
        weight=facts.maybe("weight"), bias=grads[0], eps=max(eps, 0.0), normalized_shape=shape
    )
    return _affine(
        facts, normalization.layer_norm(cast("nn.LayerNorm", module), (x,), (), grads[:1])
    )


def group_norm(facts: NodeFacts, grads: Grads) -> Found:
    """Over each row's groups of channels."""
    module = SimpleNamespace(
        weight=facts.maybe("weight"),
        bias=grads[0],
        eps=facts.number("eps"),
        num_groups=facts.integer("group"),
    )
    return _affine(
        facts,
        normalization.group_norm(
            cast("nn.GroupNorm", module), (facts.tensor("input"),), (), grads[:1]
        ),
    )


def _affine(facts: NodeFacts, found: Gradients) -> Found:
    """Return the gradients of input, weight and bias, those that are asked for."""
    each = found.inputs[0], found.parameters.get("weight"), found.parameters.get("bias")
    return tuple(one if facts.wants(at) else None for at, one in enumerate(each))


def max_pool(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """The element that was the maximum gets its window's gradient."""
    shape = facts.shape()
    flat = zeros((*shape[:-2], shape[-2] * shape[-1]), grad)
    places = facts.tensor("result1").flatten(-2)
    return flat.scatter_add(-1, places, grad.flatten(-2)).reshape(shape)


def average_pool(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """Each element of a window gets an equal part."""
    module = nn.AvgPool2d(
        facts.integers("kernel_size"),  # type: ignore[arg-type]
        facts.integers("stride") or None,  # type: ignore[arg-type]
        facts.integers("padding"),  # type: ignore[arg-type]
        facts.is_set("ceil_mode"),
        facts.is_set("count_include_pad"),
        int(facts.number("divisor_override", 0.0)) or None,
    )
    found = pooling.average_pool(module, (facts.tensor("self"),), (), (grad,)).inputs[0]
    assert found is not None
    return found


def adaptive_pool(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """Windows that cover the input."""
    module = nn.AdaptiveAvgPool2d(tuple(grad.shape[-2:]))
    x = facts.tensor("self")
    found = pooling.adaptive_average_pool(module, (x,), (), (grad,)).inputs[0]
    assert found is not None
    return found


_X = {"x": "input"}
_W = {"w": "weight"}
_NORMALIZED = (
    Formula("(x̂.g − mean(x̂.g) − x̂·mean(x̂.g·x̂))/s with x̂.g = {g}·γ", _X),
    Formula("Σ {g}·x̂", _X),
    Formula("Σ {g}"),
)
RULES: Rules = {
    "ConvolutionBackward0": NodeRule(
        convolve,
        (
            Formula("Σ w·{g} at each offset of the window", _W),
            Formula("Σ {g}·x at each offset of the window", _X),
            Formula("Σ {g} over rows and places"),
        ),
    ),
    "NativeBatchNormBackward0": NodeRule(batch_norm, _NORMALIZED),
    "NativeLayerNormBackward0": NodeRule(layer_norm, _NORMALIZED),
    "NativeGroupNormBackward0": NodeRule(group_norm, _NORMALIZED),
    "MaxPool2DWithIndicesBackward0": one_way(
        max_pool, Formula("{g} where x is its window's maximum, else 0", {"x": "self"})
    ),
    "AvgPool2DBackward0": one_way(average_pool, Formula("{g}/n for each of its window")),
    "AdaptiveAvgPool2DBackward0": one_way(adaptive_pool, Formula("{g}/n for each of its window")),
}
