"""Best values that a loop overwrites with the newest, whether or not it is better."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope, names_in, words_of
from backtrace.recording.source.walks import Function, own_nodes, walk

_COMPARES = ast.Lt | ast.LtE | ast.Gt | ast.GtE
_LEAVES = ast.Break | ast.Continue | ast.Return | ast.Raise


def find_best_written_over(scope: Scope) -> Iterator[Slip]:
    """Give each line of a loop that overwrites a best value, with the newest in `beside`.

    It is given a value that was compared with it just before, in the same block, or what a function
    of the file returns that compares the two: not in the branch that found it better.
    """
    found = {slip.line: slip for slip in _find_in_loops(scope)}  # one of an inner loop comes twice
    yield from found.values()


def _find_in_loops(scope: Scope) -> Iterator[Slip]:
    for loop in scope.nodes():
        if not isinstance(loop, ast.For | ast.While):
            continue
        for node in own_nodes(loop):
            match node:
                case ast.Assign(targets=[ast.Name(id=best)], value=ast.Call() as call):
                    if _is_best(best) and (newest := _returned(scope, call, best)):
                        yield Slip(node.lineno, "best-written-over", best[:LONGEST], newest)
        for block in _blocks(loop):
            yield from _in_block(scope, block)


def _is_best(name: str) -> bool:
    return "best" in words_of(name)


def _blocks(loop: ast.For | ast.While) -> Iterator[list[ast.stmt]]:
    """Give the blocks of a loop that run in each of its turns, or in some, without inner loops."""
    yield loop.body
    for node in loop.body:
        if isinstance(node, ast.If | ast.With):
            yield node.body


def _in_block(scope: Scope, block: list[ast.stmt]) -> Iterator[Slip]:
    for at, node in enumerate(block):
        match node:
            case ast.Assign(targets=[ast.Name(id=best)], value=ast.Name(id=newest)):
                tests = [each for each in block[:at] if isinstance(each, ast.If)]
                asked = [each for each in tests if _asks(each.test, newest, best)]
                if not asked or not _is_best(best) or _is_best(newest):
                    continue
                is_kept = any(_decides(each, newest, best) for each in asked)
                if not is_kept and not _is_made_of(scope.node, newest, best):
                    yield Slip(node.lineno, "best-written-over", best[:LONGEST], newest)


def _asks(test: ast.expr, newest: str, best: str) -> bool:
    """Whether a value is compared with the best one, alone or beside another question."""
    for each in walk(test):
        match each:
            case ast.Compare(left=ast.Name(id=one), ops=[op], comparators=[ast.Name(id=other)]):
                if isinstance(op, _COMPARES) and {one, other} == {newest, best}:
                    return True
    return False


def _decides(node: ast.If, newest: str, best: str) -> bool:
    """Whether a branch leaves the block, or gives either name another value."""
    return any(
        isinstance(each, _LEAVES)
        or (
            isinstance(each, ast.Name)
            and isinstance(each.ctx, ast.Store)
            and each.id in (newest, best)
        )
        for each in walk(node)
    )


def _is_made_of(around: ast.AST, newest: str, best: str) -> bool:
    """Whether a value is computed with the best one, as by `min(loss, best)`."""
    return any(
        isinstance(each, ast.Assign)
        and any(newest in names_in(target) for target in each.targets)
        and best in names_in(each.value)
        for each in walk(around)
    )


def _returned(scope: Scope, call: ast.Call, best: str) -> str:
    """Return the newest value that a call gives back which was given the best one; '' of others."""
    if not isinstance(call.func, ast.Name):
        return ""
    made = [
        each
        for each in walk(scope.tree)
        if isinstance(each, Function) and each.name == call.func.id
    ]
    if len(made) != 1 or not isinstance(made[0], ast.FunctionDef):
        return ""
    name = _taken_as(made[0], call, best)
    returned = [each.value for each in own_nodes(made[0]) if isinstance(each, ast.Return)]
    newest = {each.id for each in returned if isinstance(each, ast.Name)}
    if not name or len(newest) != 1 or not all(isinstance(each, ast.Name) for each in returned):
        return ""
    (value,) = newest
    asked = [
        each
        for each in own_nodes(made[0])
        if isinstance(each, ast.If) and _asks(each.test, value, name)
    ]
    is_kept = any(_decides(each, value, name) for each in asked)
    return value[:LONGEST] if asked and not is_kept and not _gives(made[0], value, name) else ""


def _gives(function: ast.FunctionDef, value: str, name: str) -> bool:
    """Whether a function gives its argument another value, or makes what it returns of it."""
    stored = any(
        isinstance(each, ast.Name) and each.id == name and isinstance(each.ctx, ast.Store)
        for each in walk(function)
    )
    return stored or _is_made_of(function, value, name)


def _taken_as(function: ast.FunctionDef, call: ast.Call, best: str) -> str:
    """Return the argument by which a function takes a variable; '' where it does not, or twice."""
    if any(isinstance(each, ast.Starred) for each in call.args):
        return ""
    taken = [each.arg for each in function.args.posonlyargs + function.args.args]
    pairs = list(zip(taken, call.args, strict=False))
    pairs += [(each.arg, each.value) for each in call.keywords if each.arg]
    found = [name for name, given in pairs if isinstance(given, ast.Name) and given.id == best]
    return found[0] if len(found) == 1 else ""
