"""Draws that a loss takes through a layer, without a way back to what they were drawn from.

The nodes that made a distribution's parameters bear the draw's number, as long as they live.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from torch import Tensor
from torch.autograd.graph import Node

from backtrace.recording.kernels.drawn_values import (
    WHOLE,
    DrawnNumbers,
    is_distance,
    keep_numbers,
    places_of,
)
from backtrace.recording.sensors.graph.autograd_nodes import (
    Packed,
    leaf_of,
    leaves_behind,
    mark_of,
    metadata_of,
    name_of,
    read_saved,
)

_DRAWN = "backtrace.drawn"
_MOST = 32  # draws that are kept
_FAR = 8  # nodes behind a parameter
_LINEAR = 500  # nodes behind what a layer was given
# What saves the input of a layer: by which name, and in which place it takes it.
_LAYERS = {
    "AddmmBackward0": ("_saved_mat1", 1),
    "MmBackward0": ("_saved_self", 0),
    "BmmBackward0": ("_saved_self", 0),
    "ConvolutionBackward0": ("_saved_input", 0),
}
_VIEWS = ("View", "UnsafeView", "ReshapeAlias", "Unsqueeze", "Squeeze", "Expand", "Transpose", "T")
_MADE = (*_VIEWS, "Exp", "Mul", "Div", "Softplus", "Clamp", "Sqrt", "Add", "Tanh", "Sigmoid",
         "Slice", "Select", "ToCopy", "Clone", "Log", "Neg", "Hardtanh", "Sub", "Rsub",
         "Pow")  # fmt: skip
_MEASURES = {"PowBackward0", "MulBackward0", "DivBackward0"}  # what saves a distance
_ERRORS = {"MseLossBackward0", "SmoothL1LossBackward0", "HuberLossBackward0"}
_THROUGH = "backtrace.drawn_through"  # what was drawn from with a graph


@dataclass
class _Draw:
    """One draw: where it was taken, of what, its numbers and its memory; whether it is scored."""

    number: str
    where: str
    kind: str
    numbers: DrawnNumbers
    place: int
    is_scored: bool = False


@dataclass(frozen=True)
class CutDraw:
    """A draw that a layer was given, beside another way to what it was drawn from."""

    where: str
    kind: str
    is_scored: bool


class CutDraws:
    """Keeps the newest draws, and finds them in a graph."""

    def __init__(self) -> None:
        self._draws: deque[_Draw] = deque(maxlen=_MOST)
        self._count = 0

    def take(self, drawn: Tensor, made_of: Sequence[Tensor], where: str, kind: str) -> None:
        """A distribution drew this without a graph, from these parameters, the mean first."""
        makers = list(_makers(made_of))
        if any(mark_of(node, _THROUGH) is not None for node in makers):
            return
        self._count += 1
        number = f"{_DRAWN}.{self._count}"
        for node in makers:
            metadata_of(node)[number] = number
        around = made_of[0] if made_of else None
        numbers = keep_numbers(drawn, around)
        self._draws.append(_Draw(number, where, kind, numbers, drawn.data_ptr()))

    def scored(self, value: object, made_of: Sequence[Tensor]) -> None:
        """The log-probability of this was taken, under parameters that have a graph."""
        makers = list(_makers(made_of)) if self._draws else []
        for draw in self._draws:
            is_of = any(mark_of(node, draw.number) is not None for node in makers)
            draw.is_scored |= is_of or (type(value) is Tensor and value.data_ptr() == draw.place)

    def drawn_through(self, made_of: Sequence[Tensor]) -> None:
        """There is a draw with a graph from the same parameters: theirs are no matter."""
        makers = list(_makers(made_of))
        for node in makers:
            metadata_of(node)[_THROUGH] = _THROUGH
        left = [
            draw
            for draw in self._draws
            if not any(mark_of(node, draw.number) is not None for node in makers)
        ]
        self._draws = deque(left, maxlen=_MOST)

    def find_in(self, nodes: Sequence[Node], is_packed: Packed) -> list[CutDraw]:
        """Return the draws that a layer of this graph was given, one of each line.

        The graph has another way to what they were drawn from, that does not lead through the
        layer, and no density of them that is written by hand is in it.
        """
        found: dict[str, CutDraw] = {}
        for draw in self._draws:
            if draw.where in found:
                continue
            marked = [node for node in nodes if mark_of(node, draw.number) is not None]
            if marked and self._is_cut(draw, marked, nodes, is_packed):
                found[draw.where] = CutDraw(draw.where, draw.kind, draw.is_scored)
        return list(found.values())

    def _is_cut(
        self, draw: _Draw, marked: Sequence[Node], nodes: Sequence[Node], is_packed: Packed
    ) -> bool:
        given = [node for node in nodes if _takes(node, draw.numbers, is_packed)]
        if not given:
            return False
        if not draw.is_scored and any(_measures(n, draw.numbers, is_packed) for n in nodes):
            return False
        above = _users_of(marked, nodes)
        weights = set[int]().union(*map(_weights_of, given))
        return not any(_weights_of(node) & weights for node in above if name_of(node) in _LAYERS)


def _makers(made_of: Sequence[Tensor]) -> Iterator[Node]:
    """Give the nodes that made a distribution's parameters, up to those of the layers behind."""
    for tensor in made_of:
        node = tensor.grad_fn
        for _ in range(_FAR):
            if node is None or leaf_of(node) is not None:
                break
            yield node
            sources = [source for source, _ in node.next_functions if source is not None]
            if not name_of(node).startswith(_MADE) or len(sources) != 1:
                break
            node = sources[0]


def _takes(node: Node, numbers: DrawnNumbers, is_packed: Packed) -> bool:
    """Whether a layer was given a draw's numbers, and these without a graph."""
    saved, place = _LAYERS.get(name_of(node), ("", 0))
    if not saved or is_packed(node):
        return False
    given = read_saved(node, saved)
    places = places_of(numbers, given) if given is not None else ()
    if not places:
        return False
    source = node.next_functions[place][0]
    while source is not None and name_of(source).startswith(_VIEWS):
        source = source.next_functions[0][0]
    if source is None:
        return True
    if not name_of(source).startswith("Cat"):
        return False
    joined = source.next_functions
    return len(places) == 1 and joined[places[0]][0] is None


def _measures(node: Node, numbers: DrawnNumbers, is_packed: Packed) -> bool:
    """Whether a node takes how far a draw is from its mean, as a density by hand does."""
    name = name_of(node)
    if name not in _MEASURES | _ERRORS or is_packed(node):
        return False
    saved = [read_saved(node, each) for each in ("_saved_self", "_saved_target")]
    if name in _ERRORS:
        return any(each is not None and places_of(numbers, each) == WHOLE for each in saved)
    return saved[0] is not None and is_distance(numbers, saved[0])


def _users_of(marked: Sequence[Node], nodes: Sequence[Node]) -> list[Node]:
    """Return the nodes that something marked lies behind."""
    users: dict[Node, list[Node]] = {}
    for node in nodes:
        for source, _ in node.next_functions:
            if source is not None:
                users.setdefault(source, []).append(node)
    found, waiting = dict.fromkeys(marked), list(marked)
    while waiting:
        for user in users.get(waiting.pop(), ()):
            if user not in found:
                found[user] = None
                waiting.append(user)
    return [node for node in found if node not in marked]


def _weights_of(node: Node) -> set[int]:
    """Return a layer's own leaves, by identity: what it takes beside its input."""
    _, place = _LAYERS[name_of(node)]
    others = [each for at, (each, _) in enumerate(node.next_functions) if at != place]
    return {leaf for each in others if each is not None for leaf in leaves_behind(each, _LINEAR)}
