"""Sums of what is discounted that look one step ahead, and are taken from the first step on."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.policies.discounted_sums import factors_of, is_backwards, terms_of
from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import Scope, called_name, names_in, word_set, words_of
from backtrace.recording.source.walks import own_nodes

_REWARDS = word_set("rew rews reward rewards")
_NEXT = word_set("next following successor")


def find_forward_advantages(scope: Scope) -> Iterator[Slip]:
    """Give each sum that a loop from the first step on carries along and keeps at its step.

    The loop reads the rewards at its step, and something at the step behind it, as the value there:
    what is carried along would have to come from that step, too.
    """
    for loop in scope.nodes():
        if not (isinstance(loop, ast.For) and isinstance(loop.target, ast.Name)):
            continue
        goes_on = isinstance(loop.iter, ast.Call) and called_name(loop.iter.func) == "range"
        if not goes_on or is_backwards(loop.iter):
            continue
        body = own_nodes(loop)
        slots = [node for node in body if isinstance(node, ast.Subscript)]
        if not any(_is_reward(each, loop.target.id) for each in slots):
            continue
        if not any(_is_ahead(each, loop.target.id) for each in slots):
            continue
        for node in body:
            name = _carried(node)
            kept = _keeps(body, name, loop.target.id) if name else ""
            if kept:
                yield Slip(loop.lineno, "forward-returns", kept, name)
                break


def _base(slot: ast.Subscript) -> str:
    match slot.value:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _is_reward(slot: ast.Subscript, step: str) -> bool:
    is_own = isinstance(slot.slice, ast.Name) and slot.slice.id == step
    return is_own and bool(words_of(_base(slot)) & _REWARDS)


def _is_ahead(slot: ast.Subscript, step: str) -> bool:
    """Whether something is read one step ahead: `values[t + 1]`, or `next_values[t]`."""
    match slot.slice:
        case ast.BinOp(left=ast.Name(id=name), op=ast.Add(), right=ast.Constant(value=1)):
            return name == step and isinstance(slot.ctx, ast.Load)
        case ast.Name(id=name):
            return name == step and bool(words_of(_base(slot)) & _NEXT)
    return False


def _carried(node: ast.AST) -> str:
    """Return the name that is made of something and a product with what it was; '' if none is."""
    match node:
        case ast.Assign(targets=[*_, ast.Name(id=name)], value=value):
            for term in terms_of(value):
                factors = factors_of(term)
                others = [each for each in factors if name not in names_in(each)]
                if len(terms_of(value)) > 1 and len(factors) > len(others) > 0:
                    return name
    return ""


def _keeps(body: tuple[ast.AST, ...], name: str, step: str) -> str:
    """Return the array that keeps what is carried, at its step; '' where there is none."""
    for node in body:
        match node:
            case ast.Assign(targets=targets, value=value) if _is_of(value, name) or any(
                isinstance(each, ast.Name) and each.id == name for each in targets
            ):
                for each in targets:
                    if isinstance(each, ast.Subscript) and step in names_in(each.slice):
                        return ast.unparse(each.value)
            case ast.Call(func=ast.Attribute(value=kept, attr="append"), args=[value]):
                if _is_of(value, name):
                    return ast.unparse(kept)
    return ""


def _is_of(value: ast.expr, name: str) -> bool:
    """Whether a value is what is carried, or the sum of it and something, as a value is."""
    return any(isinstance(each, ast.Name) and each.id == name for each in terms_of(value))
