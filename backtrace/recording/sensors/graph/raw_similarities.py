"""Products that a softmax is taken of at a low temperature, of vectors that have no one length."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from torch.autograd.graph import Node

from backtrace.recording.kernels.scalars import read_factor
from backtrace.recording.kernels.vector_lengths import find_unlike_lengths
from backtrace.recording.sensors.graph.autograd_nodes import Packed, leaf_of, name_of, read_saved
from backtrace.recording.sensors.graph.steep_slopes import is_readable

_SOFT = ("LogSoftmaxBackward0", "LogsumexpBackward0")
_SCALED = ("MulBackward0", "DivBackward0")
_PRODUCTS = ("MmBackward0", "BmmBackward0")
_SHAPES = {"TBackward0", "TransposeBackward0", "ViewBackward0", "UnsafeViewBackward0",
           "UnsqueezeBackward0", "SqueezeBackward0", "SqueezeBackward1", "CloneBackward0",
           "ReshapeAliasBackward0", "ToCopyBackward0"}  # fmt: skip
_PASSING = {*_SHAPES, "MaskedFillBackward0", "SubBackward0", "IndexBackward0", "CatBackward0",
            "SliceBackward0", "AddBackward0"}  # fmt: skip
_FAR = 24  # nodes behind a softmax
_TIMES = 2.0  # at least: a temperature of 0.5 or less


def find_raw_similarities(
    nodes: Sequence[Node], is_packed: Packed
) -> tuple[tuple[float, ...], list[Node]]:
    """Return the shortest and the longest vector of the first such product, and its factor.

    Vectors of one length, such as those that were normalised, are left out, and so is what is
    multiplied with a parameter: that is a layer.
    """
    for node in nodes:
        if name_of(node) not in _SOFT:
            continue
        for product, times in _products(node, is_packed):
            sides = [source for source, _ in product.next_functions[:2]]
            if times < _TIMES or any(map(_is_weight, sides)) or is_packed(product):
                continue
            found = list(_read_lengths(product))
            lengths = [length for ends in found if ends for length in ends]
            if found and None not in found:
                return (min(lengths), max(lengths), times), [product]
    return (), []


def _products(softmax: Node, is_packed: Packed) -> Iterator[tuple[Node, float]]:
    """Give the products behind a softmax, and what each is multiplied by on its way."""
    waiting: list[tuple[Node, float]] = [(softmax, 1.0)]
    for node, times in waiting:  # it grows
        for source, _ in node.next_functions:
            if source is None or len(waiting) > _FAR:
                continue
            name = name_of(source)
            if name in _PRODUCTS:
                yield source, times
            elif name in _PASSING:
                waiting.append((source, times))
            elif name in _SCALED and (factor := factor_of(source, is_packed)):
                waiting.append((source, times * factor))


def factor_of(node: Node, is_packed: Packed) -> float:
    """Return the number that a node multiplies with; 0 where that is none, or not known."""
    sources = node.next_functions
    if len(sources) != 2 or is_packed(node) or (sources[0][0] is None) == (sources[1][0] is None):
        return 0.0
    is_left = sources[0][0] is None
    factor = read_factor(read_saved(node, "_saved_self" if is_left else "_saved_other"))
    if not factor or name_of(node) == "MulBackward0":
        return factor or 0.0
    return 0.0 if is_left else 1 / factor


def _is_weight(node: Node | None) -> bool:
    """Whether a factor is a leaf, its shape aside."""
    for _ in range(_FAR):
        if node is None or name_of(node) not in _SHAPES:
            break
        node = node.next_functions[0][0]
    return node is not None and leaf_of(node) is not None


def _read_lengths(product: Node) -> Iterator[tuple[float, float] | None]:
    """Give those on each side of a product, as far as it saved them; None of one length."""
    for name, axis in (("_saved_self", -1), ("_saved_mat2", -2)):
        values = read_saved(product, name)
        if values is None or not is_readable(values):
            continue
        if values.dim() == 2 or (values.dim() == 3 and len(values) == 1):
            yield find_unlike_lengths(values, axis)
