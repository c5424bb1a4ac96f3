"""Names that a file gives numbers alone: options, arguments with a default, constants."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator

from backtrace.recording.source.source_file import called_name
from backtrace.recording.source.walks import Function, walk

_ROUNDED = ("float", "int")
_CALCULATED = ast.Add | ast.Sub | ast.Mult | ast.Div | ast.Pow


def numbers_given(name: str, tree: ast.Module, most: int = 3) -> list[float]:
    """Return the numbers that a file gives a name; none where it gives it anything else.

    A variable, an attribute, an argument, an option and a key of the same name are one. An option
    that is said to be a float and has no default counts as nan. Names are followed, up to `most`.
    """
    found: list[float] = []
    for given in _given(name, tree):
        number, other = _number_of(given), _handed_on(given)
        if number is not None:
            found.append(number)
        elif other != name:
            behind = numbers_given(other, tree, most - 1) if other and most else []
            if not behind:
                return []
            found += behind
    return found


def _given(name: str, tree: ast.Module) -> Iterator[ast.expr]:
    """Give each expression that a file gives to a name, a name of nothing where it is unsure."""
    for node in walk(tree):
        match node:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    yield from _stored(target, value, name)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                yield from _stored(target, value, name)
            case (
                ast.AugAssign(target=target, value=value)
                | ast.NamedExpr(target=target, value=value)
            ):
                yield from _stored(target, value, name)
            case ast.For(target=target) | ast.comprehension(target=target):
                yield from _stored(target, ast.Name(""), name)
            case ast.Dict(keys=keys, values=values):
                for key, value in zip(keys, values, strict=True):
                    if isinstance(key, ast.Constant) and key.value == name:
                        yield value
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield from _of_arguments(node, name, tree)
            case ast.Call():
                yield from _of_call(node, name)


def _stored(target: ast.expr, value: ast.expr, name: str) -> Iterator[ast.expr]:
    """Give what a target of this name is given: of several at once, only from as many values."""
    match target, value:
        case ast.Tuple(elts=targets), ast.Tuple(elts=values) if len(targets) == len(values):
            for each, own in zip(targets, values, strict=True):
                yield from _stored(each, own, name)
        case ast.Tuple(elts=targets) | ast.List(elts=targets), _:
            for each in targets:
                yield from _stored(each, ast.Name(""), name)
        case ((ast.Name(id=called) | ast.Attribute(attr=called)), _) if called == name:
            yield value
        case ast.Subscript(slice=ast.Constant(value=key)), _ if key == name:
            yield value


def _of_call(call: ast.Call, name: str) -> Iterator[ast.expr]:
    """Give what a call hands over by this name, or an option of the command line falls back to."""
    given = {each.arg: each.value for each in call.keywords}
    if name in given:
        yield given[name]
    if called_name(call.func) == "add_argument":
        flags = [each.value for each in call.args if isinstance(each, ast.Constant)]
        if any(str(flag).lstrip("-").replace("-", "_") == name for flag in flags):
            kind = given.get("type")
            is_number = isinstance(kind, ast.Name) and kind.id in _ROUNDED
            yield given.get("default") or ast.Constant(math.nan if is_number else None)


def _of_arguments(function: Function, name: str, tree: ast.Module) -> Iterator[ast.expr]:
    """Give the default of an argument, or what calls of the file hand over in its place."""
    own = [*function.args.posonlyargs, *function.args.args]
    names = [each.arg for each in own]
    if name in names:
        place = names.index(name)
        default = place - len(own) + len(function.args.defaults)
        if default >= 0:
            yield function.args.defaults[default]
        yield from _by_place(function, place - (names[0] in ("self", "cls")), tree)
    for each, given in zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True):
        if each.arg == name and given is not None:
            yield given


def _by_place(function: Function, place: int, tree: ast.Module) -> Iterator[ast.expr]:
    """Give what calls of a function, or of the class that it makes, hand over at a place."""
    callers = {function.name} | {
        node.name
        for node in walk(tree)
        if isinstance(node, ast.ClassDef) and function in node.body and function.name == "__init__"
    }
    for node in walk(tree):
        if isinstance(node, ast.Call) and called_name(node.func) in callers - {"__init__"}:
            yield from node.args[place : place + 1]


def _number_of(node: ast.expr) -> float | None:
    match node:
        case ast.Constant(value=bool()):
            return None
        case ast.Constant(value=int() | float() as number):
            return number
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            taken = _number_of(inner)
            return None if taken is None else -taken
        case ast.BinOp(left=left, op=op, right=right) if isinstance(op, _CALCULATED):
            both = _number_of(left), _number_of(right)
            return None if None in both else math.nan
        case ast.Call(func=ast.Name(id=name), args=[inner]) if name in _ROUNDED:
            return _number_of(inner)
    return None


def _handed_on(node: ast.expr) -> str:
    """Return the name of what is handed on: `alpha` of `self.alpha = args.alpha`."""
    match node:
        case ast.Name(id=called) | ast.Attribute(attr=called):
            return called
        case ast.Subscript(slice=ast.Constant(value=str(key))):
            return key
        case ast.Call(func=ast.Name(id=called), args=[inner]) if called in _ROUNDED:
            return _handed_on(inner)
    return ""
