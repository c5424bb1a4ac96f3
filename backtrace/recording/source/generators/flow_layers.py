"""Layers of a normalizing flow: which sign their log-determinant has beside what they return."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from backtrace.recording.source.generators.divergences import exponent_of
from backtrace.recording.source.generators.flagged import as_called
from backtrace.recording.source.generators.flow_terms import PASSING, terms_of
from backtrace.recording.source.last_given import LastGiven
from backtrace.recording.source.source_file import called_name, word_set
from backtrace.recording.source.walks import Function, own_nodes, walk

_JOINING = word_set("cat concat concatenate stack hstack")


@dataclass(frozen=True)
class Called:
    """A log-determinant: `sign` times what `call` returned beside `output` of what it was given."""

    sign: int
    line: int
    call: ast.Call
    output: str


@dataclass(frozen=True)
class Signed:
    """A log-determinant that is returned with this sign, 1 where it is right, in this line."""

    sign: int
    line: int
    text: str


def determinants_of(name: str, scope: ast.AST) -> Called | None:
    """Return where a name gets a log-determinant: from a call, or from all calls of a loop."""
    if own := _returned_beside(name, scope):
        return own
    match _added_to(name, scope):
        case [(sign, ast.Name(id=one) as at)]:
            found = _returned_beside(one, scope)
            return Called(sign, at.lineno, found.call, found.output) if found else None
    return None


def _added_to(name: str, scope: ast.AST) -> list[tuple[int, ast.expr]]:
    """Return what statements add to a variable that goes on from what it was."""
    return [
        (sign, one)
        for node in own_nodes(scope)
        if isinstance(node, ast.stmt | ast.Call)
        for sign, to, one in _added(node)
        if to == name
    ]


def _added(node: ast.AST) -> Iterator[tuple[int, str, ast.expr]]:
    """Give to what variable a statement adds something, and with which sign."""
    match node:
        case ast.AugAssign(target=ast.Name(id=to), op=ast.Add() | ast.Sub() as op, value=one):
            yield (1 if isinstance(op, ast.Add) else -1), to, one
        case ast.Assign(
            targets=[ast.Name(id=to)],
            value=ast.BinOp(left=ast.Name(id=before), op=ast.Add() | ast.Sub() as op, right=one),
        ) if to == before:
            yield (1 if isinstance(op, ast.Add) else -1), to, one
        case ast.Assign(
            targets=[ast.Name(id=to)],
            value=ast.BinOp(left=one, op=ast.Add(), right=ast.Name(id=before)),
        ) if to == before:
            yield 1, to, one
        case ast.Call(func=ast.Attribute(value=ast.Name(id=to), attr="append"), args=[one]):
            yield 1, to, one


def _returned_beside(name: str, scope: ast.AST) -> Called | None:
    """Return the one call of which the second of two results has a name."""
    found = [
        Called(1, node.lineno, call, output)
        for node in own_nodes(scope)
        if isinstance(node, ast.Assign)
        for output, second, call in _pair(node)
        if second == name
    ]
    return found[0] if len(found) == 1 else None


def _pair(node: ast.Assign) -> Iterator[tuple[str, str, ast.Call]]:
    match node:
        case ast.Assign(
            targets=[ast.Tuple(elts=[ast.Name(id=output), ast.Name(id=second)])],
            value=ast.Call() as call,
        ):
            yield output, second, call


def signs_of(call: ast.Call, tree: ast.Module, most: int = 3) -> list[Signed]:
    """Return the log-determinants that a call returns, where the file has what it calls."""
    name = _function_called(call, tree)
    found: list[Signed] = []
    for node in walk(tree):
        if isinstance(node, Function) and node.name == name:
            alone = as_called(node, call)
            own = [
                each for pair in _pairs_returned(alone) for each in _read(pair, alone, tree, most)
            ]
            if len({each.sign for each in own}) == 1:
                found += own
    return found


def _function_called(call: ast.Call, tree: ast.Module) -> str:
    """Return the name of the method, or of the function of the file, that a call runs.

    '' of what is called of a result, such as `net(x).chunk(2)`.
    """
    functions = {node.name for node in tree.body if isinstance(node, Function)}
    match call.func:
        case ast.Name(id=name) if name in functions:
            return name
        case ast.Attribute(value=ast.Name(id="self"), attr=name):
            methods = {node.name for node in walk(tree) if isinstance(node, Function)}
            return name if name in methods else "forward"
        case ast.Attribute(value=ast.Name() | ast.Attribute() | ast.Subscript(), attr=name):
            return name
    return "forward" if isinstance(call.func, ast.Name | ast.Subscript) else ""


def _pairs_returned(alone: ast.Module) -> Iterator[ast.Tuple]:
    for node in own_nodes(alone.body[0]):
        match node:
            case ast.Return(value=ast.Tuple(elts=[_, _]) as pair):
                yield pair


def _read(pair: ast.Tuple, alone: ast.Module, tree: ast.Module, most: int) -> Iterator[Signed]:
    """Give what stands in a pair that is returned: an output, and its log-determinant."""
    output, second = pair.elts
    function = alone.body[0]
    values = LastGiven(alone, function)
    names = {each.arg for each in walk(function) if isinstance(each, ast.arg)}
    terms = [each for each in terms_of(second, values) if each[1] not in _given_on(each, names)]
    if len(terms) != 1:
        return
    sign, term = terms[0]
    within = determinants_of(term.id, function) if isinstance(term, ast.Name) else None
    is_chain = within is not None and isinstance(output, ast.Name) and within.output == output.id
    if within is not None and is_chain and most:
        for own in signs_of(within.call, tree, most - 1):
            is_blamed = own.sign > 0 > sign * within.sign
            line, text = (within.line, ast.unparse(term)) if is_blamed else (own.line, own.text)
            yield Signed(sign * within.sign * own.sign, line, text)
        return
    added = _added_to(term.id, function) if isinstance(term, ast.Name) else []
    outputs = _values_of(output, function) if added else [output]
    for own_sign, part in added or [(1, term)]:
        parts = terms_of(part, values)
        bases = {_base_of(each) for _, each in parts}
        found = {p for each in outputs for base, p in _factors(each, values, 1) if base in bases}
        if len(parts) == 1 and len(found) == 1:
            at = part if added else second
            yield Signed(sign * own_sign * parts[0][0] * found.pop(), at.lineno, ast.unparse(at))


def _values_of(output: ast.expr, function: ast.AST) -> list[ast.expr]:
    """Return all that a variable is given, in a loop or before it."""
    return [
        node.value
        for node in own_nodes(function)
        if isinstance(node, ast.Assign) and isinstance(output, ast.Name)
        for target in node.targets
        if isinstance(target, ast.Name) and target.id == output.id
    ]


def _given_on(term: tuple[int, ast.expr], names: set[str]) -> list[ast.expr]:
    """Return a term where it is an argument as it was given: the sum of the layers before."""
    sign, node = term
    return [node] if sign > 0 and isinstance(node, ast.Name) and node.id in names else []


def _base_of(node: ast.expr) -> str:
    """Return how the exponent is written that a term is, or that it is the logarithm of."""
    inner = _argument_of(node, "log")
    if inner is None:
        return ast.unparse(node)
    return f"log {ast.unparse(_argument_of(inner, 'abs') or inner)}"


def _argument_of(node: ast.expr, function: str) -> ast.expr | None:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="torch"), attr=name), args=[inner]):
            return inner if name == function else None
        case ast.Call(func=ast.Attribute(value=inner, attr=name), args=[]) if name == function:
            return inner
    return None


def _factors(node: ast.expr, values: LastGiven, power: int) -> Iterator[tuple[str, int]]:
    """Give what multiplies and what divides in an expression: exponents, and other factors."""
    exponent = exponent_of(node)
    if exponent is not None:
        terms = terms_of(exponent, values)
        if len(terms) == 1:
            yield ast.unparse(terms[0][1]), terms[0][0] * power
        return
    match node:
        case ast.IfExp(body=one, orelse=other):
            yield from _factors(one, values, power)
            yield from _factors(other, values, power)
        case ast.Name():
            given = values.follow(node)
            if isinstance(given, ast.BinOp | ast.Call):
                yield from _factors(given, values, power)
        case ast.BinOp(left=left, op=op, right=right):
            turned = -power if isinstance(op, ast.Div) else power
            if isinstance(op, ast.Mult | ast.Div):
                yield from (
                    (f"log {ast.unparse(one)}", p) for one, p in ((left, power), (right, turned))
                )
            yield from _factors(left, values, power)
            yield from _factors(right, values, turned)
        case ast.Call(func=func, args=[ast.Tuple(elts=parts) | ast.List(elts=parts), *_]):
            if called_name(func) in _JOINING:
                for part in parts:
                    yield from _factors(part, values, power)
        case ast.Call(func=ast.Attribute(value=inner, attr=name)) if name in PASSING:
            yield from _factors(inner, values, power)
