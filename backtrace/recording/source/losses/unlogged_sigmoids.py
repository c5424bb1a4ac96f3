"""Losses of negative samples or of rankings that make sigmoids large, and not their logarithms."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.last_given import LastGiven
from backtrace.recording.source.signed_uses import names_in
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import (
    Scope,
    called_name,
    parents_in,
    word_set,
    words_of,
)
from backtrace.recording.source.walks import walk

_MEANT = ("bpr", "negsampl", "negativesampl", "skipgram", "sgns")
_WINNERS = word_set("pos positive positives p plus")
_LOSERS = word_set("neg negative negatives n minus")
_SIGNS = word_set("sign signs label labels y target targets")
_KEEPING = word_set("mean sum squeeze view reshape flatten unsqueeze")
_ROOTS = word_set("torch F nn th")
_DEEPEST = 8
Terms = list[tuple[int, ast.expr]]


def find_unlogged_sigmoids(scope: Scope) -> Iterator[Slip]:
    """Give each `-sigmoid(positive - negative).mean()` of what is called BPR or such a loss."""
    takes_one = any(isinstance(each, ast.Call) and _in_sigmoid(each) for each in scope.nodes())
    if not takes_one or not _is_meant(scope):
        return
    roots = [root for each in scope.statements() for root in _roots_of(each, scope)]
    values = LastGiven(scope.tree, scope.node)
    told: set[int] = set()
    for root in roots:
        terms = _terms(root, 1, values, _DEEPEST)
        if any(isinstance(term, ast.Constant) for _, term in terms):  # 1 - sigmoid(…)
            continue
        for sign, term in terms:
            inner = _in_sigmoid(term)
            if sign < 0 and inner is not None and term.lineno not in told and _ranks(inner):
                told.add(term.lineno)
                yield Slip(term.lineno, "unlogged-sigmoid", ast.unparse(inner)[:LONGEST])


def _roots_of(node: ast.stmt, scope: Scope) -> Iterator[ast.expr]:
    """Give what a statement calls a loss, or returns from what is called so."""
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if "loss" in name.lower():
            yield value
        case ast.Return(value=ast.expr() as value) if "loss" in _named(scope):
            yield value


def _named(scope: Scope) -> str:
    """Return the name of a function with that of its class."""
    above = parents_in(scope.tree).get(id(scope.node))
    own = above.name if isinstance(above, ast.ClassDef) else ""
    return f"{own} {scope.name}".lower()


def _is_meant(scope: Scope) -> bool:
    """Whether a file speaks of BPR or of negative sampling, and its function of no AUC."""
    if "auc" in _named(scope):
        return False
    names = [*names_in(scope.tree), *scope.defined]
    names += [each.name for each in walk(scope.tree) if isinstance(each, ast.ClassDef)]
    plain = {each.lower().replace("_", "") for each in names}
    return any(wanted in each for each in plain for wanted in _MEANT)


def _terms(node: ast.expr, sign: int, values: LastGiven, most: int) -> Terms:
    """Return what a loss is the sum of, through means, each part with its sign."""
    if not most:
        return [(sign, node)]
    match node:
        case ast.Name() if values.follow(node) is not node:
            parts = [(sign, values.follow(node))]
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            parts = [(-sign, inner)]
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as op, right=right):
            parts = [(sign, left), (sign if isinstance(op, ast.Add) else -sign, right)]
        case ast.BinOp(left=inner, op=ast.Div()):
            parts = [(sign, inner)]
        case ast.BinOp(left=ast.Constant(), op=ast.Mult(), right=inner):
            parts = [(sign, inner)]
        case ast.Call(func=ast.Attribute(attr=name)) if name in _KEEPING:
            parts = [(sign, _reduced(node))]
        case _:
            return [(sign, node)]
    return [term for own, part in parts for term in _terms(part, own, values, most - 1)]


def _reduced(call: ast.Call) -> ast.expr:
    match call:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=root)), args=[first, *_]):
            if root in _ROOTS:
                return first
    return call.func.value if isinstance(call.func, ast.Attribute) else call


def _in_sigmoid(node: ast.expr) -> ast.expr | None:
    match node:
        case ast.Call(func=ast.Attribute(value=value, attr="sigmoid"), args=args):
            is_module = called_name(value) in _ROOTS | {"self"}
            return args[0] if args and is_module else None if args else value
    return None


def _ranks(node: ast.expr) -> bool:
    """Whether a winner less a loser is scored, or a score by the sign that it should have."""
    match node:
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            return _speaks_of(left, _WINNERS) and _speaks_of(right, _LOSERS)
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return _speaks_of(left, _SIGNS) or _speaks_of(right, _SIGNS)
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return _speaks_of(inner, _LOSERS)
    return _speaks_of(node, _WINNERS)


def _speaks_of(node: ast.expr, words: frozenset[str]) -> bool:
    return any(words_of(each) & words for each in names_in(node))
