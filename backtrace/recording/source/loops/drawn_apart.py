"""Recurrent states that are handed on from one turn to the next, while each turn draws anew."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.loops.fresh_draws import Drawn, FreshDraws, Loop
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import (
    Scope,
    called_name,
    names_in,
    words_of,
)
from backtrace.recording.source.walks import own_nodes, walk

_CUTTING = {"detach", "data", "tuple", "list", "map", "repackage", "clone", "to"}


def find_drawn_apart(scope: Scope) -> Iterator[Slip]:
    """Give each call that goes on with the state that it returned the turn before.

    What else it is given is drawn at random in each turn, which trains, and nothing in it begins
    the state anew.
    """
    for loop in scope.nodes():
        if not isinstance(loop, Loop) or not _trains(loop):
            continue
        for node in _turn_of(loop):
            match node:
                case ast.Assign(targets=[ast.Tuple(elts=[out, made])], value=ast.Call() as call):
                    slip = _slip_at(scope, loop, call, names_in(out), made)
                    yield from [slip] if slip else []


def _slip_at(
    scope: Scope, loop: Loop, call: ast.Call, out: set[str], made: ast.expr
) -> Slip | None:
    names = names_in(made)
    names |= {
        name
        for node in _turn_of(loop)
        if isinstance(node, ast.Assign) and _only_cuts(node.value, names)
        for target in node.targets
        for name in _stored_in(target)
    }
    if not out or not _is_handed_on(call, names, loop):
        return None
    inputs = [each for each in _given(call) if not names_in(each) & names]
    drawn = _drawn_for(scope, loop, inputs)
    # Answers that are drawn by themselves stand for data that a script does not have.
    if not drawn & _drawn_for(scope, loop, _answers(loop, out, names)):
        return None
    return Slip(call.lineno, "drawn-apart", ast.unparse(made), ast.unparse(inputs[0])[:LONGEST])


def _trains(loop: Loop) -> bool:
    called = [called_name(each.func) for each in _turn_of(loop) if isinstance(each, ast.Call)]
    return "backward" in called and "step" in called


def _turn_of(loop: Loop) -> Iterator[ast.AST]:
    """Give what a loop does in each turn, without what loops inside of it do."""
    left: list[ast.AST] = list(loop.body)
    while left:
        node = left.pop()
        yield node
        left += [] if isinstance(node, Loop) else list(ast.iter_child_nodes(node))


def _given(call: ast.Call) -> list[ast.expr]:
    return [*call.args, *(each.value for each in call.keywords)]


def _is_handed_on(call: ast.Call, names: set[str], loop: Loop) -> bool:
    """Whether a call is given the state that it returns, and the loop only cuts its graph."""
    if not any(names_in(each) & names for each in _given(call)):
        return False
    for node in own_nodes(loop):
        match node:
            case ast.Assign(targets=targets, value=value) if value is not call:
                made = {each for target in targets for each in _stored_in(target)}
                if made & names and not _only_cuts(value, names):
                    return False
            case ast.AugAssign(target=target) | ast.Delete(targets=[target]):
                if names_in(target) & names:
                    return False
            case ast.Subscript(value=value, ctx=ast.Store()) if names_in(value) & names:
                return False
            case ast.Call(func=ast.Attribute(value=value, attr=attr)) if attr.endswith("_"):
                if names_in(value) & names and attr != "detach_":
                    return False
    return True


def _stored_in(target: ast.AST) -> set[str]:
    return {
        each.id
        for each in walk(target)
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
    }


def _only_cuts(value: ast.expr, names: set[str]) -> bool:
    """Whether a state is what it was, off the graph: `h.data`, `tuple(s.detach() for s in h)`."""
    if not names_in(value) & names:
        return False
    for node in walk(value):
        match node:
            case ast.BinOp() | ast.Constant() | ast.IfExp() | ast.Subscript():
                return False
            case ast.Call(func=func) if not words_of(called_name(func)) & _CUTTING:
                return False
    return True


def _drawn_for(scope: Scope, loop: Loop, parts: list[ast.expr]) -> frozenset[Drawn]:
    """Return the draws of a turn that all of these are made of that is not the same in each turn.

    None are returned where one of them may go on from the turn before.
    """
    draws = FreshDraws(scope.tree, scope.node, loop)
    made = {each for node in own_nodes(loop) for each in _stored_in(node)}
    found = [draws.drawn_for(each) for each in parts if names_in(each) & made]
    return frozenset[Drawn]().union(*found) if all(found) else frozenset()


def _answers(loop: Loop, out: set[str], state: set[str]) -> list[ast.expr]:
    """Return what outputs are held against in a turn."""
    made = {each for node in own_nodes(loop) for each in _stored_in(node)}
    outputs, found = set(out), list[ast.expr]()
    turn = [each for each in _turn_of(loop) if isinstance(each, ast.Assign)]
    for node in sorted(turn, key=lambda each: each.lineno):
        read = [each for each in walk(node.value) if isinstance(each, ast.Name)]
        if {each.id for each in read} & outputs:
            found += [each for each in read if each.id in made - outputs - state]
            outputs |= {name for target in node.targets for name in _stored_in(target)}
    return found
