"""Pairs that are called the hardest, and are the easiest: the far negatives, the near positives."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.last_given import LastGiven
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope, called_name, parents_in, word_set
from backtrace.recording.source.walks import walk

_LIBRARIES = word_set("torch np numpy")
_LARGEST = word_set("max amax argmax")
_LEAST = word_set("min amin argmin")
_PICKED = word_set("values indices")
_KEPT = word_set("detach cpu numpy tolist item long float clone unsqueeze squeeze view reshape")
_PRODUCTS = word_set("matmul mm bmm einsum cosine_similarity dot")
_NOT_MEANT = ("semi", "eas", "max", "min", "far")
_FOLLOWED = 6


def find_easiest_pairs(scope: Scope) -> Iterator[Slip]:
    """Give each choice by distance, of what is called hard, from the wrong end.

    A distance is what is called one, and is no product of vectors.
    """
    owner = _owner(scope).lower()
    given = LastGiven(scope.tree, scope.node)
    for node in scope.nodes():
        if not isinstance(node, ast.Assign):
            continue
        told = " ".join(
            called_name(each)
            for target in node.targets
            for each in walk(target)
            if isinstance(each, ast.Name | ast.Attribute)
        ).lower()
        chosen = _chosen(node.value)
        is_hard = "hard" in told + owner and "semi" not in owner
        if chosen is None or not is_hard or any(word in told for word in _NOT_MEANT):
            continue
        operand, takes_largest = chosen
        words = f"{told} {ast.unparse(operand).lower()}"
        is_negative, is_positive = "neg" in words, "pos" in words
        if "dist" not in words or is_positive in (is_negative, takes_largest):
            continue
        if not _is_turned(operand) and not _is_product(operand, given):
            name = "negative" if is_negative else "positive"
            yield Slip(node.lineno, "easiest-pairs", name, ast.unparse(operand)[:LONGEST])


def _owner(scope: Scope) -> str:
    """Return the name of a function, with that of the class that it is of."""
    above = parents_in(scope.tree).get(id(scope.node))
    return f"{above.name} {scope.name}" if isinstance(above, ast.ClassDef) else scope.name


def _chosen(node: ast.expr) -> tuple[ast.expr, bool] | None:
    """Return what the largest or the least are taken of, and whether it is the largest."""
    for _ in range(_FOLLOWED):
        match node:
            case ast.Subscript(value=ast.Call() as call, slice=ast.Slice() as cut):
                if (found := _sorted(call, cut)) is not None:
                    return found
                node = call
            case ast.Call(func=ast.Attribute(value=inner, attr=name)) if name in _KEPT:
                node = inner
            case ast.Call():
                return _extreme(node)
            case ast.Subscript(value=inner):
                node = inner
            case ast.Attribute(value=inner, attr=name) if name in _PICKED:
                node = inner
            case _:
                return None
    return None


def _operand(call: ast.Call) -> tuple[ast.expr, str] | None:
    """Return what a call is of, and its name: `x` of `x.max(1)` and of `torch.max(x, 1)`."""
    match call:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=library), attr=name), args=[of, *_]):
            if library in _LIBRARIES:
                return of, name
    match call.func:
        case ast.Attribute(value=of, attr=name):
            return of, name
    return None


def _sorted(call: ast.Call, cut: ast.Slice) -> tuple[ast.expr, bool] | None:
    """Return what was sorted, and whether a cut takes the largest of it."""
    found = _operand(call)
    if found is None or found[1] not in ("argsort", "argpartition", "partition"):
        return None
    is_falling = any(each.arg == "descending" and _is_true(each.value) for each in call.keywords)
    is_end = isinstance(cut.lower, ast.UnaryOp) and cut.upper is None
    is_begin = cut.lower is None and cut.upper is not None
    if cut.step is not None or is_end == is_begin:
        return None
    return found[0], is_end != is_falling


def _extreme(call: ast.Call) -> tuple[ast.expr, bool] | None:
    found = _operand(call)
    if found is None:
        return None
    of, name = found
    if name == "topk":
        largest = next((each.value for each in call.keywords if each.arg == "largest"), None)
        is_plain = largest is None or isinstance(largest, ast.Constant)
        return (of, largest is None or _is_true(largest)) if is_plain else None
    if name in _LARGEST or name in _LEAST:
        return of, name in _LARGEST
    return None


def _is_true(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is True


def _is_turned(operand: ast.expr) -> bool:
    """Whether a distance has its sign or its scale turned round before."""
    return any(
        (isinstance(each, ast.UnaryOp) and isinstance(each.op, ast.USub))
        or (isinstance(each, ast.BinOp) and isinstance(each.op, ast.Sub | ast.Div))
        for each in walk(operand)
    )


def _is_product(operand: ast.expr, given: LastGiven) -> bool:
    """Whether what is called a distance is a product of vectors, which is the larger the nearer."""
    left, seen = [operand], set[str]()
    while left:
        for each in walk(left.pop()):
            is_called = isinstance(each, ast.Call) and called_name(each.func) in _PRODUCTS
            if is_called or (isinstance(each, ast.BinOp) and isinstance(each.op, ast.MatMult)):
                return True
            if isinstance(each, ast.Name) and each.id not in seen:
                seen.add(each.id)
                if (value := given.follow(each)) is not each and not _is_turned(value):
                    left.append(value)
    return False
