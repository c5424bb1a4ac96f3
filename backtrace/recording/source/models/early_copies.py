"""Averages and targets that were copied from a model before its weights were loaded."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope, called_name, word_set, words_of
from backtrace.recording.source.walks import walk

_COPIES = word_set("ema avg average averaged shadow swa target tgt teacher polyak")
_HARMLESS = word_set("eval train requires_grad_ to cuda cpu parameters float half")


def find_early_copies(scope: Scope) -> Iterator[Slip]:
    """Give the copies of a model that a later line of the same block loads weights into.

    Such as an average that is used in a loop behind both, and that nothing sets anew in between.
    `beside` is the line that loads: whether it ran is for the run to tell.
    """
    for block in scope.blocks:
        for number, statement in enumerate(block):
            match statement:
                case ast.Assign(targets=[ast.Name() | ast.Attribute() as copy], value=value):
                    models = _copied(copy, value)
                    if models and (load := _load_behind(copy, models, block[number + 1 :])):
                        name = ast.unparse(copy)[:LONGEST]
                        yield Slip(statement.lineno, "early-copy", name, str(load))


def _copied(copy: ast.expr, value: ast.expr) -> frozenset[str]:
    """Return what an average or a target is made of, as it is written; nothing of anything else."""
    name = copy.id if isinstance(copy, ast.Name) else getattr(copy, "attr", "")
    if not words_of(name) & _COPIES:
        return frozenset()
    found = set[str]()
    for node in walk(value):
        match node:
            case ast.Call(func=func, args=[of, *_]) if _is_copying(called_name(func)):
                found.add(_whole(of))
            case ast.comprehension(iter=of):
                found.add(_whole(of))
    return frozenset(found)


def _is_copying(name: str) -> bool:
    """Whether a function or a class, by its name, keeps values of its own."""
    lower = name.lower()
    return name == "deepcopy" or (lower.startswith(("ema", "average", "exponential")))


def _whole(node: ast.expr) -> str:
    """Return the model of `model`, `model.parameters()` and `model.state_dict().items()`."""
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        node = node.func.value
    return ast.unparse(node)


def _load_behind(copy: ast.expr, models: frozenset[str], behind: list[ast.stmt]) -> int:
    """Return the line that loads the model's weights before a loop uses the copy, or 0."""
    load = 0
    for statement in behind:
        is_loop = isinstance(statement, ast.For | ast.While)
        if is_loop and load and _mentions(statement, copy):
            return load
        if is_loop or not all(map(_is_harmless, _uses(statement, copy))):
            return 0
        load = load or _load_in(statement, models)
    return 0


def _load_in(statement: ast.stmt, models: frozenset[str]) -> int:
    for node in walk(statement):
        match node:
            case ast.Call(func=ast.Attribute(value=model, attr="load_state_dict"), args=[_, *_]):
                if ast.unparse(model) in models:
                    return node.lineno
    return 0


def _mentions(node: ast.AST, copy: ast.expr) -> bool:
    text = ast.unparse(copy)
    return any(isinstance(n, type(copy)) and ast.unparse(n) == text for n in walk(node))


def _uses(statement: ast.stmt, copy: ast.expr) -> list[ast.AST]:
    """Return the innermost calls and attributes in which a copy stands, or the copy itself."""
    text, found = ast.unparse(copy), list[ast.AST]()
    for node in walk(statement):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, type(copy)) and ast.unparse(child) == text:
                found.append(node)
    return found


def _is_harmless(use: ast.AST) -> bool:
    """Whether a use of a copy leaves its values as they are: `ema.eval()`."""
    return isinstance(use, ast.Attribute) and use.attr in _HARMLESS
