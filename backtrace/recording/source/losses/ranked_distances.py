"""Ranking losses that make a positive's distance the larger, or its likeness the smaller."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache

from backtrace.ledger.slip_kinds import SlipKind
from backtrace.recording.source.last_given import LastGiven
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import (
    Scope,
    called_name,
    parents_in,
    word_set,
)
from backtrace.recording.source.walks import functions_in, own_nodes, walk

_WANTED = re.compile(r"(^|_|\b)(pos|positives?|ap)(_|\d|\b)")
_OTHER = re.compile(r"(^|_|\b)(neg|negatives?|corrupted|an)(_|\d|\b)")
_FAR = re.compile(r"(^|_)(dists?|distances?|norms?)(_|\d|$)")
_NEAR = re.compile(r"(^|_)(sims?|cos|cosine|similarit(y|ies))(_|\d|$)")
# Errors of what is abnormal are to be large.
_ABNORMAL = re.compile(r"anomal|novelty|outlier|recon|abnormal|maximize")
_DISTANCES = word_set("norm vector_norm cdist pairwise_distance dist PairwiseDistance")
_LIKENESSES = word_set("cosine_similarity CosineSimilarity")
_SUMS = word_set("sum mean sqrt squeeze view reshape flatten diag diagonal")
_ONES = word_set("ones ones_like new_ones")
_FULL = word_set("full full_like new_full")
_TENSORS = word_set("tensor Tensor FloatTensor LongTensor as_tensor")
_PASSING = word_set(
    "Variable to cuda float double type view expand expand_as repeat unsqueeze long"
)
_MOST = 8  # names that are followed


def find_ranked_distances(scope: Scope) -> Iterator[Slip]:
    """Give each call of `MarginRankingLoss` whose `y` has the wrong sign for what it is given.

    Which of the two is the positive's is said by their names, and what they are by their names, or
    by what they are computed as.
    """
    calls = [each for each in own_nodes(scope.node) if isinstance(each, ast.Call)]
    calls = [each for each in calls if len(each.args) + len(each.keywords) in (3, 4)]
    losses = _ranking_losses(scope.tree) if calls else frozenset()
    if not losses:
        return
    values = LastGiven(scope.tree, scope.node, LastGiven(scope.tree, scope.tree))
    for call in calls:
        if called_name(call.func) not in losses or _is_negated(call, scope.tree):
            continue
        one, other, target = _arguments(call)
        if one is None or other is None or target is None:
            continue
        order = _order_of(one, other)
        kinds = {_kind_of(each, values, scope) for each in (one, other)}
        kind = kinds.pop() if len(kinds) == 1 else 0
        if order * kind * _sign_of(target, values) == -1:
            told: SlipKind = "distances-ranked" if kind < 0 else "likenesses-ranked"
            yield Slip(call.lineno, told, ast.unparse(one)[:LONGEST], ast.unparse(other)[:LONGEST])


@lru_cache(maxsize=2)
def _ranking_losses(tree: ast.Module) -> frozenset[str]:
    """Return what a file calls its ranking losses: variables, attributes and torch's function.

    None of a file that speaks of what is abnormal, whose distances are to be large.
    """
    found: set[str] = set()
    for node in walk(tree):
        match node:
            case ast.Assign(targets=[target], value=ast.Call(func=func)):
                if called_name(func) == "MarginRankingLoss":
                    found.add(called_name(target))
            case ast.Name(id="margin_ranking_loss") | ast.Attribute(attr="margin_ranking_loss"):
                found.add("margin_ranking_loss")
    is_turned = bool(found) and _ABNORMAL.search(ast.unparse(tree).lower())
    return frozenset() if is_turned else frozenset(found - {""})


def _arguments(call: ast.Call) -> tuple[ast.expr | None, ...]:
    words = {word.arg: word.value for word in call.keywords}
    return (*call.args[:3], *map(words.get, ("input1", "input2", "target")[len(call.args) :]))


def _is_negated(call: ast.Call, tree: ast.Module) -> bool:
    above = parents_in(tree).get(id(call))
    match above:
        case ast.UnaryOp(op=ast.USub()) | ast.BinOp(op=ast.Sub()):
            return True
    return False


def _order_of(one: ast.expr, other: ast.expr) -> int:
    """Return 1 where the positive's comes first, -1 where it is second, 0 where none says so."""
    texts = [ast.unparse(each).lower() for each in (one, other)]
    wanted = [bool(_WANTED.search(text)) for text in texts]
    unwanted = [bool(_OTHER.search(text)) for text in texts]
    if wanted == [True, False] and unwanted == [False, True]:
        return 1
    return -int(wanted == [False, True] and unwanted == [True, False])


def _kind_of(node: ast.expr, values: LastGiven, scope: Scope) -> int:
    """Return -1 of a distance, 1 of a likeness, 0 of what may be either."""
    name = called_name(node).lower()
    for _ in range(_MOST):
        node = values.follow(node)
    kind: int | None = None
    match node:
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return -_kind_of(inner, values, scope)
        case ast.BinOp():
            return 0
        case ast.Call():
            kind = _kind_of_call(node, values, scope)
    return (int(bool(_NEAR.search(name))) - bool(_FAR.search(name))) if kind is None else kind


def _kind_of_call(call: ast.Call, values: LastGiven, scope: Scope) -> int | None:
    """Return the same of what a call gives, None where its name has to say it."""
    name = called_name(call.func)
    of = _operand(call)
    inner = values.follow(of) if of is not None else None
    kind: int | None = None
    if name in _LIKENESSES:
        kind = 1
    elif name in ("norm", "vector_norm"):  # a norm alone may be the score of what is abnormal
        kind = -int(_has_difference(inner))
    elif name in _DISTANCES:
        kind = -1
    elif name in _SUMS and isinstance(inner, ast.Call) and not _is_power(inner):
        kind = _kind_of_call(inner, values, scope)
    elif name in _SUMS and _is_power(inner) and _has_difference(inner):
        kind = -1
    elif name not in _SUMS:
        kind = _kind_of_own(name, scope)
    return kind


def _kind_of_own(name: str, scope: Scope) -> int | None:
    """Return the same of what the file's own function gives, where it returns in one place."""
    own = [each for each in functions_in(scope.tree) if getattr(each, "name", "") == name]
    if len(own) != 1 or own[0] is scope.node:
        return None
    returned = [n.value for n in own_nodes(own[0]) if isinstance(n, ast.Return) and n.value]
    if len(returned) != 1 or isinstance(returned[0], ast.Tuple):
        return None
    return _kind_of(returned[0], LastGiven(scope.tree, own[0]), scope)


def _operand(call: ast.Call) -> ast.expr | None:
    """Return what `torch.norm(x)` or `x.norm()` is of."""
    match call.func:
        case ast.Attribute(value=ast.Name(id="torch" | "th" | "F")) | ast.Name():
            return call.args[0] if call.args else None
        case ast.Attribute(value=ast.Attribute(value=ast.Name(id="torch"))):
            return call.args[0] if call.args else None
        case ast.Attribute(value=value):
            return value
    return None


def _has_difference(node: ast.expr | None) -> bool:
    """Whether something is taken of a difference, other than that to what was made of it itself."""
    differences = [each for each in (walk(node) if node is not None else ()) if _is_sub(each)]
    return bool(differences) and not any(
        isinstance(one, ast.Call) and ast.unparse(other) in map(ast.unparse, one.args)
        for each in differences
        if isinstance(each, ast.BinOp)
        for one, other in ((each.left, each.right), (each.right, each.left))
    )


def _is_sub(node: ast.AST) -> bool:
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub)


def _is_power(node: ast.expr | None) -> bool:
    """Whether something is squared, or its absolute value."""
    match node:
        case ast.BinOp(op=ast.Pow(), right=ast.Constant(value=2)):
            return True
        case ast.Call(func=func):
            return called_name(func) in ("pow", "square", "abs")
    return False


def _sign_of(node: ast.expr, values: LastGiven) -> int:
    """Return the sign of all elements of a target, 0 where that is not plain."""
    sign = 0
    match values.follow(node):
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            sign = -_sign_of(inner, values)
        case ast.Constant(value=int() | float() as number):
            sign = (number > 0) - (number < 0)
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            sign = _sign_of(left, values) * _sign_of(right, values)
        case ast.List(elts=[inner]):
            sign = _sign_of(inner, values)
        case ast.Call() as call:
            sign = _sign_of_call(call, values)
    return sign


def _sign_of_call(call: ast.Call, values: LastGiven) -> int:
    name = called_name(call.func)
    of: ast.expr | None = None
    if name in _FULL:
        filled = [each.value for each in call.keywords if each.arg == "fill_value"]
        of = next(iter(filled or call.args[1:2]), None)
    elif name in (*_TENSORS, "fill_", "Variable"):
        of = next(iter(call.args), None)
    elif name in _PASSING:
        of = _operand(call)
    return int(name in _ONES) if of is None else _sign_of(of, values)
