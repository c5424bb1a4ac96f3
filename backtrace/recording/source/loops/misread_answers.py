"""Answers that are read from a model's raw output as if it were something else."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache

from backtrace.ledger.slip_kinds import SlipKind
from backtrace.recording.source.lines.right_answers import SAME, bare_text, compared_sides
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope, called_name, word_set, words_of
from backtrace.recording.source.walks import Function, own_nodes, walk

_LOSSES = word_set(
    "binary_cross_entropy_with_logits BCEWithLogitsLoss binary_cross_entropy BCELoss mse_loss "
    "cross_entropy CrossEntropyLoss"
)
_LOSS_WORDS = word_set("criterion criteria crit cost loss lossfn bce crossentropy objective")
_BEST = word_set("argmax max topk")
_Outputs = dict[str, int]  # callees whose results a loss is called on, each with the loss's line


def find_misread_answers(scope: Scope) -> Iterator[Slip]:
    """Give the lines that take a raw output's greatest column, or hold it against a half.

    Of a model that a loss is called on in the same file: `beside` is the loss's line. Whether that
    output is one number a row, or a logit, is for the run to tell; so is whether scores have
    several rows whose one greatest place is compared with each row's target.
    """
    yield from _find_places_of_all(scope)
    candidates = [each for node in scope.nodes() for each in _reading(node)]
    outputs = _trained(scope.tree) if candidates else {}
    for kind, of in candidates if outputs else ():
        line = _line_of_output(scope, of, outputs)
        if line:
            yield Slip(of.lineno, kind, ast.unparse(of)[:LONGEST], str(line))


def _find_places_of_all(scope: Scope) -> Iterator[Slip]:
    """Give each comparison with `scores.argmax()`, of scores that a loss is called on as well."""
    for node in scope.nodes():
        for side in compared_sides(node) or ():
            of = _without_axis(side)
            if of is None:
                continue
            lines = (loss.lineno for loss in _losses(scope) if _is_same(loss.args[0], of))
            if line := next(lines, 0):
                yield Slip(side.lineno, "place-of-all", ast.unparse(of)[:LONGEST], str(line))


def _without_axis(node: ast.expr) -> ast.expr | None:
    """Return the scores of `scores.argmax()` and `torch.argmax(scores)`."""
    match node:
        case ast.Call(func=ast.Attribute(attr="argmax")) if not node.keywords:
            parts = _parts(node)
            return parts[0] if parts and not parts[1] else None
    return None


def _losses(scope: Scope) -> list[ast.Call]:
    return [each for each in scope.nodes() if isinstance(each, ast.Call) and _is_loss(each)]


def _is_same(one: ast.expr, other: ast.expr) -> bool:
    return ast.unparse(one) == ast.unparse(other)


def _reading(node: ast.AST) -> Iterator[tuple[SlipKind, ast.expr]]:
    """Give what an expression or an assignment reads answers from, and how."""
    match node:
        case ast.Compare(left=of, ops=[ast.Gt() | ast.GtE()], comparators=[ast.Constant(half)]):
            if half == 0.5:
                yield "half", of
        case ast.Call(func=ast.Attribute(attr="round" | "gt" | "ge" as attr)):
            parts = _parts(node)
            if parts and parts[1] == ([] if attr == "round" else ["0.5"]):
                yield "half", parts[0]
        case (
            (ast.Call(func=ast.Attribute(attr="argmax")) as best)
            | ast.Subscript(value=ast.Call() as best, slice=ast.Constant(value=1))
            | ast.Attribute(value=ast.Call() as best, attr="indices")
            | ast.Assign(targets=[ast.Tuple(elts=[_, ast.Name()])], value=ast.Call() as best)
        ):
            parts, name = _parts(best), called_name(best.func)
            place = 1 if name == "topk" else 0  # after how many columns
            if parts and name in _BEST and parts[1][place : place + 1] in (["1"], ["-1"]):
                yield "greatest", parts[0]


def _parts(call: ast.Call) -> tuple[ast.expr, list[str]] | None:
    """Return what a call is made on, and its other arguments: the axis, or a bound."""
    match call:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="torch")), args=[of, *rest]):
            pass
        case ast.Call(func=ast.Attribute(value=of), args=rest):
            pass
        case _:
            return None
    return of, [ast.unparse(each) for each in (*rest, *(word.value for word in call.keywords))]


@lru_cache(maxsize=2)
def _trained(tree: ast.Module) -> _Outputs:
    """Return what a loss is called on the results of, by the text of the callee.

    Nothing where a model may answer otherwise in evaluation: where anything asks for its mode.
    """
    found: _Outputs = {}
    for node in walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "training":
            return {}
        if isinstance(node, Function | ast.Module):
            for call in filter(_is_loss, own_nodes(node)):
                callee = _callee(node, call.args[0])  # type: ignore[attr-defined]
                if callee:
                    found.setdefault(callee, call.lineno)  # type: ignore[attr-defined]
    return found


def _is_loss(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=func, args=[_, _, *_]):
            made = func.func if isinstance(func, ast.Call) else func
            name = called_name(made)
            return name in _LOSSES or bool(words_of(name) & _LOSS_WORDS)
    return False


def _line_of_output(scope: Scope, of: ast.expr, outputs: _Outputs) -> int:
    """Return the line of the loss on what an expression holds as it came; 0 for anything else."""
    callee = _callee(scope.node, of)
    if callee:
        return outputs.get(callee, 0) or _line_of_parameter(scope.node, callee, outputs)
    name, function = bare_text(of), scope.node
    if not isinstance(function, Function) or _given(function, name):
        return 0
    parameters = [each.arg for each in function.args.args if each.arg not in ("self", "cls")]
    if name not in parameters:
        return 0
    lines = set(_lines_handed(scope.tree, function, parameters.index(name), outputs))
    return lines.pop() if len(lines) == 1 else 0


def _line_of_parameter(node: ast.AST, callee: str, outputs: _Outputs) -> int:
    """Return the line for a model that is an argument, where a loss is called on one alone."""
    if len(outputs) != 1 or not isinstance(node, Function):
        return 0
    is_argument = any(each.arg == callee for each in node.args.args)
    return next(iter(outputs.values())) if is_argument else 0


def _lines_handed(
    tree: ast.Module, function: Function, place: int, outputs: _Outputs
) -> Iterator[int]:
    """Give, for each call of a function, the line of what it is handed; 0 for what is not raw."""
    for caller in walk(tree):
        if not isinstance(caller, Function | ast.Module):
            continue
        for node in own_nodes(caller):
            if isinstance(node, ast.Call) and called_name(node.func) == function.name:
                given = node.args[place] if len(node.args) > place else None
                callee = _callee(caller, given) if given is not None else ""
                yield outputs.get(callee, 0)


def _callee(around: ast.AST, node: ast.expr) -> str:
    """Return whose result an expression is, as it came or in another shape: `model` of `model(x)`.

    A variable is looked up in the function around it, and is '' where that gives it more than one
    thing.
    """
    called = _called_text(node)
    if called:
        return called
    name = bare_text(node)
    given = _given(around, name)
    callees = {_called_text(each) for each in given if bare_text(each) != name}
    return callees.pop() if len(callees) == 1 else ""


def _called_text(node: ast.expr) -> str:
    """Return what is called in `model(x)` or `model(x).squeeze(1)`."""
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr not in SAME:
            break
        node = node.func.value
    if not isinstance(node, ast.Call) or ast.unparse(node.func).startswith("torch."):
        return ""
    return ast.unparse(node.func)


def _given(around: ast.AST, name: str) -> list[ast.expr]:
    """Return all that a function gives a variable; None as well where that is not an assignment."""
    values, stores = list[ast.expr](), 0
    for node in own_nodes(around):
        match node:
            case ast.Assign(targets=[ast.Name(id=written)], value=value) if written == name:
                values.append(value)
            case ast.Name(id=written, ctx=ast.Store()) if written == name:
                stores += 1
    return values if stores == len(values) else [ast.Constant(None)]
