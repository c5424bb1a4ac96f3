"""Terms of a loss that are added to a sum which has them already."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from torch.autograd.graph import Node

from backtrace.recording.sensors.graph.autograd_nodes import Packed, leaf_of, name_of, shape_of
from backtrace.recording.sensors.graph.loss_addends import factors_of

_MOST = 50  # nodes from a loss to its terms
_TWICE = 2
_Term = tuple[Node, float]


def find_terms_twice(roots: Sequence[Node], is_packed: Packed) -> list[Node]:
    """Return the additions of a term to a sum that has just it, times the same, and another one.

    Of two sums that share a term, each with one of its own, nothing is said: both are objectives.
    Nor of a term that is there more often, as in a sum of what a loop has added up so far.
    """
    found = []
    for root in roots:
        all_terms: list[_Term] | None = None
        for node in _sums(root, is_packed):
            twice = _added_again(node, is_packed)
            if twice is not None:
                all_terms = all_terms or _terms((root, 1.0), is_packed)
                times = sum(each is twice for each, _ in all_terms)
                found += [node] if times <= _TWICE else []
    return found


def _sums(root: Node, is_packed: Packed) -> Iterator[Node]:
    """Give what a loss is the sum of that is a sum in turn, and the loss itself."""
    waiting, seen = [root], {root}
    for node in waiting:  # it grows
        sources = _addends(node, is_packed)
        if len(sources) > 1:
            yield node
        new = [each for each, _ in sources if each not in seen]
        if len(waiting) < _MOST:
            waiting += new
            seen.update(new)


def _addends(node: Node, is_packed: Packed) -> list[_Term]:
    """Return what has a graph of what a node adds up, and times what; [] of what is no sum."""
    if name_of(node) == "SumBackward0" and not shape_of(node):
        inner = node.next_functions[0][0]
        is_list = inner is not None and name_of(inner) == "StackBackward0"
        parts = inner.next_functions if is_list and inner is not None else ()
        return [(each, 1.0) for each, at in parts if each is not None and not shape_of(each, at)]
    factors = factors_of(node, is_packed)
    pairs = zip(node.next_functions, factors, strict=False)
    return [(each, factor) for (each, _), factor in pairs if each is not None]


def _added_again(node: Node, is_packed: Packed) -> Node | None:
    """Return the term that a sum adds to another sum that has it once; None where it does not."""
    sources = _addends(node, is_packed)
    for at, source in enumerate(sources):
        term = _plain(source, is_packed)
        for other in sources[:at] + sources[at + 1 :]:
            if other[0] is source[0]:
                continue
            parts = _terms(other, is_packed)[1:]
            if sum(part == term for part in parts) == 1 and leaf_of(term[0]) is None:
                return term[0]
            shared = _shared(_leaves(parts, is_packed), _leaves(_terms(term, is_packed), is_packed))
            if shared is not None:
                return shared
    return None


def _leaves(terms: list[_Term], is_packed: Packed) -> list[_Term]:
    """Return those terms that are no sums."""
    return [each for each in terms if len(_addends(each[0], is_packed)) < 2]


def _shared(all_terms: list[_Term], some: list[_Term]) -> Node | None:
    """Return a term of a sum that has, besides, nothing but what another has; None of another."""
    nodes = [node for node, _ in all_terms]
    if len(some) < 2 or len(set(nodes)) < len(nodes) or not {node for node, _ in some} <= {*nodes}:
        return None
    return next((node for node, weight in some if (node, weight) in all_terms), None)


def _plain(term: _Term, is_packed: Packed) -> _Term:
    """Return what a term is a multiple of, and times what."""
    node, times = term
    for _ in range(_MOST):
        sources = _addends(node, is_packed)
        if len(sources) != 1:
            break
        node, times = sources[0][0], times * sources[0][1]
    return node, times


def _terms(term: _Term, is_packed: Packed) -> list[_Term]:
    """Return a sum and all that it is the sum of; [] of what is none.

    What is weighed in it is a single term: a sum that is weighed as a whole is not opened.
    """
    waiting = [term] if len(_addends(term[0], is_packed)) > 1 else []
    for node, times in waiting:  # it grows
        sources = _addends(node, is_packed) if len(waiting) < _MOST else []
        for source, factor in sources if len(sources) > 1 else ():
            plain = _plain((source, times * factor), is_packed)
            is_weighed = plain[0] is not source and len(_addends(plain[0], is_packed)) > 1
            waiting += [] if is_weighed else [plain]
    return waiting
