"""Rows of boxes that are multiplied by the weight that two images are mixed by."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope, called_name, word_set, words_of

_BOXES = word_set("box boxes bbox bboxes gtboxes")
_NUMBERS = word_set("weight weights score scores conf confs confidence prob probs mask masks loss")
_JOINS = word_set("cat concat concatenate vstack row_stack")


def find_weighed_boxes(scope: Scope) -> Iterator[Slip]:
    """Give what joins `w * boxes` and `(1 - w) * others`, where the same `w` mixes two images.

    The boxes are whole rows, by their names; what weighs their losses may be joined so.
    """
    joined = [found for node in scope.nodes() for found in _joined_in(node)]
    mixed = {_weight_of(node) for node in scope.nodes() if isinstance(node, ast.BinOp)} - {""}
    for line, weight, boxes in joined:
        if weight in mixed:
            yield Slip(line, "boxes-weighed", boxes[:LONGEST], weight[:LONGEST])


def _joined_in(node: ast.AST) -> Iterator[tuple[int, str, str]]:
    """Give the line, the weight and the boxes of what is joined so."""
    match node:
        case ast.Call(args=[ast.List(elts=[one, other]) | ast.Tuple(elts=[one, other]), *_]):
            for first, second in ((one, other), (other, one)) if _joins(node) else ():
                for weight, boxes in _factors(first):
                    rest = [each for part, each in _factors(second) if _is_rest(part, weight)]
                    if rest and _are_boxes(boxes) and _are_boxes(rest[0]):
                        yield node.lineno, ast.unparse(weight), ast.unparse(boxes)


def _joins(call: ast.Call) -> bool:
    return called_name(call.func) in _JOINS


def _factors(node: ast.expr) -> list[tuple[ast.expr, ast.expr]]:
    match node:
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return [(left, right), (right, left)]
    return []


def _is_rest(node: ast.expr, weight: ast.expr) -> bool:
    match node:
        case ast.BinOp(left=ast.Constant(value=1 | 1.0), op=ast.Sub(), right=right):
            return ast.dump(right) == ast.dump(weight) and isinstance(
                weight, ast.Name | ast.Attribute
            )
    return False


def _are_boxes(node: ast.expr) -> bool:
    words = words_of(called_name(node).rstrip("0123456789"))
    return bool(words & _BOXES) and not words & _NUMBERS


def _weight_of(node: ast.BinOp) -> str:
    """Return the weight of `w * x + (1 - w) * z`, '' of anything else."""
    for weight, _ in _factors(node.left) if isinstance(node.op, ast.Add) else ():
        if any(_is_rest(part, weight) for part, _ in _factors(node.right)):
            return ast.unparse(weight)
    return ""
