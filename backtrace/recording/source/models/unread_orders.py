"""Inner steps of meta-learning that are to have a graph, by an argument that nothing reads."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import Scope, called_name
from backtrace.recording.source.walks import Function, walk

# Arguments, and what they are where the outer gradient is to go through the inner ones.
_WHOLE = {"first_order": False, "create_graph": True, "second_order": True}


def find_unread_orders(scope: Scope) -> Iterator[Slip]:
    """Give each `torch.autograd.grad` without a graph whose function has such an argument unread.

    The gradients are taken from weights there, `w - lr * g`, and no call of the file asks for the
    first order.
    """
    function = scope.node
    if not isinstance(function, Function):
        return
    given = function.args
    named = [*given.posonlyargs, *given.args]
    pairs = [
        *zip(reversed(named), reversed(given.defaults), strict=False),
        *zip(given.kwonlyargs, given.kw_defaults, strict=True),
    ]
    for argument, default in pairs:
        name = argument.arg
        match default:
            case ast.Constant(value=bool() as value) if _WHOLE.get(name) is value:
                if not _is_read(name, function) and not _is_asked(name, value, scope.tree):
                    for call in _graphless(function):
                        yield Slip(call.lineno, "order-unread", name, str(not value))


def _is_read(name: str, function: Function) -> bool:
    return any(
        (isinstance(each, ast.Name) and each.id in (name, "locals"))
        for statement in function.body
        for each in walk(statement)
    )


def _is_asked(name: str, value: object, tree: ast.Module) -> bool:
    """Whether a call hands over something else than the default."""
    return any(
        isinstance(each, ast.keyword)
        and each.arg == name
        and not (isinstance(each.value, ast.Constant) and each.value.value is value)
        for each in walk(tree)
    )


def _graphless(function: Function) -> Iterator[ast.Call]:
    """Give calls of `grad` without a graph, in a function that takes a multiple from something."""
    nodes = [each for statement in function.body for each in walk(statement)]
    takes = any(
        isinstance(each, ast.BinOp)
        and isinstance(each.op, ast.Sub)
        and isinstance(each.right, ast.BinOp)
        and isinstance(each.right.op, ast.Mult)
        for each in nodes
    )
    for each in nodes if takes else ():
        if isinstance(each, ast.Call) and called_name(each.func) == "grad":
            words = {word.arg for word in each.keywords}
            if not words & {"create_graph", None} and 2 <= len(each.args) < 5:
                yield each
