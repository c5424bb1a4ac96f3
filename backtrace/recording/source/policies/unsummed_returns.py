"""Rewards that are discounted each by its own step, and never added up: they are no returns."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.policies.discounted_sums import factors_of
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope, called_name, word_set, words_of
from backtrace.recording.source.walks import own_nodes, walk

_REWARDS = word_set("r rs rew rews reward rewards")
_DISCOUNTS = word_set("gamma gam discount")
_SUMS = frozenset({"sum", "cumsum", "dot", "lfilter", "accumulate", "flip", "fsum"})
_RUNNING = frozenset({"cumsum", "flip", "lfilter", "accumulate", "reversed", "dot", "insert"})
_SCORES = frozenset({"log_prob", "log_softmax", "logsoftmax"})


def find_unsummed_returns(scope: Scope) -> Iterator[Slip]:
    """Give each list of `reward * gamma ** step` of a function that adds none of them up.

    The file takes log-probabilities of actions, which these are to weigh, and goes through nothing
    from its end.
    """
    if not scope.name or not any(_scores(node) for node in walk(scope.tree)):
        return
    if any(_runs_on(node) for node in walk(scope.tree)):
        return
    nodes = own_nodes(scope.node)
    if any(_adds(node) for node in nodes):
        return
    for node in nodes:
        match node:
            case (
                ast.Call(func=ast.Attribute(attr="append"), args=[value]) | ast.ListComp(elt=value)
            ):
                if _is_discounted(value):
                    told = ast.unparse(value)[:LONGEST]
                    yield Slip(value.lineno, "unsummed-returns", told)
                    return


def _scores(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and called_name(node.func) in _SCORES


def _runs_on(node: ast.AST) -> bool:
    """Whether a file adds up from the end, in some other place."""
    match node:
        case ast.Call(func=func):
            return called_name(func) in _RUNNING
        case ast.Slice(step=ast.UnaryOp(op=ast.USub())):
            return True
    return False


def _adds(node: ast.AST) -> bool:
    """Whether something is summed, or added to what is carried along."""
    if isinstance(node, ast.AugAssign):
        return isinstance(node.op, ast.Add | ast.Sub)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return not isinstance(node.right, ast.Constant) and not isinstance(node.left, ast.Constant)
    return isinstance(node, ast.Call) and called_name(node.func) in _SUMS


def _is_discounted(value: ast.expr) -> bool:
    """Whether a value is a reward times a power of a discount, and nothing else."""
    factors = factors_of(value)
    powers = [each for each in factors if _is_power(each)]
    rest = [each for each in factors if each not in powers]
    return len(powers) == len(rest) == 1 and bool(words_of(_base(rest[0])) & _REWARDS)


def _is_power(node: ast.expr) -> bool:
    match node:
        case ast.BinOp(left=base, op=ast.Pow()):
            return bool(words_of(_base(base)) & _DISCOUNTS)
    return False


def _base(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(value=inner):
            return _base(inner)
    return ""
