"""Scores of what belongs together and of what does not, each in the other's place of a loss."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Given, Scope, called_name, given_once
from backtrace.recording.source.walks import walk

_WANTED = re.compile(r"(^|_)pos(itive|itives)?(_|$)")
_OTHER = re.compile(r"(^|_)neg(ative|atives)?(_|$)")
_FAR = re.compile(r"dist|(^|_)d(_|$)|norm|energy|cost")  # the smaller, the more alike
_LOGARITHMS = frozenset({"logsigmoid", "log_sigmoid", "LogSigmoid"})
_SIGMOIDS = frozenset({"sigmoid", "sigmoid_"})


def find_swapped_scores(scope: Scope) -> Iterator[Slip]:
    """Give `logsigmoid(negative)` beside `logsigmoid(-positive)`: the first is to be the positive.

    What is a distance, by its name or by what it is made of, is left alone.
    """
    given = given_once(scope)
    raised: dict[str, ast.Call] = {}
    lowered: dict[str, ast.Call] = {}
    for node in scope.nodes():
        if not isinstance(node, ast.Call) or (score := _score_of(node)) is None:
            continue
        kept = raised
        if isinstance(score, ast.UnaryOp) and isinstance(score.op, ast.USub):
            score, kept = score.operand, lowered
        if isinstance(score, ast.Name) and not _is_far(score, given):
            kept[score.id] = node
    if len(raised) != 1 or len(lowered) != 1:
        return
    (up, call), (down, _) = raised.popitem(), lowered.popitem()
    if _OTHER.search(up.lower()) and _WANTED.search(down.lower()):
        yield Slip(call.lineno, "scores-swapped", up[:LONGEST], down[:LONGEST])


def _score_of(call: ast.Call) -> ast.expr | None:
    """Return what the logarithm of a sigmoid is taken of; None of other calls."""
    match call:
        case ast.Call(func=func, args=[score]) if called_name(func) in _LOGARITHMS:
            return score
        case ast.Call(func=ast.Attribute(value=ast.Name(), attr="log"), args=[ast.Call() as inner]):
            return _within(inner)
        case ast.Call(func=ast.Attribute(value=ast.Call() as inner, attr="log"), args=[]):
            return _within(inner)
    return None


def _within(sigmoid: ast.Call) -> ast.expr | None:
    """Return what a sigmoid is taken of; None of other calls."""
    if called_name(sigmoid.func) not in _SIGMOIDS:
        return None
    match sigmoid:
        case ast.Call(args=[score]):
            return score
        case ast.Call(func=ast.Attribute(value=score), args=[]):
            return score
    return None


def _is_far(score: ast.Name, given: Given) -> bool:
    """Whether a score is called a distance, or made of one."""
    if _FAR.search(score.id.lower()):
        return True
    made = given.get(score.id)
    names = (
        (called_name(each.func) for each in walk(made) if isinstance(each, ast.Call))
        if made
        else ()
    )
    return any(_FAR.search(name.lower()) for name in names)
