"""Stops that come whether or not the patience that is counted beside them has run out."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope, called_name, parents_in
from backtrace.recording.source.walks import own_nodes

_WAITING = ("patien", "improv", "early_stop", "earlystop", "stale", "stagna", "wait", "worse")
_TRAINING = ("train", "fit", "step", "backward", "eval", "valid", "epoch")
_JUMPS = (ast.Break, ast.Continue, ast.Return, ast.Raise)
_LOOPS = (ast.For, ast.While)


def find_idle_patience(scope: Scope) -> Iterator[Slip]:
    """Give each `break` beside the `if` that asks a counter for its patience, not inside of it.

    Also a `return` there, a flag that is to stop the loop, and a `break` that follows the counting
    at once. An `if` that leaves the loop itself, or goes on to its next turn, is another matter.
    """
    for block in scope.blocks:
        for place, end in enumerate(block):
            asked = _idle_before(block[:place], _flag_of(end, scope))
            if end is block[-1] and isinstance(end, ast.Break | ast.Return):
                asked = asked or _idle_in_loop(block[:place], end, scope)
            if asked is not None:
                yield Slip(end.lineno, "idle-patience", _short(end), _short(asked))


def _idle_in_loop(before: Sequence[ast.stmt], end: ast.stmt, scope: Scope) -> ast.expr | None:
    """Return what an `if` asks before the jump that ends a block, in a loop that trains."""
    loops = loops_around(end, scope)
    if not loops or not _trains(loops[0]):
        return None
    for node in reversed(before):
        if isinstance(node, ast.If) and (asked := counter_in(node.test)):
            is_quiet = not any(isinstance(each, _JUMPS) for each in _below(node))
            has_flag = any(isinstance(each, ast.Assign) for each in _below(node))
            is_across = _counts_across(asked, loops, scope, has_flag)
            return node.test if is_quiet and is_across else None
        if (counter := added(node)) and isinstance(end, ast.Break):
            return _asked_elsewhere(counter, loops, scope)
        if any(isinstance(each, _JUMPS) for each in (node, *_below(node))):
            return None
    return None


def _asked_elsewhere(counter: str, loops: list[ast.stmt], scope: Scope) -> ast.expr | None:
    """Return what is asked of a counter in the same loop, where that leaves it as well."""
    for node in own_nodes(loops[0]):
        if isinstance(node, ast.If) and counter_in(node.test) == counter:
            leaves = any(isinstance(each, ast.Break | ast.Return) for each in _below(node))
            return node.test if leaves and _counts_across(counter, loops, scope, False) else None
    return None


def _idle_before(before: Sequence[ast.stmt], flag: str) -> ast.expr | None:
    """Return what an `if` asks of a counter that was just raised, before a flag is set."""
    if not flag:
        return None
    counted: set[str] = set()
    asked: ast.expr | None = None
    for node in before:
        counted.add(added(node))
        ends = any(isinstance(each, _JUMPS) for each in (node, *_below(node)))
        if ends or any(flag in written(each) for each in _below(node)):
            asked = None
        elif isinstance(node, ast.If) and counter_in(node.test) in counted - {""}:
            asked = node.test
    return asked


def _flag_of(node: ast.stmt, scope: Scope) -> str:
    """Return what a statement sets to end a training with, `return` of one that returns so."""
    match node:
        case ast.Assign(targets=[target], value=ast.Constant(value=True)):
            return ast.unparse(target) if "stop" in ast.unparse(target).lower() else ""
        case ast.Return(value=ast.Constant(value=True)):
            above = parents_in(scope.tree).get(id(scope.node))
            owner = above.name if isinstance(above, ast.ClassDef) else ""
            return "return" if "stop" in f"{scope.name}{owner}".lower() else ""
    return ""


def counter_in(test: ast.expr) -> str:
    """Return the counter that has to reach a patience for a condition to hold, '' elsewhere."""
    parts = test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) else [test]
    for part in parts:
        match part:
            case ast.Compare(left=one, ops=[ast.Gt() | ast.GtE() | ast.Eq()], comparators=[_]):
                counter = one
            case ast.Compare(ops=[ast.Lt() | ast.LtE()], comparators=[other]):
                counter = other
            case _:
                continue
        is_place = isinstance(counter, ast.Name | ast.Attribute | ast.Subscript)
        if is_place and any(word in ast.unparse(part).lower() for word in _WAITING):
            return ast.unparse(counter)
    return ""


def added(node: ast.AST) -> str:
    """Return what a statement counts up by one."""
    match node:
        case ast.AugAssign(target=target, op=ast.Add(), value=ast.Constant(value=1)):
            return ast.unparse(target)
        case ast.Assign(
            targets=[target],
            value=ast.BinOp(left=left, op=ast.Add(), right=ast.Constant(value=1)),
        ) if ast.unparse(target) == ast.unparse(left):
            return ast.unparse(target)
    return ""


def _counts_across(counter: str, loops: list[ast.stmt], scope: Scope, has_flag: bool) -> bool:
    """Whether a counter counts the turns of the loop that is left, and not those of one around.

    One that an object keeps may go on over several loops: then what the `if` does must not tell
    of the end in another way, by a flag.
    """
    loop, *around = loops
    if not any(added(node) == counter for node in own_nodes(loop)):
        return False
    if any(counter in written(node) for node in getattr(loop, "body", ())):
        return False  # it begins anew in each turn
    field = around[0] if around else scope.node
    inside = {id(node) for node in own_nodes(loop)}
    begins = any(
        counter in written(node) and id(node) not in inside and node.lineno < loop.lineno
        for node in own_nodes(field)
        if isinstance(node, ast.stmt)
    )
    return begins or (not counter.isidentifier() and not around and not has_flag)


def written(node: ast.AST) -> set[str]:
    """Return the names that a statement gives a value, not those that it adds to."""
    if isinstance(node, ast.AnnAssign):
        return {ast.unparse(node.target)}
    if not isinstance(node, ast.Assign) or added(node):
        return set()
    return {
        ast.unparse(each)
        for target in node.targets
        for each in (target.elts if isinstance(target, ast.Tuple) else [target])
    }


def loops_around(node: ast.stmt, scope: Scope) -> list[ast.stmt]:
    """Return the loops of a scope that a statement stands in, the innermost first."""
    parents = parents_in(scope.tree)
    found: list[ast.stmt] = []
    above = parents.get(id(node))
    while above is not None and above is not scope.node:
        if isinstance(above, _LOOPS):
            found.append(above)
        above = parents.get(id(above))
    return found


def _trains(loop: ast.stmt) -> bool:
    names = (called_name(each.func) for each in own_nodes(loop) if isinstance(each, ast.Call))
    return any(word in name.lower() for name in names for word in _TRAINING)


def _below(node: ast.stmt) -> list[ast.AST]:
    """Return what stands in a statement, nothing of what a loop inside of it leaves or goes on."""
    found = list(own_nodes(node))
    inner = {
        id(each)
        for loop in found
        if isinstance(loop, _LOOPS)
        for each in own_nodes(loop)
        if isinstance(each, ast.Break | ast.Continue)
    }
    return [each for each in found if id(each) not in inner]


def _short(node: ast.AST) -> str:
    line = ast.unparse(node).splitlines()[0]
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"
