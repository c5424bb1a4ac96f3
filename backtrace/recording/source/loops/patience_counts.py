"""Counts of epochs without progress that nothing sets back where a score is better."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.loops.idle_patience import added, counter_in, loops_around, written
from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import Scope, parents_in, word_set, words_of
from backtrace.recording.source.walks import Function, walk

_BEST = word_set("best lowest highest minimum maximum min max")


def find_patience_counts(scope: Scope) -> Iterator[Slip]:
    """Give each line that counts where a score is not better, of a count that is never set back.

    The other branch keeps the score as the best one, and an `if` asks the count for its patience.
    """
    for choice in scope.nodes():
        if not isinstance(choice, ast.If) or not choice.orelse:
            continue
        for better, worse in ((choice.body, choice.orelse), (choice.orelse, choice.body)):
            for node in worse:
                counter = added(node)
                if counter and _keeps_best(better) and _only_grows(counter, node, better, scope):
                    yield Slip(node.lineno, "patience-count", counter)


def _keeps_best(branch: list[ast.stmt]) -> bool:
    """Whether a branch gives a new value to what is called the best."""
    names = (name for node in branch for name in written(node))
    return any(words_of(name.rpartition(".")[2]) & _BEST for name in names)


def _only_grows(counter: str, node: ast.stmt, better: list[ast.stmt], scope: Scope) -> bool:
    """Whether a counter is asked for its patience, and given a value before counting alone."""
    if not any(isinstance(n, ast.If) and counter_in(n.test) == counter for n in walk(scope.tree)):
        return False
    if any(
        isinstance(each, ast.Call) and _may_set(each, counter) for b in better for each in walk(b)
    ):
        return False
    loop = next(reversed(loops_around(node, scope)), None)
    for other in walk(scope.tree if "." in counter else scope.node):
        if isinstance(other, ast.stmt) and counter in written(other):
            is_before = loop is not None and other.lineno < loop.lineno
            if not (is_before or _stands_in_init(other, scope)):
                return False
    return loop is not None or "." in counter


def _may_set(call: ast.Call, counter: str) -> bool:
    """Whether a call is given the counter, or is of a method of the object that keeps it."""
    owner, dot, _ = counter.rpartition(".")
    given = [*call.args, *(each.value for each in call.keywords)]
    if any(ast.unparse(each) == counter for each in given):
        return True
    return bool(dot) and ast.unparse(call.func).startswith(owner + ".re")


def _stands_in_init(node: ast.AST, scope: Scope) -> bool:
    parents = parents_in(scope.tree)
    above = parents.get(id(node))
    while above is not None:
        if isinstance(above, Function):
            return above.name == "__init__"
        above = parents.get(id(above))
    return False
