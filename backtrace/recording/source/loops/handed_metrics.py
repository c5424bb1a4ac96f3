"""What a file hands to a function or a method for one of its parameters, by its name there."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.source_file import Scope, called_name, parents_in
from backtrace.recording.source.walks import Function, walk


def handed_names(scope: Scope, parameter: str) -> set[str]:
    """Return how the file names what it hands over; none where a call hands over something else.

    A method is found by the names of what its class makes: `stopper(acc)`, `self.stop.step(acc)`.
    """
    if not isinstance(scope.node, Function):
        return set()
    places = [each.arg for each in scope.node.args.args]
    if parameter not in places:
        return set()
    above = parents_in(scope.tree).get(id(scope.node))
    is_method = isinstance(above, ast.ClassDef)
    calls = _calls_of_method(scope, above) if isinstance(above, ast.ClassDef) else _calls_of(scope)
    given = [_given(each, places.index(parameter) - is_method, parameter) for each in calls]
    names = {name_of(each) if each is not None else "" for each in given}
    return set() if "" in names else names


def name_of(node: ast.expr) -> str:
    """Return the name of a value: `acc` of `acc`, `run.acc` and `logs["acc"]`; '' of others."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(slice=ast.Constant(value=str(name))):
            return name
    return ""


def _calls_of(scope: Scope) -> Iterator[ast.Call]:
    for node in walk(scope.tree):
        if isinstance(node, ast.Call) and called_name(node.func) == scope.name:
            yield node


def _calls_of_method(scope: Scope, holder: ast.ClassDef) -> Iterator[ast.Call]:
    made = {
        name_of(target)
        for node in walk(scope.tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
        for target in node.targets
        if called_name(node.value.func) == holder.name
    } - {""}
    is_call = scope.name == "__call__"
    for node in walk(scope.tree):
        match node:
            case ast.Call(func=func) if is_call and name_of(func) in made:
                yield node
            case ast.Call(func=ast.Attribute(value=owner, attr=attr)) if not is_call:
                if attr == scope.name and name_of(owner) in made:
                    yield node


def _given(call: ast.Call, place: int, parameter: str) -> ast.expr | None:
    for keyword in call.keywords:
        if keyword.arg == parameter:
            return keyword.value
    return call.args[place] if 0 <= place < len(call.args) else None
