"""What each way through a function adds to its argument, takes away, and multiplies it by."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from backtrace.recording.source.source_file import called_name, word_set, words_of
from backtrace.recording.source.walks import walk

_MEANS = word_set("mean means mu avg average loc center centre last median")
_SPREADS = word_set("std stds stdev stdevs sigma sigmas sd stddev deviation var variance iqr")
_OPERATIONS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_METHODS = {"add": "+", "sub": "-", "mul": "*", "div": "/", "subtract": "-", "multiply": "*"}
_METHODS |= {f"{name}_": sign for name, sign in _METHODS.items()}
# What hands a tensor on, as a whole or with some places filled.
_SAME = word_set(
    "to view reshape clone float double unsqueeze squeeze contiguous masked_fill masked_fill_ "
    "detach permute transpose type type_as cpu cuda nan_to_num nan_to_num_ flatten expand astype "
    "copy clip clamp numpy as_tensor asarray tensor array from_numpy"
)
_MOST_WAYS = 16


@dataclass(frozen=True)
class Change:
    """One operation on the argument: `-` a "mean", `/` a "spread"; of `key`, in a line."""

    sign: str
    kind: str
    key: str
    line: int


Way = tuple[Change, ...]


@dataclass
class _State:
    """What names stand for at one point of a way; of a name that is not the argument: None."""

    known: dict[str, Way | None]
    written: dict[str, ast.expr]


def ways_through(body: list[ast.stmt], argument: str) -> list[tuple[Way, dict[str, ast.expr]]]:
    """Return what each way gives back, with what it wrote to attributes; none if one is unsure."""
    try:
        return _run(body, _State({argument: ()}, {}))
    except _UnsureError:
        return []


class _UnsureError(Exception):
    """A way does what is not read here."""


def _run(body: list[ast.stmt], state: _State) -> list[tuple[Way, dict[str, ast.expr]]]:
    """Go through statements; return what each way that comes to a `return` gives back."""
    for number, node in enumerate(body):
        match node:
            case ast.Return(value=value):
                return [(_given_back(value, state), state.written)]
            case ast.Raise():
                return []
            case ast.If(body=then, orelse=otherwise):
                rest = body[number + 1 :]
                found = [
                    way
                    for branch in (then, otherwise)
                    for way in _run(branch + rest, _State(dict(state.known), dict(state.written)))
                ]
                if len(found) > _MOST_WAYS:
                    raise _UnsureError
                return found
            case ast.With(body=inner):
                return _run(inner + body[number + 1 :], state)
            case ast.For() | ast.While() | ast.Try() | ast.Match() | ast.AsyncWith():
                raise _UnsureError
            case _:
                _step(node, state)
    raise _UnsureError  # nothing is given back


def _given_back(value: ast.expr | None, state: _State) -> Way:
    first = value.elts[0] if isinstance(value, ast.Tuple) and value.elts else value
    way = None if first is None else _read(first, state)
    if way is None:
        raise _UnsureError
    return way


def _step(node: ast.stmt, state: _State) -> None:
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            state.written[name] = value
            way = _read(value, state)
            if way is None and state.known.get(name) is not None:
                raise _UnsureError
            state.known[name] = way
        case ast.Assign(targets=[ast.Attribute(attr=name)], value=value):
            state.written[name] = value
        case ast.AugAssign(target=ast.Name(id=name), op=op, value=value):
            if state.known.get(name) is not None:
                state.known[name] = _changed(state.known[name], op, value, node.lineno)
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=inner)) as call):
            root = _root(inner)
            if state.known.get(root) is not None:
                state.known[root] = _read(call, state)


def _read(node: ast.expr, state: _State) -> Way | None:
    """Return the changes of what an expression is made of; None where that is not the argument."""
    match node:
        case ast.Name(id=name):
            return state.known.get(name)
        case ast.BinOp(left=left, op=op, right=right):
            way, other = _read(left, state), right
            if way is None and isinstance(op, ast.Add | ast.Mult):
                way, other = _read(right, state), left
            return _changed(way, op, other, node.lineno)
        case ast.Call(func=ast.Attribute(value=ast.Name(id="torch" | "np"), attr=name), args=args):
            return _called(name, args, node, state)
        case ast.Call(func=ast.Attribute(value=inner, attr=name), args=args):
            return _called(name, [inner, *args], node, state)
    return None


def _called(name: str, args: list[ast.expr], node: ast.Call, state: _State) -> Way | None:
    if name == "where" and len(args) == 3:
        return _read(args[1], state)
    way = _read(args[0], state) if args else None
    if way is None or name in _SAME:
        return way
    sign = _METHODS.get(name)
    if sign is None or len(args) != 2:
        return None
    kind = _kind(args[1])
    return (*way, _change(sign, kind, args[1], node.lineno))


def _changed(way: Way | None, op: ast.operator, other: ast.expr, line: int) -> Way | None:
    sign = _OPERATIONS.get(type(op))
    if way is None or sign is None:
        return None
    return (*way, _change(sign, _kind(other), other, line))


def _change(sign: str, kind: tuple[str, str] | None, other: ast.expr, line: int) -> Change:
    said, key = kind or ("other", ast.unparse(other))
    return Change(sign, said, key, line)


def _kind(node: ast.expr) -> tuple[str, str] | None:
    """Return whether an expression is a "mean" or a "spread", and of which name; None of both."""
    found: set[tuple[str, str]] = set()
    for each in walk(node):
        match each:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                if words_of(name) & _SPREADS:
                    found.add(("spread", name))
                elif words_of(name) & _MEANS:
                    found.add(("mean", name))
    return next(iter(found)) if len(found) == 1 else None


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Call | ast.Attribute):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else called_name(node)
