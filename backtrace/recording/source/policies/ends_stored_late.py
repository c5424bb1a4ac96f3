"""Ends of episodes that are stored with the step that they end, and asked for as of the next."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Literal

from backtrace.recording.source.policies.discounted_sums import is_backwards
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import (
    Scope,
    called_name,
    names_in,
    word_set,
    words_of,
)
from backtrace.recording.source.walks import own_nodes, walk

_ENDS = word_set("done dones ended terminal terminals terminated terminations")
_REWARDS = word_set("r rew rews reward rewards")
_STORES = word_set("add append push store record save remember")
# What may bring the ends of one step to the next.
_SHIFTS = word_set("cat concat concatenate hstack vstack roll pad insert appendleft")


def find_ends_stored_late(scope: Scope) -> Iterator[Slip]:
    """Give the one line that stores an end of a step with its reward: "end-stored".

    And each sum from the last step to the first that asks for the end of `t + 1` beside the reward
    of `t`, "end-asked": that is to be the end which came before the step's observation.
    """
    stored = list(_stored(scope))
    if len(stored) == 1 and not any(_may_shift(each) for each in walk(scope.tree)):
        line, end = stored[0]
        yield Slip(line, "end-stored", end)
    for loop in scope.nodes():
        if isinstance(loop, ast.For) and is_backwards(loop.iter) and (text := _asked(loop)):
            yield Slip(*text)


def _asked(loop: ast.For) -> tuple[int, Literal["end-asked"], str] | None:
    """Return where a loop asks for the end of the next step, and how; None where it does not."""
    if not isinstance(loop.target, ast.Name):
        return None
    now, after = loop.target.id, f"{loop.target.id} + 1"
    found: tuple[int, Literal["end-asked"], str] | None = None
    has_reward = False
    for node in own_nodes(loop):
        match node:
            case ast.BinOp(
                left=ast.Constant(value=1 | 1.0),
                op=ast.Sub(),
                right=ast.Subscript(value=value, slice=at) as end,
            ) if words_of(called_name(value)) & _ENDS:
                if ast.unparse(at) != after:
                    return None
                found = node.lineno, "end-asked", ast.unparse(end)[:LONGEST]
            case ast.Subscript(value=value, slice=at) if words_of(called_name(value)) & _REWARDS:
                has_reward = has_reward or ast.unparse(at) == now
    return found if has_reward else None


def _stored(scope: Scope) -> Iterator[tuple[int, str]]:
    """Give the lines that store what a step of an environment has returned, each with its end."""
    for block in scope.blocks:
        told: tuple[str, str] | None = None
        for node in block:
            match node:
                case ast.Assign(
                    targets=[ast.Tuple(elts=parts)], value=ast.Call(func=ast.Attribute(attr="step"))
                ):
                    told = _told(parts)
                case ast.Expr(value=ast.Call(func=ast.Attribute(attr=attr)) as call) if told:
                    if words_of(attr) & _STORES and set(told) <= _given(call):
                        yield node.lineno, told[1]
                case ast.Assign(
                    targets=[ast.Subscript(value=kept, slice=ast.Name())],
                    value=ast.Name(id=name),
                ) if told and name == told[1] and words_of(called_name(kept)) & _ENDS:
                    yield node.lineno, name
                case ast.Assign(targets=targets) if told:
                    written = {name for each in targets for name in names_in(each)}
                    told = None if written & set(told) else told


def _told(parts: list[ast.expr]) -> tuple[str, str] | None:
    """Return the names of the reward and of the end among what a step returns."""
    names = [each.id if isinstance(each, ast.Name) else "" for each in parts]
    rewards = [each for each in names[1:2] if words_of(each) & _REWARDS]
    ends = [each for each in names[2:] if words_of(each) & _ENDS]
    return (rewards[0], ends[0]) if rewards and len(ends) == 1 else None


def _given(call: ast.Call) -> set[str]:
    """Return the names that a call is given as they are, those of a tuple as well."""
    parts = [*call.args, *(each.value for each in call.keywords)]
    inner = [each for part in parts if isinstance(part, ast.Tuple) for each in part.elts]
    return {each.id for each in (*parts, *inner) if isinstance(each, ast.Name)}


def _may_shift(node: ast.AST) -> bool:
    """Whether something may bring ends one step on, or stores them there."""
    match node:
        case ast.Call(func=func) if called_name(func) in _SHIFTS:
            return any(words_of(_last(each)) & _ENDS for each in walk(node))
        case ast.Subscript(value=value, slice=at):
            if not words_of(called_name(value)) & _ENDS:
                return False
            is_cut = isinstance(at, ast.Slice) and bool(at.lower or at.upper)
            return is_cut or (isinstance(at, ast.BinOp) and isinstance(node.ctx, ast.Store))
        case ast.Assign(targets=[ast.Attribute()], value=ast.Name(id=name)):
            return bool(words_of(name) & _ENDS)  # kept for the next step, it may be
        case ast.Assign(targets=[target], value=ast.List(elts=[_, *_])):
            return bool(words_of(called_name(target)) & _ENDS)
    return False


def _last(node: ast.AST) -> str:
    return called_name(node) if isinstance(node, ast.Name | ast.Attribute) else ""
