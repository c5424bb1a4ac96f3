"""The condition under which a file puts a model into an average of torch's."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope, names_in, parents_in
from backtrace.recording.source.walks import Function, walk


def find_averaged_under(scope: Scope) -> Iterator[Slip]:
    """Give the first `update_parameters` of a file, at the `if` around it, `beside` what that asks.

    Where there are several, or none has an `if`, it is given alone, at its own line. `every` is 1
    where what is asked is the variable of a loop which is over by then: it has the same value each
    time. Wrong it is only where it never holds, which is seen when it runs.
    """
    if not isinstance(scope.node, ast.Module):
        return
    calls = [n for n in walk(scope.tree) if isinstance(n, ast.Call) and _puts_in(n)]
    if not calls:
        return
    parents = parents_in(scope.tree)
    around: list[ast.AST] = []
    above: ast.AST | None = calls[0]
    while above is not None and not isinstance(above, Function):
        around.append(above)
        above = parents.get(id(above))
    guard = next((each for each in around if isinstance(each, ast.If)), None)
    if guard is None or len(calls) > 1:
        yield Slip(calls[0].lineno, "averaged-under", ast.unparse(calls[0])[:LONGEST])
        return
    ended = {
        name
        for each in walk(above if above is not None else scope.tree)
        if isinstance(each, ast.For) and each not in around and each.lineno < guard.lineno
        for name in names_in(each.target)
    } - {name for each in around if isinstance(each, ast.For) for name in names_in(each.target)}
    is_constant = bool(ended & names_in(guard.test))
    yield Slip(
        guard.lineno,
        "averaged-under",
        ast.unparse(calls[0])[:LONGEST],
        ast.unparse(guard.test)[:LONGEST],
        int(is_constant),
    )


def _puts_in(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr == "update_parameters"
