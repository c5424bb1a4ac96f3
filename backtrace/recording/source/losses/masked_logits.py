"""Logits that are multiplied by a mask before a sigmoid or a softmax, which makes them count."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.last_given import LastGiven
from backtrace.recording.source.losses.overlap_losses import OverlapLosses
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import (
    Scope,
    called_name,
    names_in,
    word_set,
    words_of,
)
from backtrace.recording.source.walks import Function, walk

_MASKS = word_set("mask masks")
_DRAWN = word_set("drop dropout noise keep soft gate rand random learned prune pruning weight self")
_SHAPES = word_set(
    "unsqueeze view reshape expand expand_as to float type type_as bool int long byte squeeze"
)
_OF_ZEROS = word_set("ones zeros tril triu ones_like zeros_like eq ne lt le gt ge arange")
_ROOTS = word_set("torch F th")
_DEEPEST = 6


def find_masked_logits(scope: Scope) -> Iterator[Slip]:
    """Give each product with a mask that a softmax or an overlap's sigmoid takes as it is.

    Where the mask is read again behind it, such as for what the softmax gave, nothing is said.
    """
    if not isinstance(scope.node, Function) or not _speaks_of_masks(scope.node):
        return
    values = LastGiven(scope.tree, scope.node)
    losses = OverlapLosses(scope.tree)
    for node in scope.nodes():
        if isinstance(node, ast.Call) and (taken := _taken_by(node, scope, losses)) is not None:
            product = _masked_if_given(taken, scope) or values.follow(taken)
            name = _mask_of(product, values)
            if name and not _is_read_again(scope, name, product, node):
                of = _other_of(product, name)
                yield Slip(product.lineno, "masked-logits", of, name[:LONGEST])
                return


def _speaks_of_masks(function: Function) -> bool:
    return any(words_of(name) & _MASKS for name in names_in(function))


def _taken_by(call: ast.Call, scope: Scope, losses: OverlapLosses) -> ast.expr | None:
    """Return what a softmax goes over, or what a loss of overlaps takes a sigmoid of."""
    match call:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=root), attr=name), args=[first, *_]):
            if root in _ROOTS:
                is_one = name == "softmax" or (name == "sigmoid" and losses.is_within(scope.node))
                return first if is_one else None
    match call:
        case ast.Call(func=ast.Attribute(attr="softmax", value=inner)) if not _is_self(inner):
            return inner
        case ast.Call(func=ast.Attribute(attr="softmax", value=inner), args=[first]):
            return first
        case ast.Call(func=ast.Call(func=made), args=[first]) if called_name(made) == "Softmax":
            return first
    return losses.logits_of(call, scope.node)


def _is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "self"


def _mask_of(product: ast.expr, values: LastGiven) -> str:
    """Return the name of the mask of zeros and ones that is one of two factors."""
    match product:
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            for each in (left, right):
                name = _name_of(each)
                is_mask = words_of(name) & _MASKS and not words_of(name) & _DRAWN
                if is_mask and _is_of_zeros(each, values, _DEEPEST):
                    return name
    return ""


def _name_of(node: ast.expr) -> str:
    """Return the variable that a change of shape or of type was made of."""
    match node:
        case ast.Call(func=ast.Attribute(value=inner, attr=attr)) if attr in _SHAPES:
            return _name_of(inner)
        case ast.Subscript(value=inner):
            return _name_of(inner)
        case ast.Name(id=name):
            return name
    return ""


def _is_of_zeros(node: ast.expr, values: LastGiven, most: int) -> bool:
    """Whether a mask may hold zeros and ones alone: it is given, compared, or made of ones."""
    match node:
        case ast.Name():
            given = values.follow(node)
            return given is node or (most > 0 and _is_of_zeros(given, values, most - 1))
        case ast.Compare() | ast.Subscript():
            return True
        case ast.UnaryOp(op=ast.Invert(), operand=inner):
            return _is_of_zeros(inner, values, most)
        case ast.Call(func=func) if called_name(func) in _OF_ZEROS:
            return True
        case ast.Call(func=ast.Attribute(value=inner, attr=attr)) if attr in _SHAPES:
            return _is_of_zeros(inner, values, most)
    return False


def _other_of(product: ast.expr, name: str) -> str:
    sides = [product.left, product.right] if isinstance(product, ast.BinOp) else []
    return next((ast.unparse(each) for each in sides if _name_of(each) != name), "")[:LONGEST]


def _masked_if_given(node: ast.expr, scope: Scope) -> ast.expr | None:
    """Return the product that a name is where a mask is given: `if mask is not None: x *= mask`."""
    for each in scope.statements():
        match each:
            case ast.If(
                test=ast.Compare(left=ast.Name(id=mask), ops=[ast.IsNot()]), body=body, orelse=[]
            ):
                found = [
                    inner.value
                    for inner in body
                    if isinstance(inner, ast.Assign) and inner.lineno < node.lineno
                    if ast.unparse(inner.targets[0]) == ast.unparse(node)
                ]
                if len(found) == 1 and mask in names_in(found[0]):
                    return found[0]
    return None


def _is_read_again(scope: Scope, name: str, product: ast.expr, call: ast.Call) -> bool:
    """Whether the mask is read behind a product for more than another product of a target's."""
    known = {id(part) for each in (call, product) for part in walk(each)}
    results = {
        name
        for each in scope.statements()
        if isinstance(each, ast.Assign) and any(part is call for part in walk(each))
        for target in each.targets
        for name in names_in(target)
    }
    for each in scope.statements():
        match each:
            case ast.If(test=test):
                known |= {id(part) for part in walk(test)}
            case ast.Assign(targets=[ast.Name(id=own)], value=ast.BinOp(op=ast.Mult()) as value):
                if own in names_in(value) - results:  # `target = target * mask`
                    known |= {id(part) for part in walk(value)}
    return any(
        isinstance(each, ast.Name)
        and each.id == name
        and isinstance(each.ctx, ast.Load)
        and each.lineno >= product.lineno
        and id(each) not in known
        for each in scope.nodes()
    )
