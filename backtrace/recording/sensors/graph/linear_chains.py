"""Linear layers that follow each other bare, in a graph that bends nothing before them.

Two linear maps in a row are one. They are looked for where nothing else than linear layers stands
between a model's inputs and its last one, and each but the last has a bias and is not narrower than
both of its sides, as the middle of a factorised layer or of a linear autoencoder is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from torch import Tensor
from torch.autograd.graph import Node

from backtrace.recording.sensors.graph.autograd_nodes import leaf_of, name_of

# What gives elements another shape or type, of which the last axis stays where a layer fits on.
_BETWEEN = frozenset(
    {
        "ViewBackward0",
        "UnsafeViewBackward0",
        "ReshapeAliasBackward0",
        "ToCopyBackward0",
        "SqueezeBackward1",
        "UnsqueezeBackward0",
    }
)
_TURNS = frozenset({"TBackward0", "TransposeBackward0", "PermuteBackward0"})
_PRODUCTS = frozenset({"AddmmBackward0", "MmBackward0", "ConvolutionBackward0"})
_MOST = 64  # layers: a deeper model is not looked through
_MATRIX = 2  # axes


@dataclass(frozen=True)
class _Product:
    """A product with a weight: what it takes, the weight and its widths, and whether it is biased.

    `source` is None where it takes what has no graph: an input.
    """

    source: Node | None
    weight: Tensor
    taken: int
    given: int
    is_biased: bool


def find_linear_chain(
    nodes: Sequence[Node], name: Callable[[Tensor], str | None]
) -> tuple[tuple[str, ...], list[Node]]:
    """Return the names of such layers, in their order, and the nodes that took another's output.

    `name` is what a parameter is called. Nothing is returned where there is anything else than
    linear layers behind the last one.
    """
    layers: dict[Node, _Product] = {}
    waiting = [node for node in nodes if name_of(node) in _PRODUCTS]
    if not 1 < len(waiting) <= _MOST:
        return (), []
    for node in waiting:
        layer = _read_layer(node)
        if layer is None:
            return (), []
        layers[node] = layer
    chain: list[Node] = []
    for node, layer in layers.items():
        source, is_biased, is_linear = _go_back(layer.source, layers)
        if not is_linear:
            return (), []
        before = layers.get(source) if source is not None else None
        if source is not None and before is not None and _is_bare(before, layer, is_biased):
            chain += [each for each in (source, node) if each not in chain]
    names = [_module_of(name(layers[node].weight)) for node in chain]
    return (tuple(names), chain[1:]) if chain and all(names) else ((), [])


def _go_back(node: Node | None, layers: Mapping[Node, _Product]) -> tuple[Node | None, bool, bool]:
    """Return the layer that something comes from, None of an input.

    With it, whether a bias was added on the way, and whether nothing bends it.
    """
    is_biased = False
    while node is not None and node not in layers:
        inner = [source for source, _ in node.next_functions if source is not None]
        bias = _bias_beside(node)
        is_biased = is_biased or bias is not None
        left = [each for each in inner if each is not bias]
        if len(left) != 1 or (bias is None and name_of(node) not in _BETWEEN):
            return None, False, False
        (node,) = left
    return node, is_biased or (node is not None and layers[node].is_biased), True


def _is_bare(first: _Product, second: _Product, is_biased: bool) -> bool:
    """Whether the second takes the first one's very output, and the two should be more than one."""
    is_narrow = first.given < first.taken and first.given < second.given
    fits = first.given == second.taken and first.weight.dim() == second.weight.dim()
    return fits and is_biased and not is_narrow and first.weight is not second.weight


def _read_layer(node: Node) -> _Product | None:
    """Return what is multiplied with which weight; None where none of it is a weight alone."""
    places = [source for source, _ in node.next_functions]
    if name_of(node) == "AddmmBackward0":
        bias, source, held = places
    elif name_of(node) == "MmBackward0":
        (source, held), bias = places, None
    else:
        source, held, bias = places
    weight, is_turned = _weight_of(held)
    if weight is None or weight.dim() < _MATRIX:
        return None
    is_conv = name_of(node) == "ConvolutionBackward0"
    given, taken = weight.shape[:2] if is_turned or is_conv else (weight.shape[1], weight.shape[0])
    return _Product(source, weight, taken, given, bias is not None)


def _weight_of(node: Node | None) -> tuple[Tensor | None, bool]:
    """Return the leaf that a matrix is, and whether it is transposed."""
    is_turned = False
    while node is not None and leaf_of(node) is None:
        if name_of(node) not in (_TURNS | {"ToCopyBackward0"}):
            return None, False
        is_turned ^= name_of(node) in _TURNS
        node = node.next_functions[0][0]
    return (None if node is None else leaf_of(node)), is_turned


def _bias_beside(node: Node) -> Node | None:
    """Return the leaf that a sum adds to what is not one."""
    sources = [source for source, _ in node.next_functions if source is not None]
    leaves = [source for source in sources if leaf_of(source) is not None]
    is_sum = name_of(node) == "AddBackward0" and len(sources) == _MATRIX
    return leaves[0] if is_sum and len(leaves) == 1 else None


def _module_of(name: str | None) -> str:
    return (name or "").removesuffix(".weight")
