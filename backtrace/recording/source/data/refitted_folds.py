"""skorch's nets that each fold fits and that are given a module, not its class: none is new."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backtrace.recording.source.data.shared_folds import (
    fold_loops,
    functions_called,
    is_reset,
    may_be_one,
    module_classes,
)
from backtrace.recording.source.imports import packages_in
from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import (
    Scope,
    called_name,
    word_set,
)
from backtrace.recording.source.walks import own_nodes, walk

_NETS = word_set("NeuralNet NeuralNetRegressor NeuralNetClassifier NeuralNetBinaryClassifier")
_PIPELINES = word_set("Pipeline make_pipeline")
_RESETS = word_set("set_params load_params initialize initialize_module set_module")
_LIBRARIES = ("nn", "models")


@dataclass(frozen=True)
class _Net:
    """A net by its name, where its module is given, and the statement that made it."""

    name: str
    given: ast.expr
    made: ast.Assign


def find_refitted_folds(scope: Scope) -> Iterator[Slip]:
    """Give each net that folds fit one after the other, and whose module keeps its weights."""
    loops = list(fold_loops(scope))
    if not loops or "skorch" not in packages_in(scope.tree):  # the whole file is gone through last
        return
    for loop in loops:
        inside = [node for each in loop.body for node in (each, *own_nodes(each))]
        called = list(functions_called(inside, scope))
        reached = inside + [node for each in called for node in own_nodes(each)]
        if may_be_one(loop) or any(map(_may_reset, reached)):
            continue
        assigned = [each for each in inside if isinstance(each, ast.Assign)]
        for net in _nets_of_modules(loop, scope):
            is_inside = net.made in assigned
            is_kept = _is_made_before(net.given, loop, scope) if is_inside else True
            if is_kept and _is_fitted(net.name, inside, scope):
                yield Slip(net.given.lineno, "refitted", net.name, str(loop.lineno))
                return


def _may_reset(node: ast.AST) -> bool:
    """Whether something may give a net other weights; a pipeline is made of what there is."""
    if not isinstance(node, ast.Call):
        return False
    name = called_name(node.func)
    return name in _RESETS or (name not in _PIPELINES and is_reset(node))


def _nets_of_modules(loop: ast.For, scope: Scope) -> Iterator[_Net]:
    """Give what stands up to the end of the loop and is made of a module, and of no options."""
    for node in [*scope.nodes(), *own_nodes(scope.tree)]:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as call):
                is_before = node.lineno <= (loop.end_lineno or 0) or node in scope.tree.body
                given = _module_of(call)
                if is_before and given is not None and _is_made(given, scope):
                    yield _Net(name, given, node)


def _module_of(call: ast.Call) -> ast.expr | None:
    """Return what a net is given as its module, None where options may make it anew."""
    names = [keyword.arg or "" for keyword in call.keywords]
    if called_name(call.func) not in _NETS or any(not n or n.startswith("module__") for n in names):
        return None
    named = [keyword.value for keyword in call.keywords if keyword.arg == "module"]
    first = call.args[0] if call.args else None
    return named[0] if named else (None if isinstance(first, ast.Starred) else first)


def _is_made(given: ast.expr, scope: Scope) -> bool:
    """Whether an expression is a module that is made, and no class."""
    if isinstance(given, ast.Name):
        values = _values_of(given.id, scope)
        return bool(values) and all(_is_module(each.value, scope.tree) for each in values)
    return _is_module(given, scope.tree)


def _values_of(name: str, scope: Scope) -> list[ast.Assign]:
    return [
        node
        for nodes in (scope.nodes(), own_nodes(scope.tree))
        for node in nodes
        if isinstance(node, ast.Assign)
        and any(isinstance(each, ast.Name) and each.id == name for each in node.targets)
    ]


def _is_module(value: ast.expr, tree: ast.Module) -> bool:
    match value:
        case ast.Call(func=ast.Attribute(value=ast.Call() as made, attr="to" | "cpu" | "cuda")):
            return _is_module(made, tree)
        case ast.Call(func=ast.Name(id=name)):
            return name in module_classes(tree)
        case ast.Call(func=ast.Attribute(value=owner)):
            return called_name(owner) in _LIBRARIES
    return False


def _is_made_before(given: ast.expr, loop: ast.For, scope: Scope) -> bool:
    """Whether what each fold makes a net of is one module, made before the first of them."""
    if not isinstance(given, ast.Name):
        return False
    lines = [each.lineno for each in _values_of(given.id, scope)]
    return not any(loop.lineno <= line <= (loop.end_lineno or line) for line in lines)


def _is_fitted(name: str, inside: Sequence[ast.AST], scope: Scope) -> bool:
    """Whether a loop fits the net, a pipeline that ends in it, or a function that is given it."""
    names = {name} | {
        each.id
        for node in [*scope.nodes(), *own_nodes(scope.tree)]
        if isinstance(node, ast.Assign) and _ends_in(node.value, name)
        for each in node.targets
        if isinstance(each, ast.Name)
    }
    for node in inside:
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr="fit")):
                if owner in names:
                    return True
            case ast.Call(args=args) if any(
                isinstance(e, ast.Name) and e.id in names for e in args
            ):
                reached = functions_called([node], scope)
                if any(_is_fit(one) for each in reached for one in own_nodes(each)):
                    return True
    return False


def _is_fit(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and called_name(node.func) == "fit"


def _ends_in(value: ast.expr, name: str) -> bool:
    """Whether something is a pipeline that is made of the net."""
    return (
        isinstance(value, ast.Call)
        and called_name(value.func) in _PIPELINES
        and any(isinstance(each, ast.Name) and each.id == name for each in walk(value))
    )
