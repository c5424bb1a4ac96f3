"""Log-probabilities of what was chosen or drawn, as the graph has them, and ratios of them."""

from __future__ import annotations

from torch.autograd.graph import Node

from backtrace.recording.sensors.graph.autograd_nodes import name_of, shape_of

JOINED = ("AddBackward", "StackBackward", "CatBackward")
_PASSED_ON = ("Squeeze", "View", "Unsqueeze", "Reshape", "Neg", "Expand", "ToCopy", "Sum")
_STEPS = 6
_ADDENDS = 500  # actions one after another that are looked at
_NORMAL = ("SubBackward", "DivBackward", "NegBackward", "PowBackward", "SubBackward")


def is_log_probability(node: Node) -> bool:
    """Whether a log-probability of what was chosen stands here, a ratio of such, or a sum.

    Of actions that are drawn one after another, the log-probabilities add up.
    """
    waiting, left = [node], _ADDENDS
    while waiting and left:
        inner = skip(waiting.pop())
        if inner is None or not _given(inner):
            return False
        if name_of(inner).startswith(JOINED):
            waiting += _given(inner)
        elif not (_is_chosen(inner) or _is_of_a_normal(inner) or _is_ratio(inner)):
            return False
        left -= 1
    return not waiting


def skip(node: Node | None) -> Node | None:
    """Follow operations that hand on what they were given."""
    for _ in range(_STEPS):
        if node is None or not name_of(node).startswith(_PASSED_ON):
            break
        node = next(iter(_given(node)), None)
    return node


def _given(node: Node) -> list[Node]:
    return [source for source, _ in node.next_functions if source is not None]


def _is_chosen(node: Node) -> bool:
    """Whether one logarithm of each row was taken, or the logarithm of one probability of each."""
    if name_of(node).startswith("LogBackward"):
        inner = skip(_given(node)[0])
        return inner is not None and _takes_one(inner) and _is_of(inner, ("Softmax",))
    return _takes_one(node) and _is_of(node, ("LogSoftmax", "SubBackward", "LogBackward"))


def _takes_one(node: Node) -> bool:
    """Whether a node gathers, or takes one out of a single row, or out of each by an index."""
    name, given = name_of(node), _given(node)
    if name.startswith("Select"):
        return bool(given) and shape_of(node) == () and len(shape_of(given[0])) == 1
    if name.startswith("IndexBackward"):
        return bool(given) and len(shape_of(node)) < len(shape_of(given[0]))
    return name.startswith("Gather")


def _is_of(node: Node, makers: tuple[str, ...]) -> bool:
    inner = skip(next(iter(_given(node)), None))
    return inner is not None and name_of(inner).startswith(makers)


def _is_of_a_normal(node: Node) -> bool:
    """Whether -(x - mean)**2 / (2 * variance) - log(deviation) - log(sqrt(2 * pi)) stands here."""
    if not name_of(node).startswith("SubBackward") or len(_given(node)) != 1:
        return False
    inner: Node | None = _given(node)[0]
    for name in _NORMAL:
        if inner is None or not name_of(inner).startswith(name):
            return False
        inner = inner.next_functions[0][0] if name != "SubBackward" else _first(inner)
    return True


def _first(node: Node) -> Node | None:
    """Return what the first of two terms was made by, the other's where that has no graph."""
    return next(iter(_given(node)), None)


def _is_ratio(node: Node) -> bool:
    """Whether the exponential of what log-probabilities are above old ones, perhaps clamped."""
    if name_of(node).startswith("ClampBackward"):
        node = _given(node)[0]
    inner = skip(_given(node)[0]) if name_of(node).startswith("ExpBackward") else None
    if inner is None or not name_of(inner).startswith("SubBackward") or len(_given(inner)) != 1:
        return False
    above = skip(_given(inner)[0])
    return above is not None and (_is_chosen(above) or _is_of_a_normal(above))
