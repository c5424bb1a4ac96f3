"""Evaluations that go through the training data: the loader that is meant for them is not read."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import (
    Scope,
    called_name,
    parents_in,
    word_set,
    words_of,
)
from backtrace.recording.source.walks import Function, own_nodes, walk

_HELD = ("val", "valid", "validation", "test", "eval", "dev", "holdout")
_LOADS = (
    "",
    "loader",
    "dataloader",
    "dl",
    "dataset",
    "set",
    "data",
    "ds",
    "batches",
    "iter",
    "gen",
)
_HELD_NAMES = frozenset(held + kind for held in _HELD for kind in _LOADS if kind)
_HELD_WORDS = frozenset(_HELD)
_LOAD_WORDS = frozenset(_LOADS) - {""}
_EVALUATES = word_set("val valid validate validation test evaluate evaluation eval")
_THROUGH = word_set("enumerate tqdm trange track islice iter progress_bar")
_TRAINS = word_set("backward step train fit learn zero_grad")  # as a call's name or a word of it
_WITHOUT = word_set("no_grad inference_mode")
_ASKED = word_set("len isinstance hasattr print bool")


def find_unread_loaders(scope: Scope) -> Iterator[Slip]:
    """Give each loop that evaluates and goes through what is trained on.

    What is held out for it is known in the scope: it is tested to be there, or the result is
    divided by its length. It is gone through nowhere, and nobody is given it.
    """
    if scope.reads_all:
        return
    loops = [node for node in scope.nodes() if isinstance(node, ast.For)]
    for loop in loops:
        through = _through(loop.iter)
        if through and not _is_held(through, scope) and _evaluates(scope, loop):
            for name in _held_in(scope):
                if (
                    _is_trained_on(scope, through)
                    and _is_meant(scope, loop, name)
                    and not is_used(scope, name)
                ):
                    yield Slip(loop.lineno, "unread-loader", through, name)
                    break


def _through(node: ast.expr) -> str:
    """Return the name of what a loop goes through, whatever counts its turns; '' of none."""
    while isinstance(node, ast.Call) and called_name(node.func) in _THROUGH and node.args:
        node = node.args[0]
    match node:
        case ast.Name() | ast.Attribute(value=ast.Name(id="self")):
            return ast.unparse(node)
    return ""


def _is_held(name: str, scope: Scope) -> bool:
    """Whether a name says that it loads what is held out, or is what an evaluation is given."""
    last = name.rpartition(".")[2].lower()
    words = words_of(last)
    if last in _HELD_NAMES or (words & _HELD_WORDS and words & _LOAD_WORDS):
        return True
    is_given = last == name and name in _arguments(scope)
    return is_given and bool(words & _LOAD_WORDS) and bool(words_of(scope.name) & _EVALUATES)


def _arguments(scope: Scope) -> list[str]:
    if not isinstance(scope.node, Function):
        return []
    given = scope.node.args
    return [each.arg for each in (*given.posonlyargs, *given.args, *given.kwonlyargs)]


def _held_in(scope: Scope) -> list[str]:
    """Return the names in a scope that load what is held out."""
    found = dict.fromkeys(_arguments(scope))
    for node in scope.nodes():
        match node:
            case ast.Name() | ast.Attribute(value=ast.Name(id="self")):
                found.setdefault(ast.unparse(node))
    return [name for name in found if _is_held(name, scope)]


def _evaluates(scope: Scope, loop: ast.For) -> bool:
    """Whether a loop trains nothing, and runs without gradients or in evaluation mode."""
    if _trains(loop) or not any(isinstance(each, ast.Call) for each in own_nodes(loop)):
        return False
    parents = parents_in(scope.tree)
    above = parents.get(id(loop))
    while above is not None and above is not scope.node:
        if isinstance(above, ast.With) and any(map(_switches_off, above.items)):
            return True
        above = parents.get(id(above))
    if isinstance(scope.node, Function) and any(
        any(word in ast.unparse(each) for word in _WITHOUT) for each in scope.node.decorator_list
    ):
        return True
    modes = [
        (each.lineno, called_name(each.func))
        for each in scope.nodes()
        if isinstance(each, ast.Call) and called_name(each.func) in ("eval", "train")
    ]
    return max((each for each in modes if each[0] < loop.lineno), default=(0, ""))[1] == "eval"


def _trains(loop: ast.For) -> bool:
    calls = (each for each in own_nodes(loop) if isinstance(each, ast.Call))
    return any(words_of(name) & _TRAINS or name in _TRAINS for name in map(_name_of, calls))


def _name_of(call: ast.Call) -> str:
    return called_name(call.func)


def _switches_off(item: ast.withitem) -> bool:
    text = ast.unparse(item.context_expr)
    return any(word in text for word in _WITHOUT) or text.endswith("set_grad_enabled(False)")


def _is_trained_on(scope: Scope, name: str) -> bool:
    """Whether a loop trains on what has that name, here or where the file has it for all."""
    is_own = name in _arguments(scope) or ("." not in name and _is_stored(scope, name))
    within = own_nodes(scope.node) if is_own else walk(scope.tree)
    is_named = is_own and "train" in name.lower()
    return is_named or any(
        isinstance(node, ast.For) and _through(node.iter) == name and _trains(node)
        for node in within
    )


def _is_stored(scope: Scope, name: str) -> bool:
    return isinstance(scope.node, Function) and any(
        isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store)
        for node in scope.nodes()
    )


def _is_meant(scope: Scope, loop: ast.For, name: str) -> bool:
    """Whether a loop stands for what has a name: by a test, a division, or what is added up."""
    parents = parents_in(scope.tree)
    below: ast.AST = loop
    above = parents.get(id(loop))
    while above is not None and below is not scope.node:
        if isinstance(above, ast.If) and below in above.body and _asks_for(above.test, name):
            return True
        below, above = above, parents.get(id(above))
    return _is_divided_by(scope, loop, name) or any(
        isinstance(node, ast.AugAssign)
        and isinstance(node.target, ast.Name)
        and words_of(node.target.id) & _HELD_WORDS
        for node in own_nodes(loop)
    )


def _asks_for(test: ast.expr, name: str) -> bool:
    """Whether a test holds where there is something by that name."""
    match test:
        case ast.BoolOp(op=ast.And(), values=values):
            return any(_asks_for(each, name) for each in values)
        case ast.Compare(left=left, ops=[ast.IsNot() | ast.NotEq()], comparators=[other]):
            return ast.unparse(left) == name and ast.unparse(other) == "None"
        case ast.Name() | ast.Attribute():
            return ast.unparse(test) == name
    return False


def _is_divided_by(scope: Scope, loop: ast.For, name: str) -> bool:
    """Whether something is divided by the length of what has a name, behind a loop's first line."""
    lengths = {f"len({name})", f"len({name}.dataset)"}
    for node in scope.nodes():
        match node:
            case ast.Assign(targets=[ast.Name(id=count)], value=value):
                if ast.unparse(value) in lengths:
                    lengths.add(count)
    for node in scope.nodes():
        match node:
            case ast.BinOp(op=ast.Div(), right=right) | ast.AugAssign(op=ast.Div(), value=right):
                if node.lineno >= loop.lineno and ast.unparse(right) in lengths:
                    return True
    return False


def is_used(scope: Scope, name: str) -> bool:
    """Whether something is done with what has a name, but to ask whether and how long it is."""
    parents = parents_in(scope.tree)
    if "." not in name:
        return scope.is_read_inside(name) or any(
            isinstance(node, ast.Name) and node.id == name and not _only_asks(parents, node, name)
            for node in scope.nodes()
        )
    last = name.rpartition(".")[2]
    return any(
        isinstance(node, ast.Attribute)
        and node.attr == last
        and not _only_asks(parents, node, name)
        for node in walk(scope.tree)
    )


def _only_asks(parents: dict[int, ast.AST], node: ast.AST, name: str) -> bool:
    """Whether a thing is read for its length, for a test, or to make it anew, or is written to."""
    if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
        return True
    above = parents.get(id(node))
    if isinstance(above, ast.Attribute) and above.attr in ("dataset", "batch_size"):
        above = parents.get(id(above))
    while isinstance(above, ast.BoolOp | ast.UnaryOp):
        above = parents.get(id(above))
    match above:
        case ast.Call(func=func) if called_name(func) in _ASKED:
            return True
        case ast.Compare(comparators=[ast.Constant(value=None)]) | ast.If():
            return True
    while above is not None and not isinstance(above, ast.stmt):
        above = parents.get(id(above))
    return isinstance(above, ast.Assign) and any(
        ast.unparse(each) == name for each in above.targets
    )
