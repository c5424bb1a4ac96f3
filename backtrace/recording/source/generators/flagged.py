"""Functions as they run where their flags are known: branches that are not taken are left out."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.walks import Function

_Flags = dict[str, object]


def as_called(function: Function, call: ast.Call) -> ast.Module:
    """Return a file with a function alone, of which the branches that a call leaves out are gone.

    They are those of arguments that a call or a default gives a constant, such as `reverse=False`.
    """
    flags = _flags(function, call)
    alone = ast.FunctionDef(
        name=function.name,
        args=function.args,
        body=list(_taken(function.body, flags)),
        decorator_list=[],
        lineno=function.lineno,
        col_offset=function.col_offset,
    )
    return ast.Module(body=[alone], type_ignores=[])


def _flags(function: Function, call: ast.Call) -> _Flags:
    """Return the arguments that are told by a constant, by default or in a call."""
    names = [each.arg for each in function.args.args]
    last = names[len(names) - len(function.args.defaults) :]
    given: list[tuple[str, ast.expr]] = list(zip(last, function.args.defaults, strict=True))
    given += zip(names[names[:1] == ["self"] :], call.args, strict=False)
    given += [(each.arg, each.value) for each in call.keywords if each.arg]
    told = dict(given)  # what a call gives comes behind what is so by default
    return {name: value.value for name, value in told.items() if isinstance(value, ast.Constant)}


def _taken(block: list[ast.stmt], flags: _Flags) -> Iterator[ast.stmt]:
    """Give the statements that are run, up to the first that returns."""
    for node in block:
        is_true = _is_true(node.test, flags) if isinstance(node, ast.If) else None
        if isinstance(node, ast.If) and is_true is not None:
            inner = list(_taken(node.body if is_true else node.orelse, flags))
            yield from inner
            if any(isinstance(each, ast.Return) for each in inner[-1:]):
                return
        else:
            yield node
            if isinstance(node, ast.Return):
                return


def _is_true(test: ast.expr, flags: _Flags) -> bool | None:
    """Return whether a flag is set; None of anything that is not known."""
    match test:
        case ast.Name(id=flag) if flag in flags:
            return bool(flags[flag])
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            within = _is_true(inner, flags)
            return None if within is None else not within
        case ast.Compare(
            left=ast.Name(id=flag), ops=[ast.Eq()], comparators=[ast.Constant(value=value)]
        ) if flag in flags:
            return flags[flag] == value
    return None
