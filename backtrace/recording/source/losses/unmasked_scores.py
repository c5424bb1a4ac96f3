"""Shares of right answers that take in places which the loss may leave out."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from backtrace.recording.source.lines.right_answers import (
    bare_text,
    compared_sides,
    picks_places,
    reduced,
)
from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import (
    Scope,
    called_name,
    parents_in,
    word_set,
    words_of,
)
from backtrace.recording.source.walks import walk

_BEST = word_set("argmax max topk")
_PARTING = word_set("masked_fill masked_fill_ masked_select where index_select gather")
_LOSSES = word_set("cross_entropy nll_loss CrossEntropyLoss NLLLoss")
_LOSS_WORDS = word_set("criterion criteria loss lossfn ce crossentropy objective nll")
_COUNTED = word_set("numel nelement")


def find_unmasked_scores(scope: Scope) -> Iterator[Slip]:
    """Give the lines that score all places of a target that a loss is called on as well.

    Whether the loss leaves any of them out is for the run to tell: `beside` is the loss's line.
    """
    losses = list(losses_in(scope.nodes()))
    if not losses:
        return
    parents = parents_in(scope.tree)
    told = set[str]()
    for node in sorted(scope.nodes(), key=lambda each: getattr(each, "lineno", 0)):
        sides = compared_sides(node)
        if sides is None:
            continue
        for one, other in (sides, sides[::-1]):
            name = bare_text(other)
            lines = [line for target, line in losses if target == name]
            if not lines or name in told or not is_said(scope, one):
                continue
            how, whole = reduced(node, parents)
            line = node.lineno  # type: ignore[attr-defined]
            near = min(lines, key=lambda each: abs(each - line))
            if is_written_between(scope.nodes(), name, near, line):
                continue
            if how == "mean" or (how == "sum" and _is_over_all(scope, whole, parents, name)):
                told.add(name)
                yield Slip(line, "unmasked-score", name, str(near))


def losses_in(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, int]]:
    """Give the targets of losses over classes, each with the line of the call."""
    for node in nodes:
        match node:
            case ast.Call(func=func, args=[_, target, *_]):
                pass
            case ast.Call(func=func, keywords=keywords):
                given = [each.value for each in keywords if each.arg in ("target", "targets")]
                if len(given) != 1:
                    continue
                target = given[0]
            case _:
                continue
        made = func.func if isinstance(func, ast.Call) else func
        is_loss = called_name(made) in _LOSSES or words_of(called_name(made)) & _LOSS_WORDS
        if is_loss and (name := bare_text(target)):
            yield name, node.lineno


def is_said(scope: Scope, node: ast.expr) -> bool:
    """Whether an expression takes the best class, or is a variable that is given it.

    And keeps it everywhere: what is written into some places of it may be what is left out.
    """
    name = bare_text(node)
    given = [
        each
        for each in scope.nodes()
        if isinstance(each, ast.Assign)
        for target in each.targets
        for part in getattr(target, "elts", [target])
        if name and name in (ast.unparse(part), ast.unparse(getattr(part, "value", part)))
    ]
    values = [node, *(each.value for each in given)]
    is_written = any(isinstance(target, ast.Subscript) for each in given for target in each.targets)
    return not is_written and any(map(_takes_best, values)) and not any(map(is_parted, values))


def _takes_best(node: ast.expr) -> bool:
    calls = (each for each in walk(node) if isinstance(each, ast.Call))
    return any(called_name(each.func) in _BEST for each in calls)


def is_parted(node: ast.expr) -> bool:
    """Whether an expression takes places of a tensor alone, or writes into some."""
    return any(
        (isinstance(each, ast.Subscript) and picks_places(each))
        or (isinstance(each, ast.Call) and called_name(each.func) in _PARTING)
        for each in walk(node)
    )


def is_written_between(nodes: Iterable[ast.AST], name: str, one: int, other: int) -> bool:
    """Whether a target is given anything else between two lines, or written into."""
    first, last = sorted((one, other))
    for node in nodes:
        if not isinstance(node, ast.Name | ast.Attribute | ast.Subscript):
            continue
        if isinstance(node.ctx, ast.Store) and first <= node.lineno <= last:
            written = node.value if isinstance(node, ast.Subscript) else node
            if name in (ast.unparse(written), ast.unparse(node)):
                return True
    return False


def _is_over_all(scope: Scope, node: ast.AST, parents: dict[int, ast.AST], name: str) -> bool:
    """Whether a count of right answers is divided by how many places its target has.

    At once, or where it is added up and the line beside it adds up the places.
    """
    match parents.get(id(node)):
        case ast.BinOp(op=ast.Div(), left=left, right=right) if left is node:
            return is_size(right, name)
        case ast.AugAssign(op=ast.Add(), value=value) as added if value is node:
            above = parents.get(id(added))
            body = getattr(above, "body", None)
            sizes = [
                each
                for each in (body if isinstance(body, list) else [])
                if isinstance(each, ast.AugAssign) and each is not added
            ]
            return any(isinstance(each.op, ast.Add) and is_size(each.value, name) for each in sizes)
    return False


def is_size(node: ast.expr, name: str) -> bool:
    """Whether a number is that of all elements of a target: `y.numel()`, or of it in one row."""
    match node:
        case ast.Call(func=ast.Attribute(value=inner, attr=attr)) if attr in _COUNTED:
            return bare_text(inner) == name
        case ast.BinOp(op=ast.Mult(), left=left, right=right):
            return all(_is_axis(each, name) for each in (left, right))
        case ast.Call(func=ast.Name(id="len"), args=[ast.Call() as inner]):
            return bare_text(inner) == name
    return False


def _is_axis(node: ast.expr, name: str) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=inner, attr="size"), args=[_]):
            return bare_text(inner) == name
        case ast.Subscript(value=ast.Attribute(value=inner, attr="shape")):
            return bare_text(inner) == name
    return False
