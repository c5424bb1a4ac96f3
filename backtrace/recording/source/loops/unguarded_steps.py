"""Steps that stand outside of the `if` that counts the micro-batches of a window."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import (
    OPTIMIZER_WORDS,
    Scope,
    called_name,
    words_of,
)
from backtrace.recording.source.walks import own_nodes, walk

_Loop = ast.For | ast.AsyncFor | ast.While
_OPTIMIZERS = OPTIMIZER_WORDS | {"sgd", "adam"}


def find_unguarded_steps(scope: Scope) -> Iterator[Slip]:
    """Give each step of an optimizer that follows every backward, of a loss divided for a window.

    That is where the loss is divided by what an `if` of the same loop counts by (`i % accum == 0`),
    and the step stands under no `if`, but one that asks whether the optimizer is there: another
    may ask after the same by another name.
    """
    for loop in scope.nodes():
        if not isinstance(loop, _Loop):
            continue
        inside = list(own_nodes(loop))
        if any(isinstance(each, _Loop) for each in inside):
            continue
        for size in _divisors(inside) & _counted_by(inside):
            is_asked = any(
                isinstance(each, ast.If) and size in _counted_by(walk(each.test)) for each in inside
            )
            guarded = {
                id(node)
                for each in inside
                if isinstance(each, ast.If) and not _asks_if_there(each.test)
                for node in walk(each)
            }
            steps = [
                each for each in inside if isinstance(each, ast.Call) and is_optimizers_step(each)
            ]
            is_left = any(isinstance(each, ast.Continue) for each in inside)  # before the step
            if (
                is_asked
                and steps
                and not is_left
                and not any(id(each) in guarded for each in steps)
            ):
                yield Slip(steps[0].lineno, "outside", stepped_name(steps[0]), size)


def _asks_if_there(test: ast.expr) -> bool:
    """Whether an `if` asks no more than whether there is such a thing: `scheduler is not None`."""
    match test:
        case ast.Compare(ops=[ast.IsNot()], comparators=[ast.Constant(value=None)]):
            return True
    return False


def _divisors(nodes: list[ast.AST]) -> set[str]:
    """Return what the losses of the backwards are divided by: `n` of `loss / n` or `loss /= n`."""
    losses = [each for node in nodes for each in _losses(node)]
    names = {each.id for each in losses if isinstance(each, ast.Name)}
    found = {_divisor(each) for each in losses}
    for node in nodes:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in names:
                found.add(_divisor(value))
            case ast.AugAssign(target=ast.Name(id=name), op=ast.Div(), value=size):
                found |= {ast.unparse(size)} if name in names else set()
    return found - {""}


def _losses(node: ast.AST) -> list[ast.expr]:
    """Return the loss that a call goes backward from: `loss.backward()`, or another's."""
    match node:
        case ast.Call(func=ast.Attribute(value=owner, attr="backward"), args=args):
            return [owner, *args[:1]]
    return []


def _divisor(node: ast.expr) -> str:
    match node:
        case ast.BinOp(op=ast.Div(), right=size):
            return ast.unparse(size)
    return ""


def _counted_by(nodes: Iterable[ast.AST]) -> set[str]:
    """Return what is counted by: `n` of `i % n`."""
    return {
        ast.unparse(node.right)
        for node in nodes
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod)
    }


def is_optimizers_step(node: ast.Call) -> bool:
    """Whether a call is a step of what is called an optimizer."""
    name = stepped_name(node).rpartition(".")[2].rstrip("0123456789")
    return called_name(node.func) == "step" and bool(words_of(name) & _OPTIMIZERS)


def stepped_name(node: ast.Call) -> str:
    """Return what a step moves, as it is written: of `scaler.step(optimizer)`, the optimizer."""
    match node:
        case ast.Call(func=ast.Attribute(value=owner), args=[ast.Name() as optimizer]):
            return optimizer.id if called_name(owner).endswith("scaler") else ast.unparse(owner)
        case ast.Call(func=ast.Attribute(value=owner)):
            return ast.unparse(owner)
    return ""
