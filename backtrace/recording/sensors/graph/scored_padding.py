"""Losses made by hand that count the padding of what was embedded like any other place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from torch import Tensor
from torch.autograd.graph import Node

from backtrace.recording.kernels.padding import NO_CLASS, Padded, find_classes, read_scored
from backtrace.recording.sensors.graph.autograd_nodes import (
    Packed,
    name_of,
    read_saved,
    shape_of,
    signed,
)

_MOST = 50  # nodes on the way from a loss to what it scores
_SHAPES = (
    "View", "Reshape", "UnsafeView", "Squeeze", "Unsqueeze", "Transpose", "T", "Permute", "Clone",
    "ToCopy", "Neg",
)  # fmt: skip
# What leaves no place out, nor weighs one unlike another.
_KEPT = (*_SHAPES, "Mean", "Sum", "Add", "Sub")
_FACTORS = ("_saved_self", "_saved_other")
_SCALED = ("Mul", "Div")
_LOGARITHMS = ("LogSoftmax", "Log")
_LIKELIHOODS = ("NllLoss", "NllLoss2D")
_NO_REDUCTION = 0  # torch's own code


def find_scored_padding(
    roots: Sequence[Node], is_packed: Packed, padded: Iterable[Padded]
) -> tuple[tuple[float, ...], list[Node]]:
    """Return the share of padding in a loss that leaves none out, and its id; what scores it.

    That is what picks the log-probabilities of targets, or multiplies them with probabilities that
    stand for these, and of which all that follows are sums and means.
    """
    known = list(padded)
    for node in _scorings(roots, is_packed) if known else ():
        for each in known:
            target, ignored = _target_of(node, each)
            scored = read_scored(each, target, ignored) if target is not None else None
            if scored is not None:
                return scored, [node]
    return (), []


def _scorings(roots: Sequence[Node], is_packed: Packed) -> Iterator[Node]:
    """Give what a loss comes to by sums and means alone."""
    waiting = list(roots)
    for node in waiting:  # it grows
        if is_packed(node):
            continue
        if not _is_kept(node):
            yield node
        elif len(waiting) < _MOST:
            sources = dict.fromkeys(each for each, _ in node.next_functions if each is not None)
            waiting += [each for each in sources if each not in waiting]


def _is_kept(node: Node) -> bool:
    """Whether all places that a node is given count alike in what it gives."""
    kind = _kind_of(node)
    if kind not in _SCALED:
        return kind in _KEPT
    sources = [each for each, _ in node.next_functions if each is not None]
    factors = (read_saved(node, each) for each in _FACTORS)
    return len(sources) == 1 and all(each is None or each.numel() == 1 for each in factors)


def _kind_of(node: Node) -> str:
    return name_of(node).rstrip("0123456789").removesuffix("Backward")


def _target_of(node: Node, padded: Padded) -> tuple[Tensor | None, int]:
    """Return the targets of what scores as many places as ids have, and what it leaves out."""
    kind = _kind_of(node)
    if kind in _LIKELIHOODS:
        is_whole = getattr(node, "_saved_reduction", None) == _NO_REDUCTION
        is_whole = is_whole and read_saved(node, "_saved_weight") is None
        ignored = signed(getattr(node, "_saved_ignore_index", NO_CLASS))
        return (read_saved(node, "_saved_target") if is_whole else None), ignored
    if kind not in ("Gather", "Mul") or not _is_of_logarithms(node):
        return None, NO_CLASS
    if kind == "Gather":
        index = read_saved(node, "_saved_index")
        return (index if index is not None and index.shape[-1:] == (1,) else None), NO_CLASS
    shown = [read_saved(node, each) for each in _FACTORS]
    shares = [each for each in shown if each is not None and each.shape == shape_of(node)]
    rows = (padded.mask.numel(), padded.mask.numel() - len(padded.mask))
    if len(shares) == 1 and shares[0].dim() > 1 and shares[0].shape[:-1].numel() in rows:
        return find_classes(shares[0]), NO_CLASS
    return None, NO_CLASS


def _is_of_logarithms(node: Node) -> bool:
    """Whether what a node picks from or weighs are log-probabilities."""
    source = next((each for each, _ in node.next_functions if each is not None), None)
    while source is not None and _kind_of(source) in _SHAPES:
        source = source.next_functions[0][0]
    return source is not None and _kind_of(source) in _LOGARITHMS
