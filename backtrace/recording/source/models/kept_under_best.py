"""What of a model is kept under `if better:` in a loop, into a file or a copy."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from backtrace.recording.source.source_file import called_name, word_set, words_of
from backtrace.recording.source.walks import Function, own_nodes, walk

_BEST = word_set("best better improved improves min max lowest highest")
_ORDERS = (ast.Gt, ast.GtE, ast.Lt, ast.LtE)
_KEEPERS = word_set("stopping stopper stop checkpoint checkpointer saver")
_PATHS = word_set("path file filename fname filepath name ckpt checkpoint")
Loop = ast.For | ast.While


@dataclass(frozen=True)
class KeptAtBest:
    """What is kept in a line: `models` as they are written there, `into` which file or copy.

    `loop` is the outermost in which it is kept and none of the models is made anew.
    """

    models: frozenset[str]
    line: int
    into: ast.expr | None
    loop: ast.AST


def find_kept(place: ast.AST, classes: dict[str, ast.ClassDef]) -> Iterator[KeptAtBest]:
    """Give what the loops of a function, or of the file's own lines, keep as the best."""
    loops = [each for each in own_nodes(place) if isinstance(each, Loop)]
    for branch in own_nodes(place):
        if isinstance(branch, ast.If) and asks_for_better(branch.test):
            for models, line, into in _kept_in(branch.body, classes):
                if loop := outermost(loops, branch, models):
                    yield KeptAtBest(models, line, into, loop)
    for node in own_nodes(place):
        match node:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(value=ast.Name(id=name))):
                if node.args and (kept_by := _kept_by(place, name, classes)):
                    models = frozenset(ast.unparse(each) for each in node.args)
                    if loop := outermost(loops, node, models):
                        yield KeptAtBest(models, *kept_by, loop)


def asks_for_better(test: ast.expr) -> bool:
    """Whether a test holds where something is the best so far."""
    match test:
        case ast.BoolOp(values=values):
            return any(map(asks_for_better, values))
        case ast.Compare(ops=[order]) if isinstance(order, _ORDERS):
            return any(words_of(each) & _BEST for each in _all_names(test))
        case ast.Name() | ast.Attribute():
            return bool(words_of(called_name(test)) & _BEST)
    return False


def outermost(loops: list[Loop], node: ast.AST, models: frozenset[str]) -> ast.AST | None:
    """Return the outermost loop around a node in which none of the models is written to."""
    around = [each for each in loops if any(one is node for one in own_nodes(each))]
    for each in sorted(around, key=lambda loop: (loop.lineno, loop.col_offset)):
        if not any(stores(one, models) for one in own_nodes(each)):
            return each
    return None


def stores(node: ast.AST, models: frozenset[str]) -> bool:
    """Whether a node gives one of the models to something else."""
    is_target = isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store)
    return is_target and ast.unparse(node) in models


def _all_names(node: ast.expr) -> set[str]:
    return {called_name(each) for each in walk(node) if isinstance(each, ast.Name | ast.Attribute)}


def _kept_in(
    block: list[ast.stmt], classes: dict[str, ast.ClassDef]
) -> Iterator[tuple[frozenset[str], int, ast.expr | None]]:
    for node in block:
        for each in (node, *own_nodes(node)):
            match each:
                case ast.Call(func=func) if "save" in words_of(called_name(func)):
                    models = _saved_by(each) | _saved_by_method(func, classes)
                    yield _with_wrapped(models), each.lineno, _path_of(each)
                case ast.Assign(targets=[target], value=value) if copied := _copied_in(value):
                    yield _with_wrapped(copied), each.lineno, target


def _saved_by(call: ast.Call) -> set[str]:
    """Return what a call may save: what it is given, whose state that is, whose method."""
    given = [*call.args, *(each.value for each in call.keywords)]
    found = {ast.unparse(each) for each in given if isinstance(each, ast.Name | ast.Attribute)}
    if isinstance(call.func, ast.Attribute):
        found.add(ast.unparse(call.func.value))
    return found.union(*map(_states_in, given))


def _saved_by_method(func: ast.expr, classes: dict[str, ast.ClassDef]) -> set[str]:
    """Return the models whose state is read in a method of the object's own that is called."""
    match func:
        case ast.Attribute(value=ast.Name(id="self"), attr=name):
            methods = [each for kind in classes.values() for each in kind.body]
            own = [each for each in methods if isinstance(each, Function) and each.name == name]
            return _states_in(own[0]) if len(own) == 1 else set()
    return set()


def _states_in(node: ast.AST) -> set[str]:
    """Return the models whose state is read in an expression."""
    return {
        ast.unparse(each.func.value)
        for each in walk(node)
        if isinstance(each, ast.Call)
        and isinstance(each.func, ast.Attribute)
        and each.func.attr == "state_dict"
    }


def _path_of(call: ast.Call) -> ast.expr | None:
    """Return the argument that says into which file, as its text or its name does."""
    for each in reversed(call.args):
        is_named = isinstance(each, ast.Name | ast.Attribute)
        if "'" in ast.unparse(each) and not isinstance(each, ast.Dict):
            return each
        if is_named and words_of(called_name(each)) & _PATHS:
            return each
    return None


def _copied_in(value: ast.expr) -> set[str]:
    """Return what is copied, itself or its state; nothing where it is kept by reference."""
    match value:
        case ast.Call(func=func, args=[given]) if called_name(func) in ("deepcopy", "clone_state"):
            return _states_in(given) or {ast.unparse(given)}
        case ast.DictComp(value=kept) if any(
            word in ast.unparse(kept) for word in ("clone", "cpu")
        ):
            return _states_in(value)
    return set()


def _with_wrapped(models: set[str]) -> frozenset[str]:
    """Return the models, and those that wrap them: `model` of `model.module`."""
    return frozenset(models | {each.removesuffix(".module") for each in models})


def _kept_by(
    place: ast.AST, name: str, classes: dict[str, ast.ClassDef]
) -> tuple[int, ast.expr | None] | None:
    """Return where an object of the file's own class saves or copies, and into what."""
    for node in own_nodes(place):
        match node:
            case ast.Assign(targets=[ast.Name(id=own)], value=ast.Call(func=ast.Name(id=kind))):
                if own == name and kind in classes and _says_keeper(kind):
                    return next(_savings(classes[kind]), None)
    return None


def _says_keeper(kind: str) -> bool:
    return any(word in kind.lower() for word in _KEEPERS)


def _savings(kind: ast.ClassDef) -> Iterator[tuple[int, ast.expr | None]]:
    for node in walk(kind):
        match node:
            case ast.Assign(targets=[target], value=ast.Call(func=func)):
                if called_name(func) == "deepcopy":
                    yield node.lineno, target
            case ast.Call(func=ast.Attribute(attr="save")):
                yield node.lineno, _path_of(node)
