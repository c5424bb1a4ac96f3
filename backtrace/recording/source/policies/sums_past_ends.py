"""Sums of advantages that go on past an episode's end, which what is added takes note of."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.policies.discounted_sums import DiscountedSum, find_discounted_sums
from backtrace.recording.source.policies.one_episode import goes_on_past_ends
from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import (
    Scope,
    names_in,
    word_set,
    words_of,
)
from backtrace.recording.source.walks import own_nodes, walk

_ENDS = word_set(
    "done dones terminal terminals terminated terminations notdone notdones nonterminal "
    "nonterminals nextnonterminal nextnonterminals mask masks"
)
_DISCOUNTS = word_set("gamma gam discount discounts")
_LAMBDAS = word_set("lam lambda lamda lmbda")


def find_sums_past_ends(scope: Scope) -> Iterator[Slip]:
    """Give each sum from the last reward on that is carried over ends that its addend observes.

    Only where the file collects on past the ends of episodes is there one within what is summed.
    """
    sums = [each for each in find_discounted_sums(scope) if each.is_backwards]
    if not sums or not goes_on_past_ends(scope):
        return
    for found in sums:
        end = next(filter(None, map(_end_cut_by, _addends(scope, found))), "")
        if end and not _is_kept_apart(scope, found):
            yield Slip(found.statement.lineno, "past-end", found.name, end)
            return


def _addends(scope: Scope, found: DiscountedSum) -> Iterator[ast.AST]:
    """Give what stands in a loop, and in the lines of its function that compute what it reads."""
    inside = list(own_nodes(found.loop))
    carried = {id(node) for node in inside if found.name in _names_in(node)}
    yield from (node for node in inside if id(node) not in carried)
    made: dict[str, list[ast.expr]] = {}
    for node in scope.nodes():
        if isinstance(node, ast.Assign) and node.lineno < found.loop.lineno:
            for each in node.targets:
                made.setdefault(ast.unparse(each).partition("[")[0], []).append(node.value)
    waiting = list(dict.fromkeys(_names_in(found.loop)))
    for name in waiting:  # it grows
        for value in made.pop(name, []):
            yield from walk(value)
            waiting += _names_in(value)


def _end_cut_by(node: ast.AST) -> str:
    """Return the name of ends by which a value that follows is cut off, '' where it is not."""
    match node:
        case ast.BinOp(op=ast.Mult()):
            names = _names_in(node)
            if _ends_in(node) and any(_is_discount(each) or _is_lambda(each) for each in names):
                return _ends_in(node)[0]
        case ast.IfExp(test=test, body=body, orelse=orelse):
            if _ends_in(test) and any(map(_is_zero, (body, orelse))):
                return _ends_in(test)[0]
    return ""


def _is_kept_apart(scope: Scope, found: DiscountedSum) -> bool:
    """Whether the sum may begin anew within its loop, or an outer loop go over the episodes."""
    other = {id(each) for each in _other_branch(found)}
    inside = [each for each in own_nodes(found.loop) if id(each) not in other]
    written = [each for each in inside if _writes(each, found)]
    decided = [
        each
        for each in own_nodes(found.loop)
        if isinstance(each, ast.If | ast.Continue | ast.Break | ast.Return)
        and not (isinstance(each, ast.If) and not _ends_in(each.test))
    ]
    taken = names_in(found.loop.iter)
    is_of_one = any(
        isinstance(outer, ast.For)
        and outer is not found.loop
        and any(each is found.loop for each in own_nodes(outer))
        and names_in(outer.target) & taken
        for outer in scope.nodes()
    )
    return len(written) > 1 or bool(decided) or is_of_one


def _other_branch(found: DiscountedSum) -> Iterator[ast.AST]:
    """Give what is done in place of a sum's statement at some step, such as the last one."""
    for node in own_nodes(found.loop):
        if isinstance(node, ast.If) and not _ends_in(node.test):
            for branch, other in ((node.body, node.orelse), (node.orelse, node.body)):
                if any(each is found.statement for each in branch):
                    yield from (part for each in other for part in walk(each))


def _writes(node: ast.AST, found: DiscountedSum) -> bool:
    """Whether a statement writes to the sum, or to what the carried discount is made of."""
    match node:
        case ast.Assign(targets=targets):
            names = [each.partition("[")[0] for one in targets for each in _targets_of(one)]
        case ast.AugAssign(target=target) | ast.AnnAssign(target=target):
            names = [ast.unparse(target).partition("[")[0]]
        case _:
            return False
    carried = _names_in(found.statement.value)
    return found.name in names or any(
        _is_discount(each) or words_of(each) & (_LAMBDAS | {"tau"})
        for each in names
        if each in carried
    )


def _targets_of(node: ast.expr) -> list[str]:
    parts = node.elts if isinstance(node, ast.Tuple | ast.List) else [node]
    return [ast.unparse(each) for each in parts]


def _ends_in(node: ast.AST) -> list[str]:
    return [name for name in _names_in(node) if words_of(name.rpartition(".")[2]) & _ENDS]


def _names_in(node: ast.AST) -> list[str]:
    """Return the names that stand in an expression, with what they are attributes of."""
    found = [each for each in walk(node) if isinstance(each, ast.Name | ast.Attribute)]
    return [ast.unparse(each) for each in found if isinstance(each.ctx, ast.Load)]


def _is_discount(name: str) -> bool:
    last = name.rpartition(".")[2]
    return bool(words_of(last) & _DISCOUNTS) or last in ("g", "y")


def _is_lambda(name: str) -> bool:
    return bool(words_of(name.rpartition(".")[2]) & _LAMBDAS)


def _is_zero(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value in (0, 0.0)
