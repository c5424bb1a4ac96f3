"""A judge's scores of what is real and of what is made, which go backward with one sign."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.generators.opinion_losses import origin_of
from backtrace.recording.source.last_given import LastGiven
from backtrace.recording.source.loss_terms import DEEPEST, expand, name_of_network, roots_of
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope


def find_summed_opinions(scope: Scope) -> Iterator[Slip]:
    """Give each score of `made.detach()` that stands beside one of the same judge with its sign.

    Scores themselves are meant, and means of them: not losses of them, nor their squares.
    """
    values: LastGiven | None = None
    for root in roots_of(scope.node):
        values = values or LastGiven(scope.tree, scope.node)
        terms = expand(root, 1, values, DEEPEST, frozenset())
        said: dict[str, list[tuple[ast.Call, int]]] = {}
        for term, sign in terms:
            if isinstance(term, ast.Call) and len(term.args) == 1 and name_of_network(term):
                said.setdefault(name_of_network(term), []).append((term, sign))
        for judge, found in said.items():
            made = [call for call, _ in found if _is_made(call, values)]
            if len(found) == 2 and len(made) == 1 and found[0][1] == found[1][1]:
                yield Slip(made[0].lineno, "opinions", ast.unparse(made[0])[:LONGEST], judge)


def _is_made(call: ast.Call, values: LastGiven) -> bool:
    """Whether what is judged was made by a call, and is cut off its graph."""
    _, maker, is_detached = origin_of(call.args[0], values)
    return bool(maker) and is_detached
