"""Expectations over actions that are means, of values that were weighed by chances already."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.last_given import LastGiven
from backtrace.recording.source.policies.discounted_sums import factors_of
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope, called_name, word_set, words_of
from backtrace.recording.source.walks import walk

_CHANCES = word_set("probs probabilities")
_VALUES = word_set("q qs q1 q2 qf qf1 qf2 qvalue qvalues")
_LOGS = ("log_prob", "logprob", "logp", "log_p", "log_action", "log_pi", "logpi", "log_softmax")
_LAST = (1, -1)  # an axis of actions
_DEEPEST = 4


def find_averaged_chances(scope: Scope) -> Iterator[Slip]:
    """Give each mean of `p * (q - alpha * log p)` over the actions, or over all that is in it.

    `p` is a softmax, or called the chances of all actions; what is weighed has values of actions
    and logarithms of chances, as in a soft actor-critic alone.
    """
    values: LastGiven | None = None
    for node in scope.nodes():
        inner = _averaged(node)
        if inner is None:
            continue
        values = values or LastGiven(scope.tree, scope.node)
        product = values.follow(inner)
        factors = factors_of(product) if isinstance(product, ast.BinOp) else []
        if len(factors) != 2:
            continue
        for chances, weighed in (factors, factors[::-1]):
            if _is_chances(chances, values) and _is_soft_value(weighed, values):
                text = ast.unparse(product)[:LONGEST]
                yield Slip(inner.lineno, "chances-averaged", text, ast.unparse(chances)[:LONGEST])
                break


def _averaged(node: ast.AST) -> ast.expr | None:
    """Return what a mean is taken of, over all axes or the one of actions; None of others."""
    match node:
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id="torch"), attr="mean"), args=[of, *axes]
        ):
            pass
        case ast.Call(func=ast.Attribute(value=of, attr="mean"), args=axes):
            pass
        case _:
            return None
    axes = [*axes, *(each.value for each in node.keywords if each.arg in ("dim", "axis"))]
    return of if all(_number(each) in _LAST for each in axes[:1]) else None


def _number(node: ast.expr) -> int | None:
    try:
        found = ast.literal_eval(node)
    except ValueError:
        return None
    return found if isinstance(found, int) else None


def _is_chances(node: ast.expr, values: LastGiven) -> bool:
    """Whether something has the chance of each action: a softmax, or a name that says so."""
    given = _origin(node, values)
    if isinstance(given, ast.Call):
        if called_name(given.func) == "softmax":
            return True
        if isinstance(given.func, ast.Attribute) and called_name(given.func) in ("gather", "exp"):
            return False
    if isinstance(given, ast.Attribute) and given.attr == "probs":
        return True
    return (
        isinstance(node, ast.Name)
        and bool(words_of(node.id) & _CHANCES)
        and (given is node or isinstance(given, ast.Call))
    )


def _origin(node: ast.expr, values: LastGiven) -> ast.expr:
    for _ in range(_DEEPEST):
        found = values.follow(node)
        match found:
            case ast.Call(func=ast.Attribute(value=inner, attr="detach" | "clamp" | "float")):
                found = inner
        if found is node:
            break
        node = found
    return node


def _is_soft_value(node: ast.expr, values: LastGiven) -> bool:
    """Whether values of actions and a multiple of logarithms of chances are added up."""
    given = values.follow(node)
    if not isinstance(given, ast.BinOp) or not isinstance(given.op, ast.Add | ast.Sub):
        return False
    for entropy, value in ((given.left, given.right), (given.right, given.left)):
        is_weighed = isinstance(entropy, ast.BinOp) and isinstance(entropy.op, ast.Mult)
        logs, names = _names_of(entropy, values), _names_of(value, values)
        if is_weighed and any(map(_is_log, logs)) and not any(map(_is_log, names)):
            return any(words_of(name) & _VALUES for name in names)
    return False


def _is_log(name: str) -> bool:
    return name == "log" or any(part in name for part in _LOGS)


def _names_of(node: ast.expr, values: LastGiven) -> set[str]:
    """Return the names in a term, and in what its own were given last."""
    inner = [values.follow(each) for each in walk(node) if isinstance(each, ast.Name)]
    return {
        called_name(each).lower()
        for part in (node, *inner)
        for each in walk(part)
        if isinstance(each, ast.Name | ast.Attribute)
    }
