"""Means and deviations that a data set keeps, and that each draw of an item changes in place."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope, called_name, word_set, words_of
from backtrace.recording.source.walks import Function, own_nodes, walk

_DRAWS = word_set("__getitem__ __call__")
_STATISTICS = word_set(
    "mean means avg average averages mu std stds stdev deviation sigma var variance"
)
_ARRAYS = word_set("array asarray tensor as_tensor load loadtxt full ones float32 float64")
_IN_PLACE = word_set("div_ mul_")
_WRITES_OUT = word_set("divide true_divide multiply div mul")
_NEAR_ONE = 0.5, 2.0  # a factor between these may be how fast a running mean forgets
_Own = ast.FunctionDef | ast.AsyncFunctionDef


def find_shrinking_statistics(scope: Scope) -> Iterator[Slip]:
    """Give each line that divides or multiplies such a statistic by a number at every draw.

    It stands in the method that gives an item or in a function of the file that this hands the
    statistic to. What runs under a condition may run once.
    """
    if not isinstance(scope.node, ast.Module):
        return
    for kind in walk(scope.tree):
        if not isinstance(kind, ast.ClassDef):
            continue
        methods = {each.name: each for each in kind.body if isinstance(each, Function)}
        for name in sorted(_DRAWS & methods.keys()):
            if "self" in {each.arg for each in methods[name].args.args[:1]}:
                yield from _changed_in(scope, kind, methods, methods[name])


def _changed_in(
    scope: Scope, kind: ast.ClassDef, methods: dict[str, _Own], draw: _Own
) -> Iterator[Slip]:
    arrays = _arrays_of(kind)
    called = [draw, *_called_methods(draw, methods)]
    for method in called:
        aliases: dict[str, str] = {}
        for node in _unconditional(method):
            target = _written_by(node)
            name = _own_statistic(target)
            if name and (isinstance(node, ast.AugAssign | ast.Assign) or name in arrays):
                yield Slip(node.lineno, "statistics-changed", f"self.{name}")
            elif isinstance(target, ast.Name) and aliases.get(target.id) in arrays:
                yield Slip(node.lineno, "statistics-changed", f"self.{aliases[target.id]}")
            elif not isinstance(node, ast.AugAssign):
                aliases = _with_aliases(aliases, node)
        for call in own_nodes(method):
            if isinstance(call, ast.Call):
                for line, name in _changed_by_function(scope, call):
                    if name in arrays:
                        yield Slip(line, "statistics-changed", f"self.{name}"[:LONGEST])


def _with_aliases(known: dict[str, str], node: ast.stmt) -> dict[str, str]:
    """Return the variables that stand for a statistic of the object's own behind a statement."""
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if _own_statistic(value):
            return {**known, name: _own_statistic(value)}
    stored = {
        each.id
        for each in walk(node)
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
    }
    return {name: of for name, of in known.items() if name not in stored}


def _arrays_of(kind: ast.ClassDef) -> set[str]:
    """Return the attributes that a class gives arrays or tensors: others a name may stand for."""
    found: dict[str, list[bool]] = {}
    for node in walk(kind):
        match node:
            case ast.Assign(
                targets=[ast.Attribute(value=ast.Name(id="self"), attr=name)], value=value
            ):
                is_array = any(
                    isinstance(each, ast.Call) and called_name(each.func) in _ARRAYS
                    for each in walk(value)
                )
                found.setdefault(name, []).append(is_array)
    return {name for name, each in found.items() if all(each)}


def _called_methods(draw: _Own, methods: dict[str, _Own]) -> list[_Own]:
    """Return the methods of its own that a draw calls under no condition."""
    called = [
        node.func.attr
        for statement in _unconditional(draw)
        for node in (walk(statement) if not isinstance(statement, ast.If) else ())
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "self"
    ]
    return [methods[name] for name in dict.fromkeys(called) if name in methods]


def _unconditional(function: _Own) -> Iterator[ast.stmt]:
    """Give the statements of a function that each call runs, up to the first that may return."""
    for node in function.body:
        yield from [node, *node.body] if isinstance(node, ast.With) else [node]
        may_return = any(isinstance(each, ast.Return) for each in walk(node))
        if may_return and isinstance(node, ast.If):
            return


def _written_by(node: ast.stmt) -> ast.expr | None:
    """Return what a statement multiplies or divides in place by a plain number.

    An attribute that is given its own quotient is changed for the next draw as well.
    """
    match node:
        case ast.AugAssign(target=target, op=ast.Div() | ast.Mult(), value=ast.Constant(by)):
            pass
        case ast.Assign(
            targets=[ast.Attribute() as target],
            value=ast.BinOp(
                left=ast.Attribute() as of, op=ast.Div() | ast.Mult(), right=ast.Constant(by)
            ),
        ) if ast.unparse(target) == ast.unparse(of):
            pass
        case ast.Assign(
            targets=[ast.Subscript(value=target, slice=ast.Slice(lower=None, upper=None))],
            value=ast.BinOp(left=of, op=ast.Div() | ast.Mult(), right=ast.Constant(by)),
        ) if ast.unparse(target) == ast.unparse(of):
            pass
        case ast.Expr(
            value=ast.Call(
                func=ast.Attribute(attr=attr),
                args=[of, ast.Constant(by)],
                keywords=[ast.keyword(arg="out", value=target)],
            )
        ) if attr in _WRITES_OUT and ast.unparse(target) == ast.unparse(of):
            pass
        case ast.Expr(
            value=ast.Call(func=ast.Attribute(value=target, attr=attr), args=[ast.Constant(by)])
        ) if attr in _IN_PLACE:
            pass
        case _:
            return None
    if not isinstance(by, int | float) or isinstance(by, bool):
        return None
    return None if _NEAR_ONE[0] <= abs(by) < _NEAR_ONE[1] else target


def _own_statistic(target: ast.expr | None) -> str:
    match target:
        case ast.Attribute(value=ast.Name(id="self"), attr=name):
            return name if words_of(name) & _STATISTICS else ""
    return ""


def _changed_by_function(scope: Scope, call: ast.Call) -> Iterator[tuple[int, str]]:
    """Give the attributes that a function of the file is given and changes, each with the line."""
    function = scope.find_function(call.func.id) if isinstance(call.func, ast.Name) else None
    if function is None:
        return
    names = [each.arg for each in (*function.args.posonlyargs, *function.args.args)]
    given = dict(zip(names, call.args, strict=False))
    given |= {each.arg: each.value for each in call.keywords if each.arg}
    anew: set[str] = set()
    for node in _unconditional(function):
        target = _written_by(node)
        if isinstance(target, ast.Name) and target.id in given and target.id not in anew:
            name = _own_statistic(given[target.id])
            if name:
                yield node.lineno, name
        anew |= {
            each.id
            for each in walk(node)
            if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
        }
